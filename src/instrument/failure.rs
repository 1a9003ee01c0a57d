//! How calls fail: by kind, and with what is known of what they did.

use std::fmt;

use super::Usage;

/// Kinds of failures, as `otherwise on KIND` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// Not reachable, or out of order (connection refused, 5xx).
    Unavailable,
    /// Too many calls (429).
    RateLimited,
    /// A limit in time has passed.
    Timeout,
    /// The model declined to answer.
    Refused,
    /// The answer was cut off by length.
    Truncated,
    /// What came back could not be read as the wanted type.
    BadShape,
    /// What came back did not pass an `ensure` or a `where`.
    EnsureFailed,
    /// A `require` did not hold, or a `fail` was reached.
    RequireFailed,
    /// A `repeat` ran out, or a script has no more answers.
    Exhausted,
    /// A command ended with another code than 0.
    ExitFailed,
    /// A server answered with a 4xx.
    HttpStatus,
    /// A limit in money would be crossed.
    Budget,
    /// The run was interrupted.
    Cancelled,
    /// A power was not granted.
    Denied,
    /// A key is missing or was not accepted (401, 403).
    Auth,
    /// The request itself was not accepted (400, 404, 422), or could not be made.
    InvalidRequest,
    /// A person declined to answer.
    Declined,
    /// Whether an act was done is not known.
    InDoubt,
}

impl FailureKind {
    /// Every kind, in the order the reference lists them.
    pub const ALL: [Self; 18] = [
        Self::Unavailable,
        Self::RateLimited,
        Self::Timeout,
        Self::Refused,
        Self::Truncated,
        Self::BadShape,
        Self::EnsureFailed,
        Self::RequireFailed,
        Self::Exhausted,
        Self::ExitFailed,
        Self::HttpStatus,
        Self::Budget,
        Self::Cancelled,
        Self::Denied,
        Self::Auth,
        Self::InvalidRequest,
        Self::Declined,
        Self::InDoubt,
    ];

    /// The word of the language for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Truncated => "truncated",
            Self::BadShape => "bad_shape",
            Self::EnsureFailed => "ensure_failed",
            Self::RequireFailed => "require_failed",
            Self::Exhausted => "exhausted",
            Self::ExitFailed => "exit_failed",
            Self::HttpStatus => "http_status",
            Self::Budget => "budget",
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::Auth => "auth",
            Self::InvalidRequest => "invalid_request",
            Self::Declined => "declined",
            Self::InDoubt => "in_doubt",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether a call that failed did what it was to do in the world all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Committed {
    /// Surely not.
    No,
    /// Surely.
    Yes,
    /// Not known.
    Unknown,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What went wrong, for policies.
    pub kind: FailureKind,
    /// What went wrong, for people: a sentence without secrets.
    pub message: String,
    /// What to do about it, where there is something to do.
    pub help: Option<String>,
    /// Whether it was done all the same.
    pub committed: Committed,
    /// What it took all the same, where that is known.
    pub took: Option<Box<Usage>>,
    /// What was sent, shortened and without secrets; empty if nothing was.
    pub sent: String,
    /// What came back, shortened and without secrets; empty if nothing did.
    pub received: String,
}

impl Failure {
    /// A failure that surely did nothing.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            help: None,
            committed: Committed::No,
            took: None,
            sent: String::new(),
            received: String::new(),
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with what is known of its effect.
    #[must_use]
    pub const fn with_committed(mut self, committed: Committed) -> Self {
        self.committed = committed;
        self
    }

    /// The same with what it took all the same.
    #[must_use]
    pub fn with_took(mut self, usage: Usage) -> Self {
        self.took = Some(Box::new(usage));
        self
    }

    /// What it took, where that is known.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.took.as_deref().copied()
    }

    /// Whether it may have cost something that nobody has told.
    #[must_use]
    pub fn may_be_billed(&self) -> bool {
        let asked = matches!(
            self.kind,
            FailureKind::Unavailable
                | FailureKind::Timeout
                | FailureKind::Refused
                | FailureKind::Truncated
                | FailureKind::BadShape
                | FailureKind::ExitFailed
                | FailureKind::HttpStatus
                | FailureKind::InDoubt
        );
        asked && self.took.as_ref().is_none_or(|usage| usage.spend.is_none())
    }

    /// The same with what was sent and what came back, each cut to 2,000 characters.
    #[must_use]
    pub fn with_exchange(mut self, sent: &str, received: &str) -> Self {
        self.sent = shorten(sent);
        self.received = shorten(received);
        self
    }
}

fn shorten(text: &str) -> String {
    const KEPT: usize = 2_000;
    match text.char_indices().nth(KEPT) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}… ({} bytes in all)", &text[..cut], text.len()),
    }
}
