//! A plan with what front ends ask of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::SourceMap;
use crate::engine::evaluate::{Evaluator, Failed, Given};
use crate::keys::{self, Found};
use crate::load::Program;
use crate::plan::{Expr, Movement, MovementId, Origin, Outside, Plan};
use crate::value::Value;

/// A program that is ready to be performed.
pub struct Planned {
    pub(super) plan: Arc<Plan>,
    pub(super) program: Arc<Program>,
}

impl Planned {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The texts that its spans point into.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.program.sources
    }

    /// All movements of the score itself, not of what it brings in.
    pub fn movements(&self) -> impl Iterator<Item = (MovementId, &Movement)> {
        let end = self.program.sources.files().first().map_or(u32::MAX, |file| file.span().end);
        let own = move |movement: &Movement| movement.origin == Origin::Written && movement.span.start <= end;
        (0..).map(MovementId).zip(&self.plan.movements).filter(move |(_, movement)| own(movement))
    }

    /// The movement with this name; without a name `main`, or the only one.
    #[must_use]
    pub fn movement(&self, name: Option<&str>) -> Option<MovementId> {
        let mut all = self.movements();
        match name {
            Some(name) => all.find(|(_, movement)| &*movement.name == name).map(|(id, _)| id),
            None if self.movements().count() == 1 => all.next().map(|(id, _)| id),
            None => all.find(|(_, movement)| &*movement.name == "main").map(|(id, _)| id),
        }
    }

    /// The value of an expression that needs nothing but the items: a default, a seat.
    ///
    /// # Errors
    /// If it fails, with the place.
    pub fn constant(&self, expression: &Expr, given: &Given) -> Result<Value, Failed> {
        let none: &[Value] = &[];
        Evaluator::new(&self.plan, given).evaluate(expression, none)
    }

    /// The declared instrument with this name, as a value.
    ///
    /// # Errors
    /// If making it fails: an environment variable that isn't set, say.
    pub fn instrument(&self, name: &str, given: &Given) -> Option<Result<Value, Failed>> {
        let declared = self.plan.instruments.iter().find(|instrument| &*instrument.name == name)?;
        Some(self.constant(&declared.value, given))
    }
}

/// What a run takes from outside, resolved once before it starts: the variables and secrets that the plan
/// names.
#[must_use]
pub(super) fn given(plan: &Plan) -> Given {
    let Outside { env, secrets } = Outside::of(plan);
    let read = |names: Vec<String>, find: fn(&str) -> Option<Found>| -> BTreeMap<String, String> {
        names.into_iter().filter_map(|name| Some((name.clone(), find(&name)?.value))).collect()
    };
    Given { env: read(env, keys::variable), secrets: read(secrets, keys::find), ..Given::default() }
}
