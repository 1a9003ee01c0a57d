//! Items: first what each is from outside, then the inside of each.

use std::sync::Arc;

use super::ItemError;
use super::checker::{Checker, ItemFacts, Place};
use super::fits::admits_nothing;
use super::graph::{components, cycle};
use crate::resolve::{ItemId, Meaning};
use crate::syntax::ast::{self, ItemKind, TypeKind};
use crate::types::{Alias, Moving, NamedTypes, Param, RecordType, Signature, Size, Type};

impl<'a> Checker<'a> {
    /// The whole program.
    pub(super) fn program(&mut self) {
        self.declare_types();
        self.declare_items();
        self.check_conditions();
        let all: Vec<(ItemId, &'a ast::Item)> = self.all_items().collect();
        for (id, item) in &all {
            if let ItemKind::Type(item) = &item.kind {
                self.check_defaults(*id, item);
            }
        }
        // Instruments before parts before movements: whom a part is played by is known when it is met.
        for (id, item) in &all {
            if let ItemKind::Instrument(item) = &item.kind {
                self.check_instrument(*id, item);
            }
        }
        self.settle_instruments();
        for (id, item) in &all {
            if let ItemKind::Part(item) = &item.kind {
                self.check_part(*id, item);
            }
        }
        for (id, item) in &all {
            match &item.kind {
                ItemKind::Movement(movement) if self.is_prompt(item) => self.check_prompt(*id, movement),
                ItemKind::Movement(movement) => self.check_movement(*id, movement),
                // The tests of other modules are theirs.
                ItemKind::Test(test) if self.is_own(*id) => self.check_test(*id, test),
                _ => {}
            }
        }
        self.check_usage();
    }

    fn declare_types(&mut self) {
        let mut aliases: Vec<(ItemId, &'a ast::TypeItem, Arc<Alias>)> = Vec::new();
        let mut records: Vec<(ItemId, &'a ast::TypeItem, Arc<RecordType>)> = Vec::new();
        for (id, item) in self.all_items() {
            let ItemKind::Type(written) = &item.kind else { continue };
            let ty = if matches!(written.body.ty.kind, TypeKind::Record(_)) {
                let record = Arc::new(RecordType::named(written.name.name.clone(), item.doc.clone()));
                records.push((id, written, record.clone()));
                Type::Record(record)
            } else {
                let alias = Arc::new(Alias::new(written.name.name.clone(), item.doc.clone()));
                aliases.push((id, written, alias.clone()));
                Type::Alias(alias)
            };
            self.items[id.0 as usize] = ItemFacts::Type(ty);
        }
        self.complete_aliases(&aliases);
        for (_, written, record) in &records {
            self.complete_record(written, record);
        }
        self.generics = &[];
        self.instances.complete_all();
        if self.instances.endless
            && let Some((_, written, _)) = records.iter().find(|(_, written, _)| !written.generics.is_empty())
        {
            let name = written.name.name.to_string();
            self.report(ItemError::EndlessGeneric { name, span: written.name.span });
        }
        self.endless_types(&records);
    }

    /// Aliases are completed after those they are made of; those made of themselves are refused.
    fn complete_aliases(&mut self, aliases: &[(ItemId, &'a ast::TypeItem, Arc<Alias>)]) {
        let mut places = vec![usize::MAX; self.items.len()];
        for (at, (id, ..)) in aliases.iter().enumerate() {
            places[id.0 as usize] = at;
        }
        let mut edges: Vec<Vec<usize>> = Vec::with_capacity(aliases.len());
        for (_, written, _) in aliases {
            let mut found = Vec::new();
            let mut pending = vec![&written.body.ty];
            while let Some(ty) = pending.pop() {
                match &ty.kind {
                    TypeKind::Optional(inner) => pending.push(inner),
                    TypeKind::Union(members) => pending.extend(members),
                    TypeKind::Named { .. } => {
                        if let Some(Meaning::Item(item)) = self.meaning(ty.id)
                            && let Some(at) = places.get(item.0 as usize).filter(|at| **at != usize::MAX)
                        {
                            found.push(*at);
                        }
                    }
                    _ => {}
                }
            }
            edges.push(found);
        }
        for component in components(&edges) {
            let path = cycle(&edges, &component);
            if path.is_empty() {
                let (_, written, alias) = &aliases[component[0]];
                self.generics = &written.generics;
                let target = self.typed(&written.body);
                alias.complete(target);
                continue;
            }
            let name = |at: &usize| aliases[*at].1.name.name.to_string();
            let shown: Vec<String> = path.iter().chain([&path[0]]).map(name).collect();
            let first = aliases[path[0]].1;
            let error = ItemError::TypeCycle {
                name: first.name.name.to_string(),
                path: shown.join(" is "),
                span: first.name.span,
            };
            self.report(error);
            for at in component {
                aliases[at].2.complete(Type::Unknown);
            }
        }
    }

    fn complete_record(&mut self, written: &'a ast::TypeItem, record: &Arc<RecordType>) {
        let TypeKind::Record(fields) = &written.body.ty.kind else { return };
        self.generics = &written.generics;
        let made = self.fields(fields);
        let ty = Type::Record(record.clone());
        let refinement =
            written.body.condition.as_ref().map(|condition| self.refinement(ty.clone(), condition));
        self.types.set(written.body.ty.id, ty);
        record.complete(made, refinement);
        if fields.iter().any(|field| field.default.is_some()) {
            self.records.push((record.clone(), fields.clone()));
        }
    }

    /// Records that need another one of themselves, without an end.
    fn endless_types(&mut self, records: &[(ItemId, &'a ast::TypeItem, Arc<RecordType>)]) {
        let places: std::collections::HashMap<*const RecordType, usize> =
            records.iter().enumerate().map(|(at, (_, _, record))| (Arc::as_ptr(record), at)).collect();
        let needs = |record: &Arc<RecordType>| -> Vec<usize> {
            let needed = record.fields().iter().filter(|field| !field.has_default);
            needed
                .filter_map(|field| needed_record(&field.ty).and_then(|record| places.get(&record).copied()))
                .collect()
        };
        let edges: Vec<Vec<usize>> = records.iter().map(|(_, _, record)| needs(record)).collect();
        for component in components(&edges) {
            let path = cycle(&edges, &component);
            let Some(first) = path.first() else { continue };
            let name = |at: &usize| records[*at].1.name.name.to_string();
            let shown: Vec<String> = path.iter().chain([first]).map(name).collect();
            let next = name(path.get(1).unwrap_or(first));
            let error = ItemError::EndlessType {
                name: name(first),
                path: shown.join(" needs "),
                help: format!("Make one of the fields optional (`{next}?`) or a list (`[{next}]`)."),
                span: records[*first].1.name.span,
            };
            self.report(error);
        }
    }

    fn declare_items(&mut self) {
        for (id, item) in self.all_items() {
            self.item = id;
            self.generics = item.generics();
            let facts = match &item.kind {
                ItemKind::Use(_) | ItemKind::Test(_) | ItemKind::Type(_) => continue,
                ItemKind::Instrument(item) => {
                    let params = item.params.as_deref();
                    let roles = params.unwrap_or(&[]);
                    self.no_roles(roles);
                    let signature = params.map(|params| self.signature(params, None));
                    ItemFacts::Instrument(
                        signature
                            .map(|signature| Arc::new(Signature { returns: Type::Instrument, ..signature })),
                    )
                }
                ItemKind::Part(item) => {
                    let mut signature = self.signature(&item.params, item.returns.as_ref());
                    signature.returns = super::quorum::given(item, &signature.returns);
                    ItemFacts::Part(Arc::new(signature))
                }
                ItemKind::Movement(item) => {
                    self.no_roles(&item.params);
                    ItemFacts::Movement(Arc::new(self.signature(&item.params, item.returns.as_ref())))
                }
            };
            self.items[id.0 as usize] = facts;
        }
    }

    fn no_roles(&mut self, params: &[ast::Param]) {
        for param in params {
            if let Some(role) = param.role {
                let word = match role {
                    ast::ParamRole::Content => "content",
                    ast::ParamRole::Control => "control",
                };
                self.report(ItemError::MisplacedRole { word, span: param.name.span });
            }
        }
    }

    fn signature(&mut self, params: &'a [ast::Param], returns: Option<&'a ast::Typed>) -> Signature {
        let made = params.iter().map(|param| {
            let ty = self.given_before(param).unwrap_or_else(|| self.typed(&param.typed));
            self.types.set(param.id, ty.clone());
            let optional = param.default.is_some() || admits_nothing(&ty);
            Param { name: param.name.name.clone(), doc: param.doc.clone(), ty, optional, rest: false }
        });
        let params = made.collect();
        let returns = returns.map_or(Type::Nothing, |returns| self.typed(returns));
        Signature { params, returns }
    }

    /// The type of a name that got its value at a prompt before.
    fn given_before(&mut self, param: &ast::Param) -> Option<Type> {
        let given = &self.program.prompt.as_ref()?.given;
        let (_, ty, named) = given.iter().find(|(node, ..)| *node == param.id)?;
        let here = self.named_types();
        Some(Moving::new(named, &here, &mut self.instances).ty(ty))
    }

    /// The declared types, each with the name of its module.
    pub(super) fn named_types(&self) -> NamedTypes {
        let modules = &self.program.modules;
        let places = self.items.iter().zip(&self.resolved.items);
        let declared = places.filter_map(|(facts, place)| match facts {
            ItemFacts::Type(ty) => Some((modules.get(place.module)?.name.clone(), ty.clone())),
            _ => None,
        });
        declared.collect()
    }

    /// Defaults of parameters.
    pub(super) fn param_defaults(&mut self, params: &'a [ast::Param]) {
        for param in params {
            let Some(default) = &param.default else { continue };
            let ty = self.types.get(param.id).cloned().unwrap_or(Type::Unknown);
            self.default(default, &ty, &param.name);
        }
    }

    fn check_defaults(&mut self, id: ItemId, item: &'a ast::TypeItem) {
        let TypeKind::Record(fields) = &item.body.ty.kind else { return };
        self.begin(id, Some(Place::Clause));
        for field in fields {
            let Some(default) = &field.default else { continue };
            let ty = self.types.get(field.id).cloned().unwrap_or(Type::Unknown);
            self.default(default, &ty, &field.name);
        }
    }

    fn default(&mut self, default: &'a ast::Expr, ty: &Type, name: &ast::Ident) {
        let help = "A default only computes. Make it optional and fill it in inside.";
        self.computing("a default", help, |checker| {
            checker.demand(default, ty, format_args!("the default of `{}`", name.name));
        });
    }
}

/// The record that every value of a type contains.
fn needed_record(ty: &Type) -> Option<*const RecordType> {
    let mut ty = ty.shape();
    for _ in 0..64 {
        ty = match ty {
            Type::Record(record) => return Some(Arc::as_ptr(record)),
            Type::List(inner, Size { min: 1.., .. }) => inner.shape(),
            _ => return None,
        };
    }
    None
}
