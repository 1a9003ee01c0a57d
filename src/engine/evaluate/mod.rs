//! Pure expressions, evaluated: in one go, from slots, without any instrument. Deterministic, and bounded
//! in depth, so that no expression overflows the stack.

mod access;
mod call;
mod evaluator;
mod fits;
mod given;
mod operator;
mod outside;
mod shape;

pub use evaluator::Evaluator;
pub use given::{Failed, Given, Slots};
pub use shape::Conditions;

#[cfg(test)]
mod tests;
