//! MCP servers as a user meets them: noting their tools, and what is said where that does not work; seeing their
//! calls before anything is done.

mod world;

use std::process::{Command, Stdio};

use world::place::{Place, Ran};

/// Whether there is a python to run the server of the tests.
fn python() -> bool {
    let found = Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: there is no python3 to run the server of the tests");
    }
    found
}

/// A folder with a score whose server behaves as `mode` says: its command is always the same.
fn place(mode: &str) -> Place {
    let place = Place::new();
    let server = format!("{}/tests/mcp/server.py", env!("CARGO_MANIFEST_DIR"));
    let wrapper = format!(
        "import runpy, sys\nsys.argv = ['server.py', open('mode').read()]\nrunpy.run_path({server:?}, run_name='__main__')\n"
    );
    place.file("desk.py", wrapper).file("mode", mode);
    place.file(
        "a.score",
        r#"
instrument desk = mcp("python3 desk.py", startup: 3s)

part keep(text: text) -> text by desk.write

movement main() -> [text] {
  let kept = keep("It rained.")
  [kept, desk.find_notes(query: "rained")]
}
"#,
    );
    place
}

#[test]
fn tools_are_noted_and_changes_are_said() {
    if !python() {
        return;
    }
    let place = place("well");
    // One complaint, however often the server is called.
    let unlocked = place.score(&["check", "a.score"]).ends(3).says("score update a.score");
    assert_eq!(unlocked.err.matches("are not known yet").count(), 1, "{}", unlocked.err);
    let noted = place.score(&["update", "a.score"]).ends(0).out;
    assert!(
        noted.starts_with("desk: tiny 1.2, 8 tools, 5 that only read\n  new      find-notes\n"),
        "{noted}"
    );
    assert!(noted.ends_with("score.lock is written\n"), "{noted}");
    place
        .score(&["update", "a.score"])
        .ends(0)
        .gives("desk: tiny 1.2, 8 tools, 5 that only read\nscore.lock is as it was\n");
    place.score(&["run", "a.score"]).ends(0).gives("[\"note 3: plain\",\"It rained.\"]\n");
    // A lock that somebody has edited is one complaint, not one for each use.
    let noted = place.read("score.lock");
    place.file("score.lock", noted.replacen("Writes a note.", "Writes.", 1));
    let edited =
        place.score(&["check", "a.score"]).ends(3).says("the tool `write` is not as its `hash` says");
    assert!(!edited.err.contains("has no tool"), "{}", edited.err);
    place.file("score.lock", noted);
    place.file("mode", "changed");
    place.score(&["run", "a.score"]).ends(1).says("`folder` is new, and must be given");
    let seen = place.score(&["update", "a.score", "--check"]).ends(1).out;
    assert!(seen.contains("  changed  find-notes: `folder` is new, and must be given\n"), "{seen}");
    assert!(seen.contains("  gone     add\n"), "{seen}");
    assert!(seen.ends_with("score.lock is not up to date; nothing was written\n"), "{seen}");
    place.score(&["update", "a.score"]).ends(0);
    place.score(&["check", "a.score"]).ends(3).says("`folder` of `find_notes` is missing");
}

#[test]
fn a_server_that_can_not_be_asked_leaves_the_lock_alone() {
    if !python() {
        return;
    }
    for (mode, words) in [
        (
            "exits",
            "it closed the connection before it answered (it ended with exit status: 1); its last words: cannot find module 'tiny'",
        ),
        (
            "garbage",
            "it did not answer in 3 s (it wrote what is no message to its output: `Welcome to tiny!`)",
        ),
        ("silent", "can't be used: it did not answer in 3 s\n"),
        ("endless", "can't be used: its list of tools has no end\n"),
    ] {
        let place = place(mode);
        let said = place.score(&["update", "a.score"]).ends(1).out;
        assert!(said.contains(words), "{words:?} is not in {said}");
        assert!(said.ends_with("score.lock was not written: no server could be asked\n"), "{said}");
        assert!(!place.path().join("score.lock").exists());
    }
    let noted = place("well");
    noted.score(&["update", "a.score"]).ends(0);
    let before = noted.read("score.lock");
    noted.file("mode", "exits");
    let said = noted.score(&["update", "a.score"]).ends(1).out;
    assert!(said.ends_with("score.lock is as it was: no server could be asked\n"), "{said}");
    assert_eq!(noted.read("score.lock"), before);
    let place = Place::new();
    place.file(
        "a.score",
        "instrument far = mcp(\"http://127.0.0.1:9/mcp\")\nmovement main() -> text { far.x() }\n",
    );
    let said = place.score(&["update", "a.score"]).ends(1).out;
    assert!(
        said.contains("nothing answers at its address\n  help: see whether the address is right"),
        "{said}"
    );
    place.file(
        "a.score",
        "instrument far = mcp(\"no-such-program x\")\nmovement main() -> text { far.x() }\n",
    );
    let said = place.score(&["update", "a.score"]).ends(1).out;
    assert!(said.contains("the program `no-such-program` is not on this machine's PATH"), "{said}");
    place.file("a.score", "movement main() -> text { \"x\" }\n");
    place
        .score(&["update", "a.score"])
        .ends(0)
        .gives("a.score has no MCP instruments: there is nothing to update.\n");
}

#[test]
fn a_server_with_parameters_is_known_by_its_name() {
    if !python() {
        return;
    }
    let place = place("well");
    place.file(
        "a.score",
        r#"
instrument server(script: text) = mcp("python3 {script}")
instrument desk = server("desk.py")
instrument spare = mcp("python3 ./desk.py")

part find(query: text) -> text by fallback(desk.find_notes, spare.find_notes)

movement main() -> [text] { [desk.find_notes(query: "Tides"), find("lock")] }
"#,
    );
    let noted = place.score(&["update", "a.score"]).ends(0).out;
    assert!(noted.contains("desk: tiny 1.2") && noted.contains("spare: tiny 1.2"), "{noted}");
    assert!(place.read("score.lock").contains("instrument = \"a.desk\""));
    place.score(&["run", "a.score"]).ends(0).gives("[\"Tides rose.\",\"The lock stood open.\"]\n");
}

#[test]
fn an_act_that_may_be_repeated_is_made_again_after_a_doubt() {
    if !python() {
        return;
    }
    for (tool, code) in [("set", 0), ("plain", 6)] {
        let place = place("hints");
        let score = format!(
            "instrument desk = mcp(\"python3 desk.py\")\nmovement main() -> text {{ desk.{tool}() }}\n"
        );
        place.file("a.score", score);
        place.score(&["update", "a.score"]).ends(0);
        place.file("mode", "stuck");
        let mut run = place.command(&["run", "a.score"]).spawn().expect("it starts");
        while !place.path().join("reached").exists() {
            assert!(run.try_wait().expect("it can be asked").is_none(), "it ended before it called");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        run.kill().expect("it runs");
        run.wait().expect("it ends");
        place.file("mode", "hints");
        let gone_on = place.score(&["resume", "--no-input"]).ends(code);
        if code == 0 {
            gone_on.gives("set is done\n");
        } else {
            gone_on.says("may have been done").says("--in-doubt");
            place.score(&["resume", "--in-doubt", "retry"]).ends(0).gives("plain is done\n");
        }
    }
}

const ASKING: &str = r#"
instrument desk = mcp("python3 desk.py")

movement main() -> text {
  let kept = desk.write(text: "It rained.")
  desk.ask() + kept
}
"#;

#[test]
fn what_a_server_asks_waits_for_an_answer() {
    if !python() {
        return;
    }
    let place = place("well");
    place.file("a.score", ASKING);
    place.score(&["update", "a.score"]).ends(0);
    place
        .score(&["run", "a.score", "--no-input"])
        .ends(6)
        .gives("")
        .says("main/desk.ask/question asks you")
        .says("score answer a-");
    // The call was given up: it is made again, and asks the same.
    let again = place.score(&["resume", "--no-input"]).ends(6).says("1 call is done already");
    again.says("main/desk.ask/question asks you").never_says("in doubt");
    let explained = place.score(&["resume", "--explain"]).ends(0).out;
    let why = "main/desk.ask: made again: it asked something that nobody was there to answer";
    assert!(explained.contains(why), "{explained}");
    let asked = place.score(&["answer"]).ends(2).says("Who are you?").says("--value");
    asked.says("The server of `desk` asks:").says("The answer is to be `{name: text, age: int?}`.");
    place.score(&["answer", "--value", "nobody"]).ends(2).says("main/desk.ask/question");
    place
        .score(&["answer", "--value", r#"{"name": "Ada"}"#])
        .ends(0)
        .gives("{\"action\": \"accept\", \"content\": {\"name\": \"Ada\"}}note 3: plain\n");
    place.score(&["answer", "--value", r#"{"name": "Eve"}"#]).ends(2).says("is over");
    let shown = place.score(&["runs", "show"]).ends(0).out;
    assert!(shown.contains("✓ main/desk.ask/question  you"), "{shown}");
}

#[test]
fn a_question_of_nobody_knows_which_call_is_declined_and_said() {
    if !python() {
        return;
    }
    let place = place("well");
    place.file(
        "a.score",
        "instrument desk = mcp(\"python3 desk.py\")\n\
         movement main() -> [text] { for i in 1..2 together { desk.ask() } }\n",
    );
    place.score(&["update", "a.score"]).ends(0);
    let ran = place.score(&["run", "a.score", "--no-input"]);
    // The server takes one call after the other: the second one is alone when it asks.
    let ran = ran.ends(6).says("nobody knows for which of its calls: declined");
    assert_eq!(ran.err.matches("/question asks you").count(), 1, "{ran:#?}");
}

#[test]
fn an_answer_may_be_left_while_nobody_performs() {
    if !python() {
        return;
    }
    let place = place("well");
    place.file("a.score", ASKING.replace("desk.ask() + kept", "desk.ask() + desk.ask() + kept"));
    place.score(&["update", "a.score"]).ends(0);
    place.score(&["run", "a.score", "--no-input"]).ends(6);
    place.score(&["answer", "--value", r#"{"name": "Ada"}"#, "--only"]).ends(0);
    // The first call has its answer, the second one asks for itself.
    place.score(&["resume", "--no-input"]).ends(6).says("main/desk.ask#2/question asks you");
    let value = r#"{"name": "Eve", "age": 7}"#;
    let ended = place.score(&["answer", "--value", value]).ends(0);
    let names = (ended.out.matches("Ada").count(), ended.out.matches("Eve").count());
    assert_eq!(names, (1, 1), "{ended:#?}");
}

#[test]
fn calls_of_tools_are_shown_before_anything_is_done() {
    if !python() {
        return;
    }
    let place = place("well");
    let score = format!(
        "{}\ninstrument wiki = mcp(\"http://127.0.0.1:9/mcp\", bearer: secret(\"WIKI\"), headers: {{\"x-team\": \"tides\"}})\n",
        place
            .read("a.score")
            .replace("\"rained\")", "\"rained\", max_results: 3), wiki.find_notes(query: \"{kept}\")")
    );
    place.file("a.score", score);
    place.score(&["update", "a.score"]).ends(1);
    let noted = place.read("score.lock");
    let (head, server) = noted.split_once("\n[[server]]").expect("a server");
    let again = server.replace("address = \"python3 desk.py\"", "address = \"http://127.0.0.1:9/mcp\"");
    place.file("score.lock", format!("{head}\n[[server]]{server}\n[[server]]{again}"));
    let outline = place.score(&["plan", "a.score"]).ends(0).out;
    assert!(outline.contains("kept = keep      desk.write = mcp(\"python3 desk.py\")"), "{outline}");
    assert!(
        outline.contains("tools: desk.find-notes (reads), desk.write (acts), wiki.find-notes (reads)\n"),
        "{outline}"
    );
    // No server is started, and none is there.
    place.file("mode", "exits");
    let mut command = place.command(&["run", "a.score", "--show-requests", "-q"]);
    let shown = Ran::of(&command.env("WIKI", "wk-12345678").output().expect("it starts")).ends(0);
    for part in [
        "### main/kept by desk\nMCP python3 desk.py\n\n",
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"write","arguments":{"text":"It rained."}}}"#,
        r#""params":{"name":"find-notes","arguments":{"query":"rained","max-results":3}}"#,
        "### main/wiki.find_notes by wiki\nPOST http://127.0.0.1:9/mcp\n",
        "authorization: Bearer <secret WIKI>\n",
        "x-team: tides\n",
    ] {
        assert!(shown.out.contains(part), "{part:?} is not in {}", shown.out);
    }
    assert!(!shown.out.contains("wk-12345678"));
    shown.says("3 requests are shown, none was sent");
}
