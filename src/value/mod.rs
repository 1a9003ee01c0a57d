//! What flows through a performance: values, their media, and how they read. Knows types, no places.

mod compare;
mod function;
mod instrument;
mod media;
mod money;
mod record;
mod secret;
#[allow(clippy::module_inception)]
mod value;

pub use compare::{equal, order};
pub use function::Function;
pub use instrument::Instrument;
pub use media::{Media, MediaKind};
pub use money::Money;
pub use record::Record;
pub use secret::Secret;
pub use value::{Map, Value};
