//! What stands at the top of a file.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "function",
        r#"function main() -> text {
  "x"
}
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text {
  "x"
}
"#,
    ),
    mistake(
        "def with a block by indentation",
        r#"movement main(n: int) -> text:
  "x"
"#,
        1,
        "parse::foreign",
        r#"movement main(n: int) -> text {
  "x"
}
"#,
    ),
    mistake(
        "=> before a return type",
        r#"movement main() => text { "x" }
"#,
        1,
        "parse::foreign",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        ": before a return type",
        r#"movement main(): text { "x" }
"#,
        1,
        "parse::foreign",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "async movement",
        r#"async movement main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "import … from",
        r#"import { caption } from "./writers"

movement main() -> text { caption("x") }
"#,
        1,
        "parse::unknown_item",
        r#"use ./writers { caption }

movement main() -> text { caption("x") }
"#,
    ),
    mistake(
        "from … import",
        r#"from writers import caption

movement main() -> text { caption("x") }
"#,
        1,
        "parse::unknown_item",
        r#"use ./writers { caption }

movement main() -> text { caption("x") }
"#,
    ),
    mistake(
        "a misspelt item word",
        r#"movment main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "a client of another language",
        r#"client<llm> Fast {
  provider openai
  options {
    model "gpt-5-mini"
  }
}

part draft() -> text by fast "Write a line."

movement main() -> text { draft() }
"#,
        1,
        "parse::unknown_item",
        r#"instrument fast = openai("gpt-5-mini")

part draft() -> text by fast "Write a line."

movement main() -> text { draft() }
"#,
    ),
    mistake(
        "a function with a prompt",
        r##"instrument fast = local()

function Draft(topic: text) -> text {
  client Fast
  prompt #"
    Write about {{ topic }}.
  "#
}

movement main() -> text { draft("tides") }
"##,
        3,
        "parse::unknown_item",
        r#"instrument fast = local()

part draft(topic: text) -> text
  by fast
  """
    Write about {topic}.
  """

movement main() -> text { draft("tides") }
"#,
    ),
    mistake(
        "export",
        r#"export movement main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "a model as an instrument",
        r#"instrument writer = "gpt-5-mini"

part draft(topic: text) -> text by writer "{topic}"
"#,
        1,
        "check::type_mismatch",
        r#"instrument writer = openai("gpt-5-mini")

part draft(topic: text) -> text by writer "{topic}"
"#,
    ),
    mistake(
        "settings in braces",
        r#"instrument writer = openai { model: "gpt-5-mini", temperature: 0.3 }
"#,
        1,
        "parse::expected",
        r#"instrument writer = openai( model: "gpt-5-mini", temperature: 0.3 )
"#,
    ),
    mistake(
        "an instrument without =",
        r#"instrument writer openai("gpt-5-mini")
"#,
        1,
        "parse::expected",
        r#"instrument writer = openai("gpt-5-mini")
"#,
    ),
    mistake(
        "all of a module",
        r#"use std/review { * }
"#,
        1,
        "parse::expected",
        r#"use std/review as review
"#,
    ),
    mistake(
        "a test without a name",
        r#"test { expect len("ebb") == 3 }
"#,
        1,
        "parse::expected",
        r#"test "what it shows" { expect len("ebb") == 3 }
"#,
    ),
    mistake(
        "mock in a test",
        r#"movement main() -> text { "ebb" }

test "it is told" {
  mock main = script(["flood"])
  expect main() == "flood"
}
"#,
        4,
        "parse::foreign",
        r#"movement main() -> text { "ebb" }

test "it is told" {
  seat main = script(["flood"])
  expect main() == "flood"
}
"#,
    ),
    mistake(
        "pub fn",
        r#"pub fn main() -> text {
  "x"
}
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text {
  "x"
}
"#,
    ),
    mistake(
        "fn",
        r#"fn main() -> text {
  "x"
}
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text {
  "x"
}
"#,
    ),
    mistake(
        "struct",
        r#"struct Idea {
  title: text
}
movement main() -> Idea { Idea(title: "a") }
"#,
        1,
        "parse::unknown_item",
        r#"type Idea {
  title: text
}
movement main() -> Idea { Idea(title: "a") }
"#,
    ),
    mistake(
        "a decorator of data",
        r#"@dataclass
type Idea {
  title: text
}
movement main() -> Idea { Idea(title: "a") }
"#,
        1,
        "parse::character",
        r#"type Idea {
  title: text
}
movement main() -> Idea { Idea(title: "a") }
"#,
    ),
    mistake(
        "a decorator of a tool",
        r#"@tool
part look(x: text) -> text by echo() "{x}"
movement main() -> text { look("a") }
"#,
        1,
        "parse::character",
        r#"part look(x: text) -> text by echo() "{x}"
movement main() -> text { look("a") }
"#,
    ),
    mistake(
        "a text that documents",
        r#"movement main() -> text {
  """Says x."""
  "x"
}
"#,
        2,
        "check::unused_value",
        r#"/// Says x.
movement main() -> text {
  "x"
}
"#,
    ),
    mistake(
        "a path in quotes",
        r#"use "std/review"
movement main() -> text { "x" }
"#,
        1,
        "parse::expected",
        r#"use std/review
movement main() -> text { "x" }
"#,
    ),
    mistake(
        ":: in a path",
        r#"use std::review::refine
movement main() -> text { "x" }
"#,
        1,
        "parse::expected",
        r#"use std/review { refine }
movement main() -> text { "x" }
"#,
    ),
    mistake(
        "main() starts it",
        r#"movement main() -> text { "x" }
main()
"#,
        2,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }

"#,
    ),
    mistake(
        "if __name__ == …",
        r#"movement main() -> text { "x" }
if __name__ == "__main__":
  main()
"#,
        2,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }

"#,
    ),
];
