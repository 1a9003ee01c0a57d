//! Calls of what has type parameters: what they stand for is found from the arguments, and where those don't
//! decide from what is expected of the result.

use super::arguments::Callable;
use super::builtin::Found;
use super::call::Piped;
use super::checker::Checker;
use super::fits::{find, fits};
use super::join::widen;
use super::{ItemError, Passed, ValueError};
use crate::base::Span;
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, Argument, Expr, ExprKind};
use crate::types::{PartType, Signature, Type};

/// What a call of something with type parameters comes to.
pub(super) struct Inferred {
    pub passed: Vec<Passed>,
    /// What the parameters stand for, in order.
    pub types: Vec<Type>,
    pub returns: Type,
}

impl<'a> Checker<'a> {
    /// The type parameters of an item.
    pub(super) fn generics_of_item(&self, item: ItemId) -> &'a [ast::Ident] {
        self.written(item).map_or(&[], ast::Item::generics)
    }

    /// A call whose signature has type variables.
    pub(super) fn generic_call(
        &mut self,
        call: &Callable<'_>,
        generics: &'a [ast::Ident],
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
        want: Option<&Type>,
    ) -> Inferred {
        let signature = call.signature;
        let bound = self.bind(call, arguments);
        let given = self.given(signature, &bound.passed, arguments, piped, &bound.params);
        let mut hoped = Found::default();
        if let Some(want) = want.filter(|want| **want != Type::Unknown) {
            hoped.unify(&signature.returns, want);
        }
        let mut found = Found::default();
        let mut types: Vec<Option<Type>> = vec![None; given.len()];
        // Values first: what functions take depends on them.
        for functions in [false, true] {
            for (at, (expr, param)) in given.iter().zip(&signature.params).enumerate() {
                let Some(expr) = expr.filter(|expr| self.is_callable(expr) == functions) else { continue };
                let wanted = self.settled(&param.ty, &found, &hoped, generics.len());
                let ty = self.expr(expr, Some(&wanted));
                found.unify(&param.ty, &ty);
                types[at] = Some(ty);
            }
        }
        let types_of = self.decided(call, generics, &found, &hoped);
        for ((expr, param), ty) in given.iter().zip(&signature.params).zip(&types) {
            let (Some(expr), Some(ty)) = (expr, ty) else { continue };
            let wanted = self.instances.put_in(&param.ty, &types_of);
            if fits(ty, &wanted) {
                self.within_bounds(expr, &wanted);
            } else {
                let name = format!("`{}` of `{}`", param.name, call.name);
                self.mismatch(expr, ty, &wanted, format_args!("{name}"));
            }
        }
        let returns = self.instances.put_in(&signature.returns, &types_of);
        Inferred { passed: bound.passed, types: types_of, returns }
    }

    /// What the parameters of a part or movement stand for that is passed as a value.
    pub(super) fn generic_value(
        &mut self,
        expr: &Expr,
        item: ItemId,
        signature: &Signature,
        wanted: Option<&PartType>,
    ) -> Vec<Type> {
        let generics = self.generics_of_item(item);
        if generics.is_empty() {
            return Vec::new();
        }
        let mut found = Found::default();
        if let Some(wanted) = wanted {
            for (param, given) in signature.params.iter().zip(&wanted.params) {
                found.unify(&param.ty, given);
            }
            found.unify(&signature.returns, &wanted.returns);
        }
        let name = self.item_text(item);
        let call = Callable { name: &name, signature, span: expr.span, piped: None };
        self.decided(&call, generics, &found, &Found::default())
    }

    /// Whether it is a function or names something that is called.
    fn is_callable(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Lambda { .. } => true,
            ExprKind::Name(_) => match self.meaning(expr.id) {
                Some(Meaning::Item(item)) => matches!(
                    self.written(item).map(|item| &item.kind),
                    Some(ast::ItemKind::Part(_) | ast::ItemKind::Movement(_))
                ),
                _ => false,
            },
            _ => false,
        }
    }

    /// A type with what is known so far; what is not is open.
    fn settled(&mut self, ty: &Type, found: &Found, hoped: &Found, count: usize) -> Type {
        let known = |variable| match (found.get(variable), hoped.get(variable)) {
            (Some(found), Some(hoped)) if fits(found, hoped) => hoped.clone(),
            (Some(found), _) => widen(found),
            (None, Some(hoped)) => hoped.clone(),
            (None, None) => Type::Unknown,
        };
        let known: Vec<Type> = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(known).collect();
        self.instances.put_in(ty, &known)
    }

    /// What each parameter stands for; those that nothing decides are complained of.
    fn decided(
        &mut self,
        call: &Callable<'_>,
        generics: &[ast::Ident],
        found: &Found,
        hoped: &Found,
    ) -> Vec<Type> {
        let mut types = Vec::with_capacity(generics.len());
        for (variable, generic) in (0..).zip(generics) {
            let ty = match (found.get(variable), hoped.get(variable)) {
                (Some(found), Some(hoped)) if fits(found, hoped) => hoped.clone(),
                // A literal among others is one of its kind.
                (Some(found), _) => widen(found),
                (None, Some(hoped)) => hoped.clone(),
                (None, None) => self.undecided(call, variable, generic),
            };
            if find(&ty, |ty| (*ty == Type::Secret).then_some(())).is_some() {
                self.report(ValueError::Secret { how: "passed where any type will do", span: call.span });
            }
            types.push(ty);
        }
        types
    }

    fn undecided(&mut self, call: &Callable<'_>, variable: u32, generic: &ast::Ident) -> Type {
        let param = call.signature.params.iter().find(|param| mentions(&param.ty, variable));
        let help = match param {
            Some(param) => format!("`{}` would say it: give it a value whose type is known.", param.name),
            None => String::from("Say what you expect: `let x: T = …`."),
        };
        let (parameter, name) = (generic.name.to_string(), call.name.to_owned());
        let span: Span = call.span;
        self.report(ItemError::CannotInfer { parameter, name, help, span });
        Type::Unknown
    }
}

fn mentions(ty: &Type, variable: u32) -> bool {
    find(ty, |ty| (*ty == Type::Variable(variable)).then_some(())).is_some()
}
