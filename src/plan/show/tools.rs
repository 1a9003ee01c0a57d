//! What a call with tools may call: each under a heading, as often as its turns let it.

use std::collections::BTreeSet;

use super::casting::{Fact, sized};
use super::cost::Takes;
use super::count::{Counts, Most};
use super::survey::{Around, Seen, Survey, chosen, fact};
use super::{Group, Step};
use crate::instrument::Class;
use crate::plan::{self, CALLS_A_TURN, MovementId, Node, Origin, Part, Slot, TURNS, Target};
use crate::value::{Callee, Value};

impl Survey<'_> {
    /// In how many turns a call may call tools; `None` where it has none.
    pub(super) fn turns(&self, part: &Part, call: &plan::Call, facts: &[Fact]) -> Option<Most> {
        if part.tools.is_empty() {
            return None;
        }
        let Some(turns) = &part.turns else { return Some(Most::of(u64::from(TURNS))) };
        let arguments: Vec<Fact> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
        Some(match self.look.value(turns, &arguments) {
            Some(Value::Int(turns)) => Most::of(u64::try_from(turns.max(0)).unwrap_or(0)),
            _ => Most::unbounded(format!("the turns of `{}` are known only when it runs", part.name)),
        })
    }

    /// The class of a call with its strongest tool; `None` where one is known only when it runs.
    pub(super) fn class_with_tools(
        &mut self,
        own: Option<Class>,
        part: &Part,
        call: &plan::Call,
        facts: &[Fact],
        around: &Around,
    ) -> Option<Class> {
        let (before, unpriced) = (self.calls.len(), self.unpriced.len());
        let mut strongest = own;
        for (tool, movement) in self.tools_of(part, call, facts) {
            self.tool(movement?, tool, around);
            // What was gone through for its class alone has no numbers.
            for made in self.calls.split_off(before) {
                strongest = strongest.and_then(|most| Some(most.max(made.class?)));
            }
            self.unpriced.truncate(unpriced);
        }
        strongest
    }

    /// What a call may call.
    pub(super) fn tools(
        &mut self,
        node: &Node,
        call: &plan::Call,
        number: u32,
        seen: &mut Seen,
        around: &Around,
    ) {
        let plan = self.plan;
        let Target::Part(id) = call.target else { return };
        let Some(part) = plan.parts.get(id.0 as usize) else { return };
        let Some(turns) = self.turns(part, call, &seen.facts) else { return };
        let often = turns.times(&Most::of(u64::from(CALLS_A_TURN)));
        let mut within = around.clone();
        within.path = format!("{}/{}/turn[…]", around.path, node.name);
        within.in_order = false;
        chosen(&mut within, &BTreeSet::from([number]), "a tool: it is called where that asks for it");
        let line = self.pages.line(node.span);
        for (tool, movement) in self.tools_of(part, call, &seen.facts) {
            let (mut counts, steps) = match movement.map(|id| self.tool(id, tool, &within)) {
                Some(Some(inner)) => (inner.counts, inner.steps),
                Some(None) => (Counts::default(), Vec::new()),
                None => {
                    let why = Most::unbounded(format!("the tool `{}` is passed as a value", tool.name));
                    (
                        Counts::call(format!("whoever `{}` calls", tool.name), why, Takes::default()),
                        Vec::new(),
                    )
                }
            };
            counts.multiply(&often);
            seen.counts.add(counts);
            let heading = format!("using {}", tool.name);
            let rounds = Some(often.clone());
            seen.steps.push(Step::Group(Box::new(Group {
                kind: "using",
                heading,
                line,
                rounds,
                order: "",
                steps,
            })));
        }
    }

    /// The tools of a call, each with the movement that it is, where that is known.
    fn tools_of<'p>(
        &self,
        part: &'p Part,
        call: &plan::Call,
        facts: &[Fact],
    ) -> Vec<(&'p plan::Tool, Option<MovementId>)> {
        let arguments: Vec<Fact> = call.arguments.iter().map(|slot| fact(facts, *slot)).collect();
        let movement = |tool: &plan::Tool| match self.look.value(&tool.callee, &arguments)? {
            Value::Function(function) => match function.callee {
                Callee::Movement(id) => Some(MovementId(id)),
                Callee::Pure(_) => None,
            },
            _ => None,
        };
        part.tools.iter().map(|tool| (tool, movement(tool))).collect()
    }

    /// What a tool does; `None` where it is being gone through already.
    fn tool(&mut self, id: MovementId, tool: &plan::Tool, around: &Around) -> Option<Seen> {
        let plan = self.plan;
        let movement = plan.movements.get(id.0 as usize)?;
        let mut given: Vec<(Slot, Fact)> = Vec::new();
        for (slot, param) in (0..).zip(&movement.params) {
            if let Some(default) = &param.default {
                self.needs.expression(plan, default);
                // A model may say something else, but not who plays.
                let fact = self.look.fact(default, &[]);
                given.push((slot, Fact { value: None, most: sized(&param.ty), ..fact }));
            }
        }
        let mut within = around.clone();
        if movement.origin == Origin::Part {
            // Nobody says who plays it but itself.
            let last = u32::try_from(movement.params.len()).unwrap_or(u32::MAX).saturating_sub(1);
            given.push((last, Fact { value: Some(Value::Nothing), ..Fact::default() }));
        } else {
            within.path = format!("{}/{}", around.path, tool.name);
        }
        self.enter(id, given, &within)
    }
}
