//! Where lists come from. What acts once for each element of a list is done as often as the list is long: that is for
//! the author to bound, not for what thinks.

use std::collections::{HashMap, HashSet};

use super::checker::Checker;
use super::{Callee, FlowError, Passed};
use crate::base::{Help, NodeId, Span};
use crate::builtin::{Builtin, Run, SizeFlow};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, Argument, BinaryOp, Expr, ExprKind, StatementKind, TextPiece, TypeKind};
use crate::types::{Signature, Size, Type};

/// As many as helps propose.
const SOME: u64 = 20;

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
    content: Option<Source>,
    /// What decides how long a list is.
    length: Option<Source>,
}

impl Origin {
    fn of(source: Option<Source>) -> Self {
        Self { content: source, length: source }
    }

    fn made(source: Option<Source>) -> Self {
        Self::of(source.map(Source::made_into))
    }
}

/// What is done once for each element of a list whose length somebody else decides.
struct Pace {
    item: ItemId,
    source: Source,
    list: Span,
    act: Option<Span>,
    calls: Vec<(ItemId, Span)>,
}

/// A value that is passed to a movement.
struct Handed {
    from: ItemId,
    source: Source,
    span: Span,
}

/// What is known of where values come from.
#[derive(Default)]
pub(super) struct Origins {
    names: HashMap<NodeId, Origin>,
    /// Calls of parts that surely think.
    thoughts: HashSet<NodeId>,
    /// What movements give: for each place where one gives something of any length, what decides over it.
    given: HashMap<ItemId, Vec<Option<Source>>>,
    paces: Vec<Pace>,
    /// By whom they are passed to, and for which parameter.
    handed: HashMap<(ItemId, usize), Vec<Handed>>,
}

impl<'a> Checker<'a> {
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

    /// Notes what a movement is given.
    pub(super) fn hands(
        &mut self,
        callee: ItemId,
        signature: &Signature,
        passed: &[Passed],
        arguments: &'a [Argument],
        piped: Option<&'a Expr>,
    ) {
        for (at, (param, passed)) in signature.params.iter().zip(passed).enumerate() {
            let given = match passed {
                Passed::Argument(at) => arguments.get(*at).map(|argument| &argument.value),
                Passed::Piped => piped,
                Passed::Default | Passed::Rest(_) => None,
            };
            let Some(given) = given else { continue };
            let origin = self.origin(given);
            let source = match param.ty.shape() {
                Type::List(_, Size { max: Some(_), .. }) => None,
                Type::List(..) => origin.length,
                Type::Optional(inner) if matches!(inner.shape(), Type::List(..)) => origin.length,
                _ => origin.content,
            };
            if let Some(source) = source {
                let handed = Handed { from: self.item, source, span: given.span };
                self.origins.handed.entry((callee, at)).or_default().push(handed);
            }
        }
    }

    /// Notes a round that may act, of a list whose length somebody else decides. `from` is the first thing done in it.
    pub(super) fn paced(&mut self, list: &Expr, from: usize) {
        let Some(source) = self.origin(list).length else { return };
        let (act, calls) = self.acts_of_round(from);
        if act.is_some() || !calls.is_empty() {
            self.origins.paces.push(Pace { item: self.item, source, list: list.span, act, calls });
        }
    }

    /// Complains of acts of which somebody else decides how many there are.
    pub(super) fn check_paces(&mut self, acts: &[bool]) {
        let acting = |item: ItemId| acts.get(item.0 as usize).copied().unwrap_or(false);
        let mut pending = Vec::new();
        for pace in std::mem::take(&mut self.origins.paces) {
            let called = || pace.calls.iter().find(|(item, _)| acting(*item)).map(|(_, span)| *span);
            if let Some(act) = pace.act.or_else(called) {
                pending.push((pace.item, pace.source, pace.list, act));
            }
        }
        let mut seen = HashSet::new();
        while let Some((item, source, list, act)) = pending.pop() {
            if let Some((part, kept)) = self.thinker(source) {
                self.steered(part, kept, list, act);
            } else if let Source::Param(at) = source
                && seen.insert((item, at))
            {
                let handed = self.origins.handed.get(&(item, at)).into_iter().flatten();
                pending.extend(handed.map(|handed| (handed.from, handed.source, handed.span, act)));
            }
        }
    }

    /// The part whose answer decides, if it is surely one.
    fn thinker(&self, source: Source) -> Option<(ItemId, bool)> {
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

    fn steered(&mut self, part: ItemId, kept: bool, list: Span, act: Span) {
        let name = self.item_text(part);
        let sized = kept.then(|| self.sized_answer(part)).flatten();
        let help = sized.unwrap_or_else(|| {
            let source = self.source(list).unwrap_or("…");
            Help::new(format!("Take as many as are meant at most: `take({source}, {SOME})`."))
                .replacing(Span::at(list.start), "take(")
                .replacing(Span::at(list.end), format!(", {SOME})"))
        });
        self.report(FlowError::SteeredActs { part: name, help, span: list, act });
    }

    /// The edit that gives the answer of a part a size.
    fn sized_answer(&self, part: ItemId) -> Option<Help> {
        let module = |item: ItemId| self.resolved.items.get(item.0 as usize).map(|place| place.module);
        if module(part) != Some(0) {
            return None; // it is somebody else's
        }
        let written = &self.part_item(part)?.returns.as_ref()?.ty;
        let TypeKind::List { element, size } = &written.kind else { return None };
        let least = size.and_then(|size| size.min).map_or_else(String::new, |min| min.to_string());
        let element = self.source(element.span).unwrap_or("…");
        let text = format!("Say how many there are at most: `-> [{element}; {least}..{SOME}]`.");
        Some(match size {
            Some(size) => Help::new(text).replacing(size.span, format!("{least}..{SOME}")),
            None => {
                let bracket = Span::at(written.span.end.saturating_sub(1));
                Help::new(text).replacing(bracket, format!("; ..{SOME}"))
            }
        })
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
