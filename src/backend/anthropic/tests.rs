use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{decode::Messages, encode};
use crate::backend::chat::{End, Fault, Protocol, Told, Unread, read_pieces};
use crate::backend::settings::Settings;
use crate::backend::tests::{instrument, request, said};
use crate::instrument::{Answer, FailureKind, Memo, Piece, Request, Role, Tool, ToolCall, Usage};
use crate::types::{Field, RecordType, Type};
use crate::value::{Media, MediaKind, Value};

fn sent(request: &Request) -> Json {
    let settings = Settings::of(&request.instrument);
    let options = encode::options(settings, None).unwrap();
    serde_json::from_slice(&encode::body(request, settings, &options, false).unwrap()).unwrap()
}

fn model(settings: &[(&str, Value)]) -> Arc<crate::value::Instrument> {
    let mut all = vec![("model", Value::text("m"))];
    all.extend_from_slice(settings);
    instrument("anthropic", &all)
}

fn asked(settings: &[(&str, Value)], answer: Type, words: &str) -> Request {
    request(&model(settings), answer, words)
}

fn medium(kind: MediaKind, mime: &str, bytes: &[u8]) -> Piece {
    let medium = Media { kind, mime: mime.into(), name: Some("a".into()), bytes: Arc::from(bytes) };
    Piece::Hole(Value::Media(Arc::new(medium)))
}

#[test]
fn a_plain_question_is_plain() {
    let wanted =
        json!({"model": "m", "max_tokens": 8192, "messages": [{"role": "user", "content": "Hello."}]});
    assert_eq!(sent(&asked(&[], Type::Text, "Hello.")), wanted);
}

#[test]
fn settings_stand_where_the_api_wants_them() {
    let settings = [
        ("effort", Value::text("low")),
        ("thinking", Value::Int(2_000)),
        ("persona", Value::text("A sailor.")),
        ("prompt_cache", Value::Duration(3_600_000)),
    ];
    let mut all = asked(&settings, Type::Text, "Hello.");
    all.messages.insert(0, said(Role::System, "Be brief."));
    let body = sent(&all);
    let marker = json!({"type": "ephemeral", "ttl": "1h"});
    assert_eq!(body["max_tokens"], json!(10_192));
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 2_000}));
    assert_eq!(body["output_config"], json!({"effort": "low"}));
    let system = json!([{"type": "text", "text": "A sailor.\n\nBe brief.", "cache_control": marker}]);
    assert_eq!((&body["system"], &body["cache_control"]), (&system, &marker));
    for (name, value, told) in [
        ("effort", Value::text("hihg"), "did you mean \"high\"?"),
        ("thinking", Value::Int(100), "`thinking: false`"),
        ("prompt_cache", Value::Duration(60_000), "`5min` or `1h`"),
        ("max_tokens", Value::Int(0), "at least 1"),
    ] {
        let all = model(&[(name, value)]);
        let failure = encode::options(Settings::of(&all), None).err().unwrap();
        assert_eq!(failure.kind, FailureKind::InvalidRequest);
        assert!(failure.help.as_ref().unwrap().contains(told), "{failure:?}");
    }
    let small = model(&[("thinking", Value::Int(2_000)), ("max_tokens", Value::Int(2_000))]);
    assert!(encode::options(Settings::of(&small), None).is_err());
}

#[test]
fn a_shape_is_asked_for_by_schema_and_words_for_the_rest() {
    let body = sent(&asked(&[], Type::list(Type::Int), "Count."));
    let format = &body["output_config"]["format"];
    assert_eq!(format["type"], json!("json_schema"));
    assert_eq!(format["schema"]["properties"]["answer"]["items"]["type"], json!("integer"));
    let some = Type::List(Arc::new(Type::Text), crate::types::Size { min: 2, max: Some(3) });
    let body = sent(&asked(&[], some, "Name some."));
    let list = json!({"type": "array", "items": {"type": "string"}});
    assert_eq!(body["output_config"]["format"]["schema"]["properties"]["answer"], list);
    let wanted = "Name some.\n\nThe answer must also keep to this:\n- `answer`: at least 2 items\n- `answer`: at most 3 items";
    assert_eq!(body["messages"][0]["content"], json!(wanted));
    let body = sent(&asked(&[], Type::Map(Arc::new(Type::Int)), "Count."));
    assert!(body.get("output_config").is_none());
    assert!(
        body["messages"][0]["content"]
            .as_str()
            .unwrap()
            .contains("by this JSON Schema:\n{\"type\":\"object\"")
    );
}

#[test]
fn media_stand_among_the_words() {
    let mut seen = asked(&[], Type::Text, "");
    seen.messages[0].pieces = vec![
        Piece::Words("Look: ".into()),
        medium(MediaKind::Image, "image/png", b"png"),
        medium(MediaKind::File, "application/pdf", b"%PDF-"),
        medium(MediaKind::File, "text/csv", b"a,b"),
    ];
    let wanted = json!([
        {"type": "text", "text": "Look: "},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "cG5n"}},
        {"type": "document", "title": "a", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}},
        {"type": "document", "title": "a", "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}},
    ]);
    assert_eq!(sent(&seen)["messages"][0]["content"], wanted);
    for piece in [
        medium(MediaKind::Image, "image/tiff", b"II*\0"),
        medium(MediaKind::Audio, "audio/mpeg", b"ID3"),
        medium(MediaKind::File, "application/zip", b"PK\x03\x04\xff"),
    ] {
        seen.messages[0].pieces = vec![piece];
        let settings = Settings::of(&seen.instrument);
        let failure =
            encode::body(&seen, settings, &encode::options(settings, None).unwrap(), false).unwrap_err();
        assert!(failure.kind == FailureKind::InvalidRequest && failure.help.is_some(), "{failure:?}");
    }
    seen.messages[0].pieces = vec![Piece::Words(" ".into())];
    let settings = Settings::of(&seen.instrument);
    assert!(encode::body(&seen, settings, &encode::options(settings, None).unwrap(), false).is_err());
}

fn search() -> Tool {
    let field =
        |name: &str, doc: &str, ty| Field { name: name.into(), doc: doc.into(), ty, has_default: false };
    let fields =
        vec![field("query", "What to look for.", Type::Text), field("most", "", Type::Int.optional())];
    Tool {
        name: "search".into(),
        doc: "Finds pages.".into(),
        params: Arc::new(RecordType::anonymous(fields)),
    }
}

#[test]
fn a_conversation_with_tools_is_told_with_what_was_thought() {
    let mut talk = asked(&[], Type::Text, "What is known?");
    talk.tools = Arc::from([search()]);
    let call = |id: &str, arguments: &str| {
        let mut call = ToolCall::new("search", Answer::Text(arguments.into()));
        call.id = id.into();
        call
    };
    let (good, bad) = (call("t0001c001", "{\"query\":\"tides\"}"), call("t0001c002", "tides"));
    let memo = Memo { of: "anthropic m".into(), kept: r#"[{"type":"redacted_thinking","data":"x"}]"#.into() };
    let turn = said(Role::Assistant, "").with_calls(vec![good.clone(), bad.clone()]);
    talk.messages.push(turn.with_memo(Some(memo.clone())));
    talk.messages.push(said(Role::Tool, "a, b").with_calls(vec![good]));
    talk.messages.push(said(Role::Tool, "Not called.").with_calls(vec![bad]));
    let body = sent(&talk);
    let wanted = json!([
        {"role": "user", "content": "What is known?"},
        {"role": "assistant", "content": [
            {"type": "redacted_thinking", "data": "x"},
            {"type": "tool_use", "id": "t0001c001", "name": "search", "input": {"query": "tides"}},
            {"type": "tool_use", "id": "t0001c002", "name": "search", "input": {"unreadable": "tides"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t0001c001", "content": "a, b"},
            {"type": "tool_result", "tool_use_id": "t0001c002", "content": "Not called."},
        ]},
    ]);
    assert_eq!(body["messages"], wanted);
    let tool = &body["tools"][0];
    assert_eq!((&tool["name"], &tool["strict"]), (&json!("search"), &json!(true)));
    assert_eq!(tool["input_schema"]["required"], json!(["query", "most"]));
    assert_eq!(body["tool_choice"], json!({"type": "auto"}));
    // Thinking of another model is not shown to this one.
    talk.messages[1].memo = Some(Memo { of: "anthropic other".into(), ..memo });
    assert_eq!(sent(&talk)["messages"][1]["content"].as_array().unwrap().len(), 2);
    // Beyond the bounds of strict tools they are offered without.
    talk.tools = (0..18).map(|_| search()).collect();
    let strict =
        |body: Json| body["tools"].as_array().unwrap().iter().filter(|tool| tool["strict"] == true).count();
    assert_eq!(strict(sent(&talk)), 16);
}

fn protocol() -> Messages {
    Messages { model: "m".into() }
}

fn read(stream: &str) -> Result<Option<Told>, Unread> {
    read_pieces(&protocol(), [stream.as_bytes()])
}

#[test]
fn recorded_streams_mean_the_same_however_they_are_cut() {
    let thinks = include_str!("recorded/thinks.sse");
    let calls = include_str!("recorded/calls.sse");
    let overloaded = include_str!("recorded/overloaded.sse");
    let told = read(thinks).unwrap().unwrap();
    let usage = Usage {
        tokens_in: Some(2_069),
        tokens_out: Some(33),
        tokens_cached: Some(2_048),
        tokens_stored: Some(0),
        ..Usage::default()
    };
    assert_eq!((told.text.as_str(), &told.end, told.usage), ("Tides é rise 🌊\n", &End::Answered, usage));
    let told = read(calls).unwrap().unwrap();
    let arguments: Vec<String> = told.calls.iter().map(|call| call.arguments.said()).collect();
    assert_eq!(arguments, ["{\"query\": \"tides é\", \"most\": null}", "{}"]);
    assert_eq!((told.text.as_str(), &told.end), ("I look.", &End::Called));
    assert_eq!((told.usage.tokens_in, told.usage.tokens_stored), (Some(1_672), Some(1_200)));
    let kept = r#"[{"type":"thinking","thinking":"","signature":"EqQBCgIYAhIN"},{"type":"redacted_thinking","data":"EmwKAhgB"}]"#;
    assert_eq!(told.memo, Some(Memo { of: "anthropic m".into(), kept: kept.into() }));
    let fault = Fault { kind: Some(FailureKind::Unavailable), said: "Overloaded".into(), help: None };
    assert_eq!(read(overloaded), Err(Unread::Fault(fault)));
    for stream in [thinks, calls, overloaded] {
        let (bytes, whole) = (stream.as_bytes(), read(stream));
        for cut in 0..=bytes.len() {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(read_pieces(&protocol(), bytes.chunks(1)), whole);
        // Without its end it is no answer, wherever it breaks off.
        for cut in 0..bytes.len() - 2 {
            let broken = read_pieces(&protocol(), [&bytes[..cut]]);
            assert!(matches!(broken, Ok(None) | Err(Unread::Fault(_))), "cut at {cut}: {broken:?}");
        }
    }
}

#[test]
fn ends_and_errors_are_told_apart() {
    let whole = |reason: &str, more: &str| {
        let body = format!(
            r#"{{"type":"message","content":[{{"type":"text","text":"x"}},{{"type":"web_search_tool_result","content":[]}}],"stop_reason":"{reason}"{more},"usage":{{"input_tokens":1,"output_tokens":2}}}}"#
        );
        protocol().whole(body.as_bytes()).unwrap().end
    };
    assert_eq!(whole("end_turn", ""), End::Answered);
    assert_eq!(whole("max_tokens", ""), End::Length);
    assert_eq!(whole("model_context_window_exceeded", ""), End::Window);
    let details = r#","stop_details":{"type":"refusal","category":"bio","explanation":"No."}"#;
    assert_eq!(whole("refusal", details), End::Filtered("No.".into()));
    assert_eq!(protocol().whole(b"{}"), Err(Unread::Other));
    let kind = |word: &str, said: &str| {
        let body = format!(r#"{{"type":"error","error":{{"type":"{word}","message":"{said}"}}}}"#);
        protocol().fault(body.as_bytes()).unwrap().kind
    };
    assert_eq!(kind("overloaded_error", ""), Some(FailureKind::Unavailable));
    assert_eq!(kind("rate_limit_error", ""), Some(FailureKind::RateLimited));
    assert_eq!(kind("authentication_error", ""), Some(FailureKind::Auth));
    assert_eq!(kind("invalid_request_error", "bad"), Some(FailureKind::InvalidRequest));
    assert_eq!(
        kind("invalid_request_error", "Your credit balance is too low"),
        Some(FailureKind::RateLimited)
    );
    assert_eq!(kind("brand_new_error", ""), None);
}
