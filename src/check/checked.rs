//! What checking leaves behind for the plan.

use std::sync::Arc;

use super::CheckError;
use crate::base::{Name, Table};
use crate::builtin::Builtin;
use crate::load::Program;
use crate::resolve::{ItemId, Resolved};
use crate::syntax::ast;
use crate::types::{Instances, NamedTypes, PartType, RecordType, Type};

/// A program without errors.
pub struct Checked {
    /// The program.
    pub program: Program,
    /// What its names mean.
    pub resolved: Resolved,
    /// The type of each expression, each type expression, each definition (`let`, parameter, loop and
    /// carried name, pattern, lambda parameter, field) by its node. An expression's type is the one it
    /// has where it stands: a record literal's is the record type expected there. Names of parts and
    /// movements, and callees, have none. A type expression with a condition behind it (`int where …`)
    /// has the refined type; the definition of a name has the type before any narrowing.
    pub types: Table<Type>,
    /// For each call expression (of parts, movements, builtins, constructors, records, function values):
    /// what is called with what. A pipe's right side counts its left as the first argument.
    pub calls: Table<CallFacts>,
    /// `where`s by [`crate::types::RefinementId`].
    pub refinements: Vec<RefinementFacts>,
    /// Declared record types with defaults: the type and its fields as written.
    pub records: Vec<(Arc<RecordType>, Vec<ast::Field>)>,
    /// Names of parts and movements, and small functions, that stand where a `part(…)` is wanted: what they
    /// call is performed. With what the parameters of their types stand for, in order.
    pub callables: Table<Vec<Type>>,
    /// Record types made from those with parameters.
    pub instances: Instances,
    /// The declared types, each with the name of its module.
    pub named: Arc<NamedTypes>,
    /// What is odd, in source order.
    pub warnings: Vec<CheckError>,
}

/// What a call expression calls.
#[derive(Clone)]
pub struct CallFacts {
    /// What is called.
    pub callee: Callee,
    /// For each parameter in order what is passed.
    pub passed: Vec<Passed>,
    /// What the parameters of its types stand for, in order.
    pub types: Vec<Type>,
}

/// What can be called.
#[derive(Clone)]
pub enum Callee {
    /// A part.
    Part(ItemId),
    /// A movement.
    Movement(ItemId),
    /// A declared instrument with parameters.
    Instrument(ItemId),
    /// A backend's constructor, with its parameters' names.
    Constructor(&'static str, Vec<Name>),
    /// A builtin.
    Builtin(&'static Builtin),
    /// A record type's constructor.
    Record(Arc<RecordType>),
    /// A value of this type.
    Value(Arc<PartType>),
}

/// What is passed for one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passed {
    /// The argument at this place among those written.
    Argument(usize),
    /// What stands left of the `|>`.
    Piped,
    /// Nothing: the parameter's default, or `nothing`.
    Default,
    /// For a parameter that takes the rest: all these arguments, as a list.
    Rest(Vec<usize>),
}

/// A `where`.
#[derive(Clone)]
pub struct RefinementFacts {
    /// As written.
    pub condition: ast::Condition,
    /// The type of `it`.
    pub it: Type,
}
