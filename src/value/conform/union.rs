//! Which member of a union a value is of.
//!
//! The first degree of fit at which a member fits decides. Where several do, they must give the same
//! value; only a text that is also written exactly as a date, time, length of time or amount is
//! taken for that, and `3` for the `int`. A record may be named from outside, `{"Question": {…}}`, and must be where
//! another member looks like it.

use std::sync::Arc;

use super::scalar::same;
use super::{Degree, Fitter, Reading};
use crate::types::{Type, tag};
use crate::value::{Mismatch, Path, Problem, Value};

/// A value, the union it is read as (both by address), the degree, and whether the value was taken
/// for a list.
pub(super) type Key = (usize, usize, Degree, bool);

/// What became of it. Keeps the value alive, so that its address stays its own.
pub(super) struct Remembered {
    _value: Value,
    depth: usize,
    fit: Result<Value, Mismatch>,
}

const DEGREES: [Degree; 4] = [Degree::Exact, Degree::Score, Degree::Json, Degree::Loose];

impl Fitter<'_> {
    /// Remembers what was found of values with parts: trying every member of every union anew would
    /// take exponential time where unions recur.
    pub(super) fn fit_union(
        &mut self,
        value: &Value,
        ty: &Type,
        members: &Arc<[Type]>,
        degree: Degree,
    ) -> Result<Value, Mismatch> {
        let address = match value {
            Value::List(values) if !values.is_empty() => values.as_ptr() as usize,
            Value::Map(map) => Arc::as_ptr(map) as usize,
            Value::Record(record) => Arc::as_ptr(record) as usize,
            _ => return self.fit_any(value, ty, members, degree),
        };
        let key = (address, members.as_ptr() as usize, degree, self.single);
        if let Some(known) = self.memo.get(&key) {
            return known.fit.clone().map_err(|mut mismatch| {
                let inner = mismatch.path.0.split_off(known.depth.min(mismatch.path.0.len()));
                mismatch.path = Path(self.path.0.iter().cloned().chain(inner).collect());
                mismatch
            });
        }
        let fit = self.fit_any(value, ty, members, degree);
        let remembered = Remembered { _value: value.clone(), depth: self.path.0.len(), fit: fit.clone() };
        self.memo.insert(key, remembered);
        fit
    }

    fn fit_any(
        &mut self,
        value: &Value,
        ty: &Type,
        members: &[Type],
        most: Degree,
    ) -> Result<Value, Mismatch> {
        if let Some((member, inner)) = self.tagged(value, members, most) {
            return self.fit(&inner, &member, most);
        }
        let mut reasons = Vec::new();
        for degree in DEGREES.into_iter().filter(|degree| *degree <= most) {
            reasons.clear();
            let mut fits: Vec<(Value, &Type)> = Vec::new();
            for member in members {
                match self.fit(value, member, degree) {
                    Ok(fit) => fits.push((fit, member)),
                    Err(mismatch) => reasons.push(mismatch),
                }
            }
            leave_plainer(&mut fits);
            let undecided = reasons.iter().position(|r| matches!(r.problem, Problem::Ambiguous(_)));
            match (fits.first(), undecided) {
                (None, None) => {}
                (_, Some(at)) => return Err(reasons.swap_remove(at)),
                (Some((first, _)), None) => {
                    if fits.iter().all(|(fit, _)| same(fit, first)) {
                        return Ok(first.clone());
                    }
                    let readings = fits.iter().map(|(_, member)| as_member(member)).collect();
                    return Err(self.mismatch(value, ty, Problem::Ambiguous(readings)));
                }
            }
        }
        Err(self.best_reason(value, ty, reasons))
    }

    /// The member that a value names from outside, and the value within.
    fn tagged(&self, value: &Value, members: &[Type], degree: Degree) -> Option<(Type, Value)> {
        let Value::Map(map) = value else { return None };
        let (key, inner) = map.first().filter(|_| map.len() == 1 && degree >= Degree::Json)?;
        let is_tag = |name: &str| match self.reading {
            Reading::Loose(spelling) => spelling.plain(name) == spelling.plain(key),
            _ => *name == **key,
        };
        let is_field = members.iter().any(|member| match member.shape() {
            Type::Record(record) => record.field(key).is_some(),
            Type::Map(_) | Type::Json => true,
            _ => false,
        });
        if is_field {
            return None;
        }
        let mut named = members.iter().filter(|member| tag(member).is_some_and(|name| is_tag(&name)));
        match (named.next(), named.next()) {
            (Some(member), None) => Some((member.clone(), inner.clone())),
            _ => None,
        }
    }

    /// The reason of the member that came nearest: that which got deepest into the value, or the only
    /// one of its kind.
    fn best_reason(&self, value: &Value, ty: &Type, reasons: Vec<Mismatch>) -> Mismatch {
        let deepest = reasons.iter().map(|reason| reason.path.0.len()).max().unwrap_or(0);
        let whole =
            |reason: &Mismatch| reason.path.0.len() == self.path.0.len() && reason.problem == Problem::Kind;
        let mut near = reasons
            .into_iter()
            .filter(|reason| !whole(reason) && reason.path.0.len() == deepest.max(self.path.0.len()));
        match (near.next(), near.next()) {
            (Some(reason), None) => reason,
            _ => self.mismatch(value, ty, Problem::Kind),
        }
    }
}

/// Takes away readings that another one makes more of: a text that is also a date in its own form,
/// a double that is also a whole number.
#[allow(clippy::cast_precision_loss, clippy::float_cmp)]
fn leave_plainer(fits: &mut Vec<(Value, &Type)>) {
    if fits.iter().any(|(fit, _)| is_written(fit)) {
        fits.retain(|(fit, _)| !matches!(fit, Value::Text(_)));
    }
    let whole = fits.iter().find_map(|(fit, _)| match fit {
        Value::Int(int) => Some(*int as f64),
        _ => None,
    });
    if let Some(whole) = whole {
        fits.retain(|(fit, _)| !matches!(fit, Value::Number(number) if *number == whole));
    }
}

fn is_written(value: &Value) -> bool {
    matches!(value, Value::Date(_) | Value::Time(_) | Value::Duration(_) | Value::Money(_))
}

fn as_member(member: &Type) -> String {
    match tag(member) {
        Some(name) => format!("`{name}` (then write {{\"{name}\": {{…}}}})"),
        None => format!("`{member}`"),
    }
}
