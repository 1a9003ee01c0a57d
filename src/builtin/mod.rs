//! What every score can call without a `use`: one file per topic, one row per builtin.

mod argument;
pub mod arithmetic;
mod decimal;
mod fold;
mod group;
mod list;
mod need;
mod number;
mod other;
mod row;
mod slug;
mod sorting;
mod table;
mod text;
mod time;
mod web;
mod world;

pub use need::Need;
pub use row::{Apply, Builtin, Run, SizeFlow, Trouble};
pub use text::pattern;

/// All of them, topic by topic, in the order of the reference.
static ALL: [&[Builtin]; 10] = [
    text::ROWS,
    table::ROWS,
    web::ROWS,
    list::ROWS,
    sorting::ROWS,
    fold::ROWS,
    number::ROWS,
    world::ROWS,
    time::ROWS,
    other::ROWS,
];

/// Every builtin, topic by topic.
pub fn all() -> impl Iterator<Item = &'static Builtin> {
    ALL.iter().flat_map(|rows| rows.iter())
}

/// The builtin of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    all().find(|builtin| builtin.name == name)
}

#[cfg(test)]
mod tests;
