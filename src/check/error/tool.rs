//! Tools of MCP servers, and parts that are played by one.
#![allow(missing_docs)] // the fields are named in the messages

use miette::Diagnostic;
use thiserror::Error;

use crate::base::{Edit, Help, Span};
use crate::report::Finding;

/// What is wrong with a tool of a server.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
pub enum ToolError {
    /// A tool that the server does not have.
    #[error("`{instrument}` has no tool `{tool}`")]
    #[diagnostic(code(score::check::unknown_tool))]
    Unknown {
        instrument: String,
        tool: String,
        #[help]
        help: Help,
        #[label("not among the tools in `score.lock`")]
        span: Span,
    },
    /// A server whose tools are not known.
    #[error("the tools of `{instrument}` are not known yet")]
    #[diagnostic(code(score::check::unlocked_tools))]
    Unlocked {
        instrument: String,
        #[help]
        help: String,
        #[label("{why}")]
        span: Span,
        why: &'static str,
    },
    /// Something that has no tools.
    #[error("{what} has no tools to be named")]
    #[diagnostic(code(score::check::no_tools))]
    None {
        what: String,
        #[help]
        help: String,
        #[label("not such an instrument")]
        span: Span,
    },
    /// A part that a whole server is to play.
    #[error("`{instrument}` plays a part through one of its tools")]
    #[diagnostic(code(score::check::whole_server))]
    Whole {
        instrument: String,
        #[help]
        help: Help,
        #[label("which tool?")]
        span: Span,
    },
    /// A part with a text that a tool is to play.
    #[error("the tool `{tool}` takes arguments and no text")]
    #[diagnostic(
        code(score::check::tool_with_text),
        help("Leave the text out: the parameters of the part are what is sent. {signature}")
    )]
    Text {
        tool: String,
        signature: String,
        #[label("nobody reads this")]
        span: Span,
        #[label("played by a tool")]
        player: Option<Span>,
    },
    /// A part whose parameters are not those of its tool.
    #[error("{what}")]
    #[diagnostic(code(score::check::tool_parameters))]
    Parameters {
        what: String,
        #[help]
        help: Help,
        #[label("not as `{tool}` takes it")]
        span: Span,
        tool: String,
    },
}

impl Finding for ToolError {
    fn edits(&self) -> Vec<Edit> {
        match self {
            Self::Unknown { help, .. } | Self::Whole { help, .. } | Self::Parameters { help, .. } => {
                help.edits().to_vec()
            }
            _ => Vec::new(),
        }
    }
}
