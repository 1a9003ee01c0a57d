//! What flows through a performance: values, their media, and how they read. Knows types, no places.

#[cfg(test)]
pub(crate) mod bounded;
mod coded;
mod compare;
mod conform;
mod content;
mod function;
mod instrument;
mod json;
mod media;
mod mismatch;
mod money;
mod record;
mod render;
mod scalar;
mod secret;
#[allow(clippy::module_inception)]
mod value;
mod within;

pub use coded::{CodedError, decode, decode_with, encode, encode_with};
pub use compare::{equal, order};
pub use conform::{Judge, Reading, Spelling, Unjudged, conform, conform_with};
pub(crate) use conform::{conform_completely, is_json, is_literal, is_plain};
pub use content::feed;
pub use function::{Callee, Function};
pub use instrument::Instrument;
pub use json::{MAX_DEPTH, from_json, json_text, pretty_json_text, to_json};
pub use media::{Media, MediaKind};
pub use mismatch::{Mismatch, Path, Problem, Step};
pub use money::Money;
pub use record::Record;
pub use render::{render, show_short};
pub use scalar::{
    decimal_nanos, parse_date, parse_duration, parse_money, parse_time, show_duration, show_number,
};
pub use secret::Secret;
pub use value::{Map, Value};
pub use within::within;
