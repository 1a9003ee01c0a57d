//! Records: literals, fields, `but`.

use std::collections::HashMap;
use std::sync::Arc;

use super::ValueError;
use super::advice::show;
use super::checker::Checker;
use super::fits::{admits_nothing, fits};
use crate::base::{Help, Span, did_you_mean};
use crate::syntax::ast::{Entry, Expr, ExprKind, Ident};
use crate::types::{Field, RecordType, Type};

/// What a record literal is to become.
enum Wanted {
    Record(Arc<RecordType>),
    Map(Type),
}

impl<'a> Checker<'a> {
    /// `{title: "x"}`
    pub(super) fn record(&mut self, span: Span, entries: &'a [Entry], want: Option<&Type>) -> Type {
        self.doubled_keys(entries);
        match want.and_then(|want| wanted(want, entries)) {
            Some(Wanted::Record(record)) => {
                for entry in entries {
                    if let Some((_, field)) = record.field(&entry.key.name) {
                        self.demand(&entry.value, &field.ty, format_args!("`{}`", field.name));
                    } else {
                        self.unknown_field(&record, &entry.key);
                        self.expr(&entry.value, None);
                    }
                }
                self.missing_fields(&record, span, |name| {
                    entries.iter().any(|entry| &*entry.key.name == name)
                });
                Type::Record(record)
            }
            Some(Wanted::Map(value)) => {
                for entry in entries {
                    self.demand(&entry.value, &value, format_args!("`{}`", entry.key.name));
                }
                Type::Map(Arc::new(value))
            }
            None => {
                let fields = entries.iter().map(|entry| {
                    let ty = self.expr(&entry.value, None);
                    let has_default = admits_nothing(&ty);
                    Field { name: entry.key.name.clone(), doc: String::new(), ty, has_default }
                });
                let fields = fields.collect();
                Type::Record(Arc::new(RecordType::anonymous(fields)))
            }
        }
    }

    fn doubled_keys(&mut self, entries: &[Entry]) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for entry in entries {
            if let Some(first) = seen.insert(&entry.key.name, entry.key.span) {
                let key = entry.key.name.to_string();
                self.report(ValueError::DoubledKey { key, span: entry.key.span, first });
            }
        }
    }

    pub(super) fn unknown_field(&mut self, record: &Arc<RecordType>, field: &Ident) {
        let names: Vec<&str> = record.fields().iter().map(|field| &*field.name).collect();
        let help = match did_you_mean(&field.name, names.iter().copied()) {
            Some(meant) => Help::meant(meant, field.span),
            None if names.is_empty() => "It has no fields at all.".into(),
            None => format!("It has {}.", listed(&names)).into(),
        };
        self.report(ValueError::UnknownField {
            what: show(&Type::Record(record.clone())),
            field: field.name.to_string(),
            help: Some(help),
            span: field.span,
        });
    }

    /// Complains of fields without a default that are not given.
    fn missing_fields(&mut self, record: &Arc<RecordType>, span: Span, given: impl Fn(&str) -> bool) {
        let missing: Vec<&str> = record
            .fields()
            .iter()
            .filter(|field| !field.has_default && !given(&field.name))
            .map(|field| &*field.name)
            .collect();
        if !missing.is_empty() {
            self.report(ValueError::MissingFields {
                many: missing.len() > 1,
                fields: listed(&missing),
                record: show(&Type::Record(record.clone())),
                shape: shape(record),
                span,
            });
        }
    }

    /// `x.title`
    pub(super) fn field(&mut self, expr: &'a Expr, target: &'a Expr, field: &Ident) -> Type {
        let found = self.expr(target, None);
        if !self.narrowing.is_empty()
            && let Some(path) = self.path(expr)
            && let Some(known) = self.narrowing.get(&path)
        {
            return known.clone();
        }
        let source = self.source_or_x(target.span);
        let help = match found.shape() {
            Type::Unknown | Type::Never => return Type::Unknown,
            Type::Record(record) => {
                if let Some((_, field)) = record.field(&field.name) {
                    return field.ty.clone();
                }
                self.unknown_field(&record.clone(), field);
                return Type::Unknown;
            }
            Type::Optional(inner) => match inner.shape() {
                Type::Record(record) if record.field(&field.name).is_some() => Some(format!(
                    "It may be `nothing`. Ask first, `if {source} != nothing {{ … }}`, or give another: `({source} ?? …).{}`.",
                    field.name
                )),
                _ => Some(String::from("It may be `nothing`.")),
            },
            Type::Union(members) => match Self::shared(members, field) {
                Ok(ty) => return ty,
                Err(help) => Some(help),
            },
            Type::Json => Some(format!(
                "Write `{source}[\"{}\"]`, or read it into a type first: `{source} as T`.",
                field.name
            )),
            Type::Map(_) => Some(format!("A map is asked by key: `{source}[\"{}\"]`.", field.name)),
            Type::List(..) | Type::Text if matches!(&*field.name, "length" | "len" | "size" | "count") => {
                let whole = Span::new(target.span.start, field.span.end);
                let help = Help::new(format!("How many there are is `len({source})`."))
                    .replacing(whole, format!("len({})", self.whole(target)));
                let (what, field, span) = (show(&found), field.name.to_string(), field.span);
                self.report(ValueError::UnknownField { what, field, help: Some(help), span });
                return Type::Int;
            }
            Type::List(element, _) => match element.shape() {
                Type::Record(record) if record.field(&field.name).is_some() => {
                    Some(format!("Take it of each element: `map({source}, x => x.{})`.", field.name))
                }
                _ => None,
            },
            Type::Instrument => {
                self.unknown_tool(target, field);
                return Type::Unknown;
            }
            _ => None,
        };
        self.report(ValueError::UnknownField {
            what: show(&found),
            field: field.name.to_string(),
            help: help.map(Help::from),
            span: field.span,
        });
        Type::Unknown
    }

    /// A field that all members of a union have.
    fn shared(members: &[Type], field: &Ident) -> Result<Type, String> {
        let mut types = Vec::new();
        for member in members {
            match member.shape() {
                Type::Record(record) if record.field(&field.name).is_some() => {
                    types.extend(record.field(&field.name).map(|(_, field)| field.ty.clone()));
                }
                _ => {
                    return Err(format!(
                        "Not every member has it: {} has not. Ask first which it is, with `is` or `match`.",
                        show(member)
                    ));
                }
            }
        }
        Ok(super::join::join_all(types))
    }

    /// `x but {title: "y"}`
    pub(super) fn but(&mut self, base: &'a Expr, changes: &'a Expr, want: Option<&Type>) -> Type {
        let found = self.expr(base, want);
        let ExprKind::Record(entries) = &changes.kind else {
            let ty = self.expr(changes, None);
            let what = String::from("what stands right of `but`");
            let help = String::from("Write the changed fields out: `x but {title: \"…\"}`.");
            if ty != Type::Unknown {
                self.report(ValueError::NotLiteral { what, help: help.into(), span: changes.span });
            }
            return found;
        };
        self.doubled_keys(entries);
        let record = match found.shape() {
            Type::Record(record) => Some(record.clone()),
            _ => None,
        };
        if record.is_none() && !matches!(found.shape(), Type::Unknown | Type::Never) {
            let help = self.advice(base, &found, &Type::Record(Arc::new(RecordType::anonymous(Vec::new()))));
            self.report(ValueError::Mismatch {
                what: String::from("what stands left of `but`"),
                found: show(&found),
                wanted: String::from("a record"),
                help,
                span: base.span,
            });
        }
        for entry in entries {
            match record.as_ref().map(|record| record.field(&entry.key.name)) {
                Some(Some((_, field))) => {
                    self.demand(&entry.value, &field.ty, format_args!("`{}`", field.name));
                }
                Some(None) => {
                    self.expr(&entry.value, None);
                    if let Some(record) = &record {
                        self.unknown_field(record, &entry.key);
                    }
                }
                None => drop(self.expr(&entry.value, None)),
            }
        }
        let changes_type = record.clone().map_or(Type::Unknown, Type::Record);
        self.types.set(changes.id, changes_type);
        record.map_or(Type::Unknown, |_| found)
    }
}

/// What of the wanted type a literal with these keys is to become.
fn wanted(want: &Type, entries: &[Entry]) -> Option<Wanted> {
    match want.shape() {
        Type::Record(record) => Some(Wanted::Record(record.clone())),
        Type::Map(value) => Some(Wanted::Map((**value).clone())),
        Type::Json => Some(Wanted::Map(Type::Json)),
        Type::Optional(inner) => wanted(inner, entries),
        Type::Union(members) => {
            let records: Vec<&Arc<RecordType>> = members
                .iter()
                .filter_map(|member| match member.shape() {
                    Type::Record(record) => Some(record),
                    _ => None,
                })
                .collect();
            let by_keys: Vec<&Arc<RecordType>> =
                records.iter().copied().filter(|record| has_keys(record, entries)).collect();
            let best = by_keys
                .iter()
                .find(|record| literals_fit(record, entries))
                .or(by_keys.first())
                .or(if records.len() == 1 { records.first() } else { None });
            best.map(|record| Wanted::Record((*record).clone()))
        }
        _ => None,
    }
}

/// Whether a record has all these keys, and needs no others.
fn has_keys(record: &RecordType, entries: &[Entry]) -> bool {
    entries.iter().all(|entry| record.field(&entry.key.name).is_some())
        && record
            .fields()
            .iter()
            .all(|field| field.has_default || entries.iter().any(|entry| entry.key.name == field.name))
}

/// Whether texts that are written out fit the fields: what tells members with a `kind` apart.
fn literals_fit(record: &RecordType, entries: &[Entry]) -> bool {
    entries.iter().all(|entry| {
        let ExprKind::Text(text) = &entry.value.kind else { return true };
        let Some((_, field)) = record.field(&entry.key.name) else { return false };
        text.plain().is_none_or(|plain| fits(&Type::Literal(crate::types::Literal::Text(plain)), &field.ty))
    })
}

/// A record as one writes it.
fn shape(record: &RecordType) -> String {
    let fields = record.fields().iter().map(|field| {
        let default = if field.has_default && !admits_nothing(&field.ty) { " = …" } else { "" };
        format!("{}: {}{default}", field.name, field.ty)
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// `` `a`, `b` and `c` ``
pub(super) fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
    match shown.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        _ if names.len() > shown.len() => format!("{}, …", shown.join(", ")),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
