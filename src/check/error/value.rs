//! Values and their types.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum ValueError {
    /// A value of another type than is wanted.
    #[error("{what} is {found}, but {wanted} is wanted")]
    #[diagnostic(code(score::check::type_mismatch))]
    Mismatch {
        what: String,
        found: String,
        wanted: String,
        #[help]
        help: Option<Help>,
        #[label("this is {found}")]
        span: Span,
    },
    /// A literal that does not meet a condition.
    #[error("{value} does not meet `{condition}`")]
    #[diagnostic(code(score::check::out_of_bounds), help("{wanted} must meet `{condition}`."))]
    OutOfBounds {
        value: String,
        condition: String,
        wanted: String,
        #[label("out of bounds")]
        span: Span,
    },
    /// A field that isn't there.
    #[error("{what} has no field `{field}`")]
    #[diagnostic(code(score::check::unknown_field))]
    UnknownField {
        what: String,
        field: String,
        #[help]
        help: Option<Help>,
        #[label("no such field")]
        span: Span,
    },
    /// Fields that are missing.
    #[error("{fields} of {record} {} missing", if *many { "are" } else { "is" })]
    #[diagnostic(code(score::check::missing_field), help("{record} is {shape}"))]
    MissingFields {
        fields: String,
        many: bool,
        record: String,
        shape: String,
        #[label("{fields} missing")]
        span: Span,
    },
    /// One key twice.
    #[error("`{key}` is given twice")]
    #[diagnostic(code(score::check::doubled_key), help("Leave one of the two out."))]
    DoubledKey {
        key: String,
        #[label("again here")]
        span: Span,
        #[label("first here")]
        first: Span,
    },
    /// Operands that an operator doesn't take.
    #[error("`{op}` can't be used with {left} and {right}")]
    #[diagnostic(code(score::check::operator))]
    Operator {
        op: &'static str,
        left: String,
        right: String,
        #[help]
        help: Option<Help>,
        #[label("not possible")]
        span: Span,
        #[label("{left}")]
        left_span: Span,
        #[label("{right}")]
        right_span: Span,
    },
    /// A comparison that is always the same.
    #[error("{left} and {right} can never be equal")]
    #[diagnostic(code(score::check::never_equal))]
    NeverEqual {
        left: String,
        right: String,
        #[help]
        help: Option<Help>,
        #[label("always the same answer")]
        span: Span,
    },
    /// A test that never holds.
    #[error("{value} is never {wanted}")]
    #[diagnostic(code(score::check::never_is))]
    NeverIs {
        value: String,
        wanted: String,
        #[help]
        help: Option<Help>,
        #[label("never")]
        span: Span,
    },
    /// A default for what is always there.
    #[error("{found} is never `nothing`, so what stands after `??` is never used")]
    #[diagnostic(code(score::check::never_nothing), help("Leave `??` and what follows out."))]
    NeverNothing {
        found: String,
        #[label("always there")]
        span: Span,
    },
    /// A type, part or movement where a value stands.
    #[error("`{name}` is {what}, not a value")]
    #[diagnostic(code(score::check::not_a_value))]
    NotAValue {
        name: String,
        what: &'static str,
        #[help]
        help: Help,
        #[label("{what}")]
        span: Span,
    },
    /// What has no text.
    #[error("{found} can't be put into a text")]
    #[diagnostic(code(score::check::unprintable))]
    Unprintable {
        found: String,
        #[help]
        help: Help,
        #[label("has no text")]
        span: Span,
    },
    /// What can't be indexed or sliced.
    #[error("{found} has no elements to take by {how}")]
    #[diagnostic(code(score::check::not_indexable))]
    NotIndexable {
        found: String,
        how: &'static str,
        #[help]
        help: Option<Help>,
        #[label("this is {found}")]
        span: Span,
    },
    /// What can't be read into, or read from, by `as` and answers.
    #[error("{what}")]
    #[diagnostic(code(score::check::unreadable))]
    Unreadable {
        what: String,
        #[help]
        help: Help,
        #[label("can't be read")]
        span: Span,
    },
    /// A small function where none may stand.
    #[error("a small function can't stand here")]
    #[diagnostic(
        code(score::check::misplaced_function),
        help(
            "`x => …` stands as an argument, as in `map(xs, x => …)`; what is called by name is a `movement`."
        )
    )]
    MisplacedFunction {
        #[label("nothing takes it")]
        span: Span,
    },
    /// A small function with the wrong number of parameters.
    #[error("a function of {wanted} is wanted, this one takes {found}")]
    #[diagnostic(code(score::check::function_parameters))]
    FunctionParameters {
        wanted: String,
        found: String,
        #[help]
        help: Help,
        #[label("takes {found}")]
        span: Span,
    },
    /// A secret that would get out.
    #[error("a secret can't be {how}")]
    #[diagnostic(
        code(score::check::secret),
        help(
            "A secret is passed to an instrument's constructor, `openai(\"…\", key: secret(\"KEY\"))`, or stands in a header of what a part says to `http`."
        )
    )]
    Secret {
        how: &'static str,
        #[label("no place for a secret")]
        span: Span,
    },
    /// What must be written out.
    #[error("{what} must be written out")]
    #[diagnostic(code(score::check::not_literal))]
    NotLiteral {
        what: String,
        #[help]
        help: Help,
        #[label("not known before the run")]
        span: Span,
    },
}

impl Finding for ValueError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::NotAValue { help, .. }
            | Self::Unprintable { help, .. }
            | Self::Unreadable { help, .. }
            | Self::FunctionParameters { help, .. }
            | Self::NotLiteral { help, .. } => help.edits().to_vec(),
            Self::Mismatch { help: Some(help), .. }
            | Self::UnknownField { help: Some(help), .. }
            | Self::Operator { help: Some(help), .. }
            | Self::NeverEqual { help: Some(help), .. }
            | Self::NeverIs { help: Some(help), .. }
            | Self::NotIndexable { help: Some(help), .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
