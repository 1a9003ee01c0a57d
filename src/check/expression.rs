//! Expressions: what each gives.

use std::sync::Arc;

use super::ValueError;
use super::advice::show;
use super::checker::{Checker, ItemFacts, Place};
use super::fits::fits;
use super::join::join_all;
use super::types::overlaps;
use crate::base::Name;
use crate::resolve::{Meaning, item_name};
use crate::syntax::ast::{Expr, ExprKind};
use crate::types::{Literal, PartType, Size, Type, known};

impl<'a> Checker<'a> {
    /// What an expression gives. `want` is what is hoped for: literals and small functions take it up;
    /// whether it fits is for the caller to see ([`Self::expect`]).
    pub(super) fn expr(&mut self, expr: &'a Expr, want: Option<&Type>) -> Type {
        let ty = self.infer(expr, want);
        self.types.set(expr.id, ty.clone());
        ty
    }

    fn infer(&mut self, expr: &'a Expr, want: Option<&Type>) -> Type {
        match &expr.kind {
            ExprKind::Nothing => Type::Nothing,
            ExprKind::Bool(bool) => Type::Literal(Literal::Bool(*bool)),
            ExprKind::Int(int) => Type::Literal(Literal::Int(*int)),
            ExprKind::Number(number) => Type::Literal(Literal::Number(*number)),
            ExprKind::Duration(_) => Type::Duration,
            ExprKind::Money(_) => Type::Money,
            ExprKind::Text(text) => self.text(text),
            ExprKind::Name(name) => self.name(expr, name, want),
            ExprKind::List(elements) => self.list(elements, want),
            ExprKind::Record(entries) => self.record(expr.span, entries, want),
            ExprKind::Lambda { params, body } => self.lambda(expr, params, body, want),
            ExprKind::Call { callee, arguments } => self.call(expr, callee, arguments, None, None, want),
            ExprKind::Suffix { .. } => self.suffixed(expr, None, want),
            ExprKind::Pipe { left, right } => self.pipe(left, right, want),
            ExprKind::Index { target, index } => self.index(target, index),
            ExprKind::Slice { target, from, to } => self.slice(target, from.as_deref(), to.as_deref()),
            ExprKind::Field { field, .. } if self.is_member(expr) => self.name(expr, &field.name, want),
            ExprKind::Field { target, field } => self.field(expr, target, field),
            ExprKind::Unary { op, operand } => self.unary(expr, *op, operand),
            ExprKind::Binary { op, op_span, left, right } => self.binary(*op, *op_span, left, right, want),
            ExprKind::Range { from, to } => self.range(from, to),
            ExprKind::Is { value, ty } => {
                let found = self.expr(value, None);
                let wanted = self.ty(ty);
                self.may_be(value, &found, &wanted, ty.span);
                Type::Bool
            }
            ExprKind::As { value, ty } => {
                let found = self.expr(value, None);
                self.reading(&found, value.span, ty)
            }
            ExprKind::But { base, changes } => self.but(base, changes, want),
            ExprKind::Vouch { value, condition } => {
                let found = self.expr(value, want);
                self.it.push(found.clone());
                let help = "Name what it gives above this, and use the name in the condition.";
                self.computing("the condition of a `vouch`", help, |checker| {
                    checker.condition(condition, "what stands after `where`");
                });
                self.it.pop();
                found
            }
            ExprKind::Otherwise { value, kinds, fallback } => {
                self.otherwise(expr, value, kinds, fallback, want)
            }
            ExprKind::If { condition, then, otherwise } => {
                self.if_else(condition, then, otherwise.as_deref(), want).0
            }
            ExprKind::Match { subject, arms } => self.match_arms(subject, arms, want).0,
            ExprKind::For(each) => self.for_each(expr, each, want),
            ExprKind::Repeat(repeat) => self.repeat(expr, repeat, want),
            ExprKind::Together(body) => {
                self.form("together", expr.span);
                self.block_open(body, want)
            }
            ExprKind::Limit { limits, body } => {
                self.form("limit", expr.span);
                self.limits(limits, "limit");
                self.block_open(body, want)
            }
            ExprKind::Block(body) => self.block(body, want),
            ExprKind::Fail(value) => self.fail(value),
            ExprKind::Stop { value, condition } => self.stop(expr, value.as_deref(), condition.as_deref()),
            ExprKind::Return { value, condition } => {
                self.returns(expr, value.as_deref(), condition.as_deref())
            }
        }
    }

    /// A name where a value stands.
    fn name(&mut self, expr: &'a Expr, name: &Name, want: Option<&Type>) -> Type {
        let Some(meaning) = self.meaning(expr.id) else { return Type::Unknown };
        let (what, help) = match meaning {
            Meaning::Local(node) => {
                self.touched = self.touched.max(self.depends.get(&node).copied().unwrap_or(0));
                let ty = self.types.get(node).cloned().unwrap_or(Type::Unknown);
                return self.narrowed(expr).unwrap_or(ty);
            }
            Meaning::It => {
                self.its += 1;
                let ty = self.it.last().cloned().unwrap_or(Type::Unknown);
                return self.narrowed(expr).unwrap_or(ty);
            }
            Meaning::Failure(_) => return Type::Record(known().error.clone()),
            Meaning::Item(item) if want == Some(&Type::Instrument) && self.uses_tool(item) => {
                return Type::Instrument;
            }
            Meaning::Item(item) => match self.facts(item) {
                ItemFacts::Instrument(None) => {
                    self.used.insert(item);
                    return Type::Instrument;
                }
                ItemFacts::Instrument(Some(_)) => {
                    ("an instrument with parameters", format!("Give it what it needs: `{name}(…)`."))
                }
                ItemFacts::Part(signature) | ItemFacts::Movement(signature) => {
                    let signature = signature.clone();
                    return self.callable(expr, item, &signature, want.and_then(function_wanted));
                }
                ItemFacts::Type(_) => (
                    "a type",
                    String::from("A record type is called to make a value; `values(T)` lists a union."),
                ),
                ItemFacts::Other => return Type::Unknown,
            },
            Meaning::Constructor(_) => ("a constructor of instruments", format!("Call it: `{name}(…)`.")),
            Meaning::Builtin(_) => {
                ("a function", format!("Call it: `{name}(…)`; as an argument, write `x => {name}(x)`."))
            }
            Meaning::Known(_) => ("a type", String::from("A record type is called to make a value.")),
        };
        self.report(ValueError::NotAValue {
            name: name.to_string(),
            what,
            help: help.into(),
            span: expr.span,
        });
        Type::Unknown
    }

    fn narrowed(&self, expr: &Expr) -> Option<Type> {
        if self.narrowing.is_empty() {
            return None;
        }
        self.path(expr).and_then(|path| self.narrowing.get(&path).cloned())
    }

    /// `[a, b]`
    fn list(&mut self, elements: &'a [Expr], want: Option<&Type>) -> Type {
        let inner = want.and_then(element_wanted);
        let types: Vec<Type> = elements.iter().map(|element| self.expr(element, inner.as_ref())).collect();
        let len = types.len() as u64;
        Type::List(Arc::new(join_all(types)), Size { min: len, max: Some(len) })
    }

    /// `x => e`, where something takes it.
    fn lambda(
        &mut self,
        expr: &'a Expr,
        params: &'a [(crate::base::NodeId, crate::syntax::ast::Ident)],
        body: &'a Expr,
        want: Option<&Type>,
    ) -> Type {
        let wanted = want.and_then(function_wanted);
        let anything = matches!(want, Some(Type::Unknown));
        let mut wrong = false;
        if let Some(wanted) = wanted {
            if wanted.params.len() != params.len() {
                let count = |count: usize| {
                    if count == 1 { String::from("1 value") } else { format!("{count} values") }
                };
                let names = ["x", "y", "z"];
                let head: Vec<&str> = names.iter().copied().cycle().take(wanted.params.len()).collect();
                let help = match head.as_slice() {
                    [only] => format!("Write `{only} => …`."),
                    _ => format!("Write `({}) => …`.", head.join(", ")),
                };
                let (wanted, found) = (count(wanted.params.len()), count(params.len()));
                self.report(ValueError::FunctionParameters {
                    wanted,
                    found,
                    help: help.into(),
                    span: expr.span,
                });
                wrong = true;
            }
        } else if !anything {
            self.report(ValueError::MisplacedFunction { span: expr.span });
        }
        let taken = params.iter().enumerate().map(|(at, (node, _))| {
            let ty = wanted.and_then(|wanted| wanted.params.get(at)).cloned().unwrap_or(Type::Unknown);
            self.types.set(*node, ty.clone());
            ty
        });
        let taken: Vec<Type> = taken.collect();
        let hope = wanted
            .map(|wanted| wanted.returns.clone())
            .filter(|ty| !matches!(ty, Type::Variable(_) | Type::Unknown));
        self.places.push(Place::Lambda);
        let returns = if std::mem::replace(&mut self.only_computes, false) || wanted.is_none() {
            let help = "A small function only computes. Do it first, in a `for`, and use the results.";
            self.computing("a small function", help, |checker| checker.expr(body, hope.as_ref()))
        } else {
            self.callables.set(expr.id, Vec::new());
            // What it calls is called where it is called.
            let mark = self.deeds.len();
            let returns = match hope {
                Some(hope) => {
                    self.demand(body, &hope, format_args!("what the function gives"));
                    hope
                }
                None => self.expr(body, None),
            };
            self.function_does(expr, mark);
            self.deeds.truncate(mark);
            returns
        };
        self.places.pop();
        if wanted.is_none() || wrong {
            return Type::Unknown;
        }
        Type::Part(Arc::new(PartType { params: taken, returns }))
    }

    /// `xs[0]`, `m["key"]`
    fn index(&mut self, target: &'a Expr, index: &'a Expr) -> Type {
        let found = self.expr(target, None);
        match found.shape() {
            Type::List(element, _) => {
                let element = (**element).clone();
                self.demand(index, &Type::Int, format_args!("the index"));
                element
            }
            Type::Map(value) => {
                let value = (**value).clone();
                self.demand(index, &Type::Text, format_args!("the key"));
                value.optional()
            }
            Type::Json => {
                let wanted = Type::union([Type::Text, Type::Int]);
                self.demand(index, &wanted, format_args!("the key"));
                Type::Json
            }
            shape => {
                let silent = matches!(shape, Type::Unknown | Type::Never);
                let help = match shape {
                    Type::Record(_) => match &index.kind {
                        ExprKind::Text(text) => {
                            text.plain().map(|key| format!("A field is taken by a dot: `x.{key}`."))
                        }
                        _ => Some(String::from("A field is taken by a dot: `x.title`.")),
                    },
                    Type::Optional(_) => {
                        Some(format!("It may be `nothing`: `({} ?? …)[…]`.", self.source_or_x(target.span)))
                    }
                    _ => None,
                };
                self.expr(index, None);
                if !silent {
                    let how = "`[ ]`";
                    self.report(ValueError::NotIndexable {
                        found: show(&found),
                        how,
                        help: help.map(Into::into),
                        span: target.span,
                    });
                }
                Type::Unknown
            }
        }
    }

    /// `xs[1..3]`
    fn slice(&mut self, target: &'a Expr, from: Option<&'a Expr>, to: Option<&'a Expr>) -> Type {
        let found = self.expr(target, None);
        for bound in from.into_iter().chain(to) {
            self.demand(bound, &Type::Int, format_args!("an end of the range"));
        }
        match found.shape() {
            Type::List(element, size) => Type::List(element.clone(), Size { min: 0, max: size.max }),
            Type::Unknown | Type::Never => Type::Unknown,
            _ => {
                let how = "a range";
                self.report(ValueError::NotIndexable {
                    found: show(&found),
                    how,
                    help: None,
                    span: target.span,
                });
                Type::Unknown
            }
        }
    }

    /// `1..5`, as a list of whole numbers.
    fn range(&mut self, from: &'a Expr, to: &'a Expr) -> Type {
        let first = self.demand(from, &Type::Int, format_args!("the first number"));
        let last = self.demand(to, &Type::Int, format_args!("the last number"));
        let size =
            super::literal::only_int(&first).zip(super::literal::only_int(&last)).map(|(first, last)| {
                let count = last.saturating_sub(first).saturating_add(1).max(0).unsigned_abs();
                Size { min: count, max: Some(count) }
            });
        Type::List(Arc::new(Type::Int), size.unwrap_or(Size::ANY))
    }

    /// Complains of an `is` that can't hold.
    fn may_be(&mut self, value: &Expr, found: &Type, wanted: &Type, span: crate::base::Span) {
        if !overlaps(found, wanted) {
            let members = super::narrow::members(found);
            let help = (members.len() > 1).then(|| {
                let shown: Vec<String> = members.iter().take(8).map(ToString::to_string).collect();
                format!("It is one of {}.", shown.join(", ")).into()
            });
            let value = format!("`{}`", self.source_or_x(value.span));
            self.report(ValueError::NeverIs { value, wanted: show(wanted), help, span });
        }
    }

    /// `fail "…"`, `fail error`
    fn fail(&mut self, value: &'a Expr) -> Type {
        self.done += 1;
        let found = self.expr(value, Some(&Type::Text));
        if !fits(&found, &Type::Text) && !fits(&found, &Type::Record(known().error.clone())) {
            let wanted = Type::Text;
            let help = self.advice(value, &found, &wanted);
            self.report(ValueError::Mismatch {
                what: String::from("what stands after `fail`"),
                found: show(&found),
                wanted: String::from("a text or an `error`"),
                help,
                span: value.span,
            });
        }
        Type::Never
    }

    /// The name of an item as it is written.
    pub(super) fn item_text(&self, item: crate::resolve::ItemId) -> String {
        self.written(item).and_then(item_name).map_or_else(String::new, |name| name.name.to_string())
    }
}

/// What the elements of a list that is hoped for are.
fn element_wanted(want: &Type) -> Option<Type> {
    match want.shape() {
        Type::List(element, _) => Some((**element).clone()),
        Type::Json => Some(Type::Json),
        Type::Optional(inner) => element_wanted(inner),
        Type::Union(members) => members.iter().find_map(element_wanted),
        _ => None,
    }
}

/// The function that is hoped for.
fn function_wanted(want: &Type) -> Option<&PartType> {
    match want.shape() {
        Type::Part(part) => Some(part),
        // In the chair of an instrument a function takes what is said.
        Type::Instrument => Some(said()),
        Type::Optional(inner) => function_wanted(inner),
        Type::Union(members) => members.iter().find_map(function_wanted),
        _ => None,
    }
}

/// What sits in the chair of an instrument: it takes a text and gives an answer.
fn said() -> &'static PartType {
    static SAID: std::sync::LazyLock<PartType> =
        std::sync::LazyLock::new(|| PartType { params: vec![Type::Text], returns: Type::Unknown });
    &SAID
}
