//! `gemini_image(…)`: images by Google's Gemini models that make them. With images in its text a part edits them.

use serde_json::{Map, Value as Json, json};

use crate::instrument::{Abilities, Failure, FailureKind, Reply, Request, Stage};
use crate::types::Type;
use crate::value::MediaKind;

use super::chat::{Call, Hosted, Wanted, chosen, speak, unknown, unsaid, written};
use super::gemini::{GenerateContent, HOME, LIST, said, service};
use super::settings::{Row, Settings};

const SIZES: &[&str] = &["512", "1K", "2K", "4K"];

/// The backend.
pub(super) static BACKEND: Hosted = Hosted {
    name: "gemini_image",
    doc: "Images by Google's Gemini; with images in the text it edits them.",
    model: "The model's name, such as \"gemini-3.1-flash-image\".",
    home: &HOME,
    rows,
    abilities: |_| Abilities { images_in: true, images_out: true, ..Abilities::default() },
    price: unknown,
    longest: unsaid,
    check: |settings| {
        chosen(settings, "size", SIZES)?;
        service(settings, false).map(drop)
    },
    list: LIST,
    play: |request, stage| Box::pin(play(request, stage)),
};

fn rows() -> Vec<Row> {
    vec![
        ("aspect", Type::Text, "Its shape, such as \"1:1\", \"16:9\", \"3:4\"."),
        ("size", Type::Text, "Its size: \"1K\" (usual), \"2K\", \"4K\", for some models also \"512\"."),
    ]
}

/// The body of the call; it never comes bit by bit.
pub(super) fn body(request: &Request, _streamed: bool) -> Result<Vec<u8>, Failure> {
    if *request.answer.shape() != Type::Image {
        let message = format!("`gemini_image` can't make a value of type {}", request.answer);
        return Err(Failure::new(FailureKind::InvalidRequest, message)
            .with_help("it gives one `image` a call: for several ask in a loop"));
    }
    let settings = Settings::of(&request.instrument);
    let mut body = said(request, settings, None, settings.needed("model")?)?;
    let mut image = Map::new();
    let aspect = settings.text("aspect").map(|aspect| ("aspectRatio".to_owned(), Json::from(aspect)));
    image.extend(aspect);
    image.extend(chosen(settings, "size", SIZES)?.map(|size| ("imageSize".to_owned(), Json::from(size))));
    let mut config = json!({"responseModalities": ["TEXT", "IMAGE"]});
    if !image.is_empty() {
        config["imageConfig"] = Json::Object(image);
    }
    body.insert("generationConfig".into(), config);
    written(&body)
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let service = service(settings, false)?;
    let protocol = GenerateContent { model: settings.needed("model")?.into() };
    let body = body(&request, false)?;
    speak(Call {
        request: &request,
        stage,
        settings,
        service,
        protocol: &protocol,
        body,
        headers: Vec::new(),
        streamed: false,
        wanted: Wanted::Media { kind: MediaKind::Image, many: false },
    })
    .await
}
