//! Tests, and the plan with a test's stand-ins in its chairs.

use std::sync::Arc;

use super::{
    Body, BodyId, Call, Expr, ExprKind, Instrument, InstrumentId, Kind, MovementId, Node, Part, PartId, Plan,
    Slot, Target,
};
use crate::base::{Name, Span};
use crate::value::Value;

/// A test: a movement that nobody calls, and who sits in which chair while it is performed.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// Its name.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// What it does.
    pub movement: MovementId,
    /// Who sits where.
    pub seats: Vec<Seating>,
    /// `seat files`: a map from paths to what they hold.
    pub files: Option<Expr>,
    /// `seat clock`: a text.
    pub clock: Option<Expr>,
}

/// One `seat`.
#[derive(Debug, Clone)]
pub struct Seating {
    /// Whose chair.
    pub chair: Chair,
    /// Who sits there: over no slots.
    pub value: Expr,
}

/// Whose chair somebody sits in.
#[derive(Debug, Clone)]
pub enum Chair {
    /// A declared instrument's.
    Instrument(InstrumentId),
    /// A part's player's; a part with type parameters is several.
    Parts(Vec<PartId>),
    /// A movement is played as a whole; one with type parameters is several.
    Movements(Vec<MovementId>),
}

impl Plan {
    /// The plan with a chair for everything that a test seats, and for each of its seats the name of that
    /// chair: a declared instrument of this plan.
    ///
    /// A seated part is played by an instrument of its own, whatever a call says. A seated movement becomes
    /// one call of a part without words that has the movement's parameters.
    #[must_use]
    pub fn seated(&self, test: &TestCase) -> (Self, Vec<Name>) {
        let mut plan = self.clone();
        let chairs = test.seats.iter().map(|seat| match &seat.chair {
            Chair::Instrument(id) => Arc::clone(&plan.instruments[id.0 as usize].name),
            Chair::Parts(parts) => plan.seat_parts(parts),
            Chair::Movements(movements) => plan.seat_movements(movements),
        });
        let chairs = chairs.collect();
        (plan, chairs)
    }

    fn seat_parts(&mut self, parts: &[PartId]) -> Name {
        let mut chair = Name::from("part");
        for id in parts {
            let part = &mut self.parts[id.0 as usize];
            chair = Name::from(format!("part {}", part.name));
            let span = part.span;
            let declared = part.player.take().unwrap_or_else(|| Expr::constant(Value::Nothing, span));
            let player = add_chair(&mut self.instruments, &chair, declared, span);
            part.player = Some(player);
        }
        for node in self.bodies.iter_mut().flat_map(|body| &mut body.nodes) {
            if let Kind::Call(call) = &mut node.kind
                && matches!(&call.target, Target::Part(id) if parts.contains(id))
            {
                call.by = None;
            }
        }
        chair
    }

    fn seat_movements(&mut self, movements: &[MovementId]) -> Name {
        let mut chair = Name::from("movement");
        for id in movements {
            let movement = &self.movements[id.0 as usize];
            let (name, span) = (Arc::clone(&movement.name), movement.span);
            chair = Name::from(format!("movement {name}"));
            let nobody = Expr::constant(Value::Nothing, span);
            let player = add_chair(&mut self.instruments, &chair, nobody, span);
            let part = PartId(u32::try_from(self.parts.len()).unwrap_or(u32::MAX));
            let body = BodyId(u32::try_from(self.bodies.len()).unwrap_or(u32::MAX));
            self.parts.push(Part {
                name: Arc::clone(&name),
                doc: Arc::clone(&movement.doc),
                span,
                params: movement.params.clone(),
                returns: movement.returns.clone(),
                player: Some(player),
                tools: Box::default(),
                turns: None,
                lines: Box::default(),
                opening: Arc::from(""),
                from: None,
                ensures: Box::default(),
                retry: None,
                within: Box::default(),
                quorum: None,
                marked: Box::default(),
                class: None,
                fresh: false,
                prefill: None,
                stdin: None,
            });
            self.bodies.push(one_call(part, movement.params.len(), name, span));
            self.movements[id.0 as usize].body = body;
        }
        chair
    }
}

/// A declared instrument more, and the expression that names it.
fn add_chair(instruments: &mut Vec<Instrument>, name: &Name, value: Expr, span: Span) -> Expr {
    let id = InstrumentId(u32::try_from(instruments.len()).unwrap_or(u32::MAX));
    instruments.push(Instrument { name: Arc::clone(name), span, params: Box::default(), value });
    Expr { kind: ExprKind::Instrument(id, Box::default()), span }
}

/// A body that has a part played with its parameters.
fn one_call(part: PartId, params: usize, name: Name, span: Span) -> Body {
    let count: Slot = u32::try_from(params).unwrap_or(u32::MAX);
    let arguments: Box<[Slot]> = (0..count).collect();
    let call = Call {
        target: Target::Part(part),
        arguments: arguments.clone(),
        by: None,
        within: Box::default(),
        retry: None,
    };
    let node = Node {
        kind: Kind::Call(Box::new(call)),
        ins: arguments,
        out: Some(count),
        guard: None,
        holds: false,
        name,
        span,
    };
    Body::new(vec![node], count + 1, Some(count))
}
