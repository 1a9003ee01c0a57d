//! Walks a program and learns what is known before it runs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::narrow::Narrowing;
use super::origin::Origins;
use super::pace::Paces;
use super::player::Player;
use super::repeat::Rounds;
use super::{CallFacts, CheckError, Checked, RefinementFacts};
use crate::base::{Name, NodeId, Span, Table, on_deep_stack};
use crate::instrument::{Backend, Class};
use crate::load::Program;
use crate::resolve::{ItemId, Meaning, Resolved};
use crate::syntax::ast;
use crate::types::{Instances, RecordType, Signature, Type};

/// At most so many errors are reported.
const MOST: usize = 100;

/// Checks a program. Where there are errors, gives all of them, and what is odd, in source order; where
/// there are none, what is odd stands in [`Checked::warnings`].
///
/// Names without meaning are passed over in silence: the resolver has reported them.
///
/// # Errors
/// Everything that is wrong, in one go, up to a hundred.
pub fn check(
    program: Program,
    resolved: Resolved,
    constructors: &[&'static dyn Backend],
) -> Result<Checked, Vec<CheckError>> {
    let (types, calls, refinements, records, callables, instances, named, mut errors) = on_deep_stack(|| {
        let mut checker = Checker::new(&program, &resolved, constructors);
        checker.program();
        let named = Arc::new(checker.named_types());
        let Checker { types, calls, refinements, records, callables, instances, errors, .. } = checker;
        (types, calls, refinements, records, callables, instances, named, errors)
    });
    errors.sort_by_cached_key(CheckError::span);
    errors.dedup();
    if errors.iter().any(|error| !error.is_warning()) {
        if errors.len() > MOST {
            let (more, span) = (errors.len() - MOST, errors[MOST].span());
            errors.truncate(MOST);
            errors.push(CheckError::TooMany { more, span });
        }
        return Err(errors);
    }
    Ok(Checked {
        program,
        resolved,
        types,
        calls,
        refinements,
        records,
        callables,
        instances,
        named,
        warnings: errors,
    })
}

/// What is known of an item before its inside is looked at.
#[derive(Clone)]
pub(super) enum ItemFacts {
    /// A `use`, a test, or what could not be made out.
    Other,
    /// A type.
    Type(Type),
    /// An instrument; with a signature if it has parameters.
    Instrument(Option<Arc<Signature>>),
    /// A part.
    Part(Arc<Signature>),
    /// A movement.
    Movement(Arc<Signature>),
}

/// Something that is more than computing.
pub(super) struct Deed {
    /// Where.
    pub span: Span,
    /// What, as it is shown: `` the part `draft` ``.
    pub what: String,
    /// The part or movement that is called.
    pub item: Option<ItemId>,
    /// The parameter of the movement around that is called.
    pub param: Option<usize>,
    /// The call itself.
    pub call: Option<NodeId>,
    /// What it does to the world, where that is certain.
    pub class: Option<Class>,
    /// The innermost loop that its arguments depend on; 0 for none.
    pub touched: u32,
}

/// Where the walk is: what `return` and `stop` mean here.
pub(super) enum Place {
    /// In a movement that gives this.
    Movement(Type),
    /// In a round of a `for`.
    For,
    /// In a round of a `repeat`.
    Repeat(Rounds),
    /// In a small function.
    Lambda,
    /// In a clause, a condition, a default, the value of an instrument.
    Clause,
}

/// Walks a program.
pub(super) struct Checker<'a> {
    pub program: &'a Program,
    pub resolved: &'a Resolved,
    pub backends: HashMap<&'static str, &'static dyn Backend>,
    /// Signatures of constructors and builtins, made once.
    pub signatures: HashMap<(&'static str, bool), Arc<Signature>>,
    pub types: Table<Type>,
    pub calls: Table<CallFacts>,
    /// Parts, movements and functions as values, with what the parameters of their types stand for.
    pub callables: Table<Vec<Type>>,
    /// Record types made from those with parameters.
    pub instances: Instances,
    /// The type parameters of the item that is walked.
    pub generics: &'a [ast::Ident],
    /// Whether a small function that is walked next must only compute: it is for a builtin.
    pub only_computes: bool,
    pub refinements: Vec<RefinementFacts>,
    /// The conditions of `refinements`, where they are written.
    pub conditions: Vec<&'a ast::Condition>,
    pub records: Vec<(Arc<RecordType>, Vec<ast::Field>)>,
    /// By [`ItemId`].
    pub items: Vec<ItemFacts>,
    /// Who plays, as far as it is certain, by instrument item.
    pub players: HashMap<ItemId, Option<Arc<Player>>>,
    /// What parts do to the world, where that is certain, by [`ItemId`].
    pub classes: HashMap<ItemId, Option<Class>>,
    /// Calls of parts and movements by the item they stand in.
    pub edges: Vec<Vec<(ItemId, Span)>>,
    /// Instruments that are used somewhere.
    pub used: HashSet<ItemId>,
    /// Movements that act by themselves: by a builtin, or by a part whose player is named at the call.
    pub writes: HashSet<ItemId>,
    /// What can be judged only when all calls are known.
    pub later: Vec<Later>,
    /// Where values come from.
    pub origins: Origins,
    /// What is done how often.
    pub paces: Paces,
    pub errors: Vec<CheckError>,
    // The item that is walked:
    pub item: ItemId,
    pub narrowing: Narrowing,
    /// The type of `it`, innermost last.
    pub it: Vec<Type>,
    /// How often `it` was met.
    pub its: usize,
    pub places: Vec<Place>,
    pub deeds: Vec<Deed>,
    /// How many things were met that are more than computing.
    pub done: usize,
    /// For names inside loops: the innermost loop they depend on.
    pub depends: HashMap<NodeId, u32>,
    /// How many loops are around.
    pub loops: u32,
    /// The innermost loop that what was walked depends on.
    pub touched: u32,
}

/// What can be judged only when all calls are known.
pub(super) enum Later {
    /// `retry` on a call of a movement.
    Retry(ItemId, Name, Span),
    /// A read in a round that does not depend on it, and what else the round calls.
    Read { span: Span, name: Name, calls: Vec<(ItemId, Span)> },
}

impl<'a> Checker<'a> {
    fn new(program: &'a Program, resolved: &'a Resolved, constructors: &[&'static dyn Backend]) -> Self {
        let count = resolved.items.len();
        Self {
            program,
            resolved,
            backends: constructors.iter().map(|backend| (backend.name(), *backend)).collect(),
            signatures: HashMap::new(),
            types: Table::default(),
            calls: Table::default(),
            callables: Table::default(),
            instances: Instances::default(),
            generics: &[],
            only_computes: false,
            refinements: Vec::new(),
            conditions: Vec::new(),
            records: Vec::new(),
            items: vec![ItemFacts::Other; count],
            players: HashMap::new(),
            classes: HashMap::new(),
            edges: vec![Vec::new(); count],
            used: HashSet::new(),
            writes: HashSet::new(),
            later: Vec::new(),
            origins: Origins::default(),
            paces: Paces::default(),
            errors: Vec::new(),
            item: ItemId(0),
            narrowing: Narrowing::default(),
            it: Vec::new(),
            its: 0,
            places: Vec::new(),
            deeds: Vec::new(),
            done: 0,
            depends: HashMap::new(),
            loops: 0,
            touched: 0,
        }
    }

    /// The item as written.
    pub(super) fn written(&self, id: ItemId) -> Option<&'a ast::Item> {
        let place = self.resolved.items.get(id.0 as usize)?;
        self.program.modules.get(place.module)?.file.items.get(place.item)
    }

    /// Whether an item is one of the score itself, not of what it brings in.
    pub(super) fn is_own(&self, id: ItemId) -> bool {
        self.resolved.items.get(id.0 as usize).is_some_and(|place| place.module == 0)
    }

    /// All items in order.
    pub(super) fn all_items(&self) -> impl Iterator<Item = (ItemId, &'a ast::Item)> + use<'a> {
        let program = self.program;
        let ids = (0..).map(ItemId);
        ids.zip(program.modules.iter().flat_map(|module| &module.file.items))
    }

    /// What is known of an item.
    pub(super) fn facts(&self, id: ItemId) -> &ItemFacts {
        self.items.get(id.0 as usize).unwrap_or(&ItemFacts::Other)
    }

    /// What a name expression means.
    pub(super) fn meaning(&self, node: NodeId) -> Option<Meaning> {
        self.resolved.meanings.get(node).copied()
    }

    /// Whether an expression names an item of another module: `module.name`.
    pub(super) fn is_member(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            // Of a module that could not be made out nothing is known.
            ast::ExprKind::Field { target, .. } => {
                matches!(self.meaning(expr.id), Some(Meaning::Item(_)))
                    || matches!(target.kind, ast::ExprKind::Name(_)) && self.meaning(target.id).is_none()
            }
            _ => false,
        }
    }

    /// The name that an expression is, of this module or of another one.
    pub(super) fn called(&self, expr: &'a ast::Expr) -> Option<&'a Name> {
        match &expr.kind {
            ast::ExprKind::Name(name) => Some(name),
            ast::ExprKind::Field { field, .. } if self.is_member(expr) => Some(&field.name),
            _ => None,
        }
    }

    /// Notes what is wrong.
    pub(super) fn report(&mut self, error: impl Into<CheckError>) {
        self.errors.push(error.into());
    }

    /// What stands at a place, if it is short enough to be shown again.
    pub(super) fn source(&self, span: Span) -> Option<&'a str> {
        let text = self.program.sources.text(span);
        (!text.is_empty() && text.len() <= 40 && !text.contains('\n')).then_some(text)
    }

    /// What stands at a place, or `x`.
    pub(super) fn source_or_x(&self, span: Span) -> &'a str {
        self.source(span).unwrap_or("x")
    }

    /// Begins an item: nothing is known of names yet.
    pub(super) fn begin(&mut self, id: ItemId, place: Option<Place>) {
        self.item = id;
        self.generics = self.written(id).map_or(&[], ast::Item::generics);
        self.narrowing.clear();
        self.it.clear();
        self.places.clear();
        self.places.extend(place);
        self.deeds.clear();
        self.depends.clear();
        self.loops = 0;
        self.touched = 0;
    }

    /// Notes something that is more than computing.
    pub(super) fn deed(&mut self, deed: Deed) {
        if let Some(item) = deed.item {
            self.edges[self.item.0 as usize].push((item, deed.span));
        }
        if deed.class == Some(Class::Acts) {
            self.writes.insert(self.item);
        }
        self.touched = self.touched.max(self.loops);
        self.done += 1;
        self.deeds.push(deed);
    }

    /// Notes a form that does nothing by itself but can't stand where only computing is possible.
    pub(super) fn form(&mut self, word: &str, span: Span) {
        let what = if word.contains(' ') { word.to_owned() } else { format!("`{word}`") };
        let (item, class, param, call) = (None, None, None, None);
        self.deeds.push(Deed { span, what, item, param, call, class, touched: u32::MAX });
    }

    /// Walks what must be mere computing, and complains where it isn't.
    pub(super) fn computing<R>(&mut self, place: &str, help: &str, walk: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.deeds.len();
        let edges = self.edges[self.item.0 as usize].len();
        let result = walk(self);
        if let Some(deed) = self.deeds.get(mark) {
            let error = super::CallError::Impure {
                callee: deed.what.clone(),
                place: place.to_owned(),
                help: help.to_owned().into(),
                span: deed.span,
            };
            self.report(error);
        }
        self.deeds.truncate(mark);
        self.edges[self.item.0 as usize].truncate(edges);
        result
    }
}
