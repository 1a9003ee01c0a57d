//! Answers with something around them.

use super::{all_read, all_refused, answer};

const IDEA: &str = "Idea{title: text, n: int}";
const WANTED: &str = r#"{"title":"Tides","n":3}"#;

#[test]
fn what_is_around_is_left_out() {
    all_read(&[
        (IDEA, "```json\n{\"title\": \"Tides\", \"n\": 3}\n```", WANTED),
        (IDEA, "```\n{\"title\": \"Tides\", \"n\": 3}\n```\n", WANTED),
        (IDEA, "```json {\"title\": \"Tides\", \"n\": 3}```", WANTED),
        (IDEA, "~~~\n{\"title\": \"Tides\", \"n\": 3}\n~~~", WANTED),
        (IDEA, "````json\n{\"title\": \"Tides\", \"n\": 3}\n````", WANTED),
        (IDEA, "```json\n{\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "```json\n{\"title\": \"Tides\", \"n\": 3}```", WANTED),
        (IDEA, "Here it is:\n\n```json\n{\"title\": \"Tides\", \"n\": 3}\n```\n\nHope it helps!", WANTED),
        (IDEA, "Sure! {\"title\": \"Tides\", \"n\": 3} Anything else?", WANTED),
        (IDEA, "First I thought of [waves], see [1].\n{\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "In {braces} or { not }: {\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "<think>{\"title\": \"No\", \"n\": 1}</think>{\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "<think>\nhm\n</think>\n\n```json\n{\"title\": \"Tides\", \"n\": 3}\n```", WANTED),
        (IDEA, "hm, {\"title\": \"No\", \"n\": 1}\n</think>\n{\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "<thinking>a</thinking><think>b</think>{\"title\": \"Tides\", \"n\": 3}", WANTED),
        (IDEA, "You gave {\"x\": 1}. I say {\"title\": \"Tides\", \"n\": 3}", WANTED),
        (
            IDEA,
            "```json\n{\"title\": \"Tides\", \"n\": 3}\n```\nAgain:\n```json\n{\"title\": \"Tides\", \"n\": 3}\n```",
            WANTED,
        ),
        (IDEA, "```python\nprint(1)\n```\n```json\n{\"title\": \"Tides\", \"n\": 3}\n```", WANTED),
        (IDEA, "{\"title\": \"Tides\", \"n\": 3}}", WANTED),
        (IDEA, "The answer: {\"title\": \"Tides\", \"n\": 3", WANTED),
        ("[int]", "The numbers are: [1, 2]", "[1,2]"),
        ("[int]", "See [1](http://x).\n[1, 2]", "[1,2]"),
        ("json", "It is\n```json\n{\"a\": 1}\n```", r#"{"a":1}"#),
        ("map[int]", "Counts: {\"a\": 1}", r#"{"a":1}"#),
    ]);
}

#[test]
fn two_answers_are_none() {
    all_refused(&[
        (IDEA, "{\"title\": \"a\", \"n\": 1} or {\"title\": \"b\", \"n\": 2}", "more than one"),
        (
            IDEA,
            "```json\n{\"title\":\"a\",\"n\":1}\n```\n```json\n{\"title\":\"b\",\"n\":1}\n```",
            "more than one",
        ),
        (IDEA, "{\"title\": \"a\", \"n\": 1}\n{\"title\": \"b\", \"n\": 2}", "more than one"),
        ("[int]", "First\n[1, 2]\nthen\n[3]", "more than one"),
        (IDEA, "<think>I never come to an end", "the answer is empty"),
        (IDEA, "I can't do that.", "there is no JSON in the answer"),
        (IDEA, "Tides, 3", "there is no JSON in the answer"),
        ("[int]", "It rose [1] and fell [2].", ""),
        ("[text]", "I can't do that [sorry].", ""),
        ("[text]", "I'm sorry, I can't do that.", ""),
    ]);
}

#[test]
fn a_text_is_the_text_as_it_is() {
    for (given, wanted) in [
        ("  Hello.  \n", "  Hello."),
        ("\n\n  indented\nnext\n\n", "  indented\nnext"),
        ("\"quoted\"", "\"quoted\""),
        ("```json\n{}\n```", "```json\n{}\n```"),
        ("{\"answer\": 1}", "{\"answer\": 1}"),
        ("<think>hm</think>\n\nHello", "Hello"),
        ("I used <think> tags", "I used <think> tags"),
        ("End it with </think> here", "End it with </think> here"),
        ("null", "null"),
        ("", ""),
    ] {
        let read = answer("text", given).map(|value| value.as_text().map(str::to_owned));
        assert_eq!(read, Ok(Some(wanted.to_owned())), "{given:?}");
    }
    assert!(answer("text where len 1..3", "long").is_err());
    assert!(answer("nothing", "Done, all is well.").is_ok());
}

#[test]
fn lines_of_json_are_a_list() {
    all_read(&[
        ("[I{t: text}]", "{\"t\": \"a\"}\n{\"t\": \"b\"}", r#"[{"t":"a"},{"t":"b"}]"#),
        (
            "[I{t: text}]",
            "```json\n{\"t\": \"a\"}\n```\nand\n```json\n{\"t\": \"b\"}\n```",
            r#"[{"t":"a"},{"t":"b"}]"#,
        ),
        ("[I{t: text}]", "One: {\"t\": \"a\"}", r#"[{"t":"a"}]"#),
        ("[I{t: text}]", "- {\"t\": \"a\"}\n- {\"t\": \"b\"}", r#"[{"t":"a"},{"t":"b"}]"#),
        ("[int; 2]", "```\n[1, 2]\n```\n```\n[3]\n```", "[1,2]"),
    ]);
}
