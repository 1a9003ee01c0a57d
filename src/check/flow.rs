//! Branches, loops over lists, limits, and what leaves them.

use std::sync::Arc;

use super::advice::show;
use super::checker::{Checker, Later, Place};
use super::fits::{admits_nothing, fits};
use super::join::join;
use super::narrow::Facts;
use super::{FlowError, ValueError};
use crate::base::{Help, Name, Span, did_you_mean};
use crate::instrument::{Class, FailureKind};
use crate::resolve::ItemId;
use crate::syntax::ast::{self, Expr, ExprKind};
use crate::types::{Size, Type};

impl<'a> Checker<'a> {
    /// `if c { } else { }`: what it gives, and what is known below it.
    pub(super) fn if_else(
        &mut self,
        condition: &'a Expr,
        then: &'a ast::Block,
        otherwise: Option<&'a Expr>,
        want: Option<&Type>,
    ) -> (Type, Facts) {
        self.condition(condition, "the condition");
        let (holds, fails) = (self.learnt(condition, true), self.learnt(condition, false));
        let mark = self.narrowing.mark();
        self.narrowing.learn(holds.clone());
        let one = self.block(then, want);
        self.narrowing.forget(mark);
        self.narrowing.learn(fails.clone());
        let other = otherwise.map(|otherwise| self.expr(otherwise, want));
        self.narrowing.forget(mark);
        match other {
            None if one == Type::Never => (Type::Nothing, fails),
            None if one == Type::Nothing => (Type::Nothing, Vec::new()),
            None => (one.optional(), Vec::new()),
            Some(other) => {
                let facts = match (&one, &other) {
                    (Type::Never, Type::Never) => Vec::new(),
                    (Type::Never, _) => fails,
                    (_, Type::Never) => holds,
                    _ => Vec::new(),
                };
                (join(&one, &other), facts)
            }
        }
    }

    /// `for x in xs if c { }`
    pub(super) fn for_each(&mut self, expr: &'a Expr, each: &'a ast::For, want: Option<&Type>) -> Type {
        if each.together.is_some() {
            self.form("a `for … together`", expr.span);
        } else if each.index.is_some() {
            self.form("a `for` with an index", expr.span);
        }
        let found = self.expr(&each.list, None);
        let (element, size) = self.elements(&each.list, &found);
        let (touched, deeds) = (self.touched, self.deeds.len());
        self.loops += 1;
        for (node, ty) in
            each.index.iter().map(|(node, _)| (*node, Type::Int)).chain([(each.item.0, element)])
        {
            self.types.set(node, ty);
            self.depends.insert(node, self.loops);
        }
        self.round_from(each.item.0, &each.list);
        let mark = self.narrowing.mark();
        self.places.push(Place::For);
        if let Some(condition) = &each.condition {
            self.condition(condition, "the condition");
            let facts = self.learnt(condition, true);
            self.narrowing.learn(facts);
        }
        let inner = want.and_then(|want| match want.shape() {
            Type::List(inner, _) => Some((**inner).clone()),
            _ => None,
        });
        let body = self.block(&each.body, inner.as_ref());
        self.places.pop();
        self.narrowing.forget(mark);
        self.constant_reads(deeds, &each.item.1.name);
        self.paced(&each.list, deeds);
        self.loops -= 1;
        self.touched = touched.max(self.touched.min(self.loops));
        let size = if each.condition.is_some() { Size { min: 0, ..size } } else { size };
        Type::List(Arc::new(body), size)
    }

    /// What a `for` goes over.
    fn elements(&mut self, list: &Expr, found: &Type) -> (Type, Size) {
        let source = self.source_or_x(list.span);
        let end = Span::at(list.span.end);
        let help = match found.shape() {
            Type::List(element, size) => return ((**element).clone(), *size),
            Type::Unknown | Type::Never => return (Type::Unknown, Size::ANY),
            Type::Optional(inner) if matches!(inner.shape(), Type::List(..)) => {
                let help = Help::new(format!("It may be `nothing`: `for x in {source} ?? [] {{ … }}`."));
                Some(help.replacing(end, " ?? []"))
            }
            Type::Json => {
                let help =
                    Help::new(format!("Read it into a list first: `for x in {source} as [json] {{ … }}`."));
                Some(help.replacing(end, " as [json]"))
            }
            Type::Int | Type::Literal(_) if fits(found, &Type::Int) => {
                let help = Help::new(format!("To count, write a range: `for i in 1..{source} {{ … }}`."));
                Some(help.replacing(Span::at(list.span.start), "1.."))
            }
            Type::Text | Type::Literal(_) => Some(Help::new(format!(
                "Make a list of it first: `lines({source})`, `words({source})` or `split({source}, \",\")`."
            ))),
            _ => None,
        };
        self.report(FlowError::NotAList { found: show(found), help, span: list.span });
        (Type::Unknown, Size::ANY)
    }

    /// The first thing in a round that surely acts, and the calls that may.
    fn acts_of_round(&self, from: usize) -> (Option<Span>, Vec<(ItemId, Span)>) {
        let round = self.deeds.get(from..).unwrap_or(&[]);
        let act = round.iter().find(|deed| deed.class == Some(Class::Acts)).map(|deed| deed.span);
        let unsure = round.iter().filter(|deed| deed.class.is_none());
        (act, unsure.filter_map(|deed| deed.item.map(|item| (item, deed.span))).collect())
    }

    /// Reads in a round that don't depend on it, while the round acts.
    fn constant_reads(&mut self, from: usize, name: &Name) {
        let (act, calls) = self.acts_of_round(from);
        let round = self.deeds.get(from..).unwrap_or(&[]);
        let depth = self.loops;
        let reads: Vec<_> = round
            .iter()
            .filter(|deed| deed.class == Some(Class::Reads) && deed.touched < depth)
            .map(|deed| deed.span)
            .collect();
        for span in reads {
            match act {
                Some(act) => self.report(FlowError::ConstantRead { span, name: name.to_string(), act }),
                None if calls.is_empty() => {}
                None => self.later.push(Later::Read { span, name: name.clone(), calls: calls.clone() }),
            }
        }
    }

    /// `within 30s, $1` and `limit 30s, $1`
    pub(super) fn limits(&mut self, limits: &'a [Expr], word: &str) {
        let (mut time, mut money) = (false, false);
        for limit in limits {
            let found = self.expr(limit, None);
            let (what, seen) = match found.shape() {
                Type::Duration => ("time", &mut time),
                Type::Money => ("money", &mut money),
                Type::Unknown | Type::Never => continue,
                _ => {
                    let help = self.advice(limit, &found, &Type::Duration);
                    self.report(ValueError::Mismatch {
                        what: format!("what stands after `{word}`"),
                        found: show(&found),
                        wanted: String::from("a time, such as `30s`, or an amount, such as `$1`"),
                        help,
                        span: limit.span,
                    });
                    continue;
                }
            };
            if std::mem::replace(seen, true) {
                self.report(FlowError::DoubledLimit { what, span: limit.span });
            }
        }
    }

    /// `e otherwise on timeout f`
    pub(super) fn otherwise(
        &mut self,
        expr: &'a Expr,
        value: &'a Expr,
        kinds: &'a [ast::Ident],
        fallback: &'a Expr,
        want: Option<&Type>,
    ) -> Type {
        self.form("otherwise", expr.span);
        let found = self.expr(value, want);
        for kind in kinds {
            self.failure_kind(kind);
        }
        let mark = self.narrowing.mark();
        let hope = want.or(Some(&found)).filter(|hope| !matches!(hope, Type::Never));
        let other = self.expr(fallback, hope);
        self.narrowing.forget(mark);
        join(&found, &other)
    }

    fn failure_kind(&mut self, kind: &ast::Ident) {
        match FailureKind::from_word(&kind.name) {
            None => {
                let words = FailureKind::ALL.map(FailureKind::word);
                let help = match did_you_mean(&kind.name, words) {
                    Some(meant) => format!("Did you mean `{meant}`?"),
                    None => format!("The kinds are {}.", words.join(", ")),
                };
                self.report(FlowError::UnknownKind {
                    name: kind.name.to_string(),
                    help: help.into(),
                    span: kind.span,
                });
            }
            Some(FailureKind::Cancelled | FailureKind::Denied | FailureKind::InDoubt) => {
                let help = "The run was interrupted, not allowed, or has to ask what became of an act: nothing else is done instead.";
                self.report(FlowError::Uncatchable { name: kind.name.to_string(), help, span: kind.span });
            }
            Some(_) => {}
        }
    }

    /// `return e if c`
    pub(super) fn returns(
        &mut self,
        expr: &'a Expr,
        value: Option<&'a Expr>,
        condition: Option<&'a Expr>,
    ) -> Type {
        self.done += 1;
        let mut wanted = None;
        let mut refused = None;
        for place in self.places.iter().rev() {
            match place {
                Place::Repeat(_) => continue,
                Place::Movement(returns) => wanted = Some(returns.clone()),
                Place::For => {
                    refused = Some((
                        "a `for`",
                        "Rounds run together, so none can end the movement. Let the round give a value and look at the list below; to go round by round, use `repeat`.",
                    ));
                }
                Place::Lambda => refused = Some(("a small function", "Its value is what stands after `=>`.")),
                Place::Clause => {
                    refused = Some(("a clause", "Only movements return. The value stands here by itself."))
                }
            }
            break;
        }
        if let Some((place, help)) = refused {
            self.report(FlowError::MisplacedReturn { place, help, span: expr.span });
        }
        let mark = self.narrowing.mark();
        let leaves = self.leaves(condition);
        match (value, &wanted) {
            (Some(value), Some(wanted)) => {
                if *wanted == Type::Nothing && !matches!(value.kind, ExprKind::Nothing) {
                    self.returned_too_much(value);
                } else {
                    self.demand(value, wanted, format_args!("what is returned"));
                    self.gives(value);
                }
            }
            (Some(value), None) => drop(self.expr(value, None)),
            (None, Some(wanted)) if !admits_nothing(wanted) && *wanted != Type::Unknown => {
                self.report(ValueError::Mismatch {
                    what: String::from("what is returned"),
                    found: String::from("`nothing`"),
                    wanted: show(wanted),
                    help: Some(String::from("Say what is given back: `return x`.").into()),
                    span: expr.span,
                });
            }
            (None, _) => {}
        }
        self.narrowing.forget(mark);
        leaves
    }

    fn returned_too_much(&mut self, value: &'a Expr) {
        let found = self.expr(value, None);
        if matches!(found, Type::Unknown | Type::Never | Type::Nothing) {
            return;
        }
        self.report(ValueError::Mismatch {
            what: String::from("what is returned"),
            found: show(&found),
            wanted: String::from("nothing"),
            help: Some(self.says_what_it_gives(
                format!(
                    "Say in the head what the movement gives: `-> {}`.",
                    super::join::widen_literal(&found)
                ),
                &super::join::widen_literal(&found),
            )),
            span: value.span,
        });
    }

    /// The `if c` behind a `stop` or `return`: what it tells is known of the value before it.
    pub(super) fn leaves(&mut self, condition: Option<&'a Expr>) -> Type {
        match condition {
            Some(condition) => {
                self.condition(condition, "the condition");
                let facts = self.learnt(condition, true);
                self.narrowing.learn(facts);
                Type::Nothing
            }
            None => Type::Never,
        }
    }

    /// Says that a statement is never reached.
    pub(super) fn unreachable(&mut self, span: crate::base::Span, after: crate::base::Span) {
        self.report(FlowError::Unreachable { span, after });
    }
}
