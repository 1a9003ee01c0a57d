//! What each written name means: side tables by node.

mod error;
mod expression;
mod guess;
mod import;
mod item;
mod known;
mod meaning;
mod resolver;
mod scope;
mod served;
mod statement;
mod types;
mod unused;

pub use error::ResolveError;
pub use guess::foreign_name;
pub use item::item_name;
pub use known::builtin_type;
pub use meaning::{ItemId, ItemPlace, Meaning, Resolved};
pub use resolver::resolve;
