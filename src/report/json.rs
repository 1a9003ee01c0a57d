//! Diagnostics as JSON lines.

use serde_json::{Map, Value, json};

use super::Finding;
use crate::base::{SourceMap, Span};

/// `{"code", "severity", "message", "help", "labels": [{PLACE, "message"}], "edits": [{PLACE,
/// "replacement"}]}`, a place being `"file", "line", "column", "end_line", "end_column", "offset", "length"`;
/// lines and columns from 1, columns and offsets in characters and bytes; the primary label first. All edits
/// together mend what is reported, and none touches another.
pub(super) fn show(finding: &dyn Finding, sources: &SourceMap, out: &mut String) {
    let labels: Vec<Value> = super::labels(finding)
        .iter()
        .filter_map(|label| {
            let start = u32::try_from(label.offset()).ok()?;
            let end = u32::try_from(label.offset() + label.len()).ok()?;
            place(Span::new(start, end), sources, "message", json!(label.label()))
        })
        .collect();
    let edits: Vec<Value> = finding
        .edits()
        .into_iter()
        .filter_map(|edit| place(edit.span, sources, "replacement", Value::String(edit.replacement)))
        .collect();
    let object = json!({
        "code": finding.code().map(|code| code.to_string()),
        "severity": super::severity_word(finding),
        "message": finding.to_string(),
        "help": finding.help().map(|help| help.to_string()),
        "labels": labels,
        "edits": edits,
    });
    out.push_str(&object.to_string());
    out.push('\n');
}

/// A place in a file, and what is said of it.
fn place(span: Span, sources: &SourceMap, key: &str, said: Value) -> Option<Value> {
    let file = sources.file_at(span.start)?;
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end);
    let mut place = Map::new();
    place.insert("file".into(), json!(&*file.name));
    place.insert("line".into(), json!(line));
    place.insert("column".into(), json!(column));
    place.insert("end_line".into(), json!(end_line));
    place.insert("end_column".into(), json!(end_column));
    place.insert("offset".into(), json!(span.start - file.start));
    place.insert("length".into(), json!(span.len()));
    place.insert(key.into(), said);
    Some(Value::Object(place))
}
