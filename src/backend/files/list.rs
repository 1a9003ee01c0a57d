//! Listings: the files of a folder, or those that a pattern names, in the order of their bytes.

use std::fs;
use std::path::Path;

use crate::instrument::{Failure, FailureKind};
use crate::value::Value;

/// Most files of a listing.
const MOST: usize = 100_000;
/// Deepest folders that `**` looks into.
const DEEPEST: usize = 64;

/// The paths of files, as `read` takes them: those directly in a folder, or those that a pattern names
/// (`*` and `?` within a name, `**` for any folders). Hidden ones only where the pattern says the dot.
pub(super) fn list(base: &Path, shown: &str) -> Result<Value, Failure> {
    let pattern = if shown.contains(['*', '?']) {
        shown.to_owned()
    } else {
        let folder = base.join(shown);
        if !folder.is_dir() {
            let what = if folder.exists() { "is no folder" } else { "is not there" };
            return Err(Failure::new(FailureKind::InvalidRequest, format!("the folder `{shown}` {what}"))
                .with_help(format!("looked for {}", folder.display())));
        }
        match shown.trim_end_matches('/') {
            "." | "" if !shown.starts_with('/') => "*".to_owned(),
            folder => format!("{folder}/*"),
        }
    };
    let (start, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/".to_owned(), rest),
        None => (String::new(), &*pattern),
    };
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
    let mut found = Vec::new();
    walk(base, &start, &parts, 0, &mut found)?;
    found.sort_unstable();
    found.dedup();
    Ok(Value::list(found.iter().map(|path| Value::text(path)).collect::<Vec<_>>()))
}

/// Adds the files below `prefix` that the parts of a pattern name. As deep as the pattern, or [`DEEPEST`].
fn walk(
    base: &Path,
    prefix: &str,
    parts: &[&str],
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), Failure> {
    let Some((part, rest)) = parts.split_first() else { return Ok(()) };
    if depth > DEEPEST {
        return Ok(());
    }
    if !part.contains(['*', '?']) {
        let path = format!("{prefix}{part}");
        return match rest {
            [] if base.join(&path).is_file() => add(path, found),
            [] => Ok(()),
            rest => walk(base, &format!("{path}/"), rest, depth + 1, found),
        };
    }
    if *part == "**" {
        walk(base, prefix, rest, depth, found)?;
    }
    // What can't be listed holds nothing that can be read.
    let Ok(entries) = fs::read_dir(base.join(prefix)) else { return Ok(()) };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') && !part.starts_with('.') {
            continue;
        }
        let Ok(kind) = entry.file_type() else { continue };
        let path = format!("{prefix}{name}");
        // A link to a folder is looked into by name only: `**` would never end.
        let is_folder = kind.is_dir() || kind.is_symlink() && *part != "**" && base.join(&path).is_dir();
        if *part == "**" {
            if is_folder {
                walk(base, &format!("{path}/"), parts, depth + 1, found)?;
            }
        } else if matches(part.as_bytes(), name.as_bytes()) {
            match rest {
                [] if !is_folder && (kind.is_file() || base.join(&path).is_file()) => add(path, found)?,
                [] => {}
                rest if is_folder => walk(base, &format!("{path}/"), rest, depth + 1, found)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn add(path: String, found: &mut Vec<String>) -> Result<(), Failure> {
    if found.len() >= MOST {
        let message = format!("the listing has more than {MOST} files");
        return Err(
            Failure::new(FailureKind::InvalidRequest, message).with_help("name a narrower folder or pattern")
        );
    }
    found.push(path);
    Ok(())
}

/// Whether a name fits a pattern of `*`, `?` and plain characters. Linear in the name but for one star at a time.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                n += 1;
                // `?` stands for a character, not for a byte of one.
                while name.get(n).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    n += 1;
                }
            }
            Some(byte) if *byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names() {
        for (pattern, name, fits) in [
            ("*.md", "a.md", true),
            ("*.md", "a.txt", false),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "ab", true),
            ("*a*b", "ba", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }
}
