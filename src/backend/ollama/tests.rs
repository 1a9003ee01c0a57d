use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::decode::Chat;
use super::{body, encode, host};
use crate::backend::chat::{End, Fault, Protocol, Told, Unread, read_pieces};
use crate::backend::settings::Settings;
use crate::backend::tests::{instrument, request, said};
use crate::instrument::{Answer, FailureKind, Memo, Piece, Request, Role, Tool, ToolCall};
use crate::types::{Field, RecordType, Type, notation::ty};
use crate::value::{Media, MediaKind, Value};

fn sent(request: &Request) -> Json {
    serde_json::from_slice(&body(request, false).unwrap()).unwrap()
}

fn asked(settings: &[(&str, Value)], answer: Type, words: &str) -> Request {
    let mut all = vec![("model", Value::text("m"))];
    all.extend_from_slice(settings);
    request(&instrument("ollama", &all), answer, words)
}

#[test]
fn the_host_of_the_environment_is_read_as_ollama_reads_it() {
    for (said, meant) in [
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":56789", "http://127.0.0.1:56789"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("gpu-box:8000/ollama", "http://gpu-box:8000/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:9", "http://[::1]:9"),
        ("https://models.example.com", "https://models.example.com"),
        ("", "http://127.0.0.1:11434"),
    ] {
        assert_eq!(host(said.to_owned()), meant, "{said}");
    }
}

#[test]
fn settings_stand_where_the_server_wants_them() {
    let plain = json!({"model": "m", "stream": false, "messages": [{"role": "user", "content": "Hello."}]});
    assert_eq!(sent(&asked(&[], Type::Text, "Hello.")), plain);
    let settings = [
        ("temperature", Value::Number(0.5)),
        ("max_tokens", Value::Int(9)),
        ("seed", Value::Int(7)),
        ("context", Value::Int(8_192)),
        ("keep_alive", Value::Duration(600_000)),
        ("thinking", Value::Bool(false)),
        ("persona", Value::text("A sailor.")),
    ];
    let wanted = json!({"model": "m", "stream": false, "think": false, "keep_alive": "600s",
        "messages": [{"role": "system", "content": "A sailor."}, {"role": "user", "content": "Hello."}],
        "options": {"temperature": 0.5, "num_predict": 9, "seed": 7, "num_ctx": 8_192}});
    assert_eq!(sent(&asked(&settings, Type::Text, "Hello.")), wanted);
    assert_eq!(sent(&asked(&[("effort", Value::text("low"))], Type::Text, "Hello."))["think"], json!("low"));
    let counted = asked(&[("thinking", Value::Int(100))], Type::Text, "");
    assert!(encode::options(Settings::of(&counted.instrument), None).is_err());
}

#[test]
fn a_shape_is_asked_for_by_schema_and_told_too() {
    let body = sent(&asked(&[], ty("[text where ~ \"^a\"; 2..3]"), "Name some."));
    let answer = json!({"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3});
    assert_eq!(body["format"]["properties"]["answer"], answer);
    let words = body["messages"][0]["content"].as_str().unwrap();
    assert!(words.contains("by this JSON Schema:") && words.contains(r#""pattern":"^a""#), "{words}");
    let mut beside_tools = asked(&[("json", Value::text("object"))], ty("int"), "Count.");
    assert_eq!(sent(&beside_tools)["format"], json!("json"));
    beside_tools.tools = Arc::from([search()]);
    assert!(sent(&beside_tools).get("format").is_none());
}

fn search() -> Tool {
    let field =
        |name: &str, doc: &str, ty| Field { name: name.into(), doc: doc.into(), ty, has_default: false };
    let fields =
        vec![field("query", "What to look for.", Type::Text), field("most", "", ty("int where 1..9"))];
    Tool {
        name: "search".into(),
        doc: "Finds pages.".into(),
        params: Arc::new(RecordType::anonymous(fields)),
    }
}

#[test]
fn a_conversation_with_tools_is_told() {
    let mut talk = asked(&[], Type::Text, "");
    let image =
        Media { kind: MediaKind::Image, mime: "image/png".into(), name: None, bytes: Arc::from(&b"png"[..]) };
    talk.messages[0].pieces = vec![
        Piece::Words("What is ".into()),
        Piece::Hole(Value::Media(Arc::new(image))),
        Piece::Words("this?".into()),
    ];
    talk.tools = Arc::from([search()]);
    let mut call = ToolCall::new("search", Answer::Text("{\"query\":\"tides\"}".into()));
    call.id = "t0001c001".into();
    let memo = Memo { of: "ollama m".into(), kept: "I look.".into() };
    talk.messages.push(said(Role::Assistant, "").with_calls(vec![call.clone()]).with_memo(Some(memo)));
    talk.messages.push(said(Role::Tool, "a, b").with_calls(vec![call]));
    let body = sent(&talk);
    let wanted = json!([
        {"role": "user", "content": "What is this?", "images": ["cG5n"]},
        {"role": "assistant", "content": "", "thinking": "I look.",
            "tool_calls": [{"function": {"name": "search", "arguments": {"query": "tides"}}}]},
        {"role": "tool", "content": "a, b", "tool_name": "search"},
    ]);
    assert_eq!(body["messages"], wanted);
    let function = &body["tools"][0]["function"];
    assert_eq!(function["parameters"]["properties"]["most"], json!({"type": "integer"}));
    let doc =
        "Finds pages.\n\nIts arguments must also keep to this:\n- `most`: at least 1\n- `most`: at most 9";
    assert_eq!(function["description"], json!(doc));
}

fn protocol() -> Chat {
    Chat { model: "m".into() }
}

fn read(stream: &str) -> Result<Option<Told>, Unread> {
    read_pieces(&protocol(), [stream.as_bytes()])
}

#[test]
fn recorded_streams_mean_the_same_however_they_are_cut() {
    let thinks = include_str!("recorded/thinks.ndjson");
    let calls = include_str!("recorded/calls.ndjson");
    let broken = include_str!("recorded/broken.ndjson");
    let told = read(thinks).unwrap().unwrap();
    assert_eq!((told.text.as_str(), &told.end), ("Tides é rise 🌊\n", &End::Answered));
    assert_eq!((told.usage.tokens_in, told.usage.tokens_out), (Some(26), Some(31)));
    let told = read(calls).unwrap().unwrap();
    let said: Vec<String> = told.calls.iter().map(|call| call.arguments.said()).collect();
    assert_eq!(said, ["{\"query\":\"tides é\"}", "{}"]);
    assert_eq!(told.memo, Some(Memo { of: "ollama m".into(), kept: "I look.".into() }));
    assert!(matches!(read(broken), Err(Unread::Fault(Fault { kind: None, .. }))));
    for stream in [thinks, calls, broken] {
        let (bytes, whole) = (stream.as_bytes(), read(stream));
        for cut in 0..=bytes.len() {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(read_pieces(&protocol(), bytes.chunks(1)), whole);
        // Without its last line it is no answer, wherever it breaks off.
        for cut in 0..bytes.len() - 1 {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut]]), Ok(None), "cut at {cut}");
        }
    }
}

#[test]
fn ends_and_errors_are_told_apart() {
    let whole = |body: &str| protocol().whole(body.as_bytes());
    let cut = whole(r#"{"message":{"role":"assistant","content":"x"},"done":true,"done_reason":"length"}"#)
        .unwrap();
    assert_eq!(cut.end, End::Length);
    assert_eq!(whole(r#"{"message":{"content":"x"},"done":false}"#), Err(Unread::Other));
    assert_eq!(whole("{}"), Err(Unread::Other));
    let fault = protocol().fault(br#"{"error":"model 'x' not found"}"#).unwrap();
    assert_eq!(fault.kind, Some(FailureKind::InvalidRequest));
    assert!(fault.help.unwrap().contains("ollama pull"));
}
