//! Lists in plain text: bullets, numbered lines, lines, parts between commas.

use crate::value::Value;

/// What a text can be as a list.
#[derive(Debug, PartialEq)]
pub enum Listed {
    /// The items of its only list of bullets or numbers.
    Items(Vec<Value>),
    /// It has several such lists.
    Several,
    /// It has none: its readings, the text as one item first.
    Plain(Vec<Vec<Value>>),
}

/// The list that a text holds.
pub fn listed(text: &str) -> Listed {
    let groups = bullets(text);
    match groups.len() {
        0 => Listed::Plain(plain(text)),
        1 => Listed::Items(groups.into_iter().flatten().map(|item| Value::text(item.trim())).collect()),
        _ => Listed::Several,
    }
}

/// The items of each list. What is indented below an item, or follows it without a blank line,
/// belongs to it; a paragraph of its own ends the list.
fn bullets(text: &str) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut level = 0;
    let (mut open, mut blank) = (false, false);
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() {
            blank = true;
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let item = after_marker(content).filter(|_| !open || indent <= level + 1);
        match (item, groups.last_mut().filter(|_| open)) {
            (Some(item), Some(group)) => group.push(item.to_owned()),
            (Some(item), None) => {
                level = indent;
                open = true;
                groups.push(vec![item.to_owned()]);
            }
            (None, Some(group)) if indent > level || !blank => {
                if let Some(item) = group.last_mut() {
                    item.push_str(if blank { "\n\n" } else { "\n" });
                    item.push_str(content);
                }
            }
            (None, _) => open = false,
        }
        blank = false;
    }
    groups
}

/// What stands after `- `, `* `, `• `, `1. `, `2) `.
fn after_marker(line: &str) -> Option<&str> {
    for marker in ["-", "*", "•", "–", "+", "◦", "▪"] {
        if let Some(rest) = line.strip_prefix(marker) {
            return rest.strip_prefix([' ', '\t']).map(str::trim_start);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let rest = line[digits..].strip_prefix(['.', ')'])?;
    rest.strip_prefix([' ', '\t']).map(str::trim_start)
}

fn plain(text: &str) -> Vec<Vec<Value>> {
    let text = text.trim();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut readings = vec![vec![Value::text(text)]];
    let parts: Vec<&str> = if lines.len() > 1 {
        lines
    } else if text.contains(';') {
        text.split(';').collect()
    } else {
        text.split(',').collect()
    };
    if parts.len() > 1 {
        readings.push(parts.iter().map(|part| Value::text(part.trim().trim_end_matches(','))).collect());
    }
    readings
}

/// Whether a text is more likely a sentence than an item.
pub fn is_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', ':', '…'])
}
