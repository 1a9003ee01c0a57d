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

/// A score whose model takes two cents a call, and whose check fails at first.
fn at_two_cents(world: &World, movement: &str) -> String {
    let head = r#"
instrument model = openai("m", base_url: "{address}/v1", price: $0.02)
instrument shaky = faulty(script(asked => asked), "unavailable")
part think(x: text) -> text by model "think about {x}"
part check(x: text) -> text by shaky "{x}"
"#;
    format!("{}{movement}", head.replace("{address}", &world.address))
}

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
fn the_price_of_a_model_that_is_named_on_the_way_holds_from_its_first_call() {
    let (place, world) = (Place::new(), World::new());
    let text = SCORE
        .replace("{address}", &world.address)
        .replace("instrument model = openai(\"m\"", "instrument model(of: text) = openai(of")
        .replace("by model \"think", "by model(\"m\") \"think");
    place.file("a.score", text);
    place.file("score.toml", "[prices]\nm = { input = 1, output = 100 }\n");
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    place.file("score.toml", "[prices]\nm = { input = 2, output = 200 }\n");
    place.score(&["resume", "r", "--explain"]).ends(0).says("/m: the price has changed since the run began");
    place.score(&["resume", "r", "--fork=now"]).ends(0).never_says("price has changed");
    let second = place.score(&["resume", "r", "--bill", "--json"]).ends(0).says("the price has changed");
    assert_eq!(spent(&second.err), "$0.001006");
    // The copy holds on to what it began with.
    place.file("score.toml", "[prices]\nm = { input = 3, output = 300 }\n");
    let export = place.score(&["runs", "export", "now"]).ends(0).out;
    assert_eq!(export.lines().filter(|line| line.contains("\"kind\":\"priced\"")).count(), 2, "{export}");
    let copy = place.score(&["resume", "now", "--from", "main/think", "--bill", "--json"]).ends(0);
    // With what was spent on the call that it is made in place of.
    assert_eq!(spent(&copy.err), "$0.002515");
    copy.says("\"calls\":3");
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
    let text = at_two_cents(
        &world,
        r#"
movement main() -> text {
  let some = limit $0.05 {
    let a = think("a")
    think("b {a}")
  }
  check(some)
}
"#,
    );
    place.file("a.score", &text);
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    assert_eq!(world.thoughts(), 2);
    // Of five cents four were spent.
    place.score(&["resume", "r", "--from", "main/a"]).ends(5).says("score::run::budget").says("$0.05");
    // So they were where an edit has all of them asked in other words.
    place.file("a.score", text.replace("think about", "ponder"));
    place.score(&["resume", "r"]).ends(5).says("the limit of $0.05 is reached: $0.04 was spent");
    assert_eq!(world.thoughts(), 2);
    // There is room for one. The other one asks what it asked, and is paid.
    place.file("a.score", text.replace("$0.05", "$0.07"));
    let third = place.score(&["resume", "r", "--from", "main/a", "--bill", "--json"]).ends(0);
    assert_eq!(spent(&third.err), "$0.06", "what the first one took is known");
    third.says("\"maybe\":\"$0.00\"").never_says("\"maybe\":\"$0.02\"");
    assert_eq!(world.thoughts(), 3);
    place.score(&["resume", "r"]).ends(0);
    place.score(&["resume", "r", "--from", "main/a"]).ends(5).says("the limit of $0.07 is reached");
    assert_eq!(world.thoughts(), 3);
}

#[test]
fn a_limit_that_an_edit_moves_is_the_same_where_its_calls_are() {
    let (place, world) = (Place::new(), World::new());
    let text = at_two_cents(
        &world,
        r#"
movement main() -> text {
  let some = limit $0.05 {
    let a = think("a")
    let b = think("b")
    "{a}{b}"
  }
  check(some)
}
"#,
    );
    place.file("a.score", &text);
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    // One is kept, the other one asks for something else.
    let moved = text.replace("let some =", "let other =").replace("check(some)", "check(other)");
    place.file("a.score", moved.replace("think(\"b\")", "think(\"c\")"));
    place.score(&["resume", "r"]).ends(5).says("the limit of $0.05 is reached: $0.04 was spent");
    assert_eq!(world.thoughts(), 2);
}

#[test]
fn what_is_recorded_needs_no_room_in_a_smaller_budget() {
    let (place, world) = (Place::new(), World::new());
    let text = SCORE.replace("{address}", &world.address);
    place.file("a.score", text);
    place.file("score.toml", "[prices]\nm = { input = 1, output = 100 }\n");
    place.score(&["run", "a.score", "--run", "r"]).ends(1);
    // A call costs a twentieth of a cent, and a cent at most: there is no room for another one.
    place.score(&["resume", "r", "--budget", "$0.001"]).ends(5).says("score::run::budget");
    assert_eq!(world.thoughts(), 1);
    place.score(&["resume", "r", "--budget", "$0.02"]).ends(0);
    assert_eq!(world.thoughts(), 2);
}

#[test]
fn all_that_was_ever_spent_is_on_the_bill() {
    let body = r#"let a = think("a")  check(think("b {a}"))"#;
    for movement in [
        format!("movement main() -> text {{ {body} }}"),
        format!("movement main() -> text {{ limit $1 {{ {body} }} }}"),
    ] {
        let (place, world) = (Place::new(), World::new());
        let text = at_two_cents(&world, &movement);
        place.file("a.score", &text);
        place.score(&["run", "a.score", "--run", "r"]).ends(1);
        assert_eq!(world.thoughts(), 2);
        let bill = ["--bill", "--json"];
        let second = place.score(&["resume", "r", "--from", "main/a", bill[0], bill[1]]).ends(0);
        assert_eq!((spent(&second.err).as_str(), world.thoughts()), ("$0.06", 3), "{movement}");
        // Once more in other words: what is not wanted any more was spent all the same.
        let other =
            text.replace("think about", "ponder").replace("check(think(\"b {a}\"))", "think(\"b {a}\")");
        place.file("a.score", other);
        for _ in 0..2 {
            let whole = place.score(&["resume", "r", bill[0], bill[1]]).ends(0);
            assert_eq!((spent(&whole.err).as_str(), world.thoughts()), ("$0.10", 5), "{movement}");
        }
    }
}
