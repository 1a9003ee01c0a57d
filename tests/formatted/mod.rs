//! What tests of the formatter share: the scores of this project, and what is wrong with how one is formatted.

#![allow(dead_code, reason = "no test needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use score_lang::base::{NodeIds, SourceMap};
use score_lang::format::format;
use score_lang::syntax::ast::show::show_file;
use score_lang::syntax::ast::{ClauseKind, File, ItemKind};
use score_lang::syntax::parse::parse;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn scores(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            scores(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "score") {
            found.push(path);
        }
    }
}

pub fn all_in(folders: &[&str]) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for folder in folders {
        scores(&root().join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.display().to_string(), text))
    };
    paths.into_iter().filter_map(read).collect()
}

/// The README, the pages in `docs` and those that some of them are made of.
pub fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for folder in ["docs", "src/report/catalogue"] {
        pages.extend(
            fs::read_dir(root().join(folder)).into_iter().flatten().flatten().map(|entry| entry.path()),
        );
    }
    pages.sort();
    pages
}

/// The score blocks of the pages, but for those that are wrong on purpose.
pub fn blocks() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap_or_default();
        let mut open: Option<(String, String)> = None;
        for (at, line) in text.lines().enumerate() {
            match &mut open {
                Some(_) if line == "```" => found.extend(open.take()),
                Some((_, block)) => {
                    block.push_str(line);
                    block.push('\n');
                }
                None if matches!(line, "```score" | "```score run" | "```score test") => {
                    open = Some((format!("{}:{}", page.display(), at + 1), String::new()));
                }
                None => {}
            }
        }
    }
    found
}

pub fn parsed(text: &str) -> Option<(File, SourceMap)> {
    let mut sources = SourceMap::default();
    let id = sources.add("a.score", text);
    let file = sources.file(id).clone();
    let parsed = parse(id, &file, &mut NodeIds::default());
    parsed.errors.is_empty().then_some((parsed.file, sources))
}

/// The tree without places, its clauses in the order of the formatter.
pub fn tree(text: &str) -> Option<String> {
    let (mut file, _) = parsed(text)?;
    for item in &mut file.items {
        if let ItemKind::Part(part) = &mut item.kind {
            part.clauses.sort_by_key(|clause| match clause.kind {
                ClauseKind::By(_) => 0,
                ClauseKind::Using(_) => 1,
                ClauseKind::From(_) => 2,
                ClauseKind::Ensure { .. } => 3,
                ClauseKind::Retry(_) => 4,
                ClauseKind::Within(_) => 5,
                ClauseKind::Turns(_) => 6,
                ClauseKind::Otherwise(_) => 7,
                ClauseKind::Quorum(_) => 8,
                ClauseKind::Class(_) => 9,
                ClauseKind::Fresh => 10,
                ClauseKind::Prefill(_) => 11,
                ClauseKind::Stdin(_) => 12,
            });
        }
    }
    Some(show_file(&file))
}

/// The comments of a score, in no order.
pub fn comments(text: &str) -> Vec<String> {
    let Some((file, sources)) = parsed(text) else { return Vec::new() };
    let mut all: Vec<String> =
        file.comments.iter().map(|comment| sources.text(comment.span).trim_end().to_owned()).collect();
    all.sort();
    all
}

/// What is wrong with how a score is formatted.
pub fn flaw(text: &str) -> Option<String> {
    let formatted = match format("a.score", text) {
        Ok(formatted) => formatted,
        Err(_) => return parsed(text).map(|_| String::from("it parses, but is not formatted")),
    };
    let again = match format("a.score", &formatted) {
        Ok(again) => again,
        Err((_, errors)) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            return Some(format!("what is formatted has errors: {errors:?}\n{formatted}"));
        }
    };
    if tree(text) != tree(&formatted) {
        let (before, after) = (tree(text).unwrap_or_default(), tree(&formatted).unwrap_or_default());
        let differs = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        return Some(format!("it means something else: {differs:#?}\n{formatted}"));
    }
    if comments(text) != comments(&formatted) {
        return Some(format!("its comments are others:\n{formatted}"));
    }
    let line = formatted.lines().zip(again.lines()).find(|(first, second)| first != second);
    (formatted != again)
        .then(|| format!("formatted again it is another: {line:?}\n{formatted}\n---\n{again}"))
}
