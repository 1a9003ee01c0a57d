//! Items: types, instruments, parts, movements.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum ItemError {
    /// A type that only says it is itself.
    #[error("the type `{name}` is defined by itself: {path}")]
    #[diagnostic(
        code(score::check::type_cycle),
        help("A type may contain itself in a list, a map or a field, but it can't be itself.")
    )]
    TypeCycle {
        name: String,
        path: String,
        #[label("leads back to itself")]
        span: Span,
    },
    /// A record that can never be finished.
    #[error("no value of `{name}` can ever be finished: {path}")]
    #[diagnostic(code(score::check::endless_type))]
    EndlessType {
        name: String,
        path: String,
        #[help]
        help: String,
        #[label("needs another one of itself")]
        span: Span,
    },
    /// A kind of union or optional that has no sense.
    #[error("{what}")]
    #[diagnostic(code(score::check::senseless_type))]
    Senseless {
        what: String,
        #[help]
        help: String,
        #[label("has no sense")]
        span: Span,
    },
    /// An instrument that is itself.
    #[error("the instrument `{name}` is defined by itself: {path}")]
    #[diagnostic(
        code(score::check::instrument_cycle),
        help("Say what plays it: `instrument {name} = openai(\"…\")`.")
    )]
    InstrumentCycle {
        name: String,
        path: String,
        #[label("leads back to itself")]
        span: Span,
    },
    /// Calls that go in a circle without a bound.
    #[error("`{name}` calls itself without a bound: {path}")]
    #[diagnostic(code(score::check::unbounded_recursion))]
    Recursion {
        name: String,
        path: String,
        #[help]
        help: String,
        #[label("this call leads back to `{name}`")]
        span: Span,
        #[label("declared here")]
        declared: Span,
    },
    /// A clause that this player can't do anything with.
    #[error("`{clause}` means nothing to `{instrument}`")]
    #[diagnostic(code(score::check::useless_clause))]
    UselessClause {
        clause: &'static str,
        instrument: String,
        #[help]
        help: &'static str,
        #[label("leave it out")]
        span: Span,
    },
    /// A number of tries, turns or levels that makes no sense.
    #[error("{what} is {found}")]
    #[diagnostic(code(score::check::bad_count))]
    BadCount {
        what: &'static str,
        found: i64,
        #[help]
        help: &'static str,
        #[label("out of range")]
        span: Span,
    },
    /// `Winner` where `Winner<T>` is declared, or the other way round.
    #[error("`{name}` takes {wanted} type argument{}, but {found} stand here", if *wanted == 1 { "" } else { "s" })]
    #[diagnostic(code(score::check::type_arguments))]
    TypeArguments {
        name: String,
        wanted: usize,
        found: usize,
        #[label("write one type for each parameter, or none where it has none")]
        span: Span,
    },
    /// `type A<T> { next: A<[T]>? }`
    #[error("`{name}` is made of ever larger types of itself")]
    #[diagnostic(code(score::check::endless_generic))]
    #[diagnostic(help("Use it in itself with its own parameters: `{name}<T>`."))]
    EndlessGeneric {
        name: String,
        #[label("grows without an end")]
        span: Span,
    },
    /// A type parameter that nothing decides.
    #[error("what `{parameter}` of `{name}` stands for can't be told")]
    #[diagnostic(code(score::check::cannot_infer))]
    CannotInfer {
        parameter: String,
        name: String,
        #[help]
        help: String,
        #[label("nothing here says it")]
        span: Span,
    },
    /// `using` with what is no part and no movement.
    #[error("{what} can't be a tool")]
    #[diagnostic(code(score::check::not_a_tool))]
    NotATool {
        what: String,
        #[help]
        help: Help,
        #[label("no part and no movement")]
        span: Span,
    },
    /// A tool that needs or gives what can't be written down.
    #[error("{what}")]
    #[diagnostic(code(score::check::tool_shape))]
    ToolShape {
        what: String,
        #[help]
        help: &'static str,
        #[label("no tool for a model")]
        span: Span,
    },
    /// Two tools of one name.
    #[error("two tools are called `{name}`")]
    #[diagnostic(
        code(score::check::doubled_tool),
        help(
            "A model calls a tool by its name. Leave one out, or write a movement of another name around it."
        )
    )]
    DoubledTool {
        name: String,
        #[label("named again")]
        span: Span,
    },
    /// `up to 8 turns` where nothing can be called.
    #[error("turns are for tools, and this part has none")]
    #[diagnostic(
        code(score::check::turns_without_tools),
        help("Leave it out, or say what may be called: `using search`.")
    )]
    TurnsWithoutTools {
        #[label("leave it out")]
        span: Span,
    },
    /// `from` with what the answer can't be chosen from.
    #[error("the answer is {answer}, but `from` gives {found}")]
    #[diagnostic(code(score::check::from))]
    From {
        answer: String,
        found: String,
        #[help]
        help: String,
        #[label("this is {found}")]
        span: Span,
    },
    /// A part whose answer can't be read.
    #[error("an answer can't be {what}")]
    #[diagnostic(code(score::check::unanswerable))]
    Unanswerable {
        what: String,
        #[help]
        help: &'static str,
        #[label("nobody can answer this")]
        span: Span,
    },
    /// An instrument that nobody plays.
    #[error("the instrument `{name}` is never used")]
    #[diagnostic(
        code(score::check::unused_instrument),
        severity(warning),
        help("Leave it out, or let a part be played `by {name}`.")
    )]
    UnusedInstrument {
        name: String,
        #[label("never used")]
        span: Span,
    },
    /// `content` or `control` where nothing acts.
    #[error("`{word}` stands on parameters of parts only")]
    #[diagnostic(code(score::check::misplaced_role), help("Leave it out here."))]
    MisplacedRole {
        word: &'static str,
        #[label("no part")]
        span: Span,
    },
    /// `fresh` on what is no thinking.
    #[error("`fresh` changes nothing here")]
    #[diagnostic(
        code(score::check::needless_fresh),
        severity(warning),
        help("Only what is thought is ever answered from a cache: leave it out.")
    )]
    NeedlessFresh {
        #[label("what reads or acts is done each time")]
        span: Span,
    },
}

impl Finding for ItemError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::NotATool { help, .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
