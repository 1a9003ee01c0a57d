//! Images and sounds over their wires: what is sent, and what is made of what comes.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::server::{Server, Step, response};
use super::{instrument, play, request, stage};
use crate::instrument::{Answer, Failure, FailureKind, Piece, Reply, Request};
use crate::types::{Type, notation::ty};
use crate::value::{Media, MediaKind, Value};

const JSON: &str = "Content-Type: application/json\r\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";
const MP3: &[u8] = b"ID3\x04sound";

fn asked(constructor: &str, server: &Server, settings: &[(&str, Value)], answer: Type) -> Request {
    let base = if constructor == "gemini_image" {
        format!("http://127.0.0.1:{}", server.port)
    } else {
        server.base()
    };
    let mut all = vec![("model", Value::text("m")), ("base_url", Value::text(&base))];
    all.extend_from_slice(settings);
    request(&instrument(constructor, &all), answer, "A ferry.")
}

fn medium(mime: &str, bytes: &[u8]) -> Piece {
    let kind = crate::backend::media::kind(mime);
    let medium = Media { kind, mime: mime.into(), name: None, bytes: Arc::from(bytes) };
    Piece::Hole(Value::Media(Arc::new(medium)))
}

async fn answered(
    script: Vec<Step>,
    ask: impl FnOnce(&Server) -> Request,
) -> (Result<Reply, Failure>, String) {
    let server = Server::new(vec![script]).await;
    let reply = play(ask(&server), &stage()).await;
    let sent = server.requests().into_iter().next().unwrap_or_default();
    let head = sent.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
    assert!(sent.is_empty() || head.matches("content-type: ").count() == 1, "{head}");
    (reply, sent)
}

fn images(count: usize) -> Vec<Step> {
    let images = vec![json!({"b64_json": STANDARD.encode(PNG)}); count];
    let usage = json!({"input_tokens": 12, "output_tokens": 1056, "total_tokens": 1068});
    vec![response("200 OK", JSON, json!({"created": 1, "data": images, "usage": usage}).to_string())]
}

fn body(sent: &str) -> Json {
    serde_json::from_str(sent.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

/// The kinds of the media of an answer.
fn made(reply: &Reply) -> Vec<(MediaKind, String)> {
    let one = |value: &Value| match value {
        Value::Media(media) => (media.kind, media.mime.to_string()),
        other => panic!("{other:?}"),
    };
    match &reply.answer {
        Answer::Value(Value::List(values)) => values.iter().map(one).collect(),
        Answer::Value(value) => vec![one(value)],
        Answer::Text(text) => panic!("{text}"),
    }
}

#[tokio::test]
async fn openai_makes_one_image_or_several() {
    let png = (MediaKind::Image, "image/png".to_owned());
    let settings = [("size", Value::text("1024x1024")), ("format", Value::text("webp"))];
    let (reply, sent) =
        answered(images(1), |server| asked("openai_image", server, &settings, Type::Image)).await;
    let reply = reply.unwrap();
    assert_eq!(made(&reply), [png.clone()]);
    assert_eq!(
        (reply.usage.tokens_in, reply.usage.tokens_out, reply.usage.units),
        (Some(12), Some(1_056), Some(1))
    );
    assert!(sent.starts_with("POST /v1/images/generations "), "{sent}");
    let wanted = json!({"model": "m", "prompt": "A ferry.", "response_format": "b64_json", "size": "1024x1024",
        "output_format": "webp"});
    assert_eq!(body(&sent), wanted);
    let (reply, sent) =
        answered(images(3), |server| asked("openai_image", server, &[], ty("[image; 3]"))).await;
    assert_eq!((made(&reply.unwrap()).len(), &body(&sent)["n"]), (3, &json!(3)));
    for answer in ["[image]", "text"] {
        let (reply, sent) =
            answered(images(1), |server| asked("openai_image", server, &[], ty(answer))).await;
        assert_eq!((reply.unwrap_err().kind, sent.as_str()), (FailureKind::InvalidRequest, ""));
    }
    let address = json!({"data": [{"url": "https://example.com/a.png"}]}).to_string();
    let script = vec![response("200 OK", JSON, address)];
    let (reply, _) = answered(script, |server| asked("openai_image", server, &[], Type::Image)).await;
    assert_eq!(reply.unwrap_err().kind, FailureKind::BadShape);
    let blocked =
        r#"{"error":{"message":"No.","code":"moderation_blocked","type":"image_generation_user_error"}}"#;
    let script = vec![response("400 Bad Request", JSON, blocked)];
    let (reply, _) = answered(script, |server| asked("openai_image", server, &[], Type::Image)).await;
    assert_eq!(reply.unwrap_err().kind, FailureKind::Refused);
}

#[tokio::test]
async fn openai_edits_the_images_of_the_text() {
    let with = |pieces: Vec<Piece>| {
        move |server: &Server| {
            let mut asked = asked("openai_image", server, &[("quality", Value::text("low"))], Type::Image);
            asked.messages[0].pieces = pieces;
            asked
        }
    };
    let one = vec![Piece::Words("Make it night: ".into()), medium("image/png", PNG)];
    let (reply, sent) = answered(images(1), with(one)).await;
    assert_eq!(made(&reply.unwrap()).len(), 1);
    assert!(sent.starts_with("POST /v1/images/edits "), "{sent}");
    assert!(
        sent.to_lowercase().contains("content-type: multipart/form-data; boundary=score-form-"),
        "{sent}"
    );
    for part in [
        "name=\"prompt\"\r\n\r\nMake it night: \r\n",
        "name=\"image\"; filename=\"image.png\"\r\nContent-Type: image/png\r\n\r\n",
        "name=\"quality\"\r\n\r\nlow\r\n",
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    let two = vec![
        Piece::Words("Join them.".into()),
        medium("image/png", PNG),
        medium("image/webp", b"RIFF....WEBP"),
    ];
    let (_, sent) = answered(images(1), with(two)).await;
    assert_eq!(sent.matches("name=\"image[]\"; filename=\"image.").count(), 2, "{sent}");
    let (reply, _) = answered(images(1), with(vec![medium("image/png", PNG)])).await;
    assert_eq!(reply.unwrap_err().kind, FailureKind::InvalidRequest);
}

#[tokio::test]
async fn gemini_makes_and_edits_images() {
    let answer = json!({"candidates": [{"index": 0, "finishReason": "STOP", "content": {"parts": [
        {"text": "Here it is."}, {"inlineData": {"mimeType": "image/png", "data": STANDARD.encode(PNG)}}]}}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1290}});
    let script = || vec![response("200 OK", JSON, answer.to_string())];
    let settings = [("aspect", Value::text("16:9")), ("size", Value::text("2K"))];
    let (reply, sent) = answered(script(), |server| {
        let mut asked = asked("gemini_image", server, &settings, Type::Image);
        asked.messages[0].pieces.push(medium("image/png", PNG));
        asked
    })
    .await;
    let reply = reply.unwrap();
    assert_eq!(made(&reply), [(MediaKind::Image, "image/png".to_owned())]);
    assert_eq!((reply.usage.tokens_out, reply.usage.units), (Some(1_290), Some(1)));
    assert!(sent.starts_with("POST /v1beta/models/m:generateContent "), "{sent}");
    let body = body(&sent);
    let config = json!({"responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}});
    assert_eq!(body["generationConfig"], config);
    assert_eq!(body["contents"][0]["parts"][1]["inlineData"]["mimeType"], json!("image/png"));
    let words =
        r#"{"candidates":[{"index":0,"finishReason":"STOP","content":{"parts":[{"text":"I can't."}]}}]}"#;
    let script = vec![response("200 OK", JSON, words)];
    let (reply, _) = answered(script, |server| asked("gemini_image", server, &[], Type::Image)).await;
    let failure = reply.unwrap_err();
    assert_eq!((failure.kind, failure.received.as_str()), (FailureKind::BadShape, "I can't."));
}

#[tokio::test]
async fn texts_are_spoken() {
    let script = || vec![response("200 OK", "Content-Type: audio/mpeg\r\n", MP3)];
    let settings =
        [("voice", Value::text("marin")), ("manner", Value::text("Calmly.")), ("speed", Value::Number(0.5))];
    let (reply, sent) = answered(script(), |server| asked("speech", server, &settings, Type::Audio)).await;
    let reply = reply.unwrap();
    assert_eq!(made(&reply), [(MediaKind::Audio, "audio/mpeg".to_owned())]);
    assert_eq!(reply.usage.units, Some(8));
    assert!(sent.starts_with("POST /v1/audio/speech "), "{sent}");
    let wanted = json!({"model": "m", "input": "A ferry.", "voice": "marin", "response_format": "mp3",
        "instructions": "Calmly.", "speed": 0.5});
    assert_eq!(body(&sent), wanted);
    let page = vec![response("200 OK", "Content-Type: text/html\r\n", "<h1>Sign in</h1>")];
    let (reply, _) = answered(page, |server| asked("speech", server, &[], Type::Audio)).await;
    assert_eq!(reply.unwrap_err().kind, FailureKind::Unavailable);
    let odd = [("format", Value::text("mp4"))];
    let (reply, _) = answered(script(), |server| asked("speech", server, &odd, Type::Audio)).await;
    assert!(reply.unwrap_err().help.unwrap().contains("did you mean \"mp3\"?"));
    let fast = [("speed", Value::Int(5))];
    let (reply, sent) = answered(script(), |server| asked("speech", server, &fast, Type::Audio)).await;
    assert_eq!((reply.unwrap_err().kind, sent.as_str()), (FailureKind::InvalidRequest, ""));
    let odd = [("format", Value::text("tif"))];
    let (reply, sent) = answered(images(1), |server| asked("openai_image", server, &odd, Type::Image)).await;
    assert_eq!((reply.unwrap_err().kind, sent.as_str()), (FailureKind::InvalidRequest, ""));
}

#[tokio::test]
async fn speech_is_written_down() {
    let usage = json!({"type": "tokens", "input_tokens": 14, "output_tokens": 5, "input_token_details": {"audio_tokens": 12}});
    let answer = json!({"text": "The ferry sails.", "usage": usage}).to_string();
    let script = || vec![response("200 OK", JSON, answer.as_str())];
    let with = |pieces: Vec<Piece>| {
        move |server: &Server| {
            let mut asked = asked("transcribe", server, &[("language", Value::text("en"))], Type::Text);
            asked.messages[0].pieces = pieces;
            asked
        }
    };
    let (reply, sent) =
        answered(script(), with(vec![Piece::Words("About ferries: ".into()), medium("audio/mpeg", MP3)]))
            .await;
    let reply = reply.unwrap();
    assert_eq!(reply.answer, Answer::Text("The ferry sails.".into()));
    let usage = reply.usage;
    assert_eq!((usage.tokens_in, usage.tokens_out, usage.tokens_heard), (Some(14), Some(5), Some(12)));
    assert!(sent.starts_with("POST /v1/audio/transcriptions "), "{sent}");
    for part in [
        "name=\"model\"\r\n\r\nm\r\n",
        "name=\"response_format\"\r\n\r\njson\r\n",
        "name=\"file\"; filename=\"audio.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nID3",
        "name=\"prompt\"\r\n\r\nAbout ferries:\r\n",
        "name=\"language\"\r\n\r\nen\r\n",
    ] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
    for pieces in [vec![Piece::Words("?".into())], vec![medium("image/png", PNG)]] {
        let (reply, _) = answered(script(), with(pieces)).await;
        assert_eq!(reply.unwrap_err().kind, FailureKind::InvalidRequest);
    }
    let seconds = r#"{"text":"Hi.","usage":{"type":"duration","seconds":3.2}}"#;
    let (reply, _) =
        answered(vec![response("200 OK", JSON, seconds)], with(vec![medium("audio/wav", b"RIFF....WAVE")]))
            .await;
    assert_eq!(reply.unwrap().usage.units, Some(4));
}

#[tokio::test]
async fn their_services_are_asked_for_the_model() {
    for (constructor, path, list) in [
        ("openai_image", "/v1/models", json!({"data": [{"id": "m"}, {"id": "other"}]})),
        ("speech", "/v1/models", json!({"data": [{"id": "m"}, {"id": "other"}]})),
        ("transcribe", "/v1/models", json!({"data": [{"id": "m"}, {"id": "other"}]})),
        (
            "gemini_image",
            "/v1beta/models?pageSize=1000",
            json!({"models": [{"name": "models/m"}, {"name": "models/other"}]}),
        ),
    ] {
        let server = Server::new(vec![vec![response("200 OK", JSON, list.to_string())]]).await;
        let probed = |request: Request| async move {
            let backend = crate::backend::find(constructor).expect("a backend");
            backend.probe(&request.instrument).expect("it asks").await.expect("an answer")
        };
        let has = probed(asked(constructor, &server, &[], Type::Image)).await;
        assert!(has.found.contains("has `m`") && has.mend.is_none(), "{constructor}: {has:?}");
        let lacks = probed(asked(constructor, &server, &[("model", Value::text("othe"))], Type::Image)).await;
        assert!(lacks.mend.is_some_and(|mend| mend.contains("\"other\"")), "{constructor}");
        assert!(server.requests()[0].starts_with(&format!("GET {path} ")), "{constructor}");
    }
}
