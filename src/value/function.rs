//! Functions as values.

use super::Value;

/// A small function (`x => e`), a part or a movement, with what it saw where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// What is called.
    pub callee: Callee,
    /// Values of the names it uses from around it, in the plan's order.
    pub captured: Box<[Value]>,
}

/// What a function value calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// A function of the plan: it only computes.
    Pure(u32),
    /// A movement of the plan: a movement as written, a part behind one, or a small function that calls.
    Movement(u32),
}
