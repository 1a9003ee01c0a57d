//! Statements, branches and loops.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with the course of things.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum FlowError {
    /// A value that nothing uses.
    #[error("this value is not used")]
    #[diagnostic(code(score::check::unused_value))]
    UnusedValue {
        #[help]
        help: Help,
        #[label("does nothing")]
        span: Span,
    },
    /// A movement that ends without its result.
    #[error("the movement gives {wanted}, but its last line gives nothing")]
    #[diagnostic(code(score::check::missing_result))]
    MissingResult {
        wanted: String,
        #[help]
        help: Help,
        #[label("a value of type {wanted} is missing at the end")]
        span: Span,
        #[label("said here")]
        declared: Option<Span>,
    },
    /// `return` where it can't be.
    #[error("`return` can't stand in {place}")]
    #[diagnostic(code(score::check::misplaced_return))]
    MisplacedReturn {
        place: &'static str,
        #[help]
        help: &'static str,
        #[label("nothing to return from")]
        span: Span,
    },
    /// `stop` where it can't be.
    #[error("`stop` can't stand {place}")]
    #[diagnostic(code(score::check::misplaced_stop))]
    MisplacedStop {
        place: &'static str,
        #[help]
        help: &'static str,
        #[label("no `repeat` to stop")]
        span: Span,
    },
    /// A `match` that leaves out cases.
    #[error("{missing} {} not handled", if *many { "are" } else { "is" })]
    #[diagnostic(code(score::check::not_exhaustive))]
    NotExhaustive {
        missing: String,
        many: bool,
        #[help]
        help: Help,
        #[label("this is {subject}")]
        span: Span,
        subject: String,
    },
    /// An arm that is never reached.
    #[error("this arm is never reached")]
    #[diagnostic(code(score::check::unreachable_arm))]
    UnreachableArm {
        #[help]
        help: Help,
        #[label("never reached")]
        span: Span,
    },
    /// A pattern that names different things.
    #[error("a pattern with `|` can't name its value")]
    #[diagnostic(
        code(score::check::binding_in_either),
        help("Write an arm for each, or leave the name out and use the value that is matched.")
    )]
    BindingInEither {
        #[label("named here")]
        span: Span,
    },
    /// A `for` over what is no list.
    #[error("`for` goes over a list, this is {found}")]
    #[diagnostic(code(score::check::not_a_list))]
    NotAList {
        found: String,
        #[help]
        help: Option<Help>,
        #[label("this is {found}")]
        span: Span,
    },
    /// A `repeat` without a known bound.
    #[error("how often this repeats has no known bound")]
    #[diagnostic(
        code(score::check::unbounded),
        help(
            "Write a number, `repeat up to 5`, or give the value a type with a maximum: `rounds: int where it <= 10`."
        )
    )]
    Unbounded {
        #[label("{found} has no maximum")]
        span: Span,
        found: String,
    },
    /// A `repeat` that never repeats.
    #[error("this repeats {bound} times")]
    #[diagnostic(code(score::check::empty_repeat), help("The bound is 1 or more."))]
    EmptyRepeat {
        bound: i64,
        #[label("less than one round")]
        span: Span,
    },
    /// `else` of a `repeat` that can't stop.
    #[error("this `repeat` never stops early, so its `else` means nothing")]
    #[diagnostic(
        code(score::check::else_without_stop),
        help("Add `stop x if …` to the body, or leave `else` out: the loop gives its last value.")
    )]
    ElseWithoutStop {
        #[label("nothing in the body says `stop`")]
        span: Span,
    },
    /// No kind of failure.
    #[error("there is no kind of failure `{name}`")]
    #[diagnostic(code(score::check::unknown_kind))]
    UnknownKind {
        name: String,
        #[help]
        help: Help,
        #[label("no such kind")]
        span: Span,
    },
    /// A kind that `otherwise` never catches.
    #[error("`otherwise` never catches `{name}`")]
    #[diagnostic(code(score::check::uncatchable))]
    Uncatchable {
        name: String,
        #[help]
        help: &'static str,
        #[label("never caught")]
        span: Span,
    },
    /// A condition that types alone decide.
    #[error("this condition {word}")]
    #[diagnostic(code(score::check::constant_condition), severity(warning))]
    ConstantCondition {
        word: &'static str,
        #[help]
        help: &'static str,
        #[label("{word}")]
        span: Span,
    },
    /// An `ensure` that types alone fulfil.
    #[error("this `ensure` holds of every answer")]
    #[diagnostic(
        code(score::check::idle_ensure),
        severity(warning),
        help("Leave it out, or ask for what an answer might miss.")
    )]
    IdleEnsure {
        #[label("always holds")]
        span: Span,
    },
    /// An `ensure` that no answer fulfils.
    #[error("this `ensure` holds of no answer, so the part could only fail")]
    #[diagnostic(
        code(score::check::impossible_ensure),
        help("Ask for what an answer of this type can be, or change the type.")
    )]
    ImpossibleEnsure {
        #[label("never holds")]
        span: Span,
    },
    /// A condition of `it` that is not about it.
    #[error("this `{word}` does not look at `it`")]
    #[diagnostic(
        code(score::check::blind_condition),
        severity(warning),
        help(
            "`it` is what is checked: `{word} len(it) > 0`. What must hold of other values is a `require` in the movement."
        )
    )]
    BlindCondition {
        word: &'static str,
        #[label("the same whatever comes back")]
        span: Span,
    },
    /// What comes after something that always leaves.
    #[error("this is never reached")]
    #[diagnostic(
        code(score::check::unreachable),
        severity(warning),
        help("Leave it out, or let what is above it go on in some case.")
    )]
    Unreachable {
        #[label("never reached")]
        span: Span,
        #[label("always leaves here")]
        after: Span,
    },
    /// Rounds of a `for` that read the same while they act.
    #[error("every round reads the same, and rounds don't wait for one another to read")]
    #[diagnostic(
        code(score::check::constant_read),
        severity(warning),
        help(
            "If a round is to see what the round before it did, use `repeat`; else read once, above the loop."
        )
    )]
    ConstantRead {
        #[label("does not depend on `{name}`")]
        span: Span,
        name: String,
        #[label("something is done here")]
        act: Span,
    },
    /// Acts of which there are as many as somebody else likes.
    #[error("how often this acts is left to `{part}`")]
    #[diagnostic(code(score::check::steered_acts))]
    SteeredActs {
        part: String,
        #[help]
        help: Help,
        #[label("as many as `{part}` gives")]
        span: Span,
        #[label("done once for each")]
        act: Span,
    },
    /// Limits of the same kind twice.
    #[error("{what} is limited twice here")]
    #[diagnostic(code(score::check::doubled_limit), help("Keep the smaller one."))]
    DoubledLimit {
        what: &'static str,
        #[label("again here")]
        span: Span,
    },
}

impl Finding for FlowError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::UnusedValue { help, .. }
            | Self::MissingResult { help, .. }
            | Self::NotExhaustive { help, .. }
            | Self::UnreachableArm { help, .. }
            | Self::SteeredActs { help, .. }
            | Self::UnknownKind { help, .. } => help.edits().to_vec(),
            Self::NotAList { help: Some(help), .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
