//! What a call in flight takes: `score` has so many calls of a model on their way at the same time, over HTTP/2, to a
//! server that holds all of its answers back; what the process is resident with then, beyond what it is with one call,
//! is divided by the calls.
//!
//! `cargo bench --bench flight [CALLS…]` (`--profile dev` for an unoptimised build) prints a line for each number of
//! calls, 1,000 and 10,000 where none are given. It reads `/proc`, so it needs Linux.

#![allow(clippy::print_stdout, clippy::panic)] // a program of its own: it prints, and ends where it can't go on

use std::io::Cursor;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Calls that one connection takes at once.
const STREAMS: u32 = 256;
const ANSWER: &str =
    r#"{"object":"chat.completion","choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}]}"#;

fn main() {
    let wanted: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let wanted = if wanted.is_empty() { vec![1_000, 10_000] } else { wanted };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let one = flight(1).await;
        println!("1 call in flight: {} KB resident", one.resident);
        for calls in wanted {
            let many = flight(calls).await;
            let each = (many.resident.saturating_sub(one.resident)) as f64 / calls as f64;
            println!(
                "{calls} calls in flight: {} KB resident, {each:.1} KB each; {} connections, all on their way after {:.2} s",
                many.resident, many.connections, many.took.as_secs_f64()
            );
        }
    });
}

/// What was seen when all calls were in flight.
struct Flight {
    /// In KB.
    resident: u64,
    connections: usize,
    took: Duration,
}

/// What the server counts.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    inside: AtomicUsize,
}

async fn flight(calls: usize) -> Flight {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (release, held) = watch::channel(false);
    let seen = Arc::new(Seen::default());
    let counted = seen.clone();
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, counted.clone(), held.clone()));
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let score = format!(
        "instrument model = openai(\"m\", base_url: \"http://127.0.0.1:{port}/v1\", http2: true)\n\
         part ask(i: int) -> text by model \"Is {{i}} a number?\"\n\
         movement main() -> int {{ let all = for i in 1..{calls} {{ ask(i) }}\n len(all) }}\n"
    );
    std::fs::write(folder.path().join("a.score"), score).expect("written");
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_score"))
        .args(["run", "a.score", "--quiet", "--json"])
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    while seen.inside.load(Ordering::SeqCst) < calls {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before all calls were in flight");
        assert!(started.elapsed() < Duration::from_mins(5), "not all calls came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = started.elapsed();
    // What is left over from sending settles.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let resident = resident(child.id());
    release.send(true).expect("somebody listens");
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.expect("waited");
    let said = String::from_utf8_lossy(&output.expect("it ends").stdout).trim().to_owned();
    assert_eq!(said, calls.to_string(), "every call is answered");
    server.abort();
    Flight { resident, connections: seen.connections.load(Ordering::SeqCst), took }
}

/// What a process is resident with, in KB.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

async fn serve(stream: TcpStream, seen: Arc<Seen>, held: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let mut builder = h2::server::Builder::new();
    let builder = builder.max_concurrent_streams(STREAMS);
    let Ok(mut connection) = builder.handshake::<_, Cursor<Vec<u8>>>(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let (seen, mut held) = (seen.clone(), held.clone());
        tokio::spawn(async move {
            let mut body = request.into_body();
            while let Some(Ok(bytes)) = body.data().await {
                let _ = body.flow_control().release_capacity(bytes.len());
            }
            seen.inside.fetch_add(1, Ordering::SeqCst);
            let _ = held.wait_for(|released| *released).await;
            let reply = http::Response::builder().header("content-type", "application/json").body(());
            if let Ok(mut send) = respond.send_response(reply.expect("a response"), false) {
                let _ = send.send_data(Cursor::new(ANSWER.as_bytes().to_vec()), true);
            }
        });
    }
}
