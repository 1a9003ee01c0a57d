//! Records that the language itself knows: what `error` is inside `otherwise`, what commands and
//! requests give back.

use std::sync::{Arc, LazyLock};

use super::{Field, RecordType, Type};

/// The record types of the language itself.
pub struct Known {
    /// `error` inside `otherwise`: `kind message instrument acted`.
    pub error: Arc<RecordType>,
    /// `Ran {code, out, err}`: what a command did, whatever its exit code.
    pub ran: Arc<RecordType>,
    /// `Response {status, headers, body}`: what a server answered, whatever its status.
    pub response: Arc<RecordType>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known {
    error: record(
        "Error",
        "What went wrong.",
        &[
            ("kind", "Its kind, such as `timeout`.", Type::Text),
            ("message", "What went wrong, in a sentence.", Type::Text),
            ("instrument", "Who played; empty where nobody did.", Type::Text),
            ("acted", "Whether an act below it was done.", Type::Bool),
        ],
    ),
    ran: record(
        "Ran",
        "What a command did.",
        &[
            ("code", "Its exit code.", Type::Int),
            ("out", "What it wrote to its standard output.", Type::Text),
            ("err", "What it wrote to its standard error.", Type::Text),
        ],
    ),
    response: record(
        "Response",
        "What a server answered.",
        &[
            ("status", "The status code.", Type::Int),
            ("headers", "Its headers, names in lower case.", Type::Map(Arc::new(Type::Text))),
            ("body", "Its body.", Type::Text),
        ],
    ),
});

/// The record types of the language itself.
#[must_use]
pub fn known() -> &'static Known {
    &KNOWN
}

impl Known {
    /// The built-in record type with this name, as a score may write it.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<RecordType>> {
        [&self.error, &self.ran, &self.response]
            .into_iter()
            .find(|record| record.name.as_deref() == Some(name))
    }
}

fn record(name: &str, doc: &str, fields: &[(&str, &str, Type)]) -> Arc<RecordType> {
    let record = RecordType::named(Arc::from(name), doc.to_owned());
    let fields = fields
        .iter()
        .map(|(name, doc, ty)| Field {
            name: Arc::from(*name),
            doc: (*doc).to_owned(),
            ty: ty.clone(),
            has_default: false,
        })
        .collect();
    record.complete(fields, None);
    Arc::new(record)
}
