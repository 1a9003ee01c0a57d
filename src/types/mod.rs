//! What values are: the types the checker, the answer reader and the engine share.
//! Knows names and nothing else; conditions (`where`) are carried by identity and judged elsewhere.

mod signature;
mod ty;

pub use signature::{Param, Signature};
pub use ty::{
    Alias, Bounds, Field, Literal, PartType, RecordType, Refinement, RefinementId, Size, Type,
};
