//! JSON as models write it.

use super::{all_read, all_refused};

const IDEA: &str = "Idea{title: text, n: int}";
const WANTED: &str = r#"{"title":"Tides","n":3}"#;

#[test]
fn strict_json_is_read() {
    all_read(&[
        (IDEA, r#"{"title": "Tides", "n": 3}"#, WANTED),
        (IDEA, r#"{"n": 3, "title": "Tides"}"#, WANTED),
        (IDEA, "\u{feff}\n {\"title\":\"Tides\",\"n\":3}\n", WANTED),
        ("int", "42", "42"),
        ("number", "-0.5e3", "-500.0"),
        ("bool", "true", "true"),
        ("text?", "null", "null"),
        ("text?", r#""x""#, r#""x""#),
        ("[int]", "[]", "[]"),
        ("map[int]", r#"{"b": 1, "a": 2}"#, r#"{"b":1,"a":2}"#),
        ("json", r#"{"answer": 42}"#, r#"{"answer":42}"#),
        ("json", "[1, 2.0, null]", "[1,2.0,null]"),
        ("{a: text}", r#"{"a": "q\"\\\/\n\tA😀"}"#, "{\"a\":\"q\\\"\\\\/\\n\\tA😀\"}"),
        ("{a: text?, b: int =}", "{}", r#"{"a":null,"b":0}"#),
        ("{a: text?, b: int =}", r#"{"a": null, "b": null}"#, r#"{"a":null,"b":0}"#),
        (
            "{d: date, m: money, l: duration}",
            r#"{"d":"2026-01-05","m":"$0.50","l":"1h30min"}"#,
            r#"{"d":"2026-01-05","m":"$0.50","l":"1h30min"}"#,
        ),
    ]);
}

#[test]
fn slips_of_the_pen_are_read() {
    all_read(&[
        (IDEA, r#"{title: "Tides", n: 3}"#, WANTED),
        (IDEA, "{'title': 'Tides', 'n': 3}", WANTED),
        (IDEA, r#"{"title": "Tides", "n": 3,}"#, WANTED),
        (IDEA, "{\"title\": \"Tides\" // the title\n , /* how many */ \"n\": 3}", WANTED),
        (IDEA, "{\n  # a comment\n  \"title\": \"Tides\",\n  \"n\": 3\n}", WANTED),
        (IDEA, "{\"title\": \"Tides\"\n \"n\": 3}", WANTED),
        (IDEA, "{“title”: “Tides”, “n”: 3}", WANTED),
        (IDEA, r#"{"title": """Tides""", "n": 3}"#, WANTED),
        (IDEA, "{'title': '''Tides''', 'n': 3}", WANTED),
        (IDEA, "{title: Tides, n: 3}", WANTED),
        (IDEA, r#"{"title": "Tides", "n": 3};"#, WANTED),
        (IDEA, r#"{"title": "Tides", "n": 3"#, WANTED),
        (IDEA, r#"{"title": "Tides", "n": "3"}"#, WANTED),
        (IDEA, r#"{"Title": "Tides", "N": 3}"#, WANTED),
        (IDEA, r#"{"title": "Tides", "n": 3.0}"#, WANTED),
        (IDEA, r#"{"title": "Tides", "title": "Tides", "n": 3}"#, WANTED),
        (IDEA, r#"[{"title": "Tides", "n": 3}]"#, WANTED),
        (IDEA, r#""{\"title\": \"Tides\", \"n\": 3}""#, WANTED),
        (IDEA, r#"{\"title\": \"Tides\", \"n\": 3}"#, WANTED),
        ("{ok: bool, x: text?}", "{'ok': True, 'x': None}", r#"{"ok":true,"x":null}"#),
        ("{a: text}", "{\"a\": \"two\nlines\"}", r#"{"a":"two\nlines"}"#),
        ("{a: text}", r#"{"a": "\d+ isn\'t"}"#, r#"{"a":"\\d+ isn't"}"#),
        ("{a: text}", r#"{"a": ""}"#, r#"{"a":""}"#),
        ("{a: text}", r#"{"a": 2024}"#, r#"{"a":"2024"}"#),
        ("[int]", "[1, 2, 3,]", "[1,2,3]"),
        ("[int]", "[1, 2, 3", "[1,2,3]"),
        ("[[int]]", "[[1, 2], [3", "[[1,2],[3]]"),
        (
            "{a: [int], b: int}",
            r#"{"a": [1, 2, "b": 3}"#.replace(", \"b\"", "], \"b\"").leak(),
            r#"{"a":[1,2],"b":3}"#,
        ),
        ("[text]", "['a', \"b\"]", r#"["a","b"]"#),
        ("[text]", "[\"a\"\n\"b\"]", r#"["a","b"]"#),
        (r#"["red" | "blue"]"#, "[red, blue]", r#"["red","blue"]"#),
        ("{first_name: text}", r#"{"firstName": "Ada"}"#, r#"{"first_name":"Ada"}"#),
        ("{first_name: text}", r#"{"First Name": "Ada"}"#, r#"{"first_name":"Ada"}"#),
        ("{prenom: text}", r#"{"Prénom": "Ada"}"#, r#"{"prenom":"Ada"}"#),
        ("{n: int}", "{n: +3}", r#"{"n":3}"#),
        ("{n: number}", "{n: .5}", r#"{"n":0.5}"#),
        ("{tags: [text]}", r#"{"tags": "sea"}"#, r#"{"tags":["sea"]}"#),
        ("{tags: [int]}", r#"{"tags": "[1, 2]"}"#, r#"{"tags":[1,2]}"#),
        ("{sub: {a: int}}", r#"{"sub": "{\"a\": 1}"}"#, r#"{"sub":{"a":1}}"#),
    ]);
}

#[test]
fn wrappers_are_taken_off() {
    all_read(&[
        ("int", r#"{"answer": 42}"#, "42"),
        ("[int]", r#"{"answer": [1, 2]}"#, "[1,2]"),
        ("[int]", r#"{"numbers": [1, 2]}"#, "[1,2]"),
        ("text?", r#"{"answer": null}"#, "null"),
        ("text | int", r#"{"answer": "x"}"#, r#""x""#),
        (IDEA, r#"{"idea": {"title": "Tides", "n": 3}}"#, WANTED),
        (IDEA, r#"{"answer": {"title": "Tides", "n": 3}}"#, WANTED),
        ("[Idea{title: text}]", r#"{"ideas": [{"title": "a"}]}"#, r#"[{"title":"a"}]"#),
        (r#""calm" | "angry""#, r#"{"answer": "Calm"}"#, r#""calm""#),
        ("{answer: int}", r#"{"answer": 42}"#, r#"{"answer":42}"#),
        ("map[int]", r#"{"answer": 42}"#, r#"{"answer":42}"#),
        ("[json]", r#"{"answer": [1]}"#, "[1]"),
    ]);
    all_refused(&[
        ("[int]", r#"{"error": [404]}"#, "must be"),
        ("int", r#"{"error": 404}"#, "must be"),
        ("int", r#"{"code": 404}"#, "must be"),
    ]);
}

#[test]
fn broken_json_is_refused_and_says_why() {
    all_refused(&[
        (IDEA, r#"{"title": "Tid"#, "a quote is not closed"),
        (IDEA, r#"{"title": "Tides", "n":"#, "a value is missing at the end"),
        (IDEA, r#"{"title": "Tides", "n""#, "a colon is missing"),
        (IDEA, r#"{"title": "He said "hi" twice", "n": 3}"#, "a quote inside a text is not escaped"),
        (IDEA, r#"{"title": "a", "title": "b", "n": 3}"#, "field `title` is given twice"),
        (IDEA, r#"{"title": "a", "Title": "b", "n": 3}"#, "gives field `title` more than once"),
        ("[int]", "[1, 2, ...]", "nothing may be left out"),
        ("[text]", r#"["a", ...]"#, "nothing may be left out"),
        ("{n: number}", r#"{"n": NaN}"#, "`NaN` is no value"),
        ("{n: number}", r#"{"n": 1e999}"#, ""),
        ("{a: text}", r#"{"a": "\ud800"}"#, "half a character"),
        ("{a: int, b: text?}", r#"{"a": 1"#, "field `b` is missing"),
        (IDEA, "{/* }", "a comment is not closed"),
        (
            "[Idea{title: text}]",
            r#"{"ideas": [{"title": "a"}, {"title": ]}"#,
            "a value or a quote is missing",
        ),
        (IDEA, r#"{"title": "a", "n": 1} no, {"title": "b", "n": "#, "something stands after the JSON"),
        ("json", "no JSON here", "there is no JSON"),
        ("{a: [int], b: int}", r#"{"a": [1, 2, "b": 3}"#, ""),
    ]);
}

#[test]
fn misfits_say_where() {
    all_refused(&[
        (
            "[Idea{title: text}; 1..5]",
            r#"[{"title": "a"}, {}]"#,
            "I could not read a `[Idea; 1..5]`: field `title` of item 2 is missing.",
        ),
        (IDEA, r#"{"title": "a"}"#, "I could not read an `Idea`: field `n` is missing."),
        (
            IDEA,
            r#"{"titel": "a", "n": 1}"#,
            "has a field `titel`, which `Idea` has not; did you mean `title`?",
        ),
        (IDEA, r#"{"title": "a", "n": 1, "reason": "x"}"#, "has a field `reason`"),
        (IDEA, r#"{"title": "a", "n": "many"}"#, "field `n` must be `int`, but is \"many\""),
        ("[int; 3]", "[1, 2]", "must have 3 items, but has 2"),
        ("{a: int where 0..10}", r#"{"a": 11}"#, "field `a` is 11, which is not allowed: 0..10"),
        ("{d: date}", r#"{"d": "soon"}"#, "Write it as 2026-01-05."),
        ("int", "12345678901234567890", "must be `int`"),
        ("{a: text}", r#"{"a": 1.10}"#, "must be `text`, but is 1.1"),
        ("image", "a picture", "no text can say one"),
        ("int", "  ", "the answer is empty"),
    ]);
}
