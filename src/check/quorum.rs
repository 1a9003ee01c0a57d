//! `quorum`: the answers of several persons, and what they come to.

use super::checker::{Checker, ItemFacts};
use super::literal::only_int;
use super::{ItemError, ValueError};
use crate::resolve::Meaning;
use crate::syntax::ast::{self, ClauseKind, Expr, ExprKind, ItemKind};
use crate::types::{Size, Type};

/// How many may be asked at once.
const MOST: i64 = 20;

/// The `quorum` of a part.
pub(super) fn of(item: &ast::PartItem) -> Option<&Expr> {
    item.clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Quorum(quorum) => Some(quorum),
        _ => None,
    })
}

/// What a call of a part gives whose answers are of this type: the one that most gave, where it is one of a
/// few, else all of them.
pub(super) fn given(item: &ast::PartItem, answer: &Type) -> Type {
    let Some(quorum) = of(item) else { return answer.clone() };
    match answer.shape() {
        Type::Bool | Type::Union(_) | Type::Literal(_) | Type::Unknown => answer.clone(),
        _ => {
            let size = match quorum.kind {
                ExprKind::Int(count) => u64::try_from(count).ok(),
                _ => None,
            };
            let size = size.map_or(Size::ANY, |count| Size { min: count, max: Some(count) });
            Type::List(answer.clone().into(), size)
        }
    }
}

impl<'a> Checker<'a> {
    /// The part that an expression calls by its name.
    pub(super) fn called_part(&self, call: &Expr) -> Option<&'a ast::PartItem> {
        let ExprKind::Call { callee, .. } = &call.kind else { return None };
        let Some(Meaning::Item(item)) = self.meaning(callee.id) else { return None };
        match (&self.written(item)?.kind, self.facts(item)) {
            (ItemKind::Part(part), ItemFacts::Part(_)) => Some(part),
            _ => None,
        }
    }

    /// What stands after `by`: an instrument; with `quorum` a list of them.
    pub(super) fn players_of(&mut self, item: &'a ast::PartItem, by: &'a Expr) {
        let what = "what stands after `by`";
        let Some(quorum) = of(item) else {
            self.demand(by, &Type::Instrument, format_args!("{what}"));
            return;
        };
        let found =
            self.demand(by, &Type::list(Type::Instrument), format_args!("{what} where there is a `quorum`"));
        if let (Type::List(_, Size { max: Some(most), .. }), ExprKind::Int(need)) =
            (found.shape(), &quorum.kind)
            && u64::try_from(*need).is_ok_and(|need| need > *most)
        {
            let what = "the number of answers that are needed";
            let help = "Fewer are asked. Name more after `by`, or ask for fewer answers.";
            self.report(ItemError::BadCount { what, found: *need, help, span: by.span });
        }
    }

    /// `quorum N`
    pub(super) fn quorum(&mut self, item: &'a ast::PartItem, quorum: &'a Expr) {
        let found = self.demand(quorum, &Type::Int, format_args!("what stands after `quorum`"));
        if let Some(count) = only_int(&found)
            && !(1..=MOST).contains(&count)
        {
            let what = "the number of answers that are needed";
            self.report(ItemError::BadCount {
                what,
                found: count,
                help: "It is 1 to 20.",
                span: quorum.span,
            });
        }
        if item.returns.is_none() {
            self.report(ValueError::Mismatch {
                what: String::from("the answer"),
                found: String::from("`nothing`"),
                wanted: String::from("something that several can say"),
                help: Some(String::from("Say what each of them answers: `-> bool`.").into()),
                span: quorum.span,
            });
        }
    }
}
