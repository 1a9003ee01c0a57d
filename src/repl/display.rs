//! How values are shown at a prompt.

use anstyle::Style;

use crate::value::{Value, json_text, render};

/// More lines than this are cut, and letters too: nobody reads them at a prompt.
const LINES: usize = 1_000;
const LETTERS: usize = 200_000;

/// A value for a person at a terminal.
pub fn value(value: &Value) -> String {
    let text = match value {
        Value::Text(text) if text.trim().is_empty() => return json_text(value),
        Value::Text(text) => text.to_string(),
        Value::Record(record) if record.values().is_empty() => return String::from("{}"),
        other => render(other),
    };
    cut(&plain(&text))
}

/// A value in one line of at most so many letters.
pub fn line(value: &Value, room: usize) -> String {
    let text = match value {
        Value::Text(_) | Value::List(_) | Value::Record(_) | Value::Map(_) => json_text(value),
        other => render(other),
    };
    let text = plain(&text).replace('\n', " ");
    match text.char_indices().nth(room) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Text without what moves cursors and changes colours: an answer must not be able to.
pub fn plain(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(shown).collect()
}

fn cut(text: &str) -> String {
    let mut end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
    if let Some((at, _)) = text.match_indices('\n').nth(LINES - 1) {
        end = end.min(at);
    }
    if end == text.len() {
        return text.to_owned();
    }
    let more = text[end..].chars().count();
    format!("{}\n… and {more} more characters: write(\"it.txt\", …) keeps all of it in a file", &text[..end])
}

/// A text in a style, where colours are shown.
pub fn styled(text: &str, style: Style, colour: bool) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{line, value};
    use crate::value::Value;

    #[test]
    fn an_answer_moves_no_cursor_and_floods_no_screen() {
        assert_eq!(value(&Value::text("a\u{1b}[2Jb\r\n\tc")), "a\u{fffd}[2Jb\u{fffd}\n\tc");
        assert_eq!(value(&Value::text("")), "\"\"");
        assert_eq!(value(&Value::Nothing), "nothing");
        let long = value(&Value::text(&"line\n".repeat(5_000)));
        assert_eq!(long.lines().count(), 1_001);
        assert!(long.ends_with("more characters: write(\"it.txt\", …) keeps all of it in a file"));
        assert_eq!(line(&Value::list(vec![Value::text("日本語"); 9]), 8), "[\"日本語\",\"…");
    }
}
