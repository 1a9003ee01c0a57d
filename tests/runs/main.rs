//! Runs that are kept, as a user meets them: going on, answering, deciding, looking.

mod cache;
#[cfg(target_os = "linux")]
mod clocks;
mod money;
mod people;
mod put_back;
#[cfg(unix)]
mod sent;
#[path = "../world/mod.rs"]
mod world;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use world::World;
use world::place::{Place, Ran};

const ASKING: &str = r#"
instrument writer = script(asked => "a draft")
instrument me = human()
part draft(topic: text) -> text by writer "About {topic}"
part approve(text: text) -> bool by me "Is this right? {text}"
movement main(topic: text = "tides") -> text {
  let text = draft(topic)
  if approve(text) { write("out.md", text)  "approved" } else { "refused" }
}
"#;

#[test]
fn a_question_is_answered_later_and_the_run_goes_on() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("score answer a-").gives("");
    place.score(&["resume", "--no-input"]).ends(6).says("1 call is done already");
    place.score(&["answer"]).ends(2).says("Is this right? a draft").says("--value");
    place.score(&["answer", "--value", "perhaps"]).ends(2).says("main/approve");
    place.score(&["answer", "@last", "main/other", "--value", "yes"]).ends(2).says("main/approve asks me");
    place.score(&["answer", "--value", "yes"]).ends(0).gives("approved\n").never_says("main/text  writer");
    assert_eq!(place.read("out.md"), "a draft");
    place.score(&["answer", "--value", "no"]).ends(2).says("is over");
    place.score(&["resume"]).ends(0).gives("approved\n");
}

#[test]
fn the_first_of_two_answers_counts() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--no-input"]).ends(6);
    place.score(&["answer", "--value", "no", "--only"]).ends(0).says("score resume a-");
    place.score(&["answer", "--value", "yes", "--only"]).ends(6).says("the first answer counts");
    place.score(&["resume"]).ends(0).gives("refused\n");
}

#[test]
fn several_questions_are_open_at_once_in_loops_and_lanes() {
    let place = Place::new();
    let text = r#"
instrument me = human()
part pick(x: text) -> int by me "How many {x}?"
movement main() -> [int] {
  for x in ["apples", "pears"] together { pick(x) }
}
"#;
    place.file("a.score", text);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("Waiting for 2 answers");
    place.score(&["answer", "--value", "3"]).ends(2).says("Several questions are open");
    let second = place.score(&["answer", "@last", "main/for[1]/pick", "--value", "4", "--no-input"]).ends(6);
    second.says("Waiting for 1 answer;").says("main/for[0]/pick asks me");
    place.score(&["answer", "--value", "lots"]).ends(2);
    place.score(&["answer", "--value", "3"]).ends(0).gives("[3,4]\n");
}

#[test]
fn enough_of_several_persons_is_enough() {
    let place = Place::new();
    let text = r#"
instrument ada = human("ada")
instrument lin = human("lin")
instrument eve = human("eve")
part fine(x: text) -> bool by [ada, lin, eve] quorum 2 "Is {x} fine?"
movement main() -> bool { fine("it") }
"#;
    place.file("a.score", text);
    place.score(&["run", "a.score", "--no-input"]).ends(6).says("Waiting for 3 answers");
    place.score(&["runs", "show"]).ends(0);
    let export = place.score(&["runs", "export"]).ends(0).out;
    assert_eq!(export.lines().filter(|line| line.contains("\"asked\"")).count(), 3, "{export}");
}

const OVERDUE: &str = r#"
instrument me = human()
part approve(x: text) -> text by me within 300ms "Is {x} right?"
movement main() -> text { approve("it") otherwise on timeout "nobody came" }
"#;

#[test]
fn a_deadline_holds_while_nobody_waits() {
    let place = Place::new();
    place.file("a.score", OVERDUE);
    place.score(&["run", "a.score", "--no-input"]).ends(6);
    std::thread::sleep(Duration::from_millis(400));
    let late = place.score(&["answer", "--value", "yes"]).ends(0);
    late.says("the deadline has passed").gives("nobody came\n");
}

#[test]
fn an_answer_after_the_deadline_counts_in_a_copy() {
    let place = Place::new();
    place.file("a.score", OVERDUE);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    place.score(&["answer", "r", "--late", "--value", "yes"]).ends(2).says("no such question");
    std::thread::sleep(Duration::from_millis(400));
    let late = place.score(&["answer", "r", "main/approve", "--late", "--value", "yes"]).ends(0);
    late.says("the answer counts in a copy of it").gives("yes\n");
    // The run itself keeps to its deadline. What it did upon that is not done in the copy.
    place.score(&["resume", "r"]).ends(0).gives("nobody came\n");
    let late = place.score(&["answer", "r", "--late", "--value", "perhaps"]).ends(0);
    let late = late.says("the answer counts in a copy of it").gives("perhaps\n");
    place.score(&["resume", copy_of(&late)]).ends(0).gives("perhaps\n");
    place.score(&["resume", "r"]).ends(0).gives("nobody came\n");
}

/// The name of the copy in which a late answer counts.
fn copy_of(late: &Ran) -> &str {
    let (_, name) = late.err.split_once("in a copy of it, ").expect("it is said");
    name.split_once(".\n").expect("a sentence").0
}

#[test]
fn an_act_that_a_deadline_led_to_is_decided_about_where_the_answer_is_late() {
    let place = Place::new();
    let text = OVERDUE.replace(
        "{ approve(\"it\") otherwise on timeout \"nobody came\" }",
        "{\n  let a = approve(\"it\") otherwise on timeout \"nobody came\"\n  write(\"out.md\", a)\n  a\n}",
    );
    place.file("a.score", text);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    std::thread::sleep(Duration::from_millis(400));
    place.score(&["resume", "r"]).ends(0).gives("nobody came\n");
    let late = place.score(&["answer", "r", "--late", "--value", "yes"]).ends(6).says("--changed-acts");
    assert_eq!(place.read("out.md"), "nobody came");
    place.score(&["resume", copy_of(&late), "--changed-acts", "again"]).ends(0).gives("yes\n");
    assert_eq!(place.read("out.md"), "yes");
}

#[test]
fn what_failed_the_run_is_made_again_and_nothing_else() {
    let place = Place::new();
    let text = r#"
instrument writer = script(asked => "a draft")
instrument shaky = faulty(writer, "unavailable")
part draft(x: text) -> text by writer "Draft {x}"
part check(x: text) -> text by shaky "Check {x}"
movement main() -> text {
  let one = draft("one")
  write("log.md", one)
  check(one)
}
"#;
    place.file("a.score", text);
    place.score(&["run", "a.score"]).ends(1).says("score resume a-");
    place.file("log.md", "mine");
    let again = place.score(&["resume"]).ends(0).says("2 calls are done already").gives("a draft\n");
    again.never_says("main/write");
    assert_eq!(place.read("log.md"), "mine");
}

#[test]
fn a_run_with_a_name_is_begun_once() {
    let place = Place::new();
    place.file("a.score", ASKING).file("b.score", "movement main() -> text { \"b\" }\n");
    place.score(&["run", "a.score", "--run", "mine", "--no-input"]).ends(6);
    place.score(&["run", "a.score", "--run", "mine", "--no-input"]).ends(6).says("1 call is done already");
    place.score(&["run", "b.score", "--run", "mine"]).ends(2).says("score::journal::name_taken");
    place.score(&["run", "a.score", "--run", "mine", "--topic", "x"]).ends(2).says("name_taken");
    place.score(&["run", "a.score", "--run", "../mine"]).ends(2).says("score::journal::bad_name");
    place.score(&["resume", "mien"]).ends(2).says("did you mean `mine`?").says("unknown_run");
    place.score(&["run", "b.score", "--run", "b"]).ends(0).gives("b\n");
    place.score(&["run", "b.score", "--run", "b"]).ends(0).gives("b\n");
}

#[test]
fn without_a_place_for_runs_it_says_so() {
    let place = Place::new();
    place.file("a.score", "movement main() -> text { \"a\" }\n");
    let run = |words: &[&str]| Ran::of(&place.command(words).env_remove("HOME").output().expect("it starts"));
    run(&["run", "a.score"]).ends(2).says("score::journal::no_place").says("SCORE_RUNS");
    run(&["run", "a.score", "--runs", "kept", "--run", "r"]).ends(0).gives("a\n");
    assert!(place.path().join("kept/r/journal.db").exists());
    run(&["rehearse", "a.score"]).ends(0);
}

#[test]
fn runs_are_listed_shown_compared_written_out_and_removed() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["runs", "list"]).ends(0).says("There are no runs").gives("");
    place.score(&["resume"]).ends(2).says("there is no run yet").says("score run FILE");
    place.score(&["run", "a.score", "--run", "one", "--no-input"]).ends(6);
    place.score(&["answer", "one", "--value", "yes"]).ends(0);
    place.score(&["run", "a.score", "--run", "two", "--no-input"]).ends(6);
    place.score(&["answer", "two", "--value", "no"]).ends(0);
    let list = place.score(&["runs", "list"]).ends(0).out;
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("two  done") && lines[1].starts_with("one  done"), "{list}");
    let show = place.score(&["runs", "show", "one"]).ends(0).out;
    assert!(show.contains("✓ main/text  writer") && show.contains("a draft"), "{show}");
    let diff = place.score(&["runs", "diff", "one", "two"]).ends(0).out;
    assert!(diff.contains("main/approve\n  - true\n  + false"), "{diff}");
    assert!(diff.contains("main/write\n  - null") && !diff.contains("main/text"), "{diff}");
    let export = place.score(&["runs", "export", "one"]).ends(0).out;
    let first: serde_json::Value =
        serde_json::from_str(export.lines().next().expect("a line")).expect("JSON");
    assert_eq!((&first["kind"], &first["body"]["run"]), (&"began".into(), &"one".into()));
    let json = place.score(&["runs", "list", "--json"]).ends(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["state"], "done");
    place.score(&["runs", "rm", "one", "two"]).ends(0).says("removed one");
    place.score(&["runs", "show", "one"]).ends(2).says("unknown_run");
}

#[test]
fn runs_are_compared_by_all_attempts_at_a_call() {
    let place = Place::new();
    let text = r#"
instrument writer = script(["short", "a long draft"])
part draft(n: int) -> text by writer ensure len(it) > n else "longer" "Draft {n}"
movement main(n: int) -> text { draft(n) }
"#;
    place.file("a.score", text);
    for (name, n) in [("one", "3"), ("two", "7"), ("same", "7")] {
        place.score(&["run", "a.score", "--run", name, "--n", n]).ends(0);
    }
    let diff = place.score(&["runs", "diff", "one", "two"]).ends(0);
    assert_eq!(diff.out, "main/draft\n  - short\n  + short\n  + a long draft\n", "{diff:?}");
    let same = place.score(&["runs", "diff", "two", "same"]).ends(0);
    same.gives("").says("two and same made the same calls and got the same answers.");
}

#[test]
fn a_fork_leaves_the_run_as_it_is() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--run", "one", "--no-input"]).ends(6);
    place.score(&["resume", "one", "--fork=two", "--no-input"]).ends(6).says("score answer two");
    assert!(place.score(&["runs", "show", "@last"]).ends(0).out.starts_with("two: main of"));
    place.score(&["answer", "two", "--value", "no"]).ends(0).gives("refused\n");
    place.score(&["answer", "one", "--value", "yes"]).ends(0).gives("approved\n");
}

#[test]
fn a_fork_may_be_asked_for_something_else() {
    let place = Place::new();
    place
        .file("a.score", ASKING)
        .file("args.json", "{\"topic\": \"storms\"}")
        .file("odd.json", "{\"tpoic\": 1}");
    place.score(&["run", "a.score", "--run", "one", "--no-input"]).ends(6);
    place.score(&["resume", "one", "--args", "args.json"]).ends(2).says("add --fork");
    place
        .score(&["resume", "one", "--fork", "--args", "odd.json"])
        .ends(2)
        .says("`tpoic` is no parameter of main (topic)");
    let explained = place.score(&["resume", "one", "--fork", "--args", "args.json", "--explain"]).ends(0);
    assert!(explained.out.contains("main/text: made again: argument topic has changed"), "{}", explained.out);
    let fork = place.score(&["resume", "one", "--fork=two", "--args", "args.json", "--no-input"]).ends(6);
    fork.says("main/text  writer");
    let show = place.score(&["runs", "show", "two"]).ends(0).out;
    assert!(show.contains("topic: \"storms\""), "{show}");
    place.score(&["answer", "two", "--value", "yes"]).ends(0);
    place.score(&["answer", "one", "--value", "no"]).ends(0).gives("refused\n");
}

#[test]
fn what_has_changed_in_a_record_is_named_by_its_field() {
    let place = Place::new();
    let text = r#"
instrument writer = script(asked => "a draft")
instrument shaky = faulty(writer, "unavailable")
type Post { title: text, body: text }
part draft(post: Post) -> text by writer "Draft {post.title}: {post.body}"
part check(x: text) -> text by shaky "Check {x}"
movement main() -> text { let d = draft(Post(title: "one", body: "two"))  check(d) }
"#;
    place.file("a.score", text);
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    place.file("a.score", text.replace("\"two\"", "\"three\""));
    let explained = place.score(&["resume", "r", "--explain"]).ends(0).out;
    assert!(explained.contains("main/d: made again: argument post.body has changed\n"), "{explained}");
    place.score(&["resume", "r", "--from", "main/nothing"]).ends(2).says("has no call there");
}

#[test]
fn secrets_reach_no_record() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1", key: secret("MODEL_KEY"))
instrument api = http("{address}", bearer: secret("API_KEY"))
instrument lost = http("http://127.0.0.1:9", bearer: secret("API_KEY"))
part think(x: text) -> text by model "think about {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
part get() -> text by lost "GET /nothing"
movement main() -> text {
  let a = think("it")
  let b = post(a)
  let c = get() otherwise "{error.message}"
  "{b} {c}"
}
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    let secrets = ["key-of-the-model-51", "key-of-the-service-62"];
    let mut command = place.command(&["run", "a.score", "--run", "r", "--cache", "--record", "r.jsonl"]);
    command.env("MODEL_KEY", secrets[0]).env("API_KEY", secrets[1]);
    Ran::of(&command.output().expect("it starts")).ends(0);
    let mut folders = vec![place.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            files += 1;
            let bytes = std::fs::read(entry.path()).expect("readable");
            let holds = |secret: &str| bytes.windows(secret.len()).any(|piece| piece == secret.as_bytes());
            assert!(!secrets.iter().any(|secret| holds(secret)), "a secret is in {}", entry.path().display());
        }
    }
    assert!(files > 4, "{files} files");
}

#[test]
fn a_run_goes_on_without_its_score() {
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    std::fs::remove_file(place.path().join("a.score")).expect("removed");
    place.score(&["answer", "r", "--value", "no"]).ends(3).says("missing_file").says("--as-recorded");
    place.score(&["resume", "r", "--show-requests"]).ends(2);
    place.score(&["answer", "r", "--value", "no", "--as-recorded"]).ends(0).gives("refused\n");
}

#[test]
fn a_recording_plays_a_run_without_anybody() {
    let place = Place::new();
    let text = r#"
instrument writer = script(["one", "two"])
part draft(x: text) -> text by writer "Draft {x}"
movement main(n: int) -> [text] { for i in 1..n { draft("{i}") } }
"#;
    place.file("a.score", text);
    place.score(&["run", "a.score", "--n", "2", "--record", "r.jsonl"]).ends(0).gives("[\"one\",\"two\"]\n");
    place.file(
        "a.score",
        text.replace("script([\"one\", \"two\"])", "openai(\"m\", base_url: \"http://127.0.0.1:9/v1\")"),
    );
    place.score(&["run", "a.score", "--n", "2", "--replay", "r.jsonl"]).ends(0).gives("[\"one\",\"two\"]\n");
    place.score(&["run", "a.score", "--n", "3", "--replay", "r.jsonl"]).ends(1).says("has no answer left");
    place.score(&["run", "a.score", "--n", "3", "--replay", "gone"]).ends(2).says("--record");
}

#[cfg(unix)]
#[test]
fn a_run_that_may_not_be_written_can_be_looked_at() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.file("a.score", ASKING);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    let folder = place.path().join(".local/state/score/runs/r");
    let rights = |folder_bits, file_bits| {
        for entry in
            std::fs::read_dir(&folder).expect("readable").flatten().filter(|entry| entry.path().is_file())
        {
            std::fs::set_permissions(entry.path(), PermissionsExt::from_mode(file_bits)).expect("mine");
        }
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(folder_bits)).expect("mine");
    };
    rights(0o555, 0o444);
    if std::fs::OpenOptions::new().append(true).open(folder.join("lock")).is_ok() {
        println!("skipped: whoever may do everything may write this");
        return rights(0o755, 0o644);
    }
    place.score(&["runs", "list"]).ends(0);
    let show = place.score(&["runs", "show", "r"]).ends(0).out;
    assert!(show.contains("✓ main/text  writer"), "{show}");
    place.score(&["runs", "export", "r"]).ends(0);
    place.score(&["resume", "r", "--explain"]).ends(0);
    place.score(&["answer", "r", "--value", "yes"]).ends(1).says("score::journal::");
    place.score(&["resume", "r"]).ends(1).says("rights");
    rights(0o755, 0o644);
    place.score(&["answer", "r", "--value", "yes"]).ends(0).gives("approved\n");
}

#[test]
fn a_full_disk_stops_the_run_before_its_next_effect() {
    let place = Place::new();
    let text = r#"
instrument writer = script(asked => "draft of {asked}")
part draft(x: text) -> text by writer "Draft {x} and say it all at length, with nothing left out"
movement main() -> int { for i in 1..200 { let d = draft("{i}")  write("{i}.md", "x") }  3 }
"#;
    place.file("a.score", text);
    let binary = env!("CARGO_BIN_EXE_score");
    let line = format!("trap '' XFSZ; ulimit -f 600; exec {binary} run a.score --run r");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).current_dir(place.path()).stdin(Stdio::null()).env_clear();
    shell.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", place.path());
    let full = Ran::of(&shell.output().expect("it starts")).ends(1);
    full.says("score::journal::not_written").says("score resume r");
    let written = || (1..=200).filter(|i| place.path().join(format!("{i}.md")).exists()).count();
    let before = written();
    assert!(before < 200, "the limit was never met");
    place.score(&["resume", "r"]).ends(0).gives("3\n");
    assert_eq!(written(), 200);
}

#[test]
fn one_of_many_that_start_the_same_run_performs_it() {
    let place = Place::new();
    let text = "movement main() -> text {\n  say \"performing\"\n  wait 2s\n  \"done\"\n}\n";
    place.file("a.score", text);
    let start = || {
        let mut command = place.command(&["run", "a.score", "--run", "same"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let many: Vec<_> = (0..12).map(|_| start()).collect();
    let ended: Vec<Ran> =
        many.into_iter().map(|one| Ran::of(&one.wait_with_output().expect("it ends"))).collect();
    let performed = ended.iter().filter(|ran| ran.err.contains("performing")).count();
    assert_eq!(performed, 1, "{ended:#?}");
    for ran in ended.into_iter().filter(|ran| !ran.err.contains("performing")) {
        // One that comes after the end is told the result.
        if ran.code != Some(0) {
            ran.ends(1).says("score::journal::owned").says("process ");
        }
    }
}

#[test]
#[ignore = "fifty processes"]
fn one_of_fifty_that_start_the_same_run_performs_it() {
    let place = Place::new();
    let world = World::new();
    let text = format!(
        "instrument api = http(\"{}\")\npart post(x: text) -> text by api \"POST /act\\n\\n{{x}}\"\n\
         movement main() -> text {{\n  wait 20s\n  post(\"once\")\n}}\n",
        world.address
    );
    place.file("a.score", text);
    let all: Vec<_> = (0..50)
        .map(|_| {
            let mut command = place.command(&["run", "a.score", "--run", "same"]);
            let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
            (child.id(), Instant::now(), child)
        })
        .collect();
    let waiting = all.into_iter().map(|(id, begun, child)| {
        std::thread::spawn(move || {
            let ran = Ran::of(&child.wait_with_output().expect("it ends"));
            (id, begun.elapsed(), ran)
        })
    });
    let waiting: Vec<_> = waiting.collect();
    let ended: Vec<_> = waiting.into_iter().map(|waited| waited.join().expect("it is over")).collect();
    let performed = ended.iter().filter(|(.., ran)| ran.code == Some(0)).map(|(id, ..)| *id);
    let [owner] = performed.collect::<Vec<u32>>()[..] else { panic!("{ended:#?}") };
    let mut slowest = Duration::ZERO;
    for (_, took, ran) in ended.into_iter().filter(|(id, ..)| *id != owner) {
        ran.ends(1).gives("").says("score::journal::owned").says(&format!("process {owner} since "));
        slowest = slowest.max(took);
    }
    println!("the slowest of 49 was told after {slowest:?}");
    assert_eq!(world.acts().len(), 1);
}
