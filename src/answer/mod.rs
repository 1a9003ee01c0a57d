//! The reading of answers by type: what a model, a person or a program said, as the value that was
//! asked for. Knows types and values; not who answered, nor what it costs to ask again.
//!
//! What is read, in this order; the first place in which something fits decides:
//!
//! 1. Reasoning at the start (`<think>…</think>`) is left out.
//! 2. A `text` is the rest as it is, without blank lines before it and blanks after it: quotes,
//!    fences and braces are the author's. `nothing` is whatever was said.
//! 3. The whole as JSON: strict and in the very form of the type ([`strict`]), then as models write it
//!    ([`json`]).
//! 4. What stands in fences, then objects and lists in the prose around them, then JSON whose quotes
//!    are escaped throughout.
//! 5. The plain text: a number, a date, a word in a short sentence ([`words`]); for lists of such
//!    its bullets, numbered lines or parts ([`lines`]).
//!
//! What was found is fitted to the type ([`crate::value::conform_with`]) at the loosest degree; a
//! wrapper around it (`{"answer": …}`) is taken off where it is none of the type's fields. Brackets
//! missing at the end are closed only where every field is there. Where a type admits both text and
//! something else, prose with JSON in it is ambiguous.
//!
//! **There is no guessing.** What fits in two ways, or two things that fit, are an error that says both.

mod candidates;
mod dates;
mod error;
mod json;
mod lines;
mod numbers;
mod partial;
mod pattern;
mod read;
mod spelling;
mod stand_in;
mod strict;
mod words;

#[cfg(test)]
mod tests;

pub use error::Unreadable;
pub use partial::Partial;
pub use read::read;
pub use spelling::Spoken;
pub use stand_in::{NoStandIn, stand_in, stand_in_that};
