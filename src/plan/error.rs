//! What can go wrong when a checked program becomes a plan.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::Span;
use crate::report::Finding;

/// A checked program that doesn't become a plan. Each of these is a defect of Score itself: what a score
/// does wrong is said by the checker.
#[derive(Debug, Clone, Error, Diagnostic, PartialEq, Eq)]
pub enum LowerError {
    /// A form that the checker let through though the plan has no words for it here.
    #[error("Score can't plan {what} here")]
    #[diagnostic(
        code(score::plan::not_plannable),
        help("the check should have said so: this is a defect of Score; please report it with these lines")
    )]
    NotPlannable {
        /// The form.
        what: &'static str,
        /// Where it stands.
        #[label("this")]
        span: Span,
    },
    /// Something that checking should have noted isn't there.
    #[error("Score lost track of {what}")]
    #[diagnostic(
        code(score::plan::lost_track),
        help("this is a defect of Score; please report it with these lines")
    )]
    LostTrack {
        /// What should be known.
        what: &'static str,
        /// Where.
        #[label("here")]
        span: Span,
    },
}

impl Finding for LowerError {}
