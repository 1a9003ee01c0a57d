//! What can be called, and with what.

use std::fmt;

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

/// As one reads it in the reference: `(list: [T], separator: text?) -> text`. A parameter that may be left
/// out has a `?` after its name, one that takes all further arguments a `…`.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (at, param) in self.params.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let mark = match param {
                Param { rest: true, .. } => "…",
                Param { optional: true, .. } => "?",
                Param { .. } => "",
            };
            write!(f, "{comma}{}{mark}", param.name)?;
            if param.ty != Type::Unknown {
                write!(f, ": {}", param.ty)?;
            }
        }
        f.write_str(")")?;
        match self.returns {
            Type::Unknown => Ok(()),
            ref returns => write!(f, " -> {returns}"),
        }
    }
}
