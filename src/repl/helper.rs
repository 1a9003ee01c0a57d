//! What happens while a line is typed: colours, hints, completing, and whether Enter ends the entry.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::colour::{FAINT, PROMPT, coloured};
use super::complete;
use super::hint;
use crate::session::{Session, Symbol, wants_more};

/// Helps while a line is typed.
pub struct Typing {
    session: Rc<RefCell<Session>>,
    /// What can be named, as it was after the last entry.
    symbols: Vec<Symbol>,
}

impl Typing {
    pub fn new(session: Rc<RefCell<Session>>) -> Self {
        let symbols = session.borrow().now().symbols();
        Self { session, symbols }
    }

    /// Takes note of what the last entry declared.
    pub fn refresh(&mut self) {
        self.symbols = self.session.borrow().now().symbols();
    }
}

impl Helper for Typing {}

impl Highlighter for Typing {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        Cow::Owned(coloured(line))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> Cow<'b, str> {
        Cow::Owned(format!("{PROMPT}{prompt}{PROMPT:#}"))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("{FAINT}{hint}{FAINT:#}"))
    }

    fn highlight_char(&self, _line: &str, _pos: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

/// What stands faintly behind the cursor.
pub struct Shown {
    /// What is shown.
    text: String,
    /// Whether the right arrow takes it.
    taken: bool,
}

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.taken.then_some(&*self.text)
    }
}

impl Hinter for Typing {
    type Hint = Shown;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Shown> {
        if pos < line.len() || line.is_empty() {
            return None;
        }
        if let Some(text) = hint::parameters(line, &self.symbols) {
            return Some(Shown { text, taken: false });
        }
        hint::earlier(line, context.history()).map(|text| Shown { text, taken: true })
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let session = self.session.borrow();
        let (from, found) = complete::complete(line, pos, &session, &self.symbols);
        let pair = |found: complete::Found| Pair { display: found.shown, replacement: found.written };
        Ok((from, found.into_iter().map(pair).collect()))
    }
}

impl Validator for Typing {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let command = text.trim_start().starts_with(':');
        Ok(if !command && wants_more(text) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}
