//! What is shown of a run on stderr while it lasts: a line per call at work, finished ones scroll up. Where
//! lines can't move, plain lines.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;
use crate::answer::Partial;
use crate::engine::Note;
use crate::instrument::{CallId, Event, Usage};
use crate::session::{Began, Line, Seen, View};
use crate::value::Money;

/// Shows a run.
pub(super) struct Progress {
    /// Whether anything is shown at all.
    shown: bool,
    bars: Option<MultiProgress>,
    state: Mutex<State>,
    started: Instant,
}

#[derive(Default)]
struct State {
    calls: HashMap<CallId, Call>,
}

struct Call {
    began: Began,
    at: Instant,
    bar: Option<ProgressBar>,
    note: String,
    /// What has come of its answer.
    partial: Partial,
}

/// With fewer columns left nothing of an answer is shown.
const NARROWEST: usize = 12;

/// So many letters of what a tool is called with are shown.
const ARGUMENTS: usize = 200;

/// So many calls get a moving line of their own at the same time; more would push each other off the screen.
const MOVING: usize = 12;

impl Progress {
    /// Progress on stderr; `quiet` shows none, `still` moves no lines.
    pub(super) fn new(quiet: bool, still: bool) -> Self {
        let moves = !quiet && !still && terminal::animated();
        let bars = moves.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)));
        Self { shown: !quiet, bars, state: Mutex::default(), started: Instant::now() }
    }

    /// Does something on the terminal while no line moves.
    pub(super) fn aside<R>(&self, act: impl FnOnce() -> R) -> R {
        match &self.bars {
            Some(bars) => bars.suspend(act),
            None => act(),
        }
    }

    /// Takes all moving lines away.
    pub(super) fn clear_all(&self) {
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    /// Shows what it all took.
    pub(super) fn finish(&self, total: &Line) {
        self.clear_all();
        let calls = total.calls + total.failed + total.cut_off;
        if calls == 0 {
            return;
        }
        let tokens = match (total.tokens_in, total.tokens_out) {
            (0, 0) => String::new(),
            (read, written) => format!(", {read} tokens in, {written} out"),
        };
        let failed = if total.failed > 0 { format!(", {} failed", total.failed) } else { String::new() };
        let plural = if calls == 1 { "" } else { "s" };
        let cost = total.cost();
        let cost = if cost.is_empty() { cost } else { format!(", {cost}") };
        self.line(&format!(
            "{calls} call{plural} in {}{failed}{tokens}{cost}",
            seconds(self.started.elapsed())
        ));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, text: &str) {
        if !self.shown {
            return;
        }
        match &self.bars {
            Some(bars) => {
                let _ = bars.println(text);
            }
            None => terminal::note(text),
        }
    }

    fn began(&self, began: Began) {
        let mut state = self.state();
        if let Some(call) = state.calls.get_mut(&began.id) {
            call.began = began;
            return;
        }
        let bar = self.bars.as_ref().filter(|_| state.calls.len() < MOVING).map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let id = began.id;
        let partial = Partial::new(&began.answer);
        let call = Call { began, at: Instant::now(), bar, note: String::new(), partial };
        call.redraw();
        state.calls.insert(id, call);
    }

    fn event(&self, id: CallId, event: Event) {
        let mut state = self.state();
        let Some(call) = state.calls.get_mut(&id) else { return };
        let mut line = None;
        match event {
            // Nobody reads it where there is no line to show it on.
            Event::Text(text) if call.bar.is_some() => call.partial.push(&text),
            Event::Note(note) => {
                line = call.bar.is_none().then(|| format!("  {}: {note}", call.began.path));
                call.note = note;
            }
            Event::Waiting(why) => call.note = why,
            Event::Progress { done, total } => call.note = progress(done, total),
            Event::Text(_) | Event::Usage(_) | Event::Request(_) => {}
        }
        call.redraw();
        drop(state);
        if let Some(line) = line {
            self.line(&line);
        }
    }

    fn ended(&self, id: CallId, sign: &str, usage: Usage, why: &str) {
        let mut state = self.state();
        let Some(call) = state.calls.remove(&id) else { return };
        drop(state);
        self.clear(&call);
        let tokens = match (usage.tokens_in, usage.tokens_out) {
            (Some(read), Some(written)) => format!("  {read} in, {written} out"),
            _ => String::new(),
        };
        let spend = usage.spend.filter(|spend| *spend != Money::ZERO);
        let tokens = spend.map_or(tokens.clone(), |spend| format!("{tokens}  {}", spend.rounded()));
        let tokens = if call.began.cached { String::from("  cached") } else { tokens };
        self.line(&format!("{sign} {}  {}{tokens}{why}", call.title(), seconds(call.at.elapsed())));
    }

    /// Takes a call's moving line away.
    fn clear(&self, call: &Call) {
        if let (Some(bar), Some(bars)) = (&call.bar, &self.bars) {
            bar.finish_and_clear();
            bars.remove(bar);
        }
    }

    fn note(&self, note: Note) {
        match note {
            Note::Finished { id, usage } => self.ended(id, "✓", usage, ""),
            Note::Failed { id, failure, .. } => {
                let took = failure.usage().unwrap_or_default();
                self.ended(id, "✗", took, &format!("  {}: {}", failure.kind, failure.message));
            }
            Note::FellOver { id, failure, next } => {
                let why = format!("  {}: {}; {next} plays instead", failure.kind, failure.message);
                self.ended(id, "↷", failure.usage().unwrap_or_default(), &why);
            }
            Note::Tried { id, complaint, .. } => {
                // The next try is an operation of its own.
                let call = self.state().calls.remove(&id);
                if let Some(call) = call {
                    self.clear(&call);
                    self.line(&format!("↻ {}  {}", call.began.path, first_line(&complaint)));
                }
            }
            Note::Called { id, tool, arguments, wrong } => {
                let path = self.state().calls.get(&id).map(|call| call.began.path.to_string());
                let call = format!("{}: {tool} {}", path.unwrap_or_default(), short(first_line(&arguments)));
                match wrong {
                    None => self.line(&format!("→ {call}")),
                    Some(wrong) => self.line(&format!("↛ {call}  {}", first_line(&wrong))),
                }
            }
            Note::MayCost { .. } | Note::Settled { .. } => {}
            Note::Cancelled { id } => {
                if let Some(call) = self.state().calls.remove(&id) {
                    self.clear(&call);
                }
            }
            Note::Caught { report, .. } => {
                self.line(&format!("· {}  caught: {}", report.path, report.failure.kind));
            }
            Note::Said { text, .. } => self.line(&text),
            Note::Started { .. } => {}
        }
    }
}

impl View for Progress {
    fn see(&self, seen: Seen) {
        if !self.shown {
            return;
        }
        match seen {
            Seen::Began(began) => self.began(began),
            Seen::Event(id, event) => self.event(id, event),
            Seen::Note(note) => self.note(note),
            Seen::Before(_) | Seen::GoesOn(0) => {}
            Seen::Ending(1) => {
                self.line("interrupted: 1 act under way is let end; once more ends it at once")
            }
            Seen::Ending(acts) => {
                self.line(&format!(
                    "interrupted: {acts} acts under way are let end; once more ends them at once"
                ));
            }
            Seen::GoesOn(1) => self.line("1 call is done already"),
            Seen::GoesOn(calls) => self.line(&format!("{calls} calls are done already")),
        }
    }

    fn live(&self) -> bool {
        self.bars.is_some()
    }
}

impl Call {
    fn title(&self) -> String {
        let Began { path, instrument, constructor, .. } = &self.began;
        if instrument == constructor {
            format!("{path}  {constructor}")
        } else {
            format!("{path}  {instrument} ({constructor})")
        }
    }

    fn redraw(&self) {
        let Some(bar) = &self.bar else { return };
        let note = if self.note.is_empty() { String::new() } else { format!("  {}", self.note) };
        let said = format!("{}  {}{note}", self.title(), seconds(self.at.elapsed()));
        // Two columns go to the sign before it, two stand between.
        let left = terminal::width().saturating_sub(said.chars().count() + 4);
        let answer = if left < NARROWEST { String::new() } else { self.partial.line(left) };
        let gap = if answer.is_empty() { "" } else { "  " };
        bar.set_message(format!("{said}{gap}{answer}"));
    }
}

fn progress(done: u64, total: Option<u64>) -> String {
    let mb = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10);
    match total {
        Some(total) => format!("{} of {} MB", mb(done), mb(total)),
        None => format!("{} MB", mb(done)),
    }
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        secs @ 10..120 => format!("{secs} s"),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}

/// What a tool is called with may be long.
fn short(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(ARGUMENTS) {
        None => text.into(),
        Some((cut, _)) => format!("{}…", &text[..cut]).into(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}
