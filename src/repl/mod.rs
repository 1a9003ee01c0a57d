//! The prompt: a score that is written, tried and changed line by line.
//!
//! | file | holds |
//! |---|---|
//! | `desk` | what it needs of the terminal it runs in |
//! | `sitting` | takes one entry after another, from a person (`screen`) or a pipe (`batch`) |
//! | `command`, `look`, `edit` | what begins with `:` |
//! | `helper`, `colour`, `complete`, `hint` | what happens while a line is typed |
//! | `tally`, `display` | what an entry took, and how it is shown |
//! | `why` | what a value came from |
//! | `history` | where lines are kept |

mod batch;
mod colour;
mod command;
mod complete;
mod desk;
mod display;
mod edit;
mod helper;
mod hint;
mod history;
mod look;
mod screen;
mod sitting;
mod tally;
mod why;

pub use desk::{Attendants, Desk, End};

use std::sync::Arc;

use crate::load::Disk;
use crate::session::{MemoryCache, Session, heed_termination};

use sitting::Sitting;

/// Runs a session at this desk until it is left; it begins with this score, if one is named.
pub fn run(desk: &dyn Desk, file: Option<&str>) -> End {
    heed_termination();
    let cache = Arc::new(MemoryCache::default());
    let session = match file {
        Some(path) => Session::open(Box::new(Disk), cache, path),
        None => Session::new(Box::new(Disk), cache),
    };
    match session {
        Ok(session) if desk.is_watched() => screen::run(&mut Sitting::new(session, desk)),
        Ok(session) => batch::run(&mut Sitting::new(session, desk)),
        Err(problems) => {
            let shown: Vec<_> = problems.diagnostics().collect();
            desk.problems(&shown, problems.sources());
            End::Source
        }
    }
}
