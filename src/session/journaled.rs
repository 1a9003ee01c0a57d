//! Performances that are kept: what a run is, written down, and set up again from there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Performance, Planned};
use crate::conduct::scribe::{Decisions, Explained};
use crate::engine::evaluate::{Evaluator, Given};
use crate::instrument::Request;
use crate::journal::{Beginning, Journal, JournalError, Past, Seated, Sqlite};
use crate::plan::MovementId;
use crate::value::{Reading, Value, conform_with};

/// What a plan does not say of a run.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The run's name.
    pub run: String,
    /// The run that it was forked from.
    pub forked_from: Option<String>,
    /// The score's absolute path; `-` for the standard input.
    pub score: String,
    /// All sources by name, the score itself first.
    pub sources: Vec<(String, String)>,
    /// Instruments that were put into chairs.
    pub seats: Vec<Seated>,
}

/// What going on with a run would come to.
#[derive(Debug)]
pub struct Foreseen {
    /// Why each call is made again or need not be, as far as that is known.
    pub explained: Vec<Explained>,
    /// What people are asked.
    pub questions: Vec<Request>,
    /// What they were asked until a deadline that has passed, in milliseconds since 1970.
    pub expired: Vec<(Request, i64)>,
}

impl Performance {
    /// What this run is.
    ///
    /// # Errors
    /// If its arguments can't be written down.
    pub fn beginning(
        &self,
        planned: &Planned,
        origin: Origin,
        journal: &Sqlite,
    ) -> Result<Beginning, JournalError> {
        let movement = &planned.plan().movements[self.movement().0 as usize];
        let mut arguments = Vec::new();
        for (param, value) in movement.params.iter().zip(self.values()) {
            if !is_player(value) {
                arguments.push((param.name.to_string(), journal.keep(value)?));
            }
        }
        let mut hasher = blake3::Hasher::new();
        for (_, text) in &origin.sources {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        let pairs = |map: &BTreeMap<String, String>| {
            map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        Ok(Beginning {
            run: origin.run,
            forked_from: origin.forked_from,
            score: origin.score,
            movement: movement.name.to_string(),
            program: hasher.finalize().to_hex()[..32].to_owned(),
            sources: origin.sources,
            arguments,
            seats: origin.seats,
            env: pairs(&self.given().env),
            secrets: self.given().secrets.keys().cloned().collect(),
            budget: self.allowance().map(|budget| budget.nanos.to_string()),
            prices: self.prices_to_hold(planned),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Has it recorded in this journal, going on from what stands there.
    pub fn keep(
        &mut self,
        journal: Box<dyn Journal>,
        beginning: Beginning,
        past: Past,
        decisions: Decisions,
    ) {
        self.in_run(&*beginning.run);
        self.scribed(|scribe| scribe(journal).beginning(beginning).going_on(past, decisions));
    }

    /// What going on from what stands in a journal would come to, without doing anything: why each call is made
    /// again or need not be, and what people are asked.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub fn foresee(
        self,
        journal: Box<dyn Journal>,
        past: Past,
        decisions: Decisions,
    ) -> Result<Foreseen, JournalError> {
        self.dry(|scribe| scribe(journal).going_on(past, decisions).explaining())
    }
}

/// Whether a value is no data but somebody who plays, or a secret.
const fn is_player(value: &Value) -> bool {
    matches!(value, Value::Instrument(_) | Value::Function(_) | Value::Secret(_))
}

/// The arguments that a run was given, for this plan of it: in order, those of instruments from the seats.
///
/// # Errors
/// In words, if a parameter is new or its type has changed.
pub fn arguments(
    planned: &Planned,
    movement: MovementId,
    beginning: &Beginning,
    find: &dyn Fn(&serde_json::Value) -> Option<Value>,
    seated: &BTreeMap<String, Value>,
    given: &Given,
) -> Result<Vec<Value>, String> {
    let movement = &planned.plan().movements[movement.0 as usize];
    let evaluator = Evaluator::new(planned.plan(), given);
    let mut values = Vec::new();
    for param in &movement.params {
        let recorded = beginning.arguments.iter().find(|(name, _)| **name == *param.name);
        let value = match (seated.get(&*param.name), recorded, &param.default) {
            (Some(instrument), ..) => instrument.clone(),
            (None, Some((_, json)), _) => {
                let value = find(json).ok_or_else(|| format!("argument {} can't be read", param.name))?;
                conform_with(value, &param.ty, Reading::FromJson, &mut evaluator.conditions())
                    .map_err(|mismatch| mismatch.in_words(&format!("the recorded argument {}", param.name)))?
            }
            (None, None, Some(default)) => {
                planned.constant(default, given).map_err(|failed| failed.failure.message)?
            }
            (None, None, None) if matches!(param.ty.shape(), crate::types::Type::Optional(_)) => {
                Value::Nothing
            }
            (None, None, None) => {
                return Err(format!(
                    "the parameter `{}` is new, and nothing was recorded for it",
                    param.name
                ));
            }
        };
        values.push(value);
    }
    Ok(values)
}

/// The instrument that a seat holds, put where it belongs: into a chair, or among the arguments.
pub fn seat(
    performance: &mut Performance,
    chair: &str,
    instrument: Arc<crate::value::Instrument>,
    arguments: &mut BTreeMap<String, Value>,
) {
    match chair.strip_prefix("--") {
        Some(param) => {
            arguments.insert(param.to_owned(), Value::Instrument(instrument));
        }
        None => performance.seat(chair, instrument),
    }
}
