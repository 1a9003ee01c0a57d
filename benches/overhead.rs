//! The two ends of the overhead figures: a model server that answers at once, and the same work as plain
//! reqwest code. `benches/overhead/measure.py` starts both beside `score` and compares; see `benches/README.md`.
//!
//! `overhead mock PORT` serves, `overhead raw W BASE` performs a workload. Without arguments (`cargo bench`)
//! it says how it is used.

#![allow(clippy::print_stdout, clippy::panic)] // a program of its own: it prints, and ends where it can't go on

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match words.as_slice() {
        ["mock", port] => runtime.block_on(serve(port)),
        ["raw", workload, base] => runtime.block_on(raw(workload, base)),
        _ => println!("measured by benches/overhead/measure.py"),
    }
}

async fn serve(port: &str) {
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("the port is free");
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream));
    }
}

/// One connection: requests one after another.
async fn converse(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        let head = loop {
            if let Some(at) = find(&buffer, b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        };
        let length =
            header(&buffer[..head], "content-length").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
        while buffer.len() < head + length {
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        }
        let body: Vec<u8> = buffer[head..head + length].to_vec();
        buffer.drain(..head + length);
        if let Some(millis) = number_after(&body, b"[[lat=") {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        let answer = answer(&body);
        let streamed = find(&body, b"\"stream\":true").is_some();
        let (kind, text) = if streamed {
            ("text/event-stream", events(&answer))
        } else {
            ("application/json", whole(&answer))
        };
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(reply.as_bytes()).await.ok()?;
    }
}

fn header(head: &[u8], name: &str) -> Option<String> {
    std::str::from_utf8(head).ok()?.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn number_after(bytes: &[u8], mark: &[u8]) -> Option<u64> {
    let from = find(bytes, mark)? + mark.len();
    let digits: Vec<u8> = bytes[from..].iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// The document where `[[w5]]` is asked for, else a hash of what stands after `prev=`.
fn answer(body: &[u8]) -> String {
    if find(body, b"[[w5]]").is_some() {
        return document();
    }
    let Some(at) = find(body, b"prev=") else { return String::from("ok") };
    let token = body[at + 5..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
    let hash = token.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("r-{hash:016x}")
}

/// About 8 KB: 20 things of 10 fields.
fn document() -> String {
    let things: Vec<serde_json::Value> = (0..20)
        .map(|i| {
            json!({
                "id": i, "name": format!("thing number {i}"), "title": format!("The thing that is number {i}"),
                "summary": "A thing among things, made to be read and thrown away. ".repeat(3),
                "score": 0.5 + f64::from(i), "active": i % 2 == 0, "count": i * 7,
                "tags": ["one", "two", "three"], "city": "Nowhere by the Sea", "note": format!("note {i}"),
            })
        })
        .collect();
    json!({ "items": things }).to_string()
}

fn whole(answer: &str) -> String {
    json!({
        "id": "1", "object": "chat.completion", "model": "mock",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20},
    })
    .to_string()
}

fn events(answer: &str) -> String {
    let chunk = |choices: serde_json::Value| {
        let chunk =
            json!({"id": "1", "object": "chat.completion.chunk", "model": "mock", "choices": choices});
        format!("data: {chunk}\n\n")
    };
    let mut text =
        chunk(json!([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]));
    let letters: Vec<char> = answer.chars().collect();
    for piece in letters.chunks(400) {
        let piece: String = piece.iter().collect();
        text.push_str(&chunk(json!([{"index": 0, "delta": {"content": piece}, "finish_reason": null}])));
    }
    text.push_str(&chunk(json!([{"index": 0, "delta": {}, "finish_reason": "stop"}])));
    text.push_str("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":10,\"total_tokens\":20}}\n\n");
    text.push_str("data: [DONE]\n\n");
    text
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Thing {
    id: i64,
    name: String,
    title: String,
    summary: String,
    score: f64,
    active: bool,
    count: i64,
    tags: Vec<String>,
    city: String,
    note: String,
}

#[derive(Deserialize)]
struct Things {
    items: Vec<Thing>,
}

#[derive(Clone)]
struct Client {
    client: reqwest::Client,
    url: String,
}

impl Client {
    async fn ask(&self, prompt: &str) -> String {
        let body = json!({"model": "mock", "messages": [{"role": "user", "content": prompt}]}).to_string();
        let request = self
            .client
            .post(&self.url)
            .bearer_auth("x")
            .header("content-type", "application/json")
            .body(body);
        let reply = request.send().await.expect("the server answers").bytes().await.expect("a body");
        let completion: Completion = serde_json::from_slice(&reply).expect("a completion");
        completion.choices.into_iter().next().map(|choice| choice.message.content).unwrap_or_default()
    }
}

/// The workloads as one would write them by hand, TLS linked in as `score` has it.
async fn raw(workload: &str, base: &str) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().pool_max_idle_per_host(usize::MAX).tcp_nodelay(true).build();
    let client = Client { client: client.expect("a client"), url: format!("{base}/chat/completions") };
    let last = match workload {
        "w1" => client.ask("hello prev=0").await,
        "w2" => {
            let mut last = String::from("0");
            for _ in 0..200 {
                last = client.ask(&format!("step prev={last}")).await;
            }
            last
        }
        "w3" => at_once(&client, 1_000, 100).await,
        "w3x" => at_once(&client, 10_000, 1_000).await,
        "w4" => branches(&client).await,
        "w5" => {
            let mut last = String::new();
            for _ in 0..200 {
                let text = client.ask(&format!("list things {} [[w5]]", last.len())).await;
                let mut things: Things = serde_json::from_str(&text).expect("things");
                last = things.items.pop().map(|thing| thing.note).unwrap_or_default();
            }
            last
        }
        other => panic!("no workload {other}"),
    };
    println!("{last}");
}

async fn at_once(client: &Client, count: usize, millis: u64) -> String {
    let mut calls = Vec::new();
    for i in 0..count {
        let client = client.clone();
        calls.push(tokio::spawn(
            async move { client.ask(&format!("item {i} [[lat={millis}]] prev={i}")).await },
        ));
    }
    let mut last = String::new();
    for call in calls {
        last = call.await.expect("it ends");
    }
    last
}

async fn branches(client: &Client) -> String {
    let mut calls = Vec::new();
    for branch in 0..50_u64 {
        let client = client.clone();
        calls.push(tokio::spawn(async move {
            let mut last = branch.to_string();
            for stage in 0..3_u64 {
                let millis = 20 + (branch * 37 + stage * 101) % 181;
                last = client.ask(&format!("b {branch} s {stage} [[lat={millis}]] prev={last}")).await;
            }
            last
        }));
    }
    let mut last = String::new();
    for call in calls {
        last = call.await.expect("it ends");
    }
    last
}
