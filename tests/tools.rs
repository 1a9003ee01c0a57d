//! A conversation with tools as it goes over the wire, from the score to the server and back.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use score_lang::session::{Ended, Parsed, Performance};
use score_lang::value::Value;
use serde_json::{Value as Json, json};

/// Answers one request after another with these bodies, and gives back what was sent.
fn serve(answers: Vec<Json>) -> (u16, JoinHandle<Vec<Json>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let served = std::thread::spawn(move || {
        answers
            .into_iter()
            .map(|answer| {
                let (mut stream, _) = listener.accept().expect("a call");
                let sent = read(&mut stream);
                let body = answer.to_string();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
                write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("written");
                sent
            })
            .collect()
    });
    (port, served)
}

fn read(stream: &mut TcpStream) -> Json {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).expect("a request");
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str(body) {
            return body;
        }
    }
}

fn calls(calls: &[(&str, &str)]) -> Json {
    let calls: Vec<Json> = calls
        .iter()
        .map(|(name, arguments)| json!({"id": "x", "type": "function", "function": {"name": name, "arguments": arguments}}))
        .collect();
    json!({"choices": [{"message": {"content": null, "tool_calls": calls}, "finish_reason": "tool_calls"}]})
}

fn says(text: &str) -> Json {
    json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]})
}

#[test]
fn a_conversation_with_tools_goes_over_the_wire() {
    let (port, served) = serve(vec![
        calls(&[("add", "{\"a\": 2, \"b\": 3}"), ("ad", "{}")]),
        calls(&[("add", "{\"a\": \"two\"}")]),
        says("{\"answer\": 5}"),
    ]);
    let score = format!(
        r#"
instrument model = openai("m", base_url: "http://127.0.0.1:{port}/v1")

/// Adds two numbers.
movement add(a: int, b: int) -> int {{ a + b }}

part reckon(question: text) -> int by model using add "{{question}}"

movement main() -> int {{ reckon("What are two and three?") }}
"#
    );
    let planned =
        Parsed::text("reckon.score", score.as_str()).check().expect("sound").plan().expect("a plan");
    let movement = planned.movement(None).expect("main");
    let ended = Performance::new(&planned, movement).run().expect("performed");
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    let sent = served.join().expect("all was asked");
    assert_eq!(sent[0]["tools"][0]["function"]["description"], json!("Adds two numbers."));
    assert_eq!(sent[0]["response_format"]["type"], json!("json_schema"));
    let told = |turn: usize| -> Vec<(String, String)> {
        let messages = sent[turn]["messages"].as_array().expect("messages");
        let told = messages.iter().filter(|message| message["role"] == "tool");
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        told.map(|message| (text(&message["tool_call_id"]), text(&message["content"]))).collect()
    };
    assert_eq!(told(1)[0], ("t0001c001".to_owned(), "5".to_owned()));
    assert_eq!(told(1)[1].0, "t0001c002");
    assert!(told(1)[1].1.contains("There is no tool `ad`. Did you mean `add`?"), "{:?}", told(1));
    assert_eq!(told(2)[2].0, "t0002c001");
    assert!(told(2)[2].1.contains("field `b` is missing"), "{:?}", told(2));
}
