//! A failed performance as a diagnostic: at the call in the source, with what was sent and what came back.

use std::fmt::{self, Write as _};

use miette::{Diagnostic, LabeledSpan};

use super::report::Report;
use crate::instrument::Committed;

/// So much of what was sent or came back is shown, in characters.
const SHOWN: usize = 400;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Some(part) => write!(f, "`{part}` failed: {}", self.failure.message),
            None => f.write_str(&self.failure.message),
        }
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("score::run::{}", self.failure.kind)))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let mut help = self.failure.help.clone().unwrap_or_default();
        // The last try is the failure itself: its complaint is the message, its answer what came back.
        let earlier = self.tries.len().saturating_sub(1);
        for (number, tried) in (1..).zip(&self.tries[..earlier]) {
            let _ = write!(
                help,
                "\ntry {number} gave: {}\nand was told: {}",
                short(&tried.answer),
                short(&tried.complaint)
            );
        }
        if !self.failure.sent.is_empty() {
            let _ = write!(help, "\nsent: {}", short(&self.failure.sent));
        }
        if !self.failure.received.is_empty() {
            let _ = write!(help, "\ncame back: {}", short(&self.failure.received));
        }
        match self.failure.committed {
            Committed::No => {}
            Committed::Yes => help.push_str("\nWhat it was to do was done all the same."),
            Committed::Unknown => {
                help.push_str("\nWhether it was done is not known: look before you do it again.")
            }
        }
        let help = help.trim().to_owned();
        (!help.is_empty()).then(|| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let what = match &self.instrument {
            Some(instrument) => format!("{} at {}, played by {instrument}", self.failure.kind, self.path),
            None => format!("{} at {}", self.failure.kind, self.path),
        };
        let here = LabeledSpan::new_primary_with_span(Some(what), self.span);
        let around = self.stack.iter().filter_map(|site| {
            let called = site.called?;
            Some(LabeledSpan::new_with_span(Some(format!("in `{}`, called here", site.movement)), called))
        });
        Some(Box::new(std::iter::once(here).chain(around)))
    }
}

fn short(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &flat[..cut]),
        None => flat,
    }
}
