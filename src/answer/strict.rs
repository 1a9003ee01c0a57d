//! The shortest way: an answer that is strict JSON in the very form of the type, read straight into its
//! value. Whatever is not so plain (a default, a union of records, another spelling) is left to the stages
//! of [`super`], which read it the same or more freely; so nothing is decided here that they would decide
//! otherwise.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::types::{RecordType, Refinement, Type, WRAPPER, is_wrapped};
use crate::value::{Judge, Record, Value, is_literal};

/// The value, if the whole text is strict JSON that has exactly the form of a record or list type.
pub fn read_strictly(text: &str, ty: &Type, judge: &mut dyn Judge) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = match ty.shape() {
        Type::Record(_) => Of { ty, judge }.deserialize(&mut reader).ok()?,
        Type::List(..) if text.trim_start().starts_with('{') => {
            is_wrapped(ty).then(|| reader_wrapped(&mut reader, ty, judge)).flatten()?
        }
        Type::List(..) => Of { ty, judge }.deserialize(&mut reader).ok()?,
        _ => return None,
    };
    reader.end().ok()?;
    Some(value)
}

fn reader_wrapped<'de>(reader: impl Deserializer<'de>, ty: &Type, judge: &mut dyn Judge) -> Option<Value> {
    reader.deserialize_map(Wrapped(Of { ty, judge })).ok()
}

/// A value of this type.
struct Of<'t, 'j> {
    ty: &'t Type,
    judge: &'j mut dyn Judge,
}

impl<'de> DeserializeSeed<'de> for Of<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.ty {
            Type::Alias(alias) => Of { ty: alias.target(), judge: self.judge }.deserialize(deserializer),
            Type::Refined(base, refinement) => {
                let value = Of { ty: base, judge: &mut *self.judge }.deserialize(deserializer)?;
                judged(value, refinement, self.judge)
            }
            Type::Optional(_) => deserializer.deserialize_option(self),
            Type::Text | Type::Literal(_) | Type::Union(_) | Type::Int | Type::Number | Type::Bool => {
                deserializer.deserialize_any(self)
            }
            Type::List(..) => deserializer.deserialize_seq(self),
            Type::Record(_) => deserializer.deserialize_map(self),
            _ => Err(D::Error::custom("not so plain")),
        }
    }
}

fn judged<E: Error>(value: Value, refinement: &Refinement, judge: &mut dyn Judge) -> Result<Value, E> {
    judge.holds(refinement, &value).map_err(E::custom)?;
    Ok(value)
}

impl<'de> Visitor<'de> for Of<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.ty {
            Type::Optional(inner) => Of { ty: inner, judge: self.judge }.deserialize(deserializer),
            _ => Err(D::Error::custom("not so plain")),
        }
    }

    fn visit_bool<E: Error>(self, bool: bool) -> Result<Value, E> {
        self.scalar(Value::Bool(bool))
    }

    fn visit_i64<E: Error>(self, int: i64) -> Result<Value, E> {
        self.scalar(Value::Int(int))
    }

    fn visit_u64<E: Error>(self, int: u64) -> Result<Value, E> {
        let int = i64::try_from(int).map_err(|_| E::custom("not so plain"))?;
        self.scalar(Value::Int(int))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        self.scalar(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.scalar(Value::Text(Arc::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let Type::List(element, size) = self.ty else { return Err(A::Error::custom("not so plain")) };
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(Of { ty: element, judge: &mut *self.judge })? {
            values.push(value);
        }
        if size.holds(values.len()) { Ok(Value::list(values)) } else { Err(A::Error::custom("not so plain")) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Type::Record(shape) = self.ty else { return Err(A::Error::custom("not so plain")) };
        let fields = shape.fields();
        let mut values = Vec::with_capacity(fields.len());
        // Those that come before their turn.
        let mut early: Vec<(usize, Value)> = Vec::new();
        let mut expected = 0;
        while let Some(at) = entries.next_key_seed(Key { shape, expected })? {
            let value = entries.next_value_seed(Of { ty: &fields[at].ty, judge: &mut *self.judge })?;
            if fields[at].has_default && value == Value::Nothing {
                return Err(A::Error::custom("not so plain"));
            }
            if at == values.len() {
                values.push(value)
            } else {
                early.push((at, value))
            }
            expected = at + 1;
        }
        early.sort_unstable_by_key(|(at, _)| *at);
        for (at, value) in early {
            // A field that came twice has no turn left, and one behind a gap none yet.
            if at != values.len() {
                return Err(A::Error::custom("not so plain"));
            }
            values.push(value);
        }
        let record = Record::new(shape.clone(), values);
        let record = Value::Record(Arc::new(record.ok_or_else(|| A::Error::custom("not so plain"))?));
        match shape.refinement() {
            Some(refinement) => judged(record, refinement, self.judge),
            None => Ok(record),
        }
    }
}

impl Of<'_, '_> {
    /// The scalar, if it is one of the type as it stands.
    fn scalar<E: Error>(self, value: Value) -> Result<Value, E> {
        match (self.ty, &value) {
            (Type::Text, Value::Text(_)) | (Type::Int, Value::Int(_)) | (Type::Bool, Value::Bool(_)) => {
                Ok(value)
            }
            (Type::Number, Value::Number(_)) => Ok(value),
            #[allow(clippy::cast_precision_loss)] // as everywhere a whole number stands for a number
            (Type::Number, Value::Int(int)) => Ok(Value::Number(*int as f64)),
            (Type::Literal(literal), _) if is_literal(literal, &value) => Ok(value),
            (Type::Union(members), _) => {
                let plain = members.iter().all(|member| matches!(member, Type::Literal(_)));
                let found = members
                    .iter()
                    .any(|member| matches!(member, Type::Literal(one) if is_literal(one, &value)));
                if plain && found { Ok(value) } else { Err(E::custom("not so plain")) }
            }
            _ => Err(E::custom("not so plain")),
        }
    }
}

/// The place of the field that a key names; the expected one is looked at first.
struct Key<'t> {
    shape: &'t RecordType,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let fields = self.shape.fields();
        if fields.get(self.expected).is_some_and(|field| &*field.name == key) {
            return Ok(self.expected);
        }
        self.shape.field(key).map(|(at, _)| at).ok_or_else(|| E::custom("not so plain"))
    }
}

/// `{"answer": …}` and nothing else.
struct Wrapped<'t, 'j>(Of<'t, 'j>);

impl<'de> Visitor<'de> for Wrapped<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        match entries.next_key::<String>()? {
            Some(key) if key == WRAPPER => {}
            _ => return Err(A::Error::custom("not so plain")),
        }
        let value = entries.next_value_seed(self.0)?;
        match entries.next_key::<String>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("not so plain")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_strictly;
    use crate::types::notation::ty;
    use crate::value::bounded::Bounded;

    #[test]
    fn fields_may_come_in_any_order_and_each_once() {
        let shape = ty("{a: int, b: int, c: int}");
        let strictly = |text: &str| read_strictly(text, &shape, &mut Bounded);
        let ordered = strictly(r#"{"a": 1, "b": 2, "c": 3}"#);
        assert!(ordered.is_some());
        for other in
            [r#"{"c": 3, "b": 2, "a": 1}"#, r#"{"b": 2, "c": 3, "a": 1}"#, r#"{"a": 1, "c": 3, "b": 2}"#]
        {
            assert_eq!(strictly(other), ordered, "{other}");
        }
        for odd in [
            r#"{"a": 1, "b": 2}"#,
            r#"{"a": 1, "c": 3}"#,
            r#"{"a": 1, "a": 1, "b": 2, "c": 3}"#,
            r#"{"a": 1, "c": 3, "c": 3, "b": 2}"#,
            r#"{"c": 3, "c": 3, "b": 2, "a": 1}"#,
        ] {
            assert_eq!(strictly(odd), None, "{odd}");
        }
    }
}
