//! What resolving and checking say of the scores in `tests/golden/check`. Each file says itself what is
//! wrong with it: `// error: CODE` or `// warning: CODE` stands on the line before.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use score_lang::backend;
use score_lang::base::{SourceMap, Span};
use score_lang::check::{CheckError, Checked, check};
use score_lang::instrument::Backend;
use score_lang::load::{Module, Program};
use score_lang::resolve::{ResolveError, resolve};
use score_lang::syntax::parse::parse;

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
    let mut program = Program::default();
    let id = program.sources.add(name, text);
    let file = program.sources.file(id).clone();
    let parsed = parse(id, &file, &mut program.ids);
    program.modules.push(Module { name: name.into(), file: parsed.file });
    let sources = program.sources.clone();
    let mut found = Found { sources, said: BTreeSet::new(), shown: String::new(), checked: None };
    for error in &parsed.errors {
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

fn expected(text: &str) -> BTreeSet<(usize, String, String)> {
    let mut waiting = Vec::new();
    let mut expected = BTreeSet::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let note = ["error", "warning"].into_iter().find_map(|word| Some((word, line.strip_prefix(&format!("// {word}: "))?)));
        match note {
            Some((word, code)) => waiting.push((word.to_owned(), code.trim().to_owned())),
            None => expected.extend(waiting.drain(..).map(|(word, code)| (at + 1, word, code))),
        }
    }
    expected
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
fn goldens_say_what_is_wrong() {
    let mut wrong = String::new();
    for path in goldens() {
        let text = fs::read_to_string(&path).expect("readable");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let found = front(&name, &text);
        let expected = expected(&text);
        if std::env::var_os("SCORE_SHOW").is_some() {
            println!("== {name}\n{}", found.shown);
        }
        if found.said != expected {
            let missing: Vec<_> = expected.difference(&found.said).collect();
            let more: Vec<_> = found.said.difference(&expected).collect();
            wrong.push_str(&format!("{name}:\n  missing {missing:?}\n  more {more:?}\n{}\n", found.shown));
        } else if name.starts_with("ok_") && found.checked.is_none() {
            wrong.push_str(&format!("{name} has errors\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
