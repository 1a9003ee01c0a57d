//! Signs and operators of other languages.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
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
        "a number may be nothing",
        r#"movement main(n: int) -> text {
  if n == nothing { "none" } else { "some" }
}
"#,
        2,
        "check::never_equal",
        r#"movement main(n: int?) -> text {
  if n == nothing { "none" } else { "some" }
}
"#,
    ),
    mistake(
        "x! takes what is there",
        r#"movement main(x: text?) -> text {
  x!
}
"#,
        2,
        "parse::foreign",
        r#"movement main(x: text?) -> text {
  x ?? fail "it is missing"
}
"#,
    ),
    mistake(
        "? passes a failure on",
        r#"part draft() -> text by local() "x"
movement main() -> text {
  let a = draft()?
  a
}
"#,
        3,
        "parse::foreign",
        r#"part draft() -> text by local() "x"
movement main() -> text {
  let a = draft()
  a
}
"#,
    ),
    mistake(
        "** is a power",
        r#"movement main(n: int) -> int {
  n ** 2
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int) -> int {
  n * n
}
"#,
    ),
    mistake(
        "++ joins texts",
        r#"movement main(a: text, b: text) -> text {
  a ++ b
}
"#,
        2,
        "parse::foreign",
        r#"movement main(a: text, b: text) -> text {
  a + b
}
"#,
    ),
    mistake(
        "& joins conditions",
        r#"movement main(a: bool, b: bool) -> bool { a & b }
"#,
        1,
        "parse::foreign",
        r#"movement main(a: bool, b: bool) -> bool { a and b }
"#,
    ),
    mistake(
        "or gives a default",
        r#"movement main(x: text?) -> text {
  x or "none"
}
"#,
        2,
        "check::type_mismatch",
        r#"movement main(x: text?) -> text {
  x ?? "none"
}
"#,
    ),
    mistake(
        "|| gives a default",
        r#"movement main(x: text?) -> text {
  x || "none"
}
"#,
        2,
        "parse::foreign",
        r#"movement main(x: text?) -> text {
  x ?? "none"
}
"#,
    ),
    mistake(
        "?. asks what may be missing",
        r#"type A { x: text? }
movement main(a: A?) -> text {
  a?.x ?? "none"
}
"#,
        3,
        "parse::foreign",
        r#"type A { x: text? }
movement main(a: A?) -> text {
  (if a != nothing { a.x } else { nothing }) ?? "none"
}
"#,
    ),
    mistake(
        "| hands on",
        r#"part p(x: text) -> text by local() "{x}"
part q(x: text) -> text by local() "{x}"
movement main() -> text {
  "a" | p() | q()
}
"#,
        4,
        "parse::foreign",
        r#"part p(x: text) -> text by local() "{x}"
part q(x: text) -> text by local() "{x}"
movement main() -> text {
  "a" |> p() |> q()
}
"#,
    ),
    mistake(
        "typeof",
        r#"movement main(v: text | int) -> bool {
  typeof v == "string"
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main(v: text | int) -> bool {
  v is text
}
"#,
    ),
    mistake(
        "instanceof",
        r#"type A { x: int }
type B { y: int }
movement main(v: A | B) -> bool {
  v instanceof A
}
"#,
        4,
        "parse::foreign",
        r#"type A { x: int }
type B { y: int }
movement main(v: A | B) -> bool {
  v is A
}
"#,
    ),
    mistake(
        "isinstance",
        r#"type A { x: int }
type B { y: int }
movement main(v: A | B) -> bool {
  isinstance(v, A)
}
"#,
        4,
        "resolve::unknown_name",
        r#"type A { x: int }
type B { y: int }
movement main(v: A | B) -> bool {
  v is A
}
"#,
    ),
    mistake(
        "..= is a range",
        r#"movement main(n: int) -> [int] {
  for i in 0..=n { i }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int) -> [int] {
  for i in 0..n { i }
}
"#,
    ),
];
