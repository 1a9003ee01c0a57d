//! Answers that are taken from a cache: the same is asked once, whatever runs ask it.

use crate::world::World;
use crate::world::place::{Place, Ran};

const SCORE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument api = http("{address}")
part think(x: text) -> text by model "think about {x}"
part other(x: text) -> text by model "think of {x}"
part post(x: text) -> text by api "POST /act\n\n{x}"
movement main() -> [text] {
  let a = think("a")
  let b = other("b")
  let c = think("c {a}")
  let same = for i in 1..3 { think("it") }
  post("{a} {b} {c}")
  [a, b, c] + same
}
"#;

#[test]
fn what_was_asked_before_is_not_asked_again() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", SCORE.replace("{address}", &world.address));
    let run = |words: &[&str]| place.score(&[&["run", "a.score", "--json"], words].concat()).ends(0).out;
    let first = run(&["--cache"]);
    assert_eq!((world.thoughts(), world.acts().len()), (6, 1), "three that ask the same are three");
    assert!(place.path().join(".cache/score/answers").is_dir());
    world.forget();
    assert_eq!(run(&["--cache", "--record", "r.jsonl"]), first);
    assert_eq!((world.thoughts(), world.acts().len()), (0, 1), "what acts is done");
    world.forget();
    assert_eq!(run(&["--replay", "r.jsonl"]), first, "what came from the cache is in the recording");
    assert!(world.log().is_empty());
    assert_eq!(run(&[]), first);
    assert_eq!(world.thoughts(), 6, "it is off by default");
    world.forget();
    // An edit: what asks something else now, and what asks something else because of that.
    let text = place.read("a.score");
    place.file("a.score", text.replace("think(\"a\")", "think(\"another\")"));
    run(&["--cache"]);
    assert_eq!(world.thoughts(), 2);
    world.forget();
    place.file("a.score", text.replace("by model \"think of", "by model fresh \"think of"));
    run(&["--cache"]);
    assert_eq!(world.thoughts(), 1, "fresh is asked each time");
    world.forget();
    place.file("a.score", text);
    std::fs::remove_dir_all(place.path().join(".cache/score/answers")).expect("removed");
    run(&["--cache=kept"]);
    assert_eq!(world.thoughts(), 6);
    world.forget();
    run(&["--cache=kept"]);
    assert_eq!(world.thoughts(), 0);
}

#[test]
fn a_run_that_goes_on_counts_what_it_has_asked() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1")
instrument me = human()
part think(x: text) -> text by model "think about {x}"
part ready() -> bool by me "Ready?"
movement main() -> [text] {
  let one = think("it")
  if ready() { [one, think("it")] } else { [one] }
}
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    place.score(&["run", "a.score", "--run", "r", "--no-input", "--cache"]).ends(6);
    place.score(&["answer", "r", "--value", "yes", "--only"]).ends(0);
    place.score(&["resume", "r", "--cache"]).ends(0);
    assert_eq!(world.thoughts(), 2, "the second of two that ask the same is another one");
    world.forget();
    place.score(&["run", "a.score", "--run", "s", "--no-input", "--cache"]).ends(6);
    place.score(&["answer", "s", "--value", "yes", "--cache"]).ends(0);
    assert_eq!(world.thoughts(), 0);
}

#[test]
fn a_cache_that_can_not_be_had_is_told_before_anything_starts() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", SCORE.replace("{address}", &world.address)).file("taken", "a file");
    let refused = place.score(&["run", "a.score", "--cache=taken"]).ends(1);
    refused.says("score::journal::cache_not_written").says("--cache=DIR");
    let mut homeless = place.command(&["run", "a.score", "--runs", "kept", "--cache"]);
    let ran = Ran::of(&homeless.env_remove("HOME").output().expect("it starts"));
    ran.ends(2).says("score::journal::no_cache").says("SCORE_CACHE_DIR");
    assert!(world.log().is_empty());
}
