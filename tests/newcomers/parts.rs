//! Parts and who plays them.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "ensure without else",
        r#"part draft() -> text
  by local()
  ensure len(it) > 3
  "Write a line."

movement main() -> text { draft() }
"#,
        3,
        "parse::no_else",
        r#"part draft() -> text
  by local()
  ensure len(it) > 3 else "…"
  "Write a line."

movement main() -> text { draft() }
"#,
    ),
    mistake(
        "a clause below the text",
        r#"part draft() -> text
  "Write a line."
  by local()

movement main() -> text { draft() }
"#,
        3,
        "parse::late_clause",
        r#"part draft() -> text
  by local()
  "Write a line."

movement main() -> text { draft() }
"#,
    ),
    mistake(
        "a part played by a model's name",
        r#"part draft(topic: text) -> text by "gpt-5-mini" "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("gpt-5-mini") "Write {topic}."
"#,
    ),
    mistake(
        "a part in braces",
        r#"part draft(topic: text) -> text {
  by openai("m")
  "Write {topic}."
}
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text 
  by openai("m")
  "Write {topic}."

"#,
    ),
    mistake(
        "prompt: before the text",
        r#"part draft(topic: text) -> text by openai("m") prompt: "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("m") "Write {topic}."
"#,
    ),
    mistake(
        "= before the text",
        r#"part draft(topic: text) -> text by openai("m") = "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("m")  "Write {topic}."
"#,
    ),
    mistake(
        "roles with a colon",
        r#"part draft(topic: text) -> text by openai("m") system: "Be brief." user: "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("m") system "Be brief." user "Write {topic}."
"#,
    ),
    mistake(
        "retries",
        r#"part draft(topic: text) -> text by openai("m") retries 3 "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("m") retry 3 "Write {topic}."
"#,
    ),
    mistake(
        "timeout",
        r#"part draft(topic: text) -> text by openai("m") timeout 30s "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("m") within 30s "Write {topic}."
"#,
    ),
    mistake(
        "ChatOpenAI(…)",
        r#"instrument m = ChatOpenAI(model: "gpt-5")
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "resolve::unknown_name",
        r#"instrument m = openai(model: "gpt-5")
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "os.environ[…] as a key",
        r#"instrument m = openai("gpt-5", key: os.environ["KEY"])
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "resolve::unknown_name",
        r#"instrument m = openai("gpt-5", key: secret("KEY"))
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "process.env as a key",
        r#"instrument m = openai("gpt-5", key: process.env.KEY)
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "resolve::unknown_name",
        r#"instrument m = openai("gpt-5", key: secret("KEY"))
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "env(…) as a key",
        r#"instrument m = openai("gpt-5", key: env("KEY"))
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "check::type_mismatch",
        r#"instrument m = openai("gpt-5", key: secret("KEY"))
part p(x: text) -> text by m "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "max_retries",
        r#"part p(x: text) -> text by local() max_retries 3 "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "parse::expected",
        r#"part p(x: text) -> text by local() retry 3 "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "tools [a, b]",
        r#"part look(x: text) -> text by echo() "{x}"
part p(x: text) -> text by openai("m") tools [look] "{x}"
movement main() -> text { p("a") }
"#,
        2,
        "parse::expected",
        r#"part look(x: text) -> text by echo() "{x}"
part p(x: text) -> text by openai("m") using look "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "tools in brackets",
        r#"part look(x: text) -> text by echo() "{x}"
part p(x: text) -> text by openai("m") using [look] "{x}"
movement main() -> text { p("a") }
"#,
        2,
        "check::not_a_tool",
        r#"part look(x: text) -> text by echo() "{x}"
part p(x: text) -> text by openai("m") using look "{x}"
movement main() -> text { p("a") }
"#,
    ),
    mistake(
        "with a model",
        r#"part p(x: text) -> text with local() "{x}"
movement main() -> text { p("a") }
"#,
        1,
        "parse::expected",
        r#"part p(x: text) -> text by local() "{x}"
movement main() -> text { p("a") }
"#,
    ),
];
