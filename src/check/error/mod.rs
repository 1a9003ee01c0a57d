//! What can be wrong with a program whose names all mean something. One topic a file.

mod call;
mod flow;
mod item;
mod test;
mod tool;
mod value;

use miette::{Diagnostic, Severity};
use thiserror::Error;

pub use call::CallError;
pub use flow::FlowError;
pub use item::ItemError;
pub use test::TestError;
pub use tool::ToolError;
pub use value::ValueError;

use crate::base::{Edit, Span};
use crate::report::Finding;

/// What is wrong with a program, or (severity warning) what is odd in it.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum CheckError {
    /// Values and their types.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Value(#[from] ValueError),
    /// Calls and what they are given.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Call(#[from] CallError),
    /// Statements, branches and loops.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Flow(#[from] FlowError),
    /// Items.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Item(#[from] ItemError),
    /// Tests.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Test(#[from] TestError),
    /// Tools of servers.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Tool(#[from] ToolError),
    /// More of the same.
    #[error("there are {more} more errors")]
    #[diagnostic(
        code(score::check::too_many),
        help("Mend the ones above first; some of the rest may follow from them.")
    )]
    TooMany {
        /// How many are not shown.
        more: usize,
        /// The first one not shown.
        #[label("the next one is here")]
        span: Span,
    },
}

impl CheckError {
    /// Whether the program can be performed all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity() == Some(Severity::Warning)
    }

    /// Where it is: what errors are sorted by.
    #[must_use]
    pub fn span(&self) -> Span {
        let first = self.labels().and_then(|mut labels| labels.next());
        first.map_or_else(Span::default, |label| {
            let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
            Span::new(at(label.offset()), at(label.offset() + label.len()))
        })
    }
}

impl Finding for CheckError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::Value(error) => error.edits(),
            Self::Call(error) => error.edits(),
            Self::Flow(error) => error.edits(),
            Self::Tool(error) => error.edits(),
            Self::Item(error) => error.edits(),
            Self::Test(_) | Self::TooMany { .. } => Vec::new(),
        }
    }
}
