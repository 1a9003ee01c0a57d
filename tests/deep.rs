//! Scores as deep and as long as the parser lets through go all the way on the stack of an ordinary thread: they
//! are shown, formatted, checked, planned, outlined and performed.

mod formatted;

use std::collections::BTreeMap;

use score_lang::backend;
use score_lang::models::Prices;
use score_lang::plan::{Casting, Outline};
use score_lang::session::{Parsed, Performance};

/// A way to put one into another: what stands before, how often it may be, what stands behind.
const NESTS: &[(&str, usize, &str)] = &[
    ("(", 240, ")"),
    ("[", 120, "][0]"),
    ("abs(", 240, ")"),
    ("{a: ", 1, "}.a"),
    ("if x > 1 { ", 110, " } else { 2 }"),
    ("match x { n if n > 1 => ", 110, ", _ => 2 }"),
    ("[for _ in [x] { ", 60, " }]"),
    ("same(", 120, ")"),
    ("int(\"{", 80, "}\")"),
    ("limit 2h { ", 110, " }"),
];

/// What stands first in a chain, its link, and how often.
const CHAINS: &[(&str, &str, usize)] = &[
    ("x", " + x", 990),
    ("none()", " ?? none()", 490),
    ("x", " |> abs()", 990),
    ("x", " |> same()", 490),
    ("x", " otherwise 1", 490),
    ("if x == 0 { 0 }", " else if x == 1 { 1 }", 490),
];

fn whole(text: &str, short: &str) {
    assert_eq!(formatted::flaw(text), None, "{short}");
    let checked = match Parsed::text("deep.score", text).check() {
        Ok(checked) => checked,
        Err(problems) => {
            let all: Vec<String> = problems.diagnostics().map(ToString::to_string).collect();
            panic!("{short}: {all:?}");
        }
    };
    let planned = checked.plan().unwrap_or_else(|_| panic!("{short} can't be planned"));
    assert!(planned.plan().defects().is_empty(), "{short}");
    assert!(!planned.plan().dump().is_empty(), "{short}");
    let seats = BTreeMap::new();
    let casting = Casting { backends: backend::all(), seats: &seats, prices: &Prices::default() };
    let movement = planned.movement(Some("main")).expect("main");
    let outline = Outline::of(planned.plan(), movement, casting, planned.sources()).expect("an outline");
    assert!(!outline.show().is_empty() && !outline.show_order().is_empty(), "{short}");
    let ended = Performance::new(&planned, movement).run().expect("a journal in memory");
    drop(ended);
}

fn score(expression: &str) -> String {
    format!(
        "movement none() -> int? {{ nothing }}\n\npart same(n: int) -> int by echo() \"{{n}}\"\n\nmovement main(x: int = 1) -> json {{\n  let a = {expression}\n  a\n}}\n"
    )
}

#[test]
fn what_is_nested_deep() {
    for (open, depth, close) in NESTS {
        whole(&score(&format!("{}x{}", open.repeat(*depth), close.repeat(*depth))), open);
    }
}

#[test]
fn what_is_chained_long() {
    for (first, link, count) in CHAINS {
        let end = if first.starts_with("if") { " else { 2 }" } else { "" };
        whole(&score(&format!("{first}{}{end}", link.repeat(*count))), link);
    }
}

#[test]
fn types_that_are_nested_deep() {
    let lists = format!("{}text{}", "[".repeat(240), "]".repeat(240));
    whole(&format!("type Deep = {lists}\n\nmovement main() -> Deep {{ [] }}\n"), "[");
    let maps = format!("{}text{}", "map[".repeat(240), "]".repeat(240));
    let text = format!("movement main() -> json {{\n  let found: {maps}? = nothing\n  found ?? {{}}\n}}\n");
    whole(&text, "map[");
}

/// Every movement calls the next one: a walk over who calls whom goes as deep as there are movements.
#[test]
fn movements_that_call_one_another_in_a_long_row() {
    let mut text = String::from("movement main(x: int = 1) -> int { m0(x) }\n");
    for at in 0..1_500 {
        text.push_str(&format!("movement m{at}(x: int) -> int {{ m{}(x) }}\n", at + 1));
    }
    text.push_str("movement m1500(x: int) -> int { x }\n");
    whole(&text, "m0");
}

/// Two calls of the next one in each: there are more ways than can be gone into.
#[test]
fn movements_that_call_one_another_in_ever_more_ways() {
    let mut text = String::from("movement main(x: int) -> int { m0(x) }\n");
    for at in 0..60 {
        let next = at + 1;
        text.push_str(&format!("movement m{at}(x: int) -> int {{ m{next}(x) + m{next}(m{next}(x)) }}\n"));
    }
    text.push_str("part m60(x: int) -> int by stand_in() \"{x}\"\n");
    let planned =
        Parsed::text("ways.score", text.as_str()).check().ok().and_then(|checked| checked.plan().ok());
    let planned = planned.expect("a plan");
    let (seats, movement) = (BTreeMap::new(), planned.movement(Some("main")).expect("it"));
    let casting = Casting { backends: backend::all(), seats: &seats, prices: &Prices::default() };
    let outline = Outline::of(planned.plan(), movement, casting, planned.sources()).expect("an outline");
    assert!(outline.show().contains("called in more than 10000 places"), "{}", outline.show());
}
