//! What begins with `:`.

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Type,
    Doc,
    Plan,
    Load,
    Reload,
    Edit,
    Save,
    Vars,
    Instruments,
    With,
    Rehearse,
    Cost,
    Budget,
    Time,
    Why,
    Help,
    Quit,
}

/// A command with what it takes and does.
pub struct Row {
    pub command: Command,
    pub name: &'static str,
    pub takes: &'static str,
    pub does: &'static str,
}

const fn row(command: Command, name: &'static str, takes: &'static str, does: &'static str) -> Row {
    Row { command, name, takes, does }
}

/// All commands, in the order of the help.
pub const ROWS: &[Row] = &[
    row(Command::Type, "type", "EXPR", "the type of an expression, without performing it"),
    row(Command::Doc, "doc", "NAME", "what a name stands for, with its documentation"),
    row(Command::Plan, "plan", "EXPR", "what an expression, or a movement, would do and need"),
    row(Command::Load, "load", "FILE", "take the declarations of a file instead of all there are"),
    row(Command::Reload, "reload", "", "read that file again"),
    row(Command::Edit, "edit", "[NAME]", "edit what you entered last, or a declaration, in $EDITOR"),
    row(Command::Save, "save", "[FILE]", "write all declarations to a file"),
    row(Command::Vars, "vars", "", "the names with values, and their types"),
    row(
        Command::Instruments,
        "instruments",
        "",
        "who is declared, who sits in which chair, and what they lack",
    ),
    row(Command::With, "with", "NAME=EXPR", "put another instrument in a chair; NAME= takes it away again"),
    row(Command::Rehearse, "rehearse", "on|off", "let stand-ins play: offline, free"),
    row(Command::Cost, "cost", "", "what all entries took so far, by part"),
    row(Command::Budget, "budget", "[$AMOUNT|off]", "what the entries from now on may cost, all together"),
    row(Command::Time, "time", "", "what the last entry took, call by call"),
    row(
        Command::Why,
        "why",
        "[NAME]",
        "what the last value, or that of a name, came from: calls, who played them, values",
    ),
    row(Command::Help, "help", "", "this list"),
    row(Command::Quit, "quit", "", "leave; so does Ctrl-D"),
];

/// The command that a line is; the words that leave or explain elsewhere do so here.
pub fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    match text {
        "exit" | "quit" | "exit()" | "quit()" => Some(String::from(":quit")),
        "help" | "help()" | "?" => Some(String::from(":help")),
        _ => text.starts_with(':').then(|| text.to_owned()),
    }
}

/// The command that a word begins, and what stands behind it.
///
/// # Errors
/// What to say where it is none, or could be several.
pub fn read(line: &str) -> Result<(Command, &str), String> {
    let line = line.trim().trim_start_matches(':').trim_start();
    let end =
        line.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '?').unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let rest = rest.trim();
    if word == "?" {
        return Ok((Command::Help, rest));
    }
    if let Some(row) = ROWS.iter().find(|row| row.name == word) {
        return Ok((row.command, rest));
    }
    let begun: Vec<&Row> = ROWS.iter().filter(|row| !word.is_empty() && row.name.starts_with(word)).collect();
    match begun.as_slice() {
        [row] => Ok((row.command, rest)),
        [] => {
            let hint = match crate::base::did_you_mean(word, ROWS.iter().map(|row| row.name)) {
                Some(meant) => format!("Did you mean `:{meant}`?"),
                None => String::from("`:help` lists all."),
            };
            Err(format!("There is no command `:{word}`. {hint}"))
        }
        several => {
            let names: Vec<String> = several.iter().map(|row| format!("`:{}`", row.name)).collect();
            Err(format!("`:{word}` may be {}: write a letter more.", names.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, meant, read};

    #[test]
    fn words_that_leave_elsewhere_leave_here() {
        assert_eq!(meant(" exit "), Some(":quit".into()));
        assert_eq!(meant(":vars"), Some(":vars".into()));
        assert_eq!(meant("let exit = 1"), None);
    }

    #[test]
    fn prefixes_do_where_they_say_enough() {
        assert_eq!(
            read(":t draft(\"x\")").unwrap_err(),
            "`:t` may be `:type` or `:time`: write a letter more."
        );
        assert_eq!(read(":ty draft(\"x\")"), Ok((Command::Type, "draft(\"x\")")));
        assert_eq!(read(":q"), Ok((Command::Quit, "")));
        assert_eq!(read(" :with writer='local()'"), Ok((Command::With, "writer='local()'")));
        assert_eq!(read(":?"), Ok((Command::Help, "")));
        assert_eq!(read(":relaod").unwrap_err(), "There is no command `:relaod`. Did you mean `:reload`?");
        assert_eq!(read(":").unwrap_err(), "There is no command `:`. `:help` lists all.");
    }
}
