//! Tests of the engine: chosen cases, and properties over random programs and completion orders.

mod cases;
mod chance;
mod depth;
mod driver;
mod failures;
pub(crate) mod generate;
pub(crate) mod hand;
pub(crate) mod lower;
pub(crate) mod program;
mod properties;
mod reference;
mod tools;
