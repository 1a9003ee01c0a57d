//! `score run`: what goes in, what comes out, how it ends.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::given::{ASKING, GREETING};
use crate::world::place::{Place, Ran};

#[test]
fn the_result_and_nothing_else_is_on_stdout() {
    let place = Place::new();
    place.file("a.score", GREETING);
    place.score(&["run", "a.score", "--name", "Ada"]).ends(0).gives("Hello Ada\n");
    place.score(&["a.score", "--name", "Ada", "--times", "2"]).ends(0).gives("Hello Ada, Hello Ada\n");
    place.score(&["run", "a.score", "main", "--name=Ada", "--json"]).ends(0).gives("\"Hello Ada\"\n");
}

#[test]
fn arguments_come_from_files_too() {
    let place = Place::new();
    place
        .file("a.score", GREETING)
        .file("name.txt", "Grace\n")
        .file("all.json", r#"{"name": "Lin", "times": 2}"#);
    place.score(&["run", "a.score", "--name", "@name.txt"]).ends(0).gives("Hello Grace\n");
    place.score(&["run", "a.score", "--args", "all.json"]).ends(0).gives("Hello Lin, Hello Lin\n");
    place.score(&["run", "a.score", "--args", "all.json", "--times", "1"]).ends(0).gives("Hello Lin\n");
    place.file("odd.json", r#"{"nmae": "Lin"}"#);
    place.score(&["run", "a.score", "--args", "odd.json"]).ends(2).says("nmae");
}

#[test]
fn wrong_arguments_are_named() {
    let place = Place::new();
    place.file("a.score", GREETING);
    place.score(&["run", "a.score"]).ends(2).says("--name is missing").says("Who is greeted");
    place.score(&["run", "a.score", "--name", "Ada", "--times", "many"]).ends(2).says("--times");
    place.score(&["run", "a.score", "--nam", "Ada"]).ends(2).says("--name");
    place.score(&["run", "a.score", "mian", "--name", "Ada"]).ends(2).says("did you mean `main`");
    place
        .score(&["run", "a.score", "--name", "Ada", "--with", "vioce=echo()"])
        .ends(2)
        .says("did you mean `voice`");
    place.score(&["run"]).ends(2).says("<FILE>");
    place.score(&["frobnicate"]).ends(2);
}

#[test]
fn help_documents_the_score_itself() {
    let place = Place::new();
    place.file("a.score", GREETING);
    let help = place.score(&["run", "a.score", "--help"]).ends(0);
    for words in ["Greets.", "--name", "Who is greeted.", "--times", "may be left out", "--no-input"] {
        assert!(help.out.contains(words), "{words:?} is missing: {help:#?}");
    }
}

#[test]
fn another_instrument_takes_a_chair() {
    let place = Place::new();
    place.file("a.score", GREETING);
    let seat = "voice=script([\"Good day\"])";
    place.score(&["run", "a.score", "--name", "Ada", "--with", seat]).ends(0).gives("Good day\n");
    place.score(&["run", "a.score", "--name", "Ada", "--with", "voice=ehco()"]).ends(3).says("--with voice");
}

#[test]
fn unreadable_sources_are_named() {
    let place = Place::new();
    place
        .file("empty.score", " \n")
        .file("odd.score", b"movement \xff")
        .file("nul.score", b"movement a\0() { }");
    fs::create_dir(place.path().join("folder")).expect("made");
    place.score(&["run", "none.score"]).ends(3).says("score::load::missing_file");
    place.score(&["run", "emtpy.score"]).ends(3).says("empty.score?");
    place.score(&["run", "folder"]).ends(3).says("score::load::directory");
    place.score(&["run", "empty.score"]).ends(3).says("score::load::empty");
    place.score(&["run", "odd.score"]).ends(3).says("score::load::not_utf8").says("line 1");
    place.score(&["check", "nul.score"]).ends(3).says("score::parse::");
}

#[test]
fn a_failure_points_at_the_source() {
    let place = Place::new();
    place.file(
        "a.score",
        r#"
movement main(n: int) -> int {
  require n > 0 else "n must be positive, not {n}"
  n
}
"#,
    );
    place
        .score(&["run", "a.score", "--n", "-3"])
        .ends(1)
        .says("n must be positive, not -3")
        .says("score::run::require_failed")
        .says("a.score:3");
}

#[test]
fn a_missing_key_says_which() {
    let place = Place::new();
    place.file(
        "a.score",
        r#"
instrument writer = openai("gpt-5-mini")
part write_it() -> text by writer "Hello"
movement main() -> text { write_it() }
"#,
    );
    place.score(&["run", "a.score"]).ends(4).says("OPENAI_API_KEY");
    place.score(&["rehearse", "a.score"]).ends(0);
    let doctor = place.score(&["doctor", "a.score"]).ends(4);
    assert!(doctor.out.contains("OPENAI_API_KEY"), "{doctor:#?}");
    assert!(doctor.out.contains("openai, openai_image, speech, transcribe: no key"), "{doctor:#?}");
}

#[test]
fn without_a_person_a_question_waits() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("main/approve").gives("");
}

#[test]
fn nothing_is_kept_of_a_run_without_a_journal() {
    let place = Place::new();
    place.file("a.score", GREETING).file("b.score", ASKING);
    place.score(&["run", "a.score", "--no-journal", "--name", "Ada"]).ends(0).gives("Hello Ada\n");
    place.score(&["run", "b.score", "--no-journal", "--no-input"]).ends(6).says("let a stand-in answer");
    place.score(&["run", "a.score", "--no-journal", "--run", "greeting", "--name", "Ada"]).ends(2);
    assert!(!place.path().join(".local").exists());
    place.score(&["run", "a.score", "--name", "Ada"]).ends(0);
    assert!(place.path().join(".local/state/score/runs").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_run_cleanly() {
    let place = Place::new();
    place.file("a.score", "movement main() -> text {\n  say \"waiting\"\n  wait 60s\n  \"done\"\n}\n");
    let run = place
        .command(&["run", "a.score"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    std::thread::sleep(Duration::from_millis(700));
    let id = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    let ended = Ran::of(&run.wait_with_output().expect("it ends"));
    ended.ends(130).gives("");
}

#[test]
fn pictures_go_in_and_out_as_files() {
    let place = Place::new();
    let png = b"\x89PNG\r\n\x1a\nrest";
    place.file("tide.png", png).file(
        "copy.score",
        "type Copy { title: text, picture: image }\n\
         movement main(photo: image) -> [Copy] { [Copy(title: \"One\", picture: photo)] }\n",
    );
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "made", "--json"]).ends(0);
    let ran = ran.says("wrote made/tide.png (image/png, 12 bytes)");
    ran.gives("[{\"title\":\"One\",\"picture\":\"made/tide.png\"}]\n");
    assert_eq!(fs::read(place.path().join("made/tide.png")).expect("written"), png);
    place.file("made/tide.png", "something else");
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "made"]).ends(0);
    ran.says("made/tide-2.png");
    place.score(&["run", "copy.score", "--photo", "@tide.png"]).ends(0).says("wrote out/tide.png");
    place.file("all.json", r#"{"photo": "tide.png"}"#);
    place.score(&["run", "copy.score", "--args", "all.json"]).ends(0).says("wrote out/tide.png");
    place.score(&["run", "copy.score", "--photo", "@ebb.png"]).ends(2).says("no file `ebb.png`");
    place.file("taken", "a file");
    let ran = place.score(&["run", "copy.score", "--photo", "tide.png", "--out", "taken"]).ends(0);
    ran.says("taken could not be written").says("instead");
}

const RECORDED: &str = r#"
instrument writer = script([{n: 1, day: "2026-01-05"}, {n: 2, day: "2026-01-06"}, "no record"])
instrument voice = script(asked => upper(asked))

type Note { n: int, day: date }

part note(topic: text) -> Note by writer retry 0 "A note about {topic}"
part shout(words: text) -> text by voice "{words}"

movement main() -> [text] {
  let notes = for topic in ["a", "b"] { note(topic) }
  [shout("{notes[0].day + 1d}"), "{notes[1].n}", "{note("c")}" otherwise "none"]
}

test "as it was" {
  seat writer = replay("talk.jsonl")
  seat voice = replay("talk.jsonl")
  expect main() == ["2026-01-06", "2", "none"]
}

test "what was never asked" {
  seat voice = replay("talk.jsonl")
  expect shout("hello") == "HELLO"
}
"#;

#[test]
fn what_is_recorded_can_be_replayed() {
    let place = Place::new();
    place.file("a.score", RECORDED);
    let gives = "[\n  \"2026-01-06\",\n  \"2\",\n  \"none\"\n]\n";
    let ran = place.score(&["run", "a.score", "--record", "talk.jsonl"]).ends(0);
    assert_eq!(ran.out.split_whitespace().collect::<String>(), gives.split_whitespace().collect::<String>());
    ran.says("recorded 4 calls in talk.jsonl");
    let ran =
        place.score(&["test", "a.score"]).ends(1).says("`talk.jsonl` has no answer left").says("1 passed");
    ran.says("record it anew");
    place.file("talk.jsonl", "{\"part\": \"note\"}\n");
    place.score(&["test", "a.score"]).ends(1).says("line 1 of").says("it has no `asked`");
    place.score(&["run", "a.score", "--record", "no/such/folder"]).ends(2).says("could not be written");
}

#[test]
fn who_could_not_play_is_said_before_anything_starts() {
    let place = Place::new();
    place.file(
        "polish.score",
        "instrument cheap = echo()\n\
         instrument dear = openai(\"m\")\n\
         part draft() -> text by cheap \"a draft\"\n\
         part polish(draft: text) -> text by dear \"Polish: {draft}\"\n\
         movement main() -> text {\n  let d = draft()\n  polish(d)\n}\n\
         movement sketch() -> text { draft() }\n\
         movement both() -> [text] { for one in [cheap, dear] { draft() by one } }\n",
    );
    let ran = place.score(&["run", "polish.score"]).ends(4);
    assert!(
        ran.err.starts_with("! dear (openai): no key for api.openai.com\n  set OPENAI_API_KEY"),
        "{ran:#?}"
    );
    place.score(&["run", "polish.score", "both"]).ends(4).says("! dear (openai)");
    // Nor is it said of one who is not asked to, or in whose chair another sits.
    place.score(&["run", "polish.score", "sketch"]).ends(0).never_says("dear");
    place.score(&["run", "polish.score", "--with", "dear=echo()"]).ends(0).never_says("no key");
    place.score(&["rehearse", "polish.score"]).ends(0).never_says("no key");
}
