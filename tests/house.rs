//! Keeps the house as `ARCHITECTURE.md` draws it: who may know whom, where each outside crate lives,
//! how big a file may get.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Floors, lowest first. A module uses lower floors only, never its own floor's neighbours.
const FLOORS: &[(u32, &[&str])] = &[
    (0, &["base"]),
    (1, &["report", "keys", "types"]),
    (2, &["value", "syntax"]),
    (3, &["instrument", "answer", "format"]),
    (4, &["builtin", "load"]),
    (5, &["models", "resolve"]),
    (6, &["check"]),
    (7, &["plan"]),
    (8, &["engine", "journal", "backend"]),
    (9, &["conduct"]),
    (10, &["session"]),
    (11, &["repl"]),
    (12, &["cli"]),
];

/// Outside crates and the rooms they live in.
const ROOMS: &[(&str, &[&str])] = &[
    ("pest", &["syntax/parse"]),
    ("toml", &["load"]),
    ("pest_derive", &["syntax/parse"]),
    ("reqwest", &["backend/mcp", "backend/wire/conversing", "backend/local"]),
    ("hyper", &["backend/wire"]),
    ("hyper_rustls", &["backend/wire"]),
    ("hyper_util", &["backend/wire"]),
    ("h2", &["backend/wire"]),
    ("http", &["backend"]),
    ("rustls", &["backend"]),
    ("encoding_rs", &["backend"]),
    ("rmcp", &["backend/mcp"]),
    ("dom_query", &["builtin"]),
    ("dom_smoothie", &["builtin"]),
    ("feed_rs", &["builtin"]),
    ("candle_core", &["backend/local"]),
    ("candle_transformers", &["backend/local"]),
    ("tokenizers", &["backend/local"]),
    ("llguidance", &["backend/local"]),
    ("toktrie", &["backend/local"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("rustyline", &["repl", "cli"]),
    ("rusqlite", &["journal"]),
    ("tokio", &["backend", "conduct", "session", "cli"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("under src").to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).expect("readable"))
        })
        .collect()
}

fn floor(module: &str) -> Option<u32> {
    FLOORS.iter().find(|(_, modules)| modules.contains(&module)).map(|(floor, _)| *floor)
}

fn room(file: &str) -> Option<&str> {
    file.split_once('/').map(|(room, _)| room)
}

/// Lines of code: without comments, and without what stands in a module of tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// Modules named after `crate::` in a line, those of a group `crate::{a, b}` included.
fn used(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in line.split("crate::").skip(1) {
        if let Some(group) = piece.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(letter),
                    _ => {}
                }
            }
            found.push(word);
        } else {
            found.push(piece.to_owned());
        }
    }
    found
        .into_iter()
        .map(|path| {
            path.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
        })
        .filter(|module: &String| !module.is_empty())
        .collect()
}

#[test]
fn modules_use_lower_floors_only() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some(own) = room(&file) else { continue };
        let Some(here) = floor(own) else {
            wrong.push(format!("{file}: `{own}` has no floor"));
            continue;
        };
        for (line, content) in code(&text) {
            for module in used(content) {
                match floor(&module) {
                    _ if module == own => {}
                    Some(there) if there < here => {}
                    Some(_) => {
                        wrong.push(format!("{file}:{line}: `{own}` uses `{module}`, which is not below it"))
                    }
                    None => {
                        wrong.push(format!("{file}:{line}: `crate::{module}` is no floor: name the module"))
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_library_has_a_floor() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("lib.rs");
    for line in text.lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(floor(module).is_some(), "`{module}` has no floor");
        }
    }
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (line, content) in code(&text) {
            for (name, rooms) in ROOMS {
                let named = [
                    format!("use {name}::"),
                    format!(" {name}::"),
                    format!("({name}::"),
                    format!("<{name}::"),
                ]
                .iter()
                .any(|form| content.contains(form.as_str()));
                if named && file != "main.rs" && !rooms.iter().any(|room| file.starts_with(room)) {
                    wrong.push(format!("{file}:{line}: `{name}` lives in {rooms:?} only"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_imported_by_glob() {
    let allowed = ["syntax/ast/mod.rs"];
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (line, content) in code(&text) {
            if content.contains("::*;") && !allowed.contains(&file.as_str()) {
                wrong.push(format!("{file}:{line}: {}", content.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        if lines > 600 {
            wrong.push(format!("{file} has {lines} lines; split it by topic"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn functions_stay_small() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let mut open: Option<(usize, usize, String)> = None;
        for (at, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let begins = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let begins = begins
                .trim_start_matches("pub(super) ")
                .trim_start_matches("const ")
                .trim_start_matches("async ");
            if open.is_none() && begins.starts_with("fn ") && !line.trim_end().ends_with(';') {
                open = Some((at, indent, begins.to_owned()));
            }
            if let Some((start, depth, name)) = &open
                && line.trim_end() == format!("{}}}", " ".repeat(*depth))
            {
                if at - start > 80 {
                    wrong.push(format!("{file}:{}: {} lines: {name}", start + 1, at - start));
                }
                open = None;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_user_can_reach_a_panic() {
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for (file, text) in sources() {
        if file.contains("tests") {
            continue;
        }
        for (line, content) in code(&text) {
            for form in [".unwrap()", "panic!(", "todo!(", "unimplemented!(", "dbg!(", ".expect("] {
                if content.contains(form) {
                    wrong.insert(format!("{file}:{line}: {}", content.trim()), line);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_keys().collect::<Vec<_>>().join("\n"));
}
