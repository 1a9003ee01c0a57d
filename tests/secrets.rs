//! A secret in a header of a request goes to the service and nowhere else: not to the terminal, the journal, a
//! recording, a failure or another instrument.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};

const KEY: &str = "canary-7f3a91";

const SCORE: &str = r#"
instrument api = http(env("API_URL"))

part orders(tenant: text, key: secret) -> json
  by api
  """
  GET /tenants/{tenant}/orders
  x-api-key: {key}
  """

movement main() -> json { orders("a b", secret("ORDERS_KEY")) }
"#;

/// A service that says back, as services do in their errors, what it was sent: first as an error, then as an answer.
fn service() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (heads, seen) = channel();
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read(&mut byte).expect("readable") == 0 {
                    break;
                }
                head.extend(byte);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let (status, body) = if at == 0 {
                ("403 Forbidden", format!("no access with {KEY}"))
            } else {
                ("200 OK", String::from("[]"))
            };
            let reply = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(reply.as_bytes()).expect("writable");
            let _ = heads.send(head);
        }
    });
    (url, seen)
}

fn score(folder: &Path, url: &str, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_score"))
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("SCORE_RUNS", folder.join("runs"))
        .env("API_URL", url)
        .env("ORDERS_KEY", KEY)
        .output()
        .expect("it starts")
}

/// Whether the secret stands in a file of a folder.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(leaks(&path));
        } else if fs::read(&path).expect("readable").windows(KEY.len()).any(|bytes| bytes == KEY.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_secret_in_a_header_goes_to_the_service_only() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    fs::write(folder.join("a.score"), SCORE).expect("written");
    let (url, seen) = service();

    let refused = score(folder, &url, &["run", "a.score"]);
    assert_eq!(refused.status.code(), Some(4), "{}", told(&refused));
    let head = seen.recv().expect("a request");
    assert!(
        head.starts_with("GET /tenants/a%20b/orders ") && head.contains(&format!("x-api-key: {KEY}\r\n")),
        "{head}"
    );

    let done = score(folder, &url, &["run", "a.score", "--record", "record.jsonl"]);
    assert!(done.status.success(), "{}", told(&done));
    assert!(seen.recv().expect("a request").contains(KEY));

    let shown = score(folder, &url, &["run", "a.score", "--show-requests", "-q"]);
    assert!(shown.status.success() && told(&shown).contains("ORDERS_KEY"), "{}", told(&shown));

    // Whoever else plays it sees the name alone.
    let echoed =
        score(folder, &url, &["run", "a.score", "--with", "api=script(asked => ({asked: asked} as json))"]);
    assert!(echoed.status.success() && told(&echoed).contains("ORDERS_KEY"), "{}", told(&echoed));

    for output in [&refused, &done, &shown, &echoed] {
        assert!(!told(output).contains(KEY), "{}", told(output));
    }
    assert_eq!(leaks(folder), Vec::<String>::new());
}
