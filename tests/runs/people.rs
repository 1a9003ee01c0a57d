//! Questions that are answered by several persons, from other terminals, over several starts, while the run goes on.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::world::World;
use crate::world::place::{Place, Ran};

const QUORUM: &str = r#"
instrument ada = human("ada")
instrument lin = human("lin")
instrument eve = human("eve")
part fine(x: text) -> bool by [ada, lin, eve] quorum 2 "Is {x} fine?"
movement main() -> text {
  let yes = fine("it")
  write("said.txt", "{yes}")
  "{yes}"
}
"#;

#[test]
fn a_quorum_is_reached_over_several_starts() {
    let place = Place::new();
    place.file("a.score", QUORUM);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6).says("Waiting for 3 answers");
    let all = place.score(&["answer", "r", "main/yes", "--value", "yes"]).ends(2);
    all.says("Say who answers, with --as NAME").says("main/yes asks lin");
    place.score(&["answer", "r", "--as", "bob", "--value", "yes"]).ends(2).says("asks nothing of `bob`");
    let first = place.score(&["answer", "r", "--as", "ada", "--value", "yes", "--no-input"]).ends(6);
    first.says("Waiting for 2 answers").says("main/yes asks eve").never_says("asks ada");
    let twice = place.score(&["answer", "r", "--as", "ada", "--value", "no"]).ends(2);
    twice.says("asks nothing of `ada`");
    assert!(!place.path().join("said.txt").exists());
    // One for and one against: the third decides.
    let tie = place.score(&["answer", "r", "--as", "lin", "--value", "no", "--no-input"]).ends(6);
    tie.says("Waiting for 1 answer;").says("main/yes asks eve");
    place.score(&["answer", "r", "--value", "no"]).ends(0).gives("false\n");
    assert_eq!(place.read("said.txt"), "false");
    place.score(&["answer", "r", "--as", "eve", "--value", "yes"]).ends(2).says("is over");
}

#[test]
fn enough_answers_withdraw_the_other_questions() {
    let place = Place::new();
    place.file("a.score", QUORUM);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    place.score(&["answer", "r", "--as", "eve", "--value", "yes", "--only"]).ends(0);
    place
        .score(&["answer", "r", "--as", "eve", "--value", "no", "--only"])
        .ends(6)
        .says("was answered before");
    place.score(&["answer", "r", "--as", "ada", "--value", "yes", "--only"]).ends(0);
    place.score(&["resume", "r", "--no-input"]).ends(0).gives("true\n");
    let show = place.score(&["runs", "show", "r"]).ends(0).out;
    assert!(show.contains("main/yes  lin  withdrawn"), "{show}");
    place.score(&["resume", "r"]).ends(0).gives("true\n");
}

#[test]
fn a_quorum_that_is_not_reached_in_time_falls_back() {
    let place = Place::new();
    let text = QUORUM
        .replace("quorum 2", "quorum 2 within 600ms")
        .replace("\"it\")", "\"it\") otherwise on timeout false");
    place.file("a.score", text);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    place.score(&["answer", "r", "--as", "ada", "--value", "yes", "--only"]).ends(0);
    std::thread::sleep(Duration::from_millis(700));
    let late = place.score(&["answer", "r", "--as", "lin", "--value", "yes"]).ends(0);
    late.says("the deadline has passed").gives("false\n");
}

/// A run that has asked, and goes on with something else meanwhile.
fn owner(place: &Place, world: &World, run: &str) -> Child {
    let mut command = place.command(&["run", "a.score", "--run", run, "--no-input"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    while world.thoughts() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

#[test]
fn whoever_performs_the_run_takes_the_answer() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument me = human()
instrument model = openai("m", base_url: "{address}/v1")
part approve(x: text) -> bool by me "Is {x} right?"
part think(x: text) -> text by model "think about {x}"
movement main() -> text {
  together {
    let ok = approve("it")
    let slow = think("it")
  }
  "{ok} {slow}"
}
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    // Its thought is answered only when the run was answered.
    world.fall_silent_at(Some(0));
    let child = owner(&place, &world, "r");
    assert!(world.silence_is_met(Duration::from_secs(10)));
    place.score(&["resume", "r"]).ends(1).says("score::journal::owned");
    let answered = place.score(&["answer", "r", "--value", "yes"]).ends(0);
    answered.says("The answer is there; process ").says("goes on with the run").gives("");
    let export = place.score(&["runs", "export", "r"]).ends(0).out;
    assert!(export.lines().any(|line| line.contains("\"kind\":\"done\"")), "it was not taken: {export}");
    let again = place.score(&["answer", "r", "--value", "no"]).ends(2);
    again.says("asks nothing");
    world.speak();
    let ran = Ran::of(&child.wait_with_output().expect("it ends")).ends(0);
    assert!(ran.out.starts_with("true r"), "{ran:?}");
}

#[test]
fn runs_beside_one_another_are_in_nobodys_way() {
    side_by_side(4, 20);
}

#[test]
#[ignore = "twenty runs of a hundred calls"]
fn twenty_runs_beside_one_another_are_in_nobodys_way() {
    side_by_side(20, 100);
}

fn side_by_side(runs: usize, calls: usize) {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1")
part think(x: text) -> text by model "think about {x}"
movement main() -> text { repeat up to CALLS with last = "0" { think(last) } }
"#;
    place.file("a.score", text.replace("{address}", &world.address).replace("CALLS", &calls.to_string()));
    let start = |run: usize| {
        let name = format!("r{run}");
        let mut command = place.command(&["run", "a.score", "--run", &name]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let all: Vec<Child> = (0..runs).map(start).collect();
    // Somebody looks at them meanwhile.
    for _ in 0..5 {
        let list = place.score(&["runs", "list"]).ends(0).out;
        assert!(!list.contains("unreadable"), "{list}");
    }
    let ended: Vec<Ran> =
        all.into_iter().map(|one| Ran::of(&one.wait_with_output().expect("it ends"))).collect();
    for ran in &ended {
        assert_eq!((ran.code, &ran.out), (Some(0), &ended[0].out), "{ran:#?}");
    }
    assert_eq!(world.thoughts(), runs * calls);
    let list = place.score(&["runs", "list"]).ends(0).out;
    let line = format!("{calls} calls");
    assert_eq!(
        list.lines().filter(|one| one.contains("done") && one.contains(&line)).count(),
        runs,
        "{list}"
    );
}

#[test]
fn a_question_may_be_declined() {
    let place = Place::new();
    let score = r#"
instrument me = human()
part approve(x: text) -> bool by me "Is {x} right?"
movement main() -> text {
  let one = approve("one") otherwise on declined false
  let two = approve("two {one}")
  "{one} {two}"
}
"#;
    place.file("a.score", score);
    place.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    place.score(&["answer", "r", "--decline", "--value", "yes"]).ends(2).says("cannot be used with");
    place.score(&["answer", "r", "--decline", "--no-input"]).ends(6).says("main/two");
    // Nobody says what comes of that: the run fails, and asks again.
    place.score(&["answer", "r", "--decline"]).ends(1).says("score::run::declined");
    place.score(&["resume", "r", "--no-input"]).ends(6).says("main/two");
    place.score(&["answer", "r", "--value", "yes"]).ends(0).gives("false true\n");
}
