//! What can be wrong with how a text is written: its quotes, its holes, its escapes.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// Something wrong in or around a text.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum TextError {
    /// A text without its end.
    #[error("this text has no end")]
    #[diagnostic(code(score::parse::unterminated_text), help("{help}"))]
    UnterminatedText {
        /// What to write.
        help: Help,
        /// The opening quotes.
        #[label("opened here")]
        span: Span,
        /// What seems to lie beyond it.
        #[label("it would swallow this")]
        swallowed: Option<Span>,
    },
    /// A hole without its end.
    #[error("this hole has no end on its line")]
    #[diagnostic(code(score::parse::unclosed_hole), help("{help}"))]
    UnclosedHole {
        /// What to do.
        help: Help,
        /// The brace.
        #[label("opened here")]
        span: Span,
    },
    /// A comment in a hole of a one-line text.
    #[error("a comment can't stand in a hole of a one-line text")]
    #[diagnostic(
        code(score::parse::comment_in_hole),
        help("It would take the `}}` and the closing quote with it. Put it above the text.")
    )]
    CommentInHole {
        /// The comment.
        #[label("a comment to the end of the line")]
        span: Span,
    },
    /// `{}` in a text.
    #[error("this hole is empty")]
    #[diagnostic(code(score::parse::empty_hole), help("{help}"))]
    EmptyHole {
        /// What to write.
        help: Help,
        /// Where.
        #[label("nothing in it")]
        span: Span,
    },
    /// `${x}` or `{{x}}` in a text.
    #[error("a hole is written `{{…}}`")]
    #[diagnostic(code(score::parse::hole_habit), help("{help}"))]
    HoleHabit {
        /// The edit.
        help: Help,
        /// Where.
        #[label("one brace, and nothing before it")]
        span: Span,
    },
    /// `{"a": "{x}"}` in a text.
    #[error("JSON in a text: its brace opens a hole")]
    #[diagnostic(
        code(score::parse::json_in_text),
        help(
            "Write the whole body as one hole, `{{json({{{key}: …}})}}`; it is escaped rightly, too. For braces as such write `\\{{` and `\\}}`, or a raw text `r\"\"\"…\"\"\"`."
        )
    )]
    JsonInText {
        /// The first key.
        key: String,
        /// The brace.
        #[label("this opens a hole, not an object")]
        span: Span,
    },
    /// `f"…"`
    #[error("a text takes no `{prefix}` before its quotes")]
    #[diagnostic(code(score::parse::text_prefix), help("{help}"))]
    TextPrefix {
        /// The letter.
        prefix: String,
        /// What to do.
        help: Help,
        /// Where.
        #[label("not needed")]
        span: Span,
    },
    /// An escape that doesn't exist.
    #[error("`{escape}` is no escape")]
    #[diagnostic(code(score::parse::escape), help("{help}"))]
    Escape {
        /// As written.
        escape: String,
        /// What to do.
        help: Help,
        /// Where.
        #[label("unknown")]
        span: Span,
    },
    /// A hole where a text must be plain.
    #[error("{place} is a plain text, without holes")]
    #[diagnostic(
        code(score::parse::hole_elsewhere),
        help("Write what it says; what changes from run to run can't stand here.")
    )]
    HoleElsewhere {
        /// Which text.
        place: &'static str,
        /// The hole.
        #[label("a hole")]
        span: Span,
    },
}

impl Finding for TextError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::EmptyHole { help, .. }
            | Self::UnclosedHole { help, .. }
            | Self::UnterminatedText { help, .. }
            | Self::HoleHabit { help, .. }
            | Self::TextPrefix { help, .. }
            | Self::Escape { help, .. } => help.edits().to_vec(),
            _ => Vec::new(),
        }
    }
}
