//! Answers while they come.

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value as Json, json};

use crate::answer::Partial;
use crate::answer::json::parse_whole;
use crate::types::Type;
use crate::types::notation::ty;
use crate::value::{Value, from_json};

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9).prop_map(|number: f64| Json::from(number)),
        "\\PC{0,12}".prop_map(Json::from),
        Just(Json::from("a \"quote\", a \\, {a} [b] // c\n\t'd' \u{1F3B5} \"\"\"")),
    ];
    let nested = leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec(("\\PC{0,8}", inner), 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    });
    nested.prop_map(|json| if json.is_object() || json.is_array() { json } else { Json::from(vec![json]) })
}

/// Whether a value is the beginning of another one.
fn begins(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Text(part), Value::Text(whole)) => whole.starts_with(&**part),
        (Value::List(part), Value::List(whole)) => {
            part.len() <= whole.len()
                && part.iter().zip(whole.iter()).all(|(part, whole)| begins(part, whole))
        }
        (Value::Map(part), Value::Map(whole)) => {
            let pairs = part.iter().zip(whole.iter());
            part.len() <= whole.len()
                && pairs
                    .into_iter()
                    .all(|((name, part), (known, whole))| name == known && begins(part, whole))
        }
        (part, whole) => part == whole,
    }
}

/// What is read of each beginning of a text, shorter ones first.
fn beginnings(text: &str) -> Vec<Option<Value>> {
    let mut partial = Partial::new(&Type::Json);
    let each = text.chars().map(|letter| {
        partial.push(letter.encode_utf8(&mut [0; 4]));
        assert!(partial.line(40).chars().count() <= 40);
        partial.value()
    });
    each.collect()
}

proptest! {
    /// What is read of a beginning is a beginning of what is read in the end, and grows.
    #[test]
    fn a_beginning_is_read_as_a_beginning(json in json(), pretty in any::<bool>(), before in "[a-z .]{0,9}") {
        let text = if pretty { serde_json::to_string_pretty(&json).unwrap() } else { json.to_string() };
        let whole = from_json(json);
        let mut last: Option<Value> = None;
        for found in beginnings(&format!("{before}{text}")) {
            let Some(found) = found else {
                prop_assert!(last.is_none());
                continue;
            };
            prop_assert!(begins(&found, &whole), "{:?} is no beginning of {:?}", found, whole);
            if let Some(last) = &last {
                prop_assert!(begins(last, &found), "{:?} came before {:?}", last, found);
            }
            last = Some(found);
        }
        prop_assert_eq!(last, Some(whole));
    }
}

#[test]
fn what_models_write_is_read_as_the_reader_of_answers_does() {
    for text in [
        "{a: 1, 'b': \"two\",}",
        "{\n  // a remark\n  \"a\": [1, 2, /* and */ 3,],\n  # another\n  b: True, c: None\n}",
        "{\"a\": \"\"\"three \"quotes\" and \"\"\", 'b': '''x'''}",
        "{“a”: ‘curly’, \"b\": \"\"}",
        "{\"a\": \"\\u00e9\\ud83c\\udfb5 \\n \\q\"}",
        "{\"kind\": calm, \"n\": -0.5e3}",
        "[\"a\" ,\n\"b\"]",
        "{}",
    ] {
        let whole = parse_whole(text).unwrap().value;
        let found = beginnings(text);
        assert!(found.iter().flatten().all(|found| begins(found, &whole)), "{text}: {found:?}");
        assert_eq!(found.last().cloned().flatten(), Some(whole), "{text}");
    }
}

#[test]
fn prose_and_reasoning_are_not_taken_for_the_answer() {
    let read = |notation: &str, text: &str| {
        let mut partial = Partial::new(&ty(notation));
        partial.push(text);
        partial.value()
    };
    let record = "{a: int, b: text?}";
    let wanted = Some(from_json(json!({"a": 1})));
    let reasoned = "<think>\nPerhaps {\"a\": 7}?\n</think>\nAs in [1]: ```json\n{\"a\": 1,";
    assert_eq!(read(record, reasoned), wanted);
    assert_eq!(read(record, "What {belongs} here: {\"a\": 1, \"b"), wanted);
    assert_eq!(read(record, "{\"a\": 1"), Some(from_json(json!({}))), "it may still be 12");
    assert_eq!(read(record, "Well, "), None);
    assert_eq!(read("text", "<think>No.</think>\n\n The sea \n"), Some(Value::text("The sea")));
    assert_eq!(read("text", "<th"), None, "it may still be reasoning");
    assert_eq!(read("text", "<the sea>"), Some(Value::text("<the sea>")));
}

#[test]
fn the_latest_is_said_in_one_line() {
    let line = |notation: &str, text: &str, width: usize| {
        let mut partial = Partial::new(&ty(notation));
        partial.push(text);
        partial.line(width)
    };
    let record = "{title: text, tags: [text], body: {head: text, notes: [text]}}";
    assert_eq!(line(record, "", 60), "");
    assert_eq!(line(record, "{\"title\": \"Ti", 60), "title: Ti");
    let text = "{\"title\": \"Tides\", \"tags\": [\"a\", \"b\"], \"body\": {\"notes\": [\"x\", \"The\\nsea";
    assert_eq!(line(record, text, 60), "title: Tides · tags: 2 items · body.notes[1]: The sea");
    assert_eq!(line("[text]", "{\"answer\": [\"one\", \"tw", 60), "[1]: tw");
    assert_eq!(line("text", "The sea\n\nrose \u{1b}[31mred", 60), "The sea rose [31mred");
    assert_eq!(line("text", "The sea rose", 6), "… rose");
    // Only its end is looked at, however long it is.
    assert_eq!(line("text", &"x".repeat(100_000), 5), "…xxxx");
}
