//! Programs to plans.

use std::collections::HashMap;
use std::sync::Arc;

use super::program::{Block, Player, Program, Stmt, Var};
use crate::base::{Name, Span};
use crate::instrument::{Class, Opening, Profile};
use crate::plan::{
    Arm, Body, BodyId, Call, Compare, Expr, ExprKind, For, Guard, Input, Instrument, InstrumentId, Kind,
    Limit, Math, Movement, MovementId, Node, Otherwise, Output, Param, Part, PartId, Plan, Repeat, Slot,
    Target, Use,
};
use crate::types::Type;
use crate::value::Value;

/// A scope while it is lowered.
#[derive(Default)]
struct Scope {
    nodes: Vec<Node>,
    slots: u32,
    names: HashMap<Var, Slot>,
    inputs: Vec<Input>,
    guard: Option<u32>,
}

#[derive(Default)]
struct Lowering {
    bodies: Vec<Body>,
    scopes: Vec<Scope>,
    sites: u32,
}

pub fn plan(program: &Program) -> Plan {
    let mut lowering = Lowering::default();
    let mut movements = Vec::new();
    for (at, movement) in program.movements.iter().enumerate() {
        lowering.scopes.push(Scope::default());
        for param in &movement.params {
            let slot = lowering.fresh();
            lowering.top().names.insert(*param, slot);
        }
        let used = lowering.finish(&movement.body, &[]);
        movements.push(Movement {
            name: Arc::from(format!("m{at}")),
            doc: Arc::from(""),
            span: Span::at(0),
            params: movement.params.iter().map(|_| param("p", Type::Unknown)).collect(),
            returns: Type::Unknown,
            body: used.body,
            thinks: movement.thinks,
            captured: Box::default(),
            origin: crate::plan::Origin::Written,
            depth: None,
        });
    }
    Plan {
        movements,
        parts: parts(),
        instruments: Player::ALL.into_iter().map(instrument).collect(),
        bodies: lowering.bodies,
        functions: Vec::new(),
        conditions: Vec::new(),
        defaults: Vec::new(),
        tests: Vec::new(),
        prompt: None,
    }
}

/// One part per player and number of arguments (the tag and up to three).
fn parts() -> Vec<Part> {
    let mut parts = Vec::new();
    for (which, player) in (0..).zip(Player::ALL) {
        for count in 0..=3 {
            let params = (0..=count).map(|at| param(&format!("a{at}"), Type::Unknown)).collect();
            let seat =
                Expr { kind: ExprKind::Instrument(InstrumentId(which), Box::new([])), span: Span::at(0) };
            parts.push(part(player.word(), params, Some(seat), Type::Json));
        }
    }
    parts
}

pub fn part(name: &str, params: Box<[Param]>, player: Option<Expr>, returns: Type) -> Part {
    Part {
        tools: Box::default(),
        turns: None,
        name: Arc::from(name),
        doc: Arc::from(""),
        span: Span::at(1),
        params,
        returns,
        player,
        lines: Box::new([]),
        opening: Arc::from(""),
        from: None,
        ensures: Box::new([]),
        retry: None,
        within: Box::new([]),
        quorum: None,
        marked: Box::default(),
        class: None,
        fresh: false,
        prefill: None,
        stdin: None,
    }
}

pub fn param(name: &str, ty: Type) -> Param {
    Param { name: Arc::from(name), doc: Arc::from(""), ty, default: None }
}

pub fn instrument(player: Player) -> Instrument {
    Instrument {
        name: Arc::from(player.word()),
        span: Span::at(0),
        params: Box::new([]),
        value: Expr { kind: ExprKind::Construct(Arc::from(player.word()), Box::new([])), span: Span::at(0) },
    }
}

/// What the players are like.
pub struct Cast;

impl crate::engine::Profiles for Cast {
    fn profile(&self, instrument: &crate::value::Instrument, _: Opening<'_>) -> Profile {
        let player = Player::ALL.into_iter().find(|player| player.word() == &*instrument.constructor);
        match player {
            Some(Player::Reader) => Class::Reads.profile(),
            Some(Player::Actor) => Class::Acts.profile(),
            Some(Player::Person) => Profile { person: true, ..Class::Acts.profile() },
            Some(Player::Rememberer) => Profile { ordered: true, ..Class::Thinks.profile() },
            Some(Player::Thinker) => Class::Thinks.profile(),
            None => Profile { stand_in: true, ..Class::Thinks.profile() },
        }
    }

    fn exists(&self, _: &str) -> bool {
        true
    }
}

pub fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::at(9) }
}

pub fn constant(value: Value) -> Expr {
    expr(ExprKind::Constant(value))
}

/// `slot % 2 == 0`
pub fn even(slot: Slot) -> Expr {
    let two = Box::new(constant(Value::Int(2)));
    let rest = expr(ExprKind::Math(Math::Remainder, Box::new(Expr::slot(slot, Span::at(9))), two));
    expr(ExprKind::Compare(Compare::Equal, Box::new(rest), Box::new(constant(Value::Int(0)))))
}

impl Lowering {
    fn top(&mut self) -> &mut Scope {
        self.scopes.last_mut().unwrap()
    }

    fn fresh(&mut self) -> Slot {
        let top = self.top();
        top.slots += 1;
        top.slots - 1
    }

    /// The slot of a name in the innermost scope; taken in from those around it if need be.
    fn slot(&mut self, var: Var) -> Slot {
        let depth = self.scopes.len() - 1;
        self.slot_at(var, depth)
    }

    fn slot_at(&mut self, var: Var, depth: usize) -> Slot {
        if let Some(slot) = self.scopes[depth].names.get(&var) {
            return *slot;
        }
        assert!(depth > 0, "v{var} is not in scope");
        let from = self.slot_at(var, depth - 1);
        let scope = &mut self.scopes[depth];
        let to = scope.slots;
        scope.slots += 1;
        scope.names.insert(var, to);
        scope.inputs.push(Input { from, to });
        to
    }

    fn node(&mut self, kind: Kind, ins: Vec<Slot>, out: Option<Slot>, holds: bool) {
        self.sites += 1;
        let name: Name = Arc::from(format!("s{}", self.sites));
        let span = Span::at(self.sites);
        let top = self.top();
        let guard = top.guard;
        if holds {
            top.guard = Some(u32::try_from(top.nodes.len()).unwrap());
        }
        let mut once: Vec<Slot> = Vec::new();
        for slot in ins {
            if !once.contains(&slot) {
                once.push(slot);
            }
        }
        top.nodes.push(Node { kind, ins: once.into(), out, guard, holds, name, span });
    }

    fn pure(&mut self, expr: Expr, ins: Vec<Slot>) -> Slot {
        let out = self.fresh();
        self.node(Kind::Pure(expr), ins, Some(out), false);
        out
    }

    fn bind(&mut self, var: Var) -> Slot {
        let slot = self.fresh();
        self.top().names.insert(var, slot);
        slot
    }

    /// Lowers a block into the innermost scope and closes that.
    fn finish(&mut self, block: &Block, outs: &[Var]) -> Use {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        let result = block.result.map(|var| self.slot(var));
        let inner: Vec<Slot> = outs.iter().map(|var| self.slot(*var)).collect();
        let scope = self.scopes.pop().unwrap();
        let id = BodyId(u32::try_from(self.bodies.len()).unwrap());
        self.bodies.push(Body::new(scope.nodes, scope.slots, result));
        let outputs = outs
            .iter()
            .zip(inner)
            .map(|(var, from)| Output { from, to: self.bind(*var) })
            .collect::<Vec<_>>()
            .into();
        Use { body: id, inputs: scope.inputs.into(), outputs }
    }

    fn block(&mut self, block: &Block) -> Use {
        self.scopes.push(Scope::default());
        self.finish(block, &[])
    }

    /// A scope whose names live on after it.
    fn lane(&mut self, stmts: &[Stmt]) -> Use {
        self.scopes.push(Scope::default());
        let outs: Vec<Var> = stmts.iter().flat_map(Stmt::outs).collect();
        self.finish(&Block { stmts: stmts.to_vec(), result: outs.last().copied() }, &outs)
    }

    fn holds(&self, used: &Use) -> bool {
        self.bodies[used.body.0 as usize].has_guard
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Call { player, tag, args, out } => self.call(*player, *tag, args, *out),
            Stmt::Sum { a, n, out } => {
                let a = self.slot(*a);
                let sum = ExprKind::Math(
                    Math::Add,
                    Box::new(Expr::slot(a, Span::at(9))),
                    Box::new(constant(Value::Int(*n))),
                );
                let slot = self.pure(expr(sum), vec![a]);
                self.top().names.insert(*out, slot);
            }
            Stmt::If { a, then, other, out } => {
                let a = self.slot(*a);
                let then = Arm { test: Some(even(a)), body: self.block(then) };
                let other = Arm { test: None, body: self.block(other) };
                let holds = self.holds(&then.body) || self.holds(&other.body);
                let out = self.bind(*out);
                self.node(Kind::Branch(Box::new([then, other])), vec![a], Some(out), holds);
            }
            Stmt::For { .. } | Stmt::Repeat { .. } => self.looping(stmt),
            Stmt::Together(stmts) => {
                let lanes: Vec<Use> =
                    stmts.iter().map(|stmt| self.lane(std::slice::from_ref(stmt))).collect();
                let holds = lanes.iter().any(|lane| self.holds(lane));
                self.node(Kind::Together(lanes.into()), Vec::new(), None, holds);
            }
            Stmt::Otherwise { body, error: bound, fallback, out } => {
                let body = self.block(body);
                self.scopes.push(Scope::default());
                let error = match bound {
                    Some(error) => self.bind(*error),
                    None => self.fresh(),
                };
                let fallback = self.finish(fallback, &[]);
                let holds = self.holds(&body) || self.holds(&fallback);
                let out = self.bind(*out);
                let otherwise = Otherwise { body, kinds: Box::new([]), fallback, error: Some(error) };
                self.node(Kind::Otherwise(Box::new(otherwise)), Vec::new(), Some(out), holds);
            }
            Stmt::Limit(stmts) => {
                let time = self.pure(constant(Value::Duration(60_000)), Vec::new());
                let body = self.lane(stmts);
                let holds = self.holds(&body);
                self.node(
                    Kind::Limit(Box::new(Limit { time: Some(time), money: None, body })),
                    vec![time],
                    None,
                    holds,
                );
            }
            Stmt::Movement { which, args, out } => {
                let arguments: Vec<Slot> = args.iter().map(|arg| self.slot(*arg)).collect();
                let out = self.bind(*out);
                let movement = MovementId(u32::try_from(*which).unwrap());
                self.node(
                    Kind::Movement { movement, arguments: arguments.into() },
                    Vec::new(),
                    Some(out),
                    false,
                );
            }
            Stmt::Require { .. } | Stmt::Return { .. } => self.guard(stmt),
            Stmt::Wait => {
                let time = self.pure(constant(Value::Duration(1_000)), Vec::new());
                self.node(Kind::Wait(time), vec![time], None, true);
            }
            Stmt::Say => {
                let text = self.pure(constant(Value::text("so far")), Vec::new());
                self.node(Kind::Say(text), vec![text], None, false);
            }
        }
    }

    fn guard(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Require { a, holds } => {
                let a = self.slot(*a);
                let test = if *holds { constant(Value::Bool(true)) } else { even(a) };
                let condition = self.pure(test, vec![a]);
                let message = constant(Value::text("required"));
                self.node(Kind::Guard(Guard::Require { condition, message }), vec![condition], None, true);
            }
            Stmt::Return { a, b } => {
                let (a, b) = (self.slot(*a), self.slot(*b));
                let condition = self.pure(even(b), vec![b]);
                let guard = Guard::Return { value: Some(a), condition: Some(condition) };
                self.node(Kind::Guard(guard), vec![a, condition], None, true);
            }
            _ => unreachable!("no other statement is a guard"),
        }
    }

    fn call(&mut self, player: Player, tag: i64, args: &[Var], out: Var) {
        let which = Player::ALL.iter().position(|one| *one == player).unwrap() * 4 + args.len();
        let tag = self.pure(constant(Value::Int(tag)), Vec::new());
        let mut slots = vec![tag];
        for arg in args {
            slots.push(self.slot(*arg));
        }
        let out = self.bind(out);
        let call = Call {
            target: Target::Part(PartId(u32::try_from(which).unwrap())),
            arguments: slots.clone().into(),
            by: None,
            within: Box::new([]),
            retry: None,
        };
        self.node(Kind::Call(Box::new(call)), slots, Some(out), false);
    }

    fn looping(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::For { count, lanes, item, skip, body, out } => {
                let range = ExprKind::Range(
                    Box::new(constant(Value::Int(1))),
                    Box::new(constant(Value::Int(*count))),
                );
                let list = self.pure(expr(range), Vec::new());
                self.scopes.push(Scope::default());
                let item = self.bind(*item);
                if let Some(skip) = skip {
                    let slot = self.slot(*skip);
                    let condition = self.pure(even(slot), vec![slot]);
                    self.node(Kind::Guard(Guard::Skip(condition)), vec![condition], None, true);
                }
                let body = self.finish(body, &[]);
                let out = self.bind(*out);
                let each = For { list, item, index: None, lanes: *lanes, by_number: true, body };
                self.node(Kind::For(Box::new(each)), vec![list], Some(out), false);
            }
            Stmt::Repeat { bound, start, carried, body, stop, other, out } => {
                let bound = self.pure(constant(Value::Int(*bound)), Vec::new());
                let start = self.slot(*start);
                self.scopes.push(Scope::default());
                let inner = self.bind(*carried);
                let mut block = body.clone();
                for stmt in block.stmts.drain(..) {
                    self.stmt(&stmt);
                }
                if let Some(stop) = stop {
                    let slot = self.slot(*stop);
                    let condition = self.pure(even(slot), vec![slot]);
                    let guard = Guard::Stop { value: None, condition: Some(condition) };
                    self.node(Kind::Guard(guard), vec![condition], None, true);
                }
                let body = self.finish(&block, &[]);
                let otherwise = other.as_ref().map(|other| {
                    self.scopes.push(Scope::default());
                    let last = self.bind(*carried);
                    (self.finish(other, &[]), Box::from([last]))
                });
                let holds =
                    self.holds(&body) || otherwise.as_ref().is_some_and(|(other, _)| self.holds(other));
                let out = self.bind(*out);
                let repeat = Repeat {
                    bound,
                    every: None,
                    starts: Box::new([start]),
                    carried: Box::new([inner]),
                    names: Box::new([Arc::from("carried")]),
                    body,
                    can_stop: stop.is_some(),
                    otherwise,
                };
                self.node(Kind::Repeat(Box::new(repeat)), vec![bound], Some(out), holds);
            }
            _ => unreachable!(),
        }
    }
}
