//! What is known of calls that were intended and waited for their turn when the process ended: they were never sent.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::world::World;
use crate::world::place::Place;

const ACTING: &str = r#"
instrument api = http("{address}", at_once: 1)
part post(x: int) -> text by api "POST /act\n\n{x}"
movement main() -> [text] { for x in 1..5 together { post(x) } }
"#;

/// Kills a run while the first of its calls is under way and the others wait for their turn.
fn killed(place: &Place, world: &World, words: &[&str]) {
    world.forget();
    world.fall_silent_at(Some(0));
    let mut command = place.command(words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    assert!(world.silence_is_met(Duration::from_mins(1)));
    let mut kill = Command::new("kill");
    assert!(kill.args(["-KILL", &child.id().to_string()]).status().expect("kill").success());
    child.wait().expect("it ends");
    world.fall_silent_at(None);
}

#[cfg(target_os = "linux")]
#[test]
fn an_act_that_was_never_sent_is_in_no_doubt() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ACTING.replace("{address}", &world.address));
    killed(&place, &world, &["run", "a.score", "--run", "r"]);
    let show = place.score(&["runs", "show", "r"]).ends(0).out;
    assert_eq!(show.matches("was not sent").count(), 4, "{show}");
    assert_eq!(show.matches("nobody knows how it ended").count(), 1, "{show}");
    let explained = place.score(&["resume", "r", "--explain"]).ends(0).out;
    assert_eq!(explained.matches("made: it was not sent yet").count(), 4, "{explained}");
    let asked = place.score(&["resume", "r", "--no-input"]).ends(6);
    assert_eq!(asked.err.matches("may have been done").count(), 1, "{asked:?}");
    assert_eq!(world.acts().len(), 5, "the others were made");
    place.score(&["resume", "r", "--in-doubt", "retry"]).ends(0);
    assert_eq!(world.acts().len(), 6);
}

#[cfg(target_os = "linux")]
#[test]
fn where_the_machine_was_started_anew_nobody_knows_what_was_sent() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ACTING.replace("{address}", &world.address));
    killed(&place, &world, &["run", "a.score", "--run", "r"]);
    let file = place.path().join(".local/state/score/runs/r/sent");
    let text = std::fs::read_to_string(&file).expect("it is there");
    let (_, marks) = text.split_once('\n').expect("two lines");
    assert_eq!(marks.lines().count(), 1, "{text}");
    std::fs::write(&file, format!("another start\n{marks}")).expect("written");
    let asked = place.score(&["resume", "r", "--no-input"]).ends(6);
    assert_eq!(asked.err.matches("may have been done").count(), 5, "{asked:?}");
    assert_eq!(world.acts().len(), 1);
    // A copy knows nothing of what was sent either.
    killed(&place, &world, &["run", "a.score", "--run", "q"]);
    let copy = place.score(&["resume", "q", "--fork=c", "--no-input"]).ends(6);
    assert_eq!(copy.err.matches("may have been done").count(), 5, "{copy:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_never_sent_has_cost_nothing() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1", price: $0.02, at_once: 1)
part think(x: int) -> text by model "think about {x}"
movement main() -> [text] { for x in 1..3 { think(x) } }
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    killed(&place, &world, &["run", "a.score", "--run", "r", "--budget", "$0.08"]);
    // One may have been billed twice.
    let bill = place.score(&["resume", "r", "--bill", "--json"]).ends(0);
    bill.says("\"spend\":\"$0.06\"").says("\"maybe\":\"$0.02\"");
}
