//! Types with parameters, and what becomes of them when the parameters are known.

use std::sync::Arc;

use super::{Field, PartType, RecordType, Type};
use crate::base::Name;

/// So many record types are made of one with parameters; more means that it grows without an end.
const MOST: usize = 500;

/// Record types made from those with parameters, each once.
#[derive(Clone, Debug, Default)]
pub struct Instances {
    made: Vec<(Arc<RecordType>, Vec<Type>, Arc<RecordType>)>,
    /// Whether there were too many.
    pub endless: bool,
}

impl Instances {
    /// The record type that `template` is with these arguments.
    pub fn instance(&mut self, template: &Arc<RecordType>, arguments: &[Type]) -> Arc<RecordType> {
        let known = self.made.iter().find(|(of, with, _)| Arc::ptr_eq(of, template) && with == arguments);
        if let Some((_, _, record)) = known {
            return Arc::clone(record);
        }
        if self.made.len() >= MOST {
            self.endless = true;
            return Arc::clone(template);
        }
        let shown: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let name = format!("{}<{}>", template.name.as_deref().unwrap_or(""), shown.join(", "));
        let record = Arc::new(RecordType::named(Name::from(name), template.doc.clone()));
        record.made_from(Arc::clone(template), arguments.to_vec());
        self.made.push((Arc::clone(template), arguments.to_vec(), Arc::clone(&record)));
        if template.is_complete() {
            self.complete(template, arguments, &record);
        }
        record
    }

    /// Completes what was made before its template was complete.
    pub fn complete_all(&mut self) {
        let mut at = 0;
        while let Some((template, arguments, record)) = self.made.get(at).cloned() {
            at += 1;
            if !record.is_complete() {
                self.complete(&template, &arguments, &record);
            }
        }
    }

    fn complete(&mut self, template: &Arc<RecordType>, arguments: &[Type], record: &Arc<RecordType>) {
        let fields: Vec<Field> = template
            .fields()
            .iter()
            .map(|field| Field { ty: self.put_in(&field.ty, arguments), ..field.clone() })
            .collect();
        record.complete(fields, template.refinement().cloned());
    }

    /// All that were made: the one with parameters, and the one without.
    pub fn all(&self) -> impl Iterator<Item = (&Arc<RecordType>, &Arc<RecordType>)> {
        self.made.iter().map(|(template, _, record)| (template, record))
    }

    /// A type with what its variables stand for; those beyond `bindings` stay.
    pub fn put_in(&mut self, ty: &Type, bindings: &[Type]) -> Type {
        match ty {
            Type::Variable(variable) => bindings.get(*variable as usize).unwrap_or(ty).clone(),
            Type::List(inner, size) => Type::List(Arc::new(self.put_in(inner, bindings)), *size),
            Type::Map(inner) => Type::Map(Arc::new(self.put_in(inner, bindings))),
            Type::Optional(inner) => self.put_in(inner, bindings).optional(),
            Type::Union(members) if members.iter().any(mentions) => {
                Type::union(members.iter().map(|member| self.put_in(member, bindings)).collect::<Vec<_>>())
            }
            Type::Refined(inner, refinement) => {
                Type::Refined(Arc::new(self.put_in(inner, bindings)), Arc::clone(refinement))
            }
            Type::Part(part) => Type::Part(Arc::new(PartType {
                params: part.params.iter().map(|param| self.put_in(param, bindings)).collect(),
                returns: self.put_in(&part.returns, bindings),
            })),
            Type::Record(record) => match record.template() {
                Some((template, arguments)) if arguments.iter().any(mentions) => {
                    let arguments: Vec<Type> =
                        arguments.iter().map(|argument| self.put_in(argument, bindings)).collect();
                    Type::Record(self.instance(template, &arguments))
                }
                None if record.name.is_none() && record.fields().iter().any(|field| mentions(&field.ty)) => {
                    let fields = record
                        .fields()
                        .iter()
                        .map(|field| Field { ty: self.put_in(&field.ty, bindings), ..field.clone() });
                    Type::Record(Arc::new(RecordType::anonymous(fields.collect())))
                }
                _ => ty.clone(),
            },
            _ => ty.clone(),
        }
    }
}

/// Whether a variable stands in a type.
pub fn mentions(ty: &Type) -> bool {
    match ty {
        Type::Variable(_) => true,
        Type::List(inner, _) | Type::Map(inner) | Type::Optional(inner) | Type::Refined(inner, _) => {
            mentions(inner)
        }
        Type::Union(members) => members.iter().any(mentions),
        Type::Part(part) => mentions(&part.returns) || part.params.iter().any(mentions),
        Type::Record(record) => match record.template() {
            Some((_, arguments)) => arguments.iter().any(mentions),
            None => record.name.is_none() && record.fields().iter().any(|field| mentions(&field.ty)),
        },
        _ => false,
    }
}
