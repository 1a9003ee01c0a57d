//! `repeat` and `stop`.

use std::sync::Arc;

use super::advice::show;
use super::checker::{Checker, Place};
use super::fits::{admits_nothing, fits};
use super::join::{join, join_all, widen};
use super::literal::{maximum, only_int};
use super::{FlowError, ValueError};
use crate::base::{Help, Span};
use crate::syntax::ast::{self, Expr, StatementKind};
use crate::types::{Field, RecordType, Type};

/// What is known of the `repeat` around.
#[derive(Default)]
pub(super) struct Rounds {
    /// Whether a `stop` stands in it.
    pub stops: bool,
    /// What its `stop`s give.
    pub values: Vec<Type>,
    /// What it carries: one value's type, or a record of several.
    pub carried: Option<Type>,
}

impl<'a> Checker<'a> {
    /// `repeat up to 3 every 2s with a = x { } else f`
    pub(super) fn repeat(&mut self, expr: &'a Expr, repeat: &'a ast::Repeat, want: Option<&Type>) -> Type {
        self.form("repeat", expr.span);
        self.bound(&repeat.bound);
        if let Some(every) = &repeat.every {
            self.demand(every, &Type::Duration, format_args!("what stands after `every`"));
        }
        let carried = self.carried(&repeat.carried, want);
        let mark = self.narrowing.mark();
        self.places.push(Place::Repeat(Rounds { carried: carried.clone(), ..Rounds::default() }));
        let body = self.block(&repeat.body, carried.as_ref());
        let rounds = match self.places.pop() {
            Some(Place::Repeat(rounds)) => rounds,
            _ => Rounds::default(),
        };
        self.narrowing.forget(mark);
        let body = self.round_end(&repeat.body).unwrap_or(body);
        if let Some(carried) = &carried {
            self.next_round(repeat, &body, carried);
        }
        let fallback = repeat.otherwise.as_ref().map(|otherwise| {
            if !rounds.stops {
                self.report(FlowError::ElseWithoutStop { span: otherwise.span });
            }
            self.expr(otherwise, want)
        });
        let last = carried.unwrap_or(Type::Nothing);
        let ended = match (rounds.stops, rounds.values.is_empty()) {
            (false, _) => last,
            (true, true) => last,
            (true, false) => join_all(rounds.values),
        };
        fallback.map_or(ended.clone(), |fallback| join(&ended, &fallback))
    }

    /// What a round gives that ends with `stop e if c` and doesn't stop: `e`.
    fn round_end(&self, body: &ast::Block) -> Option<Type> {
        let StatementKind::Expr(last) = &body.statements.last()?.kind else { return None };
        match &last.kind {
            ast::ExprKind::Stop { value: Some(value), condition: Some(_) } => {
                self.types.get(value.id).cloned()
            }
            _ => None,
        }
    }

    fn bound(&mut self, bound: &'a Expr) {
        let found = self.demand(bound, &Type::Int, format_args!("how often it repeats"));
        match only_int(&found) {
            Some(times) if times < 1 => {
                self.report(FlowError::EmptyRepeat { bound: times, span: bound.span })
            }
            Some(_) => {}
            None if fits(&found, &Type::Int) && maximum(&found).is_none() => {
                self.report(FlowError::Unbounded { span: bound.span, found: show(&found) });
            }
            None => {}
        }
    }

    /// What is carried from round to round.
    fn carried(&mut self, all: &'a [ast::Carried], want: Option<&Type>) -> Option<Type> {
        let mut fields = Vec::new();
        for carried in all {
            let touched = std::mem::replace(&mut self.touched, 0);
            let ty = if let Some(ty) = &carried.ty {
                let wanted = self.ty(ty);
                self.demand(
                    &carried.start,
                    &wanted,
                    format_args!("what `{}` starts from", carried.name.name),
                );
                wanted
            } else {
                let hope = want.filter(|_| all.len() == 1);
                widen(&self.expr(&carried.start, hope))
            };
            self.types.set(carried.id, ty.clone());
            if self.loops > 0 {
                self.depends.insert(carried.id, self.loops);
            }
            self.touched = self.touched.max(touched);
            let has_default = admits_nothing(&ty);
            fields.push(Field { name: carried.name.name.clone(), doc: String::new(), ty, has_default });
        }
        match fields.len() {
            0 => None,
            1 => fields.pop().map(|field| field.ty),
            _ => Some(Type::Record(Arc::new(RecordType::anonymous(fields)))),
        }
    }

    /// What a round gives must be what the next one carries.
    fn next_round(&mut self, repeat: &'a ast::Repeat, body: &Type, carried: &Type) {
        if fits(body, carried) {
            return;
        }
        let names: Vec<&str> = repeat.carried.iter().map(|carried| &*carried.name.name).collect();
        let last = repeat.body.statements.last().map(|last| (last.span, &last.kind));
        if let Some((span, StatementKind::Expr(expr))) = last
            && *body != Type::Nothing
        {
            let what = match names.as_slice() {
                [only] => format!("the next `{only}`"),
                _ => String::from("what the round gives"),
            };
            let help = match repeat.carried.as_slice() {
                [only] if only.ty.is_none() && !matches!(join(carried, &widen(body)), Type::Union(_)) => {
                    let both = join(carried, &widen(body));
                    Some(Help::new(format!(
                        "Write its type if it may be more than what it starts from: `with {}: {both} = …`.",
                        only.name.name
                    )))
                }
                [_] => self.advice(expr, body, carried),
                _ => Some(all_of_them(&names).into()),
            };
            self.report(ValueError::Mismatch { what, found: show(body), wanted: show(carried), help, span });
            return;
        }
        let help = match names.as_slice() {
            [only] => format!("End the round with the next `{only}`."),
            _ => all_of_them(&names),
        };
        let end = repeat.body.span.end;
        let span = last.map_or(Span::new(end.saturating_sub(1), end), |(span, _)| span);
        self.report(ValueError::Mismatch {
            what: match names.as_slice() {
                [only] => format!("the next `{only}`"),
                _ => String::from("what the round gives"),
            },
            found: String::from("`nothing`"),
            wanted: show(carried),
            help: Some(help.into()),
            span,
        });
    }

    /// `stop e if c`
    pub(super) fn stop(
        &mut self,
        expr: &'a Expr,
        value: Option<&'a Expr>,
        condition: Option<&'a Expr>,
    ) -> Type {
        self.done += 1;
        let (refused, hope) = match self.places.last() {
            Some(Place::Repeat(rounds)) => (None, rounds.carried.clone()),
            Some(Place::For) => {
                let help = "Rounds of a `for` run together, so none can stop the others. Leave elements out with `for x in xs if c { … }`, or go round by round with `repeat`.";
                (Some(("in a `for`", help)), None)
            }
            Some(Place::Lambda) => {
                (Some(("in a small function", "Its value is what stands after `=>`.")), None)
            }
            _ => (
                Some((
                    "outside of a `repeat`",
                    "To leave the movement, write `return`; to end with an error, `fail \"…\"`.",
                )),
                None,
            ),
        };
        if let Some((place, help)) = refused {
            self.report(FlowError::MisplacedStop { place, help, span: expr.span });
        }
        let mark = self.narrowing.mark();
        let leaves = self.leaves(condition);
        let found = value.map(|value| self.expr(value, hope.as_ref()));
        self.narrowing.forget(mark);
        if let Some(Place::Repeat(rounds)) = self.places.last_mut() {
            rounds.stops = true;
            rounds.values.push(found.or_else(|| rounds.carried.clone()).unwrap_or(Type::Nothing));
        }
        leaves
    }
}

fn all_of_them(names: &[&str]) -> String {
    let fields: Vec<String> = names.iter().map(|name| format!("{name}: …")).collect();
    format!("End the round with all of them: `({{{}}})`.", fields.join(", "))
}
