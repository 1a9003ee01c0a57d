//! The prompt as a user meets it: from a pipe here, at a terminal in `terminal`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Enters these lines from a pipe.
fn enter(folder: &Path, words: &[&str], lines: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_score"))
        .arg("repl")
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn place() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn only_results_are_on_stdout() {
    let ran = enter(
        place().path(),
        &[],
        "let x = 2 // two\nx + 1\nsay \"aside\"\n({a: x})\n\"a\\nb\"\nnothing\n:type [x]\n",
    );
    assert_eq!((ran.code, &*ran.out), (Some(0), "3\n{\"a\":2}\na\nb\n[int; 1]\n"), "{}", ran.err);
    assert!(ran.err.contains("aside"), "{}", ran.err);
}

#[test]
fn it_stops_where_something_is_wrong_and_says_the_line() {
    let ran = enter(place().path(), &[], "1\n\nlet y =\n  nope\n2\n3\n");
    assert_eq!((ran.code, &*ran.out), (Some(3), "1\n"));
    assert!(ran.err.contains("stdin:4:3"), "{}", ran.err);
    assert!(ran.err.contains("Stopped at line 3: 2 entries below it not entered."), "{}", ran.err);

    let ran = enter(place().path(), &[], "1\nfail \"that is enough\"\n2\n");
    assert_eq!((ran.code, &*ran.out), (Some(1), "1\n"));
    assert!(ran.err.contains("that is enough") && ran.err.contains("stdin:2:1"), "{}", ran.err);

    let ran = enter(place().path(), &[], "part a() -> text by human() \"How?\"\na()\n");
    assert_eq!((ran.code, &*ran.out), (Some(1), ""));
    assert!(ran.err.contains(":rehearse on"), "{}", ran.err);

    let ran = enter(place().path(), &[], ":nope\n");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("There is no command `:nope`"), "{}", ran.err);
}

#[test]
fn a_file_is_loaded_saved_and_read_again() {
    let folder = place();
    let score = "//! Mine.\n\n// A note.\ninstrument who = echo()\n\n/// Says it.\npart say_it(x: text) -> text\n  by who\n  \"{x}\"\n";
    fs::write(folder.path().join("a.score"), score).expect("written");
    let lines = "say_it(\"a\")\npart say_it(x: text) -> text\n  by who\n  \"so {x}\"\nmovement main() -> text { say_it(\"b\") }\n\
                 main()\n:save b.score\n:save a.score\n:reload\nmain()\n:save b.score\n";
    let ran = enter(folder.path(), &["a.score"], lines);
    assert_eq!((ran.code, &*ran.out), (Some(1), "a\nso b\nso b\n"), "{}", ran.err);
    assert!(ran.err.contains("b.score is there already"), "{}", ran.err);
    let saved = fs::read_to_string(folder.path().join("b.score")).expect("it was saved");
    let expected = "//! Mine.\n\n// A note.\ninstrument who = echo()\n\npart say_it(x: text) -> text\n  by who\n  \"so {x}\"\n\nmovement main() -> text { say_it(\"b\") }\n";
    assert_eq!(saved, expected);
    assert_eq!(fs::read_to_string(folder.path().join("a.score")).expect("it was saved"), expected);

    let broken = enter(folder.path(), &["none.score"], "1\n");
    assert_eq!((broken.code, &*broken.out), (Some(3), ""));
    assert!(broken.err.contains("none.score"), "{}", broken.err);
}

#[test]
fn chairs_are_filled_and_rehearsals_are_held() {
    let folder = place();
    fs::write(folder.path().join("score.toml"), "[instruments]\nreader = \"echo()\"\n").expect("written");
    let settled = "instrument reader = openai(\"m\", base_url: \"http://127.0.0.1:9\")\n\
                   part ask(x: text) -> text\n  by reader\n  \"{x}\"\nask(\"hi\")\n";
    let ran = enter(folder.path(), &[], settled);
    assert_eq!((ran.code, &*ran.out), (Some(0), "hi\n"), "{}", ran.err);

    let lines = "instrument writer = openai(\"m\", base_url: \"http://127.0.0.1:9\")\npart ask(x: text) -> text\n  by writer\n  \"{x}\"\n\
                 :with writer='echo()'\nask(\"hi\")\n:with writer=\n:rehearse on\nlen(ask(\"hi\")) > 0\n:with wirter=echo()\n";
    let ran = enter(place().path(), &[], lines);
    assert_eq!((ran.code, &*ran.out), (Some(3), "hi\ntrue\n"), "{}", ran.err);
    assert!(ran.err.contains("Did you mean `writer`?"), "{}", ran.err);
}

#[test]
fn a_test_is_performed_where_it_is_entered() {
    let lines = "part ask(x: text) -> text by human() \"{x}\"\ntest \"it echoes\" {\n  seat part ask = echo()\n  expect ask(\"a\") == \"a\"\n}\n\
                 test \"it shouts\" {\n  seat part ask = echo()\n  expect ask(\"a\") == \"A\"\n}\n";
    let ran = enter(place().path(), &[], lines);
    assert_eq!((ran.code, &*ran.out), (Some(1), ""));
    assert!(
        ran.err.contains("test it echoes … ok") && ran.err.contains("test it shouts … FAILED"),
        "{}",
        ran.err
    );
}

/// The sessions in the docs give what the docs say.
#[test]
fn the_sessions_in_the_docs_are_true() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/repl.md")).expect("the page");
    let (mut entered, mut expected, mut inside) = (String::new(), String::new(), false);
    for line in page.lines() {
        match line {
            "```repl" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("score> ").or_else(|| line.strip_prefix("       ")) {
                Some(more) => entered.extend([more, "\n"]),
                None => expected.extend([line, "\n"]),
            },
        }
    }
    assert!(entered.lines().count() > 10);
    let ran = enter(place().path(), &[], &entered);
    assert_eq!(ran.out, expected, "{}", ran.err);
}

#[test]
fn a_budget_holds_for_all_entries_together() {
    let lines = "instrument writer = script(x => \"on {x}\", price: $0.03)\n\
        part draft(topic: text) -> text by writer \"{topic}\"\n\
        :budget $0.05\n\
        draft(\"tides\")\n\
        :budget\n\
        draft(\"winds\")\n";
    let ran = enter(place().path(), &[], lines);
    assert_eq!(
        (ran.code, &*ran.out),
        (Some(1), "on tides\n$0.03 of $0.05 is spent, $0.02 is left\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("the budget of $0.02 is reached"), "{}", ran.err);
    let ran = enter(
        place().path(),
        &[],
        &lines.replace("draft(\"winds\")", ":budget off\ndraft(\"winds\")\n:cost"),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("draft   writer          2  $0.06"), "{}", ran.out);
    let ran = enter(place().path(), &[], ":budget lots\n");
    assert!(ran.err.contains("`:budget $2`"), "{}", ran.err);
}
