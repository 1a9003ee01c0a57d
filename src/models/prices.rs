//! Which prices hold for an instrument: its own `price:`, then those that a run began with, then what `score.toml`
//! says, then the table, then what its backend knows.

use std::sync::Arc;

use super::{find, table};
use crate::instrument::{Backend, Counted, Price, Rates, Served, Tariff};
use crate::load::OwnPrice;
use crate::value::{Instrument, Money, Value};

/// In milliseconds: what is kept so long in a cache has a price of its own.
const HOUR: i64 = 3_600_000;

/// The prices of one run.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    own: Vec<OwnPrice>,
    held: Vec<Held>,
}

/// What a model cost when a run began: its name, `host/model`, and its price.
pub type Held = (String, Price);

impl Prices {
    /// The table, and these before it.
    #[must_use]
    pub const fn new(own: Vec<OwnPrice>) -> Self {
        Self { own, held: Vec::new() }
    }

    /// The same, with prices that go on holding whatever is said of them now.
    #[must_use]
    pub fn holding(mut self, held: Vec<Held>) -> Self {
        self.held = held;
        self
    }

    /// What an instrument that is served so costs, to be held on to; `None` where it says so itself, or nobody does.
    #[must_use]
    pub fn to_hold(&self, served: &Served, instrument: &Instrument) -> Option<Held> {
        let price = match said(instrument) {
            Some(_) => None,
            None => self.known(served),
        };
        Some((name(served), price.filter(|price| *price != Price::Unknown)?))
    }

    /// What is known of a model now, whatever held before.
    fn today(&self, served: &Served) -> Option<Price> {
        let listed = || {
            let (_, model) = find(&served.host, &served.model)?;
            Some(Price::Metered(Arc::clone(&model.tariff)))
        };
        self.own(served).or_else(listed)
    }

    fn known(&self, served: &Served) -> Option<Price> {
        let held = self.held.iter().find(|(held, _)| *held == name(served));
        held.map(|(_, price)| price.clone()).or_else(|| self.today(served))
    }

    /// Models that cost something else now than what goes on holding.
    #[must_use]
    pub fn changed(&self) -> Vec<&str> {
        let differs = |(name, price): &&Held| {
            let Some((host, model)) = name.split_once('/') else { return false };
            let served = Served { host: host.to_owned(), model: model.to_owned() };
            self.today(&served).is_some_and(|today| today != *price)
        };
        self.held.iter().filter(differs).map(|(name, _)| &**name).collect()
    }

    /// What an instrument costs; `otherwise` where nobody says anything.
    #[must_use]
    pub fn of(&self, backend: &dyn Backend, instrument: &Instrument, otherwise: Price) -> Price {
        let served = backend.served(instrument);
        let mut price = match said(instrument) {
            Some(price) => price,
            None => served.as_ref().and_then(|served| self.known(served)).unwrap_or(otherwise),
        };
        if let Price::Metered(tariff) = &mut price {
            self.bound(tariff, served.as_ref(), backend, instrument);
        }
        price
    }

    fn entry(&self, served: &Served) -> Option<&OwnPrice> {
        if self.own.is_empty() {
            return None;
        }
        let service =
            table().service(&served.host).map(|service| format!("{}/{}", service.name, served.model));
        let at_host = format!("{}/{}", served.host, served.model);
        let names = [service.as_deref(), Some(&*at_host), Some(&*served.model)];
        names.into_iter().flatten().find_map(|name| self.own.iter().find(|own| own.model == name))
    }

    fn own(&self, served: &Served) -> Option<Price> {
        let own = self.entry(served)?;
        match (own.call, own.input, own.output) {
            (Some(Money::ZERO), ..) => Some(Price::Free),
            (Some(call), ..) => Some(Price::PerCall(call)),
            (None, Some(input), Some(output)) => {
                let OwnPrice { cached, stored, heard, .. } = *own;
                Some(per_token(Rates { input, output, cached, stored, heard, kept: None }))
            }
            _ => None,
        }
    }

    /// Adds what is known of how much it reads and writes, where the prices don't say.
    fn bound(
        &self,
        tariff: &mut Arc<Tariff>,
        served: Option<&Served>,
        backend: &dyn Backend,
        instrument: &Instrument,
    ) {
        let listed = served.and_then(|served| find(&served.host, &served.model));
        let listed = listed.map(|(_, model)| &model.tariff);
        let own = served.and_then(|served| self.entry(served));
        let longest = match instrument.setting("max_tokens") {
            Some(Value::Int(longest)) => u64::try_from(*longest).ok(),
            _ => None,
        };
        let by = match (&tariff.by, instrument.setting("prompt_cache")) {
            (Counted::Tokens(first, beyond), Some(Value::Duration(millis))) if *millis >= HOUR => {
                let beyond = beyond.iter().map(|(from, rates)| (*from, rates.kept_longer())).collect();
                Counted::Tokens(first.kept_longer(), beyond)
            }
            (by, _) => by.clone(),
        };
        let bounded = Tariff {
            by,
            window: own.and_then(|own| own.window).or(tariff.window).or(listed.and_then(|of| of.window)),
            longest: longest
                .or_else(|| backend.longest(instrument))
                .or(own.and_then(|own| own.longest))
                .or(tariff.longest)
                .or(listed.and_then(|of| of.longest)),
            picture: tariff.picture.or(listed.and_then(|of| of.picture)),
        };
        if bounded != **tariff {
            *tariff = Arc::new(bounded);
        }
    }
}

fn name(served: &Served) -> String {
    format!("{}/{}", served.host, served.model)
}

fn per_token(rates: Rates) -> Price {
    let by = Counted::Tokens(rates, Vec::new());
    Price::Metered(Arc::new(Tariff { by, ..Tariff::default() }))
}

/// What an instrument's own `price:` says; one that can't be read is no price.
fn said(instrument: &Instrument) -> Option<Price> {
    let of = |value: &Value| match value {
        Value::Money(money) => Some(*money),
        _ => None,
    };
    let written = instrument.setting("price").filter(|value| **value != Value::Nothing)?;
    let rate = |name: &str| match written {
        Value::Map(map) => map.get(name).and_then(of),
        Value::Record(record) => record.get(name).and_then(of),
        _ => None,
    };
    Some(match (written, rate("input"), rate("output")) {
        (Value::Money(Money::ZERO), _, _) => Price::Free,
        (Value::Money(price), _, _) => Price::PerCall(*price),
        (_, Some(input), Some(output)) => {
            let (cached, stored, heard) = (rate("cached"), rate("stored"), rate("heard"));
            per_token(Rates { input, output, cached, stored, heard, kept: None })
        }
        _ => Price::Unknown,
    })
}
