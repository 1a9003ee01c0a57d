//! What values are: the types the checker, the answer reader and the engine share.
//! Knows names and nothing else; conditions (`where`) are carried by identity and judged elsewhere.

mod bounds;
mod from_schema;
mod generic;
mod known;
mod moved;
#[cfg(test)]
pub(crate) mod notation;
mod schema;
mod signature;
#[cfg(test)]
mod tests;
mod ty;
mod union;

pub use bounds::{Bounds, regular_expression};
pub use from_schema::{Described, form_of_schema, identifiers, params_of_schema, type_of_schema};
pub use generic::{Instances, mentions};
pub use known::{Known, known};
pub use moved::{Moving, NamedTypes};
pub use schema::{
    WRAPPER, admits_text, can_be_written, is_strict, is_wrapped, json_schema, json_schema_text,
    wrapped_schema,
};
pub use signature::{Param, Signature};
pub use ty::{Alias, Field, Literal, PartType, RecordType, Refinement, RefinementId, Size, Type};
pub use union::{admits_nothing, closed_literals, look_alikes, tag};
