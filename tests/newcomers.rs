//! What somebody new writes: each mistake gives one error, at its place, and its edits make the score right.

use miette::{Diagnostic, Severity};
use score_lang::base::{Edit, SourceMap};
use score_lang::load::{Files, LoadError};
use score_lang::report::{Finding, Look, Style, show};
use score_lang::session::{Parsed, Problems};

/// A mistake.
struct Mistake {
    /// What somebody had in mind.
    thought: &'static str,
    /// What they wrote.
    wrote: &'static str,
    /// The line of the error.
    line: usize,
    code: &'static str,
    /// What stands there after the edits.
    right: &'static str,
}

const fn mistake(
    thought: &'static str,
    wrote: &'static str,
    line: usize,
    code: &'static str,
    right: &'static str,
) -> Mistake {
    Mistake { thought, wrote, line, code, right }
}

const MISTAKES: &[Mistake] = &[
    mistake(
        "&& joins conditions",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 1 && name != "" && n < 9 { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 1 and name != "" and n < 9 { name } else { "" }
}
"#,
    ),
    mistake(
        "|| joins conditions",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 1 || name == "" { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 1 or name == "" { name } else { "" }
}
"#,
    ),
    mistake(
        "! negates",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if !contains(name, "x") { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if not contains(name, "x") { name } else { "" }
}
"#,
    ),
    mistake(
        "statements end in ;",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name);
  let b = lower(a);
  b;
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name)
  let b = lower(a)
  b
}
"#,
    ),
    mistake(
        "=== compares",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name === "x" { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name == "x" { name } else { "" }
}
"#,
    ),
    mistake(
        "= compares",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name = "x" { name } else { "" }
}
"#,
        2,
        "parse::equals",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name == "x" { name } else { "" }
}
"#,
    ),
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
        "an if by indentation",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3:
    return name
  "few"
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 {
    return name
  }
  "few"
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
        "let mut",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let mut a = upper(name)
  a
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name)
  a
}
"#,
    ),
    mistake(
        "const",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  const a = upper(name)
  a
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name)
  a
}
"#,
    ),
    mistake(
        "var",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  var a = upper(name)
  a
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name)
  a
}
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
        "await",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = await upper(name)
  a
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let a = upper(name)
  a
}
"#,
    ),
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
        "single quotes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper('x') + name
}
"#,
        2,
        "parse::single_quotes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper("x") + name
}
"#,
    ),
    mistake(
        "typographic quotes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(“x”) + name
}
"#,
        2,
        "parse::character",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper("x") + name
}
"#,
    ),
    mistake(
        "elif",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { "many" } elif n > 1 { "few" } else { name }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { "many" } else if n > 1 { "few" } else { name }
}
"#,
    ),
    mistake(
        "switch",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  switch (name) {
    case "a": return "A";
    case "b": return "B";
    default: return name;
  }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  match name {
    "a" => return "A",
    "b" => return "B",
    _ => return name
  }
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
        "print",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  print("Hello {name}")
  name
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  say ("Hello {name}")
  name
}
"#,
    ),
    mistake(
        "console.log",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  console.log("Hello {name}")
  name
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  say ("Hello {name}")
  name
}
"#,
    ),
    mistake(
        "println!",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  println!("Hello {name}")
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  say ("Hello {name}")
  name
}
"#,
    ),
    mistake(
        "i++",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let i = n++
  "{i}"
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let i = n + 1
  "{i}"
}
"#,
    ),
    mistake(
        "+= in a loop",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let last = repeat up to 3 with total = 0 {
    total += n
  }
  "{last}"
}
"#,
        3,
        "parse::equals",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let last = repeat up to 3 with total = 0 {
    total + n
  }
  "{last}"
}
"#,
    ),
    mistake(
        "a ternary",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let size = n > 3 ? "many" : "few"
  size
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let size = if n > 3 { "many" } else { "few" }
  size
}
"#,
    ),
    mistake(
        "try and catch",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  try {
    upper(name)
  } catch (e) {
    "none"
  }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name) otherwise {
    "none"
  }
}
"#,
    ),
    mistake(
        "throw",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { throw new Error("too many") }
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { fail "too many" }
  name
}
"#,
    ),
    mistake(
        "raise",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { raise ValueError("too many") }
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { fail "too many" }
  name
}
"#,
    ),
    mistake(
        "while",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let line = repeat up to 3 with line = name { line }
  while (n > 3) {
    say line
  }
  line
}
"#,
        3,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let line = repeat up to 3 with line = name { line }
  repeat up to 100 {
    stop if not (n > 3)
    say line
  }
  line
}
"#,
    ),
    mistake(
        "a counting for",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for (let i = 0; i < n; i++) {
    say "{i}"
  }
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for i in 0..n - 1 {
    say "{i}"
  }
  name
}
"#,
    ),
    mistake(
        "for … of",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for (const x of xs) {
    say x
  }
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for x in xs {
    say x
  }
  name
}
"#,
    ),
    mistake(
        "for x of xs",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for x of xs { say x }
  name
}
"#,
        2,
        "parse::expected",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for x in xs { say x }
  name
}
"#,
    ),
    mistake(
        "range(…)",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for i in range(n) { say "{i}" }
  name
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for i in 0..n - 1 { say "{i}" }
  name
}
"#,
    ),
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
        "# begins a comment",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  # don't shout
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  // don't shout
  name
}
"#,
    ),
    mistake(
        "/* */",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  /* loud */
  upper(name)
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  // loud
  upper(name)
}
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
        "assert",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  assert n > 3, "too few"
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  require n > 3 else "too few"
  name
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
        "a misspelt item word",
        r#"movment main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#"movement main() -> text { "x" }
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
        "a list as a condition",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if xs { name } else { "" }
}
"#,
        2,
        "check::type_mismatch",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if len(xs) > 0 { name } else { "" }
}
"#,
    ),
    mistake(
        "for over a number",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for i in n { say "{i}" }
  name
}
"#,
        2,
        "check::not_a_list",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  for i in 1..n { say "{i}" }
  name
}
"#,
    ),
    mistake(
        "a bracket too many",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name))
}
"#,
        2,
        "parse::mismatched",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name)
}
"#,
    ),
    mistake(
        "a bracket too few",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join([upper(name], "")
}
"#,
        2,
        "parse::mismatched",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join([upper(name)], "")
}
"#,
    ),
    mistake(
        "a missing comma",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join([name "x"], "")
}
"#,
        2,
        "parse::missing_comma",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join([name, "x"], "")
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
        "repeat without up to",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  repeat 3 with line = name { "{line}!" }
}
"#,
        2,
        "parse::expected",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  repeat up to 3 with line = name { "{line}!" }
}
"#,
    ),
    mistake(
        "let without =",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let line name
  line
}
"#,
        2,
        "parse::expected",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let line = name
  line
}
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
        "chained comparisons",
        r#"type Percent = int where 0 <= it <= 100

movement main(p: Percent) -> text { "{p}" }
"#,
        1,
        "parse::chained_comparison",
        r#"type Percent = int where 0 <= it and it <= 100

movement main(p: Percent) -> text { "{p}" }
"#,
    ),
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
        "lambda",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join(map(xs, lambda x: upper(x)), "")
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join(map(xs, x => upper(x)), "")
}
"#,
    ),
    mistake(
        "if … then … else",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let size = if n > 3 then "many" else "few"
  size
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  let size = if n > 3 { "many" } else { "few" }
  size
}
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
        ": in a match",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  match name {
    "a": "A",
    _ => name
  }
}
"#,
        3,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  match name {
    "a" => "A",
    _ => name
  }
}
"#,
    ),
    mistake(
        "new",
        r#"type Idea { title: text }

movement main() -> Idea { new Idea(title: "x") }
"#,
        3,
        "parse::foreign",
        r#"type Idea { title: text }

movement main() -> Idea { Idea(title: "x") }
"#,
    ),
    mistake(
        "return;",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { return name; }
  name
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { return name }
  name
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
        "a closure in bars",
        r#"movement main(xs: [text]) -> [text] { map(xs, |x| upper(x)) }
"#,
        1,
        "parse::foreign",
        r#"movement main(xs: [text]) -> [text] { map(xs, x => upper(x)) }
"#,
    ),
    mistake(
        "a condition behind its value",
        r#"movement main(n: int) -> text { "many" if n > 3 else "few" }
"#,
        1,
        "parse::foreign",
        r#"movement main(n: int) -> text { if n > 3 { "many" } else { "few" } }
"#,
    ),
    mistake(
        "is not nothing",
        r#"movement main(n: int?) -> bool { n is not None }
"#,
        1,
        "parse::foreign",
        r#"movement main(n: int?) -> bool { n != nothing }
"#,
    ),
    mistake(
        "// divides",
        r#"movement main(n: int) -> int { n // 2 }
"#,
        1,
        "parse::foreign",
        r#"movement main(n: int) -> int { int(n / 2) }
"#,
    ),
    mistake(
        "-- begins a comment",
        r#"movement main() -> text {
  "ebb" -- low water
}
"#,
        2,
        "parse::foreign",
        r#"movement main() -> text {
  "ebb" // low water
}
"#,
    ),
    mistake(
        "; begins a comment",
        r#"; what it is for
movement main() -> text { "ebb" }
"#,
        1,
        "parse::foreign",
        r#"// what it is for
movement main() -> text { "ebb" }
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
        "a part played by a model's name",
        r#"part draft(topic: text) -> text by "gpt-5-mini" "Write {topic}."
"#,
        1,
        "parse::expected",
        r#"part draft(topic: text) -> text by openai("gpt-5-mini") "Write {topic}."
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
        "all of a module",
        r#"use std/review { * }
"#,
        1,
        "parse::expected",
        r#"use std/review as review
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
        "require as a function",
        r#"movement main(n: int) {
  require(n > 0, "not below 0")
  say "fine"
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int) {
  require n > 0 else "not below 0"
  say "fine"
}
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
        "a field by =",
        r#"type Idea { title = "ebb", note: text }
"#,
        1,
        "parse::equals",
        r#"type Idea { title: text = "ebb", note: text }
"#,
    ),
];

/// `writers.score`, which stands beside every score here.
struct Beside;

impl Files for Beside {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        match path.trim_start_matches("./") {
            "writers.score" => Ok(String::from("movement caption(line: text) -> text { upper(line) }\n")),
            _ => Err(LoadError::Missing { path: path.to_owned(), help: String::from("Add it.") }),
        }
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        vec![String::from("writers.score")]
    }

    fn settings(&self, _path: &str) -> Option<String> {
        None
    }
}

fn check(text: &str) -> Problems {
    match Parsed::with_files(&Beside, "new.score", text).check() {
        Ok(checked) => checked.warnings(),
        Err(problems) => problems,
    }
}

fn errors(problems: &Problems) -> Vec<&dyn Finding> {
    problems.findings().filter(|one| one.severity().unwrap_or(Severity::Error) == Severity::Error).collect()
}

fn line(one: &dyn Finding, sources: &SourceMap) -> Option<usize> {
    let label = one.labels()?.next()?;
    let at = u32::try_from(label.offset()).ok()?;
    Some(sources.file_at(at)?.line_column(at).0)
}

/// The text with the edits made.
fn mended(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
    }
    out
}

fn shown(problems: &Problems) -> String {
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    show(&all, problems.sources(), Style::Full(Look::PLAIN))
}

/// Whether a mistake is found as it should be, and mended by its edits.
fn judge(mistake: &Mistake) -> Result<(), String> {
    let Mistake { thought, wrote, line: wanted, code, right } = mistake;
    let problems = check(wrote);
    let found = errors(&problems);
    let [only] = found[..] else {
        return Err(format!("{thought}: {} errors\n{}", found.len(), shown(&problems)));
    };
    let given = only.code().map(|code| code.to_string()).unwrap_or_default();
    if given != format!("score::{code}") || line(only, problems.sources()) != Some(*wanted) {
        return Err(format!("{thought}: not {code} in line {wanted}\n{}", shown(&problems)));
    }
    let mended = mended(wrote, only.edits());
    if mended != *right {
        return Err(format!("{thought}: the edits give\n{mended}\n{}", shown(&problems)));
    }
    let again = check(&mended);
    if !errors(&again).is_empty() {
        return Err(format!("{thought}: the edits give\n{mended}\n{}", shown(&again)));
    }
    Ok(())
}

#[test]
fn mistakes_are_mended_by_their_help() {
    assert!(MISTAKES.len() >= 30);
    let wrong: Vec<String> = MISTAKES.iter().filter_map(|mistake| judge(mistake).err()).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), MISTAKES.len(), wrong.join("\n=====\n"));
}

#[test]
fn unrelated_errors_are_reported_together_in_source_order() {
    let text = r#"type Idea { title: string }

instrument writer = lokal()

part draft(topic: text) -> Idea
  by writer
  "Write about {topc}."

movement shorten(line: text) -> text {
  if len(line) > 3 && line != "" { line } else { "" }
}

movement main() -> text {
  upper("tides", "ebb")
}
"#;
    let problems = check(text);
    let found: Vec<(Option<usize>, String)> = errors(&problems)
        .into_iter()
        .map(|one| {
            (line(one, problems.sources()), one.code().map(|code| code.to_string()).unwrap_or_default())
        })
        .collect();
    let wanted = [
        (1, "score::parse::foreign_type"),
        (3, "score::resolve::unknown_name"),
        (7, "score::resolve::unknown_name"),
        (10, "score::parse::foreign"),
        (14, "score::check::too_many_arguments"),
    ];
    let wanted: Vec<(Option<usize>, String)> =
        wanted.into_iter().map(|(line, code)| (Some(line), code.to_owned())).collect();
    assert_eq!(found, wanted, "{}", shown(&problems));
}
