//! Patterns of `match`.

use super::Formatter;
use super::document::{Doc, all, join};
use crate::syntax::ast::{Pattern, PatternKind};

impl Formatter<'_> {
    pub(super) fn pattern(&self, pattern: &Pattern) -> Doc {
        match &pattern.kind {
            PatternKind::Any => Doc::text("_"),
            PatternKind::Bind(name) => Doc::text(&*name.name),
            PatternKind::Nothing => Doc::text("nothing"),
            PatternKind::Literal(_) => self.verbatim(pattern.span),
            PatternKind::Type { ty, binding } => {
                // `text _` and `text t` are told from a name by what stands behind.
                let binding = match binding {
                    Some(name) => format!(" {}", name.name),
                    None => {
                        let before = self.slice(pattern.span).trim_end().strip_suffix('_');
                        let apart = before.is_some_and(|before| before.ends_with(char::is_whitespace));
                        String::from(if apart { " _" } else { "" })
                    }
                };
                all([self.ty(ty), Doc::text(binding)])
            }
            PatternKind::Either(options) => {
                join(options.iter().map(|option| self.pattern(option)), &Doc::text(" | "))
            }
        }
    }
}
