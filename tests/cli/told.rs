//! The commands that say something of scores: `check`, `explain`, `help`, `plan`, `test`, `fmt`.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::given::{ASKING, GREETING};
use crate::world::place::{Place, Ran};

#[test]
fn check_speaks_to_editors_and_programs() {
    let place = Place::new();
    place.file("wrong.score", "movement main() -> text {\n  gret(\"x\")\n}\n").file("right.score", GREETING);
    place.score(&["check", "right.score"]).ends(0).gives("");
    let short = place.score(&["check", "wrong.score", "--message-format", "short"]).ends(3);
    assert!(short.err.starts_with("wrong.score:2:3: error[score::"), "{short:#?}");
    let json = place.score(&["check", "wrong.score", "--message-format", "json"]).ends(3);
    let first: serde_json::Value =
        serde_json::from_str(json.out.lines().next().expect("a line")).expect("JSON");
    assert_eq!(first["labels"][0]["line"], 2, "{first:#}");
}

#[test]
fn diagnostics_as_json_have_the_edits_that_mend_them() {
    let place = Place::new();
    place.file(
        "a.score",
        "movement main(n: int) -> text {\n  if n > 1 && n < 9 { \"few\" } else { \"many\" }\n}\n",
    );
    let checked = place.score(&["check", "--message-format", "json", "a.score"]);
    let found: serde_json::Value = serde_json::from_str(checked.out.trim()).expect("one line of JSON");
    assert_eq!(found["code"], "score::parse::foreign");
    let edit = &found["edits"][0];
    assert_eq!((&edit["line"], &edit["column"], &edit["length"]), (&2.into(), &12.into(), &2.into()));
    assert_eq!(edit["replacement"], "and");
}

#[test]
fn codes_are_explained() {
    let place = Place::new();
    let explained = place.score(&["explain", "score::load::empty"]).ends(0);
    assert!(explained.out.contains("score::load::empty"), "{explained:#?}");
    assert!(explained.out.contains("Right\n  │ movement main()"), "{explained:#?}");
    place.score(&["explain", "score::load::emtpy"]).ends(2).says("score::load::empty");
    place.score(&["explain", "unclosd"]).ends(2).says("score::parse::unclosed");
    let short = place.score(&["explain", "unclosed"]).ends(0);
    assert!(short.out.starts_with("score::parse::unclosed\n") && short.out.contains("Wrong\n"), "{short:#?}");
    assert!(place.score(&["explain"]).ends(0).out.lines().count() > 20);
}

#[test]
fn help_is_a_command() {
    let place = Place::new();
    assert!(place.score(&["help"]).ends(0).out.contains("score help language"));
    assert!(place.score(&["help", "check"]).ends(0).out.contains("--message-format"));
    assert!(place.score(&["help", "len"]).ends(0).out.contains("-> int"));
    assert!(place.score(&["help", "score::check::secret"]).ends(0).out.contains("A secret would get out."));
    let card = place.score(&["help", "language"]).ends(0);
    assert_eq!(card.out, include_str!("../../docs/card.md"));
    place.score(&["help", "lagnuage"]).ends(2).says("Did you mean `score help language`?");
}

#[test]
fn plan_says_what_will_run_without_running_it() {
    let place = Place::new();
    place.file("a.score", ASKING);
    let plan = place.score(&["plan", "a.score"]).ends(0);
    assert!(plan.out.contains("approve") && plan.out.contains("me"), "{plan:#?}");
    let json = place.score(&["plan", "a.score", "--json"]).ends(0);
    serde_json::from_str::<serde_json::Value>(&json.out).expect("JSON");
}

const TESTED: &str = r#"
instrument writer = openai("gpt-5")

part title(topic: text) -> text by writer "A title about {topic}"

test "a title names its topic" {
  seat writer = echo()
  expect "tides" in title("tides")
}

test "a title is <short>" {
  seat writer = script(["Much too long"])
  let found = title("tides")
  expect len(found) < 5
}

test "nobody has a seat" {
  title("tides")
  expect true
}
"#;

#[test]
fn tests_are_performed_and_reported() {
    let place = Place::new();
    place.file("a.score", TESTED);
    let ran = place.score(&["test"]).ends(1).says("len(found) is 13").says("`writer` has no seat");
    ran.says("1 passed, 2 failed.").gives(
        "a.score: a title names its topic … ok\na.score: a title is <short> … FAILED\na.score: nobody has a seat … FAILED\n",
    );
    place.score(&["test", "a.score", "--filter", "names"]).ends(0).says("1 passed, 0 failed.");
    place.score(&["test", "--filter", "no such test"]).ends(2).says("no such test");
    place.score(&["test", "missing.score"]).ends(2).says("missing.score is not there");
    let report = place.score(&["test", "--report", "junit"]).ends(1);
    for words in [
        "<testsuites tests=\"3\" failures=\"2\"",
        "<testsuite name=\"a.score\" tests=\"3\"",
        "name=\"a title is &lt;short&gt;\"",
        "<failure message=",
        "</testsuites>",
    ] {
        assert!(report.out.contains(words), "{words} is missing: {}", report.out);
    }
    place.file("broken.score", "movement main( {");
    place.score(&["test", "a.score", "broken.score"]).ends(3).says("1 score could not be checked");
}

#[test]
fn scores_are_formatted() {
    let place = Place::new();
    place.file("a.score", "movement main()->int{1+1} // two\n").file("broken.score", "movement main( {");
    place.score(&["fmt", "--check", "a.score"]).ends(1).says("a.score is not formatted");
    place.score(&["fmt", "a.score"]).ends(0).says("formatted a.score");
    let text = fs::read_to_string(place.path().join("a.score")).expect("there");
    assert_eq!(text, "movement main() -> int { 1 + 1 }  // two\n");
    place.score(&["fmt", "--check", "a.score"]).ends(0);
    place.score(&["fmt"]).ends(3).says("broken.score");
    assert_eq!(fs::read_to_string(place.path().join("broken.score")).expect("there"), "movement main( {");
    let mut child = place
        .command(&["fmt", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("open").write_all(b"type  A={a:int}").expect("written");
    Ran::of(&child.wait_with_output().expect("it ends")).ends(0).gives("type A { a: int }\n");
}
