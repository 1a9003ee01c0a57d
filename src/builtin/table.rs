//! Tables as comma-separated values (RFC 4180).

use std::collections::HashMap;
use std::sync::Arc;

use super::argument::{A, argument, list, list_of, map_of, may_take, signature, takes, text_or, unlike};
use super::{Builtin, Need, Run, SizeFlow, Trouble};
use crate::types::{Param, Type};
use crate::value::{Map, Value, json_text};

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "csv",
        doc: "The rows of a table in CSV, each a map from the names in the first line to the texts in its fields.",
        example: (r#"csv("port,tide\nHull,high") == [{port: "Hull", tide: "high"}] as [map[text]]"#, "true"),
        signature: || {
            let table = Type::union([Type::Text, Type::File]);
            let table = takes("table", table, "The table, its first line the names of its columns.");
            signature([table, separator()], list_of(map_of(Type::Text)))
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let separator = separator_of(arguments)?;
            match argument(arguments, 0) {
                Value::Text(text) => read(text, separator),
                Value::Media(media) => match std::str::from_utf8(&media.bytes) {
                    Ok(text) => read(text, separator),
                    Err(_) => {
                        Err(Trouble::shape("the file is no UTF-8 text: save the table as CSV in UTF-8"))
                    }
                },
                other => Err(unlike("a text or a file", other)),
            }
        }),
    },
    Builtin {
        name: "to_csv",
        doc: "A table in CSV out of records or maps: a first line with the names, then a line for each. What is not \
              there is left empty; lists and records in a field are JSON.",
        example: (
            r#"to_csv([{port: "Hull", depth: 3.5}, {port: "York, old", depth: 2}])"#,
            r#""port,depth\nHull,3.5\n\"York, old\",2\n""#,
        ),
        signature: || signature([takes("rows", list_of(A), "The rows."), separator()], Type::Text),
        needs: &[(0, Need::Row)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| write(list(arguments, 0)?, separator_of(arguments)?)),
    },
];

fn separator() -> Param {
    may_take("separator", Type::Text, "What stands between two fields; a comma if left out.")
}

fn separator_of(arguments: &[Value]) -> Result<char, Trouble> {
    let written = text_or(arguments, 1, ",")?;
    let mut letters = written.chars();
    match (letters.next(), letters.next()) {
        (Some(one), None) if !matches!(one, '"' | '\n' | '\r') => Ok(one),
        _ => Err(Trouble::new(format!("fields are separated by one character, not by {written:?}"))),
    }
}

/// Fields and records, one after another.
struct Reader<'a> {
    rest: &'a str,
    separator: char,
    /// The line that is read, from 1.
    line: usize,
}

impl Reader<'_> {
    /// The fields of the next record that is not an empty line.
    fn record(&mut self) -> Result<Option<Vec<String>>, Trouble> {
        while let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        loop {
            fields.push(self.field()?);
            if let Some(rest) = self.rest.strip_prefix(self.separator) {
                self.rest = rest;
                continue;
            }
            if let Some(rest) = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix('\n')) {
                self.rest = rest;
                self.line += 1;
            }
            return Ok(Some(fields));
        }
    }

    fn field(&mut self) -> Result<String, Trouble> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
            let (field, rest) = self.rest.split_at(end);
            let ends_line = rest.is_empty() || rest.starts_with('\n');
            let field = if ends_line { field.strip_suffix('\r').unwrap_or(field) } else { field };
            self.rest = rest;
            return Ok(field.to_owned());
        };
        let start = self.line;
        let mut field = String::new();
        let mut rest = quoted;
        loop {
            let Some((before, after)) = rest.split_once('"') else {
                return Err(Trouble::shape(format!(
                    "line {start} of the table opens a `\"` that is never closed"
                )));
            };
            field.push_str(before);
            self.line += before.matches('\n').count();
            let Some(more) = after.strip_prefix('"') else {
                rest = after;
                break;
            };
            field.push('"');
            rest = more;
        }
        let ends = rest.is_empty() || rest.starts_with([self.separator, '\n']) || rest.starts_with("\r\n");
        if !ends && rest != "\r" {
            let line = self.line;
            return Err(Trouble::shape(format!("line {line} of the table goes on after a closing `\"`")));
        }
        self.rest = if rest == "\r" { "" } else { rest };
        Ok(field)
    }
}

fn read(text: &str, separator: char) -> Result<Value, Trouble> {
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text), separator, line: 1 };
    let Some(names) = reader.record()? else { return Ok(Value::list([])) };
    let names: Vec<Arc<str>> = names.iter().map(|name| Arc::from(name.trim())).collect();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(Trouble::shape(format!(
                "column {} of the table has no name in the first line",
                at + 1
            )));
        }
        if names[..at].contains(name) {
            return Err(Trouble::shape(format!("two columns of the table are called `{name}`")));
        }
    }
    let mut rows = Vec::new();
    loop {
        let line = reader.line;
        let Some(fields) = reader.record()? else { return Ok(Value::list(rows)) };
        if fields.len() != names.len() {
            let (is, wanted) = (fields.len(), names.len());
            return Err(Trouble::shape(format!(
                "line {line} of the table has {is} {}, but there are {wanted} columns",
                if is == 1 { "field" } else { "fields" }
            )));
        }
        let row: Map =
            names.iter().cloned().zip(fields.into_iter().map(|field| Value::text(&field))).collect();
        rows.push(Value::Map(Arc::new(row)));
    }
}

fn write(rows: &[Value], separator: char) -> Result<Value, Trouble> {
    let mut columns: Vec<&str> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut table: Vec<Vec<(usize, String)>> = Vec::with_capacity(rows.len());
    for row in rows {
        let entries: Vec<(&str, &Value)> = match row {
            Value::Record(record) => record.entries().collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (&**key, value)).collect(),
            other => return Err(unlike("a record or a map", other)),
        };
        let mut line = Vec::with_capacity(entries.len());
        for (name, value) in entries {
            let place = *places.entry(name).or_insert_with(|| {
                columns.push(name);
                columns.len() - 1
            });
            line.push((place, field(value)));
        }
        table.push(line);
    }
    let mut text = String::new();
    if !columns.is_empty() {
        write_line(&mut text, columns.iter().copied(), separator);
    }
    for line in table {
        let mut fields = vec![String::new(); columns.len()];
        for (place, field) in line {
            fields[place] = field;
        }
        write_line(&mut text, fields.iter().map(String::as_str), separator);
    }
    Ok(Value::Text(text.into()))
}

fn field(value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.to_string(),
        other => {
            let json = json_text(other);
            // Dates, amounts and the like are texts in JSON: without their quotes.
            match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(plain) => plain.to_owned(),
                None => json,
            }
        }
    }
}

fn write_line<'a>(text: &mut String, fields: impl ExactSizeIterator<Item = &'a str>, separator: char) {
    let alone = fields.len() == 1;
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(separator);
        }
        // One empty field alone would be an empty line, which is no row.
        if field.contains(['"', '\n', '\r', separator]) || (alone && field.is_empty()) {
            text.push('"');
            text.push_str(&field.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}
