//! How large a schema may be.

use serde_json::Value as Json;

/// The most of each that may be in it.
#[derive(Debug)]
pub(in crate::backend) struct Most {
    /// Objects in objects.
    pub(in crate::backend) levels: usize,
    /// Fields of all objects.
    pub(in crate::backend) fields: usize,
    /// Values of all `enum`s.
    pub(in crate::backend) values: usize,
    /// Letters of all names and words of `enum`s.
    pub(in crate::backend) letters: usize,
}

pub(super) const UNBOUNDED: Most =
    Most { levels: usize::MAX, fields: usize::MAX, values: usize::MAX, letters: usize::MAX };

impl Most {
    /// What there is too much of in a schema.
    pub(super) fn exceeded_by(&self, schema: &Json) -> Option<&'static str> {
        let mut size = Most { levels: 0, fields: 0, values: 0, letters: 0 };
        size.count(schema);
        if size.fields > self.fields || size.letters > self.letters {
            Some("so many fields")
        } else if size.values > self.values {
            Some("so many words to choose from")
        } else {
            let none = Json::Null;
            let defs = schema.get("$defs").unwrap_or(&none);
            let deep = self.levels != usize::MAX && levels(schema, defs, &mut Vec::new()) > self.levels;
            deep.then_some("records so deep in records")
        }
    }

    fn count(&mut self, schema: &Json) {
        match schema {
            Json::Array(schemas) => schemas.iter().for_each(|schema| self.count(schema)),
            Json::Object(object) => {
                for (keyword, value) in object {
                    match (keyword.as_str(), value) {
                        ("properties" | "$defs", Json::Object(named)) => {
                            self.fields += if keyword == "properties" { named.len() } else { 0 };
                            self.letters += named.keys().map(|name| name.chars().count()).sum::<usize>();
                            named.values().for_each(|schema| self.count(schema));
                        }
                        ("enum", Json::Array(values)) => {
                            self.values += values.len();
                            let words = values.iter().filter_map(Json::as_str);
                            self.letters += words.map(|word| word.chars().count()).sum::<usize>();
                        }
                        ("required", _) => {}
                        _ => self.count(value),
                    }
                }
            }
            _ => {}
        }
    }
}

/// How many objects stand in one another; what a definition leads back to is not gone into again.
fn levels<'a>(schema: &'a Json, defs: &'a Json, inside: &mut Vec<&'a str>) -> usize {
    match schema {
        Json::Array(schemas) => schemas.iter().map(|schema| levels(schema, defs, inside)).max().unwrap_or(0),
        Json::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Json::as_str) {
                let name = name.trim_start_matches("#/$defs/");
                if inside.contains(&name) {
                    return 0;
                }
                inside.push(name);
                let below = defs.get(name).map_or(0, |def| levels(def, defs, inside));
                inside.pop();
                return below;
            }
            let own = usize::from(object.contains_key("properties"));
            let parts = object
                .iter()
                .filter(|(keyword, _)| !matches!(keyword.as_str(), "$defs" | "enum" | "required"));
            own + parts.map(|(_, part)| levels(part, defs, inside)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{OLLAMA, OPENAI, Spoken};
    use crate::types::{json_schema, notation::ty};

    #[test]
    fn what_is_too_large_for_strict_mode_is_a_hint() {
        let nested = |levels: usize| {
            let open = (1..=levels).map(|level| format!("L{level}{{a: ")).collect::<String>();
            format!("{open}int{}", "}".repeat(levels))
        };
        let openai = |notation: &str| OPENAI.say(&json_schema(&ty(notation)));
        assert!(matches!(openai(&nested(10)), Spoken::Fits { .. }));
        assert_eq!(openai(&nested(11)), Spoken::Not("records so deep in records"));
        assert!(matches!(openai("Node{value: int, next: Node?}"), Spoken::Fits { .. }));
        let words = |count: usize| (0..count).map(|at| format!("\"w{at}\"")).collect::<Vec<_>>().join(" | ");
        assert!(matches!(openai(&format!("{{a: {}}}", words(1_000))), Spoken::Fits { .. }));
        assert_eq!(openai(&format!("{{a: {}}}", words(1_001))), Spoken::Not("so many words to choose from"));
        let fields = |count: usize| (0..count).map(|at| format!("f{at}: int")).collect::<Vec<_>>().join(", ");
        assert_eq!(openai(&format!("{{{}}}", fields(5_001))), Spoken::Not("so many fields"));
        assert_eq!(OLLAMA.say(&json_schema(&ty("{a: json}"))), Spoken::Not("any value at all"));
    }
}
