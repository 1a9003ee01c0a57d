//! `speech(…)`: texts spoken by OpenAI, and by any server that speaks its audio.
//!
//! After <https://developers.openai.com/api/reference/resources/audio> and the types of its Python SDK (3.57).

use serde_json::{Map, json};

use crate::instrument::{Abilities, Failure, Reply, Request, Stage, Usage};
use crate::types::Type;
use crate::value::MediaKind;

use super::chat::{Hosted, Said, Told, Unread, Wanted, chosen, conversation, unknown, unsaid, written};
use super::media::{kind, medium, mime};
use super::openai::{HOME, LIST, Plain, ask, refuse};
use super::settings::{Row, Settings};

const FORMATS: &[&str] = &["mp3", "opus", "aac", "flac", "wav"];

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "speech",
    doc: "Speaks the part's text: OpenAI, or any server that speaks its audio.",
    model: "The model's name, such as \"gpt-4o-mini-tts\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities { audio_out: true, ..Abilities::default() },
    price: unknown,
    longest: unsaid,
    check: |settings| {
        speed(settings)?;
        chosen(settings, "format", FORMATS).map(drop)
    },
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    vec![
        ("voice", Type::Text, "Whose voice (\"alloy\")."),
        ("manner", Type::Text, "How it is to be spoken, in words; for models that take it."),
        ("speed", Type::Number, "How fast, from 0.25 to 4 (1)."),
        ("format", Type::Text, "The format: \"mp3\" (usual), \"opus\", \"aac\", \"flac\", \"wav\"."),
    ]
}

/// How fast it is to be spoken.
fn speed(settings: Settings<'_>) -> Result<Option<f64>, Failure> {
    match settings.number("speed") {
        Some(speed) if !(0.25..=4.0).contains(&speed) => {
            let message = format!("`speed: {speed}` is not how fast anybody speaks");
            Err(refuse(message, "it is from 0.25 to 4, and 1 where nothing is said"))
        }
        speed => Ok(speed),
    }
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let (body, characters) = spoken(&request, Settings::of(&request.instrument))?;
    let body = (body, "application/json".to_owned());
    let protocol = Plain { noun: "a sound", read: |body: &[u8]| read(body, characters) };
    let wanted = Wanted::Media { kind: MediaKind::Audio, many: false };
    ask(&request, stage, "audio/speech", body, &protocol, wanted).await
}

/// The body of a call that speaks, and how many characters that are.
pub(super) fn spoken(request: &Request, settings: Settings<'_>) -> Result<(Vec<u8>, u64), Failure> {
    if *request.answer.shape() != Type::Audio {
        let message = format!("`speech` can't make a value of type {}", request.answer);
        return Err(refuse(message, "it gives `audio`"));
    }
    let mut input = String::new();
    for said in conversation(request, None, None).into_iter().flat_map(|turn| turn.said) {
        match said {
            Said::Words(words) => input.push_str(&words),
            Said::Media(media) => {
                let message = format!("a file of type {} can't be spoken", media.mime);
                return Err(refuse(message, "give the part's text words alone"));
            }
            Said::Call(_) | Said::Gave(..) => {}
        }
    }
    if input.trim().is_empty() {
        return Err(refuse("there is nothing to be spoken", "give the part a text"));
    }
    let mut body = Map::new();
    body.insert("model".into(), settings.needed("model")?.into());
    body.insert("input".into(), input.as_str().into());
    body.insert("voice".into(), settings.text("voice").unwrap_or("alloy").into());
    body.insert("response_format".into(), chosen(settings, "format", FORMATS)?.unwrap_or("mp3").into());
    body.extend(settings.text("manner").map(|manner| ("instructions".to_owned(), manner.into())));
    body.extend(speed(settings)?.map(|speed| ("speed".to_owned(), json!(speed))));
    Ok((written(&body)?, u64::try_from(input.chars().count()).unwrap_or(u64::MAX)))
}

/// The sound that an answer is.
fn read(body: &[u8], characters: u64) -> Result<Told, Unread> {
    let mime = mime(body, None);
    if kind(mime) != MediaKind::Audio {
        return Err(Unread::Other);
    }
    let made = vec![medium(MediaKind::Audio, mime, None, body.to_vec())];
    Ok(Told { made, usage: Usage { units: Some(characters), ..Usage::default() }, ..Told::default() })
}
