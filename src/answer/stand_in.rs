//! Values that stand in for answers in rehearsals: they fit the type, and read as what they are.
//! The same seed gives the same value.

use std::sync::Arc;

use super::pattern;
use crate::types::{Bounds, Literal, RecordType, Refinement, Size, Type};
use crate::value::{Judge, Map, Media, MediaKind, Money, Record, Value, conform};

/// No value was found that fits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no stand-in was found for `{wanted}`: {reason}; script one")]
pub struct NoStandIn {
    /// The type, as written.
    pub wanted: String,
    /// Why.
    pub reason: String,
}

/// A value that fits the type, its bounds, and its conditions as far as a small search finds one.
/// Texts name what they stand in for: `title 1`.
///
/// # Errors
/// Where the search finds none, and for types of which no value can be made up.
pub fn stand_in(ty: &Type, seed: u64, judge: &mut dyn Judge) -> Result<Value, NoStandIn> {
    stand_in_that(ty, seed, judge, |_, _| true)
}

/// The same, of which something more holds, as far as a small search finds one.
///
/// # Errors
/// Where the search finds none, and for types of which no value can be made up.
pub fn stand_in_that(
    ty: &Type,
    seed: u64,
    judge: &mut dyn Judge,
    mut holds: impl FnMut(&mut dyn Judge, &Value) -> bool,
) -> Result<Value, NoStandIn> {
    let mut maker = Maker { judge, random: Random(seed), first: seed % 1000, budget: 50_000, nested: 0 };
    let fail = |reason: String| NoStandIn { wanted: ty.to_string(), reason };
    for round in 0..TRIES {
        // Later rounds may find nothing where the first one does.
        let made = match maker.make(ty, "answer", 1, round) {
            Err(reason) if round == 0 => return Err(fail(reason)),
            Err(_) => continue,
            Ok(made) => made,
        };
        let value = conform(made, ty, maker.judge).map_err(|mismatch| fail(mismatch.to_string()))?;
        if holds(&mut *maker.judge, &value) {
            return Ok(value);
        }
    }
    Err(fail(String::from("nothing tried is what the part ensures")))
}

/// Candidates tried for one condition.
const TRIES: usize = 64;
/// Levels of records and lists that are filled; below them what may be empty is.
const FULL: usize = 6;

/// `SplitMix64`.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

struct Maker<'a> {
    judge: &'a mut dyn Judge,
    random: Random,
    first: u64,
    budget: usize,
    nested: usize,
}

/// A value, or why there is none.
type Made = Result<Value, String>;

impl Maker<'_> {
    /// A value for what is called `name`, the `place`th of its kind. Candidate number `round`: 0 is
    /// the most readable, 1 the least, 2 the greatest, later ones are random.
    fn make(&mut self, ty: &Type, name: &str, place: u64, round: usize) -> Made {
        let mut conditions: Vec<&Refinement> = Vec::new();
        let mut base = ty;
        loop {
            base = match base {
                Type::Alias(alias) => alias.target(),
                Type::Refined(inner, refinement) => {
                    conditions.push(refinement);
                    inner
                }
                _ => break,
            };
        }
        let bounds = joined(&conditions);
        let mut reason = String::new();
        let tries = if conditions.is_empty() { 1 } else { TRIES };
        for round in round..round + tries {
            self.budget = self.budget.checked_sub(1).ok_or("the search took too long")?;
            let value = self.shape(base, &bounds, name, place, round)?;
            match conditions.iter().find(|condition| self.judge.holds(condition, &value).is_err()) {
                None => return Ok(value),
                Some(condition) => {
                    reason = format!("nothing tried for {name} satisfies `{}`", condition.source);
                }
            }
        }
        Err(reason)
    }

    fn shape(&mut self, ty: &Type, bounds: &Bounds, name: &str, place: u64, round: usize) -> Made {
        let number = self.first + place;
        let count = i64::try_from(number).unwrap_or(1);
        Ok(match ty {
            Type::Nothing => Value::Nothing,
            Type::Text | Type::Unknown | Type::Variable(_) | Type::Json => {
                Value::text(&self.text(bounds, name, number, round))
            }
            Type::Int => Value::Int(self.int(bounds, count, round)),
            Type::Number => Value::Number(self.number(bounds, count, round)),
            Type::Bool => Value::Bool((self.first + round as u64).is_multiple_of(2)),
            Type::Date => Value::Date(day(count + i64::try_from(round).unwrap_or(0))),
            Type::Time => {
                let at = day(count + i64::try_from(round).unwrap_or(0)).at(9, 0, 0, 0);
                let zoned = at.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
                Value::Time(zoned.timestamp())
            }
            Type::Duration => Value::Duration(self.int(bounds, count, round).saturating_mul(60_000)),
            Type::Money => {
                Value::Money(Money::from_nanos(self.int(bounds, count, round).saturating_mul(1_000_000_000)))
            }
            Type::Image | Type::Audio | Type::Video | Type::File => Value::Media(Arc::new(medium(ty, name))),
            Type::Literal(literal) => literal_value(literal),
            Type::List(element, size) => self.list(element, *size, bounds, name, round)?,
            Type::Map(value) => self.map(value, bounds, name, round)?,
            Type::Optional(_) if self.nested >= FULL || round == 1 => Value::Nothing,
            Type::Optional(inner) => self.make(inner, name, place, round).unwrap_or(Value::Nothing),
            Type::Union(members) => self.member(members, name, place, round)?,
            Type::Record(record) => self.record(record, place, round)?,
            Type::Never
            | Type::Secret
            | Type::Instrument
            | Type::Part(_)
            | Type::Alias(_)
            | Type::Refined(..) => return Err(format!("no `{ty}` can be made up")),
        })
    }

    fn text(&mut self, bounds: &Bounds, name: &str, number: u64, round: usize) -> String {
        if let Some(pattern) = &bounds.pattern
            && let Some(text) = pattern::matching(pattern, &mut self.random)
        {
            return text;
        }
        let name = name.replace('_', " ");
        let mut text = match round {
            0 => format!("{name} {number}"),
            _ => format!("{name} {}", number + round as u64),
        };
        let length = |text: &str| text.chars().count() as u64;
        while bounds.min_len.is_some_and(|min| length(&text) < min && min < 100_000) {
            text.push_str(", and so on");
        }
        match bounds.max_len.and_then(|max| usize::try_from(max).ok()) {
            Some(max) => text.chars().take(max).collect::<String>().trim_end().to_owned(),
            None => text,
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn int(&mut self, bounds: &Bounds, count: i64, round: usize) -> i64 {
        let low = bounds.min.map(f64::ceil).into_iter().chain(bounds.above.map(|above| above.floor() + 1.0));
        let high = bounds.max.map(f64::floor).into_iter().chain(bounds.below.map(|below| below.ceil() - 1.0));
        let low = low.reduce(f64::max).map(|low| low as i64);
        let high = high.reduce(f64::min).map(|high| high as i64);
        let (least, most) = match (low, high) {
            (Some(low), Some(high)) => (low, high.max(low)),
            (Some(low), None) => (low, low.saturating_add(9)),
            (None, Some(high)) => (high.min(0), high),
            (None, None) => (0, 9),
        };
        match round {
            0 => count.clamp(low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX).max(low.unwrap_or(i64::MIN))),
            1 => least,
            2 => most,
            // Small ones are likelier to go together: sums, orders.
            _ => {
                let span = usize::try_from(most.saturating_sub(least)).unwrap_or(usize::MAX);
                let span = if round.is_multiple_of(2) { span.min(3) } else { span };
                least.saturating_add(i64::try_from(self.random.below(span.saturating_add(1))).unwrap_or(0))
            }
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn number(&mut self, bounds: &Bounds, count: i64, round: usize) -> f64 {
        let low = bounds.min.or(bounds.above);
        let high = bounds.max.or(bounds.below);
        let (least, most) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low + 10.0),
            (None, Some(high)) => (high.min(0.0), high),
            (None, None) => (0.0, 10.0),
        };
        match round {
            0 if (least..=most).contains(&(count as f64)) && high.is_none() => count as f64,
            0 => least + (most - least) / 2.0,
            1 => least,
            2 => most,
            _ if low.is_none() && high.is_none() => self.random.below(4) as f64,
            _ => least + (most - least) * self.random.below(9) as f64 / 8.0,
        }
    }

    fn list(&mut self, element: &Type, size: Size, bounds: &Bounds, name: &str, round: usize) -> Made {
        let least = size.min.max(bounds.min_len.unwrap_or(0));
        let most = size.max.unwrap_or(u64::MAX).min(bounds.max_len.unwrap_or(u64::MAX));
        let wanted = match round {
            _ if self.nested >= FULL => least,
            0 => 2,
            1 => least,
            2 => least.saturating_add(3),
            _ => least + self.random.below(5) as u64,
        };
        let one = name.strip_suffix('s').filter(|one| one.len() > 2).unwrap_or(name);
        let mut values = Vec::new();
        self.nested += 1;
        for place in 1..=wanted.clamp(least, most.max(least)) {
            match self.make(element, one, place, round) {
                Ok(value) => values.push(value),
                Err(_) if least == 0 => {
                    values.clear();
                    break;
                }
                Err(reason) => {
                    self.nested -= 1;
                    return Err(reason);
                }
            }
        }
        self.nested -= 1;
        Ok(Value::list(values))
    }

    fn map(&mut self, value: &Type, bounds: &Bounds, name: &str, round: usize) -> Made {
        let least = bounds.min_len.unwrap_or(0);
        let wanted = if self.nested >= FULL { least } else { least.max(bounds.max_len.unwrap_or(2).min(2)) };
        let mut map = Map::new();
        self.nested += 1;
        for place in 1..=wanted {
            match self.make(value, name, place, round) {
                Ok(value) => map.insert(Arc::from(format!("key {place}")), value),
                Err(_) if least == 0 => break,
                Err(reason) => {
                    self.nested -= 1;
                    return Err(reason);
                }
            };
        }
        self.nested -= 1;
        Ok(Value::Map(Arc::new(map)))
    }

    /// The members take turns by seed; one of which no value is found is passed over.
    fn member(&mut self, members: &[Type], name: &str, place: u64, round: usize) -> Made {
        let start = self.first + place - 1 + round as u64;
        let start = usize::try_from(start % members.len().max(1) as u64).unwrap_or(0);
        let mut reason = "the union is empty".to_owned();
        for at in 0..members.len() {
            // Deep down, members in written order: the first is mostly the one that ends a recursion.
            let at = if self.nested >= FULL { at } else { (start + at) % members.len() };
            match self.make(&members[at], name, place, round) {
                Ok(value) => return Ok(value),
                Err(none) => reason = none,
            }
        }
        Err(reason)
    }

    fn record(&mut self, record: &Arc<RecordType>, place: u64, round: usize) -> Made {
        if self.nested >= FULL * 3 {
            return Err(format!("{} never ends", record.name.as_deref().unwrap_or("the record")));
        }
        self.nested += 1;
        let mut made = Err(String::new());
        let tries = if record.refinement().is_some() { TRIES * 4 } else { 1 };
        for round in round..round + tries {
            made = self.fields(record, place, round);
            let Ok(value) = &made else { break };
            let Some(condition) = record.refinement() else { break };
            if self.judge.holds(condition, value).is_ok() {
                break;
            }
            made = Err(format!("no values tried satisfy `{}`", condition.source));
        }
        self.nested -= 1;
        made
    }

    fn fields(&mut self, record: &Arc<RecordType>, place: u64, round: usize) -> Made {
        let mut values = Vec::with_capacity(record.fields().len());
        for (at, field) in record.fields().iter().enumerate() {
            let deep = field.has_default && self.nested >= FULL;
            let default = if deep { self.judge.default(record, at) } else { None };
            values.push(match default {
                Some(default) => default,
                None => self.make(&field.ty, &field.name, place, round)?,
            });
        }
        let record = Record::new(record.clone(), values).ok_or("its type is not complete")?;
        Ok(Value::Record(Arc::new(record)))
    }
}

/// All bounds of some conditions together.
fn joined(conditions: &[&Refinement]) -> Bounds {
    let mut all = Bounds::default();
    let least = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::min);
    let most = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
    for Refinement { bounds, .. } in conditions {
        all.min = most(all.min, bounds.min);
        all.above = most(all.above, bounds.above);
        all.max = least(all.max, bounds.max);
        all.below = least(all.below, bounds.below);
        all.min_len = all.min_len.max(bounds.min_len);
        all.max_len = all.max_len.into_iter().chain(bounds.max_len).min();
        all.pattern = all.pattern.take().or_else(|| bounds.pattern.clone());
    }
    all
}

fn day(after: i64) -> jiff::civil::Date {
    let first = jiff::civil::date(2026, 1, 4);
    first.checked_add(jiff::Span::new().days(after.clamp(0, 100_000))).unwrap_or(first)
}

fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Int(int) => Value::Int(*int),
        Literal::Number(number) => Value::Number(*number),
        Literal::Bool(bool) => Value::Bool(*bool),
    }
}

/// One grey pixel.
const PNG: &[u8] =
    b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\
    \x00:\x7e\x9bU\x00\x00\x00\x0aIDATx\xdach\x00\x00\x00\x82\x00\x81\xdaE\x08;\x00\x00\x00\x00\
    IEND\xaeB`\x82";

/// A sound without samples.
const WAV: &[u8] =
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";

fn medium(ty: &Type, name: &str) -> Media {
    let (kind, mime, ending, bytes) = match ty {
        Type::Image => (MediaKind::Image, "image/png", "png", PNG),
        Type::Audio => (MediaKind::Audio, "audio/wav", "wav", WAV),
        Type::Video => (MediaKind::Video, "video/mp4", "mp4", &b"stand-in"[..]),
        _ => (MediaKind::File, "text/plain", "txt", &b"stand-in"[..]),
    };
    let name = Some(Arc::from(format!("{}.{ending}", name.replace(' ', "_"))));
    Media { kind, mime: Arc::from(mime), name, bytes: Arc::from(bytes) }
}
