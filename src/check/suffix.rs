//! `by`, `within` and `retry` behind a call.

use super::advice::show;
use super::call::Piped;
use super::checker::{Checker, Later};
use super::literal::only_int;
use super::{CallError, ItemError};
use crate::base::{Name, Span};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{Expr, ExprKind, Suffix};
use crate::types::Type;

/// What stands behind a call.
#[derive(Default)]
pub(super) struct Suffixes<'a> {
    pub by: Option<&'a Expr>,
    pub within: Option<(&'a [Expr], Span)>,
    pub retry: Option<&'a Expr>,
}

impl<'a> Checker<'a> {
    /// A call with suffixes.
    pub(super) fn suffixed(&mut self, expr: &'a Expr, piped: Option<Piped<'a>>, want: Option<&Type>) -> Type {
        let mut suffixes = Suffixes::default();
        let mut chain = Vec::new();
        let mut at = expr;
        while let ExprKind::Suffix { target, suffix } = &at.kind {
            chain.push(at);
            let span = Span::new(target.span.end, at.span.end);
            let (word, doubled) = match suffix {
                Suffix::By(by) => ("by", suffixes.by.replace(by).is_some()),
                Suffix::Within(limits) => ("within", suffixes.within.replace((limits, span)).is_some()),
                Suffix::Retry(retry) => ("retry", suffixes.retry.replace(retry).is_some()),
            };
            if doubled {
                self.report(CallError::DoubledSuffix { word, span: expr.span });
            }
            at = target;
        }
        if let Some(by) = suffixes.by {
            match self.called_part(at) {
                Some(item) => self.players_of(item, by),
                None => drop(self.demand(by, &Type::Instrument, format_args!("what stands after `by`"))),
            }
        }
        if let Some((limits, _)) = suffixes.within {
            self.limits(limits, "within");
        }
        if let Some(retry) = suffixes.retry {
            self.tries(retry, "retry");
        }
        let ty = if let ExprKind::Call { callee, arguments } = &at.kind {
            self.only_on_calls(at, callee, &suffixes);
            self.call(at, callee, arguments, piped, Some(&suffixes), want)
        } else {
            if let Some(piped) = piped {
                self.expr(piped.expr, None);
            }
            let found = self.expr(at, want);
            if found != Type::Unknown {
                self.misplaced(&suffixes, show(&found), at.span);
            }
            found
        };
        for suffix in chain {
            self.types.set(suffix.id, ty.clone());
        }
        ty
    }

    /// Suffixes stand on calls of parts and movements, and, but for `by`, on calls of the world.
    fn only_on_calls(&mut self, call: &Expr, callee: &Expr, suffixes: &Suffixes<'a>) {
        let what = match self.meaning(callee.id) {
            Some(Meaning::Builtin(builtin)) => {
                let world = matches!(builtin.run, crate::builtin::Run::World { .. });
                if world && suffixes.by.is_none() {
                    if let (
                        Some(retry),
                        crate::builtin::Run::World { class: crate::instrument::Class::Acts, .. },
                    ) = (suffixes.retry, &builtin.run)
                    {
                        self.acts_again(
                            builtin.name,
                            "`retry`",
                            retry.span,
                            "Leave `retry` out; where it fails, `otherwise` says what then.",
                        );
                    }
                    return;
                }
                format!("the function `{}`", builtin.name)
            }
            Some(Meaning::Constructor(name)) => format!("the constructor `{name}`"),
            Some(Meaning::Known(name)) => format!("the type `{name}`"),
            Some(Meaning::Item(item)) => match self.facts(item) {
                super::checker::ItemFacts::Type(_) => format!("the type `{}`", self.item_text(item)),
                super::checker::ItemFacts::Instrument(_) => {
                    format!("the instrument `{}`", self.item_text(item))
                }
                _ => return,
            },
            _ => return,
        };
        self.misplaced(suffixes, what, call.span);
    }

    fn misplaced(&mut self, suffixes: &Suffixes<'a>, what: String, span: Span) {
        let word = match suffixes {
            Suffixes { by: Some(_), .. } => "by",
            Suffixes { within: Some(_), .. } => "within",
            _ => "retry",
        };
        let help = match word {
            "within" => String::from("To bound several things, write `limit 30s { … }`."),
            "by" => String::from("`by` says who plays a part: `draft(x) by writer`."),
            _ => String::from("`retry` says how often a part is tried again: `draft(x) retry 2`."),
        };
        self.report(CallError::MisplacedSuffix { word, what, help: help.into(), span });
    }

    /// A movement may be bounded and tried again, but nobody plays it.
    pub(super) fn movement_suffixes(&mut self, item: ItemId, name: &Name, suffixes: &Suffixes<'a>) {
        if let Some(by) = suffixes.by {
            let what = format!("the movement `{name}`");
            let help = format!(
                "A movement has no player of its own. Pass the instrument: `movement {name}(…, player: instrument)`."
            );
            self.report(CallError::MisplacedSuffix { word: "by", what, help: help.into(), span: by.span });
        }
        if let Some(retry) = suffixes.retry {
            if !matches!(retry.kind, ExprKind::Int(_)) {
                let what = String::from("how often a movement is tried again");
                let help = String::from("Write a number: `retry 2`.");
                self.report(super::ValueError::NotLiteral { what, help: help.into(), span: retry.span });
            }
            self.later.push(Later::Retry(item, name.clone(), retry.span));
        }
    }

    /// A number of tries.
    pub(super) fn tries(&mut self, retry: &'a Expr, word: &str) {
        let found = self.demand(retry, &Type::Int, format_args!("what stands after `{word}`"));
        if let Some(count) = only_int(&found)
            && !(0..=20).contains(&count)
        {
            let what = "the number of further tries";
            self.report(ItemError::BadCount { what, found: count, help: "It is 0 to 20.", span: retry.span });
        }
    }

    pub(super) fn acts_again(&mut self, what: &str, word: &'static str, span: Span, help: &str) {
        self.report(CallError::ActsAgain { what: what.to_owned(), word, help: help.to_owned().into(), span });
    }
}
