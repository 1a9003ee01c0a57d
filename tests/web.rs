//! `std/web` against a server of this machine: pages, feeds, a search service.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

const PLAY: &str = r#"
use std/web { read_page, feed, search }

movement main(at: text) -> json {
  let moved = read_page("{at}/old")
  let russian = read_page("{at}/russian")
  let data = read_page("{at}/data")
  let pdf = read_page("{at}/pdf") otherwise moved but {title: error.message}
  let gone = read_page("{at}/gone") otherwise moved but {title: error.message}
  let entries = feed("{at}/feed")
  let hits = search("tides & moons", 1)
  ({
    moved: moved, russian: russian.text, data: data.text, pdf: pdf.title, gone: gone.title,
    entries: for entry in entries { ({url: entry.url, at: "{entry.published}"}) }, hits: hits,
  })
}
"#;

const PAGE: &str = "<!doctype html><title>Tides</title><nav><a href='/'>Home</a></nav><main><h1>Tides</h1>\
    <p>They <a href='why.html'>rise</a> and fall.</p><script>evil()</script></main>";
const FEED: &str = "<rss version='2.0'><channel><title>N</title><item><title>One</title><link>/one</link>\
    <pubDate>Mon, 05 Jan 2026 09:00:00 GMT</pubDate></item></channel></rss>";
const HITS: &str = r#"{"query": "x", "results": [{"title": "A", "url": "https://a.example.com", "content": "rises",
    "engine": "e"}, {"title": "B", "url": "https://b.example.com", "content": null}]}"#;

fn answer(path: &str) -> (&'static str, &'static str, Vec<u8>) {
    let russian =
        b"<html><head><meta charset=windows-1251></head><body><p>\xcf\xf0\xe8\xeb\xe8\xe2</p></body></html>";
    match path {
        "/old" => ("302 Found\r\nLocation: /new/page", "text/html", Vec::new()),
        "/new/page" => ("200 OK", "text/html; charset=utf-8", PAGE.into()),
        "/russian" => ("200 OK", "text/html", russian.to_vec()),
        "/data" => ("200 OK", "application/json", b"{\"tide\": 3}".to_vec()),
        "/pdf" => ("200 OK", "application/pdf", b"%PDF-1.4 \xff\xfe".to_vec()),
        "/feed" => ("200 OK", "application/rss+xml", FEED.into()),
        "/search?format=json&q=tides%20%26%20moons" => ("200 OK", "application/json", HITS.into()),
        _ => ("404 Not Found", "text/html", b"gone".to_vec()),
    }
}

fn serve(mut stream: TcpStream) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&piece[..read]),
        }
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let (status, kind, body) = answer(head.split(' ').nth(1).unwrap_or_default());
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

#[test]
fn pages_feeds_and_searches_are_read() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || listener.incoming().flatten().for_each(serve));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("web.score"), PLAY).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_score"))
        .args(["run", "web.score", "--at", &at])
        .current_dir(folder.path())
        .env("SEARXNG_URL", &at)
        .env("XDG_STATE_HOME", folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(said["moved"]["title"], "Tides");
    assert_eq!(said["moved"]["url"], format!("{at}/new/page"));
    let text = said["moved"]["text"].as_str().expect("a text");
    assert!(text.contains(&format!("[rise]({at}/new/why.html) and fall.")), "{text}");
    assert!(!text.contains("evil"), "{text}");
    assert_eq!(said["russian"], "Прилив");
    assert_eq!(said["data"], "{\"tide\": 3}");
    assert!(said["pdf"].as_str().is_some_and(|said| said.contains("application/pdf")), "{said}");
    assert_eq!(said["gone"], format!("{at}/gone answers with status 404."));
    assert_eq!(
        said["entries"],
        serde_json::json!([{"url": format!("{at}/one"), "at": "2026-01-05T09:00:00Z"}])
    );
    assert_eq!(
        said["hits"],
        serde_json::json!([{"title": "A", "url": "https://a.example.com", "text": "rises"}])
    );
}
