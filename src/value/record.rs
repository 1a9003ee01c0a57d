//! Records: values with named fields in the order of their type.

use std::sync::Arc;

use super::Value;
use crate::types::RecordType;

/// A record value. As many values as its type has fields, in the same order.
#[derive(Clone, Debug)]
pub struct Record {
    shape: Arc<RecordType>,
    values: Box<[Value]>,
}

impl Record {
    /// A record of this type; `None` where the number of values is not that of its fields.
    #[must_use]
    pub fn new(shape: Arc<RecordType>, values: Vec<Value>) -> Option<Self> {
        (shape.fields().len() == values.len()).then(|| Self { shape, values: values.into_boxed_slice() })
    }

    /// Its type.
    #[must_use]
    pub fn shape(&self) -> &Arc<RecordType> {
        &self.shape
    }

    /// Its values in field order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let (at, _) = self.shape.field(name)?;
        self.values.get(at)
    }

    /// Names and values in field order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.shape.fields().iter().map(|field| &*field.name).zip(self.values.iter())
    }
}

/// Equal where both have the same names with equal values, whatever their types are called.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.values.len() == other.values.len()
            && self.entries().all(|(name, value)| other.get(name) == Some(value))
    }
}
