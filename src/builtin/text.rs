//! Texts. A character is a code point, as in the lengths of a JSON Schema.

use std::cell::RefCell;

use regex::Regex;

use super::argument::{
    A, argument, count, list, list_of, map_of, may_take, signature, takes, text, text_or, unlike,
};
use super::slug::slug;
use super::{Builtin, Need, Run, SizeFlow, Trouble};
use crate::types::{Type, regular_expression};
use crate::value::{Value, json_text};

pub(super) static ROWS: &[Builtin] = &[
    Builtin {
        name: "len",
        doc: "How many characters a text has, elements a list, or keys a map.",
        example: (r#"len("tide") + len([1, 2])"#, "6"),
        signature: || {
            let measured = Type::union([Type::Text, list_of(Type::Unknown), map_of(Type::Unknown)]);
            signature([takes("value", measured, "A text, list or map.")], Type::Int)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| match argument(arguments, 0) {
            Value::Text(text) => Ok(count(text.chars().count())),
            Value::List(values) => Ok(count(values.len())),
            Value::Map(map) => Ok(count(map.len())),
            other => Err(unlike("a text, list or map", other)),
        }),
    },
    Builtin {
        name: "words",
        doc: "The words of a text: what stands between blanks and line breaks.",
        example: (r#"words("  The tide  rises. ")"#, r#"["The", "tide", "rises."]"#),
        signature: || signature([the_text()], list_of(Type::Text)),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(texts(text(arguments, 0)?.split_whitespace()))),
    },
    Builtin {
        name: "lines",
        doc: "The lines of a text, without their line breaks. A line break at the end begins no further line.",
        example: (r#"lines("one\ntwo\n")"#, r#"["one", "two"]"#),
        signature: || signature([the_text()], list_of(Type::Text)),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(texts(text(arguments, 0)?.lines()))),
    },
    Builtin {
        name: "join",
        doc: "One text out of a list of texts, with a separator between each two.",
        example: (r#"join(["ebb", "flow"], " and ")"#, r#""ebb and flow""#),
        signature: || {
            let separator =
                may_take("separator", Type::Text, "What stands between two texts; nothing if left out.");
            signature([takes("texts", list_of(Type::Text), "The texts."), separator], Type::Text)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let separator = text_or(arguments, 1, "")?;
            let parts: Vec<&str> = list(arguments, 0)?
                .iter()
                .map(|value| value.as_text().ok_or_else(|| unlike("a text", value)))
                .collect::<Result<_, _>>()?;
            Ok(Value::text(&parts.join(separator)))
        }),
    },
    Builtin {
        name: "split",
        doc: "The pieces of a text between separators. An empty separator gives its characters.",
        example: (r#"split("a, b, c", ", ")"#, r#"["a", "b", "c"]"#),
        signature: || {
            let separator = takes("separator", Type::Text, "What stands between two pieces.");
            signature([the_text(), separator], list_of(Type::Text))
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let (whole, separator) = (text(arguments, 0)?, text(arguments, 1)?);
            if separator.is_empty() {
                let mut buffer = [0; 4];
                return Ok(Value::list(
                    whole.chars().map(|one| Value::text(one.encode_utf8(&mut buffer))).collect::<Vec<_>>(),
                ));
            }
            Ok(texts(whole.split(separator)))
        }),
    },
    Builtin {
        name: "trim",
        doc: "A text without blanks and line breaks at its beginning and end.",
        example: (r#"trim("  tide\n")"#, r#""tide""#),
        signature: || signature([the_text()], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::text(text(arguments, 0)?.trim()))),
    },
    Builtin {
        name: "upper",
        doc: "A text in capital letters.",
        example: (r#"upper("Straße")"#, r#""STRASSE""#),
        signature: || signature([the_text()], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::text(&text(arguments, 0)?.to_uppercase()))),
    },
    Builtin {
        name: "lower",
        doc: "A text in small letters.",
        example: (r#"lower("TIDE")"#, r#""tide""#),
        signature: || signature([the_text()], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::text(&text(arguments, 0)?.to_lowercase()))),
    },
    Builtin {
        name: "replace",
        doc: "A text with every occurrence of one text replaced by another.",
        example: (r#"replace("low tide", "low", "high")"#, r#""high tide""#),
        signature: || {
            let old = takes("old", Type::Text, "What is looked for; not empty.");
            let new = takes("new", Type::Text, "What is put in its place.");
            signature([the_text(), old, new], Type::Text)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| {
            let (whole, old, new) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
            if old.is_empty() {
                return Err(Trouble::new("`replace` cannot look for an empty text"));
            }
            Ok(Value::text(&whole.replace(old, new)))
        }),
    },
    Builtin {
        name: "contains",
        doc: "Whether a text has another in it, capital and small letters told apart.",
        example: (r#"contains("low tide", "tide")"#, "true"),
        signature: || signature([the_text(), takes("part", Type::Text, "What is looked for.")], Type::Bool),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::Bool(text(arguments, 0)?.contains(text(arguments, 1)?)))),
    },
    Builtin {
        name: "starts_with",
        doc: "Whether a text begins with another.",
        example: (r##"starts_with("# Tides", "#")"##, "true"),
        signature: || signature([the_text(), takes("start", Type::Text, "The beginning.")], Type::Bool),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::Bool(text(arguments, 0)?.starts_with(text(arguments, 1)?)))),
    },
    Builtin {
        name: "ends_with",
        doc: "Whether a text ends with another.",
        example: (r#"ends_with("tides.md", ".md")"#, "true"),
        signature: || signature([the_text(), takes("end", Type::Text, "The end.")], Type::Bool),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::Bool(text(arguments, 0)?.ends_with(text(arguments, 1)?)))),
    },
    Builtin {
        name: "matches",
        doc: "Whether a regular expression is found anywhere in a text; `^` and `$` tie it to beginning and end.",
        example: (r#"matches("2026-01-05", r"^\d{4}-\d\d-\d\d$")"#, "true"),
        signature: || {
            let pattern = "A regular expression, without back references and look-around.";
            signature([the_text(), takes("pattern", Type::Text, pattern)], Type::Bool)
        },
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| matches(text(arguments, 0)?, text(arguments, 1)?)),
    },
    Builtin {
        name: "slug",
        doc: "A text as a name for a file or an address: small letters and digits with `-` between, at most 80 characters, \
              accents of Latin letters left out; `untitled` where nothing is left.",
        example: (r#"slug("Café: Tides & Moons!")"#, r#""cafe-tides-moons""#),
        signature: || signature([the_text()], Type::Text),
        needs: &[],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::text(&slug(text(arguments, 0)?)))),
    },
    Builtin {
        name: "json",
        doc: "A value as JSON in one line.",
        example: (r#"json({title: "Tides", rank: 1})"#, r#"r"""{"title":"Tides","rank":1}""""#),
        signature: || signature([takes("value", A, "Any value without secrets.")], Type::Text),
        needs: &[(0, Need::Data)],
        size: SizeFlow::None,
        run: Run::Pure(|arguments| Ok(Value::text(&json_text(argument(arguments, 0))))),
    },
];

fn the_text() -> crate::types::Param {
    takes("text", Type::Text, "The text.")
}

fn texts<'a>(pieces: impl Iterator<Item = &'a str>) -> Value {
    Value::list(pieces.map(Value::text).collect::<Vec<_>>())
}

/// A regular expression, compiled.
///
/// # Errors
/// What is wrong with it, for the checker to say of a literal one.
pub fn pattern(pattern: &str) -> Result<Regex, Trouble> {
    regular_expression(pattern)
        .map_err(|reason| Trouble::new(format!("`{pattern}` is not a regular expression: {reason}")))
}

fn matches(text: &str, written: &str) -> Result<Value, Trouble> {
    thread_local! {
        /// The last one used: it is mostly the next one, too.
        static LAST: RefCell<Option<(String, Regex)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        let known = last.take().filter(|(known, _)| known == written);
        let (_, regex) = match known {
            Some(known) => last.insert(known),
            None => last.insert((written.to_owned(), pattern(written)?)),
        };
        Ok(Value::Bool(regex.is_match(text)))
    })
}
