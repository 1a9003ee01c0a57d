//! Every write of a run fails in turn: the run stops with a name for it, nothing is sent after that, and it goes on
//! when the disk does.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::stand::{Acknowledged, Stand};
use crate::world::World;
use crate::world::place::{Place, Ran, preloaded};

const EIO: &str = "5";
const ENOSPC: &str = "28";

/// How an operation fails: the error, and whether once, with half of it done, or for good.
const MANNERS: [(&str, &str); 3] = [(EIO, "once"), (EIO, "torn"), (ENOSPC, "on")];

/// A disk that fails at its operation with this number.
struct Disk<'s> {
    made: &'s Path,
    below: PathBuf,
    /// Only files whose names end so count.
    file: &'static str,
}

impl Disk<'_> {
    fn run(&self, stand: &Stand, name: &str, at: usize, (error, how): (&str, &str)) -> Ran {
        let words = Stand::run(name);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = stand.place.command(&words);
        command.env("LD_PRELOAD", self.made).env("FAIL_BELOW", &self.below);
        command.env("FAIL_AT", at.to_string()).env("FAIL_WITH", error).env("FAIL_HOW", how);
        command.env("FAIL_FILE", self.file).env("FAIL_LOG", stand.place.path().join("operations"));
        Ran::of(&command.output().expect("it starts"))
    }
}

/// The folder of all runs, as it is called by the system.
fn runs(stand: &Stand) -> PathBuf {
    stand.place.path().canonicalize().expect("a folder").join(".local/state/score/runs/")
}

/// The operations of a run without failure, a line each.
fn operations(stand: &Stand, disk: &Disk<'_>) -> Vec<String> {
    disk.run(stand, "measured", 0, (EIO, "once")).ends(0).gives(&stand.whole);
    let all = stand.place.read("operations");
    std::fs::remove_file(stand.place.path().join("operations")).expect("removed");
    all.lines().filter_map(|line| line.split_once(' ')).map(|(_, operation)| operation.to_owned()).collect()
}

fn fail(every: usize) {
    let Some(made) = preloaded("kills/failing.c") else { return };
    let stand = Stand::new(2);
    let below = runs(&stand);
    let disk = Disk { made: &made, below, file: "" };
    let all = operations(&stand, &disk);
    let met: BTreeSet<String> = all.iter().map(|operation| kind(operation)).collect();
    let files = ["journal.db", "journal.db-wal", "head", "store"];
    let writes = files.iter().map(|file| format!("write {file}"));
    let syncs = ["journal.db", "journal.db-wal", "store"].iter().map(|file| format!("sync {file}"));
    for operation in writes.chain(syncs) {
        assert!(met.contains(&operation), "{operation} is not among {met:?}");
    }
    let (mut stopped, mut harmless) = (0, 0);
    for (manner, how) in MANNERS.into_iter().enumerate() {
        for at in (1 + manner..=all.len()).step_by(every) {
            stand.world.settle();
            stand.world.forget();
            let name = format!("{}-{at}", how.1);
            let ran = disk.run(&stand, &name, at, how);
            let what = format!("{name} {}: {ran:#?}", all[at - 1]);
            let mut known = Acknowledged::new();
            stand.look(&name, &mut known);
            match ran.code {
                Some(0) => {
                    assert_eq!(ran.out, stand.whole, "{what}");
                    harmless += 1;
                }
                Some(1) => {
                    let named = ["score::journal::not_written", "score::journal::not_read"];
                    assert!(named.iter().any(|code| ran.err.contains(code)), "{what}");
                    assert_eq!(ran.out, "", "{what}");
                    stopped += 1;
                }
                _ => panic!("{what}"),
            }
            stand.finish(&name, &known);
        }
    }
    println!("{} operations; {stopped} runs stopped, {harmless} took no harm", all.len());
    assert!(stopped > harmless, "{stopped} stopped, {harmless} took no harm");
    let _ = std::fs::remove_file(made);
}

/// An operation by what it does and to which file.
fn kind(operation: &str) -> String {
    let (what, path) = operation.split_once(' ').expect("what and where");
    let file = if path.contains("/store") { "store" } else { path.rsplit('/').next().unwrap_or_default() };
    format!("{what} {file}")
}

#[test]
fn a_write_that_fails_stops_the_run_and_it_goes_on_later() {
    fail(17);
}

#[test]
#[ignore = "every write in every way"]
fn any_write_that_fails_stops_the_run_and_it_goes_on_later() {
    fail(1);
}

/// The power goes at an operation: of what was written and not synced, nothing, all or some has reached the disk.
fn power(every: usize) {
    let Some(made) = preloaded("kills/failing.c") else { return };
    let stand = Stand::new(3);
    let disk = Disk { made: &made, below: runs(&stand), file: "" };
    let all = operations(&stand, &disk);
    let mut doubts = 0;
    for at in (1..=all.len()).step_by(every) {
        stand.world.settle();
        stand.world.forget();
        let (name, mut known) = (format!("p{at}"), Acknowledged::new());
        let ran = disk.run(&stand, &name, at, (EIO, "power"));
        stand.look(&name, &mut known);
        match ran.code {
            None => doubts += stand.finish(&name, &known),
            // There was less to do than the last time.
            Some(0) => assert_eq!(ran.out, stand.whole, "{name}"),
            _ => panic!("{name} {}: {ran:#?}", all[at - 1]),
        }
    }
    println!("the power went at {} operations; {doubts} acts were in doubt", all.len().div_ceil(every));
    let _ = std::fs::remove_file(made);
}

#[test]
fn a_run_goes_on_when_the_power_is_back() {
    power(13);
}

#[test]
#[ignore = "the power goes at every operation"]
fn a_run_goes_on_when_the_power_is_back_whenever_it_went() {
    power(1);
}

#[test]
#[ignore = "megabytes of journals"]
fn a_log_that_can_not_be_moved_into_the_database_does_no_harm() {
    let Some(made) = preloaded("kills/failing.c") else { return };
    let stand = Stand::new(1);
    let text =
        "movement main() -> int { for i in 1..120 { let t = read(\"part.txt\")  say \"{i}\"  len(t) }  7 }\n";
    stand.place.file("a.score", text).file("part.txt", "part ".repeat(12_000));
    let disk = Disk { made: &made, below: runs(&stand), file: "/journal.db" };
    let whole = stand.place.score(&["run", "a.score", "--json"]).ends(0).out;
    disk.run(&stand, "measured", 0, (EIO, "once")).ends(0).gives(&whole);
    let all = stand.place.read("operations").lines().count();
    assert!(all > 500, "the log was moved while the run was performed, in {all} operations");
    // The database is made, and then nothing can be written into it any more.
    disk.run(&stand, "full", 20, (ENOSPC, "on")).ends(0).gives(&whole);
    let log = runs(&stand).join("full/journal.db-wal");
    assert!(std::fs::metadata(log).is_ok_and(|log| log.len() > 6_000_000), "all of it stands in the log");
    stand.place.score(&["resume", "full", "--json"]).ends(0).gives(&whole);
    let show = stand.place.score(&["runs", "show", "full"]).ends(0).out;
    assert_eq!(show.lines().filter(|line| line.contains("files")).count(), 120, "{show}");
    let _ = std::fs::remove_file(made);
}

/// A shell in which a small disk is mounted that only it sees; `None` where that can't be had.
struct Shell {
    child: std::process::Child,
    said: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Shell {
    fn with_a_disk(place: &Place, kilobytes: usize) -> Option<Self> {
        std::fs::create_dir_all(place.path().join("small")).expect("a folder");
        // As root, else as root of a world of its own.
        for manner in ["-m", "-Urm"] {
            let mut command = Command::new("unshare");
            command.args([manner, "sh"]).current_dir(place.path());
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let Ok(mut child) = command.spawn() else { continue };
            let said = BufReader::new(child.stdout.take().expect("piped")).lines();
            let mut shell = Self { child, said };
            if shell.does(&format!("mount -t tmpfs -o size={kilobytes}k tmpfs small")) == Some(0) {
                return Some(shell);
            }
        }
        println!("skipped: nobody may mount a small disk here");
        None
    }

    /// Has it do something, and gives the exit code.
    fn does(&mut self, line: &str) -> Option<i32> {
        let stdin = self.child.stdin.as_mut().expect("piped");
        writeln!(stdin, "{line}; echo \"= $?\"").ok()?;
        loop {
            if let Some(code) = self.said.next()?.ok()?.strip_prefix("= ") {
                return code.parse().ok();
            }
        }
    }

    fn score(&mut self, place: &Place, words: &[String]) -> Ran {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let home = place.path().display();
        let line = format!(
            "HOME={home} SCORE_RUNS=small {} {} > out 2> err < /dev/null",
            env!("CARGO_BIN_EXE_score"),
            words.join(" ")
        );
        let code = self.does(&line);
        Ran { code, out: place.read("out"), err: place.read("err") }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn fill(sizes: impl Iterator<Item = usize>) {
    let stand = Stand::new(3);
    let (mut stopped, mut held) = (0, 0);
    for kilobytes in sizes {
        let Some(mut shell) = Shell::with_a_disk(&stand.place, kilobytes) else { return };
        stand.world.settle();
        stand.world.forget();
        let name = format!("r{kilobytes}");
        let mut words = Stand::run(&name);
        let first = shell.score(&stand.place, &words);
        shell.does(&format!("cp -r small/{name} .local/state/score/runs/"));
        let mut known = Acknowledged::new();
        stand.look(&name, &mut known);
        if first.code == Some(0) {
            assert_eq!(first.out, stand.whole);
            held += 1;
            continue;
        }
        first.ends(1).says("score::journal::not_");
        stopped += 1;
        assert_eq!(shell.does("mount -o remount,size=64m small"), Some(0));
        let mut ran = shell.score(&stand.place, &words);
        while ran.code == Some(6) {
            words = stand.decide(&name, &ran);
            ran = shell.score(&stand.place, &words);
        }
        stand.is_whole(&name, &known, &ran.ends(0).out);
        if shell.does("mount -o remount,ro small") == Some(0) {
            let words = ["resume", &*name].map(str::to_owned);
            shell.score(&stand.place, &words).ends(1).says("score::journal::not_").gives("");
        }
    }
    println!("{stopped} runs met a full disk, {held} had room");
    assert!(stopped > 0);
}

#[test]
fn a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room() {
    fill([48, 200, 260].into_iter());
}

#[test]
#[ignore = "disks of many sizes"]
fn a_disk_of_any_size_stops_the_run_and_it_goes_on_when_there_is_room() {
    fill((8..400).step_by(8));
}

#[test]
fn a_run_whose_folder_is_removed_stops() {
    let (place, world) = (Place::new(), World::new());
    let score = format!(
        "instrument here = sh()\ninstrument api = http(\"{}\")\n\
         part clear() -> text by here \"rm -rf .local/state/score/runs/r && echo gone\"\n\
         part post(x: text) -> text by api \"POST /act\\n\\n{{x}}\"\n\
         movement main() -> text {{\n  let one = clear()\n  post(one)\n}}\n",
        world.address
    );
    place.file("a.score", score);
    let ran = place.score(&["run", "a.score", "--run", "r"]).ends(1);
    ran.says("score::journal::removed").never_says("score resume").gives("");
    assert!(world.acts().is_empty(), "{:?}", world.acts());
}
