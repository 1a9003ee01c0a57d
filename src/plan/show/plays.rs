//! Calls that a movement plays: what it does stands below the call, as often as the call is tried.

use std::collections::BTreeSet;

use super::count::Most;
use super::survey::{Around, Seen, Survey, chosen, fact};
use super::{Group, Step};
use crate::plan::{self, MovementId, Node, Target};
use crate::value::{Callee, Value};

/// The constructor of an instrument that is a movement.
pub(super) const MOVEMENT: &str = "movement";

impl Survey<'_> {
    /// What movements do that play a call, with the number that it has and as often as it is tried.
    pub(super) fn plays(
        &mut self,
        node: &Node,
        call: &plan::Call,
        (number, tries): (u32, u64),
        seen: &mut Seen,
        around: &Around,
    ) {
        let mut within = around.clone();
        within.path = format!("{}/{}", around.path, node.name);
        chosen(&mut within, &BTreeSet::from([number]), "it plays the call");
        for id in self.movements_of(call, seen) {
            let Some(name) = self.plan.movements.get(id.0 as usize).map(|movement| movement.name.clone())
            else {
                continue;
            };
            let Some(mut inner) = self.enter(id, Vec::new(), &within) else { continue };
            let rounds = (tries > 1).then(|| Most::of(tries));
            if let Some(rounds) = &rounds {
                inner.counts.multiply(rounds);
            }
            seen.counts.add(inner.counts);
            if !inner.steps.is_empty() {
                let (heading, line) = (format!("played by {name}"), self.pages.line(node.span));
                let group = Group { kind: "plays", heading, line, rounds, order: "", steps: inner.steps };
                seen.steps.push(Step::Group(Box::new(group)));
            }
        }
    }

    fn movements_of(&self, call: &plan::Call, seen: &Seen) -> Vec<MovementId> {
        let Target::Part(id) = call.target else { return Vec::new() };
        let Some(part) = self.plan.parts.get(id.0 as usize) else { return Vec::new() };
        let facts = &seen.facts;
        let by = call.by.filter(|by| fact(facts, *by).value != Some(Value::Nothing));
        let players = match (by, &part.player) {
            (Some(by), _) => fact(facts, by).players,
            (None, Some(player)) => {
                let arguments: Vec<_> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
                self.look.players(player, &arguments, true)
            }
            (None, None) => Vec::new(),
        };
        let movement = |function: &Value| match function {
            Value::Function(function) => match function.callee {
                Callee::Movement(id) => Some(MovementId(id)),
                Callee::Pure(_) => None,
            },
            _ => None,
        };
        let movements = players.iter().filter(|player| &*player.constructor == MOVEMENT);
        movements.filter_map(|player| movement(player.setting("function")?)).collect()
    }
}
