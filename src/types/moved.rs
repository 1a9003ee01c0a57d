//! Types of one program in terms of another: what was named at a prompt outlives the program it was made in.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Field, Instances, PartType, RecordType, Refinement, RefinementId, Type, known};
use crate::base::Name;

/// The declared types of a program, each with the name of its module.
pub type NamedTypes = Vec<(Name, Type)>;

/// Says what a type of one program is in another: a declared type is the one of the same module and name there.
/// Its conditions are not judged again; their bounds stay.
pub struct Moving<'a> {
    /// By the identity of the type that is left.
    there: HashMap<usize, Option<&'a Type>>,
    instances: &'a mut Instances,
    /// The first declared type that is not there any more.
    pub lost: Option<Name>,
}

impl<'a> Moving<'a> {
    /// From the one program to the other; types made from those with parameters are made in `instances`.
    pub fn new(from: &NamedTypes, to: &'a NamedTypes, instances: &'a mut Instances) -> Self {
        let mut by_name: HashMap<(&str, String), &Type> = HashMap::with_capacity(to.len());
        for (module, ty) in to {
            by_name.insert((module, ty.to_string()), ty);
        }
        let find = |(module, ty): &(Name, Type)| {
            Some((identity(ty)?, by_name.get(&(&**module, ty.to_string())).copied()))
        };
        Self { there: from.iter().filter_map(find).collect(), instances, lost: None }
    }

    /// The type there.
    pub fn ty(&mut self, ty: &Type) -> Type {
        match ty {
            Type::List(inner, size) => Type::List(Arc::new(self.ty(inner)), *size),
            Type::Map(inner) => Type::Map(Arc::new(self.ty(inner))),
            Type::Optional(inner) => self.ty(inner).optional(),
            Type::Union(members) => {
                Type::union(members.iter().map(|member| self.ty(member)).collect::<Vec<_>>())
            }
            Type::Refined(inner, refinement) => {
                let unjudged = Refinement { id: RefinementId::SETTLED, ..(**refinement).clone() };
                Type::Refined(Arc::new(self.ty(inner)), Arc::new(unjudged))
            }
            Type::Part(part) => Type::Part(Arc::new(PartType {
                params: part.params.iter().map(|param| self.ty(param)).collect(),
                returns: self.ty(&part.returns),
            })),
            Type::Record(record) => self.record(ty, record),
            Type::Alias(alias) => self.declared(ty, &alias.name),
            _ => ty.clone(),
        }
    }

    fn record(&mut self, ty: &Type, record: &Arc<RecordType>) -> Type {
        if let Some((template, arguments)) = record.template() {
            let arguments: Vec<Type> = arguments.iter().map(|argument| self.ty(argument)).collect();
            return match self.ty(&Type::Record(Arc::clone(template))) {
                Type::Record(template) => Type::Record(self.instances.instance(&template, &arguments)),
                other => other,
            };
        }
        let Some(name) = &record.name else {
            let fields =
                record.fields().iter().map(|field| Field { ty: self.ty(&field.ty), ..field.clone() });
            return Type::Record(Arc::new(RecordType::anonymous(fields.collect())));
        };
        if known().named(name).is_some_and(|known| Arc::ptr_eq(known, record)) {
            return ty.clone();
        }
        self.declared(ty, name)
    }

    fn declared(&mut self, ty: &Type, name: &Name) -> Type {
        match identity(ty).and_then(|id| self.there.get(&id).copied()).flatten() {
            Some(there) => there.clone(),
            None => {
                self.lost.get_or_insert_with(|| Arc::clone(name));
                Type::Unknown
            }
        }
    }
}

fn identity(ty: &Type) -> Option<usize> {
    match ty {
        Type::Record(record) => Some(Arc::as_ptr(record) as usize),
        Type::Alias(alias) => Some(Arc::as_ptr(alias) as usize),
        _ => None,
    }
}
