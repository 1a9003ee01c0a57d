//! An outline as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::value::Money;

use super::{Call, Ceiling, Most, Numbers, Outline, Step, Wait, Why};

/// A line of the table: what stands left, who plays, its class, what is to be said of it.
struct Row {
    left: String,
    columns: Option<[String; 3]>,
}

impl Outline {
    /// The outline for people.
    #[must_use]
    pub fn show(&self) -> String {
        let mut text = self.title();
        let mut rows = Vec::new();
        let mut calls = Vec::new();
        all_calls(&self.steps, &mut calls);
        steps(&self.steps, 1, &Needs::of(&calls), &mut rows);
        if rows.is_empty() {
            text.push_str("  nothing is played\n");
        }
        table(&rows, &mut text);
        if !self.most.is_empty() {
            text.push_str("\nCalls at most\n");
            let width = self.most.iter().map(|most| wide(&most.player)).max().unwrap_or(0);
            for most in &self.most {
                let gap = " ".repeat(width - wide(&most.player));
                let _ = writeln!(text, "  {}{gap}  {}", most.player, ceiling(&most.most));
            }
            self.show_money(&mut text);
        }
        text.push_str("\nNeeds\n");
        self.show_needs(&mut text);
        text
    }

    /// For each call what it waits for and why.
    #[must_use]
    pub fn show_order(&self) -> String {
        let mut text = self.title().trim_end().to_owned();
        text.push('\n');
        let mut calls = Vec::new();
        all_calls(&self.steps, &mut calls);
        for call in calls {
            let class = call.class.unwrap_or("known when it runs");
            let _ = writeln!(text, "\n  {}  {}  ({class})", call.number, call.path);
            if call.waits.is_empty() {
                text.push_str("     starts at once\n");
            }
            for wait in &call.waits {
                let _ = writeln!(text, "     waits for {}", reason(wait));
            }
            if let Some(hint) = &call.hint {
                let _ = writeln!(text, "     {hint}");
            }
        }
        text
    }

    fn title(&self) -> String {
        format!("{}({}) -> {}\n\n", self.movement, self.parameters.join(", "), self.returns)
    }

    /// What all of it costs at most, and which calls can't start for want of a price.
    fn show_money(&self, text: &mut String) {
        let costs = self.most.iter().any(|most| most.most.spend != Some(Money::ZERO));
        if costs {
            let _ = match self.spend {
                Some(spend) => writeln!(text, "\nMoney at most\n  {}", spend.rounded()),
                None => writeln!(text, "\nMoney at most\n  not known: {}", self.unknown().join("; ")),
            };
        }
        for call in self.unpriced.iter().filter(|call| call.limited) {
            let _ = writeln!(
                text,
                "  {} {} on line {} can't start: a limit in money is around it, and what `{}` costs is not known",
                call.number,
                call.path,
                call.line,
                call.players.join("`, `")
            );
        }
    }

    fn unknown(&self) -> Vec<String> {
        let mut reasons: Vec<String> = Vec::new();
        for most in self.most.iter().filter(|most| most.most.spend.is_none()) {
            for reason in most.most.calls.because.iter().chain(&most.most.unknown) {
                if !reasons.contains(reason) {
                    reasons.push(reason.clone());
                }
            }
        }
        reasons
    }

    fn show_needs(&self, text: &mut String) {
        let needs = &self.needs;
        if needs.is_empty() {
            text.push_str("  nothing from outside\n");
        }
        let rows = [
            ("environment", &needs.env),
            ("keys", &needs.secrets),
            ("hosts", &needs.hosts),
            ("programs", &needs.programs),
            ("tools", &needs.tools),
            ("powers", &needs.powers),
            ("also", &needs.others),
        ];
        for (word, needed) in rows {
            if !needed.is_empty() {
                let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
                let _ = writeln!(text, "  {word}: {}", needed.join(", "));
            }
        }
    }
}

fn steps(list: &[Step], depth: usize, needs: &Needs, rows: &mut Vec<Row>) {
    let indent = "  ".repeat(depth);
    for step in list {
        match step {
            Step::Call(call) => rows.push(call_row(call, &indent, needs)),
            Step::Movement { name, thinks, steps: inner } => {
                let thinks = if *thinks { " (one thought)" } else { "" };
                let again = if inner.is_empty() { ": again, or nothing played in it" } else { "" };
                rows.push(Row { left: format!("   {indent}{name}{thinks}{again}"), columns: None });
                steps(inner, depth + 1, needs, rows);
            }
            Step::Group(group) => {
                let rounds = match &group.rounds {
                    None => String::new(),
                    Some(Most { calls: Some(most), .. }) => format!("  ×{most}"),
                    Some(Most { calls: None, .. }) => "  ×?".to_owned(),
                };
                let order = if group.order.is_empty() { String::new() } else { format!("  {}", group.order) };
                rows.push(Row {
                    left: format!("   {indent}{}{rounds}{order}", group.heading),
                    columns: None,
                });
                steps(&group.steps, depth + 1, needs, rows);
            }
            Step::Guard(guard) => {
                rows.push(Row { left: format!("   {indent}{}", guard.text), columns: None });
            }
        }
    }
}

fn call_row(call: &Call, indent: &str, needs: &Needs) -> Row {
    let site = call.path.rsplit('/').next().unwrap_or_default();
    let plain = site.split('#').next().unwrap_or_default();
    let name = if plain == call.part { call.part.clone() } else { format!("{plain} = {}", call.part) };
    let mut said = waiting(&call.waits, needs);
    if call.tries > 1 {
        let _ = write!(said, ", up to {} tries", call.tries);
    }
    match &call.turns {
        Some(Most { calls: Some(1), .. }) => said.push_str(", up to 1 turn with tools"),
        Some(Most { calls: Some(turns), .. }) => {
            let _ = write!(said, ", up to {turns} turns with tools");
        }
        Some(Most { calls: None, .. }) => said.push_str(", turns with tools"),
        None => {}
    }
    for (word, names) in [("control", &call.control), ("content", &call.content)] {
        if !names.is_empty() {
            let _ = write!(said, ", {word}: {}", names.join(" "));
        }
    }
    Row {
        left: format!("{:>3}{indent}{name}", call.number),
        columns: Some([who(call), call.class.unwrap_or("?").to_owned(), said]),
    }
}

/// Who plays, as which of its tools: `disk.find-notes = mcp("…")`.
fn who(call: &Call) -> String {
    let Some(tool) = &call.tool else { return call.player.clone() };
    let server = call.player.split_once(" = ").map_or(&*call.player, |(_, server)| server);
    format!("{tool} = {server}")
}

/// How far back it is looked whether one call waits for another; further back both are named.
const FARTHEST: usize = 1_000;

/// For each call, by number, what it waits for itself.
struct Needs(BTreeMap<u32, BTreeSet<u32>>);

impl Needs {
    fn of(calls: &[&Call]) -> Self {
        let direct = |call: &Call| -> BTreeSet<u32> {
            let waits = call.waits.iter().filter(|wait| wait.why != Why::Acts);
            waits.flat_map(|wait| wait.on.iter()).collect()
        };
        Self(calls.iter().map(|call| (call.number, direct(call))).collect())
    }

    /// Those that no other of them waits for already.
    fn last_of(&self, on: &BTreeSet<u32>) -> BTreeSet<u32> {
        let Some(first) = on.first().copied().filter(|_| on.len() > 1) else { return on.clone() };
        let mut seen = BTreeSet::new();
        let mut pending: Vec<u32> = on.iter().copied().collect();
        while let Some(number) = pending.pop().filter(|_| seen.len() < FARTHEST) {
            let needed = self.0.get(&number).into_iter().flatten().copied();
            pending.extend(needed.filter(|needed| *needed >= first && seen.insert(*needed)));
        }
        on.difference(&seen).copied().collect()
    }
}

/// What a call waits for, in a few words.
fn waiting(waits: &[Wait], needs: &Needs) -> String {
    if waits.iter().any(|wait| wait.why == Why::Acts) {
        return "after all above".to_owned();
    }
    let on: BTreeSet<u32> = waits.iter().flat_map(|wait| wait.on.iter()).collect();
    let on = needs.last_of(&on);
    let guard = waits.iter().rev().find(|wait| wait.why == Why::Guard && wait.on.is_empty());
    match (on.is_empty(), guard) {
        (false, _) => format!("after {}", on.into_iter().collect::<Numbers>()),
        (true, Some(guard)) => format!("after {}", guard.text),
        (true, None) => "at once".to_owned(),
    }
}

fn reason(wait: &Wait) -> String {
    match (wait.on.is_empty(), wait.why) {
        (true, _) => wait.text.clone(),
        (false, Why::Guard) => format!("{}, held by {}", wait.on, wait.text),
        (false, _) => format!("{}: {}", wait.on, wait.text),
    }
}

fn ceiling(most: &Ceiling) -> String {
    let Some(calls) = most.calls.calls else {
        return format!("no bound: {}", most.calls.because.join("; "));
    };
    match most.spend {
        Some(Money::ZERO) => calls.to_string(),
        Some(spend) => {
            let tokens = match (most.tokens_in, most.tokens_out) {
                (Some(read), Some(written)) if read + written > 0 => {
                    format!(" ({} tokens in, {} out)", thousands(read), thousands(written))
                }
                _ => String::new(),
            };
            format!("{calls}, {}{tokens}", spend.rounded())
        }
        None => format!("{calls}, {}", most.unknown.join("; ")),
    }
}

/// `1,234,567`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn all_calls<'a>(list: &'a [Step], found: &mut Vec<&'a Call>) {
    for step in list {
        match step {
            Step::Call(call) => found.push(call),
            Step::Movement { steps, .. } => all_calls(steps, found),
            Step::Group(group) => all_calls(&group.steps, found),
            Step::Guard(_) => {}
        }
    }
}

fn wide(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Rows with columns below one another; headings between them take no part in the widths.
fn table(rows: &[Row], text: &mut String) {
    let cells = || rows.iter().filter_map(|row| row.columns.as_ref().map(|columns| (row, columns)));
    let left = cells().map(|(row, _)| wide(&row.left)).max().unwrap_or(0);
    let player = cells().map(|(_, columns)| wide(&columns[0])).max().unwrap_or(0);
    for row in rows {
        let mut line = row.left.clone();
        if let Some([who, class, said]) = &row.columns {
            let gap = " ".repeat(left - wide(&row.left));
            let second = " ".repeat(player - wide(who));
            let _ = write!(line, "{gap}  {who}{second}  {class:<6}  {said}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
