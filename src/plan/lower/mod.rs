//! From the checked tree to the plan. One file per topic, as in the syntax tree.
//!
//! Pure expressions stay whole; what needs an instrument, or may leave, becomes a node in written order
//! (arguments before the call, left before right) whose value the expression around it reads from a slot.

mod body;
mod call;
mod callable;
mod choice;
mod expression;
mod generic;
mod guard;
mod item;
mod lambda;
mod names;
mod nested;
mod part;
mod pattern;
mod purity;
mod qualify;
mod served;
mod statement;
mod test;
mod text;
mod types;
mod world;

use std::collections::HashMap;

use body::{Builder, Key};

use super::{InstrumentId, LowerError, MovementId, PartId, Plan};
use crate::base::{Name, NodeId, Span, Table, on_deep_stack};
use crate::check::{CallFacts, Checked};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast;
use crate::types::Type;

type Lowered<T> = Result<T, LowerError>;

impl Plan {
    /// The plan of a checked program: all its movements, parts and instruments.
    ///
    /// # Errors
    /// Only where Score itself is at fault; see [`LowerError`].
    pub fn lower(checked: &Checked) -> Result<Self, LowerError> {
        on_deep_stack(|| {
            let mut lower = Lower::new(checked);
            lower.program()?;
            qualify::qualify(&mut lower.plan, &checked.program);
            // What tests say of items, they say by the names that these have in the plan.
            lower.tests()?;
            lower.defaults_of_instances();
            Ok(lower.plan)
        })
    }
}

/// Which part of the plan an item became.
#[derive(Clone, Copy)]
enum Made {
    Part(PartId),
    Movement(MovementId),
    Instrument(InstrumentId),
}

/// The work in progress.
struct Lower<'a> {
    checked: &'a Checked,
    plan: Plan,
    made: HashMap<ItemId, Made>,
    /// Parts and movements with type parameters, by what these stand for.
    instances: Vec<(ItemId, Vec<Type>, Made)>,
    /// How many of them have been lowered.
    lowered: usize,
    /// What the type parameters of the item in work stand for.
    bindings: Vec<Type>,
    /// Record types made from those with parameters.
    records: std::cell::RefCell<crate::types::Instances>,
    /// Movements behind parts that are passed as values.
    behind: HashMap<PartId, MovementId>,
    /// Bodies and functions being built, innermost last.
    stack: Vec<Builder>,
    /// How often each name was given in the movement so far.
    counts: HashMap<Name, u32>,
    /// The `let` whose value the next call gives.
    hint: Option<Name>,
    /// What the movement gives.
    returns: Type,
    /// The `repeat`s around, innermost last: the type of each and whether it can stop.
    repeats: Vec<(Type, bool)>,
    /// Which expressions need no node, as far as it was asked.
    pure: Table<bool>,
    /// Expressions whose value is in a slot already: what an `expect` compares.
    known: HashMap<NodeId, super::Slot>,
}

impl<'a> Lower<'a> {
    fn new(checked: &'a Checked) -> Self {
        let plan = Plan {
            movements: Vec::new(),
            parts: Vec::new(),
            instruments: Vec::new(),
            bodies: Vec::new(),
            functions: Vec::new(),
            conditions: Vec::new(),
            defaults: Vec::new(),
            tests: Vec::new(),
            prompt: None,
        };
        Self {
            checked,
            plan,
            made: HashMap::new(),
            instances: Vec::new(),
            lowered: 0,
            bindings: Vec::new(),
            records: std::cell::RefCell::new(checked.instances.clone()),
            behind: HashMap::new(),
            stack: Vec::new(),
            counts: HashMap::new(),
            hint: None,
            returns: Type::Unknown,
            repeats: Vec::new(),
            pure: Table::default(),
            known: HashMap::new(),
        }
    }

    /// The type of a node; unknown where none was noted.
    fn type_of(&self, node: NodeId) -> Type {
        let ty = self.checked.types.get(node).cloned().unwrap_or(Type::Unknown);
        self.bound(ty)
    }

    fn facts(&self, node: NodeId, span: Span) -> Lowered<&'a CallFacts> {
        self.checked.calls.get(node).ok_or(LowerError::LostTrack { what: "what this calls", span })
    }

    fn meaning(&self, node: NodeId, span: Span) -> Lowered<Meaning> {
        self.checked
            .resolved
            .meanings
            .get(node)
            .copied()
            .ok_or(LowerError::LostTrack { what: "this name", span })
    }

    fn item(&self, id: ItemId, span: Span) -> Lowered<&'a ast::Item> {
        let lost = LowerError::LostTrack { what: "an item", span };
        let place = self.checked.resolved.items.get(id.0 as usize).ok_or(lost.clone())?;
        let module = self.checked.program.modules.get(place.module).ok_or(lost.clone())?;
        module.file.items.get(place.item).ok_or(lost)
    }

    /// The slot of a name where it is used: its own, or one that it is handed into.
    fn local(&mut self, key: Key, span: Span) -> Lowered<super::Slot> {
        body::reach(&mut self.stack, key)
            .ok_or(LowerError::LostTrack { what: "where this name gets its value", span })
    }
}
