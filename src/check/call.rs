//! Calls: what is called, with what, and what it gives.

use std::sync::Arc;

use super::arguments::Callable;
use super::checker::{Checker, Deed, ItemFacts};
use super::suffix::Suffixes;
use super::{CallError, CallFacts, Callee, Passed};
use crate::base::Name;
use crate::builtin::{Builtin, Run};
use crate::instrument::Class;
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{Argument, Expr, ExprKind};
use crate::types::{Param, PartType, RecordType, Signature, Type, known};

/// What stands left of a `|>`.
#[derive(Clone, Copy)]
pub(super) struct Piped<'a> {
    pub expr: &'a Expr,
}

/// What a call calls, with its signature.
enum Target {
    Part(ItemId),
    Movement(ItemId),
    Instrument(ItemId),
    Constructor(&'static str),
    Builtin(&'static Builtin),
    Record(Arc<RecordType>),
    /// What was passed.
    Value(Arc<PartType>),
    /// Not known, or already complained of.
    None,
}

impl<'a> Checker<'a> {
    /// `f(a, name: b)`, with what is piped into it and what stands behind it.
    pub(super) fn call(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
        suffixes: Option<&Suffixes<'a>>,
        want: Option<&Type>,
    ) -> Type {
        let target = self.target(expr, callee);
        let ty = match target {
            Target::Builtin(builtin) => self.builtin_call(expr, builtin, arguments, piped, want),
            Target::None => {
                self.loose_arguments(arguments, piped);
                Type::Unknown
            }
            target => self.plain_call(expr, callee, &target, arguments, piped, suffixes, want),
        };
        self.types.set(expr.id, ty.clone());
        ty
    }

    /// Arguments of what can't be called.
    pub(super) fn loose_arguments(&mut self, arguments: &'a [Argument], piped: Option<Piped<'a>>) {
        if let Some(piped) = piped {
            self.expr(piped.expr, None);
        }
        for argument in arguments {
            let is_type = matches!(argument.value.kind, ExprKind::Name(_))
                && match self.meaning(argument.value.id) {
                    Some(Meaning::Item(item)) => matches!(self.facts(item), ItemFacts::Type(_)),
                    Some(Meaning::Known(_)) => true,
                    _ => false,
                };
            if !is_type && !matches!(argument.value.kind, ExprKind::Lambda { .. }) {
                self.expr(&argument.value, None);
            }
        }
    }

    fn target(&mut self, expr: &'a Expr, callee: &'a Expr) -> Target {
        if let ExprKind::Field { target, field } = &callee.kind
            && !self.is_member(callee)
        {
            return self.method(expr, target, &field.name, callee);
        }
        let Some(name) = self.called(callee) else {
            let found = self.expr(callee, None);
            return self.value_target(&found, expr);
        };
        let Some(meaning) = self.meaning(callee.id) else { return Target::None };
        match meaning {
            Meaning::Item(item) => match self.facts(item) {
                ItemFacts::Part(_) => Target::Part(item),
                ItemFacts::Movement(_) => Target::Movement(item),
                ItemFacts::Instrument(Some(_)) => Target::Instrument(item),
                ItemFacts::Type(ty) => match ty.shape() {
                    Type::Record(record) => Target::Record(record.clone()),
                    Type::Unknown => Target::None,
                    _ => {
                        let help = "Only record types make values. A literal is already of its type; other values are read with `x as T`.";
                        self.uncallable(format!("the type `{name}`"), help.to_owned(), callee);
                        Target::None
                    }
                },
                ItemFacts::Instrument(None) => {
                    let help = format!(
                        "It has no parameters: leave `( )` out. A part is played by it with `by {name}`."
                    );
                    self.uncallable(format!("the instrument `{name}`"), help, callee);
                    Target::None
                }
                ItemFacts::Other => Target::None,
            },
            Meaning::Constructor(name) => Target::Constructor(name),
            Meaning::Builtin(builtin) => Target::Builtin(builtin),
            Meaning::Known(name) => {
                known().named(name).map_or(Target::None, |record| Target::Record(record.clone()))
            }
            Meaning::Local(_) | Meaning::It | Meaning::Failure(_) => {
                let found = self.expr(callee, None);
                self.value_target(&found, callee)
            }
        }
    }

    /// A value that is called.
    fn value_target(&mut self, found: &Type, callee: &Expr) -> Target {
        if let Type::Part(part) = found.shape() {
            return Target::Value(part.clone());
        }
        self.not_callable(found, callee);
        Target::None
    }

    fn method(&mut self, expr: &Expr, target: &'a Expr, name: &Name, callee: &'a Expr) -> Target {
        if let Some(help) = self.of_json(expr, target, name) {
            self.report(CallError::Method { name: name.to_string(), help, span: callee.span });
            return Target::None;
        }
        let found = self.expr(target, None);
        if matches!(found, Type::Unknown) {
            return Target::None;
        }
        if let Type::Record(record) = found.shape()
            && let Some((_, field)) = record.field(name)
            && let Type::Part(part) = field.ty.shape()
        {
            self.types.set(callee.id, field.ty.clone());
            return Target::Value(part.clone());
        }
        if found == Type::Instrument {
            if let ExprKind::Field { field, .. } = &callee.kind {
                self.unknown_tool(target, field);
            }
            return Target::None;
        }
        let help = self.method_help(expr, target, name, callee, &found);
        self.report(CallError::Method { name: name.to_string(), help, span: callee.span });
        Target::None
    }

    fn not_callable(&mut self, found: &Type, callee: &Expr) {
        if matches!(found, Type::Unknown | Type::Never) {
            return;
        }
        let what = super::advice::show(found);
        let help = match found {
            Type::Instrument => String::from("An instrument plays parts: declare a `part` and say `by` it."),
            _ => String::from("Parts, movements and functions are called by their names."),
        };
        self.uncallable(what, help, callee);
    }

    fn uncallable(&mut self, what: String, help: String, callee: &Expr) {
        self.report(CallError::NotCallable { what, help: help.into(), span: callee.span });
    }

    /// A call of what has a signature without type variables.
    fn plain_call(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        target: &Target,
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
        suffixes: Option<&Suffixes<'a>>,
        want: Option<&Type>,
    ) -> Type {
        let (signature, facts) = match target {
            Target::Part(item) => {
                self.uses_tool(*item);
                (self.item_signature(*item), Callee::Part(*item))
            }
            Target::Movement(item) => (self.item_signature(*item), Callee::Movement(*item)),
            Target::Instrument(item) => {
                self.used.insert(*item);
                (self.item_signature(*item), Callee::Instrument(*item))
            }
            Target::Constructor(name) => {
                let signature = self.constructor_signature(name);
                let names = signature.params.iter().map(|param| param.name.clone()).collect();
                (signature, Callee::Constructor(name, names))
            }
            Target::Record(record) => {
                (Arc::new(self.constructor(record, callee)), Callee::Record(record.clone()))
            }
            Target::Value(part) => (Arc::new(positional(part)), Callee::Value(part.clone())),
            Target::Builtin(_) | Target::None => return Type::Unknown,
        };
        let name = self.called(callee).cloned().unwrap_or_else(|| Name::from("it"));
        let touched = std::mem::replace(&mut self.touched, 0);
        let generics = match self.meaning(callee.id) {
            Some(Meaning::Item(item)) => self.generics_of_item(item),
            _ => &[],
        };
        let (passed, types, returns) = if generics.is_empty() {
            let passed = self.pass(expr, &name, &signature, arguments, piped);
            (passed, Vec::new(), signature.returns.clone())
        } else {
            let piped_at = piped.map(|piped| piped.expr.span);
            let call = Callable { name: &name, signature: &signature, span: expr.span, piped: piped_at };
            let inferred = self.generic_call(&call, generics, arguments, piped, want);
            (inferred.passed, inferred.types, inferred.returns)
        };
        let facts = match (facts, &returns) {
            (Callee::Record(_), Type::Record(record)) => Callee::Record(record.clone()),
            (facts, _) => facts,
        };
        let mine = self.touched;
        self.touched = touched.max(mine);
        if let Target::Movement(item) = target {
            self.hands(expr, *item, &signature, &passed, arguments, piped.map(|piped| piped.expr));
        }
        self.calls.set(expr.id, CallFacts { callee: facts, passed, types });
        let param = if let Target::Value(_) = target { self.own_param(callee) } else { None };
        if let Some(param) = param {
            self.calls_param(param);
        }
        self.done_by_call(expr, target, (&name, param), suffixes, mine);
        returns
    }

    /// Notes what a call does.
    fn done_by_call(
        &mut self,
        expr: &'a Expr,
        target: &Target,
        (name, param): (&Name, Option<usize>),
        suffixes: Option<&Suffixes<'a>>,
        touched: u32,
    ) {
        let (what, item, class) = match target {
            Target::Part(item) => {
                let class = self.part_call(expr, *item, suffixes);
                if class == Some(Class::Thinks) {
                    self.thought(expr, *item);
                }
                (format!("the part `{name}`"), Some(*item), class)
            }
            Target::Movement(item) => (format!("the movement `{name}`"), Some(*item), None),
            Target::Value(_) => (format!("`{name}`"), None, None),
            _ => return,
        };
        self.deed(Deed { span: expr.span, what, item, param, call: Some(expr.id), class, touched });
        if let (Target::Movement(item), Some(suffixes)) = (target, suffixes) {
            self.movement_suffixes(*item, name, suffixes);
        }
    }

    /// The constructor of a record type; of one with parameters it gives the type for them.
    fn constructor(&mut self, record: &Arc<RecordType>, callee: &Expr) -> Signature {
        let mut signature = constructor(record);
        let count = match self.meaning(callee.id) {
            Some(Meaning::Item(item)) => self.generics_of_item(item).len(),
            _ => 0,
        };
        if count > 0 {
            let variables: Vec<Type> = (0..u32::try_from(count).unwrap_or(0)).map(Type::Variable).collect();
            signature.returns = Type::Record(self.instances.instance(record, &variables));
        }
        signature
    }

    /// Checks arguments against the types of their parameters.
    fn pass(
        &mut self,
        expr: &'a Expr,
        name: &str,
        signature: &Signature,
        arguments: &'a [Argument],
        piped: Option<Piped<'a>>,
    ) -> Vec<Passed> {
        if piped.is_none() && self.arguments_in_braces(name, signature, arguments) {
            return signature.params.iter().map(|_| Passed::Default).collect();
        }
        let call = Callable { name, signature, span: expr.span, piped: piped.map(|piped| piped.expr.span) };
        let bound = self.bind(&call, arguments);
        if let Some(piped) = piped {
            match signature.params.first().filter(|_| matches!(bound.passed.first(), Some(Passed::Piped))) {
                Some(param) => {
                    drop(self.demand(piped.expr, &param.ty, format_args!("`{}` of `{name}`", param.name)))
                }
                None => drop(self.expr(piped.expr, None)),
            }
        }
        for (argument, param) in arguments.iter().zip(&bound.params) {
            match param.and_then(|param| signature.params.get(param)) {
                Some(param) => drop(self.demand(
                    &argument.value,
                    &param.ty,
                    format_args!("`{}` of `{name}`", param.name),
                )),
                None => drop(self.expr(&argument.value, None)),
            }
        }
        bound.passed
    }

    /// The signature of a part, movement or instrument.
    pub(super) fn item_signature(&self, item: ItemId) -> Arc<Signature> {
        match self.facts(item) {
            ItemFacts::Part(signature)
            | ItemFacts::Movement(signature)
            | ItemFacts::Instrument(Some(signature)) => signature.clone(),
            _ => Arc::new(Signature { params: Vec::new(), returns: Type::Unknown }),
        }
    }

    fn constructor_signature(&mut self, name: &'static str) -> Arc<Signature> {
        if let Some(known) = self.signatures.get(&(name, true)) {
            return known.clone();
        }
        let made = self.backends.get(name).map(|backend| backend.signature());
        let mut made = made.unwrap_or(Signature { params: Vec::new(), returns: Type::Unknown });
        made.returns = Type::Instrument;
        let made = Arc::new(made);
        self.signatures.insert((name, true), made.clone());
        made
    }

    /// `a |> f(b)`
    pub(super) fn pipe(&mut self, left: &'a Expr, right: &'a Expr, want: Option<&Type>) -> Type {
        let piped = Piped { expr: left };
        match &right.kind {
            ExprKind::Call { callee, arguments } => {
                self.call(right, callee, arguments, Some(piped), None, want)
            }
            ExprKind::Suffix { .. } => self.suffixed(right, Some(piped), want),
            _ => {
                self.expr(left, None);
                let help = if let Some(name) = self.called(right) {
                    format!("Write `{name}()`: what stands left becomes its first argument.")
                } else {
                    self.expr(right, None);
                    String::from("Write `a |> f(b)` for `f(a, b)`.")
                };
                self.report(CallError::Pipe { help: help.into(), span: right.span });
                Type::Unknown
            }
        }
    }

    /// Notes a call of the world: a read, a write.
    pub(super) fn world_deed(&mut self, expr: &Expr, builtin: &'static Builtin, touched: u32) {
        let Run::World { class, .. } = builtin.run else { return };
        let what = format!("`{}`", builtin.name);
        if class == Class::Thinks {
            self.form(builtin.name, expr.span);
            return;
        }
        let (item, param, call) = (None, None, None);
        self.deed(Deed { span: expr.span, what, item, param, call, class: Some(class), touched });
    }
}

/// The signature of a value that is called: its parameters have no names.
fn positional(part: &PartType) -> Signature {
    let params = part.params.iter().enumerate().map(|(at, ty)| Param {
        name: Name::from(format!("argument {}", at + 1)),
        doc: String::new(),
        ty: ty.clone(),
        optional: false,
        rest: false,
    });
    Signature { params: params.collect(), returns: part.returns.clone() }
}

/// The constructor of a record type.
fn constructor(record: &Arc<RecordType>) -> Signature {
    let params = record.fields().iter().map(|field| Param {
        name: field.name.clone(),
        doc: String::new(),
        ty: field.ty.clone(),
        optional: field.has_default,
        rest: false,
    });
    Signature { params: params.collect(), returns: Type::Record(record.clone()) }
}
