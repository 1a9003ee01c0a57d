//! The value itself.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Function, Instrument, Media, Money, Record, Secret};

/// A map with text keys, in insertion order.
pub type Map = IndexMap<Arc<str>, Value>;

/// A value. Cheap to copy; never changes.
///
/// A `json` value is an ordinary value: objects are [`Value::Map`], `null` is [`Value::Nothing`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `nothing`
    Nothing,
    /// `true`, `false`
    Bool(bool),
    /// A whole number
    Int(i64),
    /// A finite double; `NaN` and infinities never get into a value
    Number(f64),
    /// A text
    Text(Arc<str>),
    /// A list
    List(Arc<[Value]>),
    /// A record
    Record(Arc<Record>),
    /// A map, and any JSON object
    Map(Arc<Map>),
    /// A day
    Date(jiff::civil::Date),
    /// An instant
    Time(jiff::Timestamp),
    /// A length of time in milliseconds
    Duration(i64),
    /// An amount
    Money(Money),
    /// An image, sound, film or file
    Media(Arc<Media>),
    /// A secret: its name is all that is ever shown
    Secret(Arc<Secret>),
    /// An instrument with its settings
    Instrument(Arc<Instrument>),
    /// A small function, part or movement as a value
    Function(Arc<Function>),
}

impl Value {
    /// A text value.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// A list value.
    #[must_use]
    pub fn list(values: impl Into<Arc<[Self]>>) -> Self {
        Self::List(values.into())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What kind of value it is, for messages: `text`, `int`, `list`, `Idea` …
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Nothing => "nothing",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Record(record) => record.shape().name.as_deref().unwrap_or("record"),
            Self::Map(_) => "map",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Duration(_) => "duration",
            Self::Money(_) => "money",
            Self::Media(media) => media.kind.word(),
            Self::Secret(_) => "secret",
            Self::Instrument(_) => "instrument",
            Self::Function(_) => "function",
        }
    }
}
