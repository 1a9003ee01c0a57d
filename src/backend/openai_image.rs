//! `openai_image(…)`: images by OpenAI, and by any server that speaks its images. With images in its text a part
//! edits them.
//!
//! After <https://developers.openai.com/api/reference/resources/images> and the types of its Python SDK (3.57).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use std::sync::Arc;

use crate::instrument::{Abilities, Failure, FailureKind, Reply, Request, Stage, Usage};
use crate::types::Type;
use crate::value::{Media, MediaKind};

use super::chat::{
    Fault, Hosted, Said, Told, Unread, Wanted, chosen, conversation, unknown, unsaid, written,
};
use super::form::Form;
use super::media::{kind, medium, mime};
use super::openai::{HOME, LIST, Plain, ask, refuse};
use super::settings::{Row, Settings};

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "openai_image",
    doc: "Images by OpenAI, or by any server that speaks its images; with images in the text it edits them.",
    model: "The model's name, such as \"gpt-image-2\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities { images_in: true, images_out: true, ..Abilities::default() },
    price: unknown,
    longest: unsaid,
    check: |settings| {
        chosen(settings, "format", FORMATS)?;
        chosen(settings, "background", BACKGROUNDS).map(drop)
    },
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    vec![
        ("size", Type::Text, "Its size, such as \"1024x1024\" (\"auto\")."),
        ("quality", Type::Text, "How much work goes into it: \"low\", \"medium\", \"high\"."),
        ("background", Type::Text, "What is behind: \"transparent\", \"opaque\"."),
        (
            "format",
            Type::Text,
            "The format of the file: \"png\" (usual), \"webp\", \"jpeg\", for some models \"gif\", \"svg\".",
        ),
    ]
}

const FORMATS: &[&str] = &["png", "webp", "jpeg", "gif", "svg"];
const BACKGROUNDS: &[&str] = &["transparent", "opaque", "auto"];

/// What it edits.
const EDITED: &[&str] = &["image/png", "image/jpeg", "image/webp"];

/// Settings that go to the service as they are, by the names that it has for them.
const PASSED: &[(&str, &str)] =
    &[("size", "size"), ("quality", "quality"), ("background", "background"), ("format", "output_format")];

/// What is asked for: the words of the part, and the images among them.
pub(super) struct Order {
    prompt: String,
    pub(super) images: Vec<Arc<Media>>,
    /// How many; `None`: one that is no list.
    count: Option<u64>,
}

/// Reads what is asked for.
pub(super) fn order(request: &Request) -> Result<Order, Failure> {
    let count = match request.answer.shape() {
        Type::Image => None,
        Type::List(element, size) if *element.shape() == Type::Image => match size.max {
            Some(count) => Some(count),
            None => {
                return Err(refuse("it is not said how many images are wanted", "say it: `-> [image; 3]`"));
            }
        },
        other => {
            let message = format!("an image model can't make a value of type {other}");
            return Err(refuse(message, "it gives `image` or `[image; 3]`"));
        }
    };
    let (mut prompt, mut images) = (String::new(), Vec::new());
    for said in conversation(request, None, None).into_iter().flat_map(|turn| turn.said) {
        match said {
            Said::Words(words) => prompt.push_str(&words),
            Said::Media(media) if EDITED.contains(&&*media.mime) => images.push(media),
            Said::Media(media) => {
                let message = format!("a file of type {} can't be sent to an image model", media.mime);
                return Err(refuse(message, "it takes words, and images in png, jpeg and webp"));
            }
            Said::Call(_) | Said::Gave(..) => {}
        }
    }
    if prompt.trim().is_empty() {
        return Err(refuse("the part does not say what the image is to show", "give the part a text"));
    }
    Ok(Order { prompt, images, count })
}

/// The body of the call and its media type.
pub(super) fn body(order: &Order, settings: Settings<'_>) -> Result<(Vec<u8>, String), Failure> {
    let count = order.count.filter(|count| *count != 1);
    // OpenAI's own models always give the image itself, and refuse to be asked for it.
    let ask_for_it = !HOME.is_used(settings);
    (BACKEND.check)(settings)?;
    let passed = PASSED.iter().filter_map(|(setting, name)| Some((*name, settings.text(setting)?)));
    let model = settings.needed("model")?;
    if order.images.is_empty() {
        let mut body = Map::new();
        body.insert("model".into(), model.into());
        body.insert("prompt".into(), order.prompt.as_str().into());
        body.extend(count.map(|count| ("n".to_owned(), count.into())));
        body.extend(ask_for_it.then(|| ("response_format".to_owned(), "b64_json".into())));
        body.extend(passed.map(|(name, value)| (name.to_owned(), Json::from(value))));
        return Ok((written(&body)?, "application/json".to_owned()));
    }
    let mut form = Form::default();
    form.text("model", model);
    form.text("prompt", order.prompt.as_str());
    let name = if order.images.len() == 1 { "image" } else { "image[]" };
    order.images.iter().for_each(|image| form.file(name, image));
    if let Some(count) = count {
        form.text("n", count.to_string());
    }
    if ask_for_it {
        form.text("response_format", "b64_json");
    }
    passed.for_each(|(name, value)| form.text(name, value));
    Ok(form.written())
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let order = order(&request)?;
    let path = if order.images.is_empty() { "images/generations" } else { "images/edits" };
    let body = body(&order, Settings::of(&request.instrument))?;
    let wanted = Wanted::Media { kind: MediaKind::Image, many: order.count.is_some() };
    ask(&request, stage, path, body, &Plain { noun: "images", read }, wanted).await
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Made>,
    usage: Option<Used>,
}

#[derive(Deserialize)]
struct Made {
    b64_json: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Used {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

/// The images of an answer.
fn read(body: &[u8]) -> Result<Told, Unread> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Unread::Other)?;
    let mut told = Told::default();
    for made in &answer.data {
        match (made.b64_json.as_deref().map(|data| STANDARD.decode(data)), &made.url) {
            (Some(Ok(bytes)), _) => {
                let mime = mime(&bytes, None);
                told.made.push(medium(kind(mime), mime, None, bytes));
            }
            (None, Some(_)) => {
                let said = "the image itself was asked for, and an address of it came".to_owned();
                let kind = Some(FailureKind::BadShape);
                let help = Some("fetch it with `http(…)`, or use a server that gives `b64_json`");
                return Err(Unread::Fault(Fault { kind, said, help }));
            }
            _ => return Err(Unread::Other),
        }
    }
    let used = answer.usage;
    told.usage = Usage {
        tokens_in: used.as_ref().and_then(|used| used.input_tokens),
        tokens_out: used.as_ref().and_then(|used| used.output_tokens),
        units: u64::try_from(told.made.len()).ok(),
        ..Usage::default()
    };
    Ok(told)
}
