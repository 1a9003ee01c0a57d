//! What is known of calls that waited for their turn when the process ended: they were never sent.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::world::World;
use crate::world::place::Place;

const ACTING: &str = r#"
instrument api = http("{address}", at_once: 1)
part post(x: int) -> text by api "POST /act\n\n{x}"
movement main() -> [text] { for x in 1..5 together { post(x) } }
"#;

/// A run that was started: its first call is under way, and it is recorded that the others wait for their turn.
fn queued(place: &Place, world: &World, words: &[&str], waiting: usize) -> Child {
    world.forget();
    world.fall_silent_at(Some(0));
    let mut command = place.command(words);
    let told = File::create(place.path().join("told")).expect("a file");
    let mut child = command.stdout(Stdio::null()).stderr(told).spawn().expect("it starts");
    assert!(world.silence_is_met(Duration::from_mins(1)));
    while place.score(&["runs", "show", "r", "--json"]).ends(0).out.matches("\"queued\"").count() < waiting {
        assert!(child.try_wait().expect("it is there").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn signal(child: &Child, signal: &str) {
    let mut kill = Command::new("kill");
    assert!(kill.args([signal, &child.id().to_string()]).status().expect("kill").success());
}

fn killed(place: &Place, world: &World, words: &[&str], waiting: usize) {
    let mut child = queued(place, world, words, waiting);
    signal(&child, "-KILL");
    child.wait().expect("it ends");
    world.fall_silent_at(None);
}

#[test]
fn an_act_that_was_never_sent_is_in_no_doubt() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ACTING.replace("{address}", &world.address));
    killed(&place, &world, &["run", "a.score", "--run", "r"], 4);
    let show = place.score(&["runs", "show", "r"]).ends(0).out;
    assert_eq!(show.matches("was not sent").count(), 4, "{show}");
    assert_eq!(show.matches("nobody knows how it ended").count(), 1, "{show}");
    let explained = place.score(&["resume", "r", "--explain"]).ends(0).out;
    assert_eq!(explained.matches("made: it had not been sent yet").count(), 4, "{explained}");
    // The same is known of a copy.
    let copy = place.score(&["resume", "r", "--fork=c", "--explain"]).ends(0).out;
    assert_eq!(copy.matches("made: it had not been sent yet").count(), 4, "{copy}");
    let asked = place.score(&["resume", "r", "--no-input"]).ends(6);
    assert_eq!(asked.err.matches("may have been done").count(), 1, "{asked:?}");
    assert_eq!(world.acts().len(), 5, "the others were made");
    place.score(&["resume", "r", "--in-doubt", "retry"]).ends(0);
    assert_eq!(world.acts().len(), 6);
}

#[test]
fn what_was_never_sent_has_cost_nothing() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1", price: $0.02, at_once: 1)
part think(x: int) -> text by model "think about {x}"
movement main() -> [text] { for x in 1..3 { think(x) } }
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    killed(&place, &world, &["run", "a.score", "--run", "r", "--budget", "$0.08"], 2);
    // One may have been billed twice.
    let bill = place.score(&["resume", "r", "--bill", "--json"]).ends(0);
    bill.says("\"spend\":\"$0.06\"").says("\"maybe\":\"$0.02\"");
}

#[test]
fn an_interrupt_ends_what_was_not_sent_and_lets_end_what_was() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ACTING.replace("{address}", &world.address));
    let mut child = queued(&place, &world, &["run", "a.score", "--run", "r"], 4);
    signal(&child, "-INT");
    while !place.read("told").contains("1 act under way is let end") {
        assert!(child.try_wait().expect("it is there").is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    world.speak();
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(world.acts().len(), 1);
    let show = place.score(&["runs", "show", "r"]).ends(0).out;
    assert_eq!(show.matches("was not sent").count(), 4, "{show}");
    place.score(&["resume", "r", "--no-input"]).ends(0).says("1 call is done already");
    assert_eq!(world.acts().len(), 5);
}

#[test]
fn an_act_in_doubt_leaves_those_beside_it_alone() {
    let (place, world) = (Place::new(), World::new());
    let text = ACTING.replace("{address}", &world.address).replace(", at_once: 1", "");
    place.file("a.score", text.replace("1..5", "1..2"));
    world.fall_silent_at(Some(0));
    let mut command = place.command(&["run", "a.score", "--run", "r", "--at-once", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    assert!(world.silence_is_met(Duration::from_mins(1)));
    signal(&child, "-KILL");
    child.wait().expect("it ends");
    world.fall_silent_at(None);
    let asked = place.score(&["resume", "r", "--no-input"]).ends(6).never_says("in another form");
    assert_eq!(asked.err.matches("may have been done").count(), 1, "{asked:?}");
    assert_eq!(world.acts().len(), 2, "the other one was made");
}

#[test]
fn it_is_recorded_when_a_call_was_sent_and_when_its_answer_came() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ACTING.replace("{address}", &world.address));
    place.score(&["run", "a.score", "--run", "r"]).ends(0);
    let export = place.score(&["runs", "export", "r"]).ends(0).out;
    let records = export.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let done: Vec<_> = records.filter(|record| record["kind"] == "done").collect();
    assert_eq!(done.len(), 5, "{export}");
    for record in done {
        let millis = |name: &str| record["body"][name].as_u64().unwrap_or_else(|| panic!("{name}: {record}"));
        assert!(millis("sent_ms") <= millis("first_byte_ms"), "{record}");
    }
}
