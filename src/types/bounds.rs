//! The part of a `where` that a JSON Schema can say.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{Refinement, RefinementId, Type};
use crate::base::Name;

/// The part of a `where` that a JSON Schema can say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bounds {
    /// `minimum`
    pub min: Option<f64>,
    /// `maximum`
    pub max: Option<f64>,
    /// `exclusiveMinimum`
    pub above: Option<f64>,
    /// `exclusiveMaximum`
    pub below: Option<f64>,
    /// `minLength` or `minItems`
    pub min_len: Option<u64>,
    /// `maxLength` or `maxItems`
    pub max_len: Option<u64>,
    /// `pattern`
    pub pattern: Option<Name>,
}

impl Bounds {
    /// Whether a number is within.
    #[must_use]
    pub fn hold_number(&self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| number <= max)
            && self.above.is_none_or(|above| number > above)
            && self.below.is_none_or(|below| number < below)
    }

    /// Whether a length is within: characters of a text, elements of a list, entries of a map.
    #[must_use]
    pub fn hold_length(&self, length: u64) -> bool {
        self.min_len.is_none_or(|min| length >= min) && self.max_len.is_none_or(|max| length <= max)
    }

    /// Whether a text is as its pattern says; one that can't be understood says nothing.
    #[must_use]
    pub fn hold_text(&self, text: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        compiled(pattern).is_none_or(|pattern| pattern.is_match(text))
    }

    /// This type with these bounds, which are all that is demanded of it; the type itself without any.
    #[must_use]
    pub fn on(self, ty: Type) -> Type {
        if self == Self::default() {
            return ty;
        }
        let source = Name::from(self.written());
        Type::Refined(Arc::new(ty), Arc::new(Refinement { id: RefinementId::BOUNDS, source, bounds: self }))
    }

    /// As a score has them: `1 <= it and it <= 9`.
    fn written(&self) -> String {
        let mut all: Vec<String> = Vec::new();
        let mut range = |what: &str, least: Option<String>, most: Option<String>| match (least, most) {
            (Some(least), Some(most)) if least == most => all.push(format!("{what} == {least}")),
            (least, most) => {
                all.extend(least.map(|least| format!("{least} <= {what}")));
                all.extend(most.map(|most| format!("{what} <= {most}")));
            }
        };
        range("it", self.min.map(number), self.max.map(number));
        range(
            "len(it)",
            self.min_len.map(|length| length.to_string()),
            self.max_len.map(|length| length.to_string()),
        );
        all.extend(self.above.map(|above| format!("{} < it", number(above))));
        all.extend(self.below.map(|below| format!("it < {}", number(below))));
        all.extend(self.pattern.as_ref().map(|pattern| {
            let quotes = if pattern.contains('"') { "\"\"\"" } else { "\"" };
            format!("matches(it, r{quotes}{pattern}{quotes})")
        }));
        all.join(" and ")
    }
}

fn number(number: f64) -> String {
    number.to_string()
}

/// A regular expression, compiled: matching takes time linear in the text.
///
/// # Errors
/// What is wrong with it, in a few words.
pub fn regular_expression(pattern: &str) -> Result<Regex, String> {
    const MOST_BYTES: usize = 2 << 20;
    RegexBuilder::new(pattern).size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES).build().map_err(|error| {
        match &error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            // The last line says what is wrong; those above draw the place.
            other => {
                other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
        }
    })
}

/// The same, kept from one time to the next: mostly the same is asked for again.
fn compiled(pattern: &str) -> Option<Regex> {
    thread_local! {
        static LAST: std::cell::RefCell<Option<(String, Option<Regex>)>> = const { std::cell::RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        let known = last.take().filter(|(known, _)| known == pattern);
        let fresh = || (pattern.to_owned(), regular_expression(pattern).ok());
        last.insert(known.unwrap_or_else(fresh)).1.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_written_as_a_score_has_them() {
        let shown = |bounds: Bounds| bounds.on(Type::Int).to_string();
        assert_eq!(shown(Bounds::default()), "int");
        let bounds = Bounds { min: Some(1.0), max: Some(9.5), ..Bounds::default() };
        assert_eq!(shown(bounds.clone()), "int where 1 <= it and it <= 9.5");
        assert_eq!(bounds.on(Type::Int).optional().to_string(), "(int where 1 <= it and it <= 9.5)?");
        let bounds = Bounds { above: Some(0.0), min_len: Some(2), max_len: Some(2), ..Bounds::default() };
        assert_eq!(shown(bounds), "int where len(it) == 2 and 0 < it");
        let bounds = Bounds { pattern: Some("^\"a\"$".into()), ..Bounds::default() };
        assert_eq!(shown(bounds), "int where matches(it, r\"\"\"^\"a\"$\"\"\")");
    }

    #[test]
    fn a_pattern_is_found_anywhere_in_a_text() {
        let bounds = |pattern: &str| Bounds { pattern: Some(pattern.into()), ..Bounds::default() };
        assert!(bounds("b+").hold_text("abba") && !bounds("^b+$").hold_text("abba"));
        assert!(bounds("(?!x)").hold_text("x"), "nobody can judge it here");
    }
}
