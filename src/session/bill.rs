//! What a run took and what it cost, by part: counted from what is seen of it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Serialize, Serializer};

use crate::conduct::local::{Seen, View};
use crate::engine::{IdHasher, Note};
use crate::instrument::{CallId, Event, Usage};
use crate::value::Money;

/// What a run took and cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bill {
    /// By part and who played it, in the order in which they first began.
    pub lines: Vec<Line>,
    /// All of it.
    pub total: Line,
}

/// What the calls of one part on one instrument took.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Line {
    /// The part or builtin.
    pub part: String,
    /// Who played it.
    pub instrument: String,
    /// Calls that were answered.
    pub calls: u64,
    /// Attempts that failed, or whose answer would not do.
    pub failed: u64,
    /// Calls that were cut off.
    pub cut_off: u64,
    /// Tokens read, cached ones included.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Tokens read from the provider's cache.
    pub tokens_cached: u64,
    /// Tokens that were written before an answer broke off or was cut off: reckoned from what was seen of it, for
    /// nobody counted them. They are in no other figure.
    pub tokens_estimated: u64,
    /// What it is known to have cost.
    #[serde(serialize_with = "dollars")]
    pub spend: Money,
    /// What it may have cost beside that: attempts that were reckoned with and never billed to us.
    #[serde(serialize_with = "dollars")]
    pub maybe: Money,
    /// Calls of which nobody knows what they cost.
    pub unknown: u64,
}

fn dollars<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(money)
}

/// Counts a run's bill, and shows the run to somebody else.
pub struct Tally {
    view: Arc<dyn View>,
    counting: Mutex<Counting>,
    /// What earlier starts of the run took.
    before: Mutex<Counting>,
}

#[derive(Default)]
struct Counting {
    lines: Vec<Line>,
    /// Calls under way, and those that were cut off, with their line.
    at: HashMap<CallId, usize, IdHasher>,
    /// Attempts of which nobody knows yet what they cost, with what was reckoned with.
    maybe: HashMap<CallId, Option<Money>, IdHasher>,
    /// Calls that were begun and have not ended.
    begun: HashSet<CallId, IdHasher>,
    /// How long what was seen of an answer is, in bytes.
    seen: HashMap<CallId, u64, IdHasher>,
    /// What was reckoned of calls that were cut off and may still be counted, in tokens.
    estimated: HashMap<CallId, u64, IdHasher>,
}

/// So many bytes of a text are about a token.
const BYTES_OF_A_TOKEN: u64 = 4;

impl Tally {
    /// A tally that passes on all it sees.
    #[must_use]
    pub fn new(view: Arc<dyn View>) -> Self {
        Self { view, counting: Mutex::default(), before: Mutex::default() }
    }

    /// The bill of this start so far.
    #[must_use]
    pub fn bill(&self) -> Bill {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner).bill()
    }

    /// Counts what happens now. A call that earlier starts led to is begun before any of it.
    fn note(&self, note: &Note) {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, at)) = ended(note).and_then(|id| Some((id, *before.at.get(&id)?))) {
            if before.maybe.contains_key(&id) {
                return before.note(note);
            }
            before.at.remove(&id);
            let Line { part, instrument, .. } = &before.lines[at];
            counting.begin(id, part, instrument);
        }
        counting.note(note);
    }

    /// The bill of the run so far, all its starts together.
    #[must_use]
    pub fn whole_bill(&self) -> Bill {
        let mut bill = self.before.lock().unwrap_or_else(PoisonError::into_inner).bill();
        bill.add(&self.bill());
        bill
    }
}

impl View for Tally {
    fn see(&self, seen: Seen) {
        let counting = || self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        match &seen {
            Seen::Began(began) => {
                counting().begun.insert(began.id);
            }
            Seen::Note(note) => self.note(note),
            Seen::Event(id, Event::Text(text)) => {
                *counting().seen.entry(*id).or_insert(0) += text.len() as u64;
            }
            Seen::Before(note) => self.before.lock().unwrap_or_else(PoisonError::into_inner).note(note),
            Seen::Event(..) | Seen::GoesOn(_) | Seen::Ending(_) => {}
        }
        self.view.see(seen);
    }

    fn live(&self) -> bool {
        self.view.live()
    }
}

impl Counting {
    fn bill(&self) -> Bill {
        let mut total = Line::default();
        for line in &self.lines {
            total.add(line);
        }
        Bill { lines: self.lines.clone(), total }
    }

    fn note(&mut self, note: &Note) {
        match note {
            Note::Started { id, part, instrument, .. } => self.begin(*id, part, instrument),
            Note::Finished { id, usage } => self.ended(*id, *usage, true),
            Note::Tried { id, usage, .. } => self.ended(*id, *usage, false),
            Note::Failed { id, failure, .. } | Note::FellOver { id, failure, .. } => {
                if failure.took.as_ref().is_none_or(|took| took.tokens_out.is_none()) {
                    self.broke_off(*id);
                }
                self.ended(*id, failure.usage().unwrap_or(Usage::NOTHING), false);
            }
            Note::Cancelled { id } => {
                // One that never began is no call.
                if self.begun.remove(id)
                    && let Some(line) = self.line(*id)
                {
                    line.cut_off += 1;
                    self.broke_off(*id);
                }
            }
            Note::MayCost { id, most } => {
                self.maybe.insert(*id, *most);
                if let Some(line) = self.line(*id) {
                    match most {
                        Some(most) => line.maybe = plus(line.maybe, *most),
                        None => line.unknown += 1,
                    }
                }
            }
            Note::Settled { id, usage } => {
                let maybe = self.maybe.remove(id);
                let estimated = self.estimated.remove(id).unwrap_or(0);
                if let Some(line) = self.line(*id) {
                    match maybe {
                        Some(Some(most)) => {
                            line.maybe = line.maybe.checked_sub(most).unwrap_or(line.maybe);
                        }
                        Some(None) => line.unknown = line.unknown.saturating_sub(1),
                        None => {}
                    }
                    line.count(*usage);
                    if usage.tokens_out.is_some() {
                        // It was counted after all.
                        line.tokens_estimated -= estimated;
                    }
                }
                self.forget(*id);
            }
            _ => {}
        }
    }

    /// A call begins: its line is that of its part and of who plays it.
    fn begin(&mut self, id: CallId, part: &str, instrument: &str) {
        let known = self.lines.iter().position(|line| line.part == part && line.instrument == instrument);
        let at = known.unwrap_or_else(|| {
            let (part, instrument) = (part.to_owned(), instrument.to_owned());
            self.lines.push(Line { part, instrument, ..Line::default() });
            self.lines.len() - 1
        });
        self.at.insert(id, at);
    }

    fn ended(&mut self, id: CallId, usage: Usage, answered: bool) {
        let told = !self.maybe.contains_key(&id);
        if let Some(line) = self.line(id) {
            let counter = if answered { &mut line.calls } else { &mut line.failed };
            *counter += 1;
            line.count(usage);
            let took = usage.tokens_out.is_some() || usage.units.is_some();
            line.unknown += u64::from(told && took && usage.spend.is_none());
        }
        self.forget(id);
    }

    /// An answer broke off, and nobody has counted what it took: it is reckoned from what was seen of it.
    fn broke_off(&mut self, id: CallId) {
        let tokens = self.seen.remove(&id).unwrap_or(0).div_ceil(BYTES_OF_A_TOKEN);
        if let Some(line) = self.line(id)
            && tokens > 0
        {
            line.tokens_estimated += tokens;
            self.estimated.insert(id, tokens);
        }
    }

    fn line(&mut self, id: CallId) -> Option<&mut Line> {
        let at = *self.at.get(&id)?;
        self.lines.get_mut(at)
    }

    fn forget(&mut self, id: CallId) {
        self.at.remove(&id);
        self.maybe.remove(&id);
        self.begun.remove(&id);
        self.seen.remove(&id);
        self.estimated.remove(&id);
    }
}

/// The call that a note says the end of, or what it took.
const fn ended(note: &Note) -> Option<CallId> {
    match note {
        Note::Finished { id, .. }
        | Note::Tried { id, .. }
        | Note::Failed { id, .. }
        | Note::FellOver { id, .. }
        | Note::Cancelled { id }
        | Note::MayCost { id, .. }
        | Note::Settled { id, .. } => Some(*id),
        _ => None,
    }
}

impl Line {
    fn count(&mut self, usage: Usage) {
        self.tokens_in += usage.tokens_in.unwrap_or(0);
        self.tokens_out += usage.tokens_out.unwrap_or(0);
        self.tokens_cached += usage.tokens_cached.unwrap_or(0);
        self.spend = plus(self.spend, usage.spend.unwrap_or(Money::ZERO));
    }

    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.cut_off += other.cut_off;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
        self.tokens_cached += other.tokens_cached;
        self.tokens_estimated += other.tokens_estimated;
        self.spend = plus(self.spend, other.spend);
        self.maybe = plus(self.maybe, other.maybe);
        self.unknown += other.unknown;
    }

    /// What it cost, in a few words; empty where it cost nothing.
    #[must_use]
    pub fn cost(&self) -> String {
        let mut said = Vec::new();
        if self.spend != Money::ZERO {
            said.push(self.spend.rounded().to_string());
        }
        if self.maybe != Money::ZERO {
            said.push(format!("possibly {} more", self.maybe.rounded()));
        }
        match self.unknown {
            0 => {}
            1 => said.push("1 call at an unknown price".to_owned()),
            calls => said.push(format!("{calls} calls at an unknown price")),
        }
        said.join(", ")
    }
}

impl Bill {
    /// Adds what another run took.
    pub fn add(&mut self, other: &Self) {
        for line in &other.lines {
            let same = |known: &&mut Line| known.part == line.part && known.instrument == line.instrument;
            match self.lines.iter_mut().find(same) {
                Some(known) => known.add(line),
                None => self.lines.push(line.clone()),
            }
        }
        self.total.add(&other.total);
    }

    /// The bill as lines below one another.
    #[must_use]
    pub fn show(&self) -> String {
        let mut rows = vec![
            [
                "part",
                "instrument",
                "calls",
                "failed",
                "cut off",
                "tokens in",
                "cached",
                "out",
                "out, about",
                "cost",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        let total = Line { part: "in all".to_owned(), ..self.total.clone() };
        for line in self.lines.iter().chain([&total]) {
            let count = |number: u64| if number == 0 { String::new() } else { number.to_string() };
            let cost = line.cost();
            rows.push(vec![
                line.part.clone(),
                line.instrument.clone(),
                line.calls.to_string(),
                count(line.failed),
                count(line.cut_off),
                count(line.tokens_in),
                count(line.tokens_cached),
                count(line.tokens_out),
                count(line.tokens_estimated),
                if cost.is_empty() { Money::ZERO.to_string() } else { cost },
            ]);
        }
        columns(&rows, &[2, 3, 4, 5, 6, 7, 8])
    }
}

/// Rows below one another, those of the given columns to the right.
#[must_use]
pub fn columns(rows: &[Vec<String>], right: &[usize]) -> String {
    let wide = |cell: &str| unicode_width::UnicodeWidthStr::width(cell);
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| wide(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            // A column that is empty all the way down is left out.
            if rows.iter().skip(1).all(|row| row.get(at).is_none_or(String::is_empty)) {
                continue;
            }
            if !line.is_empty() {
                line.push_str("  ");
            }
            let gap = " ".repeat(widths[at] - wide(cell));
            if right.contains(&at) {
                line.push_str(&gap);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&gap);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn plus(one: Money, other: Money) -> Money {
    one.checked_add(other).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::conduct::local::Began;
    use crate::instrument::{Class, Failure, FailureKind};

    fn started(id: u128, part: &str) -> Note {
        Note::Started {
            id: CallId(id),
            part: part.into(),
            instrument: "writer".into(),
            class: Class::Thinks,
            attempt: 0,
            span: Span::default(),
        }
    }

    fn usage(spend: Option<i64>) -> Usage {
        Usage {
            tokens_in: Some(10),
            tokens_out: Some(2),
            spend: spend.map(Money::from_nanos),
            ..Usage::default()
        }
    }

    #[test]
    fn each_part_has_its_line_and_what_is_not_known_is_said() {
        let mut counting = Counting { begun: (1..=6).map(CallId).collect(), ..Counting::default() };
        let failure = Failure::new(FailureKind::Truncated, "cut").with_took(usage(Some(3_000_000)));
        let most = Some(Money::from_nanos(50_000_000));
        for note in [
            started(1, "draft"),
            Note::Tried { id: CallId(1), complaint: "no".into(), usage: usage(Some(1_000_000)) },
            started(2, "draft"),
            Note::Finished { id: CallId(2), usage: usage(Some(2_000_000)) },
            started(3, "draft"),
            Note::Failed { id: CallId(3), failure: Box::new(failure), span: Span::default() },
            started(4, "judge"),
            Note::Finished { id: CallId(4), usage: usage(None) },
            started(5, "judge"),
            Note::MayCost { id: CallId(5), most },
            Note::Cancelled { id: CallId(5) },
            started(6, "judge"),
            Note::MayCost { id: CallId(6), most },
            Note::Cancelled { id: CallId(6) },
            Note::Settled { id: CallId(6), usage: usage(Some(4_000_000)) },
        ] {
            counting.note(&note);
        }
        assert_eq!(counting.lines.iter().map(|line| line.tokens_estimated).sum::<u64>(), 0);
        let [draft, judge] = &counting.lines[..] else { panic!("{:?}", counting.lines) };
        assert_eq!((draft.calls, draft.failed, draft.tokens_in), (1, 2, 30));
        assert_eq!((draft.spend, draft.unknown), (Money::from_nanos(6_000_000), 0));
        assert_eq!((judge.calls, judge.cut_off, judge.unknown), (1, 2, 1));
        assert_eq!((judge.spend.nanos, judge.maybe.nanos), (4_000_000, 50_000_000));
        assert_eq!(judge.cost(), "$0.004, possibly $0.05 more, 1 call at an unknown price");
    }

    #[test]
    fn what_broke_off_is_reckoned_until_it_is_counted() {
        let tally = Tally::new(Arc::new(Nobody));
        let see = |note| tally.see(Seen::Note(note));
        for id in 1..=4 {
            see(started(id, "draft"));
            tally.see(Seen::Began(Began {
                id: CallId(id),
                path: "main/draft".into(),
                instrument: "writer".into(),
                constructor: "openai".into(),
                class: Class::Thinks,
                attempt: 0,
                answer: crate::types::Type::Text,
                cached: false,
            }));
            tally.see(Seen::Event(CallId(id), Event::Text("twelve bytes".into())));
        }
        let failure = Failure::new(FailureKind::Unavailable, "broke off").with_took(Usage::default());
        see(Note::Failed { id: CallId(1), failure: Box::new(failure), span: Span::default() });
        see(Note::Cancelled { id: CallId(2) });
        see(Note::Cancelled { id: CallId(3) });
        see(Note::Settled { id: CallId(3), usage: usage(Some(1)) });
        see(Note::Finished { id: CallId(4), usage: usage(Some(1)) });
        let total = tally.bill().total;
        assert_eq!((total.tokens_estimated, total.tokens_out, total.cut_off, total.failed), (6, 4, 2, 1));
        assert!(tally.bill().show().contains("out, about"), "{}", tally.bill().show());
    }

    struct Nobody;

    impl View for Nobody {
        fn see(&self, _seen: Seen) {}

        fn live(&self) -> bool {
            false
        }
    }
}
