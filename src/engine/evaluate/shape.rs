//! Values and types: what a value is, and what becomes of it as a type.

use crate::answer::{Spoken, read};
use crate::base::Span;
use crate::instrument::{Failure, FailureKind};
use crate::plan::{Expr, Test};
use crate::types::{RecordType, Refinement, RefinementId, Type};
use crate::value::{Judge, Mismatch, Reading, Value, conform, conform_with, equal, render, within};

use super::evaluator::{Evaluated, Evaluator, failed};
use super::fits::fits;
use super::{Failed, Slots};

/// Judges conditions and defaults of types by the plan.
pub struct Conditions<'e, 'p> {
    evaluator: &'e Evaluator<'p>,
}

impl<'e, 'p> Conditions<'e, 'p> {
    /// A judge that evaluates with this evaluator.
    #[must_use]
    pub fn new(evaluator: &'e Evaluator<'p>) -> Self {
        Self { evaluator }
    }

    /// Whether a value is of a type as it is.
    pub(super) fn is(&mut self, value: &Value, ty: &Type) -> bool {
        fits(value, ty, &mut |refinement, value| self.holds(refinement, value).is_ok())
    }
}

impl Judge for Conditions<'_, '_> {
    fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String> {
        let evaluator = self.evaluator;
        if refinement.id == RefinementId::SETTLED {
            return Ok(());
        }
        if refinement.id == RefinementId::BOUNDS {
            let kept = within(&refinement.bounds, value);
            return if kept { Ok(()) } else { Err(refinement.source.to_string()) };
        }
        let Some(condition) = evaluator.plan.conditions.get(refinement.id.0 as usize) else {
            return Err(format!("`{}` is no condition of this score", refinement.source));
        };
        let it = std::slice::from_ref(value);
        match evaluator.weigh(|| evaluator.truth(&condition.test, &it)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(match &condition.message {
                Some(message) => match evaluator.weigh(|| evaluator.eval(message, &it)) {
                    Ok(message) => render(&message),
                    Err(failed) => failed.failure.message,
                },
                None => condition.source.to_string(),
            }),
            Err(failed) => Err(failed.failure.message),
        }
    }

    fn ensured(&mut self, part: u32, arguments: &[Value], answer: &Value) -> bool {
        let evaluator = self.evaluator;
        let Some(part) = evaluator.plan.parts.get(part as usize) else { return true };
        let slots: Vec<Value> = arguments.iter().chain([answer]).cloned().collect();
        let holds = |condition| evaluator.weigh(|| evaluator.truth(condition, &&slots[..]));
        part.ensures.iter().all(|ensure| matches!(holds(&ensure.condition), Ok(true)))
    }

    fn default(&mut self, record: &RecordType, field: usize) -> Option<Value> {
        let defaults = &self.evaluator.plan.defaults;
        let (_, fields) = defaults.iter().find(|(known, _)| std::ptr::eq(&raw const **known, record))?;
        let default = fields.get(field)?.as_ref()?;
        self.evaluator.weigh(|| self.evaluator.eval(default, &&[][..])).ok()
    }
}

impl<'p> Evaluator<'p> {
    /// Judges conditions and defaults of types by the plan.
    #[must_use]
    pub fn conditions(&self) -> Conditions<'_, 'p> {
        Conditions::new(self)
    }

    pub(super) fn is(&self, of: &Expr, test: &Test, slots: &dyn Slots) -> Evaluated {
        let value = self.eval(of, slots)?;
        Ok(Value::Bool(match test {
            Test::Nothing => value == Value::Nothing,
            Test::Literal(literal) => equal(&value, literal),
            Test::Type(ty) => self.conditions().is(&value, ty),
        }))
    }

    /// `x as T`: by the reader that answers go through.
    pub(super) fn read_as(&self, of: &Expr, ty: &Type, slots: &dyn Slots, span: Span) -> Evaluated {
        let value = self.eval(of, slots)?;
        let mut judge = self.conditions();
        match (&value, ty.shape()) {
            (Value::Text(_), Type::Text) => conform(value, ty, &mut judge),
            (Value::Text(text), _) => {
                return read(text, ty, &mut judge).map_err(|unreadable| {
                    failed(Failure::new(FailureKind::BadShape, unreadable.of_value()), span)
                });
            }
            _ => conform_with(value, ty, Reading::Loose(&Spoken), &mut judge),
        }
        .map_err(|mismatch| misfit(&mismatch, span))
    }

    /// The value as the type has it.
    pub(super) fn conform(&self, of: &Expr, ty: &Type, slots: &dyn Slots, span: Span) -> Evaluated {
        let value = self.eval(of, slots)?;
        conform(value, ty, &mut self.conditions()).map_err(|mismatch| misfit(&mismatch, span))
    }
}

#[allow(clippy::unnecessary_box_returns)]
fn misfit(mismatch: &Mismatch, span: Span) -> Box<Failed> {
    failed(Failure::new(FailureKind::BadShape, mismatch.to_string()), span)
}
