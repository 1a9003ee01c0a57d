//! Values that stand in for answers.

use crate::answer::stand_in;
use crate::types::notation::ty;
use crate::types::{RecordType, Refinement};
use crate::value::bounded::Bounded;
use crate::value::{Judge, Value, json_text};

fn made(notation: &str, seed: u64) -> String {
    stand_in(&ty(notation), seed, &mut Bounded)
        .map_or_else(|error| error.to_string(), |value| json_text(&value))
}

#[test]
fn they_read_as_what_they_are() {
    assert_eq!(
        made(
            "[Idea{title: text, tags: [text; ..5], mood: \"calm\" | \"angry\", sure: number where 0..1}; 1..5]",
            0
        ),
        concat!(
            r#"[{"title":"title 1","tags":["tag 1","tag 2"],"mood":"calm","sure":0.5},"#,
            r#"{"title":"title 2","tags":["tag 1","tag 2"],"mood":"angry","sure":0.5}]"#
        )
    );
    assert_eq!(made("text", 0), r#""answer 1""#);
    assert_eq!(made("text", 6), r#""answer 7""#);
    assert_eq!(
        made("{day: date, wait: duration, cost: money}", 0),
        r#"{"day":"2026-01-05","wait":"1min","cost":"$1.00"}"#
    );
}

#[test]
fn they_fit_and_are_the_same_again() {
    for notation in [
        "int where 5..7",
        "int where -3..-2",
        "number where 0.5..0.6",
        "text where len 3..4",
        "text where len 50..60",
        r#"text where ~ "^[A-Z]{3}-\d+$""#,
        "[int; 7]",
        "[int; ..1]",
        "[int; 3..] where len 4..4",
        "map[bool]",
        "time",
        "Node{name: text, next: Node?}",
        "Tree := int | [Tree]",
        "Tree := [Tree] | int",
        "N{kids: [N]}",
        "image",
        "json",
        "(A{a: int} | B{b: text})?",
        "nothing",
        "{a: int =, b: map[int] =}",
    ] {
        for seed in [0, 1, 2, 77, u64::MAX] {
            let ty = ty(notation);
            let value = stand_in(&ty, seed, &mut Bounded);
            assert!(value.is_ok(), "{notation}: {value:?}");
            assert_eq!(value, stand_in(&ty, seed, &mut Bounded));
        }
    }
    assert!(made("Node{next: Node}", 0).contains("Node never ends; script one"));
    assert!(made("int where 5..4", 0).contains("script one"));
}

/// `total == net + tax`, and `text` of even length.
struct Sums;

impl Judge for Sums {
    fn holds(&mut self, _: &Refinement, value: &Value) -> Result<(), String> {
        let holds = match value {
            Value::Record(record) => match (record.get("net"), record.get("tax"), record.get("total")) {
                (Some(Value::Int(net)), Some(Value::Int(tax)), Some(Value::Int(total))) => {
                    net + tax == *total && *net > 0
                }
                _ => true,
            },
            Value::Text(text) => text.len() % 2 == 0,
            _ => true,
        };
        if holds { Ok(()) } else { Err(String::new()) }
    }

    fn default(&mut self, _: &RecordType, _: usize) -> Option<Value> {
        None
    }
}

#[test]
fn conditions_are_met_by_a_small_search() {
    let invoice = ty("{net: int, tax: int, total: int} where sum 0..1".replace("sum ", "").as_str());
    for seed in 0..20 {
        assert!(stand_in(&invoice, seed, &mut Sums).is_ok(), "{seed}");
    }
    assert!(stand_in(&ty("[text where len 0..99; 3]"), 3, &mut Sums).is_ok());
}
