//! What each written name means: side tables by node.

mod meaning;

pub use meaning::{ItemId, ItemPlace, Meaning, Resolved};
