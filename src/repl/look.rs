//! Commands that look and change nothing.

use std::fmt::Write as _;

use super::command::ROWS;
use super::display;
use super::sitting::{Sitting, Went};
use super::tally::{Call, Tally};
use crate::backend;
use crate::base::{Piece, did_you_mean};
use crate::builtin;
use crate::session::{Health, MOVEMENT, Purse, Symbol, examine_instruments};
use crate::types::known;

impl Sitting<'_> {
    /// `:type EXPR`
    pub fn type_of(&mut self, text: &str) -> Went {
        if text.is_empty() {
            return self.said("Write an expression behind it: `:type draft(\"tides\")`.");
        }
        let prepared = self.session.borrow().prepare(&piece(text));
        match prepared {
            Ok(prepared) => self.shows(&prepared.ty().to_string()),
            Err(refused) => self.refused(&refused),
        }
    }

    /// `:plan EXPR`, `:plan MOVEMENT`
    pub fn plan(&mut self, text: &str) -> Went {
        if text.is_empty() {
            return self
                .said("Write an expression or the name of a movement behind it: `:plan report(\"tides\")`.");
        }
        let outline = self.session.borrow().outline(&piece(text));
        match outline {
            Ok(outline) => {
                let shown = outline.show();
                // What was entered has no head of its own.
                let own = outline.movement.starts_with(MOVEMENT) && outline.movement.contains(' ');
                let steps = shown.split_once("\n\n").filter(|_| own).map_or(&*shown, |(_, steps)| steps);
                self.shows(steps.trim_end())
            }
            Err(refused) => self.refused(&refused),
        }
    }

    /// Shows what was asked for.
    pub fn shows(&self, text: &str) -> Went {
        match self.desk.result(text) {
            Ok(()) => Went::Well,
            Err(_) => Went::Wrong(super::End::Broken),
        }
    }

    /// `:doc NAME`
    pub fn doc(&mut self, name: &str) -> Went {
        let session = self.session.borrow();
        let symbols = session.now().symbols();
        let known = session.values().find(|(known, _)| ***known == *name);
        let text = match (known, member(&symbols, name)) {
            (Some((_, kept)), _) => Some(format!("{name}: {}\n{}", kept.ty, display::line(&kept.value, 400))),
            (None, Some(symbol)) => Some(documented(symbol)),
            (None, None) => of_the_language(name),
        };
        drop(session);
        match text {
            Some(text) => self.shows(&text),
            None if name.is_empty() => self.said("Write a name behind it: `:doc read`."),
            None => {
                let mut names: Vec<&str> = symbols.iter().map(|symbol| &*symbol.name).collect();
                names.extend(builtin::all().map(|builtin| builtin.name));
                names.extend(backend::all().iter().map(|backend| backend.name()));
                let hint = did_you_mean(name, names)
                    .map_or(String::new(), |meant| format!(" Did you mean `{meant}`?"));
                self.said(&format!("`{name}` is not known.{hint}"))
            }
        }
    }

    /// `:vars`
    pub fn vars(&self) {
        let session = self.session.borrow();
        let mut lines: Vec<(String, String)> = session
            .values()
            .map(|(name, kept)| (format!("{name}: {}", kept.ty), display::line(&kept.value, 60)))
            .collect();
        if lines.is_empty() {
            lines.push((String::from("No name has a value yet."), String::from("`let x = 1` gives one.")));
        }
        drop(session);
        let _ = self.shows(&columns(&lines));
    }

    /// `:instruments`
    pub fn instruments(&self) {
        let session = self.session.borrow();
        let seats = session.seats();
        let lines: Vec<(String, String)> = examine_instruments(session.now())
            .into_iter()
            .map(|finding| {
                let name = finding.what.split(' ').next().unwrap_or_default();
                let seat = seats.iter().find(|(chair, _)| chair == name);
                let seat = seat.map_or(String::new(), |(_, put)| format!(" — {put} sits there"));
                let mend = match (finding.health, &finding.mend) {
                    (Health::Ok, _) | (_, None) => String::new(),
                    (_, Some(mend)) => format!(" ({mend})"),
                };
                (finding.what, format!("{}{mend}{seat}", finding.found))
            })
            .collect();
        drop(session);
        let text = if lines.is_empty() {
            String::from("No instrument is declared: `instrument writer = local()` declares one.")
        } else {
            columns(&lines)
        };
        let _ = self.shows(&text);
    }

    /// `:cost`
    pub fn cost(&self) {
        let mut text = self.total.show();
        if !self.bill.lines.is_empty() {
            text = format!("{}{text}", self.bill.show());
        }
        if let Some(purse) = self.session.borrow().purse() {
            text = format!("{text}\n{}", left(purse));
        }
        let _ = self.shows(&text);
    }

    /// `:time`
    pub fn time(&self) {
        let _ = self.shows(&breakdown(&self.last.tally));
    }

    /// `:why`, `:why NAME`
    pub fn why(&self, name: &str) -> Went {
        let origin = if name.is_empty() { self.last.origin.as_ref() } else { self.origins.get(name) };
        match origin {
            Some(origin) => self.shows(&display::plain(&origin.show())),
            None if name.is_empty() => self.said("Nothing was performed yet."),
            None => self.said(&format!(
                "`{name}` has no value that was given to it here. `:vars` lists those that have."
            )),
        }
    }

    /// `:help`
    pub fn help(&self) {
        let mut text = String::from(
            "Enter a declaration (`part`, `movement`, `instrument`, `type`, `use`, `test`), a `let`, an expression or\n\
             a call. `it` is the last value. What was declared may be declared again. Ctrl-C cancels a call.\n\n",
        );
        let lines: Vec<(String, String)> =
            ROWS.iter().map(|row| (format!(":{} {}", row.name, row.takes), row.does.to_owned())).collect();
        text.push_str(&columns(&lines));
        text.push_str("\n\nThe beginning of a command's name does where it is the only one.");
        let _ = self.shows(&text);
    }
}

pub fn piece(text: &str) -> Piece {
    Piece { name: "prompt".into(), text: text.into(), first_line: 1 }
}

/// What each call took.
/// `$0.13 of $2.00 is spent, $1.87 is left`
pub fn left(purse: Purse) -> String {
    format!("{} of {} is spent, {} is left", purse.spent.rounded(), purse.cap, purse.left())
}

fn breakdown(tally: &Tally) -> String {
    let lines: Vec<(String, String)> =
        tally.calls.iter().map(|call| (call.path.clone(), took(call))).collect();
    if lines.is_empty() { tally.show() } else { format!("{}\n{}", columns(&lines), tally.show()) }
}

fn took(call: &Call) -> String {
    let one = Tally { calls: vec![call.clone()], took: call.took };
    let bill = one.show().replace(" · 1 call", "");
    format!("{bill} · {}", call.instrument)
}

/// A symbol by its name, or by its module's and its own.
fn member<'s>(symbols: &'s [Symbol], name: &str) -> Option<&'s Symbol> {
    match name.split_once('.') {
        Some((module, name)) => {
            let module = symbols.iter().find(|symbol| &*symbol.name == module)?;
            module.members.iter().find(|symbol| &*symbol.name == name)
        }
        None => symbols.iter().find(|symbol| &*symbol.name == name),
    }
}

fn documented(symbol: &Symbol) -> String {
    let mut text = symbol.head.clone();
    if !symbol.doc.is_empty() {
        let _ = write!(text, "\n{}", symbol.doc);
    }
    for member in &symbol.members {
        let _ = write!(text, "\n  {}", member.head.lines().next().unwrap_or_default());
    }
    text
}

fn of_the_language(name: &str) -> Option<String> {
    if let Some(builtin) = builtin::find(name) {
        let (example, gives) = builtin.example;
        let gives = if gives.is_empty() { String::new() } else { format!(" gives {gives}") };
        return Some(format!("{name}{}\n{}\n{example}{gives}", (builtin.signature)(), builtin.doc));
    }
    if let Some(backend) = backend::find(name).filter(|_| !backend::is_internal(name)) {
        let mut text = format!("{name}{}\n{}", backend.signature(), backend.doc());
        for param in backend.signature().params {
            let _ = write!(text, "\n  {}: {}", param.name, param.doc);
        }
        return Some(text);
    }
    let record = known().named(name)?;
    let mut text = format!("{name}\n{}", record.doc);
    for field in record.fields() {
        let _ = write!(text, "\n  {}: {}  {}", field.name, field.ty, field.doc);
    }
    Some(text)
}

/// Two columns, the first as wide as it must be.
pub fn columns(lines: &[(String, String)]) -> String {
    use unicode_width::UnicodeWidthStr as _;

    let wide = lines.iter().map(|(left, _)| left.width()).filter(|width| *width <= 40).max().unwrap_or(0);
    let line = |(left, right): &(String, String)| {
        let gap = " ".repeat(wide.saturating_sub(left.width()) + 2);
        format!("  {left}{gap}{right}").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
