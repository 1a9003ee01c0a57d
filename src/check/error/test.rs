//! Tests.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::Span;

/// What is wrong with a test.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum TestError {
    /// `seat` of something that nobody plays.
    #[error("`{name}` has no chair: it {why}")]
    #[diagnostic(code(score::check::no_chair))]
    NoChair {
        name: String,
        why: String,
        #[help]
        help: String,
        #[label("nobody sits here")]
        span: Span,
    },
    /// Two in one chair.
    #[error("`{name}` is seated twice")]
    #[diagnostic(code(score::check::seated_twice), help("Leave one of the two out."))]
    SeatedTwice {
        name: String,
        #[label("somebody sits here already")]
        span: Span,
        #[label("seated here")]
        first: Span,
    },
    /// `seat` below something else.
    #[error("a `seat` stands above everything else in its test")]
    #[diagnostic(
        code(score::check::late_seat),
        help("Move it to the top of the test: who plays is settled before anything begins.")
    )]
    LateSeat {
        #[label("too late")]
        span: Span,
    },
    /// A test that does nothing.
    #[error("this test performs nothing")]
    #[diagnostic(
        code(score::check::empty_test),
        severity(warning),
        help(
            "Call a movement or a part in it, and say what you expect: `expect len(report(\"tides\")) > 0`."
        )
    )]
    EmptyTest {
        #[label("nothing is performed")]
        span: Span,
    },
    /// `asked` in a movement.
    #[error("`asked` tells what was asked in a test")]
    #[diagnostic(
        code(score::check::only_in_tests),
        help("Call it in a `test`, below what is tested: `expect \"tides\" in asked(writer)[0]`.")
    )]
    OnlyInTests {
        #[label("not in a test")]
        span: Span,
    },
}
