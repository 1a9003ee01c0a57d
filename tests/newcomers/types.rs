//! Types, and what data is.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "string",
        r#"movement main(name: string) -> text { name }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(name: text) -> text { name }
"#,
    ),
    mistake(
        "String",
        r#"movement main(name: String) -> text { name }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(name: text) -> text { name }
"#,
    ),
    mistake(
        "string[]",
        r#"movement main(names: string[]) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(names: [text]) -> text { join(names, "") }
"#,
    ),
    mistake(
        "Vec<String>",
        r#"movement main(names: Vec<String>) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(names: [text]) -> text { join(names, "") }
"#,
    ),
    mistake(
        "List[str]",
        r#"movement main(names: List[str]) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(names: [text]) -> text { join(names, "") }
"#,
    ),
    mistake(
        "Optional[str]",
        r#"movement main(name: Optional[str]) -> text { name ?? "" }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(name: text?) -> text { name ?? "" }
"#,
    ),
    mistake(
        "Dict[str, float]",
        r#"movement main(prices: Dict[str, float]) -> number { prices["x"] ?? 0 }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(prices: map[number]) -> number { prices["x"] ?? 0 }
"#,
    ),
    mistake(
        "name?: string",
        r#"type Person {
  name: text
  email?: text
}

movement main(who: Person) -> text { who.email ?? who.name }
"#,
        3,
        "parse::foreign",
        r#"type Person {
  name: text
  email: text?
}

movement main(who: Person) -> text { who.email ?? who.name }
"#,
    ),
    mistake(
        "null",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let found: text? = null
  found ?? name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let found: text? = nothing
  found ?? name
}
"#,
    ),
    mistake(
        "None",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let found: text? = None
  found ?? name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let found: text? = nothing
  found ?? name
}
"#,
    ),
    mistake(
        "True",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let loud = True
  if loud { upper(name) } else { name }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let loud = true
  if loud { upper(name) } else { name }
}
"#,
    ),
    mistake(
        "class",
        r#"class Idea {
  title: text
}

movement main(idea: Idea) -> text { idea.title }
"#,
        1,
        "parse::unknown_item",
        r#"type Idea {
  title: text
}

movement main(idea: Idea) -> text { idea.title }
"#,
    ),
    mistake(
        "interface",
        r#"interface Idea {
  title: text
}

movement main(idea: Idea) -> text { idea.title }
"#,
        1,
        "parse::unknown_item",
        r#"type Idea {
  title: text
}

movement main(idea: Idea) -> text { idea.title }
"#,
    ),
    mistake(
        "enum",
        r#"enum Mood { Calm, Angry }

movement main(mood: Mood) -> text { mood }
"#,
        1,
        "parse::unknown_item",
        r#"type Mood = "Calm" | "Angry"

movement main(mood: Mood) -> text { mood }
"#,
    ),
    mistake(
        "a parameter without a type",
        r#"movement main(name) -> text { name }
"#,
        1,
        "parse::expected",
        r#"movement main(name: text) -> text { name }
"#,
    ),
    mistake(
        "an optional member of a union",
        r#"type Mood = "calm" | "angry"?

movement main(mood: Mood) -> text { mood ?? "none" }
"#,
        1,
        "parse::optional_member",
        r#"type Mood = ("calm" | "angry")?

movement main(mood: Mood) -> text { mood ?? "none" }
"#,
    ),
    mistake(
        "@description",
        r#"type Idea {
  title: text @description("short")
}

movement main(idea: Idea) -> text { idea.title }
"#,
        2,
        "parse::character",
        r#"type Idea {
  /// short
  title: text
}

movement main(idea: Idea) -> text { idea.title }
"#,
    ),
    mistake(
        "a bare type as a pattern",
        r#"movement main(x: text | int) -> text {
  match x {
    text => "words",
    int n => "{n}"
  }
}
"#,
        3,
        "parse::bare_type_pattern",
        r#"movement main(x: text | int) -> text {
  match x {
    text _ => "words",
    int n => "{n}"
  }
}
"#,
    ),
    mistake(
        "a misspelt type",
        r#"type Idea { title: text }

movement main(idea: Ideaa) -> text { "x" }
"#,
        3,
        "resolve::unknown_type",
        r#"type Idea { title: text }

movement main(idea: Idea) -> text { "x" }
"#,
    ),
    mistake(
        "a field by =",
        r#"type Idea { title = "ebb", note: text }
"#,
        1,
        "parse::equals",
        r#"type Idea { title: text = "ebb", note: text }
"#,
    ),
    mistake(
        "Literal[…]",
        r#"type Mood = Literal["calm", "angry"]
movement main(m: Mood) -> text { m }
"#,
        1,
        "parse::foreign_type",
        r#"type Mood = "calm" | "angry"
movement main(m: Mood) -> text { m }
"#,
    ),
    mistake(
        "map<K, V>",
        r#"movement main(xs: map<text, int>) -> int { xs["a"] ?? 0 }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(xs: map[int]) -> int { xs["a"] ?? 0 }
"#,
    ),
    mistake(
        "Record<K, V>",
        r#"movement main(xs: Record<string, int>) -> int { xs["a"] ?? 0 }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(xs: map[int]) -> int { xs["a"] ?? 0 }
"#,
    ),
    mistake(
        "Result<T>",
        r#"movement main() -> Result<text> { "x" }
"#,
        1,
        "parse::foreign_type",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "Promise<T>",
        r#"movement main() -> Promise<text> { "x" }
"#,
        1,
        "parse::foreign_type",
        r#"movement main() -> text { "x" }
"#,
    ),
    mistake(
        "void",
        r#"movement main() -> void { say "x" }
"#,
        1,
        "parse::foreign_type",
        r#"movement main() -> nothing { say "x" }
"#,
    ),
    mistake(
        "list[T]",
        r#"movement main(xs: list[text]) -> text { xs[0] }
"#,
        1,
        "parse::foreign_type",
        r#"movement main(xs: [text]) -> text { xs[0] }
"#,
    ),
];
