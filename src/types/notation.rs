//! A short notation for types in tests: `[Idea{title: text, tags: [text; ..5] =}; 1..5]`.
//!
//! `name: T =` is a field with a default. `T where 0..100` bounds a number, `T where len 1..5` a
//! length, `T where ~ "pattern"` a text. A record without a name is `{a: int}`; a name alone is a
//! record met before. `A := T` at the start names the type, which may then stand within itself.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

use std::collections::HashMap;
use std::sync::Arc;

use super::{Alias, Bounds, Field, Literal, RecordType, Refinement, RefinementId, Size, Type};

/// The type that the notation says. Panics where it says none.
pub fn ty(notation: &str) -> Type {
    let mut reader = Reader { text: notation, records: HashMap::new(), aliases: HashMap::new() };
    let ty = reader.any();
    assert!(reader.text.trim().is_empty(), "left over: {:?} of {notation}", reader.text);
    ty
}

struct Reader<'a> {
    text: &'a str,
    records: HashMap<String, Arc<RecordType>>,
    aliases: HashMap<String, Arc<Alias>>,
}

impl Reader<'_> {
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.text.trim_start();
        let Some(after) = rest.strip_prefix(token) else { return false };
        self.text = after;
        true
    }

    fn want(&mut self, token: &str) {
        assert!(self.takes(token), "wanted {token:?} before {:?}", self.text);
    }

    fn word(&mut self) -> String {
        let rest = self.text.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        self.text = after;
        word.to_owned()
    }

    fn number(&mut self) -> Option<f64> {
        let rest = self.text.trim_start();
        let mut end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
        if rest[end..].starts_with('.') && !rest[end..].starts_with("..") {
            let more = rest[end + 1..].find(|c: char| !c.is_ascii_digit());
            end = more.map_or(rest.len(), |more| end + 1 + more);
        }
        let number = rest[..end].parse().ok()?;
        self.text = &rest[end..];
        Some(number)
    }

    fn range(&mut self) -> (Option<f64>, Option<f64>) {
        let low = self.number();
        if self.takes("..") { (low, self.number()) } else { (low, low) }
    }

    fn any(&mut self) -> Type {
        let mut members = vec![self.member()];
        while self.takes("|") {
            members.push(self.member());
        }
        let union = if members.len() == 1 { members.remove(0) } else { Type::union(members) };
        if self.takes("where") { self.condition(union) } else { union }
    }

    fn condition(&mut self, base: Type) -> Type {
        let mut bounds = Bounds::default();
        let before = self.text.trim_start();
        if self.takes("len") {
            let (low, high) = self.range();
            (bounds.min_len, bounds.max_len) = (low.map(|n| n as u64), high.map(|n| n as u64));
        } else if self.takes("~") {
            self.want("\"");
            let (pattern, after) = self.text.split_once('"').unwrap_or_default();
            bounds.pattern = Some(pattern.into());
            self.text = after;
        } else {
            (bounds.min, bounds.max) = self.range();
        }
        let source = before[..before.len() - self.text.len()].trim().into();
        Type::Refined(Arc::new(base), Arc::new(Refinement { id: RefinementId(0), source, bounds }))
    }

    fn member(&mut self) -> Type {
        let mut ty = self.one();
        while self.takes("?") {
            // Of a type that is still to come, `optional` would be the type itself.
            ty = match ty.shape() {
                Type::Unknown => Type::Optional(Arc::new(ty)),
                _ => ty.optional(),
            };
        }
        ty
    }

    fn one(&mut self) -> Type {
        if self.takes("(") {
            let inner = self.any();
            self.want(")");
            return inner;
        }
        if self.takes("[") {
            return self.list();
        }
        if self.takes("\"") {
            let (text, after) = self.text.split_once('"').unwrap_or_default();
            self.text = after;
            return Type::Literal(Literal::Text(text.into()));
        }
        if self.text.trim_start().starts_with('{') {
            return Type::Record(Arc::new(RecordType::anonymous(self.fields())));
        }
        if let Some(number) = self.number() {
            return Type::Literal(if number.fract() == 0.0 {
                Literal::Int(number as i64)
            } else {
                Literal::Number(number)
            });
        }
        let word = self.word();
        match word.as_str() {
            "text" => Type::Text,
            "int" => Type::Int,
            "number" => Type::Number,
            "bool" => Type::Bool,
            "date" => Type::Date,
            "time" => Type::Time,
            "duration" => Type::Duration,
            "money" => Type::Money,
            "json" => Type::Json,
            "nothing" => Type::Nothing,
            "image" => Type::Image,
            "audio" => Type::Audio,
            "true" => Type::Literal(Literal::Bool(true)),
            "false" => Type::Literal(Literal::Bool(false)),
            "map" => {
                self.want("[");
                let inner = self.any();
                self.want("]");
                Type::Map(Arc::new(inner))
            }
            _ => self.named(word),
        }
    }

    fn list(&mut self) -> Type {
        let element = self.any();
        let mut size = Size::ANY;
        if self.takes(";") {
            let (low, high) = self.range();
            size = Size { min: low.unwrap_or(0.0) as u64, max: high.map(|n| n as u64) };
        }
        self.want("]");
        Type::List(Arc::new(element), size)
    }

    fn named(&mut self, name: String) -> Type {
        if self.takes(":=") {
            let alias = Arc::new(Alias::new(name.as_str().into(), String::new()));
            self.aliases.insert(name, alias.clone());
            let target = self.any();
            alias.complete(target);
            return Type::Alias(alias);
        }
        if self.text.starts_with('{') {
            let record = Arc::new(RecordType::named(name.as_str().into(), String::new()));
            self.records.insert(name, record.clone());
            let fields = self.fields();
            record.complete(fields, None);
            return Type::Record(record);
        }
        match (self.records.get(&name), self.aliases.get(&name)) {
            (Some(record), _) => Type::Record(record.clone()),
            (None, Some(alias)) => Type::Alias(alias.clone()),
            (None, None) => unreachable!("no type {name:?} before {:?}", self.text),
        }
    }

    fn fields(&mut self) -> Vec<Field> {
        self.want("{");
        let mut fields = Vec::new();
        while !self.takes("}") {
            let name = self.word().as_str().into();
            self.want(":");
            let ty = self.any();
            let has_default =
                self.takes("=") || matches!(ty, Type::Optional(_)) || super::admits_nothing(&ty);
            fields.push(Field { name, doc: String::new(), ty, has_default });
            let _ = self.takes(",");
        }
        fields
    }
}
