//! Values in the form of a type: conversions, conditions, defaults, record literals.

use std::sync::Arc;

use super::body::{Builder, Key};
use super::{Lower, Lowered};
use crate::base::{Name, Span};
use crate::plan::{Condition, Expr, ExprKind, LowerError};
use crate::syntax::ast;
use crate::types::{Literal, RecordType, Type};
use crate::value::Value;

/// Named types may recur: deeper than this two types are taken to differ.
const DEEPEST: u32 = 24;

/// A default that needs more defaults of other records than this, one within the other, needs itself.
const DEEPEST_DEFAULT: usize = 64;

impl Lower<'_> {
    pub(super) fn source(&self, span: Span) -> Name {
        let written: Vec<&str> = self.checked.program.sources.text(span).split_whitespace().collect();
        Name::from(written.join(" "))
    }

    /// What all `where`s demand.
    pub(super) fn conditions(&mut self) -> Lowered<()> {
        let checked = self.checked;
        for facts in &checked.refinements {
            let source = self.source(facts.condition.test.span);
            self.stack.push(judge());
            let test = self.expression(&facts.condition.test)?;
            let message = facts.condition.message.as_ref().map(|message| self.text(message)).transpose()?;
            self.stack.pop();
            self.plan.conditions.push(Condition { test, message, source });
        }
        Ok(())
    }

    /// Defaults of the fields of records.
    pub(super) fn defaults(&mut self) -> Lowered<()> {
        let checked = self.checked;
        for (record, fields) in &checked.records {
            let mut defaults = Vec::with_capacity(fields.len());
            for field in record.fields() {
                let written = fields.iter().find(|written| written.name.name == field.name);
                defaults.push(match written.and_then(|written| written.default.as_ref()) {
                    Some(default) => Some(self.standing_alone(default, &field.ty)?),
                    None => None,
                });
            }
            self.plan.defaults.push((record.clone(), defaults.into_boxed_slice()));
        }
        Ok(())
    }

    /// Defaults of record types that were made from those with parameters: theirs.
    pub(super) fn defaults_of_instances(&mut self) {
        let made = self.records.borrow();
        let more: Vec<_> = made
            .all()
            .filter(|(_, record)| !self.plan.defaults.iter().any(|(known, _)| Arc::ptr_eq(known, record)))
            .filter_map(|(template, record)| {
                let (_, defaults) =
                    self.plan.defaults.iter().find(|(known, _)| Arc::ptr_eq(known, template))?;
                Some((Arc::clone(record), defaults.clone()))
            })
            .collect();
        drop(made);
        self.plan.defaults.extend(more);
    }

    /// An expression that sees no names around it, in the form of a type.
    pub(super) fn standing_alone(&mut self, expr: &ast::Expr, wanted: &Type) -> Lowered<Expr> {
        self.stack.push(Builder::closed());
        let lowered = self.expression(expr);
        self.stack.pop();
        Ok(conform(lowered?, &self.type_of(expr.id), wanted))
    }

    /// The default of a record's field; `nothing` where it has none.
    fn field_default(&mut self, record: &Arc<RecordType>, at: usize, span: Span) -> Lowered<Expr> {
        let nothing = Expr::constant(Value::Nothing, span);
        let template = record.template().map(|(template, _)| Arc::clone(template));
        let record = template.as_ref().unwrap_or(record);
        if let Some((_, defaults)) = self.plan.defaults.iter().find(|(known, _)| Arc::ptr_eq(known, record)) {
            return Ok(defaults.get(at).and_then(Clone::clone).unwrap_or(nothing));
        }
        // Not lowered yet: this stands in the default of another record.
        let checked = self.checked;
        let written = checked.records.iter().find(|(known, _)| Arc::ptr_eq(known, record));
        let (Some((_, written)), Some(field)) = (written, record.fields().get(at)) else {
            return Ok(nothing);
        };
        let same = written.iter().find(|written| written.name.name == field.name);
        let Some(default) = same.and_then(|written| written.default.as_ref()) else { return Ok(nothing) };
        if self.stack.len() > DEEPEST_DEFAULT {
            return Err(LowerError::NotPlannable { what: "a default that needs itself", span: default.span });
        }
        self.standing_alone(default, &field.ty)
    }

    /// A record of this type from values for some of its fields; conditions on the whole are judged.
    pub(super) fn record(
        &mut self,
        record: &Arc<RecordType>,
        given: Vec<Option<Expr>>,
        span: Span,
    ) -> Lowered<Expr> {
        let values = given
            .into_iter()
            .enumerate()
            .map(|(at, value)| match value {
                Some(value) => Ok(value),
                None => self.field_default(record, at, span),
            })
            .collect::<Lowered<_>>()?;
        let made = Expr { kind: ExprKind::Record(record.clone(), values), span };
        Ok(Self::judge_whole(made, record))
    }

    fn judge_whole(value: Expr, record: &Arc<RecordType>) -> Expr {
        if record.refinement().is_none() {
            return value;
        }
        let span = value.span;
        Expr { kind: ExprKind::Conform(Box::new(value), Type::Record(record.clone())), span }
    }

    /// `{title: "x"}`, as the record, map or JSON that is expected where it stands.
    pub(super) fn record_literal(&mut self, expr: &ast::Expr, entries: &[ast::Entry]) -> Lowered<Expr> {
        let values = self.sequence(&entries.iter().map(|entry| &entry.value).collect::<Vec<_>>())?;
        let span = expr.span;
        let ty = self.type_of(expr.id);
        let Some(shape) = literal_shape(&ty, entries) else {
            return Err(LowerError::LostTrack { what: "the type of this record", span });
        };
        match shape {
            Shape::Record(record) => {
                let mut given: Vec<Option<Expr>> = record.fields().iter().map(|_| None).collect();
                for (entry, value) in entries.iter().zip(values) {
                    let Some((at, field)) = record.field(&entry.key.name) else {
                        return Err(LowerError::LostTrack { what: "a field", span: entry.key.span });
                    };
                    given[at] = Some(conform(value, &self.type_of(entry.value.id), &field.ty));
                }
                self.record(&record, given, span)
            }
            Shape::Map(wanted) => {
                let entries = entries.iter().zip(values).map(|(entry, value)| {
                    let value = conform(value, &self.type_of(entry.value.id), &wanted);
                    (entry.key.name.clone(), value)
                });
                Ok(Expr { kind: ExprKind::Map(entries.collect()), span })
            }
        }
    }

    /// `x but {…}`
    pub(super) fn but(&mut self, expr: &ast::Expr, base: &ast::Expr, changes: &ast::Expr) -> Lowered<Expr> {
        let span = expr.span;
        let ty = self.type_of(base.id);
        let Type::Record(record) = ty.shape() else {
            return Err(LowerError::LostTrack { what: "the record that is changed", span: base.span });
        };
        let wanted = |name: &str| record.field(name).map_or(Type::Unknown, |(_, field)| field.ty.clone());
        let (base, changes) = if let ast::ExprKind::Record(entries) = &changes.kind {
            let parts: Vec<&ast::Expr> =
                std::iter::once(base).chain(entries.iter().map(|entry| &entry.value)).collect();
            let mut values = self.sequence(&parts)?.into_iter();
            let base = values.next().ok_or(LowerError::LostTrack { what: "an operand", span })?;
            let changes = entries.iter().zip(values).map(|(entry, value)| {
                let name = entry.key.name.clone();
                (name.clone(), conform(value, &self.type_of(entry.value.id), &wanted(&name)))
            });
            (base, changes.collect())
        } else {
            self.but_record(base, changes, &wanted)?
        };
        let changed = Expr { kind: ExprKind::But(Box::new(base), changes), span };
        Ok(Self::judge_whole(changed, record))
    }

    /// The right side of `but` is a record of its own: each of its fields is a change.
    #[allow(clippy::type_complexity)] // the two sides of a `but`
    fn but_record(
        &mut self,
        base: &ast::Expr,
        changes: &ast::Expr,
        wanted: &dyn Fn(&str) -> Type,
    ) -> Lowered<(Expr, Box<[(Name, Expr)]>)> {
        let span = changes.span;
        let ty = self.type_of(changes.id);
        let Type::Record(record) = ty.shape() else {
            return Err(LowerError::LostTrack { what: "the record of changes", span });
        };
        let mut both = self.sequence(&[base, changes])?.into_iter();
        let (Some(base), Some(changes)) = (both.next(), both.next()) else {
            return Err(LowerError::LostTrack { what: "an operand", span });
        };
        let changes = record.fields().iter().map(|field| {
            let value = Expr { kind: ExprKind::Field(Box::new(changes.clone()), field.name.clone()), span };
            (field.name.clone(), conform(value, &field.ty, &wanted(&field.name)))
        });
        Ok((base, changes.collect()))
    }
}

/// The value in the form of `wanted`, its conditions judged; itself where it has that form already.
pub(super) fn conform(value: Expr, has: &Type, wanted: &Type) -> Expr {
    if let (Type::Part(_), Type::Instrument) = (has.shape(), wanted.shape()) {
        // A movement in the chair of an instrument.
        let span = value.span;
        let function = Box::new([(Name::from("function"), value)]);
        return Expr { kind: ExprKind::Construct(Name::from("movement"), function), span };
    }
    if matches!(value.kind, ExprKind::Fail(_)) || !differs(has, wanted, DEEPEST) {
        return value;
    }
    let span = value.span;
    match (&value.kind, wanted) {
        #[allow(clippy::cast_precision_loss)] // as every int that becomes a number
        (ExprKind::Constant(Value::Int(int)), Type::Number) => {
            Expr::constant(Value::Number(*int as f64), span)
        }
        _ => Expr { kind: ExprKind::Conform(Box::new(value), wanted.clone()), span },
    }
}

/// What judges a `where`: slot 0 is `it`.
fn judge() -> Builder {
    let mut builder = Builder::closed();
    builder.introduce(Key::It);
    builder
}

/// The value of a literal type.
pub(super) fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Int(int) => Value::Int(*int),
        Literal::Number(number) => Value::Number(*number),
        Literal::Bool(bool) => Value::Bool(*bool),
    }
}

/// What a record literal makes.
enum Shape {
    Record(Arc<RecordType>),
    /// A map of this type; of JSON too.
    Map(Type),
}

fn literal_shape(ty: &Type, entries: &[ast::Entry]) -> Option<Shape> {
    match ty.shape() {
        Type::Record(record) => Some(Shape::Record(record.clone())),
        Type::Map(value) => Some(Shape::Map((**value).clone())),
        Type::Json => Some(Shape::Map(Type::Json)),
        Type::Optional(inner) => literal_shape(inner, entries),
        Type::Union(members) => {
            let fits = |member: &&Type| match member.shape() {
                Type::Record(record) => {
                    let known = entries.iter().all(|entry| record.field(&entry.key.name).is_some());
                    let complete = record.fields().iter().all(|field| {
                        field.has_default || entries.iter().any(|entry| entry.key.name == field.name)
                    });
                    known && complete
                }
                Type::Map(_) | Type::Json => true,
                _ => false,
            };
            members.iter().find(fits).and_then(|member| literal_shape(member, entries))
        }
        _ => None,
    }
}

/// Whether a value that fits `wanted` and is of type `has` may stand in another form than `wanted` has,
/// or must still be judged by its conditions.
fn differs(has: &Type, wanted: &Type, depth: u32) -> bool {
    if has == wanted {
        return false;
    }
    let Some(depth) = depth.checked_sub(1) else { return true };
    match (has, wanted) {
        (Type::Unknown | Type::Never | Type::Variable(_), _)
        | (_, Type::Unknown | Type::Never | Type::Variable(_)) => false,
        (_, Type::Refined(base, refinement)) => match has {
            Type::Refined(inner, known) if known == refinement => differs(inner, base, depth),
            _ => true,
        },
        (_, Type::Alias(alias)) => differs(has, alias.target(), depth),
        (Type::Refined(base, _), _) => differs(base, wanted, depth),
        (Type::Alias(alias), _) => differs(alias.target(), wanted, depth),
        (Type::Nothing, Type::Optional(_) | Type::Json) => false,
        (Type::Optional(has), Type::Optional(wanted)) => differs(has, wanted, depth),
        (Type::Optional(has), _) => differs(has, wanted, depth),
        (Type::Union(has), _) => has.iter().any(|has| differs(has, wanted, depth)),
        (_, Type::Optional(wanted)) => differs(has, wanted, depth),
        (_, Type::Union(wanted)) => {
            wanted.iter().all(|wanted| !alike(has, wanted) || differs(has, wanted, depth))
        }
        (Type::List(has, _), Type::List(wanted, _)) => differs(has, wanted, depth),
        (Type::Map(has), Type::Map(wanted)) => differs(has, wanted, depth),
        (Type::List(has, _) | Type::Map(has), Type::Json) => differs(has, &Type::Json, depth),
        (Type::Text | Type::Int | Type::Number | Type::Bool | Type::Literal(_), Type::Json) => false,
        (_, Type::Json) => true,
        (Type::Int | Type::Literal(Literal::Int(_)), Type::Number | Type::Literal(Literal::Number(_))) => {
            true
        }
        (Type::Record(_), Type::Map(_)) => true,
        (Type::Record(has), Type::Record(wanted)) => has != wanted,
        _ => false,
    }
}

/// Whether values of `has` could be of `wanted` at all, as far as their outermost form says.
fn alike(has: &Type, wanted: &Type) -> bool {
    let (has, wanted) = (has.shape(), wanted.shape());
    match (has, wanted) {
        (Type::Literal(has), Type::Literal(wanted)) => has == wanted,
        (Type::Literal(Literal::Text(_)), Type::Text)
        | (Type::Literal(Literal::Int(_)), Type::Int)
        | (Type::Literal(Literal::Int(_) | Literal::Number(_)) | Type::Int, Type::Number)
        | (Type::Literal(Literal::Bool(_)), Type::Bool)
        | (_, Type::Json) => true,
        (Type::Record(has), Type::Record(wanted)) => has == wanted || has.name.is_none(),
        (_, Type::Union(wanted)) => wanted.iter().any(|wanted| alike(has, wanted)),
        (_, Type::Optional(wanted)) => alike(has, wanted),
        _ => std::mem::discriminant(has) == std::mem::discriminant(wanted),
    }
}
