//! Statements: names, failures, waits.

use super::{Mistake, mistake};

pub const MISTAKES: &[Mistake] = &[
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
        "a record is taken apart",
        r#"type A { x: int, y: int }
movement main(a: A) -> int {
  let {x, y} = a
  x + y
}
"#,
        3,
        "parse::foreign",
        r#"type A { x: int, y: int }
movement main(a: A) -> int {
  let x = a.x
  let y = a.y
  x + y
}
"#,
    ),
    mistake(
        "several names at once",
        r#"movement main(xs: [int]) -> int {
  let (a, b) = (xs[0], xs[1])
  a + b
}
"#,
        2,
        "parse::foreign",
        r#"movement main(xs: [int]) -> int {
  let a = xs[0]
  let b = xs[1]
  a + b
}
"#,
    ),
    mistake(
        "pass",
        r#"movement main() {
  pass
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main() {
  
}
"#,
    ),
    mistake(
        ":= names a value",
        r#"movement main() -> int {
  x := 3
  x
}
"#,
        2,
        "parse::foreign",
        r#"movement main() -> int {
  let x = 3
  x
}
"#,
    ),
    mistake(
        "the type before the name",
        r#"movement main() -> int {
  int x = 3
  x
}
"#,
        2,
        "parse::equals",
        r#"movement main() -> int {
  let x: int = 3
  x
}
"#,
    ),
    mistake(
        "parallel",
        r#"part p(x: text) -> text by local() "{x}"
movement main() -> text {
  parallel {
    let a = p("a")
    let b = p("b")
  }
  a + b
}
"#,
        3,
        "parse::foreign",
        r#"part p(x: text) -> text by local() "{x}"
movement main() -> text {
  together {
    let a = p("a")
    let b = p("b")
  }
  a + b
}
"#,
    ),
    mistake(
        "sleep",
        r#"movement main() {
  sleep(2)
  say "x"
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main() {
  wait 2s
  say "x"
}
"#,
    ),
    mistake(
        "time.sleep",
        r#"movement main() {
  time.sleep(2)
  say "x"
}
"#,
        2,
        "resolve::unknown_name",
        r#"movement main() {
  wait 2s
  say "x"
}
"#,
    ),
    mistake(
        "a movement that gives something unsaid",
        r#"movement main() {
  return "x"
}
"#,
        2,
        "check::type_mismatch",
        r#"movement main() -> text {
  return "x"
}
"#,
    ),
];
