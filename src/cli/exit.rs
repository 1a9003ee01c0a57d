//! Exit codes.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// It did what was asked.
    Done,
    /// The run failed.
    Failed,
    /// The command was not understood.
    Usage,
    /// The source has errors.
    Source,
    /// A key or permission is missing.
    Credentials,
    /// A limit was reached.
    Limit,
    /// A person's answer is waited for.
    Waiting,
    /// It was interrupted.
    Interrupted,
}

impl Exit {
    /// The number a shell sees.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Source => 3,
            Self::Credentials => 4,
            Self::Limit => 5,
            Self::Waiting => 6,
            Self::Interrupted => 130,
        }
    }
}
