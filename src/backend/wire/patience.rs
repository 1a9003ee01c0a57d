//! How long a call may take, and how often it is tried.

use std::time::Duration;

/// Bounds on one call. How long a connection may take to be made is fixed at 10 s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::backend) struct Patience {
    /// Until the first byte of the answer.
    pub(in crate::backend) first_byte: Duration,
    /// Between two bytes of the answer.
    pub(in crate::backend) idle: Duration,
    /// In all, waiting and tries included.
    pub(in crate::backend) total: Duration,
    /// The first pause before a call is tried again; each one after is twice as long, up to 8 s.
    pub(in crate::backend) pause: Duration,
}

/// The longest pause between two tries that nobody asked for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// The longest pause between two tries that a server may ask for.
pub(super) const LONGEST_ASKED: Duration = Duration::from_mins(1);

impl Default for Patience {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_mins(5),
            idle: Duration::from_mins(1),
            total: Duration::from_mins(10),
            pause: Duration::from_millis(500),
        }
    }
}

impl Patience {
    /// The usual bounds under a `timeout:` setting and the time that is left for the call, in
    /// milliseconds.
    pub(in crate::backend) fn new(timeout: Option<Duration>, within: Option<i64>) -> Self {
        let mut patience = Self::default();
        if let Some(timeout) = timeout {
            patience.total = timeout;
            patience.first_byte = timeout;
        }
        if let Some(left) = within.and_then(|left| u64::try_from(left.max(0)).ok()) {
            patience.total = patience.total.min(Duration::from_millis(left));
        }
        patience
    }
}
