//! A model that says what it is told to: a server of chat completions on 127.0.0.1.

#![allow(dead_code)] // each test uses what it needs

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

/// The server.
pub struct Model {
    pub port: u16,
    sent: Arc<Mutex<Vec<Json>>>,
}

impl Model {
    /// Answers one request after another with these bodies; one more is refused.
    pub fn new(answers: Vec<Json>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sent = Arc::new(Mutex::default());
        let log: Arc<Mutex<Vec<Json>>> = Arc::clone(&sent);
        std::thread::spawn(move || {
            let mut answers = answers.into_iter();
            for mut stream in listener.incoming().flatten() {
                let Some(asked) = read(&mut stream) else { continue };
                log.lock().expect("nobody panics").push(asked);
                let (status, answer) = match answers.next() {
                    Some(answer) => ("200 OK", answer),
                    None => ("400 Bad Request", json!({"error": {"message": "nothing more to say"}})),
                };
                let body = answer.to_string();
                let head = "Content-Type: application/json\r\nConnection: close\r\n";
                let length = body.len();
                // Whoever asked may be gone.
                let _ = write!(stream, "HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\n\r\n{body}");
            }
        });
        Self { port, sent }
    }

    /// Where it is, for `base_url:`.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// What was sent to it so far.
    pub fn sent(&self) -> Vec<Json> {
        self.sent.lock().expect("nobody panics").clone()
    }

    /// What it was told of its calls so far, in order.
    pub fn told(&self) -> Vec<String> {
        let sent = self.sent();
        let messages = sent.last().and_then(|last| last["messages"].as_array().cloned()).unwrap_or_default();
        let told = messages.iter().filter(|message| message["role"] == "tool");
        told.map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn read(stream: &mut TcpStream) -> Option<Json> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str(body) {
            return Some(body);
        }
    }
}

/// A turn that calls these tools, each with its arguments as text.
pub fn calls(calls: &[(&str, &str)]) -> Json {
    let calls: Vec<Json> = calls
        .iter()
        .map(|(name, arguments)| json!({"id": "x", "type": "function", "function": {"name": name, "arguments": arguments}}))
        .collect();
    json!({"choices": [{"message": {"content": null, "tool_calls": calls}, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2}})
}

/// An answer.
pub fn says(text: &str) -> Json {
    json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2}})
}
