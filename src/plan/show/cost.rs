//! What calls take at most, in tokens and money: by the prices of who plays, the longest answers, and the sizes of
//! what is said where types bound them.

use std::sync::Arc;

use super::casting::Fact;
use super::plays::MOVEMENT;
use super::survey::{Survey, fact};
use crate::instrument::{Price, REQUEST_ADDS, Tariff};
use crate::plan::{self, Expr, ExprKind, Part, PromptPiece, Target};
use crate::types::{Type, json_schema};
use crate::value::{Instrument, Money, Value};

/// What one play takes at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Takes {
    /// Tokens read; `None` where nothing bounds them.
    pub read: Option<u64>,
    /// Tokens written.
    pub written: Option<u64>,
    /// What it costs.
    pub spend: Option<Money>,
    /// Why that is not known.
    pub because: Vec<String>,
}

impl Takes {
    pub(super) const NOTHING: Self =
        Self { read: Some(0), written: Some(0), spend: Some(Money::ZERO), because: Vec::new() };

    fn join(&mut self, other: Self, join: fn(u64, u64) -> u64) {
        let both = |one: Option<u64>, other: Option<u64>| Some(join(one?, other?));
        let money = |money: Option<Money>| money.and_then(|money| u64::try_from(money.nanos).ok());
        self.read = both(self.read, other.read);
        self.written = both(self.written, other.written);
        let spend = both(money(self.spend), money(other.spend));
        self.spend = spend.and_then(|nanos| i64::try_from(nanos).ok()).map(Money::from_nanos);
        let new: Vec<String> =
            other.because.into_iter().filter(|reason| !self.because.contains(reason)).collect();
        self.because.extend(new);
    }
}

impl Survey<'_> {
    /// What one play of a part takes at most, whoever of these plays, and after so many tries.
    pub(super) fn takes(&self, part: &Part, players: &[Arc<Instrument>], tries: u64) -> Takes {
        let Some((first, others)) = players.split_first() else {
            let because = vec![format!("who plays `{}` is known only when it runs", part.name)];
            return Takes { because, ..Takes::default() };
        };
        let said = said_at_most(part, first);
        let mut takes = self.player_takes(part, first, said, tries);
        for other in others {
            takes.join(self.player_takes(part, other, said_at_most(part, other), tries), u64::max);
        }
        takes
    }

    /// Of those who follow or race one another all may play; of those who take turns, one does.
    fn player_takes(&self, part: &Part, player: &Arc<Instrument>, said: Option<u64>, tries: u64) -> Takes {
        let members = match player.setting("instruments").or_else(|| player.setting("instrument")) {
            Some(Value::List(members)) => members.to_vec(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        let join: fn(u64, u64) -> u64 = match &*player.constructor {
            "fallback" | "race" => u64::saturating_add,
            "rotate" | "remember" => u64::max,
            _ => return self.leaf_takes(part, player, said, tries),
        };
        // What is remembered grows.
        let said = said.filter(|_| &*player.constructor != "remember");
        let mut takes = Takes::NOTHING;
        for member in &members {
            if let Value::Instrument(member) = member {
                let member_said = said.and_then(|_| said_at_most(part, member));
                takes.join(self.player_takes(part, member, member_said, tries), join);
            }
        }
        takes
    }

    fn leaf_takes(&self, part: &Part, player: &Arc<Instrument>, said: Option<u64>, tries: u64) -> Takes {
        // What a movement calls is counted by itself.
        if &*player.constructor == MOVEMENT {
            return Takes::NOTHING;
        }
        match self.price(player, part) {
            Price::Free => Takes::NOTHING,
            Price::PerCall(spend) => Takes { spend: Some(spend), ..Takes::NOTHING },
            Price::Unknown => Takes {
                because: vec![format!("what `{}` costs is not known", player.name)],
                ..Takes::default()
            },
            Price::Metered(tariff) => metered(part, player, &tariff, said, tries),
        }
    }

    fn price(&self, player: &Arc<Instrument>, part: &Part) -> Price {
        let Some(backend) = self.look.backend(player) else { return Price::Unknown };
        let otherwise = backend.profile(player, super::casting::opening(part)).price;
        self.look.casting.prices.of(backend, player, otherwise)
    }

    /// Those who play a part and of whom nobody knows what they cost at most.
    pub(super) fn unpriced(&self, part: &Part, players: &[Arc<Instrument>]) -> Vec<String> {
        let mut found = Vec::new();
        let mut pending: Vec<Arc<Instrument>> = players.to_vec();
        while let Some(player) = pending.pop() {
            let members = match player.setting("instruments").or_else(|| player.setting("instrument")) {
                Some(Value::List(members)) => members.to_vec(),
                Some(one) => vec![one.clone()],
                None => Vec::new(),
            };
            let made_of_others = ["fallback", "race", "rotate", "remember"].contains(&&*player.constructor);
            if made_of_others {
                pending.extend(members.into_iter().filter_map(|member| match member {
                    Value::Instrument(member) => Some(member),
                    _ => None,
                }));
            } else if &*player.constructor != MOVEMENT && !self.price(&player, part).is_bounded() {
                found.push(player.name.to_string());
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The limit in money that a call or its part says.
    pub(super) fn own_limit(&self, call: &plan::Call, facts: &[Fact]) -> Option<Money> {
        let Target::Part(id) = call.target else { return None };
        let part = self.plan.parts.get(id.0 as usize)?;
        let money = |value: Option<Value>| match value {
            Some(Value::Money(money)) => Some(money),
            _ => None,
        };
        let arguments: Vec<Fact> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
        let at_call = call.within.iter().filter_map(|slot| money(fact(facts, *slot).value));
        let of_part = part.within.iter().filter_map(|expr| money(self.look.value(expr, &arguments)));
        at_call.chain(of_part).min()
    }
}

fn metered(part: &Part, player: &Instrument, tariff: &Tariff, said: Option<u64>, tries: u64) -> Takes {
    let mut because = Vec::new();
    // A try is told the answers before it, and what was wrong with them.
    let again = tariff.longest.map(|longest| (longest + 512).saturating_mul(tries.saturating_sub(1)));
    let read = match (said, again) {
        (Some(said), Some(again)) if part.tools.is_empty() => Some(said.saturating_add(again)),
        _ => None,
    };
    let read = match (read, tariff.window) {
        (Some(read), Some(window)) => Some(read.min(window)),
        (read, window) => read.or(window),
    };
    let Some(read) = read else {
        because.push(format!("`{}` may say texts of any length", part.name));
        return Takes { because, ..Takes::default() };
    };
    let Some((spend, written)) = tariff.most_of(read) else {
        because.push(format!("how long the answers of `{}` are is not known (`max_tokens:`)", player.name));
        return Takes { read: Some(read), because, ..Takes::default() };
    };
    Takes { read: Some(read), written: Some(written), spend: Some(spend), because }
}

/// How many bytes a part says at most; `None` where its types don't bound them.
fn said_at_most(part: &Part, player: &Instrument) -> Option<u64> {
    if part.from.is_some() {
        return None;
    }
    let long = |text: &str| text.len() as u64;
    let mut sum = REQUEST_ADDS + long(&part.doc) + 2 * long(&json_schema(&part.returns).to_string());
    sum += player.settings.values().filter_map(Value::as_text).map(long).sum::<u64>();
    for piece in part.lines.iter().flat_map(|line| &line.pieces) {
        sum = sum.saturating_add(match piece {
            PromptPiece::Words(words) => long(words),
            PromptPiece::Hole(hole) => hole_at_most(part, hole)?,
        });
    }
    if part.lines.is_empty() {
        for param in &part.params {
            sum = sum.saturating_add(long(&param.name) + type_at_most(&param.ty)?);
        }
    }
    Some(sum.saturating_add(64 * part.lines.len() as u64))
}

fn hole_at_most(part: &Part, hole: &Expr) -> Option<u64> {
    match &hole.kind {
        ExprKind::Slot(slot) => type_at_most(&part.params.get(*slot as usize)?.ty),
        ExprKind::Constant(value) => Some(crate::value::render(value).len() as u64),
        _ => None,
    }
}

/// How many bytes a value of a type is written in at most.
fn type_at_most(ty: &Type) -> Option<u64> {
    Some(match ty.shape() {
        Type::Nothing | Type::Bool => 8,
        Type::Int | Type::Number | Type::Money | Type::Date | Type::Duration => 32,
        Type::Time => 48,
        Type::Literal(literal) => literal.to_string().len() as u64,
        Type::Union(members) => {
            members.iter().map(type_at_most).try_fold(0, |most, one| Some(most.max(one?)))?
        }
        Type::Optional(inner) => type_at_most(inner)?.max(8),
        Type::List(element, size) => size.max?.saturating_mul(type_at_most(element)? + 16),
        _ => return None,
    })
}
