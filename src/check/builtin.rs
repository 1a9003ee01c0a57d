//! Calls of builtins: their type variables, sizes and special cases.

use std::sync::Arc;

use super::advice::show;
use super::arguments::Callable;
use super::call::Piped;
use super::checker::Checker;
use super::fits::fits;
use super::join::join;
use super::literal::only_int;
use super::narrow::members;
use super::{CallFacts, Callee, Passed, ValueError};
use crate::base::Span;
use crate::builtin::{Builtin, Run, SizeFlow};
use crate::resolve::{Meaning, builtin_type};
use crate::syntax::ast::{Argument, Expr, ExprKind};
use crate::types::{Field, PartType, RecordType, Signature, Size, Type};

/// What the variables of a signature stand for.
#[derive(Default)]
pub(super) struct Found {
    types: Vec<Option<Type>>,
}

impl<'a> Checker<'a> {
    /// A call of a builtin.
    pub(super) fn builtin_call(
        &mut self,
        expr: &'a Expr,
        builtin: &'static Builtin,
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
        want: Option<&Type>,
    ) -> Type {
        let signature = self.builtin_signature(builtin);
        let call = Callable {
            name: builtin.name,
            signature: &signature,
            span: expr.span,
            piped: piped.map(|piped| piped.expr.span),
        };
        let bound = self.bind(&call, arguments);
        let returns = if builtin.name == "values" {
            arguments.first().map_or(Type::Unknown, |argument| self.values(&argument.value))
        } else if builtin.name == "asked" {
            let returns = self.asked(expr, arguments);
            self.world_deed(expr, builtin, 0);
            returns
        } else {
            let touched = std::mem::replace(&mut self.touched, 0);
            let given = self.given(&signature, &bound.passed, arguments, piped, &bound.params);
            let errors = self.errors.len();
            let returns = self.infer_builtin(builtin, &signature, &given, want);
            self.as_loop_instead(errors, expr, builtin.name, &given);
            let mine = self.touched;
            self.touched = touched.max(mine);
            self.world_deed(expr, builtin, mine);
            self.sized(builtin.size, returns, &given)
        };
        if matches!(builtin.name, "env" | "secret") {
            self.plain_name(builtin.name, arguments, piped);
        }
        self.calls.set(
            expr.id,
            CallFacts { callee: Callee::Builtin(builtin), passed: bound.passed, types: Vec::new() },
        );
        returns
    }

    /// What is called in the small function of a `map` can be called in a `for`: its error says so.
    fn as_loop_instead(&mut self, from: usize, call: &Expr, builtin: &str, given: &[Option<&Expr>]) {
        let Some(better) = self.as_loop(call, builtin, given) else { return };
        if let Some(super::CheckError::Call(super::CallError::Impure { help, .. })) =
            self.errors.get_mut(from)
        {
            *help = better;
        }
    }

    fn builtin_signature(&mut self, builtin: &'static Builtin) -> Arc<Signature> {
        let made = || Arc::new((builtin.signature)());
        self.signatures.entry((builtin.name, false)).or_insert_with(made).clone()
    }

    /// For each parameter the expression that is passed for it; what has no parameter is checked alone.
    pub(super) fn given(
        &mut self,
        signature: &Signature,
        passed: &[Passed],
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
        params: &[Option<usize>],
    ) -> Vec<Option<&'a Expr>> {
        for (argument, param) in arguments.iter().zip(params) {
            if param.is_none() {
                self.expr(&argument.value, None);
            }
        }
        let given = signature.params.iter().zip(passed).map(|(_, passed)| match passed {
            Passed::Argument(at) => arguments.get(*at).map(|argument| &argument.value),
            Passed::Piped => piped.map(|piped| piped.expr),
            Passed::Default | Passed::Rest(_) => None,
        });
        given.collect()
    }

    /// Finds out what the variables stand for: values first, then functions, whose parameters depend on
    /// the values.
    fn infer_builtin(
        &mut self,
        builtin: &'static Builtin,
        signature: &Signature,
        given: &[Option<&'a Expr>],
        want: Option<&Type>,
    ) -> Type {
        let mut found = Found::default();
        let is_function = |expr: &Expr| match &expr.kind {
            ExprKind::Lambda { .. } => true,
            ExprKind::Name(_) => matches!(self.meaning(expr.id), Some(Meaning::Builtin(_))),
            _ => false,
        };
        let wants_function =
            |at: usize| signature.params.get(at).is_some_and(|param| matches!(param.ty, Type::Part(_)));
        let (functions, values): (Vec<usize>, Vec<usize>) = (0..given.len())
            .filter(|at| given[*at].is_some())
            .partition(|at| wants_function(*at) || given[*at].is_some_and(is_function));
        let hope = want.filter(|_| {
            signature.returns == signature.params.first().map_or(Type::Unknown, |param| param.ty.clone())
        });
        for at in values {
            let (Some(expr), Some(param)) = (given[at], signature.params.get(at)) else { continue };
            let wanted = found.put_in(&param.ty, &Type::Unknown);
            let hint = if at == 0 { hope.or(Some(&wanted)) } else { Some(&wanted) };
            let ty = self.expr(expr, hint);
            found.unify(&param.ty, &ty);
            self.settle(builtin, &mut found, expr, &param.ty);
            let wanted = found.put_in(&param.ty, &Type::Unknown);
            if fits(&ty, &wanted) {
                self.within_bounds(expr, &wanted);
            } else {
                self.mismatch(expr, &ty, &wanted, format_args!("`{}` of `{}`", param.name, builtin.name));
            }
        }
        for at in functions {
            let (Some(expr), Some(param)) = (given[at], signature.params.get(at)) else { continue };
            let wanted = found.put_in(&param.ty, &Type::Unknown);
            let ty = self.function_value(expr, &wanted);
            found.unify(&param.ty, &ty);
            self.settle(builtin, &mut found, expr, &param.ty);
            let wanted = found.put_in(&param.ty, &Type::Unknown);
            if !fits(&ty, &wanted) {
                self.misfit_function(expr, &ty, &wanted, builtin.name);
            }
        }
        found.put_in(&signature.returns, &Type::Never)
    }

    /// A small function, or a builtin by its name, where a function is wanted.
    fn function_value(&mut self, expr: &'a Expr, wanted: &Type) -> Type {
        let (ExprKind::Name(_), Some(Meaning::Builtin(builtin)), Type::Part(part)) =
            (&expr.kind, self.meaning(expr.id), wanted)
        else {
            self.only_computes = matches!(expr.kind, ExprKind::Lambda { .. });
            let found = self.expr(expr, Some(wanted));
            self.only_computes = false;
            if !matches!(expr.kind, ExprKind::Lambda { .. }) && matches!(found.shape(), Type::Part(_)) {
                let help = "Call it in a `for` first, and give what comes out: `for x in xs { f(x) }`.";
                self.report(super::CallError::Impure {
                    callee: format!("`{}`", self.source_or_x(expr.span)),
                    place: String::from("a function that a builtin calls"),
                    help: String::from(help).into(),
                    span: expr.span,
                });
                return Type::Unknown;
            }
            return found;
        };
        let signature = self.builtin_signature(builtin);
        let needed = signature.params.iter().filter(|param| !param.optional).count();
        if !matches!(builtin.run, Run::Pure(_)) || needed != part.params.len() {
            return self.expr(expr, None);
        }
        let mut found = Found::default();
        for (param, given) in signature.params.iter().zip(&part.params) {
            found.unify(&param.ty, given);
        }
        let params =
            signature.params.iter().take(needed).map(|param| found.put_in(&param.ty, &Type::Unknown));
        let params = params.collect();
        let returns = found.put_in(&signature.returns, &Type::Never);
        let ty = Type::Part(Arc::new(PartType { params, returns }));
        self.types.set(expr.id, ty.clone());
        ty
    }

    fn misfit_function(&mut self, expr: &'a Expr, ty: &Type, wanted: &Type, name: &str) {
        if let (ExprKind::Lambda { body, .. }, Type::Part(has), Type::Part(wanted)) = (&expr.kind, ty, wanted)
            && has.params.len() == wanted.params.len()
        {
            let body: &'a Expr = body;
            self.mismatch(
                body,
                &has.returns,
                &wanted.returns,
                format_args!("what the function gives to `{name}`"),
            );
        } else if !matches!(expr.kind, ExprKind::Lambda { .. }) {
            self.mismatch(expr, ty, wanted, format_args!("the function given to `{name}`"));
        }
    }

    /// Complains where a variable stands for what it can't.
    fn settle(&mut self, builtin: &'static Builtin, found: &mut Found, expr: &Expr, param: &Type) {
        for (variable, need) in builtin.needs {
            let Some(slot) = found.types.get_mut(*variable as usize) else { continue };
            let Some(ty) = slot.clone() else { continue };
            if !mentions(param, *variable) {
                continue;
            }
            if let Some(settled) = need.settle(&ty) {
                *slot = Some(settled);
            } else {
                *slot = Some(Type::Unknown);
                let help = match members(&ty).as_slice() {
                    [Type::Nothing, ..] => Some(String::from(
                        "Leave out what is `nothing` first: `for x in xs if x != nothing { x }`.",
                    )),
                    _ => match (builtin.name, ty.shape()) {
                        ("min" | "max" | "sort", Type::Record(_)) => {
                            Some(String::from("Say by what: `sort_by(xs, x => …)`, `max_by(xs, x => …)`."))
                        }
                        _ => None,
                    },
                };
                self.report(ValueError::Mismatch {
                    what: format!("what is given to `{}`", builtin.name),
                    found: show(&ty),
                    wanted: need.words().to_owned(),
                    help: help.map(Into::into),
                    span: expr.span,
                });
            }
        }
    }

    /// The size of a list that comes out.
    fn sized(&self, flow: SizeFlow, returns: Type, given: &[Option<&'a Expr>]) -> Type {
        let Type::List(element, _) = &returns else { return returns };
        let ty_at = |at: usize| given.get(at).copied().flatten().and_then(|expr| self.types.get(expr.id));
        let size_at = |at: usize| match ty_at(at).map(Type::shape) {
            Some(Type::List(_, size)) => *size,
            _ => Size::ANY,
        };
        let size = match flow {
            SizeFlow::None => return returns,
            SizeFlow::Same(at) => size_at(at),
            SizeFlow::AtMost(at) => Size { min: 0, ..size_at(at) },
            SizeFlow::AtMostNumber(at, number) => {
                let size = size_at(at);
                let most = ty_at(number).and_then(super::literal::maximum_int);
                let exact = ty_at(number).and_then(only_int).and_then(|count| u64::try_from(count).ok());
                let max = match (size.max, most) {
                    (Some(max), Some(most)) => Some(max.min(most)),
                    (max, most) => max.or(most),
                };
                Size { min: exact.map_or(0, |count| count.min(size.min)), max }
            }
        };
        Type::List(element.clone(), size)
    }

    /// `values(Mood)`
    fn values(&mut self, argument: &'a Expr) -> Type {
        let named = match (&argument.kind, self.meaning(argument.id)) {
            (ExprKind::Name(_) | ExprKind::Field { .. }, Some(Meaning::Item(item))) => match self.facts(item)
            {
                super::checker::ItemFacts::Type(ty) => Some(ty.clone()),
                _ => None,
            },
            (ExprKind::Name(name), None) => Some(builtin_type(name).unwrap_or(Type::Unknown)),
            _ => None,
        };
        let Some(ty) = named else {
            let found = self.expr(argument, None);
            if found != Type::Unknown {
                self.not_a_type(show(&found), argument.span);
            }
            return Type::Unknown;
        };
        self.types.set(argument.id, ty.clone());
        if ty.shape() == &Type::Unknown {
            return Type::Unknown;
        }
        let all = members(&ty);
        if !all.iter().all(|member| matches!(member.shape(), Type::Literal(_))) {
            self.not_a_type(show(&ty), argument.span);
            return Type::Unknown;
        }
        let count = all.len() as u64;
        Type::List(Arc::new(ty), Size { min: count, max: Some(count) })
    }

    fn not_a_type(&mut self, found: String, span: Span) {
        self.report(ValueError::Mismatch {
            what: String::from("what `values` lists"),
            found,
            wanted: String::from("the name of a type made of literals"),
            help: Some(
                String::from("Declare one: `type Mood = \"calm\" | \"angry\"`, then `values(Mood)`.").into(),
            ),
            span,
        });
    }

    /// The name of a variable or secret is written out.
    fn plain_name(&mut self, builtin: &str, arguments: &'a [Argument], piped: Option<Piped<'a>>) {
        let first =
            arguments.iter().find(|argument| argument.name.as_ref().is_none_or(|name| &*name.name == "name"));
        let named = piped.map(|piped| piped.expr).or(first.map(|argument| &argument.value));
        let Some(expr) = named else { return };
        let plain = matches!(&expr.kind, ExprKind::Text(text) if text.plain().is_some()) && piped.is_none();
        if !plain && self.types.get(expr.id).is_some_and(|ty| fits(ty, &Type::Text)) {
            let what = format!("the name that `{builtin}` looks up");
            let help = format!(
                "Write it as a text without holes: `{builtin}(\"NAME\")`. What a score needs is known before it runs."
            );
            self.report(ValueError::NotLiteral { what, help: help.into(), span: expr.span });
        }
    }
}

impl Found {
    pub(super) fn get(&self, variable: u32) -> Option<&Type> {
        self.types.get(variable as usize).and_then(Option::as_ref)
    }

    fn set(&mut self, variable: u32, ty: Type) {
        let at = variable as usize;
        if at >= self.types.len() {
            self.types.resize(at + 1, None);
        }
        self.types[at] = Some(match self.types[at].take() {
            Some(before) => join(&before, &ty),
            None => ty,
        });
    }

    /// Learns what variables of a parameter stand for from what is passed.
    pub(super) fn unify(&mut self, param: &Type, given: &Type) {
        match (param, given) {
            (Type::Variable(variable), _) => self.set(*variable, given.clone()),
            (Type::List(param, _), _) => {
                if let Type::List(given, _) = given.shape() {
                    self.unify(param, given);
                }
            }
            (Type::Map(param), _) => {
                if let Type::Map(given) = given.shape() {
                    self.unify(param, given);
                }
            }
            (Type::Optional(param), _) => match given.shape() {
                Type::Optional(given) => self.unify(param, given),
                Type::Nothing => {}
                _ => self.unify(param, given),
            },
            (Type::Part(param), Type::Part(given)) => {
                for (param, given) in param.params.iter().zip(&given.params) {
                    if *given != Type::Unknown {
                        self.unify(param, given);
                    }
                }
                self.unify(&param.returns, &given.returns);
            }
            (Type::Record(param), Type::Record(given)) => {
                if let (Some((one, params)), Some((other, given))) = (param.template(), given.template())
                    && Arc::ptr_eq(one, other)
                {
                    params.iter().zip(given).for_each(|(param, given)| self.unify(param, given));
                }
            }
            (Type::Refined(param, _), _) => self.unify(param, given),
            (Type::Union(options), _) => {
                let alike = options
                    .iter()
                    .find(|option| std::mem::discriminant(*option) == std::mem::discriminant(given.shape()));
                if let Some(option) = alike {
                    self.unify(option, given);
                }
            }
            _ => {}
        }
    }

    /// A type with what its variables stand for; `unknown` for those of which nothing is known.
    fn put_in(&self, ty: &Type, unknown: &Type) -> Type {
        match ty {
            Type::Variable(variable) => self.get(*variable).unwrap_or(unknown).clone(),
            Type::List(inner, size) => Type::List(Arc::new(self.put_in(inner, unknown)), *size),
            Type::Map(inner) => Type::Map(Arc::new(self.put_in(inner, unknown))),
            Type::Optional(inner) => self.put_in(inner, unknown).optional(),
            Type::Union(members) => Type::union(members.iter().map(|member| self.put_in(member, unknown))),
            Type::Part(part) => Type::Part(Arc::new(PartType {
                params: part.params.iter().map(|param| self.put_in(param, unknown)).collect(),
                returns: self.put_in(&part.returns, unknown),
            })),
            Type::Record(record) if record.name.is_none() => {
                let fields = record
                    .fields()
                    .iter()
                    .map(|field| Field { ty: self.put_in(&field.ty, unknown), ..field.clone() });
                Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
            }
            _ => ty.clone(),
        }
    }
}

fn mentions(ty: &Type, variable: u32) -> bool {
    match ty {
        Type::Variable(found) => *found == variable,
        Type::List(inner, _) | Type::Map(inner) | Type::Optional(inner) => mentions(inner, variable),
        Type::Union(members) => members.iter().any(|member| mentions(member, variable)),
        Type::Part(part) => {
            mentions(&part.returns, variable) || part.params.iter().any(|param| mentions(param, variable))
        }
        _ => false,
    }
}
