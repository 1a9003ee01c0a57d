//! Where values come from, lists above all: who decides how long they are.

use std::collections::{HashMap, HashSet};

use super::checker::Checker;
use super::{Callee, Passed};
use crate::base::NodeId;
use crate::builtin::{Builtin, Run, SizeFlow};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, Argument, BinaryOp, Expr, ExprKind, StatementKind, TextPiece};
use crate::types::{Size, Type};

/// What decides over a value, whichever way it was come by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The answer of a part that thinks. `kept` where a size in its type would be that of the value, too.
    Answer { part: ItemId, kept: bool },
    /// What a movement gives.
    Given(ItemId),
    /// A parameter of the movement that is walked.
    Param(usize),
}

impl Source {
    /// The same of something made of it: a size in the type of the answer says nothing of it.
    const fn made_into(self) -> Self {
        match self {
            Self::Answer { part, .. } => Self::Answer { part, kept: false },
            other => other,
        }
    }
}

/// Where a value comes from, as far as that is certain.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin {
    /// What decides over the value itself, or over the elements of a list.
    pub content: Option<Source>,
    /// What decides how long a list is.
    pub length: Option<Source>,
}

impl Origin {
    fn of(source: Option<Source>) -> Self {
        Self { content: source, length: source }
    }

    fn made(source: Option<Source>) -> Self {
        Self::of(source.map(Source::made_into))
    }
}

/// What is known of where values come from.
#[derive(Default)]
pub(super) struct Origins {
    names: HashMap<NodeId, Origin>,
    /// Calls of parts that surely think.
    thoughts: HashSet<NodeId>,
    /// What movements give: for each place where one gives something of any length, what decides over it.
    given: HashMap<ItemId, Vec<Option<Source>>>,
}

impl Checker<'_> {
    /// Begins a movement: what its parameters are is decided by who calls it.
    pub(super) fn params_come_from_outside(&mut self, params: &[ast::Param]) {
        for (at, param) in params.iter().enumerate() {
            self.origins.names.insert(param.id, Origin::of(Some(Source::Param(at))));
        }
    }

    /// Notes where a name's value comes from.
    pub(super) fn named_from(&mut self, node: NodeId, value: &Expr, annotated: bool) {
        let Origin { content, length } = self.origin(value);
        let length = if annotated { length.map(Source::made_into) } else { length };
        if content.is_some() || length.is_some() {
            self.origins.names.insert(node, Origin { content, length });
        }
    }

    /// Notes where the elements of a list come from, by the name that they have in a round.
    pub(super) fn round_from(&mut self, node: NodeId, list: &Expr) {
        self.part_of(node, self.origin(list));
    }

    /// Notes where what an arm of a `match` names comes from.
    pub(super) fn matched_from(&mut self, pattern: &ast::Pattern, subject: Origin) {
        use ast::PatternKind::{Bind, Type};
        if matches!(pattern.kind, Bind(_) | Type { binding: Some(_), .. }) {
            self.part_of(pattern.id, subject);
        }
    }

    fn part_of(&mut self, node: NodeId, whole: Origin) {
        if whole.content.is_some() {
            self.origins.names.insert(node, Origin::made(whole.content));
        }
    }

    /// Notes a call of a part that surely thinks.
    pub(super) fn thought(&mut self, call: &Expr, part: ItemId) {
        let chosen = self.part_item(part).is_some_and(|part| {
            part.clauses.iter().any(|clause| matches!(clause.kind, ast::ClauseKind::From(_)))
        });
        if !chosen {
            self.origins.thoughts.insert(call.id);
        }
    }

    /// Notes what a movement gives in one place.
    pub(super) fn gives(&mut self, value: &Expr) {
        if !self.is_bounded(value) {
            let length = self.origin(value).length;
            self.origins.given.entry(self.item).or_default().push(length);
        }
    }

    /// The part whose answer decides, if it is surely one.
    pub(super) fn thinker(&self, source: Source) -> Option<(ItemId, bool)> {
        let mut pending = vec![source];
        let mut seen = HashSet::new();
        let mut found = None;
        while let Some(source) = pending.pop() {
            match source {
                Source::Answer { part, kept } => found = found.or(Some((part, kept))),
                Source::Param(_) => return None,
                Source::Given(movement) if !seen.insert(movement) => {}
                Source::Given(movement) => {
                    let all = self.origins.given.get(&movement)?;
                    pending.extend(all.iter().copied().collect::<Option<Vec<_>>>()?);
                }
            }
        }
        found.map(|(part, kept)| (part, kept && matches!(source, Source::Answer { .. })))
    }

    /// Whether a value is no longer than its type says, or never comes.
    fn is_bounded(&self, expr: &Expr) -> bool {
        match self.types.get(expr.id).map(Type::shape) {
            Some(Type::List(_, size)) => size.max.is_some(),
            Some(Type::Nothing | Type::Never) => true,
            _ => false,
        }
    }

    /// Where the value of an expression comes from that was walked.
    pub(super) fn origin(&self, expr: &Expr) -> Origin {
        let found = self.traced(expr);
        if self.is_bounded(expr) { Origin { length: None, ..found } } else { found }
    }

    fn traced(&self, expr: &Expr) -> Origin {
        match &expr.kind {
            ExprKind::Name(_) => match self.meaning(expr.id) {
                Some(Meaning::Local(node)) => self.origins.names.get(&node).copied().unwrap_or_default(),
                _ => Origin::default(),
            },
            ExprKind::Call { arguments, .. } => self.traced_call(expr, arguments, None),
            ExprKind::Pipe { left, right } => {
                let mut call = &**right;
                while let ExprKind::Suffix { target, .. } = &call.kind {
                    call = target;
                }
                match &call.kind {
                    ExprKind::Call { arguments, .. } => self.traced_call(call, arguments, Some(&**left)),
                    _ => Origin::default(),
                }
            }
            ExprKind::Suffix { target, .. } => self.origin(target),
            ExprKind::Index { target, .. } => Origin::made(self.origin(target).content),
            ExprKind::Field { target, .. } if !self.is_member(expr) => {
                Origin::made(self.origin(target).content)
            }
            ExprKind::As { value, .. } => Origin::made(self.origin(value).content),
            ExprKind::But { base, .. } => Origin::made(self.origin(base).content),
            ExprKind::Text(text) => Origin::made(text.pieces.iter().find_map(|piece| match piece {
                TextPiece::Hole { value, .. } => self.origin(value).content,
                TextPiece::Literal { .. } => None,
            })),
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => self.joined(expr, left, right),
            ExprKind::Binary { op: BinaryOp::Coalesce, left, right, .. } => {
                self.one_of([Some(&**left), Some(&**right)])
            }
            ExprKind::Otherwise { value, fallback, .. } => self.one_of([Some(&**value), Some(&**fallback)]),
            ExprKind::If { then, otherwise, .. } => match otherwise {
                Some(otherwise) => self.one_of([last(then), Some(&**otherwise)]),
                None => self.one_of([last(then)]),
            },
            ExprKind::Match { arms, .. } => self.one_of(arms.iter().map(|arm| Some(&arm.body))),
            ExprKind::Block(body) | ExprKind::Together(body) | ExprKind::Limit { body, .. } => {
                last(body).map_or_else(Origin::default, |last| self.origin(last))
            }
            ExprKind::For(each) => Origin {
                length: self.origin(&each.list).length,
                content: last(&each.body).and_then(|last| self.origin(last).content),
            },
            _ => Origin::default(),
        }
    }

    fn traced_call(&self, call: &Expr, arguments: &[Argument], piped: Option<&Expr>) -> Origin {
        let Some(facts) = self.calls.get(call.id) else { return Origin::default() };
        match &facts.callee {
            Callee::Part(part) if self.origins.thoughts.contains(&call.id) => {
                Origin::of(Some(Source::Answer { part: *part, kept: true }))
            }
            Callee::Movement(movement) => Origin::of(Some(Source::Given(*movement))),
            Callee::Builtin(builtin) => {
                let first = match facts.passed.first() {
                    Some(Passed::Argument(at)) => arguments.get(*at).map(|argument| &argument.value),
                    Some(Passed::Piped) => piped,
                    _ => None,
                };
                first.map_or_else(Origin::default, |first| computed(builtin, self.origin(first)))
            }
            _ => Origin::default(),
        }
    }

    /// `a + b`: a list is longer than either, a text is made of both.
    fn joined(&self, expr: &Expr, left: &Expr, right: &Expr) -> Origin {
        let (one, other) = (self.origin(left), self.origin(right));
        let is_list = matches!(self.types.get(expr.id).map(Type::shape), Some(Type::List(..)));
        let content = if is_list { one.content.and(other.content) } else { one.content.or(other.content) };
        let length = one.length.or(other.length);
        Origin { content: content.map(Source::made_into), length: length.map(Source::made_into) }
    }

    /// One of several values: what is known of all that may be long.
    fn one_of<'e>(&self, values: impl IntoIterator<Item = Option<&'e Expr>>) -> Origin {
        let (mut contents, mut lengths) = (Vec::new(), Vec::new());
        for value in values {
            let Some(value) = value else { return Origin::default() };
            let origin = self.origin(value);
            match self.types.get(value.id).map(Type::shape) {
                Some(Type::Never | Type::Nothing | Type::List(_, Size { max: Some(0), .. })) => continue,
                Some(Type::List(_, Size { max: Some(_), .. })) => {}
                _ => lengths.push(origin.length),
            }
            contents.push(origin.content);
        }
        let all = |sources: Vec<Option<Source>>| {
            sources.into_iter().collect::<Option<Vec<_>>>()?.first().copied().map(Source::made_into)
        };
        Origin { content: all(contents), length: all(lengths) }
    }
}

/// Where what a builtin makes of its first argument comes from.
fn computed(builtin: &Builtin, first: Origin) -> Origin {
    match (&builtin.run, builtin.size, builtin.name) {
        (Run::World { .. }, ..) => Origin::default(),
        // As many as the author says.
        (_, SizeFlow::AtMostNumber(..), _) | (.., "zip") => Origin { length: None, ..first },
        (_, SizeFlow::Same(0) | SizeFlow::AtMost(0), _) => first,
        (.., "flatten") => {
            let content = first.content.map(Source::made_into);
            Origin { content, length: first.length.map(Source::made_into).or(content) }
        }
        _ => Origin::made(first.content),
    }
}

/// What a block gives.
fn last(block: &ast::Block) -> Option<&Expr> {
    match &block.statements.last()?.kind {
        StatementKind::Expr(expr) => Some(expr),
        _ => None,
    }
}
