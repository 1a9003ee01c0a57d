//! The JSON Schema that each provider takes. What a dialect can't say is said in words, in the prompt or in the
//! description of a tool; nothing is dropped in silence. What it can't say at all, such as a type that contains
//! itself, is left to words as a whole.
//!
//! | dialect | after |
//! |---|---|
//! | `anthropic` | what its Python SDK leaves out (`lib/_parse/_transform.py`) |
//! | `gemini` | what the types of its Python SDK list at `responseJsonSchema` |
//! | `openai` | the guide to structured outputs: <https://developers.openai.com/api/docs/guides/structured-outputs> |
//! | `ollama` | the grammar that llama.cpp makes of a schema (`common/json-schema-to-grammar.cpp`) |
//!
//! OpenAI's is spoken to llama.cpp's own server as well, which refuses a request for a pattern that its grammar has
//! no words for: such patterns are said in words to both.

mod most;
mod pattern;

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use most::{Most, UNBOUNDED};
use pattern::plain;

/// What a provider's schema mode takes, beside what all take: `type`, `properties`, `required`, `items`, `enum`,
/// `anyOf`, `description`, `$defs`, `$ref` and `additionalProperties: false`.
#[derive(Debug)]
pub(in crate::backend) struct Dialect {
    /// Its constructor, or what it is of one.
    pub(in crate::backend) name: &'static str,
    /// Further keywords that it takes.
    pub(in crate::backend) keywords: &'static [&'static str],
    /// The most that `minItems` may be.
    pub(in crate::backend) min_items: Option<u64>,
    /// How large a schema may be.
    pub(in crate::backend) most: Most,
    /// Whether a type may contain itself.
    pub(in crate::backend) recursive: bool,
    /// Whether `additionalProperties` may be a schema: maps.
    pub(in crate::backend) maps: bool,
    /// The most fields that may be of several types, `nothing` included.
    pub(in crate::backend) unions: Option<usize>,
    /// Whether `enum` may hold `true` and `false`.
    pub(in crate::backend) bool_enums: bool,
    /// Whether there may be `$defs`, and objects below the root.
    pub(in crate::backend) nested: bool,
    /// Whether tools may have any schema where the provider is not to hold the model to it.
    pub(in crate::backend) loose_tools: bool,
    /// Whether any schema may be asked for where the provider is not to hold the answer to it.
    pub(in crate::backend) loose_answers: bool,
    /// Whether an answer can be held to a schema while there are tools.
    pub(in crate::backend) beside_tools: bool,
    /// Whether the provider shows the model the schema that it is held to.
    pub(in crate::backend) shown: bool,
}

/// OpenAI's structured outputs and strict tools, which most who speak its protocols follow.
pub(in crate::backend) const OPENAI: Dialect = Dialect {
    name: "openai",
    keywords: &[
        "format",
        "pattern",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ],
    min_items: None,
    most: Most { levels: 10, fields: 5_000, values: 1_000, letters: 120_000 },
    recursive: true,
    maps: false,
    unions: None,
    bool_enums: true,
    nested: true,
    loose_tools: true,
    loose_answers: true,
    beside_tools: true,
    shown: true,
};

/// Anthropic's structured outputs and strict tools.
pub(in crate::backend) const ANTHROPIC: Dialect = Dialect {
    name: "anthropic",
    keywords: &["format", "minItems"],
    min_items: Some(1),
    most: UNBOUNDED,
    recursive: false,
    maps: false,
    unions: Some(16),
    bool_enums: true,
    nested: true,
    loose_tools: true,
    loose_answers: false,
    beside_tools: true,
    shown: true,
};

/// Gemini's `responseJsonSchema` and `parametersJsonSchema`. What may be left out is nullable here, which is not
/// enough for it to take a type that contains itself.
pub(in crate::backend) const GEMINI: Dialect = Dialect {
    name: "gemini",
    keywords: &["format", "minItems", "maxItems", "minimum", "maximum"],
    min_items: None,
    most: UNBOUNDED,
    recursive: false,
    maps: true,
    unions: None,
    bool_enums: false,
    nested: true,
    loose_tools: false,
    loose_answers: false,
    beside_tools: false,
    shown: true,
};

/// Ollama's `format`: the grammar of llama.cpp. The model does not see it, so that the schema is told in words too; so
/// are the bounds of a `number`, which the grammar passes over. A schema of any value is one of any object there.
pub(in crate::backend) const OLLAMA: Dialect = Dialect {
    name: "ollama",
    keywords: &[
        "format",
        "pattern",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ],
    min_items: None,
    most: UNBOUNDED,
    recursive: true,
    maps: true,
    unions: None,
    bool_enums: true,
    nested: true,
    loose_tools: false,
    loose_answers: false,
    beside_tools: false,
    shown: false,
};

/// The schemas of Ollama's tools: what else stands in one is passed over by its server.
pub(in crate::backend) const OLLAMA_TOOLS: Dialect = Dialect {
    name: "ollama, tools",
    keywords: &[],
    min_items: None,
    most: UNBOUNDED,
    recursive: false,
    maps: false,
    unions: None,
    bool_enums: true,
    nested: false,
    loose_tools: false,
    loose_answers: false,
    beside_tools: false,
    shown: true,
};

/// Every dialect.
#[cfg(test)]
const ALL: &[&Dialect] = &[&OPENAI, &ANTHROPIC, &GEMINI, &OLLAMA, &OLLAMA_TOOLS];

/// A schema said in a dialect.
#[derive(Debug, PartialEq)]
pub(in crate::backend) enum Spoken {
    /// With a line for each thing that it leaves to words.
    Fits { schema: Json, told: Vec<String> },
    /// Not at all, and why.
    Not(&'static str),
}

impl Dialect {
    /// A schema in this dialect.
    pub(in crate::backend) fn say(&self, schema: &Json) -> Spoken {
        if !self.nested && has_nested(schema) {
            return Spoken::Not("records in records");
        }
        let mut speaker = Speaker { dialect: self, told: Vec::new(), cannot: None, unions: 0 };
        if !self.recursive && is_recursive(schema) {
            return Spoken::Not("a type that contains itself");
        }
        let said = speaker.say(schema, "");
        let cannot = speaker.cannot.or_else(|| self.most.exceeded_by(&said));
        match cannot {
            Some(why) => Spoken::Not(why),
            None if self.unions.is_some_and(|most| speaker.unions > most) => {
                Spoken::Not("so many fields of several types")
            }
            None => Spoken::Fits { schema: said, told: speaker.told },
        }
    }
}

/// The keywords one of which says what a value is; a schema without any of them is of any value.
const SHAPES: &[&str] = &["type", "enum", "anyOf", "$ref"];

/// The keywords that every dialect has.
const COMMON: &[&str] = &["type", "required", "enum", "description", "$ref"];

struct Speaker<'a> {
    dialect: &'a Dialect,
    told: Vec<String>,
    cannot: Option<&'static str>,
    unions: usize,
}

impl Speaker<'_> {
    fn say(&mut self, schema: &Json, path: &str) -> Json {
        let Some(object) = schema.as_object() else { return schema.clone() };
        if !SHAPES.iter().any(|keyword| object.contains_key(*keyword)) {
            self.cannot = Some("any value at all");
        }
        let mut said = Map::with_capacity(object.len());
        for (keyword, value) in object {
            let value = match keyword.as_str() {
                "properties" => self.each(value, |name| join(path, name)),
                "$defs" => self.each(value, str::to_owned),
                "items" => self.say(value, &format!("{path}[]")),
                "anyOf" => {
                    self.unions += 1;
                    let members = value.as_array().into_iter().flatten();
                    members.map(|member| self.say(member, path)).collect()
                }
                "additionalProperties" if value.is_object() => {
                    if !self.dialect.maps {
                        self.cannot = Some("a map");
                    }
                    self.say(value, &join(path, "*"))
                }
                "additionalProperties" => value.clone(),
                "enum" if !self.dialect.bool_enums && value[0].is_boolean() => {
                    self.told.push(told(path, "enum", value));
                    continue;
                }
                common if COMMON.contains(&common) => value.clone(),
                "pattern" if self.takes("pattern", value) => match value.as_str().and_then(plain) {
                    Some(plain) => plain.into(),
                    None => {
                        self.told.push(told(path, "pattern", value));
                        continue;
                    }
                },
                keyword if self.takes(keyword, value) => value.clone(),
                keyword => {
                    self.told.push(told(path, keyword, value));
                    continue;
                }
            };
            said.insert(keyword.clone(), value);
        }
        Json::Object(said)
    }

    fn each(&mut self, schemas: &Json, path: impl Fn(&str) -> String) -> Json {
        let schemas = schemas.as_object().into_iter().flatten();
        Json::Object(schemas.map(|(name, schema)| (name.clone(), self.say(schema, &path(name)))).collect())
    }

    fn takes(&self, keyword: &str, value: &Json) -> bool {
        let small = match (keyword, self.dialect.min_items, value.as_u64()) {
            ("minItems", Some(most), Some(value)) => value <= most,
            _ => true,
        };
        small && self.dialect.keywords.contains(&keyword)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What a keyword means, in words.
fn told(path: &str, keyword: &str, value: &Json) -> String {
    let plural = |noun: &str| if value.as_u64() == Some(1) { noun.to_owned() } else { format!("{noun}s") };
    let meaning = match keyword {
        "minLength" => format!("at least {value} {}", plural("character")),
        "maxLength" => format!("at most {value} {}", plural("character")),
        "minItems" => format!("at least {value} {}", plural("item")),
        "maxItems" => format!("at most {value} {}", plural("item")),
        "minProperties" => {
            format!("at least {value} {}", if value.as_u64() == Some(1) { "entry" } else { "entries" })
        }
        "maxProperties" => {
            format!("at most {value} {}", if value.as_u64() == Some(1) { "entry" } else { "entries" })
        }
        "minimum" => format!("at least {value}"),
        "maximum" => format!("at most {value}"),
        "exclusiveMinimum" => format!("more than {value}"),
        "exclusiveMaximum" => format!("less than {value}"),
        "pattern" => format!("matches the regular expression {}", value.as_str().unwrap_or_default()),
        "enum" => {
            let values: Vec<String> =
                value.as_array().into_iter().flatten().map(ToString::to_string).collect();
            values.join(" or ")
        }
        "format" => format!("in the format {}", value.as_str().unwrap_or_default()),
        other => format!("{other}: {value}"),
    };
    if path.is_empty() { meaning } else { format!("`{path}`: {meaning}") }
}

/// Whether there are definitions, or objects below the root.
fn has_nested(schema: &Json) -> bool {
    fn has_object(schema: &Json) -> bool {
        match schema {
            Json::Object(object) => {
                object.get("type").is_some_and(|ty| ty == "object") || object.values().any(has_object)
            }
            Json::Array(values) => values.iter().any(has_object),
            _ => false,
        }
    }
    schema.get("$defs").is_some() || schema.get("properties").is_some_and(has_object)
}

/// Whether a definition leads back to itself, or the root does.
fn is_recursive(schema: &Json) -> bool {
    let Some(defs) = schema.get("$defs").and_then(Json::as_object) else { return false };
    let uses = |schema: &Json| {
        let mut found = HashSet::new();
        let mut pending = vec![schema];
        while let Some(next) = pending.pop() {
            match next {
                Json::Object(object) => {
                    if let Some(name) = object.get("$ref").and_then(Json::as_str) {
                        found.insert(name.trim_start_matches("#/$defs/").to_owned());
                    }
                    pending
                        .extend(object.iter().filter(|(name, _)| *name != "$defs").map(|(_, value)| value));
                }
                Json::Array(values) => pending.extend(values),
                _ => {}
            }
        }
        found
    };
    // What leads only to what is done is done; what is left over leads back to itself.
    let mut left: Vec<(&String, HashSet<String>)> =
        defs.iter().map(|(name, def)| (name, uses(def))).collect();
    loop {
        let (done, open): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, uses)| uses.is_empty());
        if open.is_empty() || done.is_empty() {
            return !open.is_empty();
        }
        left = open;
        for (name, _) in done {
            for (_, uses) in &mut left {
                uses.remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{json_schema, notation::ty};

    fn say(notation: &str) -> Spoken {
        ANTHROPIC.say(&json_schema(&ty(notation)))
    }

    #[test]
    fn what_a_dialect_cannot_say_is_said_in_words() {
        let Spoken::Fits { schema, told } = say(
            "{name: text where len 1..20, marks: [int where 1..6; 2..], when: date?, code: text where ~ \"^a$\"}",
        ) else {
            panic!("it fits")
        };
        let wanted = [
            "`name`: at least 1 character",
            "`name`: at most 20 characters",
            "`marks[]`: at least 1",
            "`marks[]`: at most 6",
            "`marks`: at least 2 items",
            "`code`: matches the regular expression ^a$",
        ];
        let mut told = told;
        let mut wanted = wanted.map(str::to_owned).to_vec();
        told.sort();
        wanted.sort();
        assert_eq!(told, wanted);
        assert_eq!(schema["properties"]["marks"], json!({"type": "array", "items": {"type": "integer"}}));
        assert_eq!(schema["properties"]["when"]["anyOf"][0]["format"], json!("date"));
        let Spoken::Fits { schema, told } = say("{marks: [int; 1..]}") else { panic!("it fits") };
        assert_eq!((&schema["properties"]["marks"]["minItems"], told.len()), (&json!(1), 0));
    }

    /// The row of a dialect in the docs.
    fn row(dialect: &Dialect) -> String {
        let takes = |keyword: &str| match (keyword, dialect.min_items) {
            ("minItems", Some(most)) => format!("`minItems` up to {most}"),
            ("pattern", _) => "`pattern` if plain".to_owned(),
            _ => format!("`{keyword}`"),
        };
        let keywords: Vec<String> = dialect.keywords.iter().map(|keyword| takes(keyword)).collect();
        let not = if dialect.loose_answers { "a hint" } else { "words" };
        let yes = |yes| if yes { "yes" } else { not };
        let unions = dialect.unions.map_or_else(|| "any".to_owned(), |most| format!("up to {most}"));
        format!(
            "| `{}` | {} | {} | {} | {} | {unions} |",
            dialect.name,
            keywords.join(" "),
            yes(dialect.recursive),
            yes(dialect.maps),
            not,
        )
    }

    #[test]
    fn the_docs_tell_what_each_dialect_takes() {
        let docs = include_str!("../../../../docs/instruments.md");
        for dialect in ALL {
            assert!(docs.contains(&row(dialect)), "docs/instruments.md lacks:\n{}", row(dialect));
        }
    }

    #[test]
    fn what_it_cannot_say_at_all_is_left_alone() {
        assert_eq!(say("{a: map[int]}"), Spoken::Not("a map"));
        assert_eq!(say("{a: json}"), Spoken::Not("any value at all"));
        let described =
            serde_json::json!({"type": "object", "properties": {"a": {"description": "Whatever."}}});
        for dialect in ALL {
            assert_eq!(dialect.say(&described), Spoken::Not("any value at all"), "{}", dialect.name);
        }
        assert_eq!(say("Node{value: int, next: Node?}"), Spoken::Not("a type that contains itself"));
        let many: Vec<String> = (0..17).map(|at| format!("f{at}: int?")).collect();
        assert_eq!(say(&format!("{{{}}}", many.join(", "))), Spoken::Not("so many fields of several types"));
        // A type that stands in two places does not contain itself.
        assert!(matches!(say("{a: P{x: int, y: Q{z: int}}, b: [P], c: Q}"), Spoken::Fits { .. }));
    }
}
