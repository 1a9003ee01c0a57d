//! Performs a plan. A deterministic state machine without IO: operations out, outcomes in.

pub mod evaluate;
