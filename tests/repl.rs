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

#[test]
fn it_is_told_what_a_value_came_from() {
    let score = "instrument model = script(asked => \"<{asked}>\")\n\
                 instrument other = script(asked => \"({asked})\")\n\
                 part look(x: text) -> text by model \"{x}\"\n\
                 part draft(x: text, found: [text]) -> text by other \"{x} {found}\"\n\
                 movement report(x: text, more: [text]) -> text {\n\
                 \u{20} let found = for one in more { look(one) }\n\
                 \u{20} if len(more) > 5 { look(\"never\") } else { draft(x, found) }\n\
                 }\n";
    let folder = place();
    fs::write(folder.path().join("a.score"), score).expect("written");
    let lines = ":why\nlet a = look(\"a\") let b = look(\"b\")\nlet c = upper(b)\nlet unused = 1\n";
    let ran = enter(folder.path(), &["a.score"], lines);
    assert!(ran.err.contains("Nothing was performed yet."), "{}", ran.err);

    let lines = "let a = look(\"a\") let b = look(\"b\")\nlet c = upper(b)\nreport(\"t\", [c, \"d\"])\n:why\n:why a\n1 + 1\n:why\n";
    let ran = enter(folder.path(), &["a.score"], lines);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let timeless: Vec<&str> = ran.out.lines().map(|line| line.split(", 0").next().unwrap_or(line)).collect();
    let expected = [
        "`report(\"t\", [c, \"d\"])`",
        "  report/draft by other",
        "    report/found[…]/look by model: 2 calls",
        "      c = \"<B>\"",
        "        b = \"<b>\"",
        "          b by model",
        "`let a = look(\"a\") let b = look(\"b\")`",
        "  a by model",
        "2",
        "`1 + 1`",
        "  nothing but what stands there: nobody was called",
    ];
    assert_eq!(timeless[timeless.len() - expected.len()..], expected, "{}", ran.out);
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

/// A model that says how often it was asked, and counts what it is asked.
fn model() -> (String, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    use std::io::{BufRead as _, BufReader, Read as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let noted = std::sync::Arc::clone(&noted);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(&stream);
                loop {
                    let (mut length, mut line) = (0, String::new());
                    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                        if let Some(given) = line.to_lowercase().strip_prefix("content-length:") {
                            length = given.trim().parse().unwrap_or(0);
                        }
                        line.clear();
                    }
                    let mut body = vec![0; length];
                    if length == 0 || reader.read_exact(&mut body).is_err() {
                        return;
                    }
                    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                    let last = body["messages"].as_array().and_then(|all| all.last()).expect("a message");
                    let number = {
                        let mut noted = noted.lock().expect("unharmed");
                        noted.push(last["content"].as_str().unwrap_or_default().to_owned());
                        noted.len()
                    };
                    let answer = serde_json::json!({
                        "choices": [{"message": {"role": "assistant", "content": format!("answer {number}")}, "finish_reason": "stop"}],
                        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
                    })
                    .to_string();
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
                    if write!(&stream, "{head}Content-Length: {}\r\n\r\n{answer}", answer.len()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (base, asked)
}

#[test]
fn only_what_depends_on_a_change_is_called_again() {
    let (base, asked) = model();
    let part = |name: &str, prompt: &str| format!("part {name}(x: text) -> text by lab \"{prompt} {{x}}\"\n");
    let lines = [
        format!("instrument lab = openai(\"m\", base_url: \"{base}\", key: secret(\"PATH\"))\n"),
        part("gather", "Gather"),
        part("draft", "Draft"),
        part("judge", "Judge"),
        String::from(
            "movement both(x: text) -> [text] {\n  let found = gather(x)\n  [draft(found), judge(found)]\n}\n",
        ),
        String::from("both(\"tides\")\nboth(\"tides\")\n:cost\n"),
        part("judge", "Judge again"),
        String::from("both(\"tides\")\n"),
        part("gather", "Gather more"),
        String::from("both(\"tides\")\n"),
        // Calls that ask the same in one entry keep their own answers.
        String::from("for n in 1..3 { gather(\"x\") }\nfor n in 1..4 { gather(\"x\") }\n"),
        String::from(
            "part gather(x: text) -> text by lab fresh \"Gather more {x}\"\ngather(\"x\")\ngather(\"x\")\n",
        ),
    ];
    let ran = enter(place().path(), &[], &lines.concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let cost = ran.out.lines().find(|line| line.contains("6 calls, 3 cached")).unwrap_or_default();
    assert!(cost.contains("spend unknown"), "{}", ran.out);
    let is_result = |line: &&str| line.starts_with('[') || line.starts_with("answer ");
    let results: Vec<&str> = ran.out.lines().filter(is_result).collect();
    assert_eq!(results[0], results[1]);
    let all = asked.lock().expect("unharmed").clone();
    let kinds: Vec<&str> = all.iter().map(|said| said.split(" answer").next().unwrap_or(said)).collect();
    // At first all three; then the judge alone; then all that depends on what was gathered anew.
    let mut first = kinds[..3].to_vec();
    first.sort_unstable();
    assert_eq!(first, ["Draft", "Gather tides", "Judge"]);
    assert_eq!(kinds[3], "Judge again");
    assert_eq!(kinds[4], "Gather more tides");
    let mut second = kinds[5..7].to_vec();
    second.sort_unstable();
    assert_eq!(second, ["Draft", "Judge again"]);
    // Three and one more of the loop, two that are asked anew.
    assert_eq!(&kinds[7..], ["Gather more x"; 6]);
    let three: Vec<String> = serde_json::from_str(results[4]).expect("a list");
    let four: Vec<String> = serde_json::from_str(results[5]).expect("a list");
    let distinct: std::collections::BTreeSet<&String> = four.iter().collect();
    assert_eq!((distinct.len(), &four[..3]), (4, &three[..]));
    assert_ne!(results[6], results[7]);
}
