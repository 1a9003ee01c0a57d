//! What must hold of every plan, whatever it was lowered from.

use std::collections::BTreeSet;

use crate::base::Name;

use crate::value::Callee;

use super::{Body, Expr, ExprKind, Guard, Kind, NodeIx, Plan, Slot, Target, Use};

impl Plan {
    /// What doesn't hold of this plan though it must; nothing, if lowering is right.
    #[must_use]
    pub fn defects(&self) -> Vec<String> {
        let mut found = Defects { plan: self, list: Vec::new(), names: BTreeSet::new() };
        for movement in &self.movements {
            let params = count(movement.params.len());
            found.names.clear();
            let given = (0..params).chain(movement.captured.iter().copied()).collect();
            found.body(&movement.name, movement.body.0, &given);
        }
        for part in &self.parts {
            let params = count(part.params.len());
            let clauses = [&part.player, &part.from, &part.retry, &part.quorum, &part.prefill, &part.stdin];
            let clauses = clauses.into_iter().flatten().chain(&part.turns).chain(&part.within);
            for expr in clauses.chain(part.tools.iter().map(|tool| &tool.callee)) {
                found.slots_below(&part.name, expr, params + 1);
            }
            for ensure in &part.ensures {
                found.slots_below(&part.name, &ensure.condition, params + 1);
                found.slots_below(&part.name, &ensure.message, params + 1);
            }
        }
        for instrument in &self.instruments {
            found.slots_below(&instrument.name, &instrument.value, count(instrument.params.len()));
        }
        for function in &self.functions {
            found.slots_below("a function", &function.value, function.slots);
        }
        for condition in &self.conditions {
            found.slots_below("a condition", &condition.test, 1);
        }
        found.list
    }
}

struct Defects<'a> {
    plan: &'a Plan,
    list: Vec<String>,
    /// Names given in the movement in work.
    names: BTreeSet<Name>,
}

impl Defects<'_> {
    fn slots_below(&mut self, place: &str, expr: &Expr, bound: u32) {
        for slot in expr.slots() {
            if slot >= bound {
                self.list.push(format!("{place}: slot {slot} of {bound}"));
            }
        }
        self.captures(place, expr);
    }

    /// A function captures as many slots as it has beside its parameters.
    fn captures(&mut self, place: &str, expr: &Expr) {
        let plan = self.plan;
        expr.walk(&mut |expr| {
            let ExprKind::Function(callee, captured) = &expr.kind else { return };
            let fits = match callee {
                Callee::Pure(id) => plan
                    .functions
                    .get(*id as usize)
                    .is_some_and(|function| count(captured.len()) + function.params == function.slots),
                Callee::Movement(id) => plan
                    .movements
                    .get(*id as usize)
                    .is_some_and(|movement| captured.len() == movement.captured.len()),
            };
            if !fits {
                self.list.push(format!("{place}: {callee:?} captures {} slots", captured.len()));
            }
        });
    }

    /// A body whose slots in `given` are set from outside.
    fn body(&mut self, place: &str, id: u32, given: &BTreeSet<Slot>) {
        let Some(body) = self.plan.bodies.get(id as usize) else {
            self.list.push(format!("{place}: no body {id}"));
            return;
        };
        let mut set = given.clone();
        if let Some(slot) = set.iter().find(|slot| **slot >= body.slots) {
            self.list.push(format!("{place}: is handed slot {slot} of {}", body.slots));
        }
        let mut guard = None;
        for (at, node) in (0..).zip(&body.nodes) {
            let here = format!("{place}/{}", node.name);
            if !matches!(node.kind, Kind::Pure(_) | Kind::Guard(_) | Kind::Say(_))
                && !self.names.insert(node.name.clone())
            {
                self.list.push(format!("{here}: the name stands twice"));
            }
            for slot in &node.ins {
                self.reads(&here, *slot, &set);
            }
            if node.guard != guard {
                self.list.push(format!("{here}: guard {:?}, not {guard:?}", node.guard));
            }
            if node.holds {
                guard = Some(at);
            }
            self.node(&here, &node.kind, &mut set, &node.ins);
            if let Some(out) = node.out {
                self.sets(&here, out, body.slots, &mut set);
            }
            self.readers(&here, body, at, &node.ins);
        }
        if let Some(result) = body.result {
            self.reads(place, result, &set);
        }
    }

    fn reads(&mut self, place: &str, slot: Slot, set: &BTreeSet<Slot>) {
        if !set.contains(&slot) {
            self.list.push(format!("{place}: reads slot {slot} before it is set"));
        }
    }

    fn sets(&mut self, place: &str, slot: Slot, slots: u32, set: &mut BTreeSet<Slot>) {
        if slot >= slots {
            self.list.push(format!("{place}: sets slot {slot} of {slots}"));
        }
        if !set.insert(slot) {
            self.list.push(format!("{place}: sets slot {slot} again"));
        }
    }

    fn readers(&mut self, place: &str, body: &Body, at: NodeIx, ins: &[Slot]) {
        for slot in ins {
            let known = body.readers.get(*slot as usize).is_some_and(|readers| readers.contains(&at));
            if !known {
                self.list.push(format!("{place}: slot {slot} doesn't know its reader"));
            }
        }
    }

    fn node(&mut self, place: &str, kind: &Kind, set: &mut BTreeSet<Slot>, ins: &[Slot]) {
        match kind {
            Kind::Pure(expr) => {
                self.among(place, expr, ins);
            }
            Kind::Call(call) => {
                let wanted = match call.target {
                    Target::Part(part) => self.plan.parts.get(part.0 as usize).map(|part| part.params.len()),
                    Target::World { .. } => Some(call.arguments.len()),
                };
                self.same(place, wanted, call.arguments.len());
            }
            Kind::Movement { movement, arguments } => {
                let wanted =
                    self.plan.movements.get(movement.0 as usize).map(|movement| movement.params.len());
                self.same(place, wanted, arguments.len());
                arguments.iter().for_each(|slot| self.reads(place, *slot, set));
            }
            Kind::Apply { callee: _, arguments, by } => {
                arguments.iter().chain(by).for_each(|slot| self.reads(place, *slot, set));
            }
            Kind::Branch(arms) => {
                for arm in arms {
                    if let Some(test) = &arm.test {
                        self.among(place, test, ins);
                    }
                    self.used(place, &arm.body, &[], set);
                }
            }
            Kind::For(each) => {
                let own: Vec<Slot> = std::iter::once(each.item).chain(each.index).collect();
                self.used(place, &each.body, &own, set);
            }
            Kind::Repeat(repeat) => {
                repeat.starts.iter().for_each(|slot| self.reads(place, *slot, set));
                self.same(place, Some(repeat.starts.len()), repeat.carried.len());
                self.used(place, &repeat.body, &repeat.carried, set);
                if let Some((used, carried)) = &repeat.otherwise {
                    self.used(place, used, carried, set);
                }
            }
            Kind::Together(lanes) => lanes.iter().for_each(|lane| self.used(place, lane, &[], set)),
            Kind::Otherwise(otherwise) => {
                self.used(place, &otherwise.body, &[], set);
                let error: Vec<Slot> = otherwise.error.into_iter().collect();
                self.used(place, &otherwise.fallback, &error, set);
            }
            Kind::Limit(limit) => self.used(place, &limit.body, &[], set),
            Kind::Guard(Guard::Require { message, .. }) => self.among(place, message, ins),
            Kind::Guard(_) | Kind::Wait(_) | Kind::Say(_) => {}
        }
    }

    fn same(&mut self, place: &str, wanted: Option<usize>, found: usize) {
        if wanted != Some(found) {
            self.list.push(format!("{place}: {found} values where {wanted:?} are wanted"));
        }
    }

    fn among(&mut self, place: &str, expr: &Expr, ins: &[Slot]) {
        for slot in expr.slots() {
            if !ins.contains(&slot) {
                self.list.push(format!("{place}: uses slot {slot}, which is not among its inputs"));
            }
        }
        self.captures(place, expr);
    }

    fn used(&mut self, place: &str, used: &Use, own: &[Slot], set: &mut BTreeSet<Slot>) {
        let mut given: BTreeSet<Slot> = own.iter().copied().collect();
        for input in &used.inputs {
            self.reads(place, input.from, set);
            if !given.insert(input.to) {
                self.list.push(format!("{place}: slot {} is handed in twice", input.to));
            }
        }
        self.body(place, used.body.0, &given);
        for output in &used.outputs {
            if !set.insert(output.to) {
                self.list.push(format!("{place}: sets slot {} again", output.to));
            }
        }
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
