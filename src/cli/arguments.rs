//! A movement's parameters as command-line options, checked and documented by type.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::media;
use crate::answer;
use crate::engine::evaluate::{Evaluator, Given};
use crate::plan::{Movement, MovementId, Param};
use crate::session::Planned;
use crate::types::{Literal, Type};
use crate::value::{Judge, Reading, Value, conform, conform_with, from_json};

/// Adds an option for each parameter. Those whose names the command itself uses are given by `--args`.
pub(super) fn options(command: Command, movement: &Movement) -> Command {
    let taken: Vec<String> = command
        .get_arguments()
        .filter_map(|arg| arg.get_long().map(str::to_owned))
        .chain(["help".into()])
        .collect();
    let mut command = command.next_help_heading(format!("Arguments of {}", movement.name));
    for param in &movement.params {
        let flag = flag(&param.name);
        if !taken.contains(&flag) {
            command = command.arg(option(param, &flag));
        }
    }
    if movement.doc.is_empty() { command } else { command.about(movement.doc.to_string()) }
}

fn flag(name: &str) -> String {
    name.replace('_', "-")
}

fn option(param: &Param, flag: &str) -> Arg {
    let mut help = param.doc.to_string();
    let shape = param.ty.shape();
    if !help.is_empty() {
        help.push(' ');
    }
    let left_out = if param.default.is_some() { ", may be left out" } else { "" };
    let _ = write!(help, "[{}{left_out}]", param.ty);
    let arg = Arg::new(param.name.to_string()).long(flag.to_owned()).value_name(value_name(shape)).help(help);
    let arg = if *flag == *param.name { arg } else { arg.alias(param.name.to_string()) };
    match shape {
        Type::List(..) => arg.action(ArgAction::Append).allow_hyphen_values(true),
        Type::Bool => arg.num_args(0..=1).default_missing_value("true").require_equals(true),
        _ => arg.allow_hyphen_values(true),
    }
}

fn value_name(shape: &Type) -> String {
    match shape {
        Type::Text => "TEXT|@FILE".into(),
        Type::Int | Type::Number => "N".into(),
        Type::Bool => "true|false".into(),
        Type::Date => "YYYY-MM-DD".into(),
        Type::Duration => "30s".into(),
        Type::Money => "$0.50".into(),
        Type::Instrument => "EXPR".into(),
        Type::Image | Type::Audio | Type::Video | Type::File => "FILE".into(),
        Type::Optional(inner) | Type::List(inner, _) => value_name(inner.shape()),
        Type::Union(members) => {
            let words: Option<Vec<String>> = members
                .iter()
                .map(|member| match member.shape() {
                    Type::Literal(Literal::Text(word)) => Some(word.to_string()),
                    Type::Literal(other) => Some(other.to_string()),
                    _ => None,
                })
                .collect();
            words.map_or_else(|| "JSON".into(), |words| words.join("|"))
        }
        _ => "JSON|@FILE".into(),
    }
}

/// Why the arguments don't do; a sentence each.
pub(super) struct Wrong(pub(super) Vec<String>);

/// Parameters that are instruments and were given on the command line: name and expression.
pub(super) fn instruments(movement: &Movement, matches: &ArgMatches) -> Vec<(String, String)> {
    movement
        .params
        .iter()
        .filter(|param| matches!(param.ty.shape(), Type::Instrument))
        .filter_map(|param| {
            let given = matches.try_get_one::<String>(&param.name).ok().flatten()?;
            Some((param.name.to_string(), given.clone()))
        })
        .collect()
}

/// The movement's arguments in order, from options and from `--args F`, defaults filled in.
pub(super) fn values(
    planned: &Planned,
    movement: MovementId,
    matches: &ArgMatches,
    seated: &BTreeMap<String, Value>,
    given: &Given,
) -> Result<Vec<Value>, Wrong> {
    let movement = &planned.plan().movements[movement.0 as usize];
    let mut wrong = Vec::new();
    let mut file = match matches.try_get_one::<String>("args").ok().flatten() {
        Some(path) => match read_arguments(path) {
            Ok(found) => found,
            Err(problem) => {
                wrong.push(problem);
                serde_json::Map::new()
            }
        },
        None => serde_json::Map::new(),
    };
    let mut values = Vec::new();
    for param in &movement.params {
        match value(planned, param, matches, &mut file, seated, given) {
            Ok(value) => values.push(value),
            Err(problem) => wrong.push(problem),
        }
    }
    for unknown in file.keys() {
        let known: Vec<&str> = movement.params.iter().map(|param| &*param.name).collect();
        wrong.push(format!(
            "--args: `{unknown}` is no parameter of {} ({})",
            movement.name,
            known.join(", ")
        ));
    }
    if wrong.is_empty() { Ok(values) } else { Err(Wrong(wrong)) }
}

fn value(
    planned: &Planned,
    param: &Param,
    matches: &ArgMatches,
    file: &mut serde_json::Map<String, serde_json::Value>,
    seated: &BTreeMap<String, Value>,
    given: &Given,
) -> Result<Value, String> {
    let written = file.shift_remove(&*param.name);
    let name = flag(&param.name);
    let evaluator = Evaluator::new(planned.plan(), given);
    let mut judge = evaluator.conditions();
    if let Some(instrument) = seated.get(&*param.name) {
        return Ok(instrument.clone());
    }
    let words: Vec<&String> =
        matches.try_get_many::<String>(&param.name).ok().flatten().into_iter().flatten().collect();
    if !words.is_empty() {
        let read = match param.ty.shape() {
            Type::List(element, _) if !(words.len() == 1 && words[0].trim_start().starts_with('[')) => {
                let elements: Result<Vec<Value>, String> =
                    words.iter().map(|word| read(word, element, &mut judge)).collect();
                elements.and_then(|elements| {
                    conform(Value::list(elements), &param.ty, &mut judge)
                        .map_err(|mismatch| mismatch.to_string())
                })
            }
            _ => read(words[0], &param.ty, &mut judge),
        };
        return read.map_err(|problem| format!("--{name}: {problem}"));
    }
    if let Some(json) = written {
        return from_file(json, &param.ty, &mut judge)
            .map_err(|problem| format!("--args: {name}: {problem}"));
    }
    match &param.default {
        Some(default) => planned.constant(default, given).map_err(|failed| failed.failure.message),
        None if matches!(param.ty.shape(), Type::Optional(_) | Type::Nothing) => Ok(Value::Nothing),
        None => Err(format!("--{name} is missing: it is {}{}", describe(&param.ty), doc(param))),
    }
}

fn describe(ty: &Type) -> String {
    format!("`{ty}`")
}

fn doc(param: &Param) -> String {
    if param.doc.is_empty() { String::new() } else { format!(" ({})", param.doc.trim_end_matches('.')) }
}

/// Reads one word of the command line as a value of a type.
fn read(word: &str, ty: &Type, judge: &mut dyn Judge) -> Result<Value, String> {
    let inner = match ty.shape() {
        Type::Optional(inner) => inner.shape(),
        shape => shape,
    };
    if inner.is_media() {
        return media::load(word, inner);
    }
    let text = match word.strip_prefix('@') {
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| format!("{path} could not be read: {error}"))?
        }
        None => word.to_owned(),
    };
    if matches!(inner, Type::Text) {
        let text = if word.starts_with('@') { text.strip_suffix('\n').unwrap_or(&text) } else { &text };
        return conform(Value::text(text), ty, judge).map_err(|mismatch| mismatch.to_string());
    }
    if media::holds(ty)
        && let Ok(json) = serde_json::from_str(&text)
    {
        return from_file(json, ty, judge);
    }
    read_text(&text, ty, judge)
}

/// JSON as a value of a type; where a medium is wanted, it has the path of a file.
fn from_file(json: serde_json::Value, ty: &Type, judge: &mut dyn Judge) -> Result<Value, String> {
    let value = if media::holds(ty) { media::filled(from_json(json), ty)? } else { from_json(json) };
    conform_with(value, ty, Reading::FromJson, judge).map_err(|mismatch| mismatch.to_string())
}

/// Reads a text as a value of a type, as an answer is read.
pub(super) fn read_text(text: &str, ty: &Type, judge: &mut dyn Judge) -> Result<Value, String> {
    answer::read(text, ty, judge).map_err(|unreadable| unreadable.of_value())
}

/// The arguments in a JSON file, by name.
pub(super) fn read_arguments(path: &str) -> Result<serde_json::Map<String, serde_json::Value>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("--args: {path} could not be read: {error}"))?;
    match serde_json::from_str(&text) {
        Ok(serde_json::Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("--args: {path} must hold a JSON object with the arguments by name")),
        Err(error) => Err(format!("--args: {path} is not JSON: {error}")),
    }
}
