//! Exact amounts of money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in US dollars, kept in whole billionths so that prices per token stay exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money {
    /// Billionths of a dollar.
    pub nanos: i64,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self { nanos: 0 };

    /// So many billionths of a dollar.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self { nanos }
    }

    /// The sum, if it can be held.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.nanos.checked_add(other.nanos).map(Self::from_nanos)
    }

    /// Short enough to be read, and never less: to a hundredth of a cent, small amounts finer.
    #[must_use]
    pub fn rounded(self) -> Self {
        let step = match self.nanos.unsigned_abs() {
            1_000_000.. => 100_000,
            1_000.. => 1_000,
            _ => 1,
        };
        let up = self.nanos.rem_euclid(step);
        let missing = if up == 0 { 0 } else { step - up };
        Self::from_nanos(self.nanos.saturating_add(missing))
    }

    /// The difference, if it can be held.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.nanos.checked_sub(other.nanos).map(Self::from_nanos)
    }
}

/// `$0.50`: at least two decimals, no more than needed.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { "-" } else { "" };
        let nanos = self.nanos.unsigned_abs();
        let (whole, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        let decimals = format!("{rest:09}");
        let kept = decimals.trim_end_matches('0').len().max(2);
        write!(f, "{sign}${whole}.{}", &decimals[..kept])
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn it_reads_as_it_is_written() {
        assert_eq!(Money::from_nanos(500_000_000).to_string(), "$0.50");
        assert_eq!(Money::from_nanos(-1_250_000_000).to_string(), "-$1.25");
        assert_eq!(Money::from_nanos(75).to_string(), "$0.000000075");
    }

    #[test]
    fn it_is_rounded_up() {
        let shown = |nanos| Money::from_nanos(nanos).rounded().to_string();
        assert_eq!(shown(13_456_789), "$0.0135");
        assert_eq!(shown(123_456), "$0.000124");
        assert_eq!(shown(500_000_000), "$0.50");
        assert_eq!(shown(7), "$0.000000007");
    }
}
