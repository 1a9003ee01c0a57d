//! What can go wrong with the embedded model. Messages say what to do next.

use std::io;
use std::path::PathBuf;

/// Why the embedded model gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// A path given by argument or by `SCORE_LOCAL_MODEL` names no file.
    #[error("there is no model file at {}", path.display())]
    NoModelFile {
        /// The path as it was given.
        path: PathBuf,
    },
    /// The file is not GGUF, or of a kind that this engine can't run.
    #[error("{} can't be used as an embedded model: {reason}", path.display())]
    UnsupportedModel {
        /// The file.
        path: PathBuf,
        /// What about it, in one clause.
        reason: String,
    },
    /// The bytes are not the ones that are pinned (or that were written).
    #[error("{} is damaged: its checksum should be {expected} and is {found}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Checksum that was expected, hex.
        expected: String,
        /// Checksum of what is there, hex.
        found: String,
    },
    /// The weights were found nowhere and no source gave them.
    #[error("the embedded model is not on this machine and could not be fetched:\n  {}\n{help}", reasons.join("\n  "))]
    NotFetched {
        /// One line for each source that was tried.
        reasons: Vec<String>,
        /// The commands that do it by hand.
        help: String,
    },
    /// A file of the cache could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The conversation does not fit the model's context.
    #[error(
        "the prompt is too long for the embedded model: {prompt_tokens} tokens, and it reads at most {limit}"
    )]
    PromptTooLong {
        /// Tokens of the prompt with its chat markers.
        prompt_tokens: usize,
        /// Most tokens that a prompt may have, so that room for an answer is left.
        limit: usize,
    },
    /// The schema can't be made into a grammar.
    #[error("the answer's schema can't be used by the embedded model: {reason}")]
    Schema {
        /// The grammar compiler's reason.
        reason: String,
    },
    /// The engine failed while it computed.
    #[error("the embedded model failed: {reason}")]
    Inference {
        /// The engine's reason.
        reason: String,
    },
    /// The job was cancelled, or nobody listens to it any more.
    #[error("the embedded model was stopped before it had finished")]
    Cancelled,
}

impl LocalError {
    /// Wraps an input or output error with the path that it is about.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// Wraps an error of the inference engine.
    pub(super) fn inference(error: impl std::fmt::Display) -> Self {
        Self::Inference { reason: error.to_string() }
    }
}
