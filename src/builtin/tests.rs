//! The list as a whole, and what each builtin does. Their examples are run by the suite.

use std::sync::Arc;

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

use super::{Apply, Run, SizeFlow, Trouble, all, find};
use crate::instrument::FailureKind;
use crate::types::{Field, RecordType, Type};
use crate::value::{Map, Media, MediaKind, Money, Record, Value, order};

/// Functions by number.
struct Functions;

impl Apply for Functions {
    fn apply(&mut self, function: &Value, arguments: &[Value]) -> Result<Value, Trouble> {
        match (function, arguments) {
            (Value::Int(0), [Value::Int(n)]) => Ok(Value::Int(n % 3)),
            (Value::Int(1), [Value::Int(n)]) => Ok(Value::Bool(n % 2 == 0)),
            (Value::Int(2), [Value::Text(text)]) => Ok(Value::Int(i64::try_from(text.len()).unwrap())),
            (Value::Int(3), [value]) => Ok(value.clone()),
            _ => Err(Trouble::new("no such function")),
        }
    }
}

fn call(name: &str, arguments: &[Value]) -> Result<Value, Trouble> {
    match find(name).unwrap().run {
        Run::Pure(run) => run(arguments),
        Run::Apply(run) => run(arguments, &mut Functions),
        Run::World { .. } | Run::Special => panic!("{name} is not computed"),
    }
}

fn value(name: &str, arguments: &[Value]) -> Value {
    call(name, arguments).unwrap()
}

fn message(name: &str, arguments: &[Value]) -> String {
    call(name, arguments).unwrap_err().message
}

fn text(text: &str) -> Value {
    Value::text(text)
}

fn texts(texts: &[&str]) -> Value {
    Value::list(texts.iter().map(|text| Value::text(text)).collect::<Vec<_>>())
}

fn ints(ints: &[i64]) -> Value {
    Value::list(ints.iter().copied().map(Value::Int).collect::<Vec<_>>())
}

fn money(nanos: i64) -> Value {
    Value::Money(Money::from_nanos(nanos))
}

fn record(fields: &[(&str, Value)]) -> Value {
    let shape = fields
        .iter()
        .map(|(name, _)| Field {
            name: (*name).into(),
            doc: String::new(),
            ty: Type::Json,
            has_default: false,
        })
        .collect();
    let values = fields.iter().map(|(_, value)| value.clone()).collect();
    Value::Record(Arc::new(Record::new(Arc::new(RecordType::anonymous(shape)), values).unwrap()))
}

fn map(fields: &[(&str, &str)]) -> Value {
    let map: Map = fields.iter().map(|(key, value)| (Arc::from(*key), Value::text(value))).collect();
    Value::Map(Arc::new(map))
}

#[test]
fn names_are_distinct_and_documented() {
    let mut names = std::collections::BTreeSet::new();
    for builtin in all() {
        assert!(names.insert(builtin.name), "{} is there twice", builtin.name);
        assert!(builtin.doc.ends_with('.'), "{}", builtin.name);
        assert!(builtin.example.0.contains(builtin.name), "{}", builtin.name);
        for param in (builtin.signature)().params {
            assert!(!param.doc.is_empty(), "{}({})", builtin.name, param.name);
        }
        assert!(find(builtin.name).is_some_and(|found| std::ptr::eq(found, builtin)));
    }
    let of_the_language = "len words lines join split trim upper lower replace contains starts_with ends_with matches slug \
        json map filter sort sort_by flatten unique any all sum min max index_of shuffle zip group_by max_by take reverse abs \
        round int number read read_image read_audio list_files write csv to_csv today now call_id values name env secret";
    for name in of_the_language.split_whitespace() {
        assert!(names.contains(name), "{name}");
    }
}

#[test]
fn sizes_flow_from_lists_and_numbers() {
    for builtin in all() {
        let signature = (builtin.signature)();
        let is_list = |at: usize| matches!(signature.params[at].ty, Type::List(..));
        match builtin.size {
            SizeFlow::None => {}
            SizeFlow::Same(list) | SizeFlow::AtMost(list) => assert!(is_list(list), "{}", builtin.name),
            SizeFlow::AtMostNumber(list, number) => {
                assert!(is_list(list) && signature.params[number].ty == Type::Int, "{}", builtin.name);
            }
        }
    }
}

#[test]
fn texts_are_measured_in_characters() {
    assert_eq!(value("len", &[text("größe 🎵")]), Value::Int(7));
    assert_eq!(value("len", &[map(&[("a", "b")])]), Value::Int(1));
    assert_eq!(value("split", &[text("äö"), text("")]), texts(&["ä", "ö"]));
}

#[test]
fn texts_are_taken_apart_and_put_together() {
    assert_eq!(value("words", &[text(" a\tb\u{a0}c\n")]), texts(&["a", "b", "c"]));
    assert_eq!(value("words", &[text("  ")]), texts(&[]));
    assert_eq!(value("lines", &[text("a\r\n\nb")]), texts(&["a", "", "b"]));
    assert_eq!(value("split", &[text(""), text(",")]), texts(&[""]));
    assert_eq!(value("join", &[texts(&["a", "b"])]), text("ab"));
    assert_eq!(value("join", &[texts(&["a", "b"]), Value::Nothing]), text("ab"));
    assert_eq!(value("replace", &[text("aaa"), text("aa"), text("b")]), text("ba"));
    assert_eq!(
        message("replace", &[text("a"), text(""), text("b")]),
        "`replace` cannot look for an empty text"
    );
}

#[test]
fn patterns_are_found_anywhere() {
    let matches = |whole, pattern| value("matches", &[text(whole), text(pattern)]) == Value::Bool(true);
    assert!(matches("abc", "b"));
    assert!(!matches("abc", "^b"));
    assert!(matches("Größe", r"^\w+$"));
    assert!(
        message("matches", &[text("a"), text("(a")])
            .starts_with("`(a` is not a regular expression: unclosed")
    );
    assert!(message("matches", &[text("a"), text(r"(a)\1")]).contains("backreferences are not supported"));
    assert!(message("matches", &[text("a"), text(r"((a{1000}){1000})")]).contains("too large"));
    // What takes others exponential time.
    assert!(!matches(&"a".repeat(50_000), "^(a+)+b$"));
}

#[test]
fn lists_are_made_into_others() {
    assert_eq!(value("filter", &[ints(&[1, 2, 3, 4]), Value::Int(1)]), ints(&[2, 4]));
    assert_eq!(value("any", &[ints(&[]), Value::Int(1)]), Value::Bool(false));
    assert_eq!(value("all", &[ints(&[]), Value::Int(1)]), Value::Bool(true));
    assert_eq!(value("all", &[ints(&[2, 3]), Value::Int(1)]), Value::Bool(false));
    assert_eq!(value("take", &[ints(&[1]), Value::Int(5)]), ints(&[1]));
    assert_eq!(message("take", &[ints(&[1]), Value::Int(-1)]), "`take` cannot take -1 elements");
    assert_eq!(value("index_of", &[ints(&[5, 6]), Value::Number(6.0)]), Value::Int(1));
    assert_eq!(value("index_of", &[ints(&[5, 6]), Value::Int(7)]), Value::Nothing);
    assert_eq!(message("zip", &[ints(&[1]), ints(&[])]), "`zip` needs lists of one length, not of 1 and 0");
    let groups = value("group_by", &[ints(&[4, 3, 1]), Value::Int(0)]);
    let group = |key: i64, items: &[i64]| record(&[("key", Value::Int(key)), ("items", ints(items))]);
    assert_eq!(groups, Value::list([group(1, &[4, 1]), group(0, &[3])]));
}

#[test]
fn the_outermost_is_the_first_of_equals() {
    assert_eq!(value("max", &[Value::list([Value::Int(2), Value::Number(2.0)])]), Value::Int(2));
    assert_eq!(value("max_by", &[texts(&["ab", "cd", "e"]), Value::Int(2)]), text("ab"));
    assert_eq!(value("min", &[texts(&["b", "a"])]), text("a"));
    assert_eq!(message("min", &[ints(&[])]), "`min` of an empty list: there is no such element");
    assert!(call("sort", &[Value::list([Value::Int(1), text("a")])]).is_err());
}

#[test]
fn sums_are_exact() {
    assert_eq!(value("sum", &[ints(&[])]), Value::Int(0));
    assert_eq!(value("sum", &[ints(&[]), money(0)]), money(0));
    assert_eq!(value("sum", &[Value::list([money(100_000_000), money(200_000_000)])]), money(300_000_000));
    assert_eq!(value("sum", &[Value::list([Value::Int(1), Value::Number(0.5)])]), Value::Number(1.5));
    assert!(message("sum", &[ints(&[i64::MAX, 1])]).contains("9223372036854775807 + 1"));
}

#[test]
fn an_empty_sum_is_of_its_type() {
    let sum = find("sum").unwrap();
    assert_eq!(sum.left_out(1, &Type::Money), money(0));
    assert_eq!(sum.left_out(1, &Type::Int), Value::Int(0));
    assert_eq!(find("join").unwrap().left_out(1, &Type::Text), Value::Nothing);
}

#[test]
fn numbers_are_read_whole_or_not_at_all() {
    assert_eq!(value("int", &[text(" -42 ")]), Value::Int(-42));
    assert_eq!(value("int", &[Value::Number(-2.9)]), Value::Int(-2));
    assert_eq!(value("number", &[money(1_500_000_000)]), Value::Number(1.5));
    for wrong in ["", "4 2", "0x10", "4.0", "９"] {
        assert_eq!(call("int", &[text(wrong)]).unwrap_err().kind, FailureKind::BadShape, "{wrong}");
    }
    for wrong in ["inf", "NaN", "1e999", "1,5", "$1"] {
        assert_eq!(call("number", &[text(wrong)]).unwrap_err().kind, FailureKind::BadShape, "{wrong}");
    }
    assert!(call("int", &[Value::Number(1e19)]).is_err());
    assert_eq!(message("int", &[text("soon")]), "\"soon\" can't be read as int");
    assert_eq!(value("round", &[Value::Int(3)]), Value::Number(3.0));
    assert_eq!(message("round", &[Value::Int(3), Value::Int(-1)]), "`round` knows 0 to 15 decimals, not -1");
    assert!(call("abs", &[Value::Int(i64::MIN)]).is_err());
}

#[test]
fn tables_are_read_as_they_are_written() {
    let rows = value("csv", &[text("\u{feff}a,b\r\n1,\"x \"\"y\"\"\nz\"\r\n\r\n2,\r\n")]);
    assert_eq!(rows, Value::list([map(&[("a", "1"), ("b", "x \"y\"\nz")]), map(&[("a", "2"), ("b", "")])]));
    assert_eq!(value("csv", &[text("a;b\n1;2"), text(";")]), Value::list([map(&[("a", "1"), ("b", "2")])]));
    assert_eq!(value("csv", &[text("")]), Value::list([]));
    assert_eq!(value("csv", &[text("a,b\n")]), Value::list([]));
    for (table, wanted) in [
        ("a,b\n1\n", "line 2 of the table has 1 field, but there are 2 columns"),
        ("a,b\n\"1\n\n\",2\n3,4,5", "line 5 of the table has 3 fields, but there are 2 columns"),
        ("a,a\n", "two columns of the table are called `a`"),
        ("a,\n", "column 2 of the table has no name in the first line"),
        ("a\n\"x", "line 2 of the table opens a `\"` that is never closed"),
        ("a\n\"x\"y", "line 2 of the table goes on after a closing `\"`"),
    ] {
        assert_eq!(message("csv", &[text(table)]), wanted);
    }
    let bytes = |bytes: &[u8]| Media {
        kind: MediaKind::File,
        mime: Arc::from("text/csv"),
        name: None,
        bytes: Arc::from(bytes),
    };
    assert_eq!(value("csv", &[Value::Media(Arc::new(bytes(b"a\n1")))]), Value::list([map(&[("a", "1")])]));
    assert!(message("csv", &[Value::Media(Arc::new(bytes(b"a\n\xff")))]).contains("UTF-8"));
}

#[test]
fn tables_are_written_with_all_columns() {
    let rows = Value::list([
        record(&[("n", Value::Int(1)), ("note", Value::Nothing)]),
        record(&[("n", Value::Number(0.5)), ("paid", money(500_000_000)), ("tags", texts(&["a", "b"]))]),
    ]);
    let table = value("to_csv", &[rows]);
    assert_eq!(table, text("n,note,paid,tags\n1,,,\n0.5,,$0.50,\"[\"\"a\"\",\"\"b\"\"]\"\n"));
    assert_eq!(value("to_csv", &[Value::list([])]), text(""));
    assert!(call("to_csv", &[Value::list([]), text("ab")]).is_err());
}

proptest! {
    #[test]
    fn sorting_keeps_all_and_puts_them_in_order(numbers in prop::collection::vec(any::<i32>(), 0..60)) {
        // Ints and numbers by turns.
        let mixed: Vec<Value> = numbers
            .iter()
            .enumerate()
            .map(|(at, n)| if at % 2 == 0 { Value::Int((*n).into()) } else { Value::Number(f64::from(*n)) })
            .collect();
        let Value::List(sorted) = value("sort", &[Value::list(mixed)]) else { panic!() };
        prop_assert_eq!(sorted.len(), numbers.len());
        for pair in sorted.windows(2) {
            prop_assert!(order(&pair[0], &pair[1]).unwrap().is_le());
        }
        let Value::List(twice) = value("sort", &[Value::List(Arc::clone(&sorted))]) else { panic!() };
        prop_assert_eq!(twice, sorted);
    }

    #[test]
    fn sorting_is_stable(words in prop::collection::vec("[a-c]{0,3}", 0..40)) {
        let list = Value::list(words.iter().map(|word| text(word)).collect::<Vec<_>>());
        let Value::List(sorted) = value("sort_by", &[list, Value::Int(2)]) else { panic!() };
        let mut wanted = words.clone();
        wanted.sort_by_key(String::len);
        let sorted: Vec<&str> = sorted.iter().map(|word| word.as_text().unwrap()).collect();
        prop_assert_eq!(sorted, wanted);
    }

    #[test]
    fn unique_keeps_the_first_of_each(numbers in prop::collection::vec(0_i64..6, 0..30)) {
        let mut wanted = Vec::new();
        for number in &numbers {
            if !wanted.contains(number) {
                wanted.push(*number);
            }
        }
        prop_assert_eq!(value("unique", &[ints(&numbers)]), ints(&wanted));
    }

    #[test]
    fn a_table_comes_back(
        names in prop::collection::btree_set("[a-z]{1,4}", 1..4),
        fields in prop::collection::vec(prop::collection::vec("[a-z,;\"\r\n é]{0,6}", 3), 0..6),
        separator in prop::sample::select(vec![",", ";", "\t"]),
    ) {
        let rows: Vec<Value> = fields
            .iter()
            .map(|row| {
                let entries: Vec<(&str, &str)> =
                    names.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect();
                map(&entries)
            })
            .collect();
        let rows = Value::list(rows);
        let table = value("to_csv", &[rows.clone(), text(separator)]);
        prop_assert_eq!(value("csv", &[table, text(separator)]), rows);
    }

    #[test]
    fn no_table_panics(table in any::<String>()) {
        let _ = call("csv", &[text(&table)]);
    }

    #[test]
    fn joining_undoes_splitting(whole in any::<String>(), separator in ".{0,2}") {
        let pieces = value("split", &[text(&whole), text(&separator)]);
        prop_assert_eq!(value("join", &[pieces, text(&separator)]), text(&whole));
    }
}
