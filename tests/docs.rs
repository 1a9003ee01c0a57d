//! Every score block in the docs is checked, so that none of them lies.
//!
//! A block headed ```` ```score wrong ```` must have an error, and ```` ```score wrong CODE ```` that one. One
//! headed ```` ```score run ```` is performed, and the ```` ```text ```` block below it says what it gives: the
//! lines it says, then its result or its failure. The tests in one headed ```` ```score test ```` pass. `SCORE_BLESS=1 cargo test --test docs` rewrites those. One
//! headed ```` ```score part of ```` is left out: those are the heads of generated pages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use miette::Diagnostic;
use score_lang::base::Span;
use score_lang::engine::Note;
use score_lang::load::{Files, LOCK, LoadError, Lock, LockedServer, LockedTool, ServerKey};
use score_lang::report::{Look, Style, show};
use score_lang::session::{Ended, Flaw, Parsed, Performance, Planned, Seen, View};
use score_lang::value::{Value, pretty_json_text};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> = vec![root.join("README.md")];
    pages.extend(
        fs::read_dir(root.join("docs")).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())),
    );
    // `tests/errors.rs` checks the examples of the catalogue that `errors.md` is made of.
    pages.retain(|path| {
        path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("errors.md")
    });
    pages.sort();
    if std::env::var_os("SCORE_BLESS").is_some() {
        pages.iter().for_each(|page| bless(page));
    }
    let mut trials = Vec::new();
    for page in pages {
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&page).unwrap_or_default();
        for block in blocks(&text) {
            let name = format!("{name}:{}", block.line);
            trials.push(Trial::test(name, move || check(&block).map_err(Failed::from)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// What a block promises.
#[derive(PartialEq)]
enum Promise {
    /// It has no error.
    Fine,
    /// It has one.
    Wrong,
    /// Performing it gives this; `None` where the page does not say what.
    Gives(Option<String>),
    /// It has tests, and they pass.
    Passes,
}

struct Block {
    line: usize,
    promise: Promise,
    /// The code that is promised.
    code: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut result: Option<String> = None;
    for (at, line) in page.lines().enumerate() {
        if let Some(block) = &mut open {
            if line == "```" {
                blocks.extend(open.take());
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
        } else if let Some(text) = &mut result {
            if line == "```" {
                if let Some(Block { promise: Promise::Gives(gives), .. }) = blocks.last_mut() {
                    *gives = result.take();
                }
                result = None;
            } else {
                text.push_str(line);
                text.push('\n');
            }
        } else if let Some(kind) = line.strip_prefix("```score") {
            let kind = kind.trim();
            if kind != "part of" {
                let promise = match kind {
                    "run" => Promise::Gives(None),
                    "test" => Promise::Passes,
                    "" => Promise::Fine,
                    _ => Promise::Wrong,
                };
                let own = kind.strip_prefix("wrong ").map(str::to_owned);
                open = Some(Block { line: at + 1, promise, code: own, text: String::new() });
            }
        } else if line == "```text" {
            result = Some(String::new());
        }
    }
    blocks
}

/// What stands beside a block, where the page says that something does: modules, a package, noted tools of servers.
struct Beside;

impl Files for Beside {
    fn source(&self, path: &str) -> Result<String, LoadError> {
        let is = |end: &str| path.ends_with(end);
        let text = match () {
            () if is("house/writers.score") => {
                "type Mood = \"calm\" | \"wild\"\n\npart caption(line: text) -> text by echo() \"{line}\"\n"
                    .to_owned()
            }
            () if is("studio/posts.score") => {
                "part schedule(post: text) by webhook(\"https://example.com\")\n".to_owned()
            }
            () if is("score.toml") => "[dependencies]\nstudio = { path = \"../studio\" }\n".to_owned(),
            () if is(LOCK) => lock(),
            () => return Err(LoadError::Missing { path: path.to_owned(), help: String::from("Add it.") }),
        };
        Ok(text)
    }

    fn nearby(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }

    fn settings(&self, _path: &str) -> Option<String> {
        Some(String::from("score.toml"))
    }
}

/// The tools of the servers that blocks name.
fn lock() -> String {
    let tool = |name: &str, reads: bool, parameters: [&str; 2]| {
        let properties: serde_json::Map<String, serde_json::Value> =
            parameters.iter().map(|one| ((*one).to_owned(), serde_json::json!({"type": "string"}))).collect();
        LockedTool {
            name: name.to_owned(),
            description: String::new(),
            reads,
            idempotent: false,
            input: serde_json::json!({"type": "object", "properties": properties, "required": [parameters[1]]}),
            output: None,
            span: Span::default(),
        }
    };
    let server = |address: &str, tools| LockedServer {
        key: ServerKey::Address(address.to_owned()),
        name: String::from("server"),
        version: String::from("1.0"),
        tools,
        span: Span::default(),
    };
    let disk =
        [tool("search_files", true, ["path", "pattern"]), tool("write_file", false, ["path", "content"])];
    let disk = server("npx -y @modelcontextprotocol/server-filesystem ./data", disk.into());
    let wiki = server("https://wiki.example.com/mcp", vec![tool("look_up", true, ["title", "language"])]);
    Lock { path: String::new(), servers: vec![disk, wiki] }.text()
}

fn check(block: &Block) -> Result<(), String> {
    let problems = match Parsed::with_files(&Beside, "block.score", block.text.as_str()).check() {
        Ok(checked) => checked.warnings(),
        Err(problems) => problems,
    };
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    let shown = show(&all, problems.sources(), Style::Full(Look::PLAIN));
    let codes: Vec<String> = all.iter().filter_map(|one| Some(one.code()?.to_string())).collect();
    let fine = all.iter().all(|one| one.severity() == Some(miette::Severity::Warning));
    match (&block.promise, &block.code) {
        (Promise::Wrong, Some(code)) if codes.contains(code) => Ok(()),
        (Promise::Wrong, Some(code)) => Err(format!("it should have {code}, but has {codes:?}\n{shown}")),
        (Promise::Wrong, None) if fine => Err(String::from("it should have an error, but has none")),
        (Promise::Wrong, None) => Ok(()),
        (_, _) if !fine => Err(shown),
        (Promise::Gives(Some(wanted)), _) => {
            let found = perform(&block.text)?;
            if *wanted == found { Ok(()) } else { Err(format!("the page says\n{wanted}\nit gives\n{found}")) }
        }
        (Promise::Gives(None), _) => Err(String::from("the page does not say what it gives")),
        (Promise::Passes, _) => passes(&block.text),
        (Promise::Fine, _) => Ok(()),
    }
}

/// Performs the tests of a block.
fn passes(text: &str) -> Result<(), String> {
    let planned = planned(text)?;
    if planned.tests().is_empty() {
        return Err(String::from("it has no tests"));
    }
    for test in planned.tests() {
        match planned.test(test, Path::new(".")) {
            Ok(()) => {}
            Err(Flaw::Failed(report)) => {
                return Err(show(
                    &[&*report as &dyn Diagnostic],
                    planned.sources(),
                    Style::Full(Look::PLAIN),
                ));
            }
            Err(flaw) => return Err(format!("{}: {flaw:?}", test.name)),
        }
    }
    Ok(())
}

fn planned(text: &str) -> Result<Planned, String> {
    Parsed::text("block.score", text)
        .check()
        .and_then(|checked| checked.plan())
        .map_err(|problems| problems.diagnostics().map(|one| format!("{one}\n")).collect::<String>())
}

/// The lines that are said.
#[derive(Default)]
struct Said(Mutex<String>);

impl View for Said {
    fn see(&self, seen: Seen) {
        if let (Seen::Note(Note::Said { text, .. }), Ok(mut said)) = (seen, self.0.lock()) {
            said.push_str(&text);
            said.push('\n');
        }
    }

    fn live(&self) -> bool {
        false
    }
}

/// What performing a block says and gives.
fn perform(text: &str) -> Result<String, String> {
    let planned = planned(text)?;
    let movement = planned.movement(None).ok_or("no movement is the one to perform")?;
    let said = Arc::new(Said::default());
    let mut performance = Performance::new(&planned, movement);
    performance.view(said.clone());
    let ended = performance.run().map_err(|error| error.to_string())?;
    let mut shown = said.0.lock().map(|said| said.clone()).unwrap_or_default();
    shown.push_str(&match ended {
        Ended::Done(Value::Nothing) => String::new(),
        Ended::Done(Value::Text(text)) => format!("{text}\n"),
        Ended::Done(value) => format!("{}\n", pretty_json_text(&value)),
        Ended::Failed(report) => format!("{}: {}\n", report.failure.kind, report.failure.message),
        Ended::Waiting(..) => String::from("waiting for a person\n"),
        Ended::CutOff => String::from("cut off\n"),
    });
    Ok(shown)
}

/// Writes what blocks give below them.
fn bless(page: &Path) {
    let text = fs::read_to_string(page).unwrap_or_default();
    let found: BTreeMap<usize, String> = blocks(&text)
        .into_iter()
        .filter(|block| matches!(block.promise, Promise::Gives(_)))
        .filter_map(|block| Some((block.line, perform(&block.text).ok()?)))
        .collect();
    let mut lines = text.lines().enumerate().peekable();
    let mut out = String::new();
    while let Some((at, line)) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(gives) = found.get(&(at + 1)) else { continue };
        for (_, line) in lines.by_ref() {
            out.push_str(line);
            out.push('\n');
            if line == "```" {
                break;
            }
        }
        while lines.next_if(|(_, line)| line.is_empty()).is_some() {}
        if lines.next_if(|(_, line)| *line == "```text").is_some() {
            lines.by_ref().find(|(_, line)| *line == "```");
        }
        out.push_str(&format!("\n```text\n{gives}```\n"));
        if lines.peek().is_some_and(|(_, line)| !line.is_empty()) {
            out.push('\n');
        }
    }
    if out != text {
        let _ = fs::write(page, out);
    }
}
