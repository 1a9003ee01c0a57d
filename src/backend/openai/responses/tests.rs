use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::Responses;
use crate::backend::chat::{End, Fault, Protocol, Told, Unread, read_pieces};
use crate::backend::openai::body;
use crate::backend::tests::{instrument, request, said};
use crate::instrument::{Answer, FailureKind, Memo, Piece, Request, Role, Tool, ToolCall};
use crate::types::{RecordType, Type, notation::ty};
use crate::value::{Media, MediaKind, Value};

fn sent(request: &Request) -> Json {
    serde_json::from_slice(&body(request, false).unwrap()).unwrap()
}

fn asked(settings: &[(&str, Value)], answer: Type, words: &str) -> Request {
    let mut all = vec![("model", Value::text("gpt-5-mini")), ("api", Value::text("responses"))];
    all.extend_from_slice(settings);
    request(&instrument("openai", &all), answer, words)
}

#[test]
fn settings_stand_where_the_api_wants_them() {
    let plain =
        json!({"model": "gpt-5-mini", "store": false, "input": [{"role": "user", "content": "Hello."}]});
    assert_eq!(sent(&asked(&[], Type::Text, "Hello.")), plain);
    let settings = [
        ("max_tokens", Value::Int(900)),
        ("effort", Value::text("low")),
        ("persona", Value::text("A sailor.")),
    ];
    let body = sent(&asked(&settings, ty("[text where len 1..9]"), "Name some."));
    assert_eq!((&body["max_output_tokens"], &body["reasoning"]), (&json!(900), &json!({"effort": "low"})));
    assert_eq!(body["input"][0], json!({"role": "system", "content": "A sailor."}));
    let format = &body["text"]["format"];
    assert_eq!(
        (&format["type"], &format["name"], &format["strict"]),
        (&json!("json_schema"), &json!("part"), &json!(true))
    );
    assert_eq!(format["schema"]["properties"]["answer"]["items"], json!({"type": "string"}));
    let words = body["input"][1]["content"].as_str().unwrap();
    assert!(
        words.ends_with("- `answer[]`: at least 1 character\n- `answer[]`: at most 9 characters"),
        "{words}"
    );
    let seeded = asked(&[("seed", Value::Int(1))], Type::Text, "Hello.");
    assert_eq!(super::super::body(&seeded, false).unwrap_err().kind, FailureKind::InvalidRequest);
}

#[test]
fn a_conversation_with_tools_is_told_with_what_was_thought() {
    let medium = |kind, mime: &str, bytes: &[u8]| {
        Piece::Hole(Value::Media(Arc::new(Media {
            kind,
            mime: mime.into(),
            name: None,
            bytes: Arc::from(bytes),
        })))
    };
    let mut talk = asked(&[], Type::Text, "");
    talk.messages[0].pieces = vec![
        Piece::Words("Look: ".into()),
        medium(MediaKind::Image, "image/png", b"png"),
        medium(MediaKind::File, "application/pdf", b"%PDF-"),
    ];
    let none = Arc::new(RecordType::anonymous(Vec::new()));
    talk.tools = Arc::from([Tool { name: "now".into(), doc: String::new().into(), params: none }]);
    let mut call = ToolCall::new("now", Answer::Text("{}".into()));
    call.id = "t0001c001".into();
    let thought = json!({"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "gAAAAA"});
    let memo = Memo { of: "openai, responses gpt-5-mini".into(), kept: json!([thought]).to_string().into() };
    talk.messages.push(said(Role::Assistant, "").with_calls(vec![call.clone()]).with_memo(Some(memo)));
    talk.messages.push(said(Role::Tool, "12:00").with_calls(vec![call]));
    let body = sent(&talk);
    let wanted = json!([
        {"role": "user", "content": [
            {"type": "input_text", "text": "Look: "},
            {"type": "input_image", "image_url": "data:image/png;base64,cG5n", "detail": "auto"},
            {"type": "input_file", "filename": "file.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
        ]},
        thought,
        {"type": "function_call", "call_id": "t0001c001", "name": "now", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "t0001c001", "output": "12:00"},
    ]);
    assert_eq!(body["input"], wanted);
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
    let parameters =
        json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    assert_eq!(
        body["tools"][0],
        json!({"type": "function", "name": "now", "strict": true, "parameters": parameters})
    );
}

fn protocol() -> Responses {
    Responses { model: "m".into() }
}

fn read(stream: &str) -> Result<Option<Told>, Unread> {
    read_pieces(&protocol(), [stream.as_bytes()])
}

#[test]
fn recorded_streams_mean_the_same_however_they_are_cut() {
    let says = include_str!("../recorded/response.sse");
    let calls = include_str!("../recorded/response_calls.sse");
    let failed = include_str!("../recorded/response_failed.sse");
    let told = read(says).unwrap().unwrap();
    assert_eq!((told.text.as_str(), &told.end), ("Tides é rise 🌊\n", &End::Answered));
    let usage = told.usage;
    assert_eq!((usage.tokens_in, usage.tokens_out), (Some(75), Some(90)));
    assert_eq!((usage.tokens_cached, usage.tokens_stored), (Some(64), Some(8)));
    let told = read(calls).unwrap().unwrap();
    let said: Vec<String> = told.calls.iter().map(|call| call.arguments.said()).collect();
    assert_eq!(
        (said, &told.end),
        (vec!["{\"query\":\"tides é\",\"most\":null}".into(), "{}".into()], &End::Called)
    );
    assert!(told.memo.is_some_and(|memo| memo.kept.contains("gAAAAA")));
    assert!(matches!(read(failed).unwrap().unwrap().end, End::Failed(Fault { kind: None, .. })));
    for stream in [says, calls, failed] {
        let (bytes, whole) = (stream.as_bytes(), read(stream));
        for cut in 0..=bytes.len() {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(read_pieces(&protocol(), bytes.chunks(1)), whole);
        for cut in 0..bytes.len() - 2 {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut]]), Ok(None), "cut at {cut}");
        }
    }
}

#[test]
fn ends_and_errors_are_told_apart() {
    let end = |body: Json| protocol().whole(body.to_string().as_bytes()).unwrap().end;
    let cut = |reason: &str| json!({"status": "incomplete", "incomplete_details": {"reason": reason}, "output": []});
    assert_eq!(end(cut("max_output_tokens")), End::Length);
    assert_eq!(end(cut("content_filter")), End::Filtered(String::new()));
    let failed = |code: &str| match end(json!({"status": "failed", "error": {"code": code, "message": "x"}}))
    {
        End::Failed(fault) => fault.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed("rate_limit_exceeded"), Some(FailureKind::RateLimited));
    assert_eq!(failed("image_content_policy_violation"), Some(FailureKind::Refused));
    assert_eq!(failed("invalid_prompt"), Some(FailureKind::InvalidRequest));
    let refusal = json!({"type": "message", "content": [{"type": "refusal", "refusal": "No."}]});
    let told =
        protocol().whole(json!({"status": "completed", "output": [refusal]}).to_string().as_bytes()).unwrap();
    assert_eq!(told.refusal.as_deref(), Some("No."));
    assert_eq!(protocol().whole(b"{\"choices\":[]}"), Err(Unread::Other));
}
