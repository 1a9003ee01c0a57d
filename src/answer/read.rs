//! From an answer to a value, stage by stage. The order is told in [`super`].

use super::candidates::{Candidate, Fenced, fences, in_prose, without_reasoning};
use super::json::{Trouble, parse_whole};
use super::lines::{Listed, is_sentence, listed};
use super::spelling::Spoken;
use super::strict::read_strictly;
use super::{Unreadable, words};
use crate::types::{Type, WRAPPER, admits_nothing, is_wrapped};
use crate::value::{
    Judge, Mismatch, Problem, Reading, Spelling, Value, conform_completely, conform_with, show_short,
};

/// The value that an answer gives. The answer must be complete: one that was cut off by its length
/// is none.
///
/// # Errors
/// What could not be read, or could be read in several ways.
pub fn read(text: &str, ty: &Type, judge: &mut dyn Judge) -> Result<Value, Unreadable> {
    if let Some(value) = read_strictly(text, ty, judge) {
        return Ok(value);
    }
    if !is_readable(ty) {
        return Err(Unreadable::because(ty, "no text can say one"));
    }
    let text = without_reasoning(text);
    let mut reader = Reader { ty, judge, reason: None };
    match ty.shape() {
        Type::Nothing => return Ok(Value::Nothing),
        Type::Text => {
            return reader.fitted(&Value::text(as_it_is(text))).map_err(|m| Unreadable::misfit(ty, m));
        }
        _ => {}
    }
    if text.trim().is_empty() {
        let empty = Unreadable::because(ty, "the answer is empty");
        return if matches!(ty.shape(), Type::Optional(_)) { Ok(Value::Nothing) } else { Err(empty) };
    }
    reader.staged(text)
}

/// Without blank lines before it and blanks after it; the first line keeps its indentation.
fn as_it_is(text: &str) -> &str {
    let text = text.trim_end();
    let content = text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
    let line = text[..content].rfind('\n').map_or(0, |at| at + 1);
    &text[line..]
}

fn is_readable(ty: &Type) -> bool {
    !ty.is_media() && !matches!(ty.shape(), Type::Secret | Type::Instrument | Type::Part(_) | Type::Never)
}

/// Whether a plain text is a value of it, whatever the text says.
fn admits_any_text(ty: &Type) -> bool {
    match ty.shape() {
        Type::Text => true,
        Type::Optional(inner) => admits_any_text(inner),
        Type::Union(members) => members.iter().any(admits_any_text),
        _ => false,
    }
}

/// The list that a type is, `?` aside: its element.
fn list_of(ty: &Type) -> Option<&Type> {
    match ty.shape() {
        Type::List(element, _) => Some(element),
        Type::Optional(inner) => list_of(inner),
        _ => None,
    }
}

struct Reader<'a> {
    ty: &'a Type,
    judge: &'a mut dyn Judge,
    /// The first thing that was found and did not fit.
    reason: Option<Unreadable>,
}

impl Reader<'_> {
    fn staged(&mut self, text: &str) -> Result<Value, Unreadable> {
        let free = admits_any_text(self.ty);
        let whole = text.trim();
        let parsed = parse_whole(whole);
        let trouble = parsed.as_ref().err().cloned();
        if let Ok(parsed) = parsed
            && !(free && (parsed.closed || parsed.value == Value::Nothing && whole != "null"))
            && let Some(value) = self.decide(&[Candidate { value: parsed.value, closed: parsed.closed }])?
        {
            return Ok(value);
        }
        let fenced = fences(text);
        let only_fence = fenced.blocks.len() == 1 && fenced.around.iter().all(|text| text.trim().is_empty());
        let (found, first_trouble) = self.in_places(&fenced, whole)?;
        match found {
            Some(value) if free && !only_fence && !matches!(value, Value::Text(_)) => {
                let inner = format!("{} within it", show_short(&value, 60));
                return Err(Unreadable::several(self.ty, &["the text as a whole".to_owned(), inner]));
            }
            Some(value) => return Ok(value),
            None => {}
        }
        let plain = match fenced.blocks[..] {
            [block] if only_fence && !free => block,
            _ => as_it_is(text),
        };
        if let Some(value) = self.plain(plain, free)? {
            return Ok(value);
        }
        Err(self.unreadable(whole, trouble, first_trouble))
    }

    /// Fences, prose, escaped JSON; and what first looked like JSON and was none.
    fn in_places(
        &mut self,
        fenced: &Fenced<'_>,
        whole: &str,
    ) -> Result<(Option<Value>, Option<Unreadable>), Unreadable> {
        let mut broken: Option<Unreadable> = None;
        let mut candidates = Vec::new();
        for block in &fenced.blocks {
            match parse_whole(block) {
                Ok(parsed) => candidates.push(Candidate { value: parsed.value, closed: parsed.closed }),
                Err(trouble) => {
                    let (found, _) = in_prose(block);
                    if found.is_empty() && block.trim_start().starts_with(['{', '[']) {
                        broken.get_or_insert_with(|| Unreadable::broken(self.ty, block, &trouble));
                    }
                    candidates.extend(found);
                }
            }
        }
        if let Some(value) = self.decide(&candidates)? {
            return Ok((Some(value), broken));
        }
        let mut candidates = Vec::new();
        for around in &fenced.around {
            let (found, trouble) = in_prose(around);
            if let (Some(trouble), None) = (&trouble, &broken) {
                broken = Some(Unreadable::broken(self.ty, around, trouble));
            }
            candidates.extend(found);
        }
        if let Some(value) = self.decide(&candidates)? {
            return Ok((Some(value), broken));
        }
        let unescaped =
            if whole.contains("{\\\"") || whole.contains("[\\\"") { unescape(whole) } else { None };
        let candidate = unescaped.and_then(|text| parse_whole(&text).ok());
        let candidates: Vec<Candidate> = candidate
            .map(|parsed| Candidate { value: parsed.value, closed: parsed.closed })
            .into_iter()
            .collect();
        Ok((self.decide(&candidates)?, broken))
    }

    /// The one value that some candidates give.
    fn decide(&mut self, candidates: &[Candidate]) -> Result<Option<Value>, Unreadable> {
        // As many readings as are told; more make it no less clear that there are several.
        const TOLD: usize = 4;
        let single = |candidate: &Candidate| !matches!(candidate.value, Value::List(_)) && !candidate.closed;
        if candidates.len() > 1 && list_of(self.ty).is_some() && candidates.iter().all(single) {
            let all: Vec<Value> = candidates.iter().map(|candidate| candidate.value.clone()).collect();
            if let Ok(list) = self.fitted(&Value::list(all)) {
                return Ok(Some(list));
            }
        }
        let mut fits: Vec<Value> = Vec::new();
        for candidate in candidates {
            match self.fit(candidate) {
                Ok(fit) if fits.contains(&fit) => {}
                Ok(fit) => fits.push(fit),
                Err(mismatch) if matches!(mismatch.problem, Problem::Ambiguous(_)) => {
                    return Err(Unreadable::misfit(self.ty, mismatch));
                }
                Err(mismatch) => {
                    let ty = self.ty;
                    self.reason.get_or_insert_with(|| Unreadable::misfit(ty, mismatch));
                }
            }
            if fits.len() == TOLD {
                break;
            }
        }
        if fits.len() > 1 {
            let readings: Vec<String> = fits.iter().map(|fit| show_short(fit, 40)).collect();
            return Err(Unreadable::several(self.ty, &readings));
        }
        Ok(fits.pop())
    }

    /// A candidate as the type wants it, its wrapper taken off where it has one.
    fn fit(&mut self, candidate: &Candidate) -> Result<Value, Mismatch> {
        let closed = candidate.closed;
        let direct = self.conformed(&candidate.value, closed);
        if let Value::Map(map) = &candidate.value
            && let Some((key, inner)) = map.first().filter(|_| map.len() == 1)
        {
            let asked = **key == *WRAPPER && is_wrapped(self.ty);
            if asked && (direct.is_err() || !has_field(self.ty, key)) {
                return self.conformed(inner, closed).or_else(|mismatch| direct.map_err(|_| mismatch));
            }
            if asked
                && let (Ok(one), Ok(other)) = (&direct, self.conformed(inner, closed))
                && *one != other
            {
                let readings = vec![show_short(one, 40), show_short(&other, 40)];
                return Err(self.ambiguous(&candidate.value, readings));
            }
            if direct.is_err() && (is_wrapper(key) || may_wrap(key, inner) && !admits_any_text(self.ty)) {
                return self.conformed(inner, closed).or(direct);
            }
        }
        if let (Err(_), Value::List(values)) = (&direct, &candidate.value)
            && let ([only], None) = (&values[..], list_of(self.ty))
        {
            return self.conformed(only, closed).or(direct);
        }
        direct
    }

    fn ambiguous(&self, value: &Value, readings: Vec<String>) -> Mismatch {
        let (wanted, got) = (self.ty.to_string().into(), show_short(value, 60).into());
        Mismatch { path: crate::value::Path::default(), wanted, got, problem: Problem::Ambiguous(readings) }
    }

    fn fitted(&mut self, value: &Value) -> Result<Value, Mismatch> {
        self.conformed(value, false)
    }

    fn conformed(&mut self, value: &Value, closed: bool) -> Result<Value, Mismatch> {
        let reading = Reading::Loose(&Spoken);
        if closed {
            conform_completely(value, self.ty, reading, self.judge)
        } else {
            conform_with(value.clone(), self.ty, reading, self.judge)
        }
    }

    /// The answer as a plain text.
    fn plain(&mut self, text: &str, free: bool) -> Result<Option<Value>, Unreadable> {
        if free {
            if admits_nothing(self.ty) && !Spoken.readings(&Value::text(text), &Type::Nothing).is_empty() {
                let readings = [format!("the text {text:?}"), "nothing (then write null)".to_owned()];
                return Err(Unreadable::several(self.ty, &readings));
            }
            return self.fitted(&Value::text(text)).map(Some).map_err(|m| Unreadable::misfit(self.ty, m));
        }
        match list_of(self.ty) {
            Some(element) => self.list(text, element),
            None if matches!(self.ty.shape(), Type::Record(_) | Type::Map(_) | Type::Json) => Ok(None),
            None => match self.fitted(&Value::text(text)) {
                Ok(value) => Ok(Some(value)),
                Err(mismatch) => {
                    let ty = self.ty;
                    self.reason.get_or_insert_with(|| Unreadable::misfit(ty, mismatch));
                    Ok(None)
                }
            },
        }
    }

    /// Bullets and the like, for lists of what has no parts.
    fn list(&mut self, text: &str, element: &Type) -> Result<Option<Value>, Unreadable> {
        let parts = matches!(element.shape(), Type::Record(_) | Type::Map(_) | Type::List(..) | Type::Json);
        if parts || text.trim_start().starts_with(['[', '{']) {
            return Ok(None);
        }
        let readings = match listed(text) {
            Listed::Several => {
                return Err(Unreadable::because(
                    self.ty,
                    "the answer has several lists of bullets; give only one",
                ));
            }
            Listed::Items(items) => vec![items],
            Listed::Plain(readings) => readings,
        };
        let texts = admits_any_text(element);
        if texts && readings.len() == 1 && readings[0].len() == 1 && is_sentence(text) {
            return Ok(None);
        }
        let mut readings: Vec<Value> = readings.into_iter().map(Value::list).collect();
        if !texts && readings.len() > 1 {
            // `The moods are: calm, angry.` lists what stands after the colon.
            for core in words::cores(text).into_iter().skip(1) {
                if let Listed::Plain(more) = listed(core) {
                    readings.extend(more.into_iter().filter(|more| more.len() > 1).map(Value::list));
                }
            }
        }
        let found: Vec<Candidate> =
            readings.into_iter().map(|value| Candidate { value, closed: false }).collect();
        self.decide(&found)
    }

    fn unreadable(
        &mut self,
        whole: &str,
        trouble: Option<Trouble>,
        broken: Option<Unreadable>,
    ) -> Unreadable {
        let as_json = whole.starts_with(['{', '[']).then_some(trouble).flatten();
        if let Some(trouble) = as_json {
            return Unreadable::broken(self.ty, whole, &trouble);
        }
        self.reason.take().or(broken).unwrap_or_else(|| {
            Unreadable::because(self.ty, "there is no JSON in the answer; answer with JSON alone")
        })
    }
}

/// Whether some record of the type has this field.
fn has_field(ty: &Type, key: &str) -> bool {
    match ty.shape() {
        Type::Record(record) => record.field(key).is_some(),
        Type::Optional(inner) => has_field(inner, key),
        Type::Union(members) => members.iter().any(|member| has_field(member, key)),
        _ => false,
    }
}

/// Names that models give to what is around an answer.
fn is_wrapper(key: &str) -> bool {
    let known = [
        "answer",
        "finalanswer",
        "result",
        "results",
        "output",
        "response",
        "value",
        "data",
        "items",
        "list",
    ];
    known.contains(&words::plain(key).as_str())
}

/// Whether a field of any name may be a wrapper: it holds a list or an object, and is no error.
fn may_wrap(key: &str, inner: &Value) -> bool {
    matches!(inner, Value::Map(_) | Value::List(_)) && !words::plain(key).contains("error")
}

/// A text in which quotes are escaped, once less.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        if next != '\\' {
            plain.push(next);
            continue;
        }
        match chars.next()? {
            '"' => plain.push('"'),
            '\\' => plain.push('\\'),
            'n' => plain.push('\n'),
            't' => plain.push('\t'),
            'r' => {}
            other => plain.extend(['\\', other]),
        }
    }
    Some(plain)
}
