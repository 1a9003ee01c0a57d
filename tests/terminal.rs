//! The prompt and a run at a real terminal: typing, completing, cancelling, going on; what is shown of an answer
//! while it comes. Waits for what is shown, never for time.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// Nothing takes so long; it only ends a test that would wait for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a prompt begins with when it is ready for a line.
const READY: &str = "\u{1b}[?2004h";

/// A terminal with the prompt or a run on it.
struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    pieces: Receiver<Vec<u8>>,
    shown: Vec<u8>,
    /// What stands before here was waited for already.
    mark: usize,
}

impl Terminal {
    fn open(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start(folder, &[&["repl"], words].concat(), variables)
    }

    fn start(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let (pty, pts) = open().expect("a terminal");
        pty.resize(Size::new(40, 100)).expect("a size");
        let child = Command::new(env!("CARGO_BIN_EXE_score"))
            .args(words)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TERM", "xterm")
            .envs(variables.iter().copied())
            .spawn(pts)
            .expect("it starts");
        let pty = Arc::new(pty);
        let (send, pieces) = channel();
        let reader = Arc::clone(&pty);
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            // Reading fails when the other side is gone.
            while let Ok(read @ 1..) = (&*reader).read(&mut buffer) {
                if send.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { pty, child, pieces, shown: Vec::new(), mark: 0 }
    }

    fn type_keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("it reads");
    }

    /// Waits until this is shown, and goes on behind it.
    #[track_caller]
    fn sees(&mut self, text: &str) {
        loop {
            let place = self.shown[self.mark..].windows(text.len()).position(|seen| seen == text.as_bytes());
            if let Some(place) = place {
                self.mark += place + text.len();
                return;
            }
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => self.shown.extend(piece),
                Err(_) => {
                    panic!("{text:?} is not shown in {:?}", String::from_utf8_lossy(&self.shown[self.mark..]))
                }
            }
        }
    }

    /// Types a line at a prompt that is ready.
    fn line(&mut self, line: &str) {
        self.sees(READY);
        self.type_keys(line);
        self.type_keys("\r");
    }

    #[track_caller]
    fn leaves(mut self) -> String {
        self.sees(READY);
        self.type_keys("\u{4}");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        while let Ok(piece) = self.pieces.recv_timeout(PATIENCE) {
            self.shown.extend(piece);
        }
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that takes calls and never answers; says when one has come.
fn silent() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (send, came) = channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut first = [0; 1];
            if stream.read_exact(&mut first).is_ok() && send.send(()).is_err() {
                return;
            }
            open.push(stream);
        }
    });
    (base, came)
}

/// A server of chat completions that sends these pieces of an answer, each when it is told to, one answer after
/// another.
fn piecemeal(pieces: &'static [&'static str]) -> (String, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (go, told) = channel::<()>();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = Vec::new();
            let mut buffer = [0; 4096];
            while !String::from_utf8_lossy(&asked).contains("\"stream\":true") {
                match stream.read(&mut buffer) {
                    Ok(read @ 1..) => asked.extend_from_slice(&buffer[..read]),
                    _ => return,
                }
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).expect("it reads");
            let mut event = |data: &str| {
                stream.write_all(format!("data: {data}\n\n").as_bytes()).expect("it reads");
                stream.flush().expect("it reads");
            };
            for piece in pieces {
                let piece = serde_json::json!({"choices": [{"index": 0, "delta": {"content": piece}}]});
                event(&piece.to_string());
                if told.recv().is_err() {
                    return;
                }
            }
            event("{\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]}");
            event("[DONE]");
        }
    });
    (base, go)
}

#[test]
fn an_answer_is_seen_while_it_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (base, go) = piecemeal(&[
        "Here: {\"title\": \"Ti",
        "des\", \"tags\": [\"sea\", \"moon\"], ",
        "\"body\": \"It ro",
        "se.\"}",
    ]);
    let score = format!(
        "type Note {{ title: text, tags: [text], body: text }}\n\
         instrument model = openai(\"m\", base_url: \"{base}\", json: \"words\")\n\
         part draft() -> Note by model \"A note.\"\n\
         movement main() -> text {{ draft().body }}\n"
    );
    std::fs::write(folder.path().join("a.score"), score).expect("written");
    for words in [&["run", "a.score"][..], &["repl", "a.score"]] {
        let mut terminal = Terminal::start(folder.path(), words, &[("NO_COLOR", "1")]);
        if words[0] == "repl" {
            terminal.line("main()");
        }
        terminal.sees("title: Ti");
        go.send(()).expect("it serves");
        terminal.sees("title: Tides · tags: 2 items");
        go.send(()).expect("it serves");
        terminal.sees("title: Tides · tags: 2 items · body: It ro");
        go.send(()).expect("it serves");
        terminal.sees("body: It rose.");
        go.send(()).expect("it serves");
        terminal.sees("It rose.\r\n");
        if words[0] == "repl" {
            terminal.leaves();
        }
    }
}

#[test]
fn what_a_server_asks_is_asked_here() {
    let found = std::process::Command::new("python3").arg("--version").output();
    if !found.is_ok_and(|found| found.status.success()) {
        eprintln!("skipped: there is no python3 to run the server of the tests");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = format!("python3 '{}/tests/mcp/server.py'", env!("CARGO_MANIFEST_DIR"));
    let score = format!("instrument desk = mcp(\"{server}\")\nmovement main() -> text {{ desk.ask() }}\n");
    std::fs::write(folder.path().join("a.score"), score).expect("written");
    let mut update = std::process::Command::new(env!("CARGO_BIN_EXE_score"));
    let updated = update.args(["update", "a.score"]).current_dir(folder.path()).output().expect("it starts");
    assert!(updated.status.success(), "{updated:?}");

    let mut terminal = Terminal::start(folder.path(), &["run", "a.score"], &[("NO_COLOR", "1")]);
    terminal.sees("Who are you?");
    terminal.sees("name: ");
    terminal.type_keys("Ada\r");
    terminal.sees("age: ");
    terminal.type_keys("36\r");
    terminal.sees("{\"action\": \"accept\", \"content\": {\"name\": \"Ada\", \"age\": 36}}\r\n");
    assert!(terminal.child.wait().expect("it ends").success());

    // Ctrl-D declines: the server is told so, and goes on.
    let mut terminal = Terminal::start(folder.path(), &["run", "a.score"], &[("NO_COLOR", "1")]);
    terminal.sees("name: ");
    terminal.type_keys("\u{4}");
    terminal.sees("{\"action\": \"decline\"}\r\n");
    assert!(terminal.child.wait().expect("it ends").success());

    // Ctrl-C ends the run, which asks again when it goes on.
    let mut terminal = Terminal::start(folder.path(), &["run", "a.score"], &[("NO_COLOR", "1")]);
    terminal.sees("name: ");
    terminal.type_keys("\u{3}");
    terminal.sees("score resume a-");
    assert_eq!(terminal.child.wait().expect("it ends").code(), Some(130));
    let mut terminal = Terminal::start(folder.path(), &["resume"], &[("NO_COLOR", "1")]);
    terminal.sees("name: ");
    terminal.type_keys("Eve\r");
    terminal.sees("age: ");
    terminal.type_keys("\r");
    terminal.sees("\"content\": {\"name\": \"Eve\"}}\r\n");
    assert!(terminal.child.wait().expect("it ends").success());
}

#[test]
fn a_call_is_cancelled_and_the_session_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (base, came) = silent();
    let mut terminal = Terminal::open(folder.path(), &[], &[("NO_COLOR", "1")]);

    // A definition over several lines, ended by its text.
    terminal.line("part draft(topic: text) -> text");
    terminal.type_keys("  by echo()\r  \"About {topic}.\"\r");
    terminal.sees("\npart draft\r\n");

    // Tab completes its name, and its parameter.
    terminal.sees(READY);
    terminal.type_keys("dra\ttop\t\"tides\")\r");
    terminal.sees("score> draft(topic: ");
    terminal.sees("About tides.\r\n");
    terminal.sees("text · ");
    terminal.sees("1 call · free");

    // Ctrl-C cancels a call that is in flight.
    terminal.line(&format!(
        "part wonder() -> text by openai(\"m\", base_url: \"{base}\", key: secret(\"PATH\")) \"Wonder.\""
    ));
    terminal.sees("part wonder\r\n");
    terminal.line("let x = 7");
    terminal.sees("x = 7\r\n");
    terminal.line("wonder()");
    came.recv_timeout(PATIENCE).expect("the call was made");
    terminal.type_keys("\u{3}");
    terminal.sees("Cancelled.");

    // At the prompt it takes back what was typed.
    terminal.sees(READY);
    terminal.type_keys("nonsense");
    terminal.sees("nonsense");
    terminal.type_keys("\u{3}");

    // The session goes on, with all it had.
    terminal.line("draft(\"{x} moons\")");
    terminal.sees("About 7 moons.\r\n");
    let shown = terminal.leaves();
    assert!(!shown.contains("not known"), "{shown}");
}

#[test]
fn lines_are_remembered_searched_and_pasted() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let variables = [("NO_COLOR", "1"), ("XDG_STATE_HOME", state.to_str().expect("plain"))];
    let mut terminal = Terminal::open(folder.path(), &[], &variables);
    terminal.line("let answer = 6 * 7");
    terminal.sees("answer = 42\r\n");
    terminal.leaves();

    let mut terminal = Terminal::open(folder.path(), &[], &variables);
    // Ctrl-R finds what was entered in an earlier session.
    terminal.sees(READY);
    terminal.type_keys("\u{12}answ");
    terminal.sees("let answer = 6 * 7");
    terminal.type_keys("\r");
    terminal.sees("answer = 42\r\n");
    // Several entries pasted at once are performed one after another.
    terminal.sees(READY);
    terminal
        .type_keys("\u{1b}[200~movement twice(n: int) -> int {\n  n * 2\n}\ntwice(answer)\n\u{1b}[201~\r");
    terminal.sees("\n84\r\n");
    terminal.leaves();
}

#[test]
fn a_plain_terminal_does_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::open(folder.path(), &[], &[("TERM", "dumb")]);
    terminal.sees("score> ");
    terminal.type_keys("1 + 1\r");
    terminal.sees("\n2\r\n");
    terminal.sees("score> ");
    terminal.type_keys("\u{4}");
    let status = terminal.child.wait().expect("it ends");
    assert!(status.success(), "{status}");
    assert!(!terminal.shown.contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.shown));
}

#[test]
fn questions_of_a_run_are_answered_at_another_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"
instrument me = human("the editor")
part approve(x: text) -> bool by me "Is {x} right?"
part title(x: text) -> text by me prefill x "A title for {x}?"
part kind(x: text) -> "news" | "essay" by me "What is {x}?"
movement main() -> text {
  together {
    let a = approve("it")
    let t = title("it")
    let k = kind("it")
  }
  "{a}, {t}, {k}"
}
"#;
    std::fs::write(folder.path().join("a.score"), text).expect("written");
    let mut first = Terminal::start(folder.path(), &["run", "a.score", "--no-input"], &[]);
    first.sees("Waiting for 3 answers");
    assert_eq!(first.child.wait().expect("it ends").code(), Some(6));
    let mut second = Terminal::start(folder.path(), &["answer"], &[]);
    second.sees("Is it right?");
    second.line("yes");
    second.sees("A title for it?");
    second.sees(READY);
    // The draft stands there: it is gone on with.
    second.type_keys(" comes\r");
    second.sees("What is it?");
    second.line("essay");
    second.sees("true, it comes, essay");
    assert!(second.child.wait().expect("it ends").success());
}
