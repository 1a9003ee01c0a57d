//! The evaluator: which expression is computed by what.

use std::cell::Cell;
use std::sync::Arc;

use crate::base::{Name, Span};
use crate::builtin::Trouble;
use crate::instrument::{Failure, FailureKind};
use crate::plan::{Expr, ExprKind, Plan, Segment};
use crate::types::RecordType;
use crate::value::{Map, Record, Value, render};

use super::{Failed, Given, Slots};

/// How deep expressions go, those of functions and conditions they call included: within 2 MB of
/// stack also without optimisation.
const MAX_DEPTH: u32 = 600;

/// Levels that a call from outside the evaluator back into it counts for.
const WEIGHT: u32 = 5;

/// Evaluates the expressions of one plan. Cheap to make; one for each thread.
pub struct Evaluator<'p> {
    pub(super) plan: &'p Plan,
    pub(super) given: &'p Given,
    pub(super) path: &'p str,
    depth: Cell<u32>,
}

/// What a step of the evaluation gives. The failure is boxed: it is rare, and large.
pub(super) type Evaluated = Result<Value, Box<Failed>>;

/// A failure at a place.
#[allow(clippy::unnecessary_box_returns)] // as it stands in [`Evaluated`]
pub(super) fn failed(failure: impl Into<Failure>, span: Span) -> Box<Failed> {
    Box::new(Failed { failure: failure.into(), span })
}

/// A failure of a computation, with this message.
#[allow(clippy::unnecessary_box_returns)]
pub(super) fn wrong(message: impl Into<String>, span: Span) -> Box<Failed> {
    failed(Trouble::new(message), span)
}

impl<'p> Evaluator<'p> {
    /// An evaluator of a plan's expressions.
    #[must_use]
    pub fn new(plan: &'p Plan, given: &'p Given) -> Self {
        Self { plan, given, path: "", depth: Cell::new(0) }
    }

    /// The same for expressions of the call with this path, which `call_id()` gives.
    #[must_use]
    pub fn at(self, path: &'p str) -> Self {
        Self { path, ..self }
    }

    /// What the expression gives over these slots.
    ///
    /// # Errors
    /// The failure of the first computation in written order that has no value.
    pub fn evaluate(&self, expr: &Expr, slots: &(impl Slots + ?Sized)) -> Result<Value, Failed> {
        self.eval(expr, &slots).map_err(|failed| *failed)
    }

    /// What a function value gives for these arguments.
    ///
    /// # Errors
    /// The failure inside the function.
    pub fn apply(&self, function: &Value, arguments: &[Value]) -> Result<Value, Failed> {
        self.call_function(function, arguments, Span::default()).map_err(|failed| *failed)
    }

    /// One level deeper.
    pub(super) fn eval(&self, expr: &Expr, slots: &dyn Slots) -> Evaluated {
        match &expr.kind {
            ExprKind::Constant(value) => return Ok(value.clone()),
            ExprKind::Slot(slot) => return Ok(slots.value(*slot).clone()),
            _ => {}
        }
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let message = format!("this goes more than {MAX_DEPTH} levels deep");
            return Err(failed(Failure::new(FailureKind::Exhausted, message), expr.span));
        }
        self.depth.set(depth + 1);
        let value = self.eval_kind(expr, slots);
        self.depth.set(depth);
        value
    }

    /// The same where more than the evaluator itself stands on the stack: a builtin, a type's fields.
    pub(super) fn weigh<T>(&self, evaluate: impl FnOnce() -> T) -> T {
        let depth = self.depth.get();
        self.depth.set(depth + WEIGHT);
        let value = evaluate();
        self.depth.set(depth);
        value
    }

    /// Each arm is one call: without optimisation a frame keeps room for the values of all its arms.
    fn eval_kind(&self, expr: &Expr, slots: &dyn Slots) -> Evaluated {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Constant(value) => Ok(value.clone()),
            ExprKind::Slot(slot) => Ok(slots.value(*slot).clone()),
            ExprKind::Text(segments) => self.text(segments, slots),
            ExprKind::List(items) => self.list(items, slots),
            ExprKind::Record(shape, items) => self.record(shape, items, slots, span),
            ExprKind::Map(entries) => self.map(entries, slots),
            ExprKind::Range(from, to) => self.range(from, to, slots, span),
            ExprKind::Field(of, name) => self.field(of, name, slots, span),
            ExprKind::Index(of, at) => self.index(of, at, slots, span),
            ExprKind::Slice(of, from, to) => self.slice(of, [from.as_deref(), to.as_deref()], slots, span),
            ExprKind::But(of, changes) => self.but(of, changes, slots, span),
            ExprKind::Not(of) => self.not(of, slots),
            ExprKind::And(a, b) => self.and(a, b, slots),
            ExprKind::Or(a, b) => self.or(a, b, slots),
            ExprKind::Negate(of) => self.negate(of, slots, span),
            ExprKind::Math(math, a, b) => self.math(*math, a, b, slots, span),
            ExprKind::Compare(compare, a, b) => self.compare(*compare, a, b, slots, span),
            ExprKind::In(a, b) => self.is_in(a, b, slots, span),
            ExprKind::Coalesce(a, b) => self.coalesce(a, b, slots),
            ExprKind::Choose(arms) => self.choose(arms, slots),
            ExprKind::Is(of, test) => self.is(of, test, slots),
            ExprKind::As(of, ty) => self.read_as(of, ty, slots, span),
            ExprKind::Conform(of, ty) => self.conform(of, ty, slots, span),
            ExprKind::Builtin(builtin, arguments) => self.builtin(builtin, arguments, slots, span),
            ExprKind::Function(function, captured) => Ok(super::call::function(*function, captured, slots)),
            ExprKind::Apply(function, arguments) => self.apply_to(function, arguments, slots, span),
            ExprKind::Instrument(id, arguments) => self.instrument(*id, arguments, slots, span),
            ExprKind::Construct(name, settings) => self.construct(name, settings, slots),
            ExprKind::Env(name, default) => self.env(name, default.as_deref(), slots, span),
            ExprKind::Secret(name) => self.secret(name, span),
            ExprKind::CallId => Ok(Value::text(self.path)),
            ExprKind::Fail(reason) => self.fail(reason, slots, span),
        }
    }

    pub(super) fn eval_all(&self, exprs: &[Expr], slots: &dyn Slots) -> Result<Vec<Value>, Box<Failed>> {
        // A loop, for its small frame.
        let mut values = Vec::with_capacity(exprs.len());
        for expr in exprs {
            values.push(self.eval(expr, slots)?);
        }
        Ok(values)
    }

    pub(super) fn truth(&self, expr: &Expr, slots: &dyn Slots) -> Result<bool, Box<Failed>> {
        match self.eval(expr, slots)? {
            Value::Bool(bool) => Ok(bool),
            other => Err(wrong(format!("a bool is needed here, but there is a {}", other.kind()), expr.span)),
        }
    }

    fn text(&self, segments: &[Segment], slots: &dyn Slots) -> Evaluated {
        let mut text = String::new();
        for segment in segments {
            match segment {
                Segment::Words(words) => text.push_str(words),
                Segment::Hole(hole) => text.push_str(&render(&self.eval(hole, slots)?)),
            }
        }
        Ok(Value::Text(text.into()))
    }

    fn list(&self, items: &[Expr], slots: &dyn Slots) -> Evaluated {
        Ok(Value::list(self.eval_all(items, slots)?))
    }

    fn record(&self, shape: &Arc<RecordType>, items: &[Expr], slots: &dyn Slots, span: Span) -> Evaluated {
        match Record::new(Arc::clone(shape), self.eval_all(items, slots)?) {
            Some(record) => Ok(Value::Record(Arc::new(record))),
            None => Err(wrong("a record has not as many values as fields", span)),
        }
    }

    fn map(&self, entries: &[(Name, Expr)], slots: &dyn Slots) -> Evaluated {
        let mut map = Map::with_capacity(entries.len());
        for (key, value) in entries {
            map.insert(Arc::clone(key), self.eval(value, slots)?);
        }
        Ok(Value::Map(Arc::new(map)))
    }
}
