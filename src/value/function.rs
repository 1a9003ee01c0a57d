//! Functions as values.

use super::Value;

/// A small function (`x => e`), with what it saw where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Which function of the plan.
    pub function: u32,
    /// Values of the names it uses from around it, in the plan's order.
    pub captured: Box<[Value]>,
}
