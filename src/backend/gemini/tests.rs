use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{GenerateContent, body, encode, service};
use crate::backend::chat::{End, Protocol, Told, Unread, read_pieces};
use crate::backend::settings::Settings;
use crate::backend::tests::{instrument, request, said};
use crate::backend::wire::Again;
use crate::instrument::{Answer, FailureKind, Memo, Piece, Request, Role, Tool, ToolCall, Usage};
use crate::types::{Field, RecordType, Type, notation::ty};
use crate::value::{Media, MediaKind, Value};

fn sent(request: &Request) -> Json {
    serde_json::from_slice(&body(request, false).unwrap()).unwrap()
}

fn asked(settings: &[(&str, Value)], answer: Type, words: &str) -> Request {
    let mut all = vec![("model", Value::text("gemini-3.8-flash"))];
    all.extend_from_slice(settings);
    request(&instrument("gemini", &all), answer, words)
}

fn user(words: &str) -> Json {
    json!({"role": "user", "parts": [{"text": words}]})
}

#[test]
fn a_plain_question_is_plain() {
    assert_eq!(sent(&asked(&[], Type::Text, "Hello.")), json!({"contents": [user("Hello.")]}));
    let address = |model: &str, base: &str, streamed: bool| {
        let all = instrument("gemini", &[("model", Value::text(model)), ("base_url", Value::text(base))]);
        service(Settings::of(&all), streamed).unwrap().target.url().to_string()
    };
    let near = "http://127.0.0.1:1";
    assert_eq!(address("m", near, false), "http://127.0.0.1:1/v1beta/models/m:generateContent");
    assert_eq!(
        address("tunedModels/m", "http://127.0.0.1:1/v1beta/", true),
        "http://127.0.0.1:1/v1beta/tunedModels/m:streamGenerateContent?alt=sse"
    );
}

#[test]
fn settings_stand_where_the_api_wants_them() {
    let settings = [
        ("temperature", Value::Number(0.5)),
        ("top_p", Value::Number(0.9)),
        ("max_tokens", Value::Int(9)),
        ("seed", Value::Int(7)),
        ("effort", Value::text("low")),
        ("persona", Value::text("A sailor.")),
    ];
    let mut all = asked(&settings, Type::Text, "Hello.");
    all.messages.insert(0, said(Role::System, "Be brief."));
    all.messages.insert(1, said(Role::User, "Hi."));
    all.messages.insert(2, said(Role::Assistant, "Ahoy."));
    let wanted = json!({
        "systemInstruction": {"parts": [{"text": "A sailor.\n\nBe brief."}]},
        "contents": [user("Hi."), {"role": "model", "parts": [{"text": "Ahoy."}]}, user("Hello.")],
        "generationConfig": {"temperature": 0.5, "topP": 0.9, "maxOutputTokens": 9, "seed": 7,
            "thinkingConfig": {"thinkingLevel": "LOW"}},
    });
    assert_eq!(sent(&all), wanted);
    for (thinking, budget) in [(Value::Bool(false), 0), (Value::Bool(true), -1), (Value::Int(512), 512)] {
        let body = sent(&asked(&[("thinking", thinking)], Type::Text, "Hello."));
        assert_eq!(body["generationConfig"], json!({"thinkingConfig": {"thinkingBudget": budget}}));
    }
    let both = asked(&[("thinking", Value::Bool(true)), ("effort", Value::text("low"))], Type::Text, "");
    let failure = encode::options(Settings::of(&both.instrument), None).err().unwrap();
    assert_eq!(failure.kind, FailureKind::InvalidRequest);
}

#[test]
fn a_shape_is_asked_for_by_schema_and_words_for_the_rest() {
    let body = sent(&asked(&[], ty("{name: text where len 1..9, sure: bool}"), "Name it."));
    let config = &body["generationConfig"];
    assert_eq!(config["responseMimeType"], json!("application/json"));
    assert_eq!(config["responseJsonSchema"]["properties"]["name"], json!({"type": "string"}));
    let words = body["contents"][0]["parts"][0]["text"].as_str().unwrap();
    assert!(words.ends_with("- `name`: at least 1 character\n- `name`: at most 9 characters"), "{words}");
    let body = sent(&asked(&[], ty("[int; 2..3]"), "Count."));
    let answer = json!({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3});
    assert_eq!(body["generationConfig"]["responseJsonSchema"]["properties"]["answer"], answer);
    let body = sent(&asked(&[], ty("Node{value: int, next: Node?}"), "Count."));
    assert!(body.get("generationConfig").is_none());
    // A type of the answer is refused beside tools.
    let mut with_tools = asked(&[], ty("int"), "Count.");
    with_tools.tools = Arc::from([search()]);
    let body = sent(&with_tools);
    assert!(body.get("generationConfig").is_none());
    assert!(body["contents"][0]["parts"][0]["text"].as_str().unwrap().contains("by this JSON Schema"));
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
fn a_conversation_with_tools_is_told_with_its_signatures() {
    let mut talk = asked(&[], Type::Text, "What is known?");
    talk.tools = Arc::from([search()]);
    let call = |id: &str, arguments: &str| {
        let mut call = ToolCall::new("search", Answer::Text(arguments.into()));
        call.id = id.into();
        call
    };
    let (good, bad) = (call("t0001c001", "{\"query\":\"tides\"}"), call("t0001c002", "tides"));
    let memo = Memo { of: "gemini gemini-3.8-flash".into(), kept: r#"["EvAC",null]"#.into() };
    let turn = said(Role::Assistant, "I look.").with_calls(vec![good.clone(), bad.clone()]);
    talk.messages.push(turn.with_memo(Some(memo.clone())));
    talk.messages.push(said(Role::Tool, "a, b").with_calls(vec![good]));
    talk.messages.push(said(Role::Tool, "Not called.").with_calls(vec![bad]));
    let body = sent(&talk);
    let gave = |id: &str, gave: &str| json!({"functionResponse": {"id": id, "name": "search", "response": {"output": gave}}});
    let wanted = json!([
        user("What is known?"),
        {"role": "model", "parts": [
            {"text": "I look."},
            {"functionCall": {"id": "t0001c001", "name": "search", "args": {"query": "tides"}}, "thoughtSignature": "EvAC"},
            {"functionCall": {"id": "t0001c002", "name": "search", "args": {"unreadable": "tides"}}},
        ]},
        {"role": "user", "parts": [gave("t0001c001", "a, b"), gave("t0001c002", "Not called.")]},
    ]);
    assert_eq!(body["contents"], wanted);
    let tool = &body["tools"][0]["functionDeclarations"][0];
    assert_eq!(tool["parametersJsonSchema"]["properties"]["most"]["maximum"], json!(9));
    assert_eq!(body["toolConfig"], json!({"functionCallingConfig": {"mode": "AUTO"}}));
    // Where another model called, a stand-in takes the place of the signature; older models want none.
    talk.messages[1].memo = Some(Memo { of: "anthropic m".into(), ..memo });
    let parts = |body: &Json| body["contents"][1]["parts"].clone();
    let stood_in = parts(&sent(&talk));
    assert_eq!(stood_in[1]["thoughtSignature"], json!("skip_thought_signature_validator"));
    assert!(stood_in[2].get("thoughtSignature").is_none());
    let mut settings = talk.instrument.settings.clone();
    settings.insert("model".into(), Value::text("gemini-2.5-flash"));
    talk.instrument = Arc::new(crate::value::Instrument { settings, ..(*talk.instrument).clone() });
    assert!(parts(&sent(&talk))[1].get("thoughtSignature").is_none());
}

#[test]
fn media_stand_among_the_words() {
    let medium = |kind, mime: &str, bytes: &[u8]| {
        Piece::Hole(Value::Media(Arc::new(Media {
            kind,
            mime: mime.into(),
            name: None,
            bytes: Arc::from(bytes),
        })))
    };
    let mut seen = asked(&[], Type::Text, "");
    seen.messages[0].pieces = vec![
        medium(MediaKind::Image, "image/png", b"png"),
        medium(MediaKind::Audio, "audio/mpeg", b"ID3"),
        medium(MediaKind::File, "application/pdf", b"%PDF-"),
        medium(MediaKind::File, "text/csv", b"a,b"),
    ];
    let wanted = json!([
        {"inlineData": {"mimeType": "image/png", "data": "cG5n"}},
        {"inlineData": {"mimeType": "audio/mpeg", "data": "SUQz"}},
        {"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0="}},
        {"text": "a,b"},
    ]);
    assert_eq!(sent(&seen)["contents"][0]["parts"], wanted);
    seen.messages[0].pieces = vec![medium(MediaKind::Image, "image/gif", b"GIF89a")];
    assert_eq!(body(&seen, false).unwrap_err().kind, FailureKind::InvalidRequest);
}

fn protocol() -> GenerateContent {
    GenerateContent { model: "m".into() }
}

fn read(stream: &str) -> Result<Option<Told>, Unread> {
    read_pieces(&protocol(), [stream.as_bytes()])
}

#[test]
fn recorded_streams_mean_the_same_however_they_are_cut() {
    let thinks = include_str!("recorded/thinks.sse");
    let calls = include_str!("recorded/calls.sse");
    let blocked = include_str!("recorded/blocked.sse");
    let told = read(thinks).unwrap().unwrap();
    let usage =
        Usage { tokens_in: Some(21), tokens_out: Some(38), tokens_cached: Some(16), ..Usage::default() };
    assert_eq!((told.text.as_str(), &told.end, told.usage), ("Tides é rise 🌊\n", &End::Answered, usage));
    let told = read(calls).unwrap().unwrap();
    let said: Vec<String> = told.calls.iter().map(|call| call.arguments.said()).collect();
    assert_eq!(said, ["{\"query\":\"tides é\",\"most\":null}", "{}"]);
    assert_eq!(told.memo, Some(Memo { of: "gemini m".into(), kept: r#"["EvAC",null]"#.into() }));
    assert_eq!(read(blocked).unwrap().unwrap().end, End::Filtered("It may do harm.".into()));
    for stream in [thinks, calls, blocked] {
        let (bytes, whole) = (stream.as_bytes(), read(stream));
        for cut in 0..=bytes.len() {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
        }
        assert_eq!(read_pieces(&protocol(), bytes.chunks(1)), whole);
        // Without its last piece it is no answer, wherever it breaks off.
        for cut in 0..bytes.len() - 4 {
            assert_eq!(read_pieces(&protocol(), [&bytes[..cut]]), Ok(None), "cut at {cut}");
        }
    }
}

#[test]
fn ends_and_errors_are_told_apart() {
    let whole = |reason: &str| {
        let body = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"x"}}]}},"finishReason":"{reason}"}}]}}"#
        );
        protocol().whole(body.as_bytes()).unwrap().end
    };
    assert_eq!(whole("STOP"), End::Answered);
    assert_eq!(whole("MAX_TOKENS"), End::Length);
    assert_eq!(whole("RECITATION"), End::Filtered("RECITATION".into()));
    let failed = |reason: &str| match whole(reason) {
        End::Failed(fault) => fault.kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed("MALFORMED_FUNCTION_CALL"), Some(FailureKind::BadShape));
    assert_eq!(failed("A_NEW_ONE"), Some(FailureKind::Unavailable));
    let blocked = protocol().whole(br#"{"promptFeedback":{"blockReason":"OTHER"}}"#).unwrap();
    assert_eq!(blocked.end, End::Filtered("OTHER".into()));
    assert_eq!(protocol().whole(b"{}"), Err(Unread::Other));
    let kind = |body: &str| protocol().fault(body.as_bytes()).unwrap().kind;
    let status = |status: &str| format!(r#"{{"error":{{"code":400,"message":"x","status":"{status}"}}}}"#);
    assert_eq!(kind(&status("RESOURCE_EXHAUSTED")), Some(FailureKind::RateLimited));
    assert_eq!(kind(&format!("[{}]", status("UNAVAILABLE"))), Some(FailureKind::Unavailable));
    assert_eq!(kind(&status("INVALID_ARGUMENT")), Some(FailureKind::InvalidRequest));
    let key = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#;
    assert_eq!(kind(key), Some(FailureKind::Auth));
    assert_eq!(protocol().fault(b"<html>"), None);
}

#[test]
fn a_refusal_says_when_to_try_again() {
    let protocol = GenerateContent { model: "m".into() };
    let again = |delay: &str| {
        let details = json!([{"@type": "type.googleapis.com/google.rpc.Help"},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]);
        let body = json!({"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED",
            "details": details}});
        let body = body.to_string();
        let help = protocol.fault(body.as_bytes()).and_then(|fault| fault.help);
        (protocol.again()(body.as_bytes()), help.is_some())
    };
    assert_eq!(again("46.5s"), (Again::After(46.5), false));
    assert_eq!(again("0s"), (Again::After(0.0), false));
    assert_eq!(again("35640.2s"), (Again::Never, true));
    assert_eq!(again("soon"), (Again::Unsaid, false));
    let streamed = br#"[{"error": {"code": 429, "details": [{"retryDelay": "2s"}]}}]"#;
    assert_eq!(protocol.again()(streamed), Again::After(2.0));
    assert_eq!(protocol.again()(b"<html>"), Again::Unsaid);
}
