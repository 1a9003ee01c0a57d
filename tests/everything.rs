//! The MCP project's own server for tests, fetched from npm once: its tools are noted, checked and called.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PACKAGE: &str = "@modelcontextprotocol/server-everything";
const VERSION: &str = "2026.8.31";

/// Where the server is; fetched where it is not there yet. `None`, with the reason printed, where it can't be had.
fn server() -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("score-server-everything-{VERSION}"));
    let script = folder.join("node_modules").join(PACKAGE).join("dist/index.js");
    if script.is_file() {
        return Some(script);
    }
    fs::create_dir_all(&folder).expect("a folder");
    let fetched = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(&folder)
        .arg(format!("{PACKAGE}@{VERSION}"))
        .stdin(Stdio::null())
        .output();
    match fetched {
        Ok(output) if output.status.success() && script.is_file() => Some(script),
        Ok(output) => {
            eprintln!(
                "skipped: npm can't fetch {PACKAGE}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
            None
        }
        Err(error) => {
            eprintln!("skipped: there is no npm to fetch {PACKAGE} with: {error}");
            None
        }
    }
}

fn score(folder: &Path, words: &[&str]) -> String {
    ends(folder, words, 0)
}

fn ends(folder: &Path, words: &[&str], code: i32) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_score"))
        .args(words)
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{words:?}:\n{out}\n{err}");
    format!("{out}{err}")
}

#[test]
#[ignore = "fetches the server from npm"]
fn the_tools_of_server_everything_are_called() {
    let Some(script) = server() else { return };
    all_is_called(&format!("node '{}' stdio", script.display()));
}

/// The server as a service of this machine; ends when dropped.
struct Service(Child, u16);

impl Service {
    fn start(script: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("a port").port();
        let mut command = Command::new("node");
        command.arg(script).arg("streamableHttp").env("PORT", free.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("node is there");
        let mut said = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(said.read_line(&mut line).expect("it speaks") > 0, "it ended before it listened");
        }
        // What it says from then on is of no interest, but must go somewhere.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self(child, free)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "fetches the server from npm"]
fn the_tools_of_server_everything_are_called_over_http() {
    let Some(script) = server() else { return };
    let service = Service::start(&script);
    all_is_called(&format!("http://127.0.0.1:{}/mcp", service.1));
}

fn all_is_called(server: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let play = include_str!("mcp/everything.score").replace("SERVER", server);
    fs::write(folder.path().join("everything.score"), play).expect("written");
    let updated = score(folder.path(), &["update", "everything.score"]);
    for tool in ["echo", "get-sum", "get-structured-content", "trigger-elicitation-request"] {
        assert!(updated.contains(&format!("new      {tool}\n")), "{tool} is missing in {updated}");
    }
    assert!(!updated.contains("sampling"), "no model was offered to the server: {updated}");
    let again = score(folder.path(), &["update", "--check", "everything.score"]);
    assert!(again.contains("is as it was"), "{again}");
    let looked = score(folder.path(), &["doctor", "everything.score"]);
    assert!(looked.contains("ok    everything (mcp)"), "{looked}");
    // It asks the person, who is not there.
    let said = ends(folder.path(), &["run", "everything.score", "--no-input"], 6);
    for wanted in ["3 of 3", "main/asked/question asks you"] {
        assert!(said.contains(wanted), "{wanted} is missing in {said}");
    }
    let asked = ends(folder.path(), &["answer"], 2);
    assert!(asked.contains("birthdate: date?") && asked.contains("\"Phoebe\""), "{asked}");
    let wrong = ends(folder.path(), &["answer", "--value", r#"{"name": "Ada", "integer": 500}"#], 2);
    assert!(wrong.contains("1 <= it and it <= 100"), "{wrong}");
    let form = r#"{"name": "Ada", "birthdate": "1815-12-10", "integer": 36, "untitledMultipleSelectEnum": ["Piano"]}"#;
    let said = score(folder.path(), &["answer", "--value", form, "--out", "made"]);
    for wanted in [
        "\"Echo: hello\"",
        "\"The sum of 2 and 40 is 42.\"",
        "\"made/main-image.png\"",
        "User provided the requested information",
        "Ada",
        "1815-12-10",
        "Piano",
    ] {
        assert!(said.contains(wanted), "{wanted} is missing in {said}");
    }
}
