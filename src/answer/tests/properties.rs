//! What holds of all answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::garbage::{self, Kind};
use crate::answer::{read, stand_in};
use crate::types::notation::ty;
use crate::types::{json_schema, wrapped_schema};
use crate::value::bounded::Bounded;
use crate::value::{Reading, Value, conform, conform_with, json_text, pretty_json_text, to_json};

/// Types in notation; names of records are their depth, so that none is met twice.
fn types() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("text?".to_owned()),
        Just("int".to_owned()),
        Just("number".to_owned()),
        Just("bool".to_owned()),
        Just("date".to_owned()),
        Just("time".to_owned()),
        Just("duration".to_owned()),
        Just("money".to_owned()),
        Just(r#"("calm" | "very angry")"#.to_owned()),
        Just("(int | bool)".to_owned()),
        Just("(int where 0..9)".to_owned()),
        Just("(number where 0..1)".to_owned()),
        Just("text".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| format!("[{of}]")),
            inner.clone().prop_map(|of| format!("[{of}; 1..3]")),
            inner.clone().prop_map(|of| format!("map[{of}]")),
            inner.clone().prop_map(|of| format!("({of})?")),
            prop::collection::vec(inner, 1..4).prop_map(|all| {
                let fields: Vec<String> =
                    all.iter().enumerate().map(|(at, of)| format!("field_{at}: {of}")).collect();
                format!("{{{}}}", fields.join(", "))
            }),
        ]
    })
}

proptest! {
    /// Every value of a type, said in JSON, is read as itself; and its JSON is what the schema allows.
    #[test]
    fn what_is_said_in_json_is_read_back(notation in types(), seed in any::<u64>()) {
        let ty = ty(&notation);
        let value = stand_in(&ty, seed, &mut Bounded).unwrap();
        prop_assert_eq!(conform(value.clone(), &ty, &mut Bounded), Ok(value.clone()));
        let json = to_json(&value);
        prop_assert_eq!(conform_with(crate::value::from_json(json.clone()), &ty, Reading::FromJson, &mut Bounded), Ok(value.clone()));
        let schema = json_schema(&ty);
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        prop_assert!(validator.is_valid(&json), "{} against {}", json, schema);
        prop_assert!(jsonschema::draft202012::new(&wrapped_schema(&ty)).is_ok());
        if notation != "text" && !matches!(ty.shape(), crate::types::Type::Text) {
            prop_assert_eq!(read(&json_text(&value), &ty, &mut Bounded), Ok(value.clone()));
            let said = format!("Here:\n```json\n{}\n```\n", pretty_json_text(&value));
            if !notation.starts_with("text") && notation != "(text)?" {
                prop_assert_eq!(read(&said, &ty, &mut Bounded), Ok(value));
            }
        }
    }

    #[test]
    fn nothing_makes_it_panic(text in r#"([{}\[\]",:'`\\/*#<>a-c0-9.%$€é \n-]|```|true|null|</?think>|\\u12|1/2){0,60}"#, notation in types()) {
        let _ = read(&text, &ty(&notation), &mut Bounded);
    }

    #[test]
    fn any_text_is_a_text(text in any::<String>()) {
        prop_assert!(read(&text, &crate::types::Type::Text, &mut Bounded).is_ok());
    }

    #[test]
    fn broken_json_never_panics(notation in types(), seed in any::<u64>(), cut in any::<u16>(), put in "[{}\\[\\]\",:'\\\\x0]") {
        let ty = ty(&notation);
        let mut text = json_text(&stand_in(&ty, seed, &mut Bounded).unwrap());
        let mut at = cut as usize % (text.len() + 1);
        while !text.is_char_boundary(at) { at -= 1; }
        let _ = read(&text[..at], &ty, &mut Bounded);
        text.insert_str(at, &put);
        let _ = read(&text, &ty, &mut Bounded);
    }
}

/// The wanted types that garbage is read as.
const WANTED: [&str; 9] = [
    "[Idea{title: text}; 1..5]",
    "text | A{x: [int]}",
    "[text]",
    "[\"calm\" | \"angry\"]",
    "int",
    "date",
    "bool",
    "json",
    "map[text]",
];

/// Reads garbage of every kind in all ways, on as many threads as there are.
fn read_all(size: usize) {
    let kinds: Vec<&Kind> = garbage::kinds().collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let text = (kind.make)(size);
                    WANTED.iter().for_each(|notation| drop(read(&text, &ty(notation), &mut Bounded)));
                }
            });
        }
    });
}

#[test]
fn garbage_makes_it_panic_as_little() {
    read_all(1 << 14);
}

/// How long that takes is measured by `cargo bench --bench reader`.
#[test]
#[ignore = "slow: a hundred kinds of garbage of 1 MB each, in nine ways"]
fn a_megabyte_of_garbage_makes_it_panic_as_little() {
    read_all(1 << 20);
}

#[test]
fn deep_answers_are_refused_or_read() {
    for depth in [100, 127, 128, 129, 5_000] {
        let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let read = read(&text, &ty("Tree := int | [Tree]"), &mut Bounded);
        assert_eq!(read.is_ok(), depth <= 128, "{depth}");
    }
}

#[test]
fn values_are_shared_where_they_can_be() {
    let value = Value::list([Value::text("a")]);
    let again = conform(value.clone(), &ty("json"), &mut Bounded).unwrap();
    let (Value::List(one), Value::List(other)) = (&value, &again) else { unreachable!() };
    assert!(Arc::ptr_eq(one, other));
}
