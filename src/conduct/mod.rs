//! Conductors: have an engine's operations performed, record each outcome, feed it back.

pub mod local;
pub mod scribe;
pub mod simulate;
