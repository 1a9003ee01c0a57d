//! Where in an answer the value may stand: behind the reasoning, in fences, in prose.

use super::json::{Ground, Trouble, parse_at};
use crate::value::Value;

/// A value found in an answer.
#[derive(Debug)]
pub struct Candidate {
    /// The value.
    pub value: Value,
    /// Whether brackets were missing and were closed.
    pub closed: bool,
}

const REASONING: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
];

/// The answer without the reasoning before it. Reasoning that never ends leaves nothing.
pub fn without_reasoning(text: &str) -> &str {
    let whole = text.trim_start_matches('\u{feff}');
    let mut text = whole.trim_start();
    while let Some((open, close)) = REASONING.iter().find(|(open, _)| text.starts_with(open)) {
        match text[open.len()..].find(close) {
            Some(at) => text = text[open.len() + at + close.len()..].trim_start(),
            None => return "",
        }
    }
    if text.len() == whole.trim_start().len() {
        if !text.contains('<') {
            return whole;
        }
        // Some services keep the opening tag to themselves. A closing one within a line, or in JSON, is
        // one that the answer speaks of.
        for (open, close) in REASONING {
            let lone = text.find(close).filter(|_| !text.contains(open) && !text.starts_with(['{', '[']));
            if let Some((before, after)) = lone.map(|at| (&text[..at], &text[at + close.len()..]))
                && (before.ends_with('\n') || after.starts_with(['\n', '\r']))
            {
                return after.trim_start();
            }
        }
        return whole;
    }
    text
}

/// What stands in fences, and what is left around them.
#[derive(Debug)]
pub struct Fenced<'a> {
    /// The content of each fence.
    pub blocks: Vec<&'a str>,
    /// The texts between them.
    pub around: Vec<&'a str>,
}

/// Splits a text at its fences, three or more backticks or tildes at the start of a line. A fence
/// that is not closed runs to the end.
pub fn fences(text: &str) -> Fenced<'_> {
    let mut found = Fenced { blocks: Vec::new(), around: Vec::new() };
    let (mut from, mut at) = (0, 0);
    let mut open: Option<(&str, usize)> = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let marker = if trimmed.starts_with("```") {
            &trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()]
        } else if trimmed.starts_with("~~~") {
            &trimmed[..trimmed.len() - trimmed.trim_start_matches('~').len()]
        } else {
            ""
        };
        match open {
            None if !marker.is_empty() => {
                let info = &trimmed[marker.len()..];
                if let Some(end) = info.rfind(marker).filter(|_| info.ends_with(marker)) {
                    // A whole fence in one line: ```json {"a": 1}```
                    let content = &info[..end];
                    let word = content.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(0);
                    found.around.push(&text[from..at]);
                    found.blocks.push(content[word..].trim());
                    from = at + line.len();
                } else if !info.contains(marker) {
                    found.around.push(&text[from..at]);
                    open = Some((marker, at + line.len()));
                }
            }
            Some((opener, start)) if marker.len() >= opener.len() && trimmed == marker => {
                found.blocks.push(text[start..at].trim_end_matches(['\r', '\n']));
                from = at + line.len();
                open = None;
            }
            Some((opener, start)) if trimmed.ends_with(opener) && marker.is_empty() => {
                // Closed at the end of the last line of its content.
                let content = text[start..at + line.len()].trim_end();
                found.blocks.push(content[..content.len() - opener.len()].trim_end());
                from = at + line.len();
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    match open {
        Some((_, start)) => found.blocks.push(text[start..].trim_end()),
        None => found.around.push(&text[from..]),
    }
    found
}

/// Objects and lists that stand in prose, outermost ones only, in order; and the first thing that
/// looked like one and was none.
///
/// JSON that breaks off spoils the rest: what stands inside it is a part of something, and what stands
/// around it may be what it was to replace. Every start costs what is read from it, so the work is
/// bounded; past the bound nothing more is found.
pub fn in_prose(text: &str) -> (Vec<Candidate>, Option<Trouble>) {
    let mut found = Vec::new();
    let mut first_trouble = None;
    let mut work = text.len().saturating_mul(16).saturating_add(65_536);
    let mut at = 0;
    while let Some(next) = text[at..].find(['{', '[']) {
        let start = at + next;
        at = start + 1;
        match parse_at(text, start, Ground::Prose) {
            Ok(parsed) => {
                if !is_remark(text, start, parsed.end, &parsed.value) {
                    found.push(Candidate { value: parsed.value, closed: parsed.closed });
                }
                at = parsed.end;
            }
            Err(trouble) if trouble.meant => return (Vec::new(), Some(trouble)),
            Err(trouble) => {
                let read = trouble.looked.max(trouble.at) - start + 1;
                first_trouble = first_trouble.or(Some(trouble));
                if read > work {
                    break;
                }
                work -= read;
            }
        }
    }
    (found, first_trouble)
}

/// Whether brackets in prose are a remark, a footnote or a link: `[1]`, `[ ]`, `[see](there)`.
fn is_remark(text: &str, start: usize, end: usize, value: &Value) -> bool {
    let Value::List(values) = value else { return false };
    if text[end..].starts_with('(') {
        return true;
    }
    let before = text[..start].trim_end_matches([' ', '\t']);
    let own_place = before.is_empty() || before.ends_with(['\n', ':', '=']);
    let plain = values.iter().all(|value| !matches!(value, Value::Text(_) | Value::Map(_) | Value::List(_)));
    plain && !own_place
}
