//! How long a call may take, and how often it is tried.

use std::time::Duration;

/// Bounds on one call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::backend) struct Patience {
    /// Until a connection is made, TLS included.
    pub(in crate::backend) connect: Duration,
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
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(5),
            idle: Duration::from_mins(1),
            total: Duration::from_mins(10),
            pause: Duration::from_millis(500),
        }
    }
}

/// What a `timeout:` setting says: one time for all, or `{connect, first_byte, idle, total}`.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::backend) struct Timeouts {
    pub(in crate::backend) connect: Option<Duration>,
    pub(in crate::backend) first_byte: Option<Duration>,
    pub(in crate::backend) idle: Option<Duration>,
    pub(in crate::backend) total: Option<Duration>,
}

impl Patience {
    /// The usual bounds under a `timeout:` setting and the time that is left for the call, in milliseconds. Where
    /// only the whole is set, the first byte may take all of it.
    pub(in crate::backend) fn new(set: Timeouts, within: Option<i64>) -> Self {
        let usual = Self::default();
        let mut patience = Self {
            connect: set.connect.unwrap_or(usual.connect),
            first_byte: set.first_byte.or(set.total).unwrap_or(usual.first_byte),
            idle: set.idle.unwrap_or(usual.idle),
            total: set.total.unwrap_or(usual.total),
            pause: usual.pause,
        };
        if let Some(left) = within.and_then(|left| u64::try_from(left.max(0)).ok()) {
            patience.total = patience.total.min(Duration::from_millis(left));
        }
        patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_as_usual() {
        let second = Duration::from_secs(1);
        let usual = Patience::default();
        assert_eq!(Patience::new(Timeouts::default(), None), usual);
        let all = Patience::new(Timeouts { total: Some(second * 900), ..Timeouts::default() }, Some(5_000));
        assert_eq!(all, Patience { first_byte: second * 900, total: second * 5, ..usual });
        let set = Timeouts { connect: Some(second), idle: Some(second * 2), ..Timeouts::default() };
        assert_eq!(Patience::new(set, None), Patience { connect: second, idle: second * 2, ..usual });
    }
}
