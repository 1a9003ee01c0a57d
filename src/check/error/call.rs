//! Calls and what they are given.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with a call.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum CallError {
    /// What can't be called.
    #[error("{what} can't be called")]
    #[diagnostic(code(score::check::not_callable))]
    NotCallable {
        what: String,
        #[help]
        help: Help,
        #[label("not a part, movement or function")]
        span: Span,
    },
    /// Arguments that are missing.
    #[error("{missing} of `{callee}` {} missing", if *many { "are" } else { "is" })]
    #[diagnostic(code(score::check::missing_argument), help("It is called like this: {signature}"))]
    MissingArgument {
        missing: String,
        many: bool,
        callee: String,
        signature: String,
        #[label("{missing} missing")]
        span: Span,
    },
    /// An argument with a name that no parameter has.
    #[error("`{callee}` has no parameter `{name}`")]
    #[diagnostic(code(score::check::unknown_argument))]
    UnknownArgument {
        callee: String,
        name: String,
        #[help]
        help: Help,
        #[label("no such parameter")]
        span: Span,
    },
    /// More arguments than parameters.
    #[error("`{callee}` takes {takes}, but this is one more")]
    #[diagnostic(code(score::check::too_many_arguments), help("It is called like this: {signature}"))]
    TooManyArguments {
        callee: String,
        takes: String,
        signature: String,
        #[label("one too many")]
        span: Span,
    },
    /// A parameter that gets two values.
    #[error("`{name}` of `{callee}` is given twice")]
    #[diagnostic(
        code(score::check::doubled_argument),
        help("Leave one of the two out. It is called like this: {signature}")
    )]
    DoubledArgument {
        callee: String,
        name: String,
        signature: String,
        #[label("again here")]
        span: Span,
        #[label("first here")]
        first: Span,
    },
    /// A part that nobody plays.
    #[error("nobody plays `{part}`")]
    #[diagnostic(code(score::check::no_player))]
    NoPlayer {
        part: String,
        #[help]
        help: Help,
        #[label("who plays it?")]
        span: Span,
        #[label("this part has no `by`")]
        declared: Span,
    },
    /// An instrument that can't do what the part needs.
    #[error("`{instrument}` can't {need}")]
    #[diagnostic(code(score::check::unable))]
    Unable {
        instrument: String,
        need: &'static str,
        #[help]
        help: Help,
        #[label("{because}")]
        span: Span,
        because: &'static str,
        #[label("played by this")]
        player: Option<Span>,
    },
    /// `by`, `within` or `retry` on what is no call of a part.
    #[error("`{word}` can't stand after {what}")]
    #[diagnostic(code(score::check::misplaced_suffix))]
    MisplacedSuffix {
        word: &'static str,
        what: String,
        #[help]
        help: Help,
        #[label("not a call of a part")]
        span: Span,
    },
    /// The same suffix twice.
    #[error("`{word}` is said twice of this call")]
    #[diagnostic(code(score::check::doubled_suffix), help("Leave one of the two out."))]
    DoubledSuffix {
        word: &'static str,
        #[label("said twice")]
        span: Span,
    },
    /// Tries or checks of what acts.
    #[error("`{what}` acts, so {word} would do it again")]
    #[diagnostic(code(score::check::acts_again))]
    ActsAgain {
        what: String,
        word: &'static str,
        #[help]
        help: Help,
        #[label("would act again")]
        span: Span,
    },
    /// A race of those that act.
    #[error("{acting}, and in a `race` all play, whoever is first")]
    #[diagnostic(
        code(score::check::race_acts),
        help(
            "Name the one that is to act, or write `fallback(…)`: the next one acts only where the one before it surely did not."
        )
    )]
    RaceActs {
        acting: String,
        #[label("all of these would play")]
        span: Span,
    },
    /// A call where only computing is possible.
    #[error("{callee} can't stand in {place}")]
    #[diagnostic(code(score::check::impure))]
    Impure {
        callee: String,
        place: String,
        #[help]
        help: Help,
        #[label("only computing is possible here")]
        span: Span,
    },
    /// A field called as if it were a method.
    #[error("values have no methods: `.{name}(…)`")]
    #[diagnostic(code(score::check::method))]
    Method {
        name: String,
        #[help]
        help: Help,
        #[label("not a method")]
        span: Span,
    },
    /// No call right of `|>`.
    #[error("what stands right of `|>` is a call")]
    #[diagnostic(code(score::check::pipe))]
    Pipe {
        #[help]
        help: Help,
        #[label("not a call")]
        span: Span,
    },
}

impl Finding for CallError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::NotCallable { help, .. }
            | Self::UnknownArgument { help, .. }
            | Self::NoPlayer { help, .. }
            | Self::Unable { help, .. }
            | Self::MisplacedSuffix { help, .. }
            | Self::ActsAgain { help, .. }
            | Self::Impure { help, .. }
            | Self::Method { help, .. }
            | Self::Pipe { help, .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
