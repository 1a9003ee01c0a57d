//! Goes through a movement as it would be performed, every arm and one round of every loop.

use std::collections::BTreeSet;
use std::ops::Range;

use super::casting::{Casting, Fact, From, Look, sized};
use super::cost::Takes;
use super::count::{Counts, Most};
use super::line::Pages;
use super::needs::Needed;
use super::{Group, Guard, Outline, PlayerMost, Step, Unpriced, Wait, Why};
use crate::base::{Name, SourceMap, on_deep_stack};
use crate::instrument::Class;
use crate::plan::{self, Arm, BodyId, Kind, MovementId, Node, Plan, Slot, Use};
use crate::value::{Callee, Value};

/// How deep movements are gone into: the engine goes no deeper.
const DEEPEST: usize = 256;

/// How many calls of movements are gone into: whoever calls more in ever new ways is told of the first ones.
const MANY: usize = 10_000;

/// The work in progress.
pub(super) struct Survey<'a> {
    pub plan: &'a Plan,
    pub look: Look<'a>,
    pub pages: Pages<'a>,
    pub needs: Needed,
    /// Calls so far, in written order.
    pub calls: Vec<Made>,
    /// Movements being gone through.
    opened: Vec<MovementId>,
    /// Movements that were met inside themselves.
    recursive: BTreeSet<u32>,
    /// How many movements were gone into.
    entered: usize,
    /// For each movement being gone through, what that which it returns is made from, and whether it does.
    returned: Vec<(From, bool)>,
    /// The parameters of what is outlined.
    pub inputs: Vec<Name>,
    bodies: usize,
    /// How many limits in money are around.
    pub limits: usize,
    /// Calls of which nobody knows what they cost at most.
    pub unpriced: Vec<Unpriced>,
}

/// What later calls must know of an earlier one.
pub(super) struct Made {
    pub class: Option<Class>,
    /// Which body it stands in, counted as they are gone through.
    pub body: usize,
    /// What it needed to be over, and whose answers it uses.
    pub uses: BTreeSet<u32>,
    pub player: String,
}

/// What stands around a body.
#[derive(Clone, Default)]
pub(super) struct Around {
    pub path: String,
    /// What everything inside waits for.
    pub waits: Vec<Wait>,
    /// Calls of other lanes: there is no order between them and what is inside.
    pub lanes: Vec<Range<u32>>,
    /// Whether the nearest loop is a `for` whose rounds act in order.
    pub in_order: bool,
    pub body: usize,
}

/// What was found of a body.
#[derive(Default)]
pub(super) struct Seen {
    pub steps: Vec<Step>,
    pub counts: Counts,
    pub result: Fact,
    pub facts: Vec<Fact>,
}

impl Outline {
    /// What a movement will do.
    #[must_use]
    pub fn of(plan: &Plan, movement: MovementId, casting: Casting<'_>, sources: &SourceMap) -> Option<Self> {
        on_deep_stack(|| Self::surveyed(plan, movement, casting, sources))
    }

    fn surveyed(
        plan: &Plan,
        movement: MovementId,
        casting: Casting<'_>,
        sources: &SourceMap,
    ) -> Option<Self> {
        let performed = plan.movements.get(movement.0 as usize)?;
        let mut survey = Survey {
            plan,
            look: Look { plan, casting },
            pages: Pages::new(sources),
            needs: Needed::default(),
            calls: Vec::new(),
            opened: vec![movement],
            recursive: BTreeSet::new(),
            entered: 0,
            returned: vec![(From::default(), false)],
            inputs: performed.params.iter().map(|param| param.name.clone()).collect(),
            bodies: 0,
            limits: 0,
            unpriced: Vec::new(),
        };
        let mut given = Vec::new();
        for (slot, param) in (0..).zip(&performed.params) {
            let fact = param.default.as_ref().map_or_else(Fact::default, |default| {
                survey.needs.expression(plan, default);
                survey.look.fact(default, &[])
            });
            // A text given on the command line may be another: only who plays by default is of use.
            let from = From { inputs: BTreeSet::from([slot]), ..From::default() };
            given.push((slot, Fact { value: None, from, most: sized(&param.ty), ..fact }));
        }
        let around = Around { path: performed.name.to_string(), ..Around::default() };
        let mut seen = survey.body(performed.body, given, &around);
        survey.bound_recursion(movement, &mut seen.counts);
        if survey.entered > MANY {
            let because =
                format!("movements are called in more than {MANY} places, of which the first are shown");
            seen.counts.multiply(&Most::unbounded(because));
        }
        let parameters = performed
            .params
            .iter()
            .map(|param| match &param.default {
                None => format!("{}: {}", param.name, param.ty),
                Some(default) => {
                    format!("{}: {} = {}", param.name, param.ty, survey.pages.written(default.span))
                }
            })
            .collect();
        Some(Self {
            movement: performed.name.to_string(),
            doc: performed.doc.to_string(),
            parameters,
            returns: performed.returns.to_string(),
            made: survey.made(performed.body, &seen),
            steps: seen.steps,
            spend: seen.counts.spend,
            unpriced: survey.unpriced,
            most: seen.counts.entries().map(|(player, most)| PlayerMost { player, most }).collect(),
            needs: survey.needs,
        })
    }
}

impl Survey<'_> {
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.calls.len() + 1).unwrap_or(u32::MAX)
    }

    fn body(&mut self, id: BodyId, given: Vec<(Slot, Fact)>, around: &Around) -> Seen {
        let plan = self.plan;
        let Some(body) = plan.bodies.get(id.0 as usize) else { return Seen::default() };
        self.bodies += 1;
        let mut around = Around { body: self.bodies, ..around.clone() };
        let outside = around.waits.clone();
        let mut seen = Seen { facts: vec![Fact::default(); body.slots as usize], ..Seen::default() };
        for (slot, fact) in given {
            set(&mut seen.facts, slot, fact);
        }
        for node in &body.nodes {
            let first = self.next_number();
            let fact = self.node(node, &mut seen, &around);
            if let Some(out) = node.out {
                set(&mut seen.facts, out, fact);
            }
            if node.holds {
                let wait = self.hold(node, &seen.facts, first);
                around.waits.clone_from(&outside);
                around.waits.push(wait);
            }
        }
        seen.result = body.result.and_then(|slot| seen.facts.get(slot as usize)).cloned().unwrap_or_default();
        seen
    }

    /// What follows a node that holds waits for.
    fn hold(&self, node: &Node, facts: &[Fact], first: u32) -> Wait {
        let inside = first..self.next_number();
        let on: BTreeSet<u32> = calls_of(&node.ins, facts).into_iter().chain(inside).collect();
        let word = if matches!(node.kind, Kind::Guard(plan::Guard::Skip(_))) { "if " } else { "" };
        let (heading, line) = (self.pages.heading(node.span), self.pages.line(node.span));
        let text = format!("`{word}{heading}` on line {line}");
        Wait { why: Why::Guard, on: on.into_iter().collect(), text }
    }

    fn node(&mut self, node: &Node, seen: &mut Seen, around: &Around) -> Fact {
        match &node.kind {
            Kind::Pure(expr) => {
                self.needs.expression(self.plan, expr);
                if node.holds {
                    self.guard(node, seen);
                }
                self.look.fact(expr, &seen.facts)
            }
            Kind::Call(call) => self.played(node, call, seen, around),
            Kind::Movement { movement, arguments } => self.movement(*movement, arguments, node, seen, around),
            Kind::Apply { callee, arguments, by } => {
                let all: Vec<Slot> = arguments.iter().chain(by).copied().collect();
                match fact(&seen.facts, *callee).value {
                    Some(Value::Function(function)) => match function.callee {
                        Callee::Movement(id) => self.movement(MovementId(id), &all, node, seen, around),
                        Callee::Pure(_) => Fact::default(),
                    },
                    _ => {
                        let name = node.name.to_string();
                        let why = Most::unbounded(format!("`{name}` is passed as a value"));
                        seen.counts.add(Counts::call(
                            format!("whoever `{name}` calls"),
                            why,
                            Takes::default(),
                        ));
                        seen.steps.push(Step::Movement { name, thinks: false, steps: Vec::new() });
                        Fact { from: From::of(&all, &seen.facts), ..Fact::default() }
                    }
                }
            }
            Kind::Branch(arms) => self.branch(node, arms, seen, around),
            Kind::For(each) => self.each(node, each, seen, around),
            Kind::Repeat(repeat) => self.repeat(node, repeat, seen, around),
            Kind::Together(lanes) => self.together(node, lanes, seen, around),
            Kind::Otherwise(otherwise) => self.otherwise(node, otherwise, seen, around),
            Kind::Limit(limit) => {
                let money = limit.money.map(|slot| fact(&seen.facts, slot).value);
                self.limits += usize::from(money.is_some());
                let mut inner = self.used(&limit.body, Vec::new(), seen, around);
                self.limits -= usize::from(money.is_some());
                if let Some(Some(Value::Money(cap))) = money {
                    inner.counts.cap(cap);
                }
                let result = inner.result.clone();
                self.group("limit", self.pages.heading(node.span), node, inner, seen);
                result
            }
            Kind::Guard(guard) => self.guarded(node, guard, seen),
            Kind::Wait(_) => {
                self.guard(node, seen);
                Fact::default()
            }
            Kind::Say(_) => Fact::default(),
        }
    }

    /// A call, with its tools and the movement that plays it.
    fn played(&mut self, node: &Node, call: &plan::Call, seen: &mut Seen, around: &Around) -> Fact {
        let (shown, counts, fact) = self.call(node, call, &seen.facts, around);
        let (number, tries) = (shown.number, shown.tries);
        seen.steps.push(Step::Call(Box::new(shown)));
        let before = std::mem::replace(&mut seen.counts, counts);
        // Its own limit in money holds for its tools and for the movement that plays it.
        let limit = self.own_limit(call, &seen.facts);
        self.limits += usize::from(limit.is_some());
        self.tools(node, call, number, seen, around);
        self.plays(node, call, (number, tries), seen, around);
        self.limits -= usize::from(limit.is_some());
        let mut counts = std::mem::replace(&mut seen.counts, before);
        if let Some(cap) = limit {
            counts.cap(cap);
        }
        seen.counts.add(counts);
        fact
    }

    fn guarded(&mut self, node: &Node, guard: &plan::Guard, seen: &mut Seen) -> Fact {
        match guard {
            // A condition of a `for`: its heading says it.
            plan::Guard::Skip(_) => {}
            plan::Guard::Return { value, .. } => {
                if let Some(returned) = self.returned.last_mut() {
                    returned.0.add(&From::of(value.as_slice(), &seen.facts));
                    returned.1 = true;
                }
                self.guard(node, seen);
            }
            plan::Guard::Require { message, .. } => {
                self.needs.expression(self.plan, message);
                self.guard(node, seen);
            }
            plan::Guard::Fail(_) | plan::Guard::Stop { .. } => self.guard(node, seen),
        }
        Fact::default()
    }

    fn guard(&self, node: &Node, seen: &mut Seen) {
        let text = match node.kind {
            Kind::Pure(_) | Kind::Guard(plan::Guard::Require { .. }) => self.pages.heading(node.span),
            _ => self.pages.written(node.span),
        };
        let on = calls_of(&node.ins, &seen.facts).into_iter().collect();
        seen.steps.push(Step::Guard(Guard { text, line: self.pages.line(node.span), on }));
    }

    /// A nested body with what it is handed; what it hands out is noted around it.
    fn used(&mut self, used: &Use, own: Vec<(Slot, Fact)>, seen: &mut Seen, around: &Around) -> Seen {
        let mut given = own;
        for input in &used.inputs {
            given.push((input.to, fact(&seen.facts, input.from)));
        }
        let inner = self.body(used.body, given, around);
        for output in &used.outputs {
            set(&mut seen.facts, output.to, fact(&inner.facts, output.from));
        }
        inner
    }

    /// Puts what was found inside under a heading, if there is anything.
    fn group(&self, kind: &'static str, heading: String, node: &Node, inner: Seen, seen: &mut Seen) {
        seen.counts.add(inner.counts);
        if !inner.steps.is_empty() {
            seen.steps.push(self.headed(kind, heading, node, inner.steps));
        }
    }

    fn headed(&self, kind: &'static str, heading: String, node: &Node, steps: Vec<Step>) -> Step {
        let line = self.pages.line(node.span);
        Step::Group(Box::new(Group { kind, heading, line, rounds: None, order: "", steps }))
    }

    fn movement(
        &mut self,
        id: MovementId,
        arguments: &[Slot],
        node: &Node,
        seen: &mut Seen,
        around: &Around,
    ) -> Fact {
        let plan = self.plan;
        let Some(movement) = plan.movements.get(id.0 as usize) else { return Fact::default() };
        let (name, thinks) = (movement.name.to_string(), movement.thinks);
        let given = (0..).zip(arguments).map(|(to, from)| (to, fact(&seen.facts, *from))).collect();
        let around = Around { path: format!("{}/{}", around.path, node.name), ..around.clone() };
        let Some(inner) = self.enter(id, given, &around) else {
            seen.steps.push(Step::Movement { name, thinks, steps: Vec::new() });
            return Fact { from: From::of(arguments, &seen.facts), ..Fact::default() };
        };
        seen.counts.add(inner.counts);
        seen.steps.push(Step::Movement { name, thinks, steps: inner.steps });
        inner.result
    }

    /// Goes through a movement with what is known of its parameters; `None` where that is being done already, and where
    /// there is too much of it.
    pub(super) fn enter(
        &mut self,
        id: MovementId,
        given: Vec<(Slot, Fact)>,
        around: &Around,
    ) -> Option<Seen> {
        let plan = self.plan;
        let movement = plan.movements.get(id.0 as usize)?;
        if self.opened.contains(&id) {
            self.recursive.insert(id.0);
            return None;
        }
        self.entered += 1;
        if self.entered > MANY || self.opened.len() > DEEPEST {
            return None;
        }
        self.opened.push(id);
        self.returned.push((From::default(), false));
        let mut inner = self.body(movement.body, given, around);
        self.opened.pop();
        let (returned, leaves) = self.returned.pop().unwrap_or_default();
        if leaves {
            // It may give something else than its last line does.
            (inner.result.value, inner.result.most) = (None, sized(&movement.returns));
        }
        self.bound_recursion(id, &mut inner.counts);
        inner.result.from.add(&returned);
        Some(inner)
    }

    fn bound_recursion(&self, id: MovementId, counts: &mut Counts) {
        let Some(movement) = self.plan.movements.get(id.0 as usize) else { return };
        if self.recursive.contains(&id.0) {
            let deep = movement.depth.map_or(String::new(), |depth| format!(", up to {depth} deep"));
            counts.multiply(&Most::unbounded(format!("`{}` plays itself{deep}", movement.name)));
        }
    }

    fn branch(&mut self, node: &Node, arms: &[Arm], seen: &mut Seen, around: &Around) -> Fact {
        let mut decided = From::default();
        let mut result = Fact::default();
        let mut counts = Counts::default();
        for (at, arm) in arms.iter().enumerate() {
            if let Some(test) = &arm.test {
                decided.add(&From::of(&test.slots(), &seen.facts));
                self.needs.expression(self.plan, test);
            }
            let mut within = around.clone();
            chosen(&mut within, &decided.calls, "which way to go is decided by what they give");
            let inner = self.used(&arm.body, Vec::new(), seen, &within);
            result.players.extend(inner.result.players.clone());
            result.from.add(&inner.result.from);
            counts.either(inner.counts);
            if inner.steps.is_empty() {
                continue;
            }
            let kind = if arm.test.is_some() { "if" } else { "else" };
            let heading = self.arm_heading(node, at, arm);
            seen.steps.push(self.headed(kind, heading, node, inner.steps));
        }
        seen.counts.add(counts);
        result.from.add(&decided);
        result
    }

    fn arm_heading(&self, node: &Node, at: usize, arm: &Arm) -> String {
        let test = arm.test.as_ref().map(|test| self.pages.heading(test.span));
        let word = node.name.split('#').next().unwrap_or_default();
        match (word, test) {
            ("if", Some(_)) if at == 0 => self.pages.heading(node.span),
            ("if", Some(test)) => format!("else if {test}"),
            ("match", Some(test)) => format!("{}: {test}", self.pages.heading(node.span)),
            ("match", None) => format!("{}: else", self.pages.heading(node.span)),
            ("and" | "or" | "else" | "require", _) => self.pages.heading(node.span),
            (_, Some(test)) => test,
            (_, None) => "else".to_owned(),
        }
    }

    fn each(&mut self, node: &Node, each: &plan::For, seen: &mut Seen, around: &Around) -> Fact {
        let head = self.pages.heading(node.span);
        let list = fact(&seen.facts, each.list);
        let mut within = around.clone();
        within.path = format!("{}/{}[…]", around.path, node.name);
        within.in_order = !each.lanes;
        chosen(&mut within, &list.from.calls, "how many rounds there are is decided by what they give");
        let item = Fact { value: None, most: None, ..list.clone() };
        let mut own = vec![(each.item, item)];
        own.extend(each.index.map(|slot| (slot, Fact { from: list.from.clone(), ..Fact::default() })));
        let before = self.calls.len();
        let mut inner = self.used(&each.body, own, seen, &within);
        let rounds = self.rounds(list.most, each.body.body, &head, node, "its list has no size");
        let most = rounds.calls;
        inner.counts.multiply(&rounds);
        seen.counts.add(inner.counts);
        let acts =
            self.calls.iter().skip(before).any(|made| made.class.is_none_or(|class| class == Class::Acts));
        let order = match (each.lanes, acts) {
            (true, true) => "rounds at once, acts of different rounds in any order",
            (false, true) => "rounds at once, acts in the order of the list",
            (_, false) => "rounds at once",
        };
        self.looped("for", head, node, rounds, order, inner.steps, seen);
        let mut from = inner.result.from;
        from.add(&list.from);
        Fact { from, most, ..Fact::default() }
    }

    fn repeat(&mut self, node: &Node, repeat: &plan::Repeat, seen: &mut Seen, around: &Around) -> Fact {
        let head = self.pages.heading(node.span);
        let mut within = around.clone();
        within.path = format!("{}/{}[…]", around.path, node.name);
        within.in_order = false;
        let bound = fact(&seen.facts, repeat.bound);
        chosen(&mut within, &bound.from.calls, "how many rounds there are is decided by what they give");
        let carry = |slots: &[Slot], seen: &Seen| -> Vec<(Slot, Fact)> {
            let starts = repeat.starts.iter().map(|start| fact(&seen.facts, *start));
            slots.iter().copied().zip(starts).collect()
        };
        let first = self.next_number();
        let mut inner = self.used(&repeat.body, carry(&repeat.carried, seen), seen, &within);
        let known = match bound.value {
            Some(Value::Int(bound)) => u64::try_from(bound).ok(),
            _ => None,
        };
        let why = "its bound is known only when it runs";
        let rounds = self.rounds(known, repeat.body.body, &head, node, why);
        inner.counts.multiply(&rounds);
        seen.counts.add(inner.counts);
        let inside: BTreeSet<u32> = (first..self.next_number()).collect();
        self.looped("repeat", head, node, rounds, "one round after another", inner.steps, seen);
        let mut result = Fact { from: From::calls(inside.clone()), ..Fact::default() };
        result.from.inputs.extend(&inner.result.from.inputs);
        if let Some((used, carried)) = &repeat.otherwise {
            let mut after = around.clone();
            chosen(&mut after, &inside, "only where the rounds run out");
            let own = carry(carried, seen);
            let inner = self.used(used, own, seen, &after);
            result.from.add(&inner.result.from);
            self.group("else", "else".to_owned(), node, inner, seen);
        }
        result
    }

    /// How many rounds there are at most: as many as are known, else as the type says.
    fn rounds(&self, known: Option<u64>, body: BodyId, head: &str, node: &Node, why: &str) -> Most {
        let typed = || self.plan.bodies.get(body.0 as usize).and_then(|body| body.most);
        match known.into_iter().chain(typed()).min() {
            Some(most) => Most::of(most),
            None => Most::unbounded(format!("`{head}` on line {}: {why}", self.pages.line(node.span))),
        }
    }

    #[allow(clippy::too_many_arguments)] // all that is shown of a loop
    fn looped(
        &self,
        kind: &'static str,
        heading: String,
        node: &Node,
        rounds: Most,
        order: &'static str,
        steps: Vec<Step>,
        seen: &mut Seen,
    ) {
        if !steps.is_empty() {
            let line = self.pages.line(node.span);
            let group = Group { kind, heading, line, rounds: Some(rounds), order, steps };
            seen.steps.push(Step::Group(Box::new(group)));
        }
    }

    fn together(&mut self, node: &Node, lanes: &[Use], seen: &mut Seen, around: &Around) -> Fact {
        let first = self.next_number();
        let mut steps = Vec::new();
        let mut result = Fact::default();
        for lane in lanes {
            let mut within = around.clone();
            within.in_order = false;
            within.lanes.push(first..self.next_number());
            let inner = self.used(lane, Vec::new(), seen, &within);
            result = inner.result;
            seen.counts.add(inner.counts);
            steps.extend(inner.steps);
        }
        if !steps.is_empty() {
            let line = self.pages.line(node.span);
            let heading = self.pages.heading(node.span);
            let order = "acts of different statements in any order";
            let group = Group { kind: "together", heading, line, rounds: None, order, steps };
            seen.steps.push(Step::Group(Box::new(group)));
        }
        result
    }

    fn otherwise(
        &mut self,
        node: &Node,
        otherwise: &plan::Otherwise,
        seen: &mut Seen,
        around: &Around,
    ) -> Fact {
        let first = self.next_number();
        let tried = self.used(&otherwise.body, Vec::new(), seen, around);
        let inside: BTreeSet<u32> = (first..self.next_number()).collect();
        seen.counts.add(tried.counts);
        seen.steps.extend(tried.steps);
        let mut within = around.clone();
        chosen(&mut within, &inside, "only where one of them fails");
        let error =
            otherwise.error.map(|slot| (slot, Fact { from: From::calls(inside.clone()), ..Fact::default() }));
        let fallback = self.used(&otherwise.fallback, error.into_iter().collect(), seen, &within);
        let mut result = tried.result;
        (result.value, result.most) = (None, None);
        result.from.calls.extend(inside);
        result.from.add(&fallback.result.from);
        result.players.extend(fallback.result.players.clone());
        let kinds: Vec<&str> = otherwise.kinds.iter().map(|kind| kind.word()).collect();
        let on = if kinds.is_empty() { String::new() } else { format!(" on {}", kinds.join(", ")) };
        self.group("otherwise", format!("otherwise{on}"), node, fallback, seen);
        result
    }
}

/// Notes that what is inside waits for these calls to decide something.
pub(super) fn chosen(around: &mut Around, on: &BTreeSet<u32>, text: &str) {
    if !on.is_empty() {
        let on = on.iter().copied().collect();
        around.waits.push(Wait { why: Why::Chosen, on, text: text.to_owned() });
    }
}

fn set(facts: &mut [Fact], slot: Slot, fact: Fact) {
    if let Some(place) = facts.get_mut(slot as usize) {
        *place = fact;
    }
}

pub(super) fn fact(facts: &[Fact], slot: Slot) -> Fact {
    facts.get(slot as usize).cloned().unwrap_or_default()
}

/// The calls that these slots' values are made from.
pub(super) fn calls_of(slots: &[Slot], facts: &[Fact]) -> BTreeSet<u32> {
    From::of(slots, facts).calls
}
