//! What several of these tests are given: scores, and a chat server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

pub(crate) const GREETING: &str = r#"
instrument voice = echo()

/// Greets somebody.
part greet(name: text) -> text by voice "Hello {name}"

/// Greets.
movement main(
  /// Who is greeted.
  name: text,
  times: int = 1,
) -> text {
  join(for i in 1..times { greet(name) }, ", ")
}
"#;

pub(crate) const ASKING: &str = r#"
instrument me = human()
part approve(text: text) -> bool by me "Is this right? {text}"
movement main() -> bool { approve("It is.") }
"#;

/// A chat server that answers `reply 1`, `reply 2` …, and hands on what it was asked.
pub(crate) fn chat() -> (String, Receiver<serde_json::Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (asks, asked) = channel();
    std::thread::spawn(move || {
        for (number, stream) in (1..).zip(listener.incoming()) {
            let mut stream = stream.expect("a connection");
            let mut request = Vec::new();
            let body = loop {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).expect("readable");
                request.extend_from_slice(&piece[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
                });
                if length.is_some_and(|length| body.len() >= length) {
                    break body.to_owned();
                }
            };
            asks.send(serde_json::from_str(&body).expect("JSON")).expect("somebody listens");
            let answer = format!(
                r#"{{"choices":[{{"message":{{"role":"assistant","content":"reply {number}"}},"finish_reason":"stop"}}],
                "usage":{{"prompt_tokens":1000,"completion_tokens":200,"prompt_tokens_details":{{"cached_tokens":600}}}}}}"#
            );
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                answer.len()
            );
            stream.write_all((head + &answer).as_bytes()).expect("written");
        }
    });
    (url, asked)
}
