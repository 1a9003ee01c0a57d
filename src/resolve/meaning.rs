//! Meanings of names.

use crate::base::{NodeId, Table};
use crate::builtin::Builtin;

/// Which item of a program, dense over its modules in source order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ItemId(pub u32);

/// Where an item stands in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ItemPlace {
    /// Index of the module.
    pub module: usize,
    /// Index among its items.
    pub item: usize,
}

/// What a name means where it is written.
#[derive(Clone, Copy)]
pub enum Meaning {
    /// A parameter, `let`, loop variable, carried value, pattern binding or lambda parameter: the
    /// node that defines it.
    Local(NodeId),
    /// A part, movement, instrument or type of the program.
    Item(ItemId),
    /// A backend's constructor, by name.
    Constructor(&'static str),
    /// A builtin.
    Builtin(&'static Builtin),
    /// A record type of the language itself: `Ran`, `Response`, `Error`.
    Known(&'static str),
    /// `it` in `ensure`, `where` and `vouch`.
    It,
    /// `error` in the fallback of an `otherwise`: the `otherwise` expression's node.
    Failure(NodeId),
}

/// What all names of a program mean.
#[derive(Default)]
pub struct Resolved {
    /// Items in order.
    pub items: Vec<ItemPlace>,
    /// For each name expression, each callee and each named type expression: what it means. Absent
    /// where an error was reported.
    pub meanings: Table<Meaning>,
}
