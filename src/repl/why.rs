//! `:why`: what a value came from. The plan knows which answers go into which call, and the performance which calls
//! were made.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::tally::{Call, seconds};
use crate::plan::{self, MadeFrom, Outline};
use crate::session::MOVEMENT;

/// More lines than this are not shown.
const MOST: usize = 100;

/// A name's value as an entry found it.
#[derive(Clone)]
pub struct Input {
    /// The value, short enough for a line.
    pub shown: String,
    /// What it came from itself, if it was made by an entry.
    pub origin: Option<Origin>,
}

/// An entry that was performed.
pub struct Entry {
    /// As it was entered.
    pub text: String,
    /// The calls of its plan, in written order.
    planned: Vec<plan::PlannedCall>,
    /// The calls that were made.
    made: Vec<Call>,
    /// The names with values that it used.
    inputs: HashMap<String, Input>,
}

/// What one value came from.
#[derive(Clone)]
pub struct Origin {
    pub entry: Arc<Entry>,
    pub made: MadeFrom,
}

impl Entry {
    pub fn new(text: &str, outline: Option<&Outline>, made: &[Call], inputs: HashMap<String, Input>) -> Self {
        let planned = outline.map_or_else(Vec::new, |outline| outline.calls().into_iter().cloned().collect());
        Self { text: text.to_owned(), planned, made: made.to_vec(), inputs }
    }

    /// All that it called and used: for what gave no value.
    pub fn whole(&self) -> MadeFrom {
        let used = |number: u32| self.planned.iter().any(|call| call.made().calls.contains(&number));
        let last = self.planned.iter().map(|call| call.number).filter(|number| !used(*number));
        MadeFrom { calls: last.collect(), inputs: self.names() }
    }

    /// The names that it used.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.inputs.keys().cloned().collect();
        names.sort();
        names
    }

    /// The calls that were made where the plan has this one.
    fn calls_of(&self, planned: &plan::PlannedCall) -> Vec<&Call> {
        let path = own(&planned.path);
        self.made.iter().filter(|call| rounds_left_open(&call.path) == path).collect()
    }
}

impl Origin {
    /// What it came from, one line for each call and each name, indented below what is made from it.
    pub fn show(&self) -> String {
        let mut sheet = Sheet {
            text: format!("`{}`", self.entry.text.trim()),
            lines: 0,
            shown: HashSet::new(),
            told: HashSet::new(),
        };
        sheet.sources(self, &self.made, 1);
        let left = self.entry.made.iter().filter(|call| {
            let path = rounds_left_open(&call.path);
            !self.entry.planned.iter().any(|planned| own(&planned.path) == path)
        });
        let left: Vec<&Call> = left.collect();
        if !left.is_empty() {
            sheet.line(1, "and, in an order that the plan does not know:");
            for call in left {
                sheet.line(2, &said(&call.path, &[call]));
            }
        }
        if sheet.lines == 0 {
            sheet.line(1, "nothing but what stands there: nobody was called");
        }
        sheet.text
    }
}

/// What is written so far.
struct Sheet {
    text: String,
    lines: usize,
    /// Calls that stand there already, by entry and number.
    shown: HashSet<(usize, u32)>,
    /// Names whose values' origins stand there already, by entry.
    told: HashSet<(usize, String)>,
}

impl Sheet {
    fn line(&mut self, depth: usize, text: &str) {
        self.lines += 1;
        if self.lines <= MOST {
            let _ = write!(self.text, "\n{}{text}", "  ".repeat(depth));
        } else if self.lines == MOST + 1 {
            self.text.push_str("\n  …");
        }
    }

    /// What something is made from, and the names of the entry that were met on the way.
    fn sources(&mut self, origin: &Origin, made: &MadeFrom, depth: usize) -> HashSet<String> {
        let entry = &origin.entry;
        let here = Arc::as_ptr(entry) as usize;
        let mut met = HashSet::new();
        for number in &made.calls {
            let Some(planned) = entry.planned.iter().find(|call| call.number == *number) else { continue };
            let calls = entry.calls_of(planned);
            let path = own(&planned.path);
            if calls.is_empty() {
                continue; // where it stands was not come to
            }
            if !self.shown.insert((here, *number)) {
                self.line(depth, &format!("{path}, as above"));
                continue;
            }
            self.line(depth, &said(path, &calls));
            met.extend(self.sources(origin, &planned.made(), depth + 1));
        }
        for name in &made.inputs {
            let Some(input) = entry.inputs.get(name) else { continue };
            if !met.insert(name.clone()) {
                continue; // what is above is made from it
            }
            self.line(depth, &format!("{name} = {}", input.shown));
            let first = self.told.insert((here, name.clone()));
            if let Some(before) = input.origin.as_ref().filter(|_| first && self.lines <= MOST) {
                self.sources(before, &before.made, depth + 1);
            }
        }
        met
    }
}

/// `draft by writer, 2.1 s`, `draft by writer: 3 calls, 6.0 s`
fn said(path: &str, calls: &[&Call]) -> String {
    let mut players: Vec<&str> = Vec::new();
    for call in calls {
        if !players.contains(&&*call.instrument) {
            players.push(&call.instrument);
        }
    }
    let took = calls.iter().map(|call| call.took).sum::<Duration>();
    let mut line = format!("{path} by {}", players.join(", "));
    let _ = match calls.len() {
        1 => write!(line, ", {}", seconds(took)),
        many => write!(line, ": {many} calls, {}", seconds(took)),
    };
    let cached = calls.iter().filter(|call| call.cached).count();
    let _ = match (cached, calls.len()) {
        (0, _) => Ok(()),
        (cached, all) if cached == all => write!(line, ", answered from the cache"),
        (cached, _) => write!(line, ", {cached} of them answered from the cache"),
    };
    let failed: Vec<&str> = calls.iter().filter_map(|call| call.failed.as_deref()).collect();
    if let Some(kind) = failed.first() {
        let _ = match (failed.len(), calls.len()) {
            (1, 1) => write!(line, ", {kind}"),
            (some, _) => write!(line, ", {some} failed"),
        };
    }
    line
}

/// A path without the name of the movement that an entry is.
fn own(path: &str) -> &str {
    match path.split_once('/') {
        Some((movement, rest)) if movement.starts_with(MOVEMENT) => rest,
        _ => path,
    }
}

/// A path as plans have it: `for[3]` is `for[…]`.
fn rounds_left_open(path: &str) -> String {
    let mut open = String::with_capacity(path.len());
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '[' => {
                inside = true;
                open.push_str("[…]");
            }
            ']' => inside = false,
            letter if !inside => open.push(letter),
            _ => {}
        }
    }
    open
}
