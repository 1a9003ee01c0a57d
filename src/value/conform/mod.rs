//! Whether a value is of a type, and the value as that type has it.
//!
//! There are four degrees of fit, each including the one before it; a union takes the first degree
//! at which a member fits ([`union`]):
//!
//! 1. *exact*: nothing is converted, nothing left out. A map with exactly the fields is the record;
//!    where values come from JSON, a text in a date's own form is the date;
//! 2. *as in a score*: whole numbers for `number`, defaults for fields left out;
//! 3. *as in JSON*: `3.0` for `int`, `null` for a field with a default;
//! 4. *as people and models write*: whatever a [`Spelling`] reads.

mod fields;
mod scalar;
#[cfg(test)]
mod tests;
mod union;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use scalar::{is_json, is_literal, is_plain};

use super::{Map, Mismatch, Path, Problem, Step, Value, show_short};
use crate::types::{RecordType, Refinement, RefinementId, Type};

/// Judges what types only name: conditions and defaults. The engine is one.
pub trait Judge {
    /// Whether the condition holds of the value.
    ///
    /// # Errors
    /// What to say where it does not: the `else` text, or empty for the condition as written.
    fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String>;

    /// The default of a field, by its place; `None` where it has none.
    fn default(&mut self, record: &RecordType, field: usize) -> Option<Value>;

    /// Whether what a part ensures of its answer holds, for a call with these arguments.
    fn ensured(&mut self, _part: u32, _arguments: &[Value], _answer: &Value) -> bool {
        true
    }
}

/// Finds every condition of a score true, judges bounds that no source writes, and knows no defaults.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unjudged;

impl Judge for Unjudged {
    fn holds(&mut self, refinement: &Refinement, value: &Value) -> Result<(), String> {
        if refinement.id == RefinementId::BOUNDS && !super::within(&refinement.bounds, value) {
            return Err(refinement.source.to_string());
        }
        Ok(())
    }

    fn default(&mut self, _: &RecordType, _: usize) -> Option<Value> {
        None
    }
}

/// What people and models write for values of types.
pub trait Spelling {
    /// All values of the scalar type that this could be meant as; none where it is no such value.
    /// `nothing` counts as a scalar.
    fn readings(&self, value: &Value, ty: &Type) -> Vec<Value>;

    /// A name with spelling taken away: two names that only differ in spelling give the same.
    fn plain(&self, name: &str) -> String;

    /// The value that a text holds as JSON, where a list or an object is wanted.
    fn unpacked(&self, text: &str) -> Option<Value>;
}

/// How freely values are read.
#[derive(Clone, Copy)]
pub enum Reading<'a> {
    /// Values of the language
    Strict,
    /// Values from JSON
    FromJson,
    /// Answers
    Loose(&'a dyn Spelling),
}

/// Degrees of fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Degree {
    Exact,
    Score,
    Json,
    Loose,
}

/// The value as `ty` has it: records by name in the type's order, defaults filled in.
///
/// # Errors
/// Where and why it is not of the type.
pub fn conform(value: Value, ty: &Type, judge: &mut dyn Judge) -> Result<Value, Mismatch> {
    conform_with(value, ty, Reading::Strict, judge)
}

/// The same, for values that are not the language's own.
///
/// # Errors
/// Where and why it is not of the type.
#[allow(clippy::needless_pass_by_value)]
pub fn conform_with(
    value: Value,
    ty: &Type,
    reading: Reading<'_>,
    judge: &mut dyn Judge,
) -> Result<Value, Mismatch> {
    if is_plain(ty, &value) {
        return Ok(value);
    }
    Fitter::new(reading, judge).whole(&value, ty)
}

/// The same, where no field may be left out: for a value whose end was missing.
pub(crate) fn conform_completely(
    value: &Value,
    ty: &Type,
    reading: Reading<'_>,
    judge: &mut dyn Judge,
) -> Result<Value, Mismatch> {
    let mut fitter = Fitter::new(reading, judge);
    fitter.complete = true;
    fitter.whole(value, ty)
}

/// How deep types and values are followed together: a value's 128 levels, each with a union,
/// and some more.
const MAX_LEVELS: usize = 270;

struct Fitter<'a> {
    reading: Reading<'a>,
    judge: &'a mut dyn Judge,
    path: Path,
    levels: usize,
    /// No field may be left out.
    complete: bool,
    /// Inside one value taken for a list: it is not taken for a list again.
    single: bool,
    memo: HashMap<union::Key, union::Remembered>,
}

impl<'a> Fitter<'a> {
    fn new(reading: Reading<'a>, judge: &'a mut dyn Judge) -> Self {
        Self {
            reading,
            judge,
            path: Path::default(),
            levels: 0,
            complete: false,
            single: false,
            memo: HashMap::new(),
        }
    }

    fn whole(&mut self, value: &Value, ty: &Type) -> Result<Value, Mismatch> {
        let degree = match self.reading {
            Reading::Strict => Degree::Score,
            Reading::FromJson => Degree::Json,
            Reading::Loose(_) => Degree::Loose,
        };
        self.fit(value, ty, degree)
    }

    fn comes_from_json(&self) -> bool {
        !matches!(self.reading, Reading::Strict)
    }

    fn mismatch(&self, value: &Value, ty: &Type, problem: Problem) -> Mismatch {
        let (wanted, got) = (ty.to_string().into(), show_short(value, 60).into());
        Mismatch { path: self.path.clone(), wanted, got, problem }
    }

    fn fit(&mut self, value: &Value, ty: &Type, degree: Degree) -> Result<Value, Mismatch> {
        if self.levels >= MAX_LEVELS {
            return Err(self.mismatch(value, ty, Problem::Depth));
        }
        self.levels += 1;
        let fit = self.fit_refined(value, ty, degree);
        self.levels -= 1;
        fit
    }

    /// Looks through names, conditions and `?`, fits what is behind them, then judges the conditions.
    fn fit_refined(&mut self, value: &Value, ty: &Type, degree: Degree) -> Result<Value, Mismatch> {
        let mut conditions: Vec<&Refinement> = Vec::new();
        // How many conditions stand outside the `?`, and so judge `nothing` too.
        let mut optional = None;
        let mut base = ty;
        loop {
            base = match base {
                Type::Alias(alias) => alias.target(),
                Type::Refined(inner, refinement) => {
                    conditions.push(refinement);
                    inner
                }
                Type::Optional(inner) => {
                    optional = Some(conditions.len());
                    if *value == Value::Nothing {
                        break;
                    }
                    inner
                }
                _ => break,
            };
        }
        if let (Value::Nothing, Some(outside)) = (value, optional) {
            return self.judged(value, ty, vec![Value::Nothing], &conditions[..outside]);
        }
        let fit = match self.fit_shape(value, ty, base, degree) {
            Ok(fits) => self.judged(value, ty, fits, &conditions),
            Err(mismatch) => Err(mismatch),
        };
        match optional {
            Some(outside) if fit.is_err() && !self.scalars(value, &Type::Nothing, degree).is_empty() => {
                self.judged(value, ty, vec![Value::Nothing], &conditions[..outside])
            }
            _ => fit,
        }
    }

    fn fit_shape(
        &mut self,
        value: &Value,
        ty: &Type,
        base: &Type,
        degree: Degree,
    ) -> Result<Vec<Value>, Mismatch> {
        let fit = match base {
            Type::Unknown | Type::Variable(_) => Ok(value.clone()),
            Type::List(element, size) => self.fit_list(value, base, element, *size, degree),
            Type::Map(element) => self.fit_map(value, base, element, degree),
            Type::Union(members) => self.fit_union(value, base, members, degree),
            Type::Record(record) => self.fit_record(value, base, record, degree),
            _ => {
                let fits = self.scalars(value, base, degree);
                return if fits.is_empty() { Err(self.mismatch(value, ty, Problem::Kind)) } else { Ok(fits) };
            }
        };
        fit.map(|fit| vec![fit])
    }

    /// The one of several readings that the conditions leave.
    fn judged(
        &mut self,
        value: &Value,
        ty: &Type,
        fits: Vec<Value>,
        conditions: &[&Refinement],
    ) -> Result<Value, Mismatch> {
        let mut left: Vec<Value> = Vec::new();
        let mut failed = None;
        for fit in fits {
            let broken = conditions.iter().find_map(|condition| self.broken(condition, &fit));
            match broken {
                Some(text) => failed = failed.or(Some((fit, text))),
                None if left.contains(&fit) => {}
                None => left.push(fit),
            }
        }
        if left.len() > 1 {
            let readings = left.iter().map(|reading| show_short(reading, 60)).collect();
            return Err(self.mismatch(value, ty, Problem::Ambiguous(readings)));
        }
        match (left.pop(), failed) {
            (Some(fit), _) => Ok(fit),
            (None, Some((fit, text))) => Err(self.mismatch(&fit, ty, Problem::Condition(text))),
            (None, None) => Err(self.mismatch(value, ty, Problem::Kind)),
        }
    }

    /// What to say where a condition does not hold.
    fn broken(&mut self, condition: &Refinement, value: &Value) -> Option<String> {
        let text = self.judge.holds(condition, value).err()?;
        Some(if text.is_empty() { condition.source.to_string() } else { text })
    }

    fn fit_list(
        &mut self,
        value: &Value,
        ty: &Type,
        element: &Type,
        size: crate::types::Size,
        degree: Degree,
    ) -> Result<Value, Mismatch> {
        let Value::List(values) = value else {
            return self.fit_single(value, ty, element, size, degree);
        };
        let single = std::mem::take(&mut self.single);
        let mut fits = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            self.path.0.push(Step::Item(at));
            let fit = self.fit(value, element, degree);
            self.path.0.pop();
            match fit {
                Ok(fit) => fits.push(fit),
                Err(mismatch) => {
                    self.single = single;
                    return Err(mismatch);
                }
            }
        }
        self.single = single;
        if !size.holds(fits.len()) {
            return Err(self.mismatch(value, ty, Problem::Size { len: fits.len(), size }));
        }
        Ok(Value::list(fits))
    }

    /// One value where a list is wanted: its JSON if it holds some, else a list of that one.
    fn fit_single(
        &mut self,
        value: &Value,
        ty: &Type,
        element: &Type,
        size: crate::types::Size,
        degree: Degree,
    ) -> Result<Value, Mismatch> {
        if let Some(list @ Value::List(_)) = self.unpacked(value, degree) {
            return self.fit_list(&list, ty, element, size, degree);
        }
        if degree < Degree::Loose || self.single || *value == Value::Nothing {
            return Err(self.mismatch(value, ty, Problem::Kind));
        }
        self.single = true;
        let fit = self.fit(value, element, degree);
        self.single = false;
        match fit {
            Ok(_) if !size.holds(1) => Err(self.mismatch(value, ty, Problem::Size { len: 1, size })),
            Ok(fit) => Ok(Value::list([fit])),
            Err(inner) if inner.problem == Problem::Kind && inner.path == self.path => {
                Err(self.mismatch(value, ty, Problem::Kind))
            }
            Err(inner) => Err(inner),
        }
    }

    fn fit_map(
        &mut self,
        value: &Value,
        ty: &Type,
        element: &Type,
        degree: Degree,
    ) -> Result<Value, Mismatch> {
        let unpacked = self.unpacked(value, degree);
        let value = unpacked.as_ref().unwrap_or(value);
        let Some(entries) = fields::open_entries(value) else {
            return Err(self.mismatch(value, ty, Problem::Kind));
        };
        let single = std::mem::take(&mut self.single);
        let mut fits = Map::with_capacity(entries.len());
        for (key, value) in entries {
            self.path.0.push(Step::Field(key.clone()));
            let fit = self.fit(value, element, degree);
            self.path.0.pop();
            match fit {
                Ok(fit) => fits.insert(key, fit),
                Err(mismatch) => {
                    self.single = single;
                    return Err(mismatch);
                }
            };
        }
        self.single = single;
        Ok(Value::Map(Arc::new(fits)))
    }

    /// The JSON in a text, at the loosest degree.
    fn unpacked(&self, value: &Value, degree: Degree) -> Option<Value> {
        match (self.reading, value) {
            (Reading::Loose(spelling), Value::Text(text)) if degree == Degree::Loose => {
                spelling.unpacked(text)
            }
            _ => None,
        }
    }
}
