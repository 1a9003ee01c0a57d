//! Signatures, and arguments taken apart. The checker has seen to the types; what reaches a builtin
//! all the same (from a plan built by hand) is told in a sentence.

use std::sync::Arc;

use crate::base::Name;
use crate::types::{Param, PartType, Signature, Type};
use crate::value::Value;

use super::Trouble;

/// A signature.
pub(super) fn signature<const N: usize>(params: [Param; N], returns: Type) -> Signature {
    Signature { params: params.into(), returns }
}

/// A parameter that must be given.
pub(super) fn takes(name: &str, ty: Type, doc: &str) -> Param {
    Param { name: Name::from(name), doc: doc.to_owned(), ty, optional: false, rest: false }
}

/// A parameter that may be left out.
pub(super) fn may_take(name: &str, ty: Type, doc: &str) -> Param {
    Param { optional: true, ..takes(name, ty, doc) }
}

/// The first inferred type of a signature.
pub(super) const A: Type = Type::Variable(0);
/// The second inferred type of a signature.
pub(super) const B: Type = Type::Variable(1);

/// `[T]`
pub(super) fn list_of(element: Type) -> Type {
    Type::list(element)
}

/// `map[T]`
pub(super) fn map_of(value: Type) -> Type {
    Type::Map(Arc::new(value))
}

/// `part(param) -> returns`
pub(super) fn function(param: Type, returns: Type) -> Type {
    Type::Part(Arc::new(PartType { params: vec![param], returns }))
}

/// An argument; `nothing` if it was left out.
pub(super) fn argument(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&Value::Nothing)
}

/// A text.
pub(super) fn text(arguments: &[Value], at: usize) -> Result<&str, Trouble> {
    let value = argument(arguments, at);
    value.as_text().ok_or_else(|| unlike("a text", value))
}

/// A text that may have been left out.
pub(super) fn text_or<'a>(arguments: &'a [Value], at: usize, default: &'a str) -> Result<&'a str, Trouble> {
    if *argument(arguments, at) == Value::Nothing { Ok(default) } else { text(arguments, at) }
}

/// A list.
pub(super) fn list(arguments: &[Value], at: usize) -> Result<&[Value], Trouble> {
    match argument(arguments, at) {
        Value::List(values) => Ok(values),
        other => Err(unlike("a list", other)),
    }
}

/// A whole number.
pub(super) fn int(arguments: &[Value], at: usize) -> Result<i64, Trouble> {
    match argument(arguments, at) {
        Value::Int(int) => Ok(*int),
        other => Err(unlike("an int", other)),
    }
}

/// A bool that a function gave.
pub(super) fn truth(value: &Value) -> Result<bool, Trouble> {
    match value {
        Value::Bool(bool) => Ok(*bool),
        other => Err(unlike("a bool", other)),
    }
}

/// A length as a value.
pub(super) fn count(len: usize) -> Value {
    Value::Int(i64::try_from(len).unwrap_or(i64::MAX))
}

/// What is said where a value is of another kind than is needed.
pub(super) fn unlike(wanted: &str, value: &Value) -> Trouble {
    Trouble::shape(format!("{wanted} is needed here, but there is a value of kind `{}`", value.kind()))
}
