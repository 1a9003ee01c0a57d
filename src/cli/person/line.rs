//! One line, or one text, from the terminal.

use std::io::Write as _;
use std::process::Command;

use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor};

use crate::cli::terminal;

/// Why there is no answer.
pub(super) enum Left {
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the input ended.
    Declined,
    /// The terminal failed.
    Broken(String),
}

/// Reads one line; `start` stands there already, to be edited.
pub(super) fn read(prompt: &str, start: &str) -> Result<String, Left> {
    let config = Config::builder().behavior(rustyline::Behavior::PreferTerm).build();
    let mut editor = DefaultEditor::with_config(config).map_err(|error| Left::Broken(error.to_string()))?;
    match editor.readline_with_initial(prompt, (start, "")) {
        Ok(line) => Ok(line.trim().to_owned()),
        Err(ReadlineError::Interrupted) => Err(Left::Interrupted),
        Err(ReadlineError::Eof) => Err(Left::Declined),
        Err(error) => Err(Left::Broken(error.to_string())),
    }
}

/// Reads a text of any length that starts from a draft.
pub(super) fn edit(draft: &str) -> Result<String, Left> {
    if !draft.contains('\n') && draft.chars().count() <= 60 {
        return read("> ", draft);
    }
    terminal::note(&format!("\n{draft}\n"));
    let choice = read("Enter keeps it, e edits it, or write what to say instead: ", "")?;
    match choice.as_str() {
        "" => Ok(draft.to_owned()),
        "e" => in_editor(draft, ".md"),
        _ => Ok(choice),
    }
}

/// Opens `$VISUAL` or `$EDITOR` on the draft.
pub(super) fn in_editor(draft: &str, suffix: &str) -> Result<String, Left> {
    let broken = |error: std::io::Error| Left::Broken(error.to_string());
    let editor =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    let mut file = tempfile::Builder::new().prefix("score-").suffix(suffix).tempfile().map_err(broken)?;
    file.write_all(draft.as_bytes()).map_err(broken)?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program)
        .args(words)
        .arg(file.path())
        .status()
        .map_err(|error| Left::Broken(format!("{program}: {error}; set EDITOR to the editor you use")))?;
    if !status.success() {
        return Err(Left::Declined);
    }
    let text = std::fs::read_to_string(file.path()).map_err(broken)?;
    Ok(text.trim_end_matches('\n').to_owned())
}
