//! Characters that mislead: those a reader doesn't see, and those that look like a sign but aren't.

/// What an invisible character is called, if it may not stand here.
///
/// Bidirectional and control characters stand nowhere; joiners and spaces of no width may stand in texts.
pub(super) fn hidden(character: char, in_text: bool) -> Option<&'static str> {
    Some(match character {
        '\n' | '\t' | '\r' => return None,
        '\0' => "NUL",
        '\u{1}'..='\u{1f}' | '\u{7f}' | '\u{80}'..='\u{9f}' => "control",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "direction mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "direction override",
        '\u{200b}' if !in_text => "zero-width space",
        '\u{200c}' | '\u{200d}' if !in_text => "zero-width joiner",
        '\u{2060}' if !in_text => "word joiner",
        '\u{feff}' if !in_text => "byte order mark",
        '\u{ad}' if !in_text => "soft hyphen",
        _ => return None,
    })
}

/// What to say of a character that is no sign of the language, and the sign it was meant to be.
pub(super) fn lookalike(character: char) -> (String, Option<&'static str>) {
    let instead = match character {
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' => "\"",
        '–' | '—' | '−' => "-",
        '→' => "->",
        '⇒' => "=>",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '×' | '·' => "*",
        '÷' => "/",
        '…' => "..",
        '，' => ",",
        '：' => ":",
        '（' => "(",
        '）' => ")",
        '∧' => "and",
        '∨' => "or",
        '¬' => "not",
        '∈' => "in",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            return (String::from("It is a space of another kind: write a plain one."), Some(" "));
        }
        '€' | '£' | '¥' => return (String::from("Amounts are in dollars: `$0.50`."), Some("$")),
        _ if character.is_alphanumeric() => {
            let said = "Names are written with a-z, A-Z, 0-9 and `_`; other letters stand in texts, `\"…\"`.";
            return (said.to_owned(), None);
        }
        _ => {
            let said = "Outside texts and comments there are only the signs of a plain keyboard.";
            return (said.to_owned(), None);
        }
    };
    (format!("Write `{instead}`."), Some(instead))
}
