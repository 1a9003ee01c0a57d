//! Builtins and small functions, called.

use std::sync::Arc;

use crate::base::Span;
use crate::builtin::{Apply, Builtin, Run, Trouble};
use crate::plan::{Expr, Slot};
use crate::value::{Callee, Function, Value};

use super::evaluator::{Evaluated, Evaluator, failed, wrong};
use super::{Failed, Slots};

/// Calls functions for a builtin; keeps the first failure with its own place and kind.
struct Applier<'e, 'p> {
    evaluator: &'e Evaluator<'p>,
    span: Span,
    failed: Option<Box<Failed>>,
}

impl Apply for Applier<'_, '_> {
    fn apply(&mut self, function: &Value, arguments: &[Value]) -> Result<Value, Trouble> {
        self.evaluator.weigh(|| self.evaluator.call_function(function, arguments, self.span)).map_err(
            |failed| {
                let trouble = Trouble { kind: failed.failure.kind, message: failed.failure.message.clone() };
                self.failed.get_or_insert(failed);
                trouble
            },
        )
    }
}

/// A small function with what it captures.
pub(super) fn function(callee: Callee, captured: &[Slot], slots: &dyn Slots) -> Value {
    let captured = captured.iter().map(|slot| slots.value(*slot).clone()).collect();
    Value::Function(Arc::new(Function { callee, captured }))
}

impl Evaluator<'_> {
    pub(super) fn builtin(
        &self,
        builtin: &Builtin,
        arguments: &[Expr],
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        let arguments = self.eval_all(arguments, slots)?;
        match builtin.run {
            Run::Pure(run) => run(&arguments).map_err(|trouble| failed(trouble, span)),
            Run::Apply(run) => {
                let mut applier = Applier { evaluator: self, span, failed: None };
                run(&arguments, &mut applier)
                    .map_err(|trouble| applier.failed.unwrap_or_else(|| failed(trouble, span)))
            }
            Run::World { .. } | Run::Special => {
                Err(wrong(format!("`{}` is not computed but performed", builtin.name), span))
            }
        }
    }

    pub(super) fn apply_to(
        &self,
        function: &Expr,
        arguments: &[Expr],
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        let function = self.eval(function, slots)?;
        let arguments = self.eval_all(arguments, slots)?;
        self.call_function(&function, &arguments, span)
    }

    pub(super) fn call_function(&self, function: &Value, arguments: &[Value], span: Span) -> Evaluated {
        let Value::Function(value) = function else {
            return Err(wrong(format!("a {} can't be called", function.kind()), span));
        };
        let Callee::Pure(function) = value.callee else {
            return Err(wrong("only what computes can be called here, not a part or a movement", span));
        };
        let Some(function) = self.plan.functions.get(function as usize) else {
            return Err(wrong("this function is not of this score", span));
        };
        if function.params as usize != arguments.len() {
            let (takes, given) = (function.params, arguments.len());
            return Err(wrong(format!("this function takes {takes} arguments, not {given}"), span));
        }
        let mut slots = Vec::with_capacity(function.slots as usize);
        slots.extend_from_slice(arguments);
        slots.extend_from_slice(&value.captured);
        self.eval(&function.value, &&*slots)
    }
}
