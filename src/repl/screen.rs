//! A person at a terminal.

use std::rc::Rc;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, ColorMode, CompletionType, Config, Editor};

use super::desk::End;
use super::helper::Typing;
use super::history;
use super::sitting::{Sitting, Went};

/// So many lines are kept.
const KEPT: usize = 5_000;

/// Reads, performs and shows until the person leaves.
pub fn run(sitting: &mut Sitting<'_>) -> End {
    let mut editor = match editor(sitting) {
        Ok(editor) => editor,
        Err(error) => {
            sitting.desk.note(&format!("The terminal could not be set up: {error}."));
            return End::Broken;
        }
    };
    let file = history::file();
    if let Some(file) = &file {
        let _ = editor.load_history(file);
    }
    sitting.aside(&format!(
        "score {} · :help shows what can be entered, Ctrl-D leaves",
        env!("CARGO_PKG_VERSION")
    ));
    loop {
        let prompt = if sitting.session.borrow().is_rehearsal() { "rehearsal> " } else { "score> " };
        match editor.readline(prompt) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                let _ = editor.add_history_entry(line.trim_end());
                if let Some(file) = &file {
                    let _ = editor.append_history(file);
                }
                if sitting.take(&line) == Went::Off {
                    return End::Done;
                }
                if let Some(helper) = editor.helper_mut() {
                    helper.refresh();
                }
            }
            // Ctrl-C takes back what was typed.
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return End::Done,
            Err(error) => {
                sitting.desk.note(&format!("The terminal could not be read: {error}."));
                return End::Broken;
            }
        }
    }
}

fn editor(sitting: &Sitting<'_>) -> rustyline::Result<Editor<Typing, FileHistory>> {
    let colour = sitting.desk.look().colour;
    let config = Config::builder()
        .behavior(Behavior::PreferTerm)
        .completion_type(CompletionType::List)
        .color_mode(if colour { ColorMode::Enabled } else { ColorMode::Disabled })
        .max_history_size(KEPT)?
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .tab_stop(4)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Typing::new(Rc::clone(&sitting.session))));
    Ok(editor)
}
