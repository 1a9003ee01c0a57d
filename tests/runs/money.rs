//! What a run costs over several starts.

use crate::world::World;
use crate::world::place::Place;

const SCORE: &str = r#"
instrument model = openai("m", base_url: "{address}/v1", max_tokens: 100)
instrument shaky = faulty(script(asked => asked), "unavailable")
part think(x: text) -> text by model "think about {x}"
part check(x: text) -> text by shaky "{x}"
movement main() -> text {
  let a = think("a")
  let c = check(a)
  think("b {c}")
}
"#;

/// The cost of what one start of a run thought, by its bill.
fn spent(err: &str) -> String {
    let bill = err.lines().find(|line| line.starts_with('{')).expect("a bill");
    let bill: serde_json::Value = serde_json::from_str(bill).expect("JSON");
    bill["total"]["spend"].as_str().expect("an amount").to_owned()
}

#[test]
fn the_prices_that_a_run_began_with_hold_for_all_of_it() {
    let (place, world) = (Place::new(), World::new());
    place.file("a.score", SCORE.replace("{address}", &world.address));
    // Three tokens are read and five written each time.
    place.file("score.toml", "[prices]\nm = { input = 1, output = 100 }\n");
    let bill = ["--bill", "--json"];
    let first = place.score(&["run", "a.score", "--run", "r", bill[0], bill[1]]).ends(1);
    assert_eq!(spent(&first.err), "$0.000503");
    place.score(&["runs", "export", "r"]).ends(0);
    place.file("score.toml", "[prices]\nm = { input = 2, output = 200 }\n");
    place.score(&["resume", "r", "--explain"]).ends(0).says("/m: the price has changed since the run began");
    place.score(&["resume", "r", "--fork=now", bill[0], bill[1]]).ends(0).never_says("price has changed");
    let second = place.score(&["resume", "r", bill[0], bill[1]]).ends(0).says("the price has changed");
    assert_eq!(spent(&second.err), "$0.001006", "the bill is that of both starts");
    let again = place.score(&["resume", "now", "--json"]).ends(0);
    assert_eq!(again.out, second.out);
    let export = place.score(&["runs", "export", "now"]).ends(0).out;
    assert!(export.contains("\"spend\":\"1006000\""), "{export}");
}

#[test]
fn a_budget_holds_for_whoever_attaches_to_the_run() {
    let (place, world) = (Place::new(), World::new());
    let text = SCORE.replace("{address}", &world.address).replace("max_tokens: 100", "price: $0.03");
    place.file("a.score", text);
    place.score(&["run", "a.score", "--run", "r", "--budget", "$0.05"]).ends(1);
    place.score(&["run", "a.score", "--run", "r"]).ends(5).says("$0.05");
    assert_eq!(world.thoughts(), 1);
    place.score(&["resume", "r", "--budget", "$0.06"]).ends(0);
    assert_eq!(world.thoughts(), 2);
}

#[test]
fn a_limit_knows_what_calls_cost_that_are_made_again() {
    let (place, world) = (Place::new(), World::new());
    let text = r#"
instrument model = openai("m", base_url: "{address}/v1", price: $0.02)
instrument shaky = faulty(script(asked => asked), "unavailable")
part think(x: text) -> text by model "think about {x}"
part check(x: text) -> text by shaky "{x}"
movement main() -> text {
  let some = limit $0.05 {
    let a = think("a")
    think("b {a}")
  }
  check(some)
}
"#;
    place.file("a.score", text.replace("{address}", &world.address));
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    assert_eq!(world.thoughts(), 2);
    // Of five cents four were spent. The first one is made again before it is known that the second one asks the same.
    place.score(&["resume", "r", "--from", "main/a"]).ends(5).says("score::run::budget").says("$0.05");
    assert_eq!(world.thoughts(), 3);
    // Now it is known that both attempts at it were paid for.
    place.score(&["resume", "r", "--from", "main/a"]).ends(5).says("score::run::budget");
    assert_eq!(world.thoughts(), 3);
}
