//! `gemini_image(…)`: images by Google's Gemini models that make them. With images in its text a part edits them.

use reqwest::header::HeaderName;
use serde_json::{Map, Value as Json, json};

use std::sync::Arc;

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Price, Profile, Reply,
    Request, Served, Stage,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, MediaKind};

use super::chat::{Call, Wanted, chosen, speak, written};
use super::gemini::{GenerateContent, HOME, said, service};
use super::settings::{Settings, abilities, constructor, service_rows};

const SIZES: &[&str] = &["512", "1K", "2K", "4K"];

/// The backend.
pub(super) struct GeminiImage;

impl Backend for GeminiImage {
    fn name(&self) -> &'static str {
        "gemini_image"
    }

    fn doc(&self) -> &'static str {
        "Images by Google's Gemini; with images in the text it edits them."
    }

    fn signature(&self) -> Signature {
        let mut optional = vec![
            (
                "base_url",
                Type::Text,
                "Where the service is (GOOGLE_GEMINI_BASE_URL, else https://generativelanguage.googleapis.com).",
            ),
            (
                "key",
                Type::Secret,
                "The key (GEMINI_API_KEY or GOOGLE_API_KEY; none is needed on this machine's own network).",
            ),
            ("aspect", Type::Text, "Its shape, such as \"1:1\", \"16:9\", \"3:4\"."),
            ("size", Type::Text, "Its size: \"1K\" (usual), \"2K\", \"4K\", for some models also \"512\"."),
            (
                "headers",
                Type::Map(Arc::new(Type::Text)),
                "More headers, which stand in for those of the same name.",
            ),
        ];
        optional.extend(service_rows());
        constructor(
            &[("model", Type::Text, "The model's name, such as \"gemini-3.1-flash-image\".")],
            &optional,
        )
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        let all = Abilities { images_in: true, images_out: true, ..Abilities::default() };
        abilities(all, self.served(instrument))
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { price: Price::Unknown, ..Class::Thinks.profile() }
    }

    fn served(&self, instrument: &Instrument) -> Option<Served> {
        HOME.served(Settings::of(instrument))
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        chosen(settings, "size", SIZES)?;
        service(settings, false).map(|_| ())
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        HOME.needs(Settings::of(instrument))
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage))
    }
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
        key_header: Some(HeaderName::from_static("x-goog-api-key")),
        streamed: false,
        wanted: Wanted::Media { kind: MediaKind::Image, many: false },
    })
    .await
}
