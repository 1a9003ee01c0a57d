//! Parts of values: fields, elements, slices, ranges, copies with changes.

use std::sync::Arc;

use crate::base::{Name, Span};
use crate::builtin::Trouble;
use crate::plan::Expr;
use crate::value::{Record, Value};

use super::Slots;
use super::evaluator::{Evaluated, Evaluator, failed, wrong};

/// Elements that a range has at most.
const LONGEST_RANGE: i64 = 10_000_000;

/// `a..b`, both ends included; empty where `b` is less.
fn range(from: &Value, to: &Value) -> Result<Value, Trouble> {
    let (Value::Int(from), Value::Int(to)) = (from, to) else {
        return Err(Trouble::new(format!(
            "a range goes from int to int, not from {} to {}",
            from.kind(),
            to.kind()
        )));
    };
    match to.checked_sub(*from) {
        Some(length) if length < LONGEST_RANGE => {
            Ok(Value::list((*from..=*to).map(Value::Int).collect::<Vec<_>>()))
        }
        _ => Err(Trouble::new(format!("the range {from}..{to} has more than {LONGEST_RANGE} numbers"))),
    }
}

/// `x.name`; of json `nothing` where there is none.
fn field(value: &Value, name: &str) -> Result<Value, Trouble> {
    match value {
        Value::Record(record) => match record.get(name) {
            Some(value) => Ok(value.clone()),
            None => Err(Trouble::new(format!("{} has no field `{name}`", value.kind()))),
        },
        Value::Map(map) => Ok(map.get(name).cloned().unwrap_or(Value::Nothing)),
        Value::Nothing => Ok(Value::Nothing),
        other => Err(Trouble::new(format!("a {} has no field `{name}`", other.kind()))),
    }
}

/// `xs[0]`, `m["key"]`
fn index(value: &Value, at: &Value) -> Result<Value, Trouble> {
    match (value, at) {
        (Value::List(values), Value::Int(at)) => match place(*at, values.len()) {
            Some(place) => Ok(values[place].clone()),
            None => Err(outside(*at, values.len(), "list", ["element", "elements"])),
        },
        (Value::Text(text), Value::Int(at)) => {
            let len = text.chars().count();
            let letter = place(*at, len).and_then(|place| text.chars().nth(place));
            match letter {
                Some(letter) => Ok(Value::text(letter.encode_utf8(&mut [0; 4]))),
                None => Err(outside(*at, len, "text", ["character", "characters"])),
            }
        }
        (Value::Map(map), Value::Text(key)) => Ok(map.get(key).cloned().unwrap_or(Value::Nothing)),
        (Value::Record(record), Value::Text(key)) => Ok(record.get(key).cloned().unwrap_or(Value::Nothing)),
        // What json is depends on who sent it: where there is nothing of the kind, there is nothing.
        (Value::Secret(_) | Value::Instrument(_) | Value::Function(_) | Value::Media(_), _) => {
            Err(Trouble::new(format!("a {} has no elements", value.kind())))
        }
        (_, Value::Int(_) | Value::Text(_)) => Ok(Value::Nothing),
        (_, at) => Err(Trouble::new(format!("a {} is no index", at.kind()))),
    }
}

/// The place that an index means: from the end where it is negative.
fn place(at: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).ok()?;
    let place = if at < 0 { at.checked_add(len)? } else { at };
    if place < len { usize::try_from(place).ok() } else { None }
}

fn outside(at: i64, len: usize, whole: &str, [one, many]: [&str; 2]) -> Trouble {
    Trouble::new(match len {
        0 => format!("there is no {one} [{at}]: the {whole} is empty"),
        1 => format!("there is no {one} [{at}]: the {whole} has 1 {one}, [0]"),
        _ => format!("there is no {one} [{at}]: the {whole} has {len} {many}, [0] to [{}]", len - 1),
    })
}

/// `xs[from..to]`, both included. Either end may stand just beside the list, so that what is left after
/// the last element is empty and no error; further out is one.
fn slice(value: &Value, from: Option<i64>, to: Option<i64>) -> Result<Value, Trouble> {
    match value {
        Value::List(values) => {
            let (start, end) = bounds(from, to, values.len(), "list", ["element", "elements"])?;
            Ok(Value::list(&values[start..end]))
        }
        Value::Text(text) => {
            let (start, end) = bounds(from, to, text.chars().count(), "text", ["character", "characters"])?;
            Ok(Value::Text(text.chars().skip(start).take(end - start).collect::<String>().into()))
        }
        other => Err(Trouble::new(format!("a {} can't be sliced", other.kind()))),
    }
}

fn bounds(
    from: Option<i64>,
    to: Option<i64>,
    len: usize,
    whole: &str,
    words: [&str; 2],
) -> Result<(usize, usize), Trouble> {
    let length = i64::try_from(len).unwrap_or(i64::MAX);
    let start = match from {
        Some(from) if from < 0 => from.saturating_add(length),
        Some(from) => from,
        None => 0,
    };
    let end = match to {
        Some(to) if to < 0 => to.saturating_add(length).saturating_add(1),
        Some(to) => to.saturating_add(1),
        None => length,
    };
    let inside = |at: i64| usize::try_from(at).ok().filter(|at| *at <= len);
    if let (Some(start), Some(end)) = (inside(start), inside(end)) {
        return Ok((start, end.max(start)));
    }
    let shown = |end: Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
    let (one, many) = (words[0], words[1]);
    let has = if len == 1 { format!("1 {one}") } else { format!("{len} {many}") };
    let hint = if whole == "list" { "; `take(xs, n)` gives at most n" } else { "" };
    Err(Trouble::new(format!(
        "[{}..{}] goes beyond the {whole}, which has {has}{hint}",
        shown(from),
        shown(to)
    )))
}

impl Evaluator<'_> {
    pub(super) fn range(&self, from: &Expr, to: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        let (from, to) = (self.eval(from, slots)?, self.eval(to, slots)?);
        range(&from, &to).map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn field(&self, of: &Expr, name: &str, slots: &dyn Slots, span: Span) -> Evaluated {
        let value = self.eval(of, slots)?;
        field(&value, name).map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn index(&self, of: &Expr, at: &Expr, slots: &dyn Slots, span: Span) -> Evaluated {
        let (value, at) = (self.eval(of, slots)?, self.eval(at, slots)?);
        index(&value, &at).map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn slice(
        &self,
        of: &Expr,
        ends: [Option<&Expr>; 2],
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        let value = self.eval(of, slots)?;
        let mut places = [None, None];
        for (place, end) in places.iter_mut().zip(ends) {
            if let Some(end) = end {
                match self.eval(end, slots)? {
                    Value::Int(int) => *place = Some(int),
                    other => return Err(wrong(format!("a {} is no index", other.kind()), end.span)),
                }
            }
        }
        slice(&value, places[0], places[1]).map_err(|trouble| failed(trouble, span))
    }

    pub(super) fn but(
        &self,
        of: &Expr,
        changes: &[(Name, Expr)],
        slots: &dyn Slots,
        span: Span,
    ) -> Evaluated {
        match self.eval(of, slots)? {
            Value::Record(record) => {
                let mut values = record.values().to_vec();
                for (name, change) in changes {
                    let value = self.eval(change, slots)?;
                    let Some((at, _)) = record.shape().field(name) else {
                        let message = format!("{} has no field `{name}`", Value::Record(record).kind());
                        return Err(wrong(message, span));
                    };
                    values[at] = value;
                }
                let copy = Record::new(Arc::clone(record.shape()), values);
                Ok(copy.map_or(Value::Nothing, |copy| Value::Record(Arc::new(copy))))
            }
            Value::Map(map) => {
                let mut copy = (*map).clone();
                for (name, change) in changes {
                    copy.insert(Arc::clone(name), self.eval(change, slots)?);
                }
                Ok(Value::Map(Arc::new(copy)))
            }
            // A server that is to play as one of its tools.
            Value::Instrument(instrument) => {
                let mut copy = (*instrument).clone();
                for (name, change) in changes {
                    copy.settings.insert(Arc::clone(name), self.eval(change, slots)?);
                }
                Ok(Value::Instrument(Arc::new(copy)))
            }
            other => Err(wrong(format!("a {} has no fields to change", other.kind()), span)),
        }
    }
}
