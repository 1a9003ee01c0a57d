//! Tools as every protocol describes and calls them.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::instrument::{Tool, ToolCall};
use crate::types::json_schema;

use super::dialect::{Dialect, Spoken};

/// A tool in words and by schema.
pub(in crate::backend) struct Described {
    pub(in crate::backend) name: String,
    /// Empty where there is nothing to say.
    pub(in crate::backend) doc: String,
    pub(in crate::backend) schema: Json,
    /// Whether the dialect says all of the schema, so that the provider can hold the model to it.
    pub(in crate::backend) strict: bool,
}

/// A tool in a dialect: what its schema can't say is said by its description.
pub(in crate::backend) fn described(tool: &Tool, dialect: &Dialect) -> Described {
    let whole = json_schema(&tool.arguments());
    let mut doc = tool.doc.trim().to_owned();
    let (schema, strict) = match dialect.say(&whole) {
        Spoken::Fits { schema, told } => {
            if !told.is_empty() {
                let gap = if doc.is_empty() { "" } else { "\n\n" };
                let _ = write!(doc, "{gap}Its arguments must also keep to this:");
                told.iter().for_each(|line| doc.push_str(&format!("\n- {line}")));
            }
            (schema, true)
        }
        Spoken::Not(_) if dialect.loose_tools => (whole, false),
        Spoken::Not(_) => {
            let gap = if doc.is_empty() { "" } else { "\n\n" };
            let _ = write!(doc, "{gap}Its arguments are an object by this JSON Schema:\n{whole}");
            (json!({"type": "object"}), false)
        }
    };
    Described { name: schema_name(&tool.name), doc, schema, strict }
}

/// A name as providers take it: up to 64 letters, digits, `_` and `-`.
pub(in crate::backend) fn schema_name(part: &str) -> String {
    let kept = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let name: String = part.chars().take(64).map(kept).collect();
    if name.is_empty() { "answer".into() } else { name }
}

/// The arguments of a call as it is told again. Providers take an object: what came as none is put into one.
pub(in crate::backend) fn arguments_object(call: &ToolCall) -> Map<String, Json> {
    let said = call.arguments.said();
    if said.trim().is_empty() {
        return Map::new();
    }
    serde_json::from_str(&said).unwrap_or_else(|_| {
        let mut unreadable = Map::new();
        unreadable.insert("unreadable".into(), said.into());
        unreadable
    })
}
