//! What is known of models before they are asked: prices, windows, abilities (`stdlib/models.json`), and what
//! `score.toml` says instead.

mod prices;
mod table;

pub use prices::{Held, Prices};
pub use table::{Model, Service, Table, find, table};
