//! What can be called, and with what.

use super::Type;
use crate::base::Name;

/// The signature of a part, movement, builtin or instrument constructor.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Parameters in order.
    pub params: Vec<Param>,
    /// What it gives.
    pub returns: Type,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its documentation; empty if none.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it takes all further arguments without a name, each of type `ty`.
    pub rest: bool,
}
