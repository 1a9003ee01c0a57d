//! Records from maps and from other records.

use std::sync::Arc;

use super::{Degree, Fitter, Reading};
use crate::base::{Name, did_you_mean};
use crate::types::{RecordType, Type, admits_nothing};
use crate::value::{Mismatch, Problem, Record, Step, Value};

/// Keys and values of a map or of a record without a name.
pub(super) fn open_entries(value: &Value) -> Option<Vec<(Arc<str>, &Value)>> {
    match value {
        Value::Map(map) => Some(map.iter().map(|(key, value)| (key.clone(), value)).collect()),
        Value::Record(record) if record.shape().name.is_none() => Some(record_entries(record)),
        _ => None,
    }
}

fn record_entries(record: &Record) -> Vec<(Arc<str>, &Value)> {
    let names = record.shape().fields().iter().map(|field| field.name.clone());
    names.zip(record.values()).collect()
}

impl Fitter<'_> {
    pub(super) fn fit_record(
        &mut self,
        value: &Value,
        ty: &Type,
        shape: &Arc<RecordType>,
        degree: Degree,
    ) -> Result<Value, Mismatch> {
        let unpacked = self.unpacked(value, degree);
        let value = unpacked.as_ref().unwrap_or(value);
        let entries = match value {
            Value::Record(record) if Arc::ptr_eq(record.shape(), shape) || shape.name.is_none() => {
                record_entries(record)
            }
            other => match open_entries(other) {
                Some(entries) => entries,
                None => return Err(self.mismatch(value, ty, Problem::Kind)),
            },
        };
        let given = self.sorted(value, ty, shape, entries, degree)?;
        let single = std::mem::take(&mut self.single);
        let fits = self.fit_fields(value, ty, shape, &given, degree);
        self.single = single;
        let Some(record) = Record::new(shape.clone(), fits?) else {
            return Err(self.mismatch(value, ty, Problem::Kind));
        };
        let record = Value::Record(Arc::new(record));
        if let Some(condition) = shape.refinement()
            && let Some(text) = self.broken(condition, &record)
        {
            return Err(self.mismatch(&record, ty, Problem::Condition(text)));
        }
        Ok(record)
    }

    /// What was given for each field.
    fn sorted<'v>(
        &self,
        value: &Value,
        ty: &Type,
        shape: &RecordType,
        entries: Vec<(Arc<str>, &'v Value)>,
        degree: Degree,
    ) -> Result<Vec<Option<&'v Value>>, Mismatch> {
        let mut given: Vec<Option<&Value>> = vec![None; shape.fields().len()];
        for (key, entry) in entries {
            let exact = shape.field(&key).map(|(at, _)| at);
            let Some(at) = exact.or_else(|| self.respelled(&key, shape, degree)) else {
                return Err(self.mismatch(value, ty, unknown(key, shape)));
            };
            match given[at] {
                Some(other) if other != entry => {
                    let name = shape.fields()[at].name.clone();
                    return Err(self.mismatch(value, ty, Problem::Twice(name)));
                }
                _ => given[at] = Some(entry),
            }
        }
        Ok(given)
    }

    /// The only field whose name is this one in another spelling.
    fn respelled(&self, key: &str, shape: &RecordType, degree: Degree) -> Option<usize> {
        let Reading::Loose(spelling) = self.reading else { return None };
        if degree < Degree::Loose {
            return None;
        }
        let plain = spelling.plain(key);
        let mut same = shape.fields().iter().enumerate().filter(|(_, f)| spelling.plain(&f.name) == plain);
        match (same.next(), same.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    }

    fn fit_fields(
        &mut self,
        value: &Value,
        ty: &Type,
        shape: &RecordType,
        given: &[Option<&Value>],
        degree: Degree,
    ) -> Result<Vec<Value>, Mismatch> {
        let mut missing: Vec<Name> = Vec::new();
        let mut fits = Vec::with_capacity(given.len());
        let mut wrong = None;
        for (at, field) in shape.fields().iter().enumerate() {
            let left_out = match given[at] {
                None => true,
                Some(Value::Nothing) => {
                    degree >= Degree::Json && field.has_default && !admits_nothing(&field.ty)
                }
                Some(_) => false,
            };
            if left_out {
                match self.left_out(shape, at, degree) {
                    Some(default) => fits.push(default),
                    None => missing.push(field.name.clone()),
                }
                continue;
            }
            let Some(given) = given[at] else { continue };
            self.path.0.push(Step::Field(field.name.clone()));
            let fit = self.fit(given, &field.ty, degree);
            self.path.0.pop();
            match fit {
                Ok(fit) => fits.push(fit),
                Err(mismatch) => {
                    wrong = Some(mismatch);
                    break;
                }
            }
        }
        // What is missing is said first: it tells the most about what was misunderstood.
        if !missing.is_empty() {
            return Err(self.mismatch(value, ty, Problem::Missing(missing)));
        }
        wrong.map_or(Ok(fits), Err)
    }

    fn left_out(&mut self, shape: &RecordType, at: usize, degree: Degree) -> Option<Value> {
        if self.complete || degree == Degree::Exact {
            return None;
        }
        let field = &shape.fields()[at];
        let default = if field.has_default { self.judge.default(shape, at) } else { None };
        default.or_else(|| admits_nothing(&field.ty).then_some(Value::Nothing))
    }
}

fn unknown(key: Arc<str>, shape: &RecordType) -> Problem {
    let fields: Vec<Name> = shape.fields().iter().map(|field| field.name.clone()).collect();
    let near = did_you_mean(&key, fields.iter().map(|name| &**name)).map(Name::from);
    Problem::Unknown { key, near, fields }
}
