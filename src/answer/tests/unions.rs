//! Answers with several types to be of.

use super::{all_read, all_refused};

#[test]
fn the_best_fit_is_taken() {
    all_read(&[
        ("int | text", "42", "42"),
        ("int | text", "forty-two", r#""forty-two""#),
        ("int | bool", "yes", "true"),
        ("int | bool", "seven", "7"),
        ("int | number", "7", "7"),
        ("int | number", "seven", "7"),
        ("int | number", "7.5", "7.5"),
        ("date | text", "2026-01-05", r#""2026-01-05""#),
        (r#"date | "unknown""#, "Unknown.", r#""unknown""#),
        (r#"date | "unknown""#, "January 5, 2026", r#""2026-01-05""#),
        ("text | I{t: text}", r#"{"t": "a"}"#, r#"{"t":"a"}"#),
        ("text | I{t: text}", "```json\n{\"t\": \"a\"}\n```", r#"{"t":"a"}"#),
        ("text | I{t: text}", "plain words", r#""plain words""#),
        ("text | I{t: text}", "with [a remark] in it", r#""with [a remark] in it""#),
        ("A{a: int} | B{b: int}", r#"{"b": "7"}"#, r#"{"b":7}"#),
        (
            r#"A{kind: "a", t: text} | B{kind: "b", t: text}"#,
            r#"{"kind": "B", "t": "x"}"#,
            r#"{"kind":"b","t":"x"}"#,
        ),
        ("A{t: text} | B{t: text}", r#"{"B": {"t": "x"}}"#, r#"{"t":"x"}"#),
        ("A{t: text} | B{t: text}", r#"{"answer": {"b": {"t": "x"}}}"#, r#"{"t":"x"}"#),
        ("A{t: text} | B{t: text, n: int =}", r#"{"t": "x"}"#, r#"{"t":"x"}"#),
        ("A{t: text} | B{t: text, n: int =}", r#"{"t": "x", "n": 1}"#, r#"{"t":"x","n":1}"#),
        ("[int] | int", "7", "7"),
        ("[int] | int", "[7]", "[7]"),
        ("(A{a: int} | B{b: int})?", "null", "null"),
        ("(A{a: int} | B{b: int})?", "None", "null"),
        ("text?", "Some words", r#""Some words""#),
        ("Tree := int | [Tree]", "[1, [2, [3]]]", "[1,[2,[3]]]"),
    ]);
    all_refused(&[
        ("A{t: text} | B{t: text}", r#"{"t": "x"}"#, "as `A` (then write {\"A\": {…}}) or as `B`"),
        ("A{a: int} | B{b: int}", r#"{"c": 1}"#, "must be `A | B`"),
        ("A{a: int} | B{b: int}", r#"{"a": "x"}"#, "field `a` must be `int`"),
        ("text | I{t: text}", "See: {\"t\": \"a\"}", "the text as a whole and an object with t within it"),
        ("text?", "None", "nothing (then write null)"),
        ("text?", "N/A", "nothing (then write null)"),
        ("int | bool", "perhaps", "must be `int | bool`"),
        ("int | bool", "1, 2", "must be `int | bool`"),
        ("{answer: text} | text", r#"{"answer": "x"}"#, ""),
    ]);
}
