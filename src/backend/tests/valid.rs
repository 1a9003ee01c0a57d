//! Every body that a backend can make is one that its provider's published schema takes. The schemas in
//! `tests/schemas` are transcriptions; each names its source.

use jsonschema::Validator;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;

use super::made::{Made, Played, has_odd_media, requests};
use crate::backend::{anthropic, gemini, ollama, openai};
use crate::instrument::{Failure, FailureKind, Request};
use crate::value::Value;

/// A wire: who plays, what bodies it makes, and what they must keep to.
pub(super) struct Wire {
    pub(super) played: Played,
    /// A memo of its own.
    pub(super) memo: &'static str,
    pub(super) body: fn(&Request, bool) -> Result<Vec<u8>, Failure>,
    schema: &'static str,
}

fn texts(all: &[&str]) -> Vec<Value> {
    all.iter().map(|text| Value::text(text)).collect()
}

fn sampler() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("temperature", vec![Value::Number(0.5), Value::Int(0)]),
        ("top_p", vec![Value::Number(0.9)]),
        ("max_tokens", vec![Value::Int(9_000), Value::Int(1)]),
        ("persona", texts(&["A sailor.", ""])),
    ]
}

fn with(more: &[(&'static str, Vec<Value>)]) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = sampler();
    all.extend_from_slice(more);
    all
}

/// Every wire.
pub(super) fn wires() -> Vec<Wire> {
    vec![completions(), responses(), claude(), google(), llama()]
}

fn completions() -> Wire {
    Wire {
        played: Played {
            constructor: "openai",
            settings: with(&[
                ("effort", texts(&["low", "minimal"])),
                ("json", texts(&["schema", "object", "words"])),
                ("seed", vec![Value::Int(7)]),
                ("base_url", texts(&["https://api.openai.com/v1", "http://127.0.0.1:1/v1"])),
            ]),
            takes: &[
                "image/png",
                "audio/wav",
                "audio/mpeg",
                "application/pdf",
                "application/zip",
                "text/plain",
            ],
            answers: &[],
        },
        memo: "openai, responses a-model|[]",
        body: openai::body,
        schema: include_str!("../../../tests/schemas/openai_chat.json"),
    }
}

fn responses() -> Wire {
    Wire {
        played: Played {
            constructor: "openai",
            settings: with(&[
                ("effort", texts(&["low", "xhigh"])),
                ("json", texts(&["schema", "object", "words"])),
            ]),
            takes: &["image/png", "application/pdf", "application/zip", "text/plain"],
            answers: &[],
        },
        memo: r#"openai, responses a-model|[{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"x"}]"#,
        body: |request, streamed| {
            let mut request = request.clone();
            let mut instrument = (*request.instrument).clone();
            instrument.settings.insert("api".into(), Value::text("responses"));
            request.instrument = instrument.into();
            openai::body(&request, streamed)
        },
        schema: include_str!("../../../tests/schemas/openai_responses.json"),
    }
}

fn claude() -> Wire {
    Wire {
        played: Played {
            constructor: "anthropic",
            settings: with(&[
                ("effort", texts(&["low", "max"])),
                ("thinking", vec![Value::Bool(true), Value::Bool(false), Value::Int(2_000)]),
                ("json", texts(&["schema", "words"])),
                ("prompt_cache", vec![Value::Duration(300_000), Value::Duration(3_600_000)]),
            ]),
            takes: &["image/png", "image/webp", "application/pdf", "text/plain", "text/csv"],
            answers: &[],
        },
        memo: r#"anthropic a-model|[{"type":"thinking","thinking":"","signature":"s"}]"#,
        body: anthropic::body,
        schema: include_str!("../../../tests/schemas/anthropic.json"),
    }
}

fn google() -> Wire {
    Wire {
        played: Played {
            constructor: "gemini",
            settings: with(&[
                ("effort", texts(&["low", "xhigh"])),
                ("thinking", vec![Value::Bool(true), Value::Bool(false), Value::Int(2_000)]),
                ("json", texts(&["schema", "object", "words"])),
                ("seed", vec![Value::Int(7)]),
            ]),
            takes: &["image/png", "image/heic", "audio/wav", "application/pdf", "text/plain"],
            answers: &[],
        },
        memo: r#"gemini a-model|["s",null]"#,
        body: gemini::body,
        schema: include_str!("../../../tests/schemas/gemini.json"),
    }
}

fn llama() -> Wire {
    Wire {
        played: Played {
            constructor: "ollama",
            settings: with(&[
                ("effort", texts(&["low", "high"])),
                ("thinking", vec![Value::Bool(true), Value::Bool(false)]),
                ("json", texts(&["schema", "object", "words"])),
                ("seed", vec![Value::Int(7)]),
                ("context", vec![Value::Int(8_192)]),
                ("keep_alive", vec![Value::Duration(600_000)]),
            ]),
            takes: &["image/png", "image/tiff", "text/plain"],
            answers: &[],
        },
        memo: "ollama a-model|I look.",
        body: ollama::body,
        schema: include_str!("../../../tests/schemas/ollama.json"),
    }
}

fn runner(cases: u32) -> TestRunner {
    let seed = [7; 32];
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Made requests with their bodies.
pub(super) fn bodies(wire: &Wire, count: u32, mut each: impl FnMut(&Made, Result<Vec<u8>, Failure>)) {
    let mut runner = runner(count);
    let strategy = requests(&wire.played, wire.memo);
    for _ in 0..count {
        let made = proptest::strategy::Strategy::new_tree(&strategy, &mut runner).expect("a request");
        let made = proptest::strategy::ValueTree::current(&made);
        let body = (wire.body)(&made.0, made.1);
        each(&made, body);
    }
}

#[test]
fn every_body_is_valid_by_the_providers_schema() {
    for wire in wires() {
        let name = wire.played.constructor;
        let schema: Json = serde_json::from_str(wire.schema).expect("a schema");
        let validator: Validator = jsonschema::validator_for(&schema).expect("a sound schema");
        let (mut sent, mut refused) = (0, 0);
        bodies(&wire, 1_500, |(request, _), body| match body {
            Ok(body) => {
                sent += 1;
                let body: Json = serde_json::from_slice(&body).expect("JSON");
                let wrong: Vec<String> = validator
                    .iter_errors(&body)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(wrong.is_empty(), "{name}: {}\n{body:#}", wrong.join("\n"));
            }
            Err(failure) => {
                refused += 1;
                assert_eq!(failure.kind, FailureKind::InvalidRequest, "{name}: {failure:?}");
                let silent = failure.message.contains("says nothing");
                let settings = ["leaves no room", "say the same in two ways"];
                let settings = settings.iter().any(|words| failure.message.contains(words));
                assert!(
                    silent || settings || has_odd_media(request, wire.played.takes),
                    "{name}: {failure:?}\n{request:?}"
                );
            }
        });
        assert!(sent > 900, "{name}: {sent} of {} were sent", sent + refused);
    }
}
