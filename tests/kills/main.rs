//! The program itself is killed at any time and goes on, against a server that remembers what reached it.

#![cfg(unix)]

mod world;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use world::place::{Place, Ran};
use world::{World, receipt};

const SCORE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument api = http("{address}")
instrument safe = http("{address}", idempotent: true)
part think(x: text) -> text by model "think about {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
part order(x: text) -> text by safe "POST /order\n\n{x}"
movement main() -> [text] {
  for i in 1..6 {
    let t = think("{i}")
    let p = post("post {i} {t}")
    order("order {i} {p}")
  }
}
"#;

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What somebody finds out who looks whether the acts were done that the run asks about.
fn decisions(ran: &Ran, world: &World) -> Vec<String> {
    let mut decisions = Vec::new();
    let lines: Vec<&str> = ran.err.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((path, _)) = line.split_once(" may have been done:") else { continue };
        let body =
            lines[at + 1..].iter().find(|line| line.trim_start().starts_with("post ")).expect("its body");
        let body = body.trim();
        let done = world.acts().iter().any(|act| act.body == body);
        let choice = if done { format!("\"{}\"", receipt(body)) } else { String::from("retry") };
        decisions.extend([String::from("--in-doubt"), format!("{path}={choice}")]);
    }
    decisions
}

fn kill_and_go_on(rounds: u64) -> BTreeMap<usize, usize> {
    let world = World::new();
    let place = Place::new();
    place.file("a.score", SCORE.replace("{address}", &world.address));
    let begun = std::time::Instant::now();
    let whole = place.score(&["run", "a.score", "--json"]).ends(0).out;
    let lasts = u64::try_from(begun.elapsed().as_millis()).expect("short").max(20);
    let (thoughts, acts) = (world.thoughts(), world.acts().len());
    let mut chance = Chance(7);
    let mut kills_met = BTreeMap::new();
    for round in 0..rounds {
        world.forget();
        let name = format!("r{round}");
        let mut words = vec![String::from("run"), String::from("a.score"), String::from("--json")];
        words.extend([String::from("--run"), name.clone()]);
        let mut kills = 0;
        let result = loop {
            assert!(kills < 12, "{name} never ends");
            let words_now: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut command = place.command(&words_now);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
            if kills < 3 {
                std::thread::sleep(Duration::from_millis(chance.below(lasts)));
                let _ = child.kill();
            }
            let ran = Ran::of(&child.wait_with_output().expect("it ends"));
            match ran.code {
                Some(0) => break ran.out,
                None => {
                    kills += 1;
                }
                Some(6) => {
                    words = ["resume", &name, "--json"].map(str::to_owned).to_vec();
                    words.extend(decisions(&ran, &world));
                    kills += 1;
                    continue;
                }
                _ => panic!("{name}: {ran:#?}"),
            }
            words.truncate(5);
        };
        assert_eq!(result, whole, "{name}");
        let acted = world.acts();
        for act in &acted {
            let same: Vec<_> = acted.iter().filter(|other| other.body == act.body).collect();
            assert!(act.key.is_some() || same.len() == 1, "{name}: done twice: {act:?}");
            assert!(same.iter().all(|other| other.key == act.key), "{name}: another key: {act:?}");
        }
        let mut bodies: Vec<&String> = acted.iter().map(|act| &act.body).collect();
        bodies.sort();
        bodies.dedup();
        assert_eq!(bodies.len(), acts, "{name}");
        assert!(world.thoughts() >= thoughts, "{name}");
        *kills_met.entry(kills).or_insert(0) += 1;
    }
    kills_met
}

#[test]
fn a_run_that_is_killed_goes_on() {
    kill_and_go_on(3);
}

#[test]
#[ignore = "hundreds of processes"]
fn a_run_that_is_killed_anywhere_goes_on() {
    println!("rounds by kills: {:?}", kill_and_go_on(150));
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
            kill(signal, &run.id().to_string());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ran::of(&run.wait_with_output().expect("it ends")).ends(code).says("score resume a-");
        for _ in 0..200 {
            if !kill("-0", &pid) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(!kill("-0", &pid), "the program lives on");
        // Whether it did what it was to do is not known.
        place.score(&["resume"]).ends(6).says("may have been done").says("--in-doubt");
        place.score(&["resume", "--in-doubt", "fail"]).ends(1).says("score::run::in_doubt");
    }
}

fn kill(signal: &str, pid: &str) -> bool {
    let mut command = std::process::Command::new("kill");
    command.args([signal, pid]).stderr(Stdio::null()).status().expect("kill").success()
}
