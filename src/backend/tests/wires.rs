//! Every wire, with the settings and the media that it takes: what is made up for it, and the body that it makes.

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::made::{Made, Played, requests};
use crate::backend::settings::Settings;
use crate::backend::{anthropic, gemini, gemini_image, ollama, openai, openai_image, speech, transcribe};
use crate::instrument::{Failure, Request};
use crate::value::Value;

const JSON: &str = "application/json";

/// A body with its media type.
pub(super) type Sent = (Vec<u8>, String);

/// A wire: who plays, what bodies it makes, and what they must keep to.
pub(super) struct Wire {
    pub(super) name: &'static str,
    pub(super) played: Played,
    /// A memo of its own.
    pub(super) memo: &'static str,
    pub(super) body: fn(&Request, bool) -> Result<Sent, Failure>,
    /// The provider's schema, transcribed.
    pub(super) schema: &'static str,
    /// The one for its forms, where it makes such.
    pub(super) form: &'static str,
    /// Words of the refusals that requests made up for it may meet, beside those that all wires share.
    pub(super) refusals: &'static [&'static str],
    /// Of a hundred requests made up, so many are sent at least.
    pub(super) least: u32,
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
    vec![
        completions(),
        responses(),
        claude(),
        google(),
        llama(),
        pictures(),
        edits(),
        google_pictures(),
        voice(),
        clerk(),
    ]
}

fn json(body: Result<Vec<u8>, Failure>) -> Result<Sent, Failure> {
    Ok((body?, JSON.to_owned()))
}

fn completions() -> Wire {
    Wire {
        name: "openai, chat",
        played: Played {
            constructor: "openai",
            settings: with(&[
                ("effort", texts(&["low", "minimal"])),
                ("json", texts(&["schema", "object", "words"])),
                ("seed", vec![Value::Int(7)]),
                ("prompt_cache", vec![Value::Duration(1_800_000), Value::Duration(86_400_000)]),
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
            tools: true,
        },
        memo: "openai, responses a-model|[]",
        body: |request, streamed| json(openai::body(request, streamed)),
        schema: include_str!("../../../tests/schemas/openai_chat.json"),
        form: "",
        least: 60,
        refusals: &[],
    }
}

fn responses() -> Wire {
    Wire {
        name: "openai, responses",
        played: Played {
            constructor: "openai",
            settings: with(&[
                ("effort", texts(&["low", "xhigh"])),
                ("json", texts(&["schema", "object", "words"])),
                ("prompt_cache", vec![Value::Duration(1_800_000), Value::Duration(86_400_000)]),
            ]),
            takes: &["image/png", "application/pdf", "application/zip", "text/plain"],
            answers: &[],
            tools: true,
        },
        memo: r#"openai, responses a-model|[{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"x"}]"#,
        body: |request, streamed| {
            let mut request = request.clone();
            let mut instrument = (*request.instrument).clone();
            instrument.settings.insert("api".into(), Value::text("responses"));
            request.instrument = instrument.into();
            json(openai::body(&request, streamed))
        },
        schema: include_str!("../../../tests/schemas/openai_responses.json"),
        form: "",
        least: 60,
        refusals: &[],
    }
}

fn claude() -> Wire {
    Wire {
        name: "anthropic",
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
            tools: true,
        },
        memo: r#"anthropic a-model|[{"type":"thinking","thinking":"","signature":"s"}]"#,
        body: |request, streamed| json(anthropic::body(request, streamed)),
        schema: include_str!("../../../tests/schemas/anthropic.json"),
        form: "",
        least: 60,
        refusals: &["leaves no room"],
    }
}

fn google() -> Wire {
    Wire {
        name: "gemini",
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
            tools: true,
        },
        memo: r#"gemini a-model|["c2ln",null]"#,
        body: |request, streamed| json(gemini::body(request, streamed)),
        schema: include_str!("../../../tests/schemas/gemini.json"),
        form: "",
        least: 60,
        refusals: &["say the same in two ways"],
    }
}

fn llama() -> Wire {
    Wire {
        name: "ollama",
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
            tools: true,
        },
        memo: "ollama a-model|I look.",
        body: |request, streamed| json(ollama::body(request, streamed)),
        schema: include_str!("../../../tests/schemas/ollama.json"),
        form: "",
        least: 60,
        refusals: &[],
    }
}

fn picture_settings() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("size", texts(&["1024x1024", "1536x864", "auto"])),
        ("quality", texts(&["low", "xhigh"])),
        ("background", texts(&["transparent", "opaque"])),
        ("format", texts(&["png", "webp"])),
        ("base_url", texts(&["https://api.openai.com/v1", "http://127.0.0.1:1/v1"])),
    ]
}

fn pictures() -> Wire {
    Wire {
        name: "openai_image",
        played: Played {
            constructor: "openai_image",
            settings: picture_settings(),
            takes: &[],
            answers: &["image", "[image; 3]", "[image; 1]"],
            tools: false,
        },
        memo: "",
        body: |request, _| {
            let order = openai_image::order(request)?;
            openai_image::body(&order, Settings::of(&request.instrument))
        },
        schema: include_str!("../../../tests/schemas/openai_image.json"),
        form: include_str!("../../../tests/schemas/openai_image_edits.json"),
        least: 20,
        refusals: &["does not say what the image is to show"],
    }
}

fn edits() -> Wire {
    let mut wire = pictures();
    wire.name = "openai_image, edits";
    wire.played.takes = &["image/png", "image/webp", "image/jpeg"];
    wire
}

fn google_pictures() -> Wire {
    Wire {
        name: "gemini_image",
        played: Played {
            constructor: "gemini_image",
            settings: vec![
                ("aspect", texts(&["1:1", "16:9"])),
                ("size", texts(&["1K", "4K"])),
                ("persona", texts(&["A sailor."])),
            ],
            takes: &["image/png", "image/webp", "text/plain"],
            answers: &["image"],
            tools: false,
        },
        memo: "",
        body: |request, streamed| json(gemini_image::body(request, streamed)),
        schema: include_str!("../../../tests/schemas/gemini.json"),
        form: "",
        least: 60,
        refusals: &[],
    }
}

fn voice() -> Wire {
    Wire {
        name: "speech",
        played: Played {
            constructor: "speech",
            settings: vec![
                ("voice", texts(&["alloy", "marin"])),
                ("manner", texts(&["Calmly."])),
                ("speed", vec![Value::Number(0.25), Value::Int(4)]),
                ("format", texts(&["mp3", "opus", "aac", "flac", "wav"])),
            ],
            takes: &[],
            answers: &["audio"],
            tools: false,
        },
        memo: "",
        body: |request, _| json(Ok(speech::spoken(request, Settings::of(&request.instrument))?.0)),
        schema: include_str!("../../../tests/schemas/openai_speech.json"),
        form: "",
        least: 20,
        refusals: &["there is nothing to be spoken"],
    }
}

fn clerk() -> Wire {
    Wire {
        name: "transcribe",
        played: Played {
            constructor: "transcribe",
            settings: vec![
                ("language", texts(&["en", "de"])),
                ("temperature", vec![Value::Number(0.5), Value::Int(0)]),
            ],
            takes: &["audio/wav", "audio/mpeg", "audio/ogg", "video/webm"],
            answers: &["text"],
            tools: false,
        },
        memo: "",
        body: |request, _| transcribe::heard(request, Settings::of(&request.instrument)),
        schema: "",
        form: include_str!("../../../tests/schemas/openai_transcribe.json"),
        least: 10,
        refusals: &["sounds are given"],
    }
}

fn runner(cases: u32) -> TestRunner {
    let seed = [7; 32];
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Made requests with their bodies.
pub(super) fn bodies(wire: &Wire, count: u32, mut each: impl FnMut(&Made, Result<Sent, Failure>)) {
    let mut runner = runner(count);
    let strategy = requests(&wire.played, wire.memo);
    for _ in 0..count {
        let made = proptest::strategy::Strategy::new_tree(&strategy, &mut runner).expect("a request");
        let made = proptest::strategy::ValueTree::current(&made);
        let body = (wire.body)(&made.0, made.1);
        each(&made, body);
    }
}
