//! From a path to parsed modules: the score itself, what it brings in, the standard library, `score.toml`, `score.lock`.

mod error;
mod error_use;
mod files;
mod library;
mod loader;
mod lock;
mod lock_change;
mod noted;
mod path;
mod prices;
mod program;
mod settings;
mod tools;

pub use error::LoadError;
pub use error_use::UseError;
pub use files::{Disk, Files, MAX_SOURCE, NoFiles};
pub use library::{library, library_names};
pub use loader::{Loaded, load, load_entries, module_names};
pub use lock::{LOCK, Lock, LockedServer, LockedTool, ServerKey};
pub use noted::{Noted, Noting};
pub use path::{folder, join, stem};
pub use prices::OwnPrice;
pub use program::{Module, Program, Prompt};
pub use settings::{Setting, Settings};
pub use tools::{Pin, Served, makes_servers};
