//! Every body that a backend can make is one that its provider's published schema takes. The schemas in
//! `tests/schemas` are transcriptions; each names its source.

use jsonschema::Validator;
use serde_json::{Map, Value as Json, json};

use super::made::has_odd_media;
use super::wires::{Wire, bodies, wires};
use crate::instrument::{Failure, FailureKind, Request};

fn validator(schema: &str) -> Option<Validator> {
    let schema: Json = serde_json::from_str(schema).ok()?;
    Some(jsonschema::validator_for(&schema).expect("a sound schema"))
}

/// The fields of a form: a text, or a file by its name and media type; of a name with `[]` all in a list.
fn fields(body: &[u8], mime: &str) -> Json {
    let boundary = mime.split_once("boundary=").expect("a boundary").1;
    let text = String::from_utf8_lossy(body).into_owned();
    let mut fields = Map::new();
    for part in text.split(&format!("--{boundary}")).filter(|part| part.starts_with("\r\n")) {
        let (head, content) = part.trim_start().split_once("\r\n\r\n").expect("a head");
        let named = |name: &str| {
            let (_, rest) = head.split_once(&format!(" {name}=\""))?;
            Some(rest.split_once('"').expect("the end of a name").0.to_owned())
        };
        let name = named("name").expect("a name");
        let mime = head.split_once("Content-Type: ").map(|(_, mime)| mime);
        let value = match (named("filename"), mime) {
            (Some(file), Some(mime)) => json!({"file": file, "mime": mime}),
            _ => content.trim_end_matches("\r\n").into(),
        };
        if name.ends_with("[]") {
            let all = fields.entry(name).or_insert_with(|| json!([]));
            all.as_array_mut().expect("a list").push(value);
        } else {
            assert!(fields.insert(name, value).is_none(), "a field twice: {text}");
        }
    }
    Json::Object(fields)
}

/// Whether a request that was made up may be refused, and so.
fn may_refuse(wire: &Wire, request: &Request, failure: &Failure) -> bool {
    let said = |words: &&str| failure.message.contains(words);
    failure.message.contains("says nothing")
        || wire.refusals.iter().any(said)
        || has_odd_media(request, wire.played.takes)
}

#[test]
fn every_body_is_valid_by_the_providers_schema() {
    for wire in wires() {
        let name = wire.name;
        let (schema, form) = (validator(wire.schema), validator(wire.form));
        let (mut sent, mut refused) = (0, 0);
        bodies(&wire, 1_500, |(request, _), body| match body {
            Ok((body, mime)) => {
                sent += 1;
                let (body, validator) = match &*mime {
                    "application/json" => (serde_json::from_slice(&body).expect("JSON"), &schema),
                    form_mime => (fields(&body, form_mime), &form),
                };
                let wrong: Vec<String> = validator
                    .as_ref()
                    .expect("a schema for it")
                    .iter_errors(&body)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(wrong.is_empty(), "{name}: {}\n{body:#}", wrong.join("\n"));
            }
            Err(failure) => {
                refused += 1;
                assert_eq!(failure.kind, FailureKind::InvalidRequest, "{name}: {failure:?}");
                assert!(may_refuse(&wire, request, &failure), "{name}: {failure:?}\n{request:?}");
            }
        });
        assert!(sent >= wire.least * 15, "{name}: {sent} of {} were sent", sent + refused);
    }
}
