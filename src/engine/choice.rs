//! `from`: an answer that is chosen from a list. What is asked for is a number; what is given is a member.

use std::fmt::Write;
use std::sync::Arc;

use crate::answer;
use crate::base::Span;
use crate::instrument::{Answer, Failure, FailureKind, Piece};
use crate::plan::Part;
use crate::types::{Bounds, Refinement, RefinementId, Size, Type};
use crate::value::{Unjudged, Value, render};

use super::evaluate::Failed;

/// What `from` makes of a call.
pub enum Choice {
    /// There is no `from`.
    Free,
    /// A member of a list.
    Among(Among),
    /// The answer is a file that a command makes.
    Made(Arc<str>),
    /// There is only one answer: nothing is asked.
    Settled(Value),
}

/// A list that an answer is chosen from.
#[derive(Debug)]
pub struct Among {
    /// The type to ask for: a number, or several.
    pub asked: Type,
    /// The list.
    pub choices: Arc<[Value]>,
}

/// What to ask for where the answer is one of these.
pub fn choose(part: &Part, choices: Value, span: Span) -> Result<Choice, Failed> {
    let choices: Arc<[Value]> = match choices {
        Value::List(list) => list,
        Value::Text(path) if part.returns.is_media() => return Ok(Choice::Made(path)),
        _ => Arc::from([]),
    };
    if choices.is_empty() {
        return match part.returns.shape() {
            Type::List(_, size) if size.min == 0 => Ok(Choice::Settled(Value::list(Vec::new()))),
            Type::Optional(_) => Ok(Choice::Settled(Value::Nothing)),
            _ => {
                let message = format!("`{}` has nothing to choose from: the list is empty", part.name);
                Err(Failed { failure: Failure::new(FailureKind::InvalidRequest, message), span })
            }
        };
    }
    #[allow(clippy::cast_precision_loss)] // nobody chooses from 2^52 things
    let last = choices.len() as f64;
    let bounds = Bounds { min: Some(1.0), max: Some(last), ..Bounds::default() };
    let source = Arc::from(format!("1 <= it and it <= {}", choices.len()));
    let number = Type::Refined(
        Arc::new(Type::Int),
        Arc::new(Refinement { id: RefinementId(u32::MAX), source, bounds }),
    );
    let asked = match part.returns.shape() {
        Type::List(_, size) => Type::List(Arc::new(number), at_most(*size, choices.len())),
        Type::Optional(_) => number.optional(),
        _ => number,
    };
    Ok(Choice::Among(Among { asked, choices }))
}

fn at_most(size: Size, count: usize) -> Size {
    let count = count as u64;
    Size { min: size.min, max: Some(size.max.map_or(count, |max| max.min(count))) }
}

/// The list as it is put at the end of a prompt, numbered from 1.
pub fn numbered(choices: &[Value], several: bool) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(choices.len() * 2 + 1);
    let mut words = String::from("\n\nChoose from this list:\n\n");
    for (number, choice) in (1..).zip(choices) {
        let _ = write!(words, "{number}. ");
        pieces.push(Piece::Words(Arc::from(std::mem::take(&mut words))));
        pieces.push(Piece::Hole(choice.clone()));
        words.push('\n');
    }
    words.push_str(if several {
        "\nAnswer with the numbers of those you choose."
    } else {
        "\nAnswer with the number of the one you choose."
    });
    pieces.push(Piece::Words(Arc::from(words)));
    pieces
}

/// The member or members that an answer means, or what is wrong with it.
pub fn chosen(answer: &Answer, returns: &Type, choices: &[Value]) -> Result<Value, String> {
    let several = match returns.shape() {
        Type::List(_, size) => Some(*size),
        _ => None,
    };
    let optional = matches!(returns.shape(), Type::Optional(_));
    if optional && nothing(answer) {
        return Ok(Value::Nothing);
    }
    let Some(size) = several else {
        return match answer {
            Answer::Value(value) => member(value, choices),
            Answer::Text(text) => named(text, choices),
        };
    };
    let picked: Vec<Value> = match answer {
        Answer::Value(Value::List(values)) => {
            values.iter().map(|value| member(value, choices)).collect::<Result<_, _>>()?
        }
        Answer::Value(value) => vec![member(value, choices)?],
        Answer::Text(text) => match answer::read(text, &Type::list(Type::Int), &mut Unjudged) {
            Ok(Value::List(numbers)) => {
                numbers.iter().map(|number| numbered_member(number, choices)).collect::<Result<_, _>>()?
            }
            _ => vec![named(text, choices)?],
        },
    };
    if let Some(twice) = (1..picked.len()).find(|at| picked[..*at].contains(&picked[*at])) {
        return Err(format!("{} was chosen twice", render(&picked[twice])));
    }
    if !size.holds(picked.len()) {
        return Err(format!("{} were chosen, but it must be {size}", picked.len()));
    }
    Ok(Value::list(picked))
}

fn nothing(answer: &Answer) -> bool {
    match answer {
        Answer::Value(value) => *value == Value::Nothing,
        Answer::Text(text) => matches!(text.trim(), "null" | "nothing" | ""),
    }
}

/// The member that a value is, or that it is the number of.
fn member(value: &Value, choices: &[Value]) -> Result<Value, String> {
    match choices.iter().find(|choice| *choice == value) {
        Some(choice) => Ok(choice.clone()),
        None => match value {
            Value::Text(text) => named(text, choices),
            Value::Map(_) | Value::Record(_) => described(value, choices),
            number => numbered_member(number, choices),
        },
    }
}

/// The only member that has the fields of a record.
fn described(value: &Value, choices: &[Value]) -> Result<Value, String> {
    let mut found = choices.iter().filter(|choice| has_fields(choice, value));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ => numbered_member(value, choices),
    }
}

/// Whether a record has each of the fields that are given, and some are.
fn has_fields(record: &Value, given: &Value) -> bool {
    let Value::Record(record) = record else { return false };
    let like = |name: &str, given: &Value| {
        record.get(name).is_some_and(|field| field == given || has_fields(field, given))
    };
    match given {
        Value::Map(fields) => !fields.is_empty() && fields.iter().all(|(name, given)| like(name, given)),
        Value::Record(fields) => {
            !fields.values().is_empty() && fields.entries().all(|(name, given)| like(name, given))
        }
        _ => false,
    }
}

fn numbered_member(number: &Value, choices: &[Value]) -> Result<Value, String> {
    let at = match number {
        Value::Int(number) => usize::try_from(*number).ok().and_then(|number| number.checked_sub(1)),
        _ => None,
    };
    at.and_then(|at| choices.get(at)).cloned().ok_or_else(|| {
        format!(
            "{} is none of the {} in the list; answer with a number from 1 to {}",
            render(number),
            choices.len(),
            choices.len()
        )
    })
}

/// The member that a text means: by its number, or word for word.
fn named(text: &str, choices: &[Value]) -> Result<Value, String> {
    let text = text.trim();
    let same = |choice: &&Value| render(choice).trim().eq_ignore_ascii_case(text.trim_matches('"'));
    let mut same = choices.iter().filter(same);
    match (same.next(), same.next(), answer::read(text, &Type::Int, &mut Unjudged)) {
        (_, _, Ok(number)) => numbered_member(&number, choices),
        (Some(choice), None, _) => Ok(choice.clone()),
        _ => Err(format!(
            "this is none of the {} in the list; answer with a number from 1 to {}",
            choices.len(),
            choices.len()
        )),
    }
}
