//! Every score block in the docs is checked, so that none of them lies.
//!
//! A block headed ```` ```score wrong ```` must have an error; one headed ```` ```score part of ```` is left
//! out, since it leans on what stands around it.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use miette::Diagnostic;
use score_lang::report::{Look, Style, show};
use score_lang::session::Parsed;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> = vec![root.join("README.md")];
    pages.extend(
        fs::read_dir(root.join("docs")).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())),
    );
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
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

struct Block {
    line: usize,
    wrong: bool,
    /// The code of the section that the block stands in, in a catalogue of errors.
    code: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut code = None;
    for (at, line) in page.lines().enumerate() {
        if let Some(block) = &mut open {
            if line == "```" {
                blocks.extend(open.take());
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
        } else if let Some(kind) = line.strip_prefix("```score") {
            if kind.trim() != "part of" {
                let wrong = kind.trim() == "wrong";
                open = Some(Block { line: at + 1, wrong, code: code.clone(), text: String::new() });
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            code =
                Some(heading.trim().trim_matches('`').to_owned()).filter(|code| code.starts_with("score::"));
        }
    }
    blocks
}

fn check(block: &Block) -> Result<(), String> {
    let problems = match Parsed::text("block.score", block.text.as_str()).check() {
        Ok(checked) => checked.warnings(),
        Err(problems) => problems,
    };
    let all: Vec<&dyn Diagnostic> = problems.diagnostics().collect();
    let shown = show(&all, problems.sources(), Style::Full(Look::PLAIN));
    let codes: Vec<String> = all.iter().filter_map(|one| Some(one.code()?.to_string())).collect();
    match (block.wrong, &block.code) {
        (false, _) if all.iter().all(|one| one.severity() == Some(miette::Severity::Warning)) => Ok(()),
        (false, _) => Err(shown),
        (true, Some(code)) if codes.contains(code) => Ok(()),
        (true, Some(code)) => Err(format!("it should have {code}, but has {codes:?}\n{shown}")),
        (true, None) if codes.is_empty() => Err(String::from("it should have an error, but has none")),
        (true, None) => Ok(()),
    }
}
