//! `score fmt`

use std::io::Read as _;

use miette::Diagnostic;

use super::exit::Exit;
use super::options::Fmt;
use super::{scores, terminal};
use crate::format::format;
use crate::load::{Disk, Files as _};

/// Formats scores in place, or says which are not formatted.
pub(super) fn fmt(options: &Fmt) -> Exit {
    if options.stdin {
        return standard_input(options.check);
    }
    let files = match scores::files(&options.paths) {
        Ok(files) => files,
        Err(missing) => {
            terminal::note(&format!("{missing} is not there."));
            return Exit::Usage;
        }
    };
    let (mut broken, mut changed) = (0_usize, 0_usize);
    for file in &files {
        let Ok(text) = Disk.source(file).map_err(|error| {
            terminal::problems(&[&error], &crate::base::SourceMap::default());
            broken += 1;
        }) else {
            continue;
        };
        let Some(formatted) = formatted(file, &text) else {
            broken += 1;
            continue;
        };
        if formatted == text {
            continue;
        }
        changed += 1;
        if options.check {
            terminal::note(&format!("{file} is not formatted."));
        } else if let Err(error) = written(file, &formatted) {
            terminal::note(&format!("{file} could not be written: {error}."));
            broken += 1;
        } else {
            terminal::note(&format!("formatted {file}"));
        }
    }
    if options.check && changed > 0 {
        terminal::note("`score fmt` formats them.");
    }
    match (broken, options.check && changed > 0) {
        (1.., _) => Exit::Source,
        (0, true) => Exit::Failed,
        (0, false) => Exit::Done,
    }
}

fn standard_input(check: bool) -> Exit {
    let mut text = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut text) {
        terminal::note(&format!("the standard input could not be read: {error}."));
        return Exit::Usage;
    }
    let Some(formatted) = formatted("-", &text) else { return Exit::Source };
    if check {
        return if formatted == text { Exit::Done } else { Exit::Failed };
    }
    if terminal::result_part(&formatted).is_ok() { Exit::Done } else { Exit::Failed }
}

/// The text in the one style; its errors are shown where it has any.
fn formatted(name: &str, text: &str) -> Option<String> {
    match format(name, text) {
        Ok(formatted) => Some(formatted),
        Err((sources, errors)) => {
            let shown: Vec<&dyn Diagnostic> = errors.iter().map(|error| error as &dyn Diagnostic).collect();
            terminal::problems(&shown, &sources);
            None
        }
    }
}

/// Writes a file whole or not at all; a link is written through.
fn written(file: &str, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;

    let path = std::fs::canonicalize(file)?;
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    let mut part = tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder)?;
    part.write_all(text.as_bytes())?;
    part.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    part.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
