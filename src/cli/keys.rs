//! `score keys`: keys in a file of the user's own, for all scores. Values are never shown.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use serde_json::json;

use super::exit::Exit;
use super::options::Keys;
use super::terminal;
use crate::keys::{self, From, Trouble};
use crate::session;

/// Sets, lists and removes keys.
pub(super) fn keys(options: &Keys) -> Exit {
    match options {
        Keys::Set(name) => set(name),
        Keys::List { json } => list(*json),
        Keys::Remove(name) => remove(name),
    }
}

fn set(name: &str) -> Exit {
    if !keys::is_name(name) {
        terminal::note(&format!(
            "`{name}` can't be the name of a key: letters, digits and `_`, and no digit first."
        ));
        return Exit::Usage;
    }
    let value = match value(name) {
        Ok(value) => value,
        Err(error) => {
            terminal::note(&format!("The key could not be read: {error}."));
            return Exit::Failed;
        }
    };
    if value.is_empty() {
        terminal::note("Nothing was given, so nothing is set.");
        return Exit::Usage;
    }
    match keys::set(name, &value) {
        Ok(path) => {
            terminal::note(&format!("{name} is set in {}.", path.display()));
            shadowed(name);
            Exit::Done
        }
        Err(trouble) => refused(&trouble),
    }
}

/// From a prompt that shows nothing, or from the standard input: never from the command line, where other
/// programs and the shell's history see it.
fn value(name: &str) -> std::io::Result<String> {
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        text = rpassword::prompt_password(format!("{name}: "))?;
    } else {
        std::io::stdin().lock().read_to_string(&mut text)?;
    }
    Ok(text.trim().to_owned())
}

/// Says where another value comes first.
fn shadowed(name: &str) {
    keys::open(Path::new("."));
    if let Some(found) = keys::find(name)
        && !matches!(found.from, From::Store(_))
    {
        terminal::note(&format!("{name} is in {} as well, and that one comes first.", found.from));
    }
}

fn list(as_json: bool) -> Exit {
    for wrong in keys::open(Path::new(".")) {
        terminal::note(&wrong);
    }
    let mut names = keys::names();
    names.extend(session::known_keys().into_iter().filter(|name| keys::find(name).is_some()));
    names.sort();
    names.dedup();
    let found = names.iter().filter_map(|name| Some((name, keys::find(name)?.from)));
    let text = if as_json {
        let rows: Vec<_> =
            found.map(|(name, from)| json!({"name": name, "from": from.to_string()})).collect();
        serde_json::to_string_pretty(&rows).unwrap_or_default()
    } else {
        let width = names.iter().map(String::len).max().unwrap_or(0);
        let rows: Vec<String> = found.map(|(name, from)| format!("{name:width$}  {from}")).collect();
        if rows.is_empty() {
            terminal::note("No keys are set; `score keys set NAME` sets one.");
            return Exit::Done;
        }
        rows.join("\n")
    };
    if terminal::result(&text).is_ok() { Exit::Done } else { Exit::Failed }
}

fn remove(name: &str) -> Exit {
    match keys::remove(name) {
        Ok((path, true)) => {
            terminal::note(&format!("{name} is taken out of {}.", path.display()));
            Exit::Done
        }
        Ok((path, false)) => {
            terminal::note(&format!("{name} is not in {}.", path.display()));
            shadowed(name);
            Exit::Usage
        }
        Err(trouble) => refused(&trouble),
    }
}

fn refused(trouble: &Trouble) -> Exit {
    terminal::note(&trouble.to_string());
    Exit::Failed
}
