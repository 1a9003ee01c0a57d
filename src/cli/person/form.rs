//! The form that fits the type of an answer.

use std::sync::Arc;

use super::line::{self, Left};
use crate::cli::arguments::read_text;
use crate::cli::media;
use crate::cli::terminal;
use crate::instrument::Question;
use crate::types::{Literal, RecordType, Type};
use crate::value::{Record, Unjudged, Value, render};

/// Asks until there is an answer of the right form. Whether its conditions hold is the engine's business:
/// it asks again with a complaint.
pub(super) fn ask(question: &Question) -> Result<Value, Left> {
    let who = if question.role.is_empty() { String::new() } else { format!(" ({})", question.role) };
    terminal::note(&format!("\n── {}{who} asks you ──", question.path));
    terminal::note(&question.text);
    if let Some(complaint) = &question.complaint {
        terminal::note(&format!("\nYour answer did not do: {complaint}"));
    }
    match &question.choices {
        Some(choices) => choose(choices, &question.answer),
        None => field("", &question.answer, question.prefill.as_ref()),
    }
}

fn field(label: &str, ty: &Type, start: Option<&Value>) -> Result<Value, Left> {
    let prompt = if label.is_empty() { String::from("> ") } else { format!("{label}: ") };
    match ty.shape() {
        Type::Bool => yes_or_no(label),
        Type::Nothing => line::read("Press Enter when it is done. ", "").map(|_| Value::Nothing),
        Type::Text if label.is_empty() => {
            line::edit(start.and_then(Value::as_text).unwrap_or("")).map(|text| Value::text(&text))
        }
        Type::Text => {
            line::read(&prompt, start.and_then(Value::as_text).unwrap_or("")).map(|text| Value::text(&text))
        }
        Type::Record(record) => form(record, start),
        Type::List(element, _) => list(element),
        Type::Optional(inner) => {
            let given = line::read(&format!("{prompt}(Enter for nothing) "), "")?;
            if given.is_empty() {
                Ok(Value::Nothing)
            } else {
                parse(&given, inner).or_else(|_| field(label, ty, start))
            }
        }
        Type::Union(members) if members.iter().all(|member| matches!(member.shape(), Type::Literal(_))) => {
            let choices: Vec<Value> = members.iter().filter_map(literal).collect();
            choose(&choices, ty)
        }
        Type::Image | Type::Audio | Type::Video | Type::File => media(&prompt, ty),
        _ => loop {
            let given = line::read(&prompt, &start.map(render).unwrap_or_default())?;
            match parse(&given, ty) {
                Ok(value) => return Ok(value),
                Err(problem) => terminal::note(&problem),
            }
        },
    }
}

fn parse(text: &str, ty: &Type) -> Result<Value, String> {
    read_text(text, ty, &mut Unjudged).map_err(|problem| format!("That is no {ty}: {problem}"))
}

/// An answer that was given as a text.
pub(super) fn read(question: &Question, text: &str) -> Result<Value, String> {
    let Some(choices) = &question.choices else { return parse(text, &question.answer) };
    let several = matches!(question.answer.shape(), Type::List(..));
    let words: Vec<&str> = if several { text.split(',').map(str::trim).collect() } else { vec![text.trim()] };
    let picked: Option<Vec<Value>> = words.iter().map(|word| pick(choices, word)).collect();
    let shown = || choices.iter().map(render).collect::<Vec<_>>().join(", ");
    let picked = picked.ok_or_else(|| format!("choose from {}, or give a number", shown()))?;
    Ok(if several { Value::list(picked) } else { picked[0].clone() })
}

fn literal(ty: &Type) -> Option<Value> {
    match ty.shape() {
        Type::Literal(Literal::Text(text)) => Some(Value::Text(text.clone())),
        Type::Literal(Literal::Int(int)) => Some(Value::Int(*int)),
        Type::Literal(Literal::Number(number)) => Some(Value::Number(*number)),
        Type::Literal(Literal::Bool(bool)) => Some(Value::Bool(*bool)),
        _ => None,
    }
}

fn yes_or_no(label: &str) -> Result<Value, Left> {
    let prompt = if label.is_empty() { String::from("yes or no? ") } else { format!("{label}, yes or no? ") };
    loop {
        match line::read(&prompt, "")?.to_lowercase().as_str() {
            "y" | "yes" | "true" => return Ok(Value::Bool(true)),
            "n" | "no" | "false" => return Ok(Value::Bool(false)),
            _ => terminal::note("Type y or n."),
        }
    }
}

/// Choosing by number or by what is said; several for a list.
fn choose(choices: &[Value], ty: &Type) -> Result<Value, Left> {
    for (number, choice) in (1..).zip(choices) {
        terminal::note(&format!("{number:>3}  {}", render(choice).replace('\n', "\n     ")));
    }
    let several = matches!(ty.shape(), Type::List(..));
    let prompt = if several { "which ones, with commas between? " } else { "which one? " };
    loop {
        let given = line::read(prompt, "")?;
        let words: Vec<&str> =
            if several { given.split(',').map(str::trim).collect() } else { vec![given.as_str()] };
        let picked: Option<Vec<Value>> = words.iter().map(|word| pick(choices, word)).collect();
        match picked {
            Some(picked) if several => return Ok(Value::list(picked)),
            Some(picked) if picked.len() == 1 => return Ok(picked[0].clone()),
            _ => terminal::note(&format!("Type a number from 1 to {}.", choices.len())),
        }
    }
}

fn pick(choices: &[Value], word: &str) -> Option<Value> {
    if let Ok(number) = word.parse::<usize>() {
        return choices.get(number.checked_sub(1)?).cloned();
    }
    choices.iter().find(|choice| render(choice).eq_ignore_ascii_case(word)).cloned()
}

/// A record, field by field; `<` goes back to the one before.
fn form(record: &Arc<RecordType>, start: Option<&Value>) -> Result<Value, Left> {
    let fields = record.fields();
    if fields.len() > 1 {
        terminal::note("Field by field; < goes back.");
    }
    let mut values: Vec<Value> = Vec::new();
    while let Some(next) = fields.get(values.len()) {
        let given = match start {
            Some(Value::Record(before)) => before.get(&next.name).cloned(),
            _ => None,
        };
        if !next.doc.is_empty() {
            terminal::note(&format!("  {}", next.doc));
        }
        let value = field(&next.name, &next.ty, given.as_ref())?;
        if value.as_text() == Some("<") {
            values.pop();
        } else {
            values.push(value);
        }
    }
    Record::new(record.clone(), values)
        .map(|record| Value::Record(Arc::new(record)))
        .ok_or_else(|| Left::Broken(String::from("the form does not fit its type")))
}

fn list(element: &Type) -> Result<Value, Left> {
    terminal::note("One a line; an empty line ends.");
    let mut values = Vec::new();
    loop {
        let given = line::read(&format!("{:>3}  ", values.len() + 1), "")?;
        if given.is_empty() {
            return Ok(Value::list(values));
        }
        match parse(&given, element) {
            Ok(value) => values.push(value),
            Err(problem) => terminal::note(&problem),
        }
    }
}

fn media(prompt: &str, ty: &Type) -> Result<Value, Left> {
    loop {
        let path = line::read(&format!("{prompt}path of the {ty}: "), "")?;
        match media::load(&path, ty) {
            Ok(media) => return Ok(media),
            Err(problem) => terminal::note(&problem),
        }
    }
}
