use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::decode::Completions;
use super::encode;
use crate::backend::chat::{End, read_pieces};
use crate::backend::settings::Settings;
use crate::backend::tests::{instrument, request, said};
use crate::instrument::{FailureKind, Piece, Request, Role};
use crate::types::Type;
use crate::value::{Media, MediaKind, Value};

fn sent(request: &Request, base: &str, streamed: bool) -> Json {
    let new_name = base.contains("api.openai.com");
    let body = encode::body(request, Settings::of(&request.instrument), new_name, streamed).unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn model(settings: &[(&str, Value)]) -> Arc<crate::value::Instrument> {
    let mut all = vec![("model", Value::text("m"))];
    all.extend_from_slice(settings);
    instrument("openai", &all)
}

fn image() -> Value {
    Value::Media(Arc::new(Media {
        kind: MediaKind::Image,
        mime: "image/png".into(),
        name: None,
        bytes: Arc::from(&b"png"[..]),
    }))
}

#[test]
fn a_plain_question_is_plain() {
    let plain = request(&model(&[]), Type::Text, "Hello.");
    let wanted = json!({"model": "m", "messages": [{"role": "user", "content": "Hello."}]});
    assert_eq!(sent(&plain, "http://127.0.0.1/v1", false), wanted);
}

#[test]
fn settings_stand_where_the_wire_wants_them() {
    let settings = [
        ("temperature", Value::Number(0.5)),
        ("max_tokens", Value::Int(9)),
        ("seed", Value::Int(7)),
        ("effort", Value::text("low")),
        ("persona", Value::text("A sailor.")),
    ];
    let mut asked = request(&model(&settings), Type::Text, "Hello.");
    let body = sent(&asked, "http://127.0.0.1/v1", true);
    assert_eq!((&body["max_tokens"], &body["max_completion_tokens"]), (&json!(9), &Json::Null));
    assert_eq!(
        (&body["temperature"], &body["seed"], &body["reasoning_effort"]),
        (&json!(0.5), &json!(7), &json!("low"))
    );
    assert_eq!((&body["stream"], &body["stream_options"]["include_usage"]), (&json!(true), &json!(true)));
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "A sailor."}));
    let body = sent(&asked, "https://api.openai.com/v1", false);
    assert_eq!((&body["max_tokens"], &body["max_completion_tokens"]), (&Json::Null, &json!(9)));
    asked.messages.insert(0, said(Role::System, "Be brief."));
    asked.messages.push(said(Role::Assistant, "Ahoy."));
    let body = sent(&asked, "http://127.0.0.1/v1", false);
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "A sailor.\n\nBe brief."}));
    assert_eq!(body["messages"][2], json!({"role": "assistant", "content": "Ahoy."}));
}

#[test]
fn a_shape_is_asked_for_in_three_ways() {
    let asked = |way: &str| request(&model(&[("json", Value::text(way))]), Type::list(Type::Int), "Count.");
    let body = sent(&asked("schema"), "http://127.0.0.1/v1", false);
    let schema = &body["response_format"]["json_schema"];
    assert_eq!((&schema["name"], &schema["strict"]), (&json!("part"), &json!(true)));
    assert_eq!(schema["schema"]["properties"]["answer"]["type"], json!("array"));
    let body = sent(&asked("object"), "http://127.0.0.1/v1", false);
    assert_eq!(body["response_format"], json!({"type": "json_object"}));
    assert!(body["messages"][0]["content"].as_str().unwrap().contains("JSON Schema"));
    let body = sent(&asked("words"), "http://127.0.0.1/v1", false);
    assert!(body.get("response_format").is_none());
    let odd = asked("yaml");
    let failure = encode::body(&odd, Settings::of(&odd.instrument), false, false).unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
    let loose = request(&model(&[]), Type::Json, "Anything.");
    assert_eq!(
        sent(&loose, "http://127.0.0.1/v1", false)["response_format"]["json_schema"]["strict"],
        json!(false)
    );
}

#[test]
fn images_stand_among_the_words() {
    let mut asked = request(&model(&[]), Type::Text, "");
    let pair = Value::list(vec![image(), image()]);
    asked.messages[0].pieces = vec![
        Piece::Words("Look: ".into()),
        Piece::Hole(image()),
        Piece::Words(" and ".into()),
        Piece::Hole(pair),
    ];
    let body = sent(&asked, "http://127.0.0.1/v1", false);
    let parts = body["messages"][0]["content"].as_array().unwrap();
    assert_eq!(parts.len(), 5);
    assert_eq!(parts[0], json!({"type": "text", "text": "Look: "}));
    assert_eq!(parts[1]["image_url"]["url"], json!("data:image/png;base64,cG5n"));
    asked.messages[0].pieces = vec![Piece::Words("Only ".into()), Piece::Hole(Value::Int(3))];
    assert_eq!(sent(&asked, "http://127.0.0.1/v1", false)["messages"][0]["content"], json!("Only 3"));
}

#[test]
fn what_cannot_be_sent_or_made_is_said() {
    let painting = request(&model(&[]), Type::Image, "Paint.");
    let failure = encode::body(&painting, Settings::of(&painting.instrument), false, false).unwrap_err();
    assert!(failure.message.contains("image") && failure.help.is_some());
    let mut film = request(&model(&[]), Type::Text, "");
    film.messages[0].pieces = vec![Piece::Hole(Value::Media(Arc::new(Media {
        kind: MediaKind::Video,
        mime: "video/mp4".into(),
        name: None,
        bytes: Arc::from(&b"x"[..]),
    })))];
    assert!(encode::body(&film, Settings::of(&film.instrument), false, false).is_err());
}

#[test]
fn files_go_as_they_are_under_a_name_that_tells_what_they_are() {
    let file = |mime: &str, name: Option<&str>, bytes: &[u8]| {
        let name = name.map(Arc::from);
        Piece::Hole(Value::Media(Arc::new(Media {
            kind: MediaKind::File,
            mime: mime.into(),
            name,
            bytes: bytes.into(),
        })))
    };
    let mut asked = request(&model(&[]), Type::Text, "");
    asked.messages[0].pieces = vec![
        file("application/pdf", Some("tides.pdf"), b"%PDF-"),
        file("application/pdf", None, b"%PDF-"),
        file("text/csv", Some("a.csv"), b"a,b"),
    ];
    let data = "data:application/pdf;base64,JVBERi0=";
    let wanted = json!([
        {"type": "file", "file": {"filename": "tides.pdf", "file_data": data}},
        {"type": "file", "file": {"filename": "file.pdf", "file_data": data}},
        {"type": "text", "text": "a,b"},
    ]);
    assert_eq!(sent(&asked, "https://api.openai.com/v1", false)["messages"][0]["content"], wanted);
}

#[test]
fn a_prompt_is_kept_as_long_as_openai_keeps_them() {
    let kept = |millis: i64, base: &str| {
        let asked = request(&model(&[("prompt_cache", Value::Duration(millis))]), Type::Text, "Hello.");
        sent(&asked, base, false)
    };
    let body = kept(1_800_000, "https://api.openai.com/v1");
    assert_eq!(body["prompt_cache_options"], json!({"mode": "implicit", "ttl": "30m"}));
    assert_eq!((&body["prompt_cache_key"], &body["prompt_cache_retention"]), (&json!("part"), &Json::Null));
    let body = kept(86_400_000, "https://api.openai.com/v1");
    assert_eq!(
        (&body["prompt_cache_retention"], &body["prompt_cache_options"]),
        (&json!("24h"), &Json::Null)
    );
    let near = [("model", Value::text("m")), ("base_url", Value::text("http://127.0.0.1:1/v1"))];
    let ready = |millis: i64| {
        let all = [&near[..], &[("prompt_cache", Value::Duration(millis))]].concat();
        crate::backend::find("openai").unwrap().ready(&instrument("openai", &all))
    };
    ready(1_800_000).unwrap();
    let failure = ready(300_000).unwrap_err();
    assert!(failure.message.contains("`prompt_cache: 5min` is no time that OpenAI"), "{}", failure.message);
    assert!(failure.help.unwrap().contains("`30min`"));
}

#[test]
fn recorded_streams_mean_the_same_however_they_are_cut() {
    for stream in [
        include_str!("recorded/short.sse"),
        include_str!("recorded/usage.sse"),
        include_str!("recorded/llama.sse"),
    ] {
        let bytes = stream.as_bytes();
        let whole = read_pieces(&Completions, [bytes]);
        let told = whole.clone().unwrap().unwrap();
        assert!(!told.text.is_empty() && told.end == End::Answered, "{told:?}");
        for cut in 0..=bytes.len() {
            assert_eq!(read_pieces(&Completions, [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(read_pieces(&Completions, bytes.chunks(1)), whole);
        let reason = stream.find("\"finish_reason\":\"stop\"").expect("an end");
        for cut in 0..reason {
            assert_eq!(read_pieces(&Completions, [&bytes[..cut]]), Ok(None), "cut at {cut}");
        }
    }
}
