//! What does not change while a performance lasts: the plan, what was given, who sits in which chair, and
//! facts of each body that its frames share.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::{Name, Span};
use crate::builtin;
use crate::instrument::{CallId, Class, Opening, Price, Profile};
use crate::plan::{
    Body, BodyId, Call, Expr, ExprKind, Kind, MovementId, Node, NodeIx, Origin, Part, PartId, Plan, Slot,
    Target, Use,
};
use crate::types::{Signature, Type};
use crate::value::{Callee, Instrument, Map, Value};

use super::before::Taken;
use super::doing::Order;
use super::evaluate::{Evaluator, Failed, Given, Slots};
use super::frame::{NodeState, Phase};

/// Answers what the engine must know of instruments. A table over backends; no IO.
pub trait Profiles: Send + Sync {
    /// What an instrument is like when it plays a part that opens like this.
    fn profile(&self, instrument: &Instrument, opening: Opening<'_>) -> Profile;

    /// Whether there is a constructor of this name.
    fn exists(&self, constructor: &str) -> bool;
}

/// What does not change while a performance lasts.
pub struct Fixed {
    pub plan: Arc<Plan>,
    pub given: Given,
    /// Goes into idempotency keys.
    pub run: Arc<str>,
    /// What was taken of limits before the run went on.
    pub taken_before: HashMap<CallId, Taken>,
    profiles: Arc<dyn Profiles>,
    facts: Vec<Facts>,
    /// For each body what must be over before the strongest call in it starts.
    orders: Vec<Order>,
    /// For each part, who plays it where that depends on no value.
    seats: Vec<Option<Result<Arc<Seat>, Failed>>>,
    /// The builtins of the world that the plan calls, by their names.
    world: BTreeMap<&'static str, World>,
    /// Instruments as declared, for the chairs in which another one sits.
    declared: BTreeMap<Name, Arc<Instrument>>,
}

/// Who plays, and what that means.
#[derive(Debug, Clone)]
pub struct Seat {
    pub player: Arc<Instrument>,
    pub class: Class,
    pub order: Order,
    pub person: bool,
    /// What it remembers by, if it remembers.
    pub memory: Option<u128>,
    /// What its calls cost, as far as it is known before.
    pub price: Price,
}

/// A builtin of the world.
#[derive(Debug)]
pub struct World {
    /// Its name.
    pub name: Name,
    /// What it takes and gives.
    pub signature: Signature,
    /// Who performs it: an internal instrument.
    pub seat: Arc<Seat>,
}

impl World {
    fn of(target: &Target) -> Option<(&'static str, Self)> {
        let Target::World { instrument, builtin, class } = *target else { return None };
        let signature = builtin::find(builtin).map_or_else(
            || Signature { params: Vec::new(), returns: Type::Unknown },
            |found| (found.signature)(),
        );
        let (constructor, settings) = (Arc::from(instrument), Map::new());
        let player = Instrument { name: Arc::clone(&constructor), constructor, settings };
        let seat = Seat {
            player: Arc::new(player),
            class,
            order: Order::of(class),
            person: false,
            memory: None,
            price: Price::Free,
        };
        Some((builtin, Self { name: Arc::from(builtin), signature, seat: Arc::new(seat) }))
    }
}

/// What all frames of a body share.
#[derive(Debug)]
pub struct Facts {
    /// Its nodes as they are when it opens.
    pub nodes: Box<[NodeState]>,
    /// For each slot the nodes that hand it into bodies of their own.
    pub takers: Box<[Box<[NodeIx]>]>,
    /// The last node that holds back what follows.
    pub last_guard: Option<NodeIx>,
    /// The first node that may act.
    pub act_edge: NodeIx,
    /// Whether anything in it may act.
    pub may_act: bool,
    /// The pure nodes that ask for the path they stand in.
    pub ask_path: Vec<NodeIx>,
}

impl Fixed {
    pub fn new(plan: Arc<Plan>, given: Given, profiles: Arc<dyn Profiles>) -> Self {
        let bare = Given { seats: BTreeMap::new(), ..given.clone() };
        let mut declared = BTreeMap::new();
        for instrument in plan.instruments.iter().filter(|one| given.seats.contains_key(&*one.name)) {
            if let Ok(Value::Instrument(value)) =
                Evaluator::new(&plan, &bare).evaluate(&instrument.value, &[][..])
            {
                declared.insert(Arc::clone(&instrument.name), value);
            }
        }
        let mut fixed = Self {
            plan,
            given,
            run: Arc::from(""),
            taken_before: HashMap::new(),
            profiles,
            facts: Vec::new(),
            orders: Vec::new(),
            seats: Vec::new(),
            world: BTreeMap::new(),
            declared,
        };
        let nodes = fixed.plan.bodies.iter().flat_map(|body| &body.nodes);
        fixed.world = nodes.filter_map(|node| World::of(&called(node)?.target)).collect();
        fixed.seats = fixed.plan.parts.iter().map(|part| fixed.constant_seat(part)).collect();
        let mine = fixed.bodies_of_parts();
        let waits = |least: Order| {
            let is = |at, node: &Node| fixed.order_itself(at, node, &mine) >= least;
            fixed.bodies_with(&is, &|kind| fixed.inside_with_tools(kind))
        };
        let order = |(reads, acts)| match (reads, acts) {
            (_, true) => Order::Act,
            (true, false) => Order::Read,
            (false, false) => Order::Free,
        };
        let orders = waits(Order::Read).into_iter().zip(waits(Order::Act)).map(order).collect();
        fixed.orders = orders;
        let acts = |at, node: &Node| fixed.acts_itself(fixed.body(at), node);
        let may_act = fixed.bodies_with(&acts, &|kind| fixed.inside(kind));
        fixed.facts = (0..)
            .zip(&fixed.plan.bodies)
            .map(|(at, body)| fixed.facts_of(BodyId(at), body, &may_act))
            .collect();
        fixed
    }

    pub fn body(&self, body: BodyId) -> &Body {
        &self.plan.bodies[body.0 as usize]
    }

    pub fn node(&self, body: BodyId, node: NodeIx) -> &Node {
        &self.body(body).nodes[node as usize]
    }

    pub fn facts(&self, body: BodyId) -> &Facts {
        &self.facts[body.0 as usize]
    }

    /// Whether a body may act; it may as long as that is not found out.
    pub fn may_act_inside(&self, body: BodyId) -> bool {
        self.facts.get(body.0 as usize).is_none_or(|facts| facts.may_act)
    }

    /// The slot of a movement's last parameter.
    pub fn last_param(&self, movement: MovementId) -> Slot {
        let params = self.plan.movements[movement.0 as usize].params.len();
        u32::try_from(params).unwrap_or(u32::MAX).saturating_sub(1)
    }

    pub fn part(&self, part: PartId) -> &Part {
        &self.plan.parts[part.0 as usize]
    }

    pub fn evaluate<S: Slots + ?Sized>(&self, expr: &Expr, slots: &S) -> Result<Value, Failed> {
        self.evaluator().evaluate(expr, slots)
    }

    /// An evaluator of the plan's expressions.
    pub fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::new(&self.plan, &self.given)
    }

    /// The same for the expressions of the call with this path.
    pub fn evaluate_at<S: Slots + ?Sized>(
        &self,
        path: &str,
        expr: &Expr,
        slots: &S,
    ) -> Result<Value, Failed> {
        self.evaluator().at(path).evaluate(expr, slots)
    }

    /// What was taken of a limit before the run went on.
    pub fn taken_before(&self, limit: CallId) -> Taken {
        self.taken_before.get(&limit).copied().unwrap_or_default()
    }

    pub fn exists(&self, constructor: &str) -> bool {
        self.profiles.exists(constructor)
    }

    /// Who plays a part that names its player without looking at any value.
    pub fn seat_of(&self, part: PartId) -> Option<&Result<Arc<Seat>, Failed>> {
        self.seats[part.0 as usize].as_ref()
    }

    /// A builtin of the world that the plan calls.
    pub fn world(&self, builtin: &str) -> Option<&World> {
        self.world.get(builtin)
    }

    /// What it means that this instrument plays this part; `instead` of the part's own player or not.
    pub fn seat(&self, part: &Part, player: Arc<Instrument>, instead: bool) -> Seat {
        let opening = Opening { words: &part.opening, has_text: !part.lines.is_empty() };
        if let Some((movement, _)) = super::within::movement_of(&player) {
            let player = if &*player.name == super::within::MOVEMENT {
                let name = Arc::clone(&self.plan.movements[movement.0 as usize].name);
                Arc::new(Instrument { name, ..(*player).clone() })
            } else {
                player
            };
            // What it calls has an order of its own.
            let class = part.class.unwrap_or(self.class_of(movement));
            return Seat {
                player,
                class,
                order: Order::Free,
                person: false,
                memory: None,
                price: Price::Free,
            };
        }
        let profile = self.profiles.profile(&player, opening);
        let declared =
            self.declared.get(&player.name).filter(|_| self.given.seats.contains_key(&*player.name));
        let class = match (part.class, declared) {
            (Some(class), None) if !instead => class,
            (Some(class), _) => class.max(profile.class),
            (None, Some(declared)) => self.profiles.profile(declared, opening).class.max(profile.class),
            (None, None) => profile.class,
        };
        let order = match class {
            _ if profile.ordered => Order::Act,
            class => Order::of(class),
        };
        Seat { player, class, order, person: profile.person, memory: None, price: profile.price }
    }

    fn constant_seat(&self, part: &Part) -> Option<Result<Arc<Seat>, Failed>> {
        let player = part.player.as_ref().filter(|player| slotless(player))?;
        match self.evaluate(player, &[][..]) {
            // What a movement does is known when all bodies are.
            Ok(Value::Instrument(player)) if super::within::movement_of(&player).is_some() => None,
            Ok(Value::Instrument(player)) => Some(Ok(Arc::new(self.seat(part, player, false)))),
            Ok(_) => None,
            Err(failed) => Some(Err(failed)),
        }
    }

    /// What must be over before a movement is called, for the strongest of what it calls.
    pub fn order_of(&self, movement: MovementId) -> Order {
        let movement = &self.plan.movements[movement.0 as usize];
        if movement.thinks { Order::Free } else { self.orders[movement.body.0 as usize] }
    }

    /// Which bodies hold a node that is so: those with such a node, and all around them.
    fn bodies_with(
        &self,
        is: &dyn Fn(BodyId, &Node) -> bool,
        inside: &dyn Fn(&Kind) -> Vec<BodyId>,
    ) -> Vec<bool> {
        let count = self.plan.bodies.len();
        let mut around: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut so = vec![false; count];
        let mut found = Vec::new();
        for ((at, body), id) in self.plan.bodies.iter().enumerate().zip((0..).map(BodyId)) {
            for node in &body.nodes {
                for inner in inside(&node.kind) {
                    around[inner.0 as usize].push(at);
                }
                if !so[at] && is(id, node) {
                    so[at] = true;
                    found.push(at);
                }
            }
        }
        while let Some(inner) = found.pop() {
            for at in std::mem::take(&mut around[inner]) {
                if !std::mem::replace(&mut so[at], true) {
                    found.push(at);
                }
            }
        }
        so
    }

    /// The bodies whose acts are a node's acts.
    fn inside(&self, kind: &Kind) -> Vec<BodyId> {
        match kind {
            Kind::Movement { movement, .. } => self.seen_through(*movement).into_iter().collect(),
            kind => uses(kind).iter().map(|part| part.body).collect(),
        }
    }

    /// The same with the tools of a call.
    fn inside_with_tools(&self, kind: &Kind) -> Vec<BodyId> {
        match kind {
            Kind::Call(call) => match call.target {
                Target::Part(part) => {
                    tools(self.part(part)).filter_map(|tool| self.seen_through(tool)).collect()
                }
                Target::World { .. } => Vec::new(),
            },
            kind => self.inside(kind),
        }
    }

    fn seen_through(&self, movement: MovementId) -> Option<BodyId> {
        let movement = &self.plan.movements[movement.0 as usize];
        (!movement.thinks).then_some(movement.body)
    }

    fn acts_itself(&self, body: &Body, node: &Node) -> bool {
        match &node.kind {
            // What is passed may act.
            Kind::Wait(_) | Kind::Apply { .. } => true,
            Kind::Call(call) => self.call_may_act(body, call),
            _ => false,
        }
    }

    fn may_act(&self, body: &Body, node: &Node, bodies: &[bool]) -> bool {
        self.acts_itself(body, node) || self.inside(&node.kind).iter().any(|inner| bodies[inner.0 as usize])
    }

    fn call_may_act(&self, body: &Body, call: &Call) -> bool {
        match call.target {
            Target::World { class, .. } => class == Class::Acts,
            Target::Part(id) => {
                let part = self.part(id);
                passes_tools(part)
                    || tools(part).any(|tool| self.order_of(tool) == Order::Act)
                    || self.known_seat(body, call, id).is_none_or(|seat| seat.class == Class::Acts)
            }
        }
    }

    /// What must be over before a node starts, what it opens apart. Where a part is a tool, nobody says by whom
    /// it is played but itself.
    fn order_itself(&self, at: BodyId, node: &Node, mine: &BTreeMap<BodyId, Span>) -> Order {
        match &node.kind {
            Kind::Wait(_) | Kind::Apply { .. } => Order::Act,
            Kind::Call(call) => match call.target {
                Target::World { class, .. } => Order::of(class),
                Target::Part(id) if passes_tools(self.part(id)) => Order::Act,
                Target::Part(id) => {
                    let own = mine.get(&at) == Some(&self.part(id).span);
                    let seat = if own { self.own_seat(id) } else { self.known_seat(self.body(at), call, id) };
                    seat.map_or(Order::Act, |seat| seat.order)
                }
            },
            _ => Order::Free,
        }
    }

    /// The bodies of movements that are made of a part, with the place of the part.
    fn bodies_of_parts(&self) -> BTreeMap<BodyId, Span> {
        let mut found = BTreeMap::new();
        for movement in self.plan.movements.iter().filter(|movement| movement.origin == Origin::Part) {
            let mut pending = vec![movement.body];
            while let Some(body) = pending.pop() {
                found.insert(body, movement.span);
                let inside = self.body(body).nodes.iter().flat_map(|node| uses(&node.kind));
                pending.extend(inside.map(|part| part.body));
            }
        }
        found
    }

    fn own_seat(&self, id: PartId) -> Option<Arc<Seat>> {
        self.seats[id.0 as usize].as_ref()?.as_ref().ok().cloned()
    }

    /// Who plays a call of a part, where that is the same in every frame.
    fn known_seat(&self, body: &Body, call: &Call, id: PartId) -> Option<Arc<Seat>> {
        let Some(slot) = call.by else { return self.own_seat(id) };
        let part = self.part(id);
        match self.evaluate(known_instrument(body, slot)?, &[][..]) {
            Ok(Value::Instrument(player)) => Some(Arc::new(self.seat(part, player, part.player.is_some()))),
            _ => None,
        }
    }

    fn facts_of(&self, id: BodyId, body: &Body, may_act: &[bool]) -> Facts {
        let state = |node: &Node| {
            let missing = node.ins.len() + usize::from(node.guard.is_some());
            NodeState {
                phase: Phase::Waiting,
                quiet: !self.may_act(body, node, may_act),
                missing: u32::try_from(missing).unwrap_or(u32::MAX),
                doing: None,
            }
        };
        let nodes: Box<[NodeState]> = body.nodes.iter().map(state).collect();
        let mut takers: Vec<Vec<NodeIx>> = vec![Vec::new(); body.slots as usize];
        let mut last_guard = None;
        let mut ask_path = Vec::new();
        for (at, node) in (0..).zip(&body.nodes) {
            if node.holds {
                last_guard = Some(at);
            }
            if matches!(&node.kind, Kind::Pure(expr) if has(expr, &|kind| matches!(kind, ExprKind::CallId))) {
                ask_path.push(at);
            }
            for slot in taken(&node.kind) {
                let takers = &mut takers[slot as usize];
                if takers.last() != Some(&at) {
                    takers.push(at);
                }
            }
        }
        let act_edge = nodes.iter().take_while(|node| node.quiet).count();
        Facts {
            takers: takers.into_iter().map(Vec::into_boxed_slice).collect(),
            last_guard,
            act_edge: u32::try_from(act_edge).unwrap_or(u32::MAX),
            may_act: may_act[id.0 as usize],
            ask_path,
            nodes,
        }
    }
}

/// The call that a node is, if it is one.
fn called(node: &Node) -> Option<&Call> {
    match &node.kind {
        Kind::Call(call) => Some(call),
        _ => None,
    }
}

/// The bodies that a node opens, in the order that [`super::frame::Frame::part`] counts them.
pub fn uses(kind: &Kind) -> Vec<&Use> {
    match kind {
        Kind::Branch(arms) => arms.iter().map(|arm| &arm.body).collect(),
        Kind::For(each) => vec![&each.body],
        Kind::Repeat(repeat) => {
            std::iter::once(&repeat.body).chain(repeat.otherwise.as_ref().map(|(part, _)| part)).collect()
        }
        Kind::Together(lanes) => lanes.iter().collect(),
        Kind::Otherwise(otherwise) => vec![&otherwise.body, &otherwise.fallback],
        Kind::Limit(limit) => vec![&limit.body],
        _ => Vec::new(),
    }
}

/// The body that a node opens as its part of this number.
pub fn part_of(kind: &Kind, part: u32) -> Option<&Use> {
    let at = part as usize;
    match kind {
        Kind::Branch(arms) => arms.get(at).map(|arm| &arm.body),
        Kind::For(each) => Some(&each.body),
        Kind::Repeat(repeat) if at == 0 => Some(&repeat.body),
        Kind::Repeat(repeat) => repeat.otherwise.as_ref().map(|(part, _)| part),
        Kind::Together(lanes) => lanes.get(at),
        Kind::Otherwise(otherwise) if at == 0 => Some(&otherwise.body),
        Kind::Otherwise(otherwise) => Some(&otherwise.fallback),
        Kind::Limit(limit) => Some(&limit.body),
        _ => None,
    }
}

/// The slots around it that a node hands into bodies of its own.
fn taken(kind: &Kind) -> Vec<Slot> {
    let mut slots: Vec<Slot> =
        uses(kind).into_iter().flat_map(|part| part.inputs.iter().map(|input| input.from)).collect();
    match kind {
        Kind::Movement { arguments, .. } => slots.extend(arguments),
        Kind::Apply { arguments, by, .. } => slots.extend(arguments.iter().chain(by)),
        Kind::Repeat(repeat) => slots.extend(&repeat.starts),
        _ => {}
    }
    slots
}

/// The tools of a part that are known beforehand.
fn tools(part: &Part) -> impl Iterator<Item = MovementId> {
    part.tools.iter().filter_map(|tool| match tool.callee.kind {
        ExprKind::Function(Callee::Movement(id), _) => Some(MovementId(id)),
        _ => None,
    })
}

/// Whether a part has tools that are passed to it.
fn passes_tools(part: &Part) -> bool {
    part.tools.iter().any(|tool| !matches!(tool.callee.kind, ExprKind::Function(..)))
}

/// The expression that sets this slot, if it gives the same in every frame.
fn known_instrument(body: &Body, slot: Slot) -> Option<&Expr> {
    body.nodes.iter().find(|node| node.out == Some(slot)).and_then(|node| match &node.kind {
        Kind::Pure(expr) if slotless(expr) => Some(expr),
        _ => None,
    })
}

/// Whether an expression looks at no slot and at no path: it gives the same wherever it stands.
fn slotless(expr: &Expr) -> bool {
    !has(expr, &|kind| match kind {
        ExprKind::Slot(_) | ExprKind::CallId => true,
        ExprKind::Function(_, captured) => !captured.is_empty(),
        _ => false,
    })
}

fn has(expr: &Expr, is: &dyn Fn(&ExprKind) -> bool) -> bool {
    let mut found = false;
    expr.walk(&mut |expr| found |= is(&expr.kind));
    found
}
