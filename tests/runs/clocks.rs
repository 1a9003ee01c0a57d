//! Another day, another start of the machine, another owner: the run goes on, and what it owes to time holds.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::world::World;
use crate::world::place::{Place, Ran, preloaded};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// A machine whose clocks can be set.
struct Machine<'p> {
    place: &'p Place,
    library: PathBuf,
}

impl<'p> Machine<'p> {
    fn at(place: &'p Place) -> Option<Self> {
        let machine = Self { place, library: preloaded("runs/clock.c")? };
        machine.set(0, 0);
        Some(machine)
    }

    /// By how many seconds the wall clock is ahead, and that which counts from the start of the machine.
    fn set(&self, wall: i64, since: i64) {
        self.place.file("clock", format!("{wall} {since}"));
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.place.command(words);
        command.env("LD_PRELOAD", &self.library).env("CLOCK_FILE", self.place.path().join("clock"));
        command
    }

    fn score(&self, words: &[&str]) -> Ran {
        Ran::of(&self.command(words).output().expect("it starts"))
    }

    fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.library);
    }
}

/// The machine has been running for so long.
fn uptime() -> i64 {
    let text = std::fs::read_to_string("/proc/uptime").expect("Linux");
    text.split('.').next().and_then(|seconds| seconds.parse().ok()).expect("seconds")
}

const ASKING: &str = r#"
instrument me = human()
instrument api = http("{address}")
part approve(x: text) -> bool by me within 2d "Is {x} right?"
part post(x: text) -> text by api "POST /act\n\n{x}"
movement main() -> text {
  let before = post("before")
  let ok = approve("it") otherwise on timeout false
  if ok { post("after {before}") } else { "nobody came" }
}
"#;

#[test]
fn a_question_of_today_is_answered_tomorrow_after_a_start_of_the_machine() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", ASKING.replace("{address}", &world.address));
    let Some(machine) = Machine::at(&place) else { return };
    machine.score(&["run", "a.score", "--run", "r", "--no-input"]).ends(6);
    machine.score(&["run", "a.score", "--run", "never", "--no-input"]).ends(6);
    // The power went while somebody looked at it: what the last process had in memory and in its lock is left over.
    let folder = place.path().join(".local/state/score/runs/r");
    std::fs::write(folder.join("journal.db-shm"), [0xab; 32_768]).expect("written");
    std::fs::write(folder.join("lock"), format!("process {} since yesterday", std::process::id()))
        .expect("written");
    // A day later the machine has been running for a minute, somewhere else on the earth.
    machine.set(DAY, 60 - uptime());
    let mut elsewhere = machine.command(&["answer", "r", "--value", "yes"]);
    elsewhere.env("TZ", "Asia/Tokyo").env("LANG", "C");
    let ran = Ran::of(&elsewhere.output().expect("it starts")).ends(0);
    assert!(ran.out.starts_with("did "), "{ran:?}");
    assert_eq!(world.acts().len(), 3, "what was done is not done again");
    // Two days later it is too late for the other one.
    machine.set(2 * DAY + HOUR, 60 - uptime());
    machine
        .score(&["answer", "never", "--value", "yes"])
        .ends(0)
        .says("the deadline has passed")
        .gives("nobody came\n");
    // That does not come undone where the clock is put back.
    machine.set(-HOUR, 0);
    machine.score(&["resume", "never"]).ends(0).gives("nobody came\n");
    assert_eq!(world.acts().len(), 3);
}

const TIMED: &str = r#"
instrument here = sh()
instrument api = http("{address}")
part nap() -> text by here within 400ms "sleep 30"
part post(x: text) -> text by api "POST /act\n\n{x}"
movement main() -> text {
  let one = post("one")
  let late = nap() otherwise on timeout "slept"
  wait 300ms
  post("{one} {late}")
}
"#;

#[test]
fn time_that_is_waited_for_is_that_of_no_clock_on_the_wall() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", TIMED.replace("{address}", &world.address));
    let Some(machine) = Machine::at(&place) else { return };
    let whole = machine.score(&["run", "a.score"]).ends(0).out;
    let years = 3_652 * DAY;
    let now = jiff_seconds();
    for (name, clock) in [
        ("back", format!("{} 0", -HOUR)),
        ("ahead", format!("{years} 0")),
        ("first", format!("{} 0", 1 - now)),
        ("before", format!("{} 0", -DAY - now)),
        ("still", format!("0 0 {now}")),
    ] {
        world.forget();
        place.file("clock", clock);
        machine.score(&["run", "a.score", "--run", name]).ends(0).gives(&whole);
        assert_eq!(world.acts().len(), 2, "{name}");
    }
}

#[test]
fn a_clock_that_is_put_while_a_run_lies_makes_nobody_wait_longer() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", TIMED.replace("{address}", &world.address).replace("wait 300ms", "wait 3s"));
    let Some(machine) = Machine::at(&place) else { return };
    for (name, wall) in [("back", -HOUR), ("ahead", 3_652 * DAY)] {
        world.forget();
        machine.set(0, 0);
        let child = machine.start(&["run", "a.score", "--run", name]);
        until(|| export(&place, name).contains("\"clock\":\"wall\""));
        kill("-KILL", &child);
        child.wait_with_output().expect("it ends");
        machine.set(wall, 0);
        let begun = std::time::Instant::now();
        machine.score(&["resume", name]).ends(0);
        // An hour would be too long, whatever else the machine does.
        assert!(begun.elapsed() < Duration::from_mins(10), "{name}");
        assert_eq!(world.acts().len(), 2, "{name}");
    }
}

#[test]
fn an_owner_that_was_stopped_does_nothing_when_it_wakes_after_another_took_over() {
    let (place, world) = (Place::new(), World::new());
    let text = TIMED.replace("{address}", &world.address).replace("wait 300ms", "wait 2s");
    place.file("a.score", text);
    let mut command = place.command(&["run", "a.score", "--run", "r"]);
    let zombie = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    until(|| export(&place, "r").contains("\"clock\":\"wall\""));
    kill("-STOP", &zombie);
    // It has the run as long as it lives.
    place
        .score(&["resume", "r"])
        .ends(1)
        .says("score::journal::owned")
        .says(&format!("process {}", zombie.id()));
    // A file system that keeps no locks: another process takes the run over.
    let lock = place.path().join(".local/state/score/runs/r/lock");
    std::fs::remove_file(&lock).expect("removed");
    std::fs::write(&lock, "").expect("written");
    let whole = place.score(&["resume", "r"]).ends(0).out;
    assert_eq!(world.acts().len(), 2);
    kill("-CONT", &zombie);
    let woken = Ran::of(&zombie.wait_with_output().expect("it ends")).ends(1);
    woken.says("score::journal::taken_over").gives("");
    assert_eq!(world.acts().len(), 2, "it acted again");
    place.score(&["resume", "r"]).ends(0).gives(&whole);
}

fn jiff_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What is recorded of a run so far; empty where nothing is.
fn export(place: &Place, run: &str) -> String {
    place.score(&["runs", "export", run]).out
}

fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn kill(signal: &str, child: &Child) {
    let mut command = Command::new("kill");
    assert!(command.args([signal, &child.id().to_string()]).status().expect("kill").success());
}
