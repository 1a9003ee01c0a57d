//! Branches and loops.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
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
        "enumerate",
        r#"movement main(xs: [text]) -> [text] {
  for i, x in enumerate(xs) { "{i} {x}" }
}
"#,
        2,
        "parse::expected",
        r#"movement main(xs: [text]) -> [text] {
  for (i, x) in xs { "{i} {x}" }
}
"#,
    ),
    mistake(
        "for i, x in xs",
        r#"movement main(xs: [text]) -> [text] {
  for i, x in xs { "{i} {x}" }
}
"#,
        2,
        "parse::expected",
        r#"movement main(xs: [text]) -> [text] {
  for (i, x) in xs { "{i} {x}" }
}
"#,
    ),
    mistake(
        "for (x in xs)",
        r#"movement main(xs: [text]) -> [text] {
  for (x in xs) { x }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(xs: [text]) -> [text] {
  for x in xs { x }
}
"#,
    ),
    mistake(
        "break",
        r#"movement main() -> int {
  repeat up to 3 with n = 1 {
    if n > 2 { break }
    n + 1
  }
}
"#,
        3,
        "resolve::unknown_name",
        r#"movement main() -> int {
  repeat up to 3 with n = 1 {
    if n > 2 { stop }
    n + 1
  }
}
"#,
    ),
    mistake(
        "-> in a match",
        r#"movement main(n: int) -> text {
  match n {
    1 -> "one",
    _ -> "many",
  }
}
"#,
        3,
        "parse::foreign",
        r#"movement main(n: int) -> text {
  match n {
    1 => "one",
    _ => "many",
  }
}
"#,
    ),
    mistake(
        "arms without commas",
        r#"movement main(n: int) -> text {
  match n {
    1 => "one"
    _ => "many"
  }
}
"#,
        4,
        "parse::missing_comma",
        r#"movement main(n: int) -> text {
  match n {
    1 => "one",
    _ => "many"
  }
}
"#,
    ),
    mistake(
        "unless",
        r#"movement main(n: int) -> text {
  unless n > 1 { "few" } else { "many" }
}
"#,
        2,
        "parse::foreign",
        r#"movement main(n: int) -> text {
  if not (n > 1) { "few" } else { "many" }
}
"#,
    ),
    mistake(
        "if (c) a else b",
        r#"movement main(n: int) -> text {
  if (n > 1) "many" else "one"
}
"#,
        2,
        "parse::expected",
        r#"movement main(n: int) -> text {
  if (n > 1) { "many" } else { "one" }
}
"#,
    ),
    mistake(
        "case in a match",
        r#"movement main(n: int) -> text {
  match n {
    case 1: "one"
    case 2: "two"
    default: "many"
  }
}
"#,
        3,
        "parse::foreign",
        r#"movement main(n: int) -> text {
  match n {
    1 => "one",
    2 => "two",
    _ => "many"
  }
}
"#,
    ),
    mistake(
        "loop",
        r#"movement main() {
  loop {
    say "again"
  }
}
"#,
        2,
        "parse::foreign",
        r#"movement main() {
  repeat up to 100 {
    say "again"
  }
}
"#,
    ),
];
