//! Names of sites: the `let` whose value a call gives, else the part; unique in the movement.
//!
//! Of the calls in one `let` the outermost has its name, those inside have their parts' names: so a path
//! reads like the score (`report/summary`, `report/draft`).

use super::{Lower, Lowered};
use crate::base::Name;
use crate::plan::{Expr, ExprKind, LowerError};
use crate::resolve::Meaning;
use crate::syntax::ast;
use crate::types::Type;
use crate::value::Value;

use super::Made;
use super::body::Key;

impl Lower<'_> {
    /// The hinted name, else this one; with its ordinal from the second on.
    pub(super) fn site(&mut self, hint: Option<Name>, word: &str) -> Name {
        let name = hint.unwrap_or_else(|| Name::from(word));
        let count = self.counts.entry(name.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => name,
            ordinal => Name::from(format!("{name}#{ordinal}")),
        }
    }

    /// What a name stands for where it is used as a value.
    pub(super) fn name(&mut self, expr: &ast::Expr) -> Lowered<Expr> {
        let span = expr.span;
        match self.meaning(expr.id, span)? {
            Meaning::Local(definition) | Meaning::Failure(definition) => {
                Ok(Expr::slot(self.local(Key::Name(definition), span)?, span))
            }
            Meaning::It => Ok(Expr::slot(self.local(Key::It, span)?, span)),
            Meaning::Item(item) => match self.made.get(&item) {
                Some(Made::Instrument(id)) => {
                    let params =
                        self.plan.instruments.get(id.0 as usize).map_or(&[][..], |made| &made.params);
                    let defaults = params
                        .iter()
                        .map(|param| param.default.clone().unwrap_or(Expr::constant(Value::Nothing, span)))
                        .collect();
                    Ok(Expr { kind: ExprKind::Instrument(*id, defaults), span })
                }
                Some(Made::Part(_)) if self.type_of(expr.id) == Type::Instrument => self.as_tool(item, span),
                Some(Made::Part(_) | Made::Movement(_)) | None => {
                    let types = self.checked.callables.get(expr.id).cloned().unwrap_or_default();
                    self.item_as_value(item, &types, span)
                }
            },
            Meaning::Builtin(builtin) => Ok(self.builtin_as_function(builtin, span)),
            Meaning::Constructor(name) => {
                Ok(Expr { kind: ExprKind::Construct(Name::from(name), Box::default()), span })
            }
            Meaning::Known(_) => Err(LowerError::NotPlannable { what: "a type as a value", span }),
        }
    }
}
