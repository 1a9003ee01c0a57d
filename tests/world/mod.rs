//! A world to act on: a server that answers as a model and takes acts, and remembers all that reached it.

#![allow(dead_code)] // each test uses what it needs

pub mod dying;
pub mod place;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use serde_json::{Value as Json, json};

/// A request that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub method: String,
    pub path: String,
    pub body: String,
    pub key: Option<String>,
}

impl Reached {
    pub fn is_thought(&self) -> bool {
        self.path.ends_with("/chat/completions")
    }
}

#[derive(Default)]
struct State {
    log: Mutex<Vec<Reached>>,
    /// The request with this number, from 0, is never answered.
    silent: Mutex<Option<usize>>,
    met_silence: (Mutex<bool>, Condvar),
    /// Whether what was met with silence is answered after all.
    speaks: (Mutex<bool>, Condvar),
    count: AtomicUsize,
}

/// The server.
#[derive(Clone)]
pub struct World {
    pub address: String,
    state: Arc<State>,
}

impl World {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let state = Arc::new(State::default());
        let serving = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = serving.clone();
                std::thread::spawn(move || converse(stream, &state));
            }
        });
        Self { address, state }
    }

    /// The request with this number from now on is taken and never answered.
    pub fn fall_silent_at(&self, number: Option<usize>) {
        self.state.count.store(0, Ordering::SeqCst);
        *self.state.silent.lock().unwrap() = number;
        *self.state.met_silence.0.lock().unwrap() = false;
    }

    /// Answers what it was silent about.
    pub fn speak(&self) {
        *self.state.speaks.0.lock().unwrap() = true;
        self.state.speaks.1.notify_all();
    }

    /// Waits until that has come, or so long.
    pub fn silence_is_met(&self, time: std::time::Duration) -> bool {
        let (met, woken) = &self.state.met_silence;
        *woken.wait_timeout_while(met.lock().unwrap(), time, |met| !*met).unwrap().0
    }

    /// All that has reached it, in order.
    pub fn log(&self) -> Vec<Reached> {
        self.state.log.lock().unwrap().clone()
    }

    pub fn acts(&self) -> Vec<Reached> {
        self.log().into_iter().filter(|reached| !reached.is_thought()).collect()
    }

    pub fn thoughts(&self) -> usize {
        self.log().iter().filter(|reached| reached.is_thought()).count()
    }

    /// Waits until what was sent has arrived.
    pub fn settle(&self) {
        let mut before = usize::MAX;
        loop {
            let now = self.log().len();
            if now == before {
                return;
            }
            before = now;
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    pub fn forget(&self) {
        self.state.log.lock().unwrap().clear();
    }
}

fn converse(mut stream: TcpStream, state: &State) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        let head = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            fill(&mut stream, &mut buffer)?;
        };
        let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let header = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once(": ")?;
                key.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        let length: usize = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while buffer.len() < head + length {
            fill(&mut stream, &mut buffer)?;
        }
        let body = String::from_utf8_lossy(&buffer[head..head + length]).into_owned();
        buffer.drain(..head + length);
        let mut first = text.split(' ');
        let reached = Reached {
            method: first.next()?.to_owned(),
            path: first.next()?.to_owned(),
            body,
            key: header("idempotency-key"),
        };
        state.log.lock().unwrap().push(reached.clone());
        let number = state.count.fetch_add(1, Ordering::SeqCst);
        if *state.silent.lock().unwrap() == Some(number) {
            *state.met_silence.0.lock().unwrap() = true;
            state.met_silence.1.notify_all();
            // Mostly, whoever asked is gone before this connection is.
            let (speaks, woken) = &state.speaks;
            drop(woken.wait_while(speaks.lock().unwrap(), |speaks| !*speaks).unwrap());
        }
        let (kind, answer) = answer(&reached);
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(reply.as_bytes()).ok()?;
    }
}

fn fill(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 4096];
    let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
    buffer.extend_from_slice(&piece[..read]);
    Some(())
}

/// What an act is answered with.
pub fn receipt(body: &str) -> String {
    format!("did {}", short(body))
}

fn short(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..8].to_owned()
}

fn answer(reached: &Reached) -> (&'static str, String) {
    if !reached.is_thought() {
        return ("text/plain", receipt(&reached.body));
    }
    let body: Json = serde_json::from_str(&reached.body).unwrap_or_default();
    let text = thought(body["messages"].as_array().map(Vec::as_slice).unwrap_or_default());
    if body["stream"] != true {
        let message = json!({"role": "assistant", "content": text});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        return ("application/json", json!({"choices": [choice], "usage": usage()}).to_string());
    }
    let event = |choice: Json| format!("data: {}\n\n", json!({"choices": [choice]}));
    let words = event(json!({"index": 0, "delta": {"role": "assistant", "content": text}}));
    let end = event(json!({"index": 0, "delta": {}, "finish_reason": "stop"}));
    let usage = format!("data: {}\n\n", json!({"choices": [], "usage": usage()}));
    ("text/event-stream", format!("{words}{end}{usage}data: [DONE]\n\n"))
}

fn usage() -> Json {
    json!({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8})
}

/// What the model says: what stands behind `say `; a bad word first where it is asked to think twice; else a hash.
fn thought(messages: &[Json]) -> String {
    let said = |message: &Json| match &message["content"] {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let first = messages.iter().find(|message| message["role"] == "user").map(said).unwrap_or_default();
    if let Some((_, rest)) = first.split_once("say ") {
        return rest.split([' ', '\n', '"']).next().unwrap_or_default().to_owned();
    }
    let answered = messages.iter().any(|message| message["role"] == "assistant");
    if first.contains("twice") && !answered {
        return String::from("bad");
    }
    format!("r{}", short(&first))
}
