//! The scores that a command is given: files, and all in folders.

use std::path::{Path, PathBuf};

/// How deep folders are looked through.
const DEEPEST: usize = 32;

/// The scores that are named or lie in folders that are, each once, in the order of their paths.
pub(super) fn files(paths: &[String]) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    for path in paths {
        let place = Path::new(path);
        if place.is_dir() {
            let mut found = Vec::new();
            walk(place, 0, &mut found);
            found.sort();
            files.extend(found);
        } else if place.exists() {
            files.push(place.to_owned());
        } else {
            return Err(path.clone());
        }
    }
    let shown = |path: PathBuf| {
        let text = path.to_string_lossy().into_owned();
        text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
    };
    let mut seen = std::collections::HashSet::new();
    Ok(files.into_iter().map(shown).filter(|file| seen.insert(file.clone())).collect())
}

/// Hidden folders and those of other tools are passed over.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if name.starts_with('.') || matches!(&*name, "target" | "node_modules" | "out") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < DEEPEST => walk(&path, depth + 1, found),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|extension| extension == "score") => {
                found.push(path);
            }
            _ => {}
        }
    }
}
