//! Patterns that every grammar has words for.

/// Whether every grammar has words for a pattern: it is of the whole text, its groups are plain ones, and what is
/// escaped in it are the signs of patterns themselves.
pub(super) fn is_plain(pattern: &str) -> bool {
    const SIGNS: &str = "^$.[]()|{}*+?";
    let Some(inner) = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else { return false };
    let (mut in_class, mut before) = (false, ' ');
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if in_class || !letters.next().is_some_and(|escaped| SIGNS.contains(escaped)) => {
                return false;
            }
            '[' if in_class => return false,
            '[' => in_class = true,
            ']' => in_class = false,
            // `(?:…)`, `a+?`
            '?' if !in_class && "(*+?}".contains(before) => return false,
            '^' | '$' if !in_class => return false,
            _ => {}
        }
        before = if letter == '\\' { ' ' } else { letter };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::{OPENAI, Spoken};
    use super::is_plain;
    use crate::types::{json_schema, notation::ty};

    #[test]
    fn patterns_that_some_grammar_has_no_words_for_are_said_in_words() {
        for plain in ["^a+$", "^[A-Z]{3}-[0-9]+$", r"^-?\$[0-9]+(\.[0-9]{1,9})?$", "^(a|b)?$", "^[^a]*$"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in
            ["a", "^a", r"^\d+$", r"^[\w]$", "^(?:a)$", "^(?i)a$", "^a+?$", "^a$|^b$", r"^\bx$", r"^a\$"]
        {
            assert!(!is_plain(other), "{other}");
        }
        let said = |notation: &str| match OPENAI.say(&json_schema(&ty(notation))) {
            Spoken::Fits { schema, told } => (schema["properties"]["a"]["pattern"].is_string(), told.len()),
            Spoken::Not(why) => panic!("{why}"),
        };
        assert_eq!(said("{a: duration}"), (true, 0));
        assert_eq!(said("{a: text where ~ \"^[a-z]+$\"}"), (true, 0));
        assert_eq!(said("{a: text where ~ \"a\"}"), (false, 1));
    }
}
