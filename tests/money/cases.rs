//! Chosen cases: who waits, who goes, what stays counted.

use std::sync::Arc;

use score_lang::engine::{Before, Receipt, Taken};
use score_lang::instrument::{FailureKind, Outcome};
use score_lang::value::Value;

use super::desk::{Desk, cents};

/// Instruments at a price a call; none is ever played.
const CAST: &str = r#"
instrument small  = script(x => x, price: $0.03)
instrument big    = script(x => x, price: $0.08)
instrument free   = script(x => x)
instrument either = race(small, big)
instrument line   = fallback(small, big)

part a(n: int) -> text by small "{n}"
part b(n: int) -> text by big "{n}"
part c(n: int) -> text by free "{n}"
part either_of(n: int) -> text by either "{n}"
part spare(n: int) -> text by line "{n}"
"#;

fn desk(movement: &str, budget: Option<i64>) -> Desk {
    Desk::new(&format!("{CAST}\n{movement}"), budget.map(cents))
}

#[test]
fn what_does_not_fit_waits_as_long_as_something_is_held() {
    let mut desk = desk("movement main() -> [text] { limit $0.10 { for n in 1..5 { a(n) } } }", None);
    assert_eq!(desk.open(), ["for[0]/a", "for[1]/a", "for[2]/a"]);
    desk.answer("for[1]/a", cents(0));
    assert_eq!(desk.open(), ["for[0]/a", "for[2]/a", "for[3]/a"]);
    desk.answer("for[0]/a", cents(3));
    assert_eq!(desk.open(), ["for[2]/a", "for[3]/a"], "3 spent and 6 held leave no room");
    desk.answer("for[3]/a", cents(1));
    assert_eq!(desk.open(), ["for[2]/a", "for[4]/a"]);
    desk.answer("for[2]/a", cents(3));
    desk.answer("for[4]/a", cents(3));
    assert!(matches!(desk.end, Some(Ok(_))));
}

#[test]
fn it_fails_where_it_does_not_fit_with_nothing_held() {
    let mut desk = desk(
        "movement main() -> text {\n  (limit $0.05 { \"{a(1)}{a(2)}\" }) otherwise \"{error.kind}\"\n}",
        None,
    );
    assert_eq!(desk.open(), ["a"]);
    desk.answer("a", cents(3));
    assert_eq!(desk.end, Some(Ok(Value::text("budget"))));
}

#[test]
fn nobody_goes_before_the_first_who_waits() {
    let mut desk = desk("movement main() -> [text] { limit $0.10 {\n  [a(1), b(2), a(3)]\n} }", None);
    assert_eq!(desk.open(), ["a"], "the second does not fit, the third would");
    desk.answer("a", cents(1));
    assert_eq!(desk.open(), ["b"]);
    desk.answer("b", cents(2));
    assert_eq!(desk.open(), ["a#2"]);
}

#[test]
fn who_waits_for_an_inner_limit_is_in_nobodys_way_outside() {
    let mut desk = desk(
        "movement main() -> [text] {\n  limit $0.20 {\n    let inner = limit $0.05 { for n in 1..3 { a(n) } }\n    let outer = for n in 1..3 { a(n) }\n    inner + outer\n  }\n}",
        None,
    );
    let sorted = |desk: &Desk| {
        let mut open: Vec<String> = desk.open().into_iter().map(str::to_owned).collect();
        open.sort();
        open
    };
    assert_eq!(sorted(&desk), ["inner[0]/a", "outer[0]/a#2", "outer[1]/a#2", "outer[2]/a#2"]);
    desk.answer("inner[0]/a", cents(1));
    assert_eq!(sorted(&desk), ["inner[1]/a", "outer[0]/a#2", "outer[1]/a#2", "outer[2]/a#2"]);
    // The last one fits inside and outside only once the first has said what it took.
    desk.answer("inner[1]/a", cents(1));
    assert_eq!(sorted(&desk), ["inner[2]/a", "outer[0]/a#2", "outer[1]/a#2", "outer[2]/a#2"]);
}

#[test]
fn the_loser_of_a_race_counts_until_it_is_told_what_it_took() {
    let mut desk =
        desk("movement main() -> text {\n  let one = either_of(1)\n  \"{one}{b(2)}\"\n}", Some(11));
    assert_eq!(desk.open(), ["one", "one+"]);
    assert_eq!(desk.budget(), (0, 11, 0));
    desk.answer("one", cents(2));
    assert_eq!(desk.cut(), ["one+"]);
    assert_eq!(desk.budget(), (2, 0, 8), "nobody knows what the other one took");
    assert_eq!(desk.kind(), Some(FailureKind::Budget));
    let mut desk = self::desk(
        "movement main() -> text {\n  let one = either_of(1)\n  let all = a(7)\n  \"{one}{all}{b(2)}\"\n}",
        Some(14),
    );
    desk.answer("one", cents(2));
    assert_eq!((desk.budget(), desk.open()), ((2, 3, 8), vec!["all"]));
    desk.settle("one+", cents(1));
    assert_eq!((desk.budget(), desk.open()), ((3, 11, 0), vec!["all", "b"]));
}

#[test]
fn what_may_have_been_billed_stays_counted() {
    let mut desk =
        desk("movement main() -> text {\n  let one = a(1) otherwise \"-\"\n  \"{one}{a(2)}\"\n}", Some(20));
    desk.fail("one", FailureKind::Unavailable);
    assert_eq!(desk.budget(), (0, 3, 3));
    let mut desk = self::desk(
        "movement main() -> text {\n  let one = a(1) otherwise \"-\"\n  \"{one}{a(2)}\"\n}",
        Some(20),
    );
    desk.fail("one", FailureKind::RateLimited);
    assert_eq!(desk.budget(), (0, 3, 0), "that was refused before it cost anything");
}

#[test]
fn whoever_plays_next_reserves_anew() {
    let mut desk = desk("movement main() -> text { spare(1) }", Some(20));
    desk.fail("spare", FailureKind::Unavailable);
    assert_eq!(desk.open(), ["spare"]);
    assert_eq!(desk.budget(), (0, 8, 3));
    desk.answer("spare", cents(8));
    assert_eq!(desk.budget(), (8, 0, 3));
}

#[test]
fn the_runs_budget_is_caught_by_nothing_and_lets_what_is_in_flight_end() {
    let mut desk = desk(
        "movement main() -> text {\n  let slow = c(1)\n  let dear = b(2) otherwise \"caught\"\n  let more = c(3)\n  let last = c(len(slow))\n  \"{slow}{dear}{more}{last}\"\n}",
        Some(5),
    );
    assert_eq!(desk.open(), ["slow", "more"]);
    desk.answer("slow", cents(0));
    assert_eq!(desk.open(), ["more"], "nothing starts any more");
    assert!(desk.end.is_none());
    desk.answer("more", cents(0));
    assert_eq!(desk.kind(), Some(FailureKind::Budget));
}

#[test]
fn a_part_holds_nothing_while_its_tools_run() {
    let mut desk = Desk::new(
        "instrument model = script([\"\"], price: $0.04)\n\
         instrument search = script(x => x, price: $0.05)\n\
         part look() -> text by search \"look\"\n\
         part agent() -> text by model using look up to 3 turns \"Go.\"\n\
         movement main() -> text { agent() }",
        Some(cents(10)),
    );
    assert_eq!(desk.budget(), (0, 4, 0));
    desk.call("agent", "look", cents(1));
    assert_eq!(desk.open(), ["agent/turn1/look"]);
    assert_eq!(desk.budget(), (1, 5, 0));
    desk.answer("agent/turn1/look", cents(5));
    assert_eq!(desk.budget(), (6, 4, 0));
    desk.call("agent/turn2", "look", cents(4));
    assert_eq!(desk.kind(), Some(FailureKind::Budget));
}

#[test]
fn a_calls_own_limit_holds_for_the_movement_that_plays_it() {
    let mut desk = desk(
        "movement draft(asked: text) -> text { \"{a(1)}{asked}{a(2)}\" }\n\
         part tell(n: int) -> text by draft within $0.05 \"{n}\"\n\
         movement main() -> text { tell(1) otherwise \"{error.kind}\" }",
        None,
    );
    assert_eq!(desk.open().len(), 1, "{:?}", desk.open());
    let first = desk.open()[0].to_owned();
    desk.answer(&first, cents(3));
    assert_eq!(desk.end, Some(Ok(Value::text("budget"))));
}

#[test]
fn what_was_spent_before_the_run_went_on_counts_in_its_limits() {
    let text = "movement main() -> [text] { limit $0.10 { for n in 1..3 { a(n) } } }";
    let desk = desk(text, Some(20));
    assert_eq!(desk.budget(), (0, 9, 0));
    let inner = desk.engine.limits(desk.id("for[0]/a"));
    assert_eq!(inner.len(), 1, "the run's own is none of them");
    let took = Taken { spent: 20_000_000, maybe: 30_000_000 };
    let mut before = Before::default();
    before.add(took, &inner);
    let mut desk = Desk::going_on(&format!("{CAST}\n{text}"), cents(20), before);
    assert_eq!(desk.open(), ["for[0]/a"], "5 of 10 cents are gone");
    assert_eq!(desk.budget(), (2, 3, 3));
    desk.answer("for[0]/a", cents(0));
    desk.answer("for[1]/a", cents(3));
    assert_eq!(desk.kind(), Some(FailureKind::Budget), "3 more do not fit beside 8");
}

#[test]
fn what_is_recorded_needs_no_room_until_it_stands_for_another_call() {
    let text = "movement main() -> [text] { for n in 1..2 { b(n) } }";
    let desk = desk(text, Some(20));
    let id = desk.id("for[0]/b");
    let input = desk.engine.render(id).expect("it is in flight").input_hash();
    let took = Taken { spent: 10_000_000, maybe: 0 };
    let mut before = Before::default();
    before.add(took, &[]);
    before.receipts.insert(id, Receipt { input, took, limits: Arc::from([]) });
    let mut desk = Desk::going_on(&format!("{CAST}\n{text}"), cents(10), before);
    assert_eq!(desk.open(), ["for[0]/b", "for[1]/b"], "the one took 1 cent, the other one may take 8");
    assert_eq!(desk.budget(), (0, 9, 0));
    assert!(desk.engine.is_paid(id) && !desk.engine.is_paid(desk.id("for[1]/b")));
    desk.deliver("for[0]/b", Outcome::Unpaid);
    assert_eq!(desk.budget(), (1, 8, 0));
    assert_eq!(desk.open(), ["for[1]/b"], "8 more do not fit");
    desk.answer("for[1]/b", cents(0));
    assert_eq!(desk.open(), ["for[0]/b"]);
    assert_eq!(desk.budget(), (1, 8, 0));
}
