//! Why a source could not be read.

use miette::Diagnostic;
use thiserror::Error;

use crate::report::Finding;

/// Why a source could not be read.
#[derive(Debug, Error, Diagnostic)]
pub enum LoadError {
    /// No such file.
    #[error("there is no file {path}")]
    #[diagnostic(code(score::load::missing_file))]
    Missing {
        /// As it was asked for.
        path: String,
        /// What may have been meant.
        #[help]
        help: String,
    },
    /// A folder.
    #[error("{path} is a folder, not a score")]
    #[diagnostic(code(score::load::directory))]
    Directory {
        /// As it was asked for.
        path: String,
        /// What may have been meant.
        #[help]
        help: String,
    },
    /// Not readable.
    #[error("{path} could not be read: {reason}")]
    #[diagnostic(
        code(score::load::unreadable),
        help("Check that the file is there and that you may read it.")
    )]
    Unreadable {
        /// As it was asked for.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Not UTF-8.
    #[error("{path} is not UTF-8: byte {offset} (line {line}) begins no character")]
    #[diagnostic(
        code(score::load::not_utf8),
        help("Save the file as UTF-8; if it is no text at all, it is no score.")
    )]
    NotUtf8 {
        /// As it was asked for.
        path: String,
        /// The first byte that is wrong, from 0.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Too big.
    #[error("{path} has {bytes} bytes; a score may have at most {}", super::MAX_SOURCE)]
    #[diagnostic(
        code(score::load::too_big),
        help("Keep data in files of its own and read it with `read(\"…\")`.")
    )]
    TooBig {
        /// As it was asked for.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// Nothing in it.
    #[error("{path} is empty")]
    #[diagnostic(
        code(score::load::empty),
        help("A score needs at least one movement:\n\nmovement main() -> text {{\n  \"Hello\"\n}}")
    )]
    Empty {
        /// As it was asked for.
        path: String,
    },
}

impl Finding for LoadError {}
