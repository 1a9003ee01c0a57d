//! Names that got values at a prompt: what they hold outlives the program that made it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::Name;
use crate::types::{Instances, Moving, NamedTypes, RecordType, Type};
use crate::value::{Judge, Map, Record, Value, conform};

/// A name with its value.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The type of the name, in the program that made the value.
    pub ty: Type,
    /// The value.
    pub value: Value,
    /// The declared types of that program.
    pub(super) named: Arc<NamedTypes>,
    /// What was entered, where the value is a small function or holds one: what that does stands in its program
    /// only, so that it is made again in each one. And the names that it uses.
    pub(super) source: Option<(Arc<str>, Vec<Name>)>,
}

/// Whether a small function, a part or a movement is in a value.
pub(super) fn holds_function(value: &Value) -> bool {
    match value {
        Value::Function(_) => true,
        Value::List(values) => values.iter().any(holds_function),
        Value::Record(record) => record.values().iter().any(holds_function),
        Value::Map(map) => map.values().any(holds_function),
        Value::Instrument(instrument) => instrument.settings.values().any(holds_function),
        _ => false,
    }
}

/// A value from another program, as one of this program: records by the types that are declared here now.
///
/// # Errors
/// Why it fits its type no more.
pub(super) fn moved(
    kept: &Kept,
    to: &NamedTypes,
    ty: &Type,
    instances: &mut Instances,
    judge: &mut dyn Judge,
) -> Result<Value, String> {
    let mut mover =
        Mover { moving: Moving::new(&kept.named, to, instances), shapes: HashMap::new(), changed: false };
    let value = mover.value(&kept.value);
    if let Some(name) = &mover.moving.lost {
        return Err(format!("its type `{name}` is not declared any more"));
    }
    let changed = mover.changed || !same_aliases(&kept.named, to);
    if changed { conform(value, ty, judge).map_err(|mismatch| mismatch.to_string()) } else { Ok(value) }
}

/// Whether all names of types that are no records stand for what they stood for.
fn same_aliases(from: &NamedTypes, to: &NamedTypes) -> bool {
    let target = |types: &NamedTypes, module: &Name, name: &Name| {
        types.iter().find_map(|(of, ty)| match ty {
            Type::Alias(alias) if of == module && alias.name == *name => Some(alias.target().to_string()),
            _ => None,
        })
    };
    from.iter().all(|(module, ty)| match ty {
        Type::Alias(alias) => target(to, module, &alias.name) == Some(alias.target().to_string()),
        _ => true,
    })
}

struct Mover<'a> {
    moving: Moving<'a>,
    /// By the identity of the record type that is left.
    shapes: HashMap<usize, Arc<RecordType>>,
    /// Whether a record became a map, which is still to become a record of what its type is now.
    changed: bool,
}

impl Mover<'_> {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::List(values) if values.iter().any(holds_record) => {
                Value::list(values.iter().map(|value| self.value(value)).collect::<Vec<_>>())
            }
            Value::Map(map) if map.values().any(holds_record) => {
                let moved = map.iter().map(|(name, value)| (Arc::clone(name), self.value(value)));
                Value::Map(Arc::new(moved.collect()))
            }
            Value::Record(record) => self.record(record),
            other => other.clone(),
        }
    }

    fn record(&mut self, record: &Record) -> Value {
        let values: Vec<Value> = record.values().iter().map(|value| self.value(value)).collect();
        let id = Arc::as_ptr(record.shape()) as usize;
        if !self.shapes.contains_key(&id)
            && let Type::Record(there) = self.moving.ty(&Type::Record(Arc::clone(record.shape())))
            && alike(record.shape(), &there)
        {
            self.shapes.insert(id, there);
        }
        let shape = self.shapes.get(&id).cloned();
        if let Some(same) = shape.and_then(|shape| Record::new(shape, values.clone())) {
            return Value::Record(Arc::new(same));
        }
        self.changed = true;
        let names = record.entries().map(|(name, _)| Arc::from(name));
        Value::Map(Arc::new(names.zip(values).collect::<Map>()))
    }
}

fn holds_record(value: &Value) -> bool {
    match value {
        Value::Record(_) => true,
        Value::List(values) => values.iter().any(holds_record),
        Value::Map(map) => map.values().any(holds_record),
        _ => false,
    }
}

/// Whether two record types say the same of their fields.
fn alike(one: &RecordType, other: &RecordType) -> bool {
    let condition =
        |record: &RecordType| record.refinement().map(|refinement| Arc::clone(&refinement.source));
    condition(one) == condition(other)
        && one.fields().len() == other.fields().len()
        && one
            .fields()
            .iter()
            .zip(other.fields())
            .all(|(one, other)| one.name == other.name && one.ty.to_string() == other.ty.to_string())
}
