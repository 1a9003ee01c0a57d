//! What stands faintly behind the cursor: parameters of the call that is being written, or how an earlier line went on.

use rustyline::history::{History, SearchDirection};

use crate::backend;
use crate::builtin;
use crate::session::Symbol;
use crate::syntax::lex::{Lexeme, Token, lex};

/// The call that is open at the end of a text: its name, and how many commas stand in it.
pub fn open_call(text: &str) -> Option<(&str, usize)> {
    let tokens = lex(text);
    let mut open: Vec<(Option<usize>, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match &text[token.range.clone()] {
            "(" => open.push((callee(&tokens, at), 0)),
            "[" | "{" => open.push((None, 0)),
            ")" | "]" | "}" => {
                open.pop();
            }
            "," => {
                if let Some((_, commas)) = open.last_mut() {
                    *commas += 1;
                }
            }
            _ => {}
        }
    }
    let (name, commas) = open.pop()?;
    Some((&text[tokens[name?].range.clone()], commas))
}

/// The name before a `(` that touches it.
fn callee(tokens: &[Token], at: usize) -> Option<usize> {
    let before = at.checked_sub(1)?;
    let token = &tokens[before];
    let names = matches!(token.kind, Lexeme::Callee | Lexeme::Type | Lexeme::Name);
    (names && token.range.end == tokens[at].range.start).then_some(before)
}

/// The parameters of something that can be called, as they are declared.
pub fn parameters_of(name: &str, symbols: &[Symbol]) -> Option<Vec<String>> {
    if let Some(symbol) = symbols.iter().find(|symbol| &*symbol.name == name) {
        return match symbol.kind {
            "part" | "movement" | "instrument" => split_parameters(&symbol.head),
            "type" => Some(symbol.params.iter().map(ToString::to_string).collect()),
            _ => None,
        };
    }
    let signature = match builtin::find(name) {
        Some(builtin) => (builtin.signature)(),
        None => backend::find(name).filter(|_| !backend::is_internal(name))?.signature(),
    };
    split_parameters(&signature.to_string())
}

/// What stands between the first pair of parentheses, at its commas.
fn split_parameters(head: &str) -> Option<Vec<String>> {
    let from = head.find('(')? + 1;
    let (mut depth, mut at, mut found) = (0_u32, from, Vec::new());
    for (place, letter) in head[from..].char_indices() {
        let place = from + place;
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                found.push(head[at..place].trim().to_owned());
                return Some(found.into_iter().filter(|one: &String| !one.is_empty()).collect());
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(head[at..place].trim().to_owned());
                at = place + 1;
            }
            _ => {}
        }
    }
    None
}

/// The parameters that are still to come, where an argument begins.
pub fn parameters(text: &str, symbols: &[Symbol]) -> Option<String> {
    if !(text.trim_end().ends_with('(') || text.trim_end().ends_with(',')) {
        return None;
    }
    let (name, commas) = open_call(text)?;
    let left = parameters_of(name, symbols)?;
    let left = left.get(commas..).filter(|left| !left.is_empty())?.join(", ");
    let gap = if text.ends_with(',') { " " } else { "" };
    Some(format!("{gap}{left})"))
}

/// How the latest line that began so went on.
pub fn earlier(text: &str, history: &dyn History) -> Option<String> {
    let last = history.len().checked_sub(1)?;
    if text.contains('\n') {
        return None;
    }
    let found = history.starts_with(text, last, SearchDirection::Reverse).ok().flatten()?;
    let rest = found.entry.get(text.len()..)?;
    let line = rest.lines().next()?;
    (!line.is_empty() && line.len() == rest.len()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Symbol, open_call, parameters};

    fn symbols() -> Vec<Symbol> {
        let symbol = |name: &str, kind, head: &str| Symbol {
            name: name.into(),
            kind,
            head: head.into(),
            doc: String::new(),
            params: vec!["title".into(), "tags".into()],
            members: Vec::new(),
        };
        vec![
            symbol("draft", "part", "part draft(topic: text, sizes: [int; 1..2]) -> text"),
            symbol("Idea", "type", "type Idea { title: text, tags: [text] }"),
        ]
    }

    #[test]
    fn the_parameters_that_are_left_are_shown() {
        let shown = |text: &str| parameters(text, &symbols());
        assert_eq!(shown("draft("), Some("topic: text, sizes: [int; 1..2])".into()));
        assert_eq!(shown("let x = draft(\"a, b\","), Some(" sizes: [int; 1..2])".into()));
        assert_eq!(shown("draft(f(1, 2), "), Some("sizes: [int; 1..2])".into()));
        assert_eq!(shown("Idea("), Some("title, tags)".into()));
        assert_eq!(shown("join("), Some("texts: [text], separator?: text)".into()));
        assert_eq!(shown("draft(\"a\", [1], "), None);
        assert_eq!(shown("say (1"), None);
        assert_eq!(open_call("a(b(c), [d, "), None);
    }
}
