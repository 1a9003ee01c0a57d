//! What somebody new writes: each mistake gives one error, at its place, and its edits make the score right.

use miette::{Diagnostic, Severity};
use score_lang::base::{Edit, SourceMap};
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
        r#""#,
    ),
    mistake(
        "|| joins conditions",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 1 || name == "" { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#""#,
    ),
    mistake(
        "! negates",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if !contains(name, "x") { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "=== compares",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name === "x" { name } else { "" }
}
"#,
        2,
        "parse::foreign",
        r#""#,
    ),
    mistake(
        "= compares",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if name = "x" { name } else { "" }
}
"#,
        2,
        "parse::equals",
        r#""#,
    ),
    mistake(
        "function",
        r#"function main() -> text {
  "x"
}
"#,
        1,
        "parse::unknown_item",
        r#""#,
    ),
    mistake(
        "def with a block by indentation",
        r#"movement main(n: int) -> text:
  "x"
"#,
        1,
        "parse::foreign",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "=> before a return type",
        r#"movement main() => text { "x" }
"#,
        1,
        "parse::foreign",
        r#""#,
    ),
    mistake(
        ": before a return type",
        r#"movement main(): text { "x" }
"#,
        1,
        "parse::foreign",
        r#""#,
    ),
    mistake(
        "string",
        r#"movement main(name: string) -> text { name }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "String",
        r#"movement main(name: String) -> text { name }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "string[]",
        r#"movement main(names: string[]) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "Vec<String>",
        r#"movement main(names: Vec<String>) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "List[str]",
        r#"movement main(names: List[str]) -> text { join(names, "") }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "Optional[str]",
        r#"movement main(name: Optional[str]) -> text { name ?? "" }
"#,
        1,
        "parse::foreign_type",
        r#""#,
    ),
    mistake(
        "Dict[str, float]",
        r#"movement main(prices: Dict[str, float]) -> number { prices["x"] ?? 0 }
"#,
        1,
        "parse::foreign_type",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "async movement",
        r#"async movement main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "an f-text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  f"Hello {name}"
}
"#,
        2,
        "parse::text_prefix",
        r#""#,
    ),
    mistake(
        "${} in a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello ${name}"
}
"#,
        2,
        "parse::hole_habit",
        r#""#,
    ),
    mistake(
        "{{ }} in a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {{ name }}"
}
"#,
        2,
        "parse::hole_habit",
        r#""#,
    ),
    mistake(
        "a template in backticks",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  `Hello ${name}, "you"`
}
"#,
        2,
        "parse::foreign",
        r#""#,
    ),
    mistake(
        "single quotes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper('x') + name
}
"#,
        2,
        "parse::single_quotes",
        r#""#,
    ),
    mistake(
        "typographic quotes",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(“x”) + name
}
"#,
        2,
        "parse::character",
        r#""#,
    ),
    mistake(
        "elif",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if n > 3 { "many" } elif n > 1 { "few" } else { name }
}
"#,
        2,
        "parse::foreign",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "enum",
        r#"enum Mood { Calm, Angry }

movement main(mood: Mood) -> text { mood }
"#,
        1,
        "parse::unknown_item",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        ".toUpperCase()",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  name.toUpperCase()
}
"#,
        2,
        "check::method",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "import … from",
        r#"import { caption } from "./writers"

movement main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "a misspelt name",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(nmae)
}
"#,
        2,
        "resolve::unknown_name",
        r#""#,
    ),
    mistake(
        "a misspelt field",
        r#"type Idea { title: text }

movement main(idea: Idea) -> text { idea.titel }
"#,
        3,
        "check::unknown_field",
        r#""#,
    ),
    mistake(
        "a misspelt item word",
        r#"movment main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#""#,
    ),
    mistake(
        "a misspelt argument",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(tpoic: "x") }
"#,
        3,
        "check::unknown_argument",
        r#""#,
    ),
    mistake(
        "arguments with =",
        r#"part draft(topic: text) -> text by local() "About {topic}."

movement main() -> text { draft(topic = "x") }
"#,
        3,
        "parse::equals",
        r#""#,
    ),
    mistake(
        "a number as a text",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  n
}
"#,
        2,
        "check::type_mismatch",
        r#""#,
    ),
    mistake(
        "a list as a condition",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  if xs { name } else { "" }
}
"#,
        2,
        "check::type_mismatch",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "a bracket too many",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  upper(name))
}
"#,
        2,
        "parse::unopened",
        r#""#,
    ),
    mistake(
        "a missing comma",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join([name "x"], "")
}
"#,
        2,
        "parse::missing_comma",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "a hole without its end",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  "Hello {name"
}
"#,
        2,
        "parse::unclosed_hole",
        r#""#,
    ),
    mistake(
        "repeat without up to",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  repeat 3 with line = name { "{line}!" }
}
"#,
        2,
        "parse::expected",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "a parameter without a type",
        r#"movement main(name) -> text { name }
"#,
        1,
        "parse::expected",
        r#""#,
    ),
    mistake(
        "chained comparisons",
        r#"type Percent = int where 0 <= it <= 100

movement main(p: Percent) -> text { "{p}" }
"#,
        1,
        "parse::chained_comparison",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "an optional member of a union",
        r#"type Mood = "calm" | "angry"?

movement main(mood: Mood) -> text { mood ?? "none" }
"#,
        1,
        "parse::optional_member",
        r#""#,
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
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "lambda",
        r#"movement main(n: int, name: text, xs: [text]) -> text {
  join(map(xs, lambda x: upper(x)), "")
}
"#,
        2,
        "parse::foreign",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "export",
        r#"export movement main() -> text { "x" }
"#,
        1,
        "parse::unknown_item",
        r#""#,
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
        r#""#,
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
        r#""#,
    ),
    mistake(
        "new",
        r#"type Idea { title: text }

movement main() -> Idea { new Idea(title: "x") }
"#,
        3,
        "parse::foreign",
        r#""#,
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
        r#""#,
    ),
    mistake(
        "a misspelt type",
        r#"type Idea { title: text }

movement main(idea: Ideaa) -> text { "x" }
"#,
        3,
        "resolve::unknown_type",
        r#""#,
    ),
    mistake(
        "a misspelt choice",
        r#"type Mood = "calm" | "angry"

movement main() -> Mood { "clam" }
"#,
        3,
        "check::type_mismatch",
        r#""#,
    ),
];

fn check(text: &str) -> Problems {
    match Parsed::text("new.score", text).check() {
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
  let idea = draft("tides")
  idea.titel
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
        (15, "score::check::unknown_field"),
    ];
    let wanted: Vec<(Option<usize>, String)> =
        wanted.into_iter().map(|(line, code)| (Some(line), code.to_owned())).collect();
    assert_eq!(found, wanted, "{}", shown(&problems));
}
