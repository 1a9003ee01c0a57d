//! The command line as a user meets it: what is on stdout, what on stderr, which exit code.

mod asked;
mod given;
mod paid;
mod performed;
mod told;
#[path = "../world/mod.rs"]
mod world;
