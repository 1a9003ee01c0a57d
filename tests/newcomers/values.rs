//! Values: lists, records, functions of them.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
    mistake(
        "a method of a list",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let loud = xs.map(x => upper(x))
  join(loud, ", ")
}
"#,
        2,
        "check::method",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let loud = map(xs, x => upper(x))
  join(loud, ", ")
}
"#,
    ),
    mistake(
        ".length()",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let many = name.length()
  "{many}"
}
"#,
        2,
        "check::method",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let many = len(name)
  "{many}"
}
"#,
    ),
    mistake(
        ".toUpperCase()",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  name.toUpperCase()
}
"#,
        2,
        "check::method",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name)
}
"#,
    ),
    mistake(
        ".push(…)",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let more = xs.push(name)
  join(more, ", ")
}
"#,
        2,
        "check::method",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let more = xs + [name]
  join(more, ", ")
}
"#,
    ),
    mistake(
        "a misspelt name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(nmae)
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name)
}
"#,
    ),
    mistake(
        "a misspelt field",
        r#"type Idea { title: text }

movement main(idea: Idea) -> text { idea.titel }
"#,
        3,
        "check::unknown_field",
        r#"type Idea { title: text }

movement main(idea: Idea) -> text { idea.title }
"#,
    ),
    mistake(
        "a misspelt argument",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(tpoic: "x") }
"#,
        3,
        "check::unknown_argument",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(topic: "x") }
"#,
    ),
    mistake(
        "arguments with =",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(topic = "x") }
"#,
        3,
        "parse::equals",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(topic: "x") }
"#,
    ),
    mistake(
        "a misspelt choice",
        r#"type Mood = "calm" | "angry"

movement main() -> Mood { "clam" }
"#,
        3,
        "check::type_mismatch",
        r#"type Mood = "calm" | "angry"

movement main() -> Mood { "calm" }
"#,
    ),
    mistake(
        "a list comprehension",
        r#"movement main(xs: [text]) -> [text] { [upper(x) for x in xs if len(x) > 3] }
"#,
        1,
        "parse::foreign",
        r#"movement main(xs: [text]) -> [text] { for x in xs if len(x) > 3 { upper(x) } }
"#,
    ),
    mistake(
        "a list that is spread",
        r#"movement main(xs: [text]) -> [text] { [...xs, "ebb"] }
"#,
        1,
        "parse::foreign",
        r#"movement main(xs: [text]) -> [text] { xs + ["ebb"] }
"#,
    ),
    mistake(
        "a record that is spread",
        r#"type Idea { title: text, note: text }

movement main(idea: Idea) -> Idea {
  {...idea, note: "new"}
}
"#,
        4,
        "parse::expected",
        r#"type Idea { title: text, note: text }

movement main(idea: Idea) -> Idea {
  idea but {note: "new"}
}
"#,
    ),
    mistake(
        "a map as the result",
        r#"movement main() -> map[text] { {"ebb": "low", "flood": "high"} }
"#,
        1,
        "parse::expected",
        r#"movement main() -> map[text] { ({"ebb": "low", "flood": "high"}) }
"#,
    ),
    mistake(
        "a record in braces",
        r#"type Idea { title: text }

movement main() -> Idea { Idea {title: "ebb"} }
"#,
        3,
        "parse::expected",
        r#"type Idea { title: text }

movement main() -> Idea { Idea(title: "ebb") }
"#,
    ),
    mistake(
        "a slice with a colon",
        r#"movement main(xs: [text]) -> [text] {
  xs[1:3]
}
"#,
        2,
        "parse::foreign",
        r#"movement main(xs: [text]) -> [text] {
  xs[1..2]
}
"#,
    ),
    mistake(
        "the separator joins",
        r#"movement main(xs: [text]) -> text {
  ", ".join(xs)
}
"#,
        2,
        "check::method",
        r#"movement main(xs: [text]) -> text {
  join(xs, ", ")
}
"#,
    ),
    mistake(
        ".length",
        r#"movement main(xs: [text]) -> int {
  xs.length
}
"#,
        2,
        "check::unknown_field",
        r#"movement main(xs: [text]) -> int {
  len(xs)
}
"#,
    ),
    mistake(
        ".unwrap()",
        r#"movement main(x: text?) -> text {
  x.unwrap()
}
"#,
        2,
        "check::method",
        r#"movement main(x: text?) -> text {
  (x ?? fail "`x` is missing")
}
"#,
    ),
    mistake(
        ".unwrap_or(…)",
        r#"movement main(x: text?) -> text {
  x.unwrap_or("none")
}
"#,
        2,
        "check::method",
        r#"movement main(x: text?) -> text {
  (x ?? "none")
}
"#,
    ),
    mistake(
        ".includes(…) of a list",
        r#"movement main(xs: [text]) -> bool {
  xs.includes("a")
}
"#,
        2,
        "check::method",
        r#"movement main(xs: [text]) -> bool {
  ("a" in xs)
}
"#,
    ),
    mistake(
        ".invoke(…)",
        r#"part p(x: text) -> text by local() "{x}"
movement main() -> text {
  p.invoke("a")
}
"#,
        3,
        "check::method",
        r#"part p(x: text) -> text by local() "{x}"
movement main() -> text {
  p("a")
}
"#,
    ),
    mistake(
        "arguments in braces",
        r#"part p(x: text, y: text) -> text by local() "{x} {y}"
movement main() -> text {
  p({x: "a", y: "b"})
}
"#,
        3,
        "check::type_mismatch",
        r#"part p(x: text, y: text) -> text by local() "{x} {y}"
movement main() -> text {
  p(x: "a", y: "b")
}
"#,
    ),
    mistake(
        "json.dumps",
        r#"movement main(xs: [text]) -> text {
  json.dumps(xs)
}
"#,
        2,
        "check::method",
        r#"movement main(xs: [text]) -> text {
  json(xs)
}
"#,
    ),
    mistake(
        "json.loads",
        r#"type A { x: int }
movement main(t: text) -> A {
  json.loads(t) as A
}
"#,
        3,
        "check::method",
        r#"type A { x: int }
movement main(t: text) -> A {
  t as A
}
"#,
    ),
    mistake(
        "JSON.stringify",
        r#"movement main(xs: [text]) -> text {
  JSON.stringify(xs)
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(xs: [text]) -> text {
  json(xs)
}
"#,
    ),
    mistake(
        "open(…).read()",
        r#"movement main() -> text {
  open("a.md").read()
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main() -> text {
  read("a.md")
}
"#,
    ),
    mistake(
        "Some(…)",
        r#"movement main() -> text? {
  Some("x")
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main() -> text? {
  "x"
}
"#,
    ),
    mistake(
        "undefined",
        r#"movement main(x: text?) -> text {
  if x == undefined { "none" } else { x }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(x: text?) -> text {
  if x == nothing { "none" } else { x }
}
"#,
    ),
    mistake(
        "a call in map",
        r#"part p(x: text) -> text by local() "{x}"
movement main(xs: [text]) -> [text] {
  map(xs, x => p(x))
}
"#,
        3,
        "check::impure",
        r#"part p(x: text) -> text by local() "{x}"
movement main(xs: [text]) -> [text] {
  for x in xs { p(x) }
}
"#,
    ),
    mistake(
        "type arguments in a call",
        r#"movement id<T>(x: T) -> T { x }
movement main() -> text {
  id<text>("a")
}
"#,
        3,
        "parse::chained_comparison",
        r#"movement id<T>(x: T) -> T { x }
movement main() -> text {
  id("a")
}
"#,
    ),
    mistake(
        "a record as in Rust",
        r#"type Idea { title: text, n: int }
movement main() -> Idea {
  Idea { title: "a", n: 3 }
}
"#,
        3,
        "parse::expected",
        r#"type Idea { title: text, n: int }
movement main() -> Idea {
  Idea( title: "a", n: 3 )
}
"#,
    ),
    mistake(
        "str(…)",
        r#"movement main(n: int) -> text {
  str(n)
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(n: int) -> text {
  "{n}"
}
"#,
    ),
];
