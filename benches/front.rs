//! How fast big scores are parsed, checked and planned, and how fast nonsense is refused.

use std::fmt::Write as _;
use std::time::Instant;

use score_lang::session::Parsed;

fn main() {
    let lines = generated(10_000);
    time("check of 10,000 lines", &lines);
    let megabytes = generated(10 * 1024 * 1024 / (lines.len() / 10_000));
    time(&format!("check of {} MB", megabytes.len() / 1_000_000), &megabytes);
    time("100,000 nested brackets", &format!("movement main() -> int {{ {}", "(".repeat(100_000)));
    time("100,000 nested braces", &format!("movement main() -> int {}", "{".repeat(100_000)));
    time("a text that never ends", &format!("movement main() -> text {{ \"\"\"{}", "x\n".repeat(1_000_000)));
}

fn time(what: &str, text: &str) {
    let start = Instant::now();
    let found = match Parsed::text("generated.score", text).check() {
        Err(problems) => format!("{} errors", problems.diagnostics().count()),
        Ok(checked) => match checked.plan() {
            Ok(planned) => format!("{} movements", planned.plan().movements.len()),
            Err(_) => String::from("no plan"),
        },
    };
    println!("{what}: {:.1} ms ({found})", start.elapsed().as_secs_f64() * 1e3);
}

/// A score of about so many lines, as people write them: types, instruments, parts with prompts, movements.
fn generated(lines: usize) -> String {
    let mut text = String::from("instrument writer = echo()\n\n");
    for n in 0..lines / 25 {
        let _ = write!(
            text,
            r#"/// Something number {n}.
type Thing{n} {{
  /// What it is called.
  name: text
  size: int where 0 <= it and it <= 100
  tags: [text; ..5] = []
}}

part make{n}(topic: text, count: int) -> Thing{n}
  by writer
  ensure len(it.name) > 0 else "It needs a name."
  """
  Think of a thing about {{topic}}, one of {{count}}.
  """

movement play{n}(topic: text) -> [text] {{
  let first = make{n}(topic, 3)
  let all = for i in 1..3 {{
    let next = make{n}("{{topic}} and {{first.name}}", i)
    if next.size > 50 {{ next.name }} else {{ "small" }}
  }}
  all
}}

"#
        );
    }
    text
}
