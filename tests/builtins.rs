//! `docs/builtins.md` is made from the rows of the builtins; `SCORE_BLESS=1 cargo test --test builtins` writes
//! it again.

use std::fmt::Write as _;
use std::path::Path;

use score_lang::builtin::{self, Builtin, Run};
use score_lang::instrument::Class;

const HEAD: &str = "# Builtins

What every score can call without `use`. `T` and `U` stand for any type, each for one
throughout a call, and a lone `?` for whatever there is; a parameter with `?` after its name may be left out.
Those that compute may stand anywhere, also in clauses and small functions. The others are calls like any other:
they are *reads* or *acts*, and stand in movements.
";

fn page() -> String {
    let mut page = String::from(HEAD);
    for one in builtin::all() {
        section(&mut page, one);
    }
    page
}

fn section(page: &mut String, one: &Builtin) {
    let signature = (one.signature)();
    let kind = match one.run {
        Run::World { class: Class::Acts, .. } => " *Acts.*",
        Run::World { class: Class::Reads, .. } => " *Reads.*",
        _ => "",
    };
    let _ = write!(page, "\n## {}\n\n`{}{signature}`\n\n{}{kind}\n", one.name, one.name, one.doc);
    let documented: Vec<_> = signature.params.iter().filter(|param| !param.doc.is_empty()).collect();
    if !documented.is_empty() {
        page.push('\n');
    }
    for param in documented {
        let _ = writeln!(page, "- `{}`: {}", param.name, param.doc);
    }
    let (expression, gives) = one.example;
    let gives = if gives.is_empty() { String::new() } else { format!("   // {gives}") };
    let _ = write!(page, "\n```score part of\n{expression}{gives}\n```\n");
}

#[test]
fn the_page_says_what_the_rows_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/builtins.md");
    let page = page();
    if std::env::var_os("SCORE_BLESS").is_some() {
        std::fs::write(&path, &page).expect("written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/builtins.md is stale: SCORE_BLESS=1 cargo test --test builtins writes it again"
    );
}
