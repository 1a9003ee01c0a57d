//! Values for reading: what stands in a prompt where a hole had a value. One format, and it stays.
//!
//! | value | reads |
//! |---|---|
//! | text | as it is |
//! | number, date, time, duration, money, bool | `0.5`, `2026-01-05`, `1h30min`, `$0.50`, `true` |
//! | `nothing` | `nothing`: what is missing is said, never left out in silence |
//! | list of texts, records, lists, maps | one `- ` a line, what belongs to it indented by two |
//! | list of other values | in one line: `1, 2, 3` |
//! | empty list, map | `(none)` |
//! | record, map | `name: value` a line; a value of several lines below it, indented by two |
//! | medium | `[image photo.png, image/png, 1234 bytes]`; its content travels beside the text |
//! | secret, instrument, function | `[secret NAME]`, `[instrument NAME]`, `[function]` |

use super::json::MAX_DEPTH;
use super::{Value, scalar};

/// The value for reading, without a line break at its end.
#[must_use]
pub fn render(value: &Value) -> String {
    let mut page = Page { text: String::new() };
    page.value(value, 0, MAX_DEPTH);
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn value(&mut self, value: &Value, indent: usize, levels: usize) {
        if levels == 0 {
            self.text.push('…');
            return;
        }
        match value {
            Value::List(values) if is_one_line(value) => self.one_line(values),
            Value::List(values) => self.list(values, indent, levels),
            Value::Record(record) => self.fields(record.entries(), indent, levels),
            Value::Map(map) => {
                self.fields(map.iter().map(|(key, value)| (&**key, value)), indent, levels);
            }
            Value::Text(text) if indent > 0 => self.lines(text, indent),
            scalar => self.text.push_str(&show_scalar(scalar)),
        }
    }

    fn one_line(&mut self, values: &[Value]) {
        if values.is_empty() {
            self.text.push_str("(none)");
        }
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.text.push_str(", ");
            }
            self.text.push_str(&show_scalar(value));
        }
    }

    fn list(&mut self, values: &[Value], indent: usize, levels: usize) {
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.line_break(indent);
            }
            self.text.push_str("- ");
            self.value(value, indent + 2, levels - 1);
        }
    }

    fn fields<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, &'a Value)>,
        indent: usize,
        levels: usize,
    ) {
        let mut first = true;
        for (name, value) in entries {
            if !first {
                self.line_break(indent);
            }
            first = false;
            self.text.push_str(name);
            self.text.push(':');
            if is_one_line(value) {
                self.text.push(' ');
                self.value(value, indent, levels - 1);
            } else {
                self.line_break(indent + 2);
                self.value(value, indent + 2, levels - 1);
            }
        }
        if first {
            self.text.push_str("(none)");
        }
    }

    fn lines(&mut self, text: &str, indent: usize) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.line_break(if line.is_empty() { 0 } else { indent });
            }
            self.text.push_str(line);
        }
    }

    fn line_break(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
    }
}

fn is_one_line(value: &Value) -> bool {
    match value {
        Value::List(values) => values.iter().all(|value| {
            !matches!(value, Value::Text(_) | Value::List(_) | Value::Record(_) | Value::Map(_))
        }),
        Value::Record(record) => record.values().is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Text(text) => !text.contains('\n'),
        _ => true,
    }
}

fn show_scalar(value: &Value) -> String {
    match value {
        Value::Nothing => "nothing".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => scalar::show_number(*number),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Duration(length) => scalar::show_duration(*length),
        Value::Money(money) => money.to_string(),
        Value::Media(media) => {
            let name = media.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
            format!("[{}{name}, {}, {} bytes]", media.kind.word(), media.mime, media.bytes.len())
        }
        Value::Secret(secret) => format!("[secret {}]", secret.name),
        Value::Instrument(instrument) => format!("[instrument {}]", instrument.name),
        Value::Function(_) => "[function]".to_owned(),
        Value::List(_) | Value::Record(_) | Value::Map(_) => "…".to_owned(),
    }
}

/// A value in a few words of one line, for messages; texts have at most `room` characters. Takes
/// the same time for large values as for small ones.
#[must_use]
pub fn show_short(value: &Value, room: usize) -> String {
    match value {
        Value::Text(text) => format!("{:?}", cut(text, room)),
        Value::List(values) if values.is_empty() => "an empty list".to_owned(),
        Value::List(values) => format!("a list of {}", values.len()),
        Value::Record(record) => named_fields(record.entries().map(|(name, _)| name)),
        Value::Map(map) => named_fields(map.keys().map(|key| &**key)),
        scalar => show_scalar(scalar),
    }
}

fn named_fields<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names = names.map(|name| cut(name, 20));
    let first: Vec<String> = names.by_ref().take(4).collect();
    let more = if names.next().is_some() { ", …" } else { "" };
    match first.len() {
        0 => "an empty object".to_owned(),
        _ => format!("an object with {}{more}", first.join(", ")),
    }
}

fn cut(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::types::{Field, RecordType, Type};
    use crate::value::{Map, Money, Record};

    fn finding(claim: &str, source: Value, sure: f64, tags: Value) -> Value {
        let field = |name: &str| Field {
            name: Arc::from(name),
            doc: String::new(),
            ty: Type::Json,
            has_default: false,
        };
        let shape = RecordType::anonymous(["claim", "source", "sure", "tags"].map(field).to_vec());
        let values = vec![Value::text(claim), source, Value::Number(sure), tags];
        Value::Record(Arc::new(Record::new(Arc::new(shape), values).unwrap()))
    }

    #[test]
    fn it_reads_well() {
        let texts = Value::list([Value::text("sea"), Value::text("two\nlines")]);
        let numbers = Value::list([Value::Int(1), Value::Number(2.0), Value::Money(Money::from_nanos(5))]);
        let map: Map = [(Arc::from("wait"), Value::Duration(5_400_000))].into_iter().collect();
        let findings = Value::list([
            finding("Tides rose.", Value::Nothing, 0.9, texts),
            finding("A long\n\nstory", Value::Map(Arc::new(map)), 1.0, Value::list([])),
            Value::list([numbers, Value::Map(Arc::default())]),
        ]);
        assert_eq!(
            render(&findings),
            "\
- claim: Tides rose.
  source: nothing
  sure: 0.9
  tags:
    - sea
    - two
      lines
- claim:
    A long

    story
  source:
    wait: 1h30min
  sure: 1
  tags: (none)
- - 1, 2, $0.000000005
  - (none)"
        );
        assert_eq!(render(&Value::text("as\n  it is ")), "as\n  it is ");
    }

    #[test]
    fn depth_is_capped() {
        let mut value = Value::text("x");
        for _ in 0..10_000 {
            value = Value::list([value]);
        }
        assert!(render(&value).contains('…'));
        // Dropping a value nested that deep is another matter.
        std::mem::forget(value);
    }
}
