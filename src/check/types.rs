//! Types as written, made into types.

use std::collections::HashSet;
use std::sync::Arc;

use super::checker::{Checker, ItemFacts};
use super::fits::fits;
use super::{ItemError, ValueError};
use crate::resolve::{Meaning, builtin_type};
use crate::syntax::ast::{self, LiteralType, TypeKind};
use crate::types::{Literal, PartType, RecordType, Size, Type, known};

impl<'a> Checker<'a> {
    /// A type with its condition.
    pub(super) fn typed(&mut self, typed: &'a ast::Typed) -> Type {
        let ty = self.ty(&typed.ty);
        let Some(condition) = &typed.condition else { return ty };
        let refined = self.refine(ty, condition);
        self.types.set(typed.ty.id, refined.clone());
        refined
    }

    /// A type as written.
    pub(super) fn ty(&mut self, written: &'a ast::TypeExpr) -> Type {
        let ty = self.make(written);
        self.types.set(written.id, ty.clone());
        ty
    }

    fn make(&mut self, written: &'a ast::TypeExpr) -> Type {
        if let Some(described) = self.program.described.get(written.id) {
            return described.clone();
        }
        match &written.kind {
            TypeKind::Named { name, arguments, .. } => {
                let arguments: Vec<Type> = arguments.iter().map(|argument| self.ty(argument)).collect();
                let found = self.named(written, name);
                self.with_arguments(written, name, found, &arguments)
            }
            TypeKind::List { element, size } => {
                let element = self.ty(element);
                let size = size.map_or(Size::ANY, Self::size);
                Type::List(Arc::new(element), size)
            }
            TypeKind::Map(value) => Type::Map(Arc::new(self.ty(value))),
            TypeKind::Optional(inner) => {
                let ty = self.ty(inner);
                optional(ty)
            }
            TypeKind::Union(members) => self.union(members),
            TypeKind::Literal(literal) => Type::Literal(literal_type(literal)),
            TypeKind::Record(fields) => {
                let fields = self.fields(fields);
                Type::Record(Arc::new(RecordType::anonymous(fields)))
            }
            TypeKind::Part { params, returns } => {
                let params = params.iter().map(|param| self.ty(param)).collect();
                let returns = returns.as_ref().map_or(Type::Nothing, |returns| self.ty(returns));
                Type::Part(Arc::new(PartType { params, returns }))
            }
        }
    }

    /// A named type with its arguments, as many as it has parameters.
    fn with_arguments(
        &mut self,
        written: &'a ast::TypeExpr,
        name: &ast::Ident,
        found: Type,
        arguments: &[Type],
    ) -> Type {
        let wanted = match self.meaning(written.id) {
            Some(Meaning::Item(item)) => self.written(item).map_or(0, |item| item.generics().len()),
            _ => 0,
        };
        if found == Type::Unknown {
            return found;
        }
        if wanted != arguments.len() {
            let name = name.name.to_string();
            self.report(ItemError::TypeArguments {
                name,
                wanted,
                found: arguments.len(),
                span: written.span,
            });
            return Type::Unknown;
        }
        if wanted == 0 {
            return found;
        }
        match &found {
            Type::Record(template) => Type::Record(self.instances.instance(template, arguments)),
            // A name for a type is what it stands for.
            other => {
                let target = other.shape().clone();
                self.instances.put_in(&target, arguments)
            }
        }
    }

    fn named(&mut self, written: &'a ast::TypeExpr, name: &'a ast::Ident) -> Type {
        match self.meaning(written.id) {
            Some(Meaning::Item(item)) => match self.facts(item) {
                ItemFacts::Type(ty) => ty.clone(),
                _ => Type::Unknown,
            },
            Some(Meaning::Known(name)) => {
                known().named(name).map_or(Type::Unknown, |record| Type::Record(record.clone()))
            }
            _ if matches!(written.kind, TypeKind::Named { module: Some(_), .. }) => Type::Unknown,
            _ => match self.generics.iter().position(|generic| generic.name == name.name) {
                Some(at) => Type::Variable(u32::try_from(at).unwrap_or(u32::MAX)),
                None => builtin_type(&name.name).unwrap_or(Type::Unknown),
            },
        }
    }

    /// A size as written.
    fn size(size: ast::Size) -> Size {
        let min = size.min.unwrap_or(0);
        // The parser lets only sizes through that some list has.
        Size { min, max: size.max }
    }

    /// A union as written. Literals are told apart by a set, as there may be many.
    fn union(&mut self, members: &'a [ast::TypeExpr]) -> Type {
        let mut literals = HashSet::new();
        let mut all: Vec<Type> = Vec::new();
        for member in members {
            let ty = self.ty(member);
            let literal = matches!(ty, Type::Literal(_));
            let doubled = if literal {
                !literals.insert(ty.to_string())
            } else {
                all.contains(&ty) && ty != Type::Unknown
            };
            if doubled {
                let what = format!("`{ty}` is a member twice");
                let help = String::from("Leave one of the two out.");
                self.report(ItemError::Senseless { what, help, span: member.span });
                continue;
            }
            all.push(ty);
        }
        if all.iter().all(|ty| matches!(ty, Type::Literal(_))) && all.len() > 1 {
            return Type::Union(all.into());
        }
        Type::union(all)
    }

    /// Fields as written. Their defaults are checked later, when all types are known.
    pub(super) fn fields(&mut self, fields: &'a [ast::Field]) -> Vec<crate::types::Field> {
        let made = fields.iter().map(|field| {
            let ty = self.typed(&field.typed);
            self.types.set(field.id, ty.clone());
            let has_default = field.default.is_some() || super::fits::admits_nothing(&ty);
            crate::types::Field { name: field.name.name.clone(), doc: field.doc.clone(), ty, has_default }
        });
        made.collect()
    }

    /// The type that `e as T` reads into.
    pub(super) fn reading(
        &mut self,
        from: &Type,
        span: crate::base::Span,
        written: &'a ast::TypeExpr,
    ) -> Type {
        let to = self.ty(written);
        if let Some(what) =
            super::fits::unshowable(&to).or(to.is_media().then_some("a picture, sound, film or file"))
        {
            let what = format!("nothing can be read into {what}");
            let help = String::from(
                "`as` reads json, texts and maps into types made of texts, numbers, lists and records.",
            );
            self.report(ValueError::Unreadable { what, help: help.into(), span: written.span });
        } else if super::fits::unshowable(from).is_some() || from.is_media() {
            let what = format!("{from} can't be read as {to}");
            let help = String::from("`as` reads json, texts, maps, lists and records.");
            self.report(ValueError::Unreadable { what, help: help.into(), span });
        } else if !may_read(from, &to) {
            let what = format!("{from} can never be read as {to}");
            let help = String::from("`as` reads json, texts, maps, lists and records.");
            self.report(ValueError::Unreadable { what, help: help.into(), span });
        }
        to
    }
}

/// Whether some value of `from` may be read as `to`.
fn may_read(from: &Type, to: &Type) -> bool {
    let readable = |ty: &Type| {
        matches!(
            ty.shape(),
            Type::Json
                | Type::Text
                | Type::Map(_)
                | Type::List(..)
                | Type::Record(_)
                | Type::Unknown
                | Type::Never
        )
    };
    match from.shape() {
        Type::Union(members) => members.iter().any(|member| may_read(member, to)),
        Type::Optional(inner) => may_read(inner, to) || fits(&Type::Nothing, to),
        Type::Literal(Literal::Text(_)) => true,
        shape => readable(shape) || overlaps(shape, to),
    }
}

/// Whether some value may be of both types.
pub(super) fn overlaps(one: &Type, other: &Type) -> bool {
    meet(one, other, 0)
}

/// Types may be endless; what is the same so many levels deep is taken to meet.
fn meet(one: &Type, other: &Type, depth: u32) -> bool {
    if one == other || depth > 16 {
        return true;
    }
    let meets = |one: &Type, other: &Type| meet(one, other, depth + 1);
    match (one.shape(), other.shape()) {
        (Type::Optional(inner), rest) | (rest, Type::Optional(inner)) => {
            super::fits::admits_nothing(rest) || meets(inner, rest)
        }
        (Type::Union(members), rest) | (rest, Type::Union(members)) => {
            members.iter().any(|member| meets(member, rest))
        }
        (Type::Json, rest) | (rest, Type::Json) => super::fits::is_json(rest),
        (Type::List(one, has), Type::List(other, had)) => {
            let sizes = has.max.is_none_or(|max| had.min <= max) && had.max.is_none_or(|max| has.min <= max);
            sizes && (meets(one, other) || has.min.max(had.min) == 0)
        }
        (Type::Map(_), Type::Map(_)) => true,
        (Type::Record(one), Type::Record(other)) => {
            one == other || one.name.is_none() || other.name.is_none()
        }
        (one, other) => fits(one, other) || fits(other, one),
    }
}

/// `T?`, also of a name whose meaning is not yet known.
fn optional(ty: Type) -> Type {
    match &ty {
        Type::Alias(alias) if *alias.target() == Type::Unknown => Type::Optional(Arc::new(ty)),
        _ => ty.optional(),
    }
}

/// A literal as a type.
pub(super) fn literal_type(literal: &LiteralType) -> Literal {
    match literal {
        LiteralType::Text(text) => Literal::Text(text.clone()),
        LiteralType::Int(int) => Literal::Int(*int),
        LiteralType::Number(number) => Literal::Number(*number),
        LiteralType::Bool(bool) => Literal::Bool(*bool),
    }
}
