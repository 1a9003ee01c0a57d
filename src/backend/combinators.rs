//! `fallback`, `race`, `rotate`, `remember`: instruments made of others. Who of them plays is the engine's
//! business (each attempt is a call of its own); here stands what they take and what they can do.

use std::sync::Arc;

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Price, Profile, Request,
    Stage,
};
use crate::types::{Param, Signature, Type};
use crate::value::{Instrument, Value};

/// One of the four.
pub(super) struct Combinator {
    name: &'static str,
    doc: &'static str,
}

/// `fallback(a, b)`
pub(super) static FALLBACK: Combinator = Combinator {
    name: "fallback",
    doc: "The first plays; the next one where the one before it is unavailable, rate limited or too slow.",
};

/// `race(a, b)`
pub(super) static RACE: Combinator = Combinator {
    name: "race",
    doc: "All play at the same time: the first complete answer wins, the others are cancelled.",
};

/// `rotate(a, b)`
pub(super) static ROTATE: Combinator =
    Combinator { name: "rotate", doc: "They play in turn, so that the load spreads." };

/// `remember(a)`
pub(super) static REMEMBER: Combinator = Combinator {
    name: "remember",
    doc: "Plays as the instrument does, and is told what was said before, in written order.",
};

impl Combinator {
    /// The instruments it is made of, as far as they are known.
    fn members<'i>(&self, instrument: &'i Instrument) -> Vec<&'i Arc<Instrument>> {
        let given =
            match instrument.setting(if self.name == "remember" { "instrument" } else { "instruments" }) {
                Some(Value::List(all)) => all.iter().collect(),
                Some(one) => vec![one],
                None => Vec::new(),
            };
        given
            .into_iter()
            .filter_map(|member| match member {
                Value::Instrument(member) => Some(member),
                _ => None,
            })
            .collect()
    }
}

impl Backend for Combinator {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn signature(&self) -> Signature {
        let rest = self.name != "remember";
        let (name, doc) = if rest {
            ("instruments", "Who may play.")
        } else {
            ("instrument", "Who plays and is reminded.")
        };
        let param =
            Param { name: name.into(), doc: doc.to_owned(), ty: Type::Instrument, optional: false, rest };
        Signature { params: vec![param], returns: Type::Instrument }
    }

    /// What all of them can.
    fn abilities(&self, instrument: &Instrument) -> Abilities {
        let can = |member: &Arc<Instrument>| {
            super::find(&member.constructor).map(|backend| backend.abilities(member))
        };
        let all: Vec<Abilities> = self.members(instrument).into_iter().filter_map(can).collect();
        if all.is_empty() {
            return super::script::EVERYTHING;
        }
        let every = |has: fn(&Abilities) -> bool| all.iter().all(has);
        Abilities {
            chat: every(|one| one.chat),
            json: every(|one| one.json),
            // Each of a race would hold a conversation of its own, and call the tools again.
            tools: self.name != "race" && every(|one| one.tools),
            images_in: every(|one| one.images_in),
            images_out: every(|one| one.images_out),
            audio_in: every(|one| one.audio_in),
            audio_out: every(|one| one.audio_out),
            streams: every(|one| one.streams),
        }
    }

    /// The strongest of them.
    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile {
        let of = |member: &Arc<Instrument>| Some(super::find(&member.constructor)?.profile(member, opening));
        let all: Vec<Profile> = self.members(instrument).into_iter().filter_map(of).collect();
        Profile {
            class: all.iter().map(|one| one.class).max().unwrap_or(Class::Acts),
            ordered: self.name == "remember" || all.iter().any(|one| one.ordered),
            person: !all.is_empty() && all.iter().all(|one| one.person),
            stand_in: !all.is_empty() && all.iter().all(|one| one.stand_in),
            price: Price::Free,
        }
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        for member in self.members(instrument) {
            super::find(&member.constructor).map_or(Ok(()), |backend| backend.ready(member))?;
        }
        Ok(())
    }

    fn needs(&self, instrument: &Instrument, opening: Opening<'_>) -> Needs {
        let mut needs = Needs::default();
        for member in self.members(instrument) {
            let Some(more) = super::find(&member.constructor).map(|backend| backend.needs(member, opening))
            else {
                continue;
            };
            needs.keys.extend(more.keys);
            needs.hosts.extend(more.hosts);
            needs.programs.extend(more.programs);
            needs.others.extend(more.others);
        }
        needs
    }

    fn play<'a>(&'a self, request: Request, _stage: &'a Stage) -> PlayFuture<'a> {
        let message = format!(
            "`{}` plays by others: one of them should have been asked, not `{}` itself",
            request.instrument.name, self.name
        );
        let failure = Failure::new(FailureKind::InvalidRequest, message)
            .with_help("this is an error in Score itself, not in your score: please report it");
        Box::pin(std::future::ready(Err(failure)))
    }
}
