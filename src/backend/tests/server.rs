//! A server on 127.0.0.1 that sends the bytes it is told to, when it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One step of an answer.
#[derive(Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    Pause(u64),
    /// Breaks the connection off so that the other side sees an error and no end.
    Reset,
    /// Says nothing more and keeps the connection open.
    Hang,
    /// Sends these bytes until nobody takes them.
    Flood(Vec<u8>),
}

/// A running server; ends when dropped.
pub(super) struct Server {
    pub(super) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// A server whose n-th request is answered by the n-th script; the last one answers all that follow.
    pub(super) async fn new(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = requests.clone();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, scripts.clone(), seen.clone()));
            }
        });
        Self { port, requests, task }
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// Every request so far: head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, scripts: Vec<Vec<Step>>, seen: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read(&mut stream).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        let script = &scripts[number.min(scripts.len() - 1)];
        let mut keep = false;
        for step in script {
            match step {
                Step::Send(bytes) => {
                    keep = bytes.windows(10).any(|window| window == b"keep-alive");
                    if stream.write_all(bytes).await.is_err() {
                        return;
                    }
                }
                Step::Pause(millis) => tokio::time::sleep(Duration::from_millis(*millis)).await,
                Step::Reset => {
                    let _ = stream.set_zero_linger();
                    return;
                }
                Step::Hang => tokio::time::sleep(Duration::from_secs(3600)).await,
                Step::Flood(bytes) => while stream.write_all(bytes).await.is_ok() {},
            }
        }
        if !keep {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if bytes.first() == Some(&0x16) {
            // TLS begins so; nothing here speaks it.
            return Some(text);
        }
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

/// A whole response with its length. That the connection ends with it is said, unless the headers say otherwise: who
/// is not told may send the next request on it, and lose that.
pub(super) fn response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Step {
    let body = body.as_ref();
    let close = if headers.contains("Connection:") { "" } else { "Connection: close\r\n" };
    let length = body.len();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\n{headers}{close}Content-Length: {length}\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Step::Send(bytes)
}

/// The head of a response whose end is the end of the connection.
pub(super) fn open(headers: &str) -> Step {
    Step::Send(format!("HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n").into_bytes())
}

/// A piece of a chunked body; an empty one is its end.
pub(super) fn chunk(bytes: impl AsRef<[u8]>) -> Step {
    let bytes = bytes.as_ref();
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    Step::Send(chunk)
}
