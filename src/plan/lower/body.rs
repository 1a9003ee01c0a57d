//! Bodies and functions while they are built: slots, names, what is handed in and out.

use std::collections::HashMap;

use super::{Lower, Lowered};
use crate::base::{Name, NodeId, Span};
use crate::plan::{
    Body, BodyId, Expr, ExprKind, Function, Guard, Input, Kind, LowerError, Node, NodeIx, Output, Slot, Use,
};
use crate::value::Callee;

/// What has a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A name, by the node that defines it.
    Name(NodeId),
    /// `it`
    It,
}

/// A body or function in progress.
pub(super) struct Builder {
    pub nodes: Vec<Node>,
    slots: u32,
    names: HashMap<Key, Slot>,
    /// What is handed in from around it, in order of first use.
    inputs: Vec<Input>,
    /// `let`s of its own, in order: names that live on where it opens no scope.
    pub lets: Vec<(NodeId, Slot)>,
    guard: Option<NodeIx>,
    /// Whether it sees the names around it.
    sees_out: bool,
    /// Whether nodes may stand in it.
    takes_nodes: bool,
}

impl Builder {
    /// A movement's: sees nothing around it.
    pub fn movement() -> Self {
        Self { takes_nodes: true, ..Self::closed() }
    }

    /// A nested body's.
    pub fn nested() -> Self {
        Self { takes_nodes: true, sees_out: true, ..Self::closed() }
    }

    /// A small function's.
    pub fn function() -> Self {
        Self { sees_out: true, ..Self::closed() }
    }

    /// That of expressions that see nothing around them: clauses, conditions, defaults.
    pub fn closed() -> Self {
        Self {
            nodes: Vec::new(),
            slots: 0,
            names: HashMap::new(),
            inputs: Vec::new(),
            lets: Vec::new(),
            guard: None,
            sees_out: false,
            takes_nodes: false,
        }
    }

    pub fn fresh(&mut self) -> Slot {
        self.slots += 1;
        self.slots - 1
    }

    pub fn define(&mut self, key: Key, slot: Slot) {
        self.names.insert(key, slot);
    }

    /// The slot that a slot around it is handed into.
    fn hand_in(&mut self, from: Slot) -> Slot {
        if let Some(input) = self.inputs.iter().find(|input| input.from == from) {
            return input.to;
        }
        let to = self.fresh();
        self.inputs.push(Input { from, to });
        to
    }

    /// A new slot for this name.
    pub fn introduce(&mut self, key: Key) -> Slot {
        let slot = self.fresh();
        self.define(key, slot);
        slot
    }
}

/// The slot of a name in the innermost builder; handed down from where it is defined.
pub(super) fn reach(stack: &mut [Builder], key: Key) -> Option<Slot> {
    let (inner, outer) = stack.split_last_mut()?;
    if let Some(slot) = inner.names.get(&key) {
        return Some(*slot);
    }
    if !inner.sees_out {
        return None;
    }
    let from = reach(outer, key)?;
    let to = inner.hand_in(from);
    inner.define(key, to);
    Some(to)
}

impl Lower<'_> {
    /// The builder in work.
    pub(super) fn here(&mut self, span: Span) -> Lowered<&mut Builder> {
        self.stack.last_mut().ok_or(LowerError::LostTrack { what: "the body around this", span })
    }

    /// Whether nodes may stand here.
    pub(super) fn in_body(&self) -> bool {
        self.stack.last().is_some_and(|builder| builder.takes_nodes)
    }

    pub(super) fn fresh(&mut self, span: Span) -> Lowered<Slot> {
        Ok(self.here(span)?.fresh())
    }

    pub(super) fn introduce(&mut self, definition: NodeId, span: Span) -> Lowered<Slot> {
        Ok(self.here(span)?.introduce(Key::Name(definition)))
    }

    /// Puts a node into the body; `out` is the slot it sets.
    pub(super) fn push(&mut self, kind: Kind, out: Option<Slot>, name: Name, span: Span) -> Lowered<()> {
        if !self.in_body() {
            return Err(LowerError::NotPlannable { what: "something that takes a step of its own", span });
        }
        let ins = node_ins(&kind).into_boxed_slice();
        let holds = self.holds(&kind);
        let body = self.here(span)?;
        let at = u32::try_from(body.nodes.len()).unwrap_or(u32::MAX);
        body.nodes.push(Node { kind, ins, out, guard: body.guard, holds, name, span });
        if holds {
            body.guard = Some(at);
        }
        Ok(())
    }

    /// Puts a node into the body that sets a slot of its own.
    pub(super) fn push_out(&mut self, kind: Kind, name: Name, span: Span) -> Lowered<Expr> {
        let out = self.fresh(span)?;
        self.push(kind, Some(out), name, span)?;
        Ok(Expr::slot(out, span))
    }

    /// The slot that holds an expression's value: its own, or that of a new step.
    pub(super) fn slot_of(&mut self, expr: Expr, name: &str) -> Lowered<Slot> {
        if let ExprKind::Slot(slot) = expr.kind {
            return Ok(slot);
        }
        let span = expr.span;
        let out = self.fresh(span)?;
        self.push(Kind::Pure(expr), Some(out), Name::from(name), span)?;
        Ok(out)
    }

    /// Hands a slot of the body around into the one in work.
    pub(super) fn hand_in(&mut self, from: Slot, span: Span) -> Lowered<Slot> {
        Ok(self.here(span)?.hand_in(from))
    }

    /// Builds a nested body. `fill` gives the slot of its value, if it has one.
    pub(super) fn nest(
        &mut self,
        span: Span,
        fill: impl FnOnce(&mut Self) -> Lowered<Option<Slot>>,
    ) -> Lowered<Use> {
        let (used, _) = self.nest_open(span, fill)?;
        Ok(used)
    }

    /// Builds a nested body that opens no scope: what it names lives on around it.
    pub(super) fn nest_scopeless(
        &mut self,
        span: Span,
        fill: impl FnOnce(&mut Self) -> Lowered<Option<Slot>>,
    ) -> Lowered<Use> {
        let (mut used, lets) = self.nest_open(span, fill)?;
        let mut outputs = Vec::new();
        for (definition, from) in lets {
            let to = self.introduce(definition, span)?;
            self.here(span)?.lets.push((definition, to));
            outputs.push(Output { from, to });
        }
        used.outputs = outputs.into_boxed_slice();
        Ok(used)
    }

    fn nest_open(
        &mut self,
        span: Span,
        fill: impl FnOnce(&mut Self) -> Lowered<Option<Slot>>,
    ) -> Lowered<(Use, Vec<(NodeId, Slot)>)> {
        self.stack.push(Builder::nested());
        let result = fill(self);
        let Some(done) = self.stack.pop() else { return Err(LowerError::LostTrack { what: "a body", span }) };
        let inputs = done.inputs.into_boxed_slice();
        let body = self.add_body(Body::new(done.nodes, done.slots, result?));
        Ok((Use { body, inputs, outputs: Box::default() }, done.lets))
    }

    /// Closes the movement in work and keeps its body.
    pub(super) fn finish_movement(&mut self, result: Option<Slot>, span: Span) -> Lowered<BodyId> {
        let Some(done) = self.stack.pop() else { return Err(LowerError::LostTrack { what: "a body", span }) };
        Ok(self.add_body(Body::new(done.nodes, done.slots, result)))
    }

    /// Closes a small function that calls, and says what it captures.
    pub(super) fn finish_capturing(&mut self, result: Slot, span: Span) -> Lowered<(BodyId, Vec<Input>)> {
        let Some(done) = self.stack.pop() else { return Err(LowerError::LostTrack { what: "a body", span }) };
        let body = self.add_body(Body::new(done.nodes, done.slots, Some(result)));
        Ok((body, done.inputs))
    }

    /// Builds a small function of these parameters; it captures what its value uses from around it.
    pub(super) fn function(
        &mut self,
        params: &[Key],
        span: Span,
        fill: impl FnOnce(&mut Self) -> Lowered<Expr>,
    ) -> Lowered<Expr> {
        let mut builder = Builder::function();
        for param in params {
            builder.introduce(*param);
        }
        self.stack.push(builder);
        let value = fill(self);
        let Some(done) = self.stack.pop() else {
            return Err(LowerError::LostTrack { what: "a function", span });
        };
        let id = u32::try_from(self.plan.functions.len()).unwrap_or(u32::MAX);
        let params = u32::try_from(params.len()).unwrap_or(u32::MAX);
        self.plan.functions.push(Function { params, slots: done.slots, value: value? });
        let captured = done.inputs.iter().map(|input| input.from).collect();
        Ok(Expr { kind: ExprKind::Function(Callee::Pure(id), captured), span })
    }

    /// Notes that a `let` of this body has this slot.
    pub(super) fn name_let(&mut self, definition: NodeId, slot: Slot, span: Span) -> Lowered<()> {
        let body = self.here(span)?;
        body.define(Key::Name(definition), slot);
        body.lets.push((definition, slot));
        Ok(())
    }

    fn add_body(&mut self, body: Body) -> BodyId {
        let id = BodyId(u32::try_from(self.plan.bodies.len()).unwrap_or(u32::MAX));
        self.plan.bodies.push(body);
        id
    }

    fn has_guard(&self, used: &Use) -> bool {
        self.plan.bodies.get(used.body.0 as usize).is_some_and(|body| body.has_guard)
    }

    /// Whether a node holds back what follows it: a guard that is not under a `for` or in a movement.
    fn holds(&self, kind: &Kind) -> bool {
        let leaves = |expr: &Expr| expr.may_leave(&self.plan.functions);
        match kind {
            Kind::Guard(_) | Kind::Wait(_) => true,
            Kind::Pure(expr) => leaves(expr),
            Kind::Branch(arms) => {
                arms.iter().any(|arm| arm.test.as_ref().is_some_and(leaves) || self.has_guard(&arm.body))
            }
            Kind::Repeat(repeat) => {
                self.has_guard(&repeat.body)
                    || repeat.otherwise.as_ref().is_some_and(|(used, _)| self.has_guard(used))
            }
            Kind::Together(lanes) => lanes.iter().any(|lane| self.has_guard(lane)),
            Kind::Otherwise(otherwise) => {
                self.has_guard(&otherwise.body) || self.has_guard(&otherwise.fallback)
            }
            Kind::Limit(limit) => self.has_guard(&limit.body),
            Kind::Call(_) | Kind::Movement { .. } | Kind::Apply { .. } | Kind::For(_) | Kind::Say(_) => false,
        }
    }
}

/// The slots a node must have before it starts, each once.
fn node_ins(kind: &Kind) -> Vec<Slot> {
    let slots: Vec<Slot> = match kind {
        Kind::Pure(expr) => return expr.slots(),
        Kind::Call(call) => {
            call.arguments.iter().chain(&call.by).chain(&call.within).chain(&call.retry).copied().collect()
        }
        Kind::Apply { callee, .. } => vec![*callee],
        Kind::Movement { .. } | Kind::Together(_) | Kind::Otherwise(_) => Vec::new(),
        Kind::Branch(arms) => arms.iter().filter_map(|arm| arm.test.as_ref()).flat_map(Expr::slots).collect(),
        Kind::For(each) => vec![each.list],
        Kind::Repeat(repeat) => std::iter::once(repeat.bound).chain(repeat.every).collect(),
        Kind::Limit(limit) => limit.time.into_iter().chain(limit.money).collect(),
        Kind::Guard(guard) => guard_ins(guard),
        Kind::Wait(slot) | Kind::Say(slot) => vec![*slot],
    };
    let mut once = Vec::with_capacity(slots.len());
    for slot in slots {
        if !once.contains(&slot) {
            once.push(slot);
        }
    }
    once
}

fn guard_ins(guard: &Guard) -> Vec<Slot> {
    match guard {
        Guard::Require { condition, message } => std::iter::once(*condition).chain(message.slots()).collect(),
        Guard::Fail(slot) | Guard::Skip(slot) => vec![*slot],
        Guard::Return { value, condition } | Guard::Stop { value, condition } => {
            value.iter().chain(condition).copied().collect()
        }
    }
}
