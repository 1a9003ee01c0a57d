//! How long a keystroke takes at the prompt, from the key to the end of the repaint, at a real terminal.
//!
//! `cargo bench --bench repl`

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(unix)]
#[allow(clippy::print_stdout, clippy::unwrap_used)]
mod unix {
    use std::fmt::Write as _;
    use std::io::{Read as _, Write as _};
    use std::process::Child;
    use std::time::{Duration, Instant};

    use pty_process::Size;
    use pty_process::blocking::{Command, Pty, open};

    /// What a repaint ends with.
    const PAINTED: &[u8] = b"\x1b[?2026l";
    const READY: &[u8] = b"\x1b[?2004h";

    /// How wide `score> ` is.
    const PROMPT: usize = 7;

    struct Terminal {
        pty: Pty,
        child: Child,
        shown: Vec<u8>,
    }

    impl Terminal {
        fn open(file: &std::path::Path) -> Self {
            let (pty, pts) = open().unwrap();
            pty.resize(Size::new(50, 120)).unwrap();
            let child = Command::new(env!("CARGO_BIN_EXE_score"))
                .arg("repl")
                .arg(file)
                .env("TERM", "xterm-256color")
                .env("XDG_STATE_HOME", file.parent().unwrap())
                .spawn(pts)
                .unwrap();
            Self { pty, child, shown: Vec::new() }
        }

        fn until(&mut self, wanted: &[u8]) {
            let mut buffer = [0; 65_536];
            loop {
                if let Some(at) = self.shown.windows(wanted.len()).position(|seen| seen == wanted) {
                    self.shown.drain(..at + wanted.len());
                    return;
                }
                let read = self.pty.read(&mut buffer).unwrap();
                self.shown.extend_from_slice(&buffer[..read]);
            }
        }

        /// Types letters one by one from a column on, and measures each until the cursor stands behind it.
        fn keys(&mut self, text: &str, column: usize) -> Vec<Duration> {
            (column + 1..)
                .zip(text.bytes())
                .map(|(column, key)| {
                    let begun = Instant::now();
                    self.pty.write_all(&[key]).unwrap();
                    self.until(format!("\r\x1b[{column}C\x1b[?2026l").as_bytes());
                    begun.elapsed()
                })
                .collect()
        }

        /// Takes back what was typed, and waits for a new prompt.
        fn clear(&mut self) {
            self.pty.write_all(b"\x03").unwrap();
            self.until(READY);
            self.until(PAINTED);
        }
    }

    /// Declarations of so many lines.
    fn score(lines: usize) -> String {
        let mut text = String::from("instrument writer = echo()\n");
        let mut number = 0;
        while text.lines().count() < lines {
            number += 1;
            let _ = write!(
                text,
                "\n/// Number {number}.\ntype Idea{number} {{\n  title: text\n  tags: [text; ..5] = []\n}}\n\n\
                 part draft{number}(topic: text, idea: Idea{number}) -> text\n  by writer\n  \"\"\"\n  Write about {{topic}}:\n\n  {{idea}}\n  \"\"\"\n\n\
                 movement report{number}(topic: text) -> text {{\n  draft{number}(topic, Idea{number}(title: topic))\n}}\n"
            );
        }
        text
    }

    fn report(what: &str, mut times: Vec<Duration>) {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1_000.0;
        println!("{what}: median {:.2} ms, 99 of 100 {:.2} ms, longest {:.2} ms", at(50), at(99), at(100));
    }

    pub fn main() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("long.score");
        let text = score(500);
        std::fs::write(&file, &text).unwrap();
        let mut terminal = Terminal::open(&file);
        terminal.until(READY);
        terminal.until(PAINTED);
        let line = "let x = report7(topic: \"the {1 + 2} tides of {today()}\") // and so on, for as long as a line is";
        report("a key, 500 lines declared", terminal.keys(line, PROMPT));
        terminal.clear();
        // Tab asks the whole session for the fields of a value.
        let mut tabs = Vec::new();
        for _ in 0..20 {
            let typed = "Idea3(title: \"a\").ti";
            terminal.keys(typed, PROMPT);
            let begun = Instant::now();
            terminal.pty.write_all(b"\t").unwrap();
            terminal.until(format!("\r\x1b[{}C\x1b[?2026l", PROMPT + typed.len() + 3).as_bytes());
            tabs.push(begun.elapsed());
            terminal.clear();
        }
        report("Tab behind a value, 500 lines declared", tabs);
        // The same text as one entry that is being edited.
        terminal.pty.write_all(format!("\x1b[200~{text}\x1b[201~").as_bytes()).unwrap();
        report("a key, in an entry of 500 lines", terminal.keys("part more() -> text", 0));
        let mut entries = Vec::new();
        terminal.clear();
        for _ in 0..20 {
            terminal.keys("1 + 1", PROMPT);
            let begun = Instant::now();
            terminal.pty.write_all(b"\r").unwrap();
            terminal.until(READY);
            entries.push(begun.elapsed());
            terminal.until(PAINTED);
        }
        report("Enter, from the key to the next prompt", entries);
        let _ = terminal.child.kill();
        let _ = terminal.child.wait();
    }
}
