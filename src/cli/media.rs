//! Files on the command line: where a value has a medium in it, the path of a file is written.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::backend;
use crate::types::Type;
use crate::value::{Map, MediaKind, Value};

/// Reads a file as a medium of a type. `@` says that a file is meant, which of a medium goes without saying.
pub(in crate::cli) fn load(word: &str, ty: &Type) -> Result<Value, String> {
    let path = word.strip_prefix('@').filter(|_| !Path::new(word).exists()).unwrap_or(word);
    backend::load_media(Path::new(path), kind(ty)).map_err(|failure| failure.message)
}

/// The kind of medium that a type of media is of.
fn kind(ty: &Type) -> MediaKind {
    match ty.shape() {
        Type::Image => MediaKind::Image,
        Type::Audio => MediaKind::Audio,
        Type::Video => MediaKind::Video,
        _ => MediaKind::File,
    }
}

/// Whether there are media somewhere in values of a type.
pub(super) fn holds(ty: &Type) -> bool {
    let mut seen = HashSet::new();
    let mut pending = vec![ty];
    while let Some(ty) = pending.pop() {
        match ty.shape() {
            Type::Optional(inner) | Type::List(inner, _) | Type::Map(inner) => pending.push(inner),
            Type::Record(record) if seen.insert(Arc::as_ptr(record)) => {
                pending.extend(record.fields().iter().map(|field| &field.ty));
            }
            media if media.is_media() => return true,
            _ => {}
        }
    }
    false
}

/// A value from JSON with the media that its paths stand for.
pub(super) fn filled(value: Value, ty: &Type) -> Result<Value, String> {
    match (ty.shape(), value) {
        (Type::Optional(_), Value::Nothing) => Ok(Value::Nothing),
        (Type::Optional(inner), value) => filled(value, inner),
        (media, Value::Text(path)) if media.is_media() => load(&path, media),
        (Type::List(inner, _), Value::List(all)) => {
            let all: Result<Vec<Value>, String> = all.iter().map(|one| filled(one.clone(), inner)).collect();
            Ok(Value::list(all?))
        }
        (Type::Map(inner), Value::Map(all)) => each(&all, |_| Some(&**inner)),
        (Type::Record(record), Value::Map(all)) => {
            each(&all, |name| record.field(name).map(|(_, field)| &field.ty))
        }
        (_, value) => Ok(value),
    }
}

fn each<'t>(all: &Map, of: impl Fn(&str) -> Option<&'t Type>) -> Result<Value, String> {
    let filled: Result<Map, String> = all
        .iter()
        .map(|(name, value)| {
            let value = value.clone();
            Ok((name.clone(), of(name).map_or(Ok(value.clone()), |ty| filled(value, ty))?))
        })
        .collect();
    Ok(Value::Map(Arc::new(filled?)))
}
