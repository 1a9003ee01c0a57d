//! The program itself is killed at any time and goes on, and its disk fails, against a server that remembers what
//! reached it.

#![cfg(unix)]

#[cfg(target_os = "linux")]
mod disk;
mod stand;
#[path = "../world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use stand::{Acknowledged, Stand};
use world::place::{Place, Ran};

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// How often a run is killed at most before it is left alone.
const PER_RUN: usize = 4;

/// What came of killing.
#[derive(Debug, Default)]
struct Kills {
    /// Processes that were ended by the signal before they had ended themselves.
    landed: usize,
    /// Processes that had ended before.
    late: usize,
    /// Runs by how many of their processes were killed.
    runs: BTreeMap<usize, usize>,
    /// How often somebody had to look whether an act was done.
    doubts: usize,
}

/// Kills at any time, or when the server has met some more requests.
fn strike(child: &mut Child, stand: &Stand, lasts: u64, chance: &mut Chance) {
    if chance.below(2) == 0 {
        std::thread::sleep(Duration::from_micros(chance.below(lasts)));
    } else {
        let before = stand.world.log().len();
        let more = usize::try_from(chance.below(stand.requests() as u64)).expect("small");
        while stand.world.log().len() <= before + more && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    let _ = child.kill();
}

/// Kills until so many processes were really ended by it.
fn kill(wanted: usize) -> Kills {
    let stand = Stand::new(6);
    let begun = Instant::now();
    stand.place.score(&["run", "a.score"]).ends(0);
    let lasts = u64::try_from(begun.elapsed().as_micros()).expect("short").max(20_000);
    let (mut chance, mut kills) = (Chance(7), Kills::default());
    while kills.landed < wanted {
        assert!(kills.late <= 20 * wanted + 20, "they end before they can be killed: {kills:?}");
        let name = format!("r{}", kills.runs.values().sum::<usize>());
        stand.world.settle();
        stand.world.forget();
        let mut known = Acknowledged::new();
        let (mut words, mut here) = (Stand::run(&name), 0);
        loop {
            let words_now: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut command = stand.place.command(&words_now);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
            let strikes = here < PER_RUN && kills.landed < wanted;
            if strikes {
                strike(&mut child, &stand, lasts, &mut chance);
            }
            let output = child.wait_with_output().expect("it ends");
            stand.look(&name, &mut known);
            let ran = Ran::of(&output);
            match ran.code {
                None => {
                    assert_eq!(output.status.signal(), Some(9), "{name}: {ran:#?}");
                    (kills.landed, here) = (kills.landed + 1, here + 1);
                    words = Stand::run(&name);
                }
                Some(6) => {
                    kills.doubts += 1;
                    words = stand.decide(&name, &ran);
                }
                Some(0) => {
                    kills.late += usize::from(strikes);
                    stand.is_whole(&name, &known, &ran.out);
                    break;
                }
                _ => panic!("{name}: {ran:#?}"),
            }
        }
        *kills.runs.entry(here).or_default() += 1;
    }
    kills
}

#[test]
fn a_run_that_is_killed_goes_on() {
    let kills = kill(8);
    assert_eq!(kills.landed, 8);
}

#[test]
#[ignore = "three hundred killed processes"]
fn a_run_that_is_killed_anywhere_goes_on() {
    let kills = kill(300);
    println!("{kills:?}");
    assert_eq!(kills.landed, 300);
    assert!(kills.doubts > 0, "no act was ever in doubt: {kills:?}");
}

#[test]
fn programs_that_a_run_started_end_with_it() {
    let place = Place::new();
    place.file("nap.sh", "echo $$ > pid\nexec sleep 60\n");
    let score =
        "instrument sh1 = sh()\npart nap() -> text by sh1 \"sh nap.sh\"\nmovement main() -> text { nap() }\n";
    place.file("a.score", score);
    for (signals, code) in [(vec!["-INT", "-INT"], 130), (vec!["-TERM", "-TERM"], 130)] {
        let _ = std::fs::remove_file(place.path().join("pid"));
        let mut command = place.command(&["run", "a.score"]);
        let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let started =
            || std::fs::read_to_string(place.path().join("pid")).is_ok_and(|pid| !pid.trim().is_empty());
        while !started() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let pid = place.read("pid").trim().to_owned();
        for signal in signals {
            send(signal, &run.id().to_string());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ran::of(&run.wait_with_output().expect("it ends")).ends(code).says("score resume a-");
        for _ in 0..200 {
            if !send("-0", &pid) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(!send("-0", &pid), "the program lives on");
        // Whether it did what it was to do is not known.
        place.score(&["resume"]).ends(6).says("may have been done").says("--in-doubt");
        place.score(&["resume", "--in-doubt", "fail"]).ends(1).says("score::run::in_doubt");
    }
}

#[test]
fn an_act_that_is_under_way_when_the_run_is_interrupted_comes_to_its_end() {
    let place = Place::new();
    let score = "instrument here = sh()\n\
         part act() -> text by here \"echo x >> begun; while [ ! -e go ]; do sleep 0.05; done; echo acted\"\n\
         part more(x: text) -> text by here \"echo {x} >> more; echo done\"\n\
         movement main() -> text {\n  let a = act()\n  more(a)\n}\n";
    place.file("a.score", score);
    let mut command = place.command(&["run", "a.score", "--run", "r"]);
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    while !place.path().join("begun").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    send("-INT", &run.id().to_string());
    std::thread::sleep(Duration::from_millis(300));
    place.file("go", "");
    let ran = Ran::of(&run.wait_with_output().expect("it ends")).ends(130);
    ran.says("1 act under way is let end").says("score resume r").gives("");
    assert!(!place.path().join("more").exists());
    place.score(&["resume", "r"]).ends(0).gives("done\n").says("1 call is done already");
    assert_eq!((place.read("begun").as_str(), place.read("more").as_str()), ("x\n", "acted\n"));
}

fn send(signal: &str, pid: &str) -> bool {
    let mut command = std::process::Command::new("kill");
    command.args([signal, pid]).stderr(Stdio::null()).status().expect("kill").success()
}
