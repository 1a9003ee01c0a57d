//! The plan of a performance: a small dataflow language without syntax. What an engine performs, and
//! what can be printed, counted and priced without performing anything.
//!
//! A *body* is a list of *nodes* in written order (arguments before the call, left before right). Each
//! node reads *slots* of its body and sets at most one. Nested bodies (arms, rounds, lanes, called
//! movements) have slots of their own; what they use from around them is handed in by *inputs* as soon
//! as it is there, so that work inside need not wait for values it does not use.

mod dump;
mod error;
mod expression;
mod lower;
mod node;
mod outside;
mod part;
mod score;
mod seated;
mod show;
mod validate;
mod walk;

pub use dump::{show_duration, show_value};
pub use error::LowerError;
pub use expression::{Compare, Expr, ExprKind, Math, Segment, Test};
pub use node::{
    Arm, Body, BodyId, Call, For, Guard, Input, Kind, Limit, Node, NodeIx, Otherwise, Output, Repeat, Slot,
    Target, Use,
};
pub use outside::Outside;
pub use part::{CALLS_A_TURN, Ensure, Line, Mark, Part, PartId, PromptPiece, TURNS, Tool};
pub use score::{
    Condition, Defaults, Function, Instrument, InstrumentId, Movement, MovementId, Origin, Param, Plan,
    Prompt,
};
pub use seated::{Chair, Seating, TestCase};
pub use show::{Call as PlannedCall, Casting, MadeFrom, Needed, Outline};
