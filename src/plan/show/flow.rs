//! What values are made from.

use std::collections::BTreeSet;

use super::casting::From;
use super::survey::{Seen, Survey};
use super::{Call, Outline, Step, Why};
use crate::plan::{BodyId, ExprKind, Kind};

/// What a value is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadeFrom {
    /// The calls whose answers it is made from, by number.
    pub calls: Vec<u32>,
    /// The parameters that it is made from, by name.
    pub inputs: Vec<String>,
}

impl Outline {
    /// All calls, in written order.
    #[must_use]
    pub fn calls(&self) -> Vec<&Call> {
        let mut calls = Vec::new();
        let mut pending: Vec<&Step> = self.steps.iter().rev().collect();
        while let Some(step) = pending.pop() {
            match step {
                Step::Call(call) => calls.push(&**call),
                Step::Movement { steps, .. } => pending.extend(steps.iter().rev()),
                Step::Group(group) => pending.extend(group.steps.iter().rev()),
                Step::Guard(_) => {}
            }
        }
        calls
    }
}

impl Call {
    /// What it is asked is made from.
    #[must_use]
    pub fn made(&self) -> MadeFrom {
        let values = self.waits.iter().filter(|wait| wait.why == Why::Value);
        MadeFrom { calls: values.flat_map(|wait| wait.on.iter()).collect(), inputs: self.inputs.clone() }
    }
}

impl Survey<'_> {
    /// What that which a body gives is made from; of a list that is written out, for each element.
    pub(super) fn made(&self, body: BodyId, seen: &Seen) -> Vec<MadeFrom> {
        let result = self.plan.bodies.get(body.0 as usize).and_then(|body| {
            let node = body.nodes.iter().find(|node| node.out.is_some() && node.out == body.result)?;
            match &node.kind {
                Kind::Pure(expr) => Some(expr),
                _ => None,
            }
        });
        match result.map(|expr| &expr.kind) {
            Some(ExprKind::List(elements)) => {
                let made = elements.iter().map(|element| self.from(&From::of(&element.slots(), &seen.facts)));
                made.collect()
            }
            _ => vec![self.from(&seen.result.from)],
        }
    }

    fn from(&self, from: &From) -> MadeFrom {
        MadeFrom { calls: from.calls.iter().copied().collect(), inputs: self.names_of(&from.inputs) }
    }

    /// The names of parameters of what is outlined.
    pub(super) fn names_of(&self, inputs: &BTreeSet<u32>) -> Vec<String> {
        inputs.iter().filter_map(|at| self.inputs.get(*at as usize)).map(ToString::to_string).collect()
    }
}
