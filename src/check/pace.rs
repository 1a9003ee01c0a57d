//! What acts once for each element of a list is done as often as the list is long: that is for the author to bound, not
//! for what thinks.

use std::collections::{HashMap, HashSet};

use super::checker::{Checker, Deed};
use super::origin::Source;
use super::{FlowError, Passed};
use crate::base::{Help, NodeId, Span};
use crate::instrument::Class;
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{Argument, Expr, ExprKind, ItemKind, TypeKind};
use crate::types::{Signature, Size, Type};

/// As many as helps propose.
const SOME: u64 = 20;

/// How deep functions that are passed to functions are gone into.
const DEEPEST: usize = 16;

/// What is done in a round, or by a function when it is called.
#[derive(Clone, Default)]
pub(super) struct Doings {
    /// The first thing that surely acts.
    act: Option<Span>,
    /// Calls of parts and movements that may.
    calls: Vec<(ItemId, Option<NodeId>, Span)>,
    /// Parameters of the movement around that are called.
    params: Vec<(usize, Span)>,
}

impl Doings {
    pub fn of(deeds: &[Deed]) -> Self {
        let act = deeds.iter().find(|deed| deed.class == Some(Class::Acts)).map(|deed| deed.span);
        let unsure = || deeds.iter().filter(|deed| deed.class.is_none());
        let calls = unsure().filter_map(|deed| Some((deed.item?, deed.call, deed.span)));
        let params = unsure().filter_map(|deed| Some((deed.param?, deed.span)));
        Self { act, calls: calls.collect(), params: params.collect() }
    }

    fn is_nothing(&self) -> bool {
        self.act.is_none() && self.calls.is_empty() && self.params.is_empty()
    }
}

/// A round, of a list whose length somebody else decides.
struct Pace {
    item: ItemId,
    source: Source,
    list: Span,
    doings: Doings,
}

/// A value that is passed to a movement.
struct Handed {
    from: ItemId,
    source: Source,
    span: Span,
    call: NodeId,
}

/// What is known of what is done how often.
#[derive(Default)]
pub(super) struct Paces {
    rounds: Vec<Pace>,
    /// By whom they are passed to, and for which parameter.
    handed: HashMap<(ItemId, usize), Vec<Handed>>,
    /// Small functions by their expressions.
    functions: HashMap<NodeId, Doings>,
    /// The functions that a call passes, by parameter.
    passed: HashMap<NodeId, HashMap<usize, Doings>>,
    /// Calls of movements that pass functions: from where, of what.
    calls: Vec<(ItemId, ItemId, NodeId)>,
    /// The parameters of movements that are called in them.
    called: HashMap<ItemId, HashSet<usize>>,
}

impl<'a> Checker<'a> {
    /// Notes that a movement calls a parameter of its own.
    pub(super) fn calls_param(&mut self, param: usize) {
        self.paces.called.entry(self.item).or_default().insert(param);
    }

    /// Which parameter of the movement around an expression names.
    pub(super) fn own_param(&self, expr: &Expr) -> Option<usize> {
        let Some(Meaning::Local(node)) = self.meaning(expr.id) else { return None };
        match &self.written(self.item)?.kind {
            ItemKind::Movement(item) => item.params.iter().position(|param| param.id == node),
            _ => None,
        }
    }

    /// Notes what a small function does when it is called. `from` is the first thing done in it.
    pub(super) fn function_does(&mut self, function: &Expr, from: usize) {
        let doings = Doings::of(self.deeds.get(from..).unwrap_or(&[]));
        if !doings.is_nothing() {
            self.paces.functions.insert(function.id, doings);
        }
    }

    /// What a function that is passed does when it is called.
    fn doings_of(&self, function: &Expr) -> Doings {
        if let Some(known) = self.paces.functions.get(&function.id) {
            return known.clone();
        }
        let mut doings = Doings::default();
        match (&function.kind, self.meaning(function.id)) {
            (ExprKind::Name(_) | ExprKind::Field { .. }, Some(Meaning::Item(item))) => {
                doings.calls.push((item, None, function.span));
            }
            _ => doings.params.extend(self.own_param(function).map(|param| (param, function.span))),
        }
        doings
    }

    /// Notes what a movement is given.
    pub(super) fn hands(
        &mut self,
        call: &Expr,
        callee: ItemId,
        signature: &Signature,
        passed: &[Passed],
        arguments: &'a [Argument],
        piped: Option<&'a Expr>,
    ) {
        let mut functions = HashMap::new();
        for (at, (param, passed)) in signature.params.iter().zip(passed).enumerate() {
            let given = match passed {
                Passed::Argument(at) => arguments.get(*at).map(|argument| &argument.value),
                Passed::Piped => piped,
                Passed::Default | Passed::Rest(_) => None,
            };
            let Some(given) = given else { continue };
            let origin = self.origin(given);
            let source = match param.ty.shape() {
                Type::Part(_) => {
                    functions.insert(at, self.doings_of(given));
                    None
                }
                Type::List(_, Size { max: Some(_), .. }) => None,
                Type::List(..) => origin.length,
                Type::Optional(inner) if matches!(inner.shape(), Type::List(..)) => origin.length,
                _ => origin.content,
            };
            if let Some(source) = source {
                let handed = Handed { from: self.item, source, span: given.span, call: call.id };
                self.paces.handed.entry((callee, at)).or_default().push(handed);
            }
        }
        if !functions.is_empty() {
            self.paces.passed.insert(call.id, functions);
            self.paces.calls.push((self.item, callee, call.id));
        }
    }

    /// Notes a round that may act, of a list whose length somebody else decides. `from` is the first thing done in it.
    pub(super) fn paced(&mut self, list: &Expr, from: usize) {
        let Some(source) = self.origin(list).length else { return };
        let doings = Doings::of(self.deeds.get(from..).unwrap_or(&[]));
        if !doings.is_nothing() {
            self.paces.rounds.push(Pace { item: self.item, source, list: list.span, doings });
        }
    }

    /// Complains of acts of which somebody else decides how many there are.
    pub(super) fn check_paces(&mut self, acts: &[bool]) {
        self.pass_functions_on();
        let mut pending = Vec::new();
        for pace in std::mem::take(&mut self.paces.rounds) {
            let (act, params) = self.done(&pace.doings, acts, 0);
            let needs = params.into_iter().map(|(param, span)| (span, Some(param)));
            let sure = act.map(|span| (span, None));
            pending.extend(
                sure.into_iter()
                    .chain(needs)
                    .map(|(span, need)| (pace.item, pace.source, pace.list, span, need)),
            );
        }
        let mut seen = HashSet::new();
        let mut told = HashSet::new();
        while let Some((item, source, list, act, need)) = pending.pop() {
            if let Some((part, kept)) = self.thinker(source) {
                let acting = need.is_none_or(|need| self.somebody_passes_an_act(item, need, acts));
                if acting && told.insert(list) {
                    self.steered(part, kept, list, act);
                }
            } else if let Source::Param(at) = source
                && seen.insert((item, at, need))
            {
                for handed in self.paces.handed.get(&(item, at)).into_iter().flatten() {
                    let (done, needs) = match need {
                        None => (true, Vec::new()),
                        Some(need) => self.passed_does(handed.call, need, acts),
                    };
                    let needs = needs.into_iter().map(Some).chain(done.then_some(None));
                    pending.extend(needs.map(|need| (handed.from, handed.source, handed.span, act, need)));
                }
            }
        }
    }

    /// Who passes a parameter of its own on to a movement that calls it calls it, too.
    fn pass_functions_on(&mut self) {
        loop {
            let mut more = Vec::new();
            for (from, callee, call) in &self.paces.calls {
                let called = self.paces.called.get(callee);
                for (at, doings) in self.paces.passed.get(call).into_iter().flatten() {
                    if called.is_some_and(|called| called.contains(at)) {
                        more.extend(doings.params.iter().map(|(param, _)| (*from, *param)));
                    }
                }
            }
            let before: usize = self.paces.called.values().map(HashSet::len).sum();
            for (item, param) in more {
                self.paces.called.entry(item).or_default().insert(param);
            }
            if self.paces.called.values().map(HashSet::len).sum::<usize>() == before {
                return;
            }
        }
    }

    /// Whether it surely acts, and where; and which parameters of the movement around decide that.
    fn done(&self, doings: &Doings, acts: &[bool], deep: usize) -> (Option<Span>, Vec<(usize, Span)>) {
        let acting = |item: ItemId| acts.get(item.0 as usize).copied().unwrap_or(false);
        let mut act = doings.act;
        let mut params = doings.params.clone();
        for (item, call, span) in &doings.calls {
            if acting(*item) {
                act = act.or(Some(*span));
            }
            let called = self.paces.called.get(item).into_iter().flatten();
            let passed = call.and_then(|call| self.paces.passed.get(&call));
            for function in called.filter_map(|at| passed?.get(at)).filter(|_| deep < DEEPEST) {
                let (inner, more) = self.done(function, acts, deep + 1);
                act = act.or(inner.map(|_| *span));
                params.extend(more.into_iter().map(|(param, _)| (param, *span)));
            }
        }
        params.sort_unstable_by_key(|(param, _)| *param);
        params.dedup_by_key(|(param, _)| *param);
        (act, params)
    }

    /// Whether what a call passes for a parameter acts, and which parameters around it decide that.
    fn passed_does(&self, call: NodeId, param: usize, acts: &[bool]) -> (bool, Vec<usize>) {
        let function = self.paces.passed.get(&call).and_then(|passed| passed.get(&param));
        function.map_or((false, Vec::new()), |function| {
            let (act, params) = self.done(function, acts, 0);
            (act.is_some(), params.into_iter().map(|(param, _)| param).collect())
        })
    }

    /// Whether a call of a movement passes what acts for a parameter.
    fn somebody_passes_an_act(&self, movement: ItemId, param: usize, acts: &[bool]) -> bool {
        let calls = self.paces.calls.iter().filter(|(_, callee, _)| *callee == movement);
        calls.map(|(.., call)| *call).any(|call| self.passed_does(call, param, acts).0)
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
        let bracket = Span::at(written.span.end.saturating_sub(1));
        let (place, instead) =
            size.map_or((bracket, format!("; ..{SOME}")), |size| (size.span, format!("{least}..{SOME}")));
        Some(Help::new(text).replacing(place, instead))
    }
}
