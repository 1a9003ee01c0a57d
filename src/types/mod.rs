//! What values are: the types the checker, the answer reader and the engine share.
//! Knows names and nothing else; conditions (`where`) are carried by identity and judged elsewhere.

mod known;
mod signature;
mod ty;

pub use known::{Known, known};
pub use signature::{Param, Signature};
pub use ty::{
    Alias, Bounds, Field, Literal, PartType, RecordType, Refinement, RefinementId, Size, Type,
};
