//! What calls cost: the most before they are made, and what they did by what they took.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Money;

use super::{Request, Usage};

/// What a call costs, as far as it is known before it is made.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Price {
    /// Nothing.
    #[default]
    Free,
    /// So much.
    PerCall(Money),
    /// What it takes, by these prices.
    Metered(#[serde(with = "shared")] Arc<Tariff>),
    /// Nobody said.
    Unknown,
}

/// The prices of a model, and how much it can take and give.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tariff {
    /// What is counted.
    pub by: Counted,
    /// The most tokens that it reads, where that is known.
    pub window: Option<u64>,
    /// The most tokens that it writes, where that is known: what it thinks included.
    pub longest: Option<u64>,
    /// The most tokens that a picture is read as, where that is known.
    pub picture: Option<u64>,
}

/// What is counted, and at which prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    /// Tokens: the prices, and other prices for prompts of more than so many tokens, rising.
    Tokens(Rates, Vec<(u64, Rates)>),
    /// Images that are made, each.
    Images(Money),
    /// Characters that are spoken, a million of them.
    Characters(Money),
    /// Seconds of sound that are heard, each.
    Seconds(Money),
}

/// Prices of a million tokens each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rates {
    /// Read.
    pub input: Money,
    /// Written.
    pub output: Money,
    /// Read from the provider's cache; as others where it is not said.
    pub cached: Option<Money>,
    /// Read and put into the provider's cache; as others where it is not said.
    pub stored: Option<Money>,
    /// Heard: read from a sound; as others where it is not said.
    pub heard: Option<Money>,
    /// What is stored instead where the provider is asked to keep it for an hour.
    pub kept: Option<Money>,
}

/// The most that a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// What it may cost.
    pub spend: Money,
    /// The most tokens that it may write for that: the request must say so. `None` where none are counted.
    pub longest: Option<u64>,
}

impl Default for Counted {
    fn default() -> Self {
        Self::Tokens(Rates::default(), Vec::new())
    }
}

/// A tariff is written down as what it holds.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Tariff;

    pub(super) fn serialize<S: Serializer>(tariff: &Arc<Tariff>, to: S) -> Result<S::Ok, S::Error> {
        (**tariff).serialize(to)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Arc<Tariff>, D::Error> {
        Tariff::deserialize(from).map(Arc::new)
    }
}

const MILLION: i128 = 1_000_000;

/// The most tokens that a picture is read as, where nothing else is known of the model.
const PICTURE: u64 = 12_000;

impl Price {
    /// The most that this request may cost; `None` where that is not known.
    #[must_use]
    pub fn most(&self, request: &Request) -> Option<Most> {
        match self {
            Self::Free => Some(Most { spend: Money::ZERO, longest: None }),
            Self::PerCall(price) => Some(Most { spend: *price, longest: None }),
            Self::Metered(tariff) => tariff.most(request),
            Self::Unknown => None,
        }
    }

    /// What a call cost that took this; `None` where that is not known.
    #[must_use]
    pub fn spend(&self, usage: &Usage) -> Option<Money> {
        match self {
            Self::Free => Some(Money::ZERO),
            Self::PerCall(price) => Some(*price),
            Self::Metered(tariff) => tariff.spend(usage),
            Self::Unknown => None,
        }
    }

    /// Whether the most that a call costs can be known before it is made.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        match self {
            Self::Free | Self::PerCall(_) => true,
            Self::Unknown => false,
            Self::Metered(tariff) => tariff.is_bounded(),
        }
    }
}

impl Tariff {
    /// What this costs.
    #[must_use]
    pub fn spend(&self, usage: &Usage) -> Option<Money> {
        let nanos = match &self.by {
            Counted::Tokens(..) => self.rates(usage.tokens_in?).spend(usage)?,
            Counted::Images(each) | Counted::Seconds(each) => {
                i128::from(usage.units?) * nanos(*each) * MILLION
            }
            Counted::Characters(million) => i128::from(usage.units?) * nanos(*million),
        };
        rounded(nanos)
    }

    /// The most tokens that it may write in answer to a prompt of at most so many.
    #[must_use]
    pub fn longest_after(&self, read: u64) -> Option<u64> {
        let Some(longest) = self.longest else { return self.window };
        Some(match self.window {
            // Both share one window: what is read leaves less to be written.
            Some(window) if longest >= window => longest.min(window.saturating_sub(read).max(window / 4)),
            _ => longest,
        })
    }

    /// What tokens cost in a prompt of so many.
    fn rates(&self, read: u64) -> Rates {
        match &self.by {
            Counted::Tokens(first, beyond) => {
                let dearer = beyond.iter().rev().find(|(from, _)| read > *from);
                dearer.map_or(*first, |(_, rates)| *rates)
            }
            _ => Rates::default(),
        }
    }

    const fn is_bounded(&self) -> bool {
        match self.by {
            Counted::Tokens(..) => self.longest.is_some() || self.window.is_some(),
            Counted::Images(_) | Counted::Characters(_) => true,
            Counted::Seconds(_) => false,
        }
    }

    fn most(&self, request: &Request) -> Option<Most> {
        let of = |nanos: i128, longest| Some(Most { spend: rounded(nanos)?, longest });
        match &self.by {
            Counted::Tokens(..) => {
                let read = request.most_tokens(self.picture.unwrap_or(PICTURE));
                let longest = self.longest_after(read)?;
                let hears = request.holds_sounds();
                let rates = self.rates(read);
                of(rates.most(read, longest, hears), Some(longest))
            }
            Counted::Images(each) => of(i128::from(request.images_wanted()?) * nanos(*each) * MILLION, None),
            Counted::Characters(million) => of(i128::from(request.most_tokens(0)) * nanos(*million), None),
            // How long a sound lasts is not known without looking into it.
            Counted::Seconds(_) => None,
        }
    }

    /// The most that so many calls cost that read and write at most so much each; `None` where it is not known.
    #[must_use]
    pub fn most_of(&self, read: u64) -> Option<(Money, u64)> {
        let longest = self.longest_after(read)?;
        match &self.by {
            Counted::Tokens(..) => Some((rounded(self.rates(read).most(read, longest, false))?, longest)),
            _ => None,
        }
    }
}

impl Rates {
    /// The prices where what goes into the cache is kept for an hour.
    #[must_use]
    pub fn kept_longer(self) -> Self {
        Self { stored: self.kept.or(self.stored), ..self }
    }

    /// In billionths of a dollar times a million.
    fn spend(&self, usage: &Usage) -> Option<i128> {
        let (mut read, written) = (usage.tokens_in?, usage.tokens_out?);
        let mut sum = i128::from(written) * nanos(self.output);
        let special = [
            (usage.tokens_cached, self.cached),
            (usage.tokens_stored, self.stored),
            (usage.tokens_heard, self.heard),
        ];
        for (tokens, rate) in special {
            let tokens = tokens.unwrap_or(0).min(read);
            read -= tokens;
            sum += i128::from(tokens) * nanos(rate.unwrap_or(self.input));
        }
        Some(sum + i128::from(read) * nanos(self.input))
    }

    fn most(&self, read: u64, written: u64, hears: bool) -> i128 {
        let heard = self.heard.filter(|_| hears).unwrap_or(Money::ZERO);
        let input = self.input.max(self.stored.unwrap_or(Money::ZERO)).max(heard);
        i128::from(read) * nanos(input) + i128::from(written) * nanos(self.output)
    }
}

fn nanos(money: Money) -> i128 {
    i128::from(money.nanos)
}

/// Rounded up: a bill is never shown smaller than it is.
fn rounded(nanos: i128) -> Option<Money> {
    i64::try_from((nanos + MILLION - 1) / MILLION).ok().map(Money::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn dollars(nanos: i64) -> Money {
        Money::from_nanos(nanos)
    }

    fn tariff(beyond: Vec<(u64, Rates)>) -> Tariff {
        let rates = Rates {
            input: dollars(1_250_000_000),
            output: dollars(10_000_000_000),
            cached: Some(dollars(125_000_000)),
            stored: Some(dollars(1_500_000_000)),
            ..Rates::default()
        };
        Tariff { by: Counted::Tokens(rates, beyond), ..Tariff::default() }
    }

    #[test]
    fn a_price_per_million_tokens_is_exact_and_rounded_up() {
        let usage = Usage {
            tokens_in: Some(1_000),
            tokens_out: Some(10),
            tokens_cached: Some(999),
            ..Usage::default()
        };
        // 1 x 1250 + 999 x 125 + 10 x 10000 billionths
        assert_eq!(tariff(Vec::new()).spend(&usage), Some(dollars(226_125)));
        let stored = Usage { tokens_stored: Some(1), ..usage };
        assert_eq!(tariff(Vec::new()).spend(&stored), Some(dollars(226_375)));
        assert_eq!(tariff(Vec::new()).spend(&Usage::default()), None);
        assert_eq!(Price::Unknown.spend(&usage), None);
    }

    #[test]
    fn long_prompts_have_their_own_prices() {
        let long = Rates { input: dollars(2_000_000), output: dollars(3_000_000), ..Rates::default() };
        let tariff = tariff(vec![(100, long)]);
        let usage = |read| Usage { tokens_in: Some(read), tokens_out: Some(1), ..Usage::default() };
        assert_eq!(tariff.spend(&usage(100)), Some(dollars(100 * 1_250 + 10_000)));
        assert_eq!(tariff.spend(&usage(101)), Some(dollars(101 * 2 + 3)));
    }

    #[test]
    fn pieces_cost_by_the_piece() {
        let of = |by| Tariff { by, ..Tariff::default() };
        let usage = Usage { units: Some(3), ..Usage::default() };
        assert_eq!(of(Counted::Images(dollars(40_000_000))).spend(&usage), Some(dollars(120_000_000)));
        assert_eq!(of(Counted::Characters(dollars(15_000_000_000))).spend(&usage), Some(dollars(45_000)));
        assert_eq!(of(Counted::Seconds(dollars(100_000))).spend(&usage), Some(dollars(300_000)));
        assert!(!of(Counted::Seconds(dollars(1))).is_bounded());
    }

    #[test]
    fn one_window_for_both_leaves_less_to_be_written() {
        let shared = Tariff { window: Some(1_000), longest: Some(1_000), ..Tariff::default() };
        assert_eq!(shared.longest_after(100), Some(900));
        assert_eq!(shared.longest_after(5_000), Some(250));
        let apart = Tariff { window: Some(1_000), longest: Some(400), ..Tariff::default() };
        assert_eq!(apart.longest_after(5_000), Some(400));
        assert_eq!(Tariff { window: Some(7), ..Tariff::default() }.longest_after(3), Some(7));
    }
}
