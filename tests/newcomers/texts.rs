//! Texts, and what is written in digits.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "an f-text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  f"Hello {name}"
}
"#,
        2,
        "parse::text_prefix",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        "${} in a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello ${name}"
}
"#,
        2,
        "parse::hole_habit",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        "{{ }} in a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {{ name }}"
}
"#,
        2,
        "parse::hole_habit",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        "a template in backticks",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  `Hello ${name}, "you"`
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name}, \"you\""
}
"#,
    ),
    mistake(
        "a number as a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  n
}
"#,
        2,
        "check::type_mismatch",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "{n}"
}
"#,
    ),
    mistake(
        "a text without its end",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  say "Hello {name}
  name
}
"#,
        2,
        "parse::unterminated_text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  say "Hello {name}"
  name
}
"#,
    ),
    mistake(
        "a hole without its end",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name"
}
"#,
        2,
        "parse::unclosed_hole",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        "5 minutes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  wait 5m
  name
}
"#,
        2,
        "parse::number",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  wait 5min
  name
}
"#,
    ),
    mistake(
        "a day without quotes",
        r#"movement main() -> date { 2026-01-02 }
"#,
        1,
        "check::type_mismatch",
        r#"movement main() -> date { "2026-01-02" as date }
"#,
    ),
    mistake(
        "an amount with its currency",
        r#"movement main() -> money { 5 USD }
"#,
        1,
        "parse::number",
        r#"movement main() -> money { $5 }
"#,
    ),
    mistake(
        "a unit apart from its number",
        r#"movement main() { wait 5 seconds }
"#,
        1,
        "parse::number",
        r#"movement main() { wait 5s }
"#,
    ),
    mistake(
        "words to choose without quotes",
        r#"type Mood = "calm" | angry
"#,
        1,
        "resolve::unknown_type",
        r#"type Mood = "calm" | "angry"
"#,
    ),
    mistake(
        "a number is put in by %d",
        r#"movement main(n: int) -> text {
  "%d items" % n
}
"#,
        2,
        "check::operator",
        r#"movement main(n: int) -> text {
  "{n} items"
}
"#,
    ),
    mistake(
        "a text is put in by %s",
        r#"movement main(name: text) -> text {
  "Hello %s" % name
}
"#,
        2,
        "check::operator",
        r#"movement main(name: text) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        ".format(…) fills a text",
        r#"movement main(name: text) -> text {
  "Hello {}".format(name)
}
"#,
        2,
        "parse::empty_hole",
        r#"movement main(name: text) -> text {
  "Hello {name}"
}
"#,
    ),
    mistake(
        "a number is joined to a text",
        r#"movement main(n: int) -> text {
  "n: " + n
}
"#,
        2,
        "check::operator",
        r#"movement main(n: int) -> text {
  "n: " + "{n}"
}
"#,
    ),
    mistake(
        "a text in #\"…\"#",
        r##"part p(x: text) -> text by local() #"Hello {x}"#
movement main() -> text { p("a") }
"##,
        1,
        "parse::foreign",
        r#"part p(x: text) -> text by local() """Hello {x}"""
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "seconds without a unit",
        r#"part p(x: text) -> text by local() within 30 "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "check::type_mismatch",
        r#"part p(x: text) -> text by local() within 30s "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "wait takes seconds",
        r#"movement main() {
  wait 2
  say "x"
}
"#,
        2,
        "check::type_mismatch",
        r#"movement main() {
  wait 2s
  say "x"
}
"#,
    ),
];
