//! Input that is there already: results to the standard output, everything else to the person, and the end at the
//! first entry that goes wrong.

use std::io::{IsTerminal as _, Read as _};
use std::sync::Arc;

use super::desk::End;
use super::sitting::{Sitting, Went};
use crate::session::split;

/// Takes all of the standard input.
pub fn run(sitting: &mut Sitting<'_>) -> End {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        sitting.desk.note(&format!("The input could not be read: {error}."));
        return End::Broken;
    }
    let Ok(text) = String::from_utf8(bytes) else {
        sitting.desk.note("The input is no UTF-8 text.");
        return End::Broken;
    };
    debug_assert!(!std::io::stdin().is_terminal());
    let input: Arc<str> = Arc::from("stdin");
    let entries = split(&text);
    let count = entries.len();
    for (at, (line, entry)) in entries.into_iter().enumerate() {
        match sitting.one(&input, line, entry) {
            Went::Well => {}
            Went::Off => return End::Done,
            Went::Wrong(end) => {
                let left = count - at - 1;
                if left > 0 {
                    let plural = if left == 1 { "y" } else { "ies" };
                    sitting
                        .desk
                        .note(&format!("Stopped at line {line}: {left} entr{plural} below it not entered."));
                }
                return end;
            }
        }
    }
    End::Done
}
