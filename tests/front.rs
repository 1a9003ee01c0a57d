//! Resolving and checking hold whatever they are given: broken, deep and long scores, and what has no
//! errors can be planned. What they say of single mistakes stands in `tests/golden/check`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use score_lang::backend;
use score_lang::base::{SourceMap, Span};
use score_lang::check::{CheckError, Checked, check};
use score_lang::instrument::Backend;
use score_lang::load::{Loaded, NoFiles, load};
use score_lang::resolve::{ResolveError, resolve};

struct Found {
    sources: SourceMap,
    /// Line from 1, word, code.
    said: BTreeSet<(usize, String, String)>,
    shown: String,
    checked: Option<Checked>,
}

fn constructors() -> Vec<&'static dyn Backend> {
    backend::all().iter().copied().filter(|backend| !backend::is_internal(backend.name())).collect()
}

fn front(name: &str, text: &str) -> Found {
    let Loaded { program, broken, wrong, .. } = load(&NoFiles, name, text);
    let sources = program.sources.clone();
    let mut found = Found { sources, said: BTreeSet::new(), shown: String::new(), checked: None };
    for error in &broken {
        found.note(error, None);
    }
    for error in &wrong {
        found.note(error, None);
    }
    let (resolved, errors) = resolve(&program, &constructors());
    for error in &errors {
        found.note(error, Some(ResolveError::span(error)));
    }
    match check(program, resolved, &constructors()) {
        Ok(checked) => {
            for error in &checked.warnings {
                found.note(error, Some(CheckError::span(error)));
            }
            found.checked = Some(checked);
        }
        Err(errors) => {
            for error in &errors {
                found.note(error, Some(CheckError::span(error)));
            }
        }
    }
    found
}

impl Found {
    fn has_errors(&self) -> bool {
        self.said.iter().any(|(_, word, _)| word == "error")
    }

    fn note(&mut self, error: &dyn Diagnostic, span: Option<Span>) {
        let start = span.map_or_else(
            || error.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset()),
            |span| span.start as usize,
        );
        let start = u32::try_from(start).expect("small");
        let file = self.sources.file_at(start).expect("a file");
        let (line, _) = file.line_column(start);
        let word = if error.severity() == Some(miette::Severity::Warning) { "warning" } else { "error" };
        let code = error.code().map(|code| code.to_string()).unwrap_or_default();
        let help = error.help().map(|help| format!("\n      help: {help}")).unwrap_or_default();
        self.shown.push_str(&format!("{line}: {word}[{code}]: {error}{help}\n"));
        self.said.insert((line, word.to_owned(), code));
    }
}

fn goldens() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/check");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the goldens")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "score"))
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_checked_can_be_planned() {
    for path in goldens() {
        let text = fs::read_to_string(&path).expect("readable");
        let found = front("a.score", &text);
        if let Some(checked) = found.checked.as_ref().filter(|_| !found.has_errors()) {
            let plan = score_lang::plan::Plan::lower(checked);
            assert!(plan.is_ok(), "{}: {:?}", path.display(), plan.err());
        }
    }
}

#[test]
fn examples_of_builtins_have_no_errors() {
    let mut wrong = String::new();
    for builtin in score_lang::builtin::all() {
        let (example, gives) = builtin.example;
        let mut text = format!("movement main() -> bool {{\n  let _x = {example}\n");
        text.push_str(if gives.is_empty() { "  true\n}\n" } else { "  let y = [_x]\n  len(y) > 0\n}\n" });
        let text =
            if builtin.name == "write" { format!("movement main() {{\n  {example}\n}}\n") } else { text };
        let text = if builtin.name == "asked" {
            format!(
                "part p() -> text by writer \"Hello\"\ninstrument writer = echo()\ntest \"t\" {{\n  expect p() != \"\"\n  expect len({example}) == 1\n}}\n"
            )
        } else {
            text
        };
        let found = front("example.score", &text);
        match &found.checked {
            Some(checked) if found.said.is_empty() => {
                let plan = score_lang::plan::Plan::lower(checked);
                if let Err(error) = plan {
                    wrong.push_str(&format!("{}: {error:?}\n", builtin.name));
                }
            }
            _ => wrong.push_str(&format!("{}: {}\n", builtin.name, found.shown)),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// As deep and as long as the parser lets through.
#[test]
fn deep_and_long_scores_are_walked() {
    let body = |text: String| format!("movement main(x: int) -> json {{\n  let a = {text}\n  a\n}}\n");
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    for depth in [60, 120, 240] {
        for text in [
            nested("(", "x", ")", depth),
            nested("[", "x", "]", depth),
            nested("abs(", "x", ")", depth),
            nested("if x > 1 { ", "x", " } else { 2 }", depth),
            nested("match x { 1 => ", "x", ", _ => 2 }", depth),
            nested("map([x], x => { ", "x", " })", depth / 2),
            nested("not ", "true", "", depth),
            nested("\"{", "x", "}\"", depth / 2),
            vec!["x"; depth * 4].join(" + "),
            vec!["x"; depth * 4].join(" ?? "),
            format!("x{}", " |> abs()".repeat(depth * 4)),
            format!("x{}", " otherwise 1".repeat(depth)),
            format!("if x == 0 {{ 0 }}{} else {{ 1 }}", " else if x == 1 { 1 }".repeat(depth)),
        ] {
            front("deep.score", &body(text));
        }
    }
}

/// A thousand mistakes are told as a hundred and a note, and don't take long.
#[test]
fn many_errors_are_cut_short() {
    let mut text = String::from("movement main(t: text) {\n");
    for line in 0..3_000 {
        text.push_str(&format!("  wait t\n  say mispelt_{line}\n"));
    }
    text.push_str("}\n");
    let found = front("many.score", &text);
    assert!(found.said.iter().any(|(_, _, code)| code == "score::check::too_many"), "{}", found.shown);
    assert!(found.said.iter().any(|(_, _, code)| code == "score::resolve::too_many"), "{}", found.shown);
    assert!(found.said.len() < 210);
}
