//! Diagnostics as JSON lines.

use miette::Diagnostic;
use serde_json::{Value, json};

use crate::base::SourceMap;

/// `{"code", "severity", "message", "help", "labels": [{"file", "line", "column", "end_line",
/// "end_column", "offset", "length", "message"}]}`; lines and columns from 1, columns and offsets in
/// characters and bytes; the primary label first.
pub(super) fn show(diagnostic: &dyn Diagnostic, sources: &SourceMap, out: &mut String) {
    let labels: Vec<Value> = super::labels(diagnostic)
        .iter()
        .filter_map(|label| {
            let start = u32::try_from(label.offset()).ok()?;
            let end = u32::try_from(label.offset() + label.len()).ok()?;
            let file = sources.file_at(start)?;
            let (line, column) = file.line_column(start);
            let (end_line, end_column) = file.line_column(end);
            Some(json!({
                "file": &*file.name,
                "line": line,
                "column": column,
                "end_line": end_line,
                "end_column": end_column,
                "offset": start - file.start,
                "length": end - start,
                "message": label.label(),
            }))
        })
        .collect();
    let object = json!({
        "code": diagnostic.code().map(|code| code.to_string()),
        "severity": super::severity_word(diagnostic),
        "message": diagnostic.to_string(),
        "help": diagnostic.help().map(|help| help.to_string()),
        "labels": labels,
    });
    out.push_str(&object.to_string());
    out.push('\n');
}
