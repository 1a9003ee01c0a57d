//! Patterns that every grammar has words for.

/// A pattern as every grammar reads it; `None` where some have no words for it: it must be of the whole text, its
/// groups plain ones, and what is escaped in it the signs of patterns themselves. `\.` and `\$`, which some pass on as
/// they stand, are said as `[.]` and `[$]`.
pub(super) fn plain(pattern: &str) -> Option<String> {
    const SIGNS: &str = "[]()|{}*+?";
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let mut plain = String::from("^");
    let (mut in_class, mut before) = (false, ' ');
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if in_class => return None,
            '\\' => {
                match letters.next()? {
                    sign @ ('.' | '$') => plain.extend(['[', sign, ']']),
                    sign if SIGNS.contains(sign) => plain.extend(['\\', sign]),
                    _ => return None,
                }
                before = ' ';
                continue;
            }
            '[' if in_class => return None,
            '[' => in_class = true,
            ']' => in_class = false,
            // `(?:…)`, `a+?`
            '?' if !in_class && "(*+?}".contains(before) => return None,
            '^' | '$' if !in_class => return None,
            _ => {}
        }
        plain.push(letter);
        before = letter;
    }
    plain.push('$');
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::super::{OPENAI, Spoken};
    use super::plain;
    use crate::types::{json_schema, notation::ty};

    #[test]
    fn patterns_that_some_grammar_has_no_words_for_are_said_in_words() {
        for same in
            ["^a+$", "^[A-Z]{3}-[0-9]+$", "^-?[$][0-9]+([.][0-9]{1,9})?$", "^(a|b)?$", "^[^a]*$", r"^a\+$"]
        {
            assert_eq!(plain(same).as_deref(), Some(same));
        }
        assert_eq!(plain(r"^\$[0-9]+\.[0-9]+$").as_deref(), Some("^[$][0-9]+[.][0-9]+$"));
        for other in
            ["a", "^a", r"^\d+$", r"^[\w]$", "^(?:a)$", "^(?i)a$", "^a+?$", "^a$|^b$", r"^\bx$", r"^a\$"]
        {
            assert_eq!(plain(other), None, "{other}");
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
