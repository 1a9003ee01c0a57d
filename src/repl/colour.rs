//! Colours of what is typed.

use anstyle::{AnsiColor, Style};

use crate::syntax::lex::{Lexeme, lex};

/// What stands in the way less: documentation, bills, hints.
pub const FAINT: Style = Style::new().dimmed();
/// The prompt.
pub const PROMPT: Style = AnsiColor::Cyan.on_default().bold();

const fn style(kind: Lexeme) -> Option<Style> {
    Some(match kind {
        Lexeme::Comment | Lexeme::Doc => FAINT,
        Lexeme::Text => AnsiColor::Green.on_default(),
        Lexeme::Escape => AnsiColor::Yellow.on_default(),
        Lexeme::Number => AnsiColor::Cyan.on_default(),
        Lexeme::Keyword => AnsiColor::Magenta.on_default(),
        Lexeme::Type => AnsiColor::Blue.on_default().bold(),
        Lexeme::Callee => AnsiColor::Yellow.on_default(),
        Lexeme::Name | Lexeme::Sign => return None,
    })
}

/// A source with colours; the letters stay what they are.
pub fn coloured(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (command, rest) = command(text);
    if !command.is_empty() {
        out.push_str(&format!("{PROMPT}{command}{PROMPT:#}"));
    }
    let mut at = 0;
    for token in lex(rest) {
        out.push_str(&rest[at..token.range.start]);
        let piece = &rest[token.range.clone()];
        match style(token.kind) {
            Some(style) => out.push_str(&format!("{style}{piece}{style:#}")),
            None => out.push_str(piece),
        }
        at = token.range.end;
    }
    out.push_str(&rest[at..]);
    out
}

/// `:type` and what stands behind it.
fn command(text: &str) -> (&str, &str) {
    if !text.trim_start().starts_with(':') {
        return ("", text);
    }
    let from = text.len() - text.trim_start().len() + 1;
    let end =
        text[from..].find(|letter: char| !letter.is_ascii_alphabetic()).map_or(text.len(), |at| from + at);
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::coloured;

    #[test]
    fn colours_leave_the_letters_alone() {
        for text in [
            ":type draft(\"é {x}\")",
            "part f(x: text) -> text\n  \"\"\"\n  {x} 日本\n",
            "\"open",
            "  :q",
            "",
        ] {
            let shown = coloured(text);
            let bare: String = anstream::adapter::strip_str(&shown).to_string();
            assert_eq!(bare, text);
        }
        assert!(coloured("let x = 1").starts_with("\u{1b}["));
    }
}
