//! `transcribe(…)`: speech written down by OpenAI, and by any server that speaks its audio.
//!
//! After <https://developers.openai.com/api/reference/resources/audio> and the types of its Python SDK (3.57).

use std::sync::Arc;

use serde::Deserialize;

use crate::instrument::{Abilities, Failure, Reply, Request, Stage, Usage};
use crate::types::Type;
use crate::value::Media;

use super::chat::{Hosted, Said, Told, Unread, Wanted, conversation, unknown, unsaid};
use super::form::Form;
use super::openai::{HOME, LIST, Plain, ask, refuse};
use super::settings::{Row, Settings};

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "transcribe",
    doc: "Writes down what is said in a sound: OpenAI, or any server that speaks its audio.",
    model: "The model's name, such as \"gpt-transcribe\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities { chat: true, audio_in: true, ..Abilities::default() },
    price: unknown,
    longest: unsaid,
    check: |_| Ok(()),
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    vec![
        ("language", Type::Text, "The language that is spoken, as \"en\", \"de\" (it finds out)."),
        ("temperature", Type::Number, "How freely it chooses its words."),
    ]
}

/// What it takes in.
const HEARD: &[&str] = &[
    "audio/mpeg",
    "audio/mp3",
    "audio/mp4",
    "audio/wav",
    "audio/x-wav",
    "audio/ogg",
    "audio/flac",
    "audio/webm",
    "video/mp4",
    "video/webm",
];

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let form = heard(&request, Settings::of(&request.instrument))?;
    let protocol = Plain { noun: "a transcription", read };
    ask(&request, stage, "audio/transcriptions", form, &protocol, Wanted::Words).await
}

/// The form of a call that writes down. Words beside the sound tell what it is about.
pub(super) fn heard(request: &Request, settings: Settings<'_>) -> Result<(Vec<u8>, String), Failure> {
    let (mut hint, mut sounds): (String, Vec<Arc<Media>>) = (String::new(), Vec::new());
    for said in conversation(request, None, None).into_iter().flat_map(|turn| turn.said) {
        match said {
            Said::Words(words) => hint.push_str(&words),
            Said::Media(media) if HEARD.contains(&&*media.mime) => sounds.push(media),
            Said::Media(media) => {
                let message = format!("a file of type {} can't be listened to", media.mime);
                return Err(refuse(message, "it takes mp3, m4a, mp4, wav, ogg, flac and webm"));
            }
            Said::Call(_) | Said::Gave(..) => {}
        }
    }
    let [sound] = sounds.as_slice() else {
        let message = format!("{} sounds are given, and one is written down at a time", sounds.len());
        return Err(refuse(message, "put one sound in the text: `\"{recording}\"`"));
    };
    let mut form = Form::default();
    form.text("model", settings.needed("model")?);
    form.text("response_format", "json");
    form.file("file", sound);
    if !hint.trim().is_empty() {
        form.text("prompt", hint.trim());
    }
    if let Some(language) = settings.text("language") {
        form.text("language", language);
    }
    if let Some(temperature) = settings.number("temperature") {
        form.text("temperature", temperature.to_string());
    }
    Ok(form.written())
}

#[derive(Deserialize)]
struct Transcription {
    text: String,
    usage: Option<Used>,
}

#[derive(Deserialize)]
struct Used {
    seconds: Option<f64>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    input_token_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    audio_tokens: Option<u64>,
}

/// What was written down.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // how long a sound lasts
fn read(body: &[u8]) -> Result<Told, Unread> {
    let said: Transcription = serde_json::from_slice(body).map_err(|_| Unread::Other)?;
    let usage = said.usage.map_or_else(Usage::default, |used| Usage {
        tokens_in: used.input_tokens,
        tokens_out: used.output_tokens,
        tokens_heard: used.input_token_details.and_then(|details| details.audio_tokens),
        units: used.seconds.map(|seconds| seconds.max(0.0).ceil() as u64),
        ..Usage::default()
    });
    Ok(Told { text: said.text, usage, ..Told::default() })
}
