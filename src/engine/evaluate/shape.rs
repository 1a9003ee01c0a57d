//! Values and types: what a value is, and what becomes of it as a type.

use crate::base::Span;
use crate::instrument::{Failure, FailureKind};
use crate::plan::{Expr, Test};
use crate::types::{RecordType, Refinement, Type};
use crate::value::{Value, equal};

use super::Slots;
use super::evaluator::{Evaluated, Evaluator, failed};
use super::fits::fits;
use super::stand_in;

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

    /// Whether a condition holds of a value.
    ///
    /// # Errors
    /// What to say where it doesn't.
    pub fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String> {
        let evaluator = self.evaluator;
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

    /// The default of a record type's field, by its place.
    pub fn default(&mut self, record: &RecordType, field: usize) -> Option<Value> {
        let defaults = &self.evaluator.plan.defaults;
        let (_, fields) = defaults.iter().find(|(known, _)| std::ptr::eq(&raw const **known, record))?;
        let default = fields.get(field)?.as_ref()?;
        self.evaluator.weigh(|| self.evaluator.eval(default, &&[][..])).ok()
    }

    /// Whether a value is of a type as it is.
    pub(super) fn is(&mut self, value: &Value, ty: &Type) -> bool {
        fits(value, ty, &mut |refinement, value| self.holds(refinement, value).is_ok())
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
        let value = match (&value, ty.shape()) {
            (Value::Text(text), shape) if !matches!(shape, Type::Text) => {
                serde_json::from_str(text).map_or(value, from_json)
            }
            _ => value,
        };
        self.fit(&value, ty, span)
    }

    /// The value as the type has it.
    pub(super) fn conform(&self, of: &Expr, ty: &Type, slots: &dyn Slots, span: Span) -> Evaluated {
        let value = self.eval(of, slots)?;
        self.fit(&value, ty, span)
    }

    fn fit(&self, value: &Value, ty: &Type, span: Span) -> Evaluated {
        stand_in::conform(value, ty, &mut self.conditions())
            .map_err(|reason| failed(Failure::new(FailureKind::BadShape, reason), span))
    }
}

fn from_json(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nothing,
        serde_json::Value::Bool(bool) => Value::Bool(bool),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| Value::Number(number.as_f64().unwrap_or(0.0)), Value::Int)
        }
        serde_json::Value::String(text) => Value::Text(text.into()),
        serde_json::Value::Array(values) => Value::List(values.into_iter().map(from_json).collect()),
        serde_json::Value::Object(fields) => {
            let map = fields.into_iter().map(|(key, value)| (key.into(), from_json(value))).collect();
            Value::Map(std::sync::Arc::new(map))
        }
    }
}

/// A value for reading.
pub(super) fn render(value: &Value) -> String {
    crate::builtin::render(value)
}
