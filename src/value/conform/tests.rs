//! What fits what.

use super::{Reading, conform, conform_with};
use crate::types::Type;
use crate::types::notation::ty;
use crate::value::bounded::Bounded;
use crate::value::{Mismatch, Problem, Value, from_json, json_text};

fn json(text: &str) -> Value {
    from_json(serde_json::from_str(text).unwrap())
}

fn read(text: &str, notation: &str) -> Result<Value, Mismatch> {
    conform_with(json(text), &ty(notation), Reading::FromJson, &mut Bounded)
}

#[test]
fn json_becomes_what_the_type_says() {
    for (notation, given, wanted) in [
        ("int", "3", "3"),
        ("int", "3.0", "3"),
        ("number", "3", "3.0"),
        ("json", r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        ("date", r#""2026-01-05""#, r#""2026-01-05""#),
        ("{b: int, a: text?}", r#"{"b":1}"#, r#"{"b":1,"a":null}"#),
        ("{b: int, a: text}", r#"{"a":"x","b":1}"#, r#"{"b":1,"a":"x"}"#),
        ("{a: int =}", "{}", r#"{"a":0}"#),
        ("{a: int =}", r#"{"a":null}"#, r#"{"a":0}"#),
        ("map[number]", r#"{"x":1}"#, r#"{"x":1.0}"#),
        (r#""calm" | "angry""#, r#""calm""#, r#""calm""#),
        ("int | number", "3", "3"),
        ("int | number", "3.5", "3.5"),
        ("text | date", r#""2026-01-05""#, r#""2026-01-05""#),
        ("A{x: int} | B{x: int, y: int =}", r#"{"x":1}"#, r#"{"x":1}"#),
        ("A{x: int} | B{x: int}", r#"{"B":{"x":1}}"#, r#"{"x":1}"#),
        ("[A{x: int}] | [B{x: int}]", "[]", "[]"),
        ("[int; 2]", "[1,2]", "[1,2]"),
        ("Tree := int | [Tree]", "[[1,[2]],[]]", "[[1,[2]],[]]"),
    ] {
        match read(given, notation) {
            Ok(value) => assert_eq!(json_text(&value), wanted, "{given} as {notation}"),
            Err(mismatch) => panic!("{given} as {notation}: {mismatch}"),
        }
    }
}

#[test]
fn what_does_not_fit_says_where_and_why() {
    for (notation, given, said) in [
        ("int", "3.5", "the value must be `int`, but is 3.5"),
        ("text", "3", "the value must be `text`, but is 3"),
        ("[Idea{title: text}]", r#"[{"title":"x"},{}]"#, "field `title` of `[1]` is missing"),
        (
            "{ideas: [{title: text, n: int}]}",
            r#"{"ideas":[{"title":1,"n":1}]}"#,
            "`ideas[0].title` must be `text`, but is 1",
        ),
        (
            "Idea{title: text}",
            r#"{"titel":"x"}"#,
            "the value has a field `titel`, which `Idea` has not; did you mean `title`?",
        ),
        (
            "Idea{title: text, n: int}",
            r#"{"zzz":1}"#,
            "the value has a field `zzz`, but `Idea` has only `title` and `n`",
        ),
        ("[int; 1..2]", "[1,2,3]", "the value must have 1 to 2 items, but has 3"),
        ("[int; 1..]", "[]", "the value must have at least 1 item, but has 0"),
        ("{p: int where 0..100}", r#"{"p":101}"#, "`p` is 101, which is not allowed: 0..100"),
        (
            "A{x: int} | B{x: int}",
            r#"{"x":1}"#,
            "the value is an object with x, which can be read in more than one way: as `A` \
             (then write {\"A\": {…}}) or as `B` (then write {\"B\": {…}})",
        ),
        (
            "int | {a: int}",
            r#"{"b":1}"#,
            "the value has a field `b`, which `{a: int}` has not; did you mean `a`?",
        ),
        ("int | bool", r#""x""#, "the value must be `int | bool`, but is \"x\""),
    ] {
        match read(given, notation) {
            Err(mismatch) => assert_eq!(mismatch.to_string(), said),
            Ok(value) => panic!("{given} as {notation} gave {}", json_text(&value)),
        }
    }
}

#[test]
fn values_of_the_language_keep_their_types() {
    assert!(conform(Value::text("2026-01-05"), &Type::Date, &mut Bounded).is_err());
    assert!(conform(Value::Number(3.0), &Type::Int, &mut Bounded).is_err());
    assert_eq!(conform(Value::Int(3), &Type::Number, &mut Bounded), Ok(Value::Number(3.0)));
    let idea = ty("Idea{title: text}");
    let fit = read(r#"{"title":"x"}"#, "Idea{title: text}").unwrap();
    assert!(conform(fit, &idea, &mut Bounded).is_err(), "another type of the same name");
    let fit = conform(json(r#"{"title":"x"}"#), &idea, &mut Bounded).unwrap();
    assert_eq!(conform(fit.clone(), &idea, &mut Bounded), Ok(fit));
}

/// Unions that recur in look-alike records would double the work with every level.
#[test]
fn recurring_unions_take_linear_time() {
    let notation = "U := A{x: U?, n: int =} | B{x: U?, m: int =}";
    for innermost in ["null", "3"] {
        let text = format!("{}{innermost}{}", r#"{"x":"#.repeat(100), "}".repeat(100));
        assert!(read(&text, notation).is_err());
    }
    let tree = format!("{}{{\"n\":1,\"x\":null}}{}", r#"{"n":1,"x":"#.repeat(100), "}".repeat(100));
    assert_eq!(read(&tree, notation).map(|_| ()), Ok(()));
}

#[test]
fn depth_is_an_error() {
    let mut value = Value::Int(1);
    for _ in 0..410 {
        value = Value::list([value]);
    }
    let mismatch = conform(value, &ty("Tree := int | [Tree]"), &mut Bounded).unwrap_err();
    assert_eq!(mismatch.problem, Problem::Depth);
}
