//! The command line as a user meets it: what is on stdout, what on stderr, which exit code.

mod asked;
mod paid;
mod performed;
mod place;
mod told;
