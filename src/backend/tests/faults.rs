//! The world's faults against a real server: the right kind each, in its time, and no secret anywhere.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::server::{Server, Step, chunk, open, response};
use super::{Seen, instrument, play, request, stage, stage_with};
use crate::instrument::{Answer, Class, Committed, Failure, FailureKind, Reply, Request, Watch};
use crate::types::{Type, known};
use crate::value::{Secret, Value};

const KEY: &str = "sk-canary-0123456789";
const OK: &str = r#"{"choices":[{"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}"#;
const SSE: &str = "Content-Type: text/event-stream\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// How the call sees time: short, but for what is to be waited out.
const TIMEOUT: i64 = 400;

fn good() -> Step {
    response("200 OK", JSON, OK)
}

fn event(text: &str, finish: &str) -> String {
    let finish = if finish.is_empty() { "null".into() } else { format!("\"{finish}\"") };
    format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn key() -> Value {
    Value::Secret(Arc::new(Secret::new("TEST_KEY", KEY)))
}

fn chat(base: &str, timeout: i64) -> Request {
    let settings = [
        ("model", Value::text("m")),
        ("base_url", Value::text(base)),
        ("key", key()),
        ("timeout", Value::Duration(timeout)),
    ];
    request(&instrument("openai", &settings), Type::Text, "Say hello.")
}

/// Somebody who looks on, or nobody.
struct Looks(bool, Arc<Seen>);

impl Watch for Looks {
    fn event(&self, event: crate::instrument::Event) {
        self.1.event(event);
    }
    fn wants_text(&self) -> bool {
        self.0
    }
}

/// Plays a request and sees that nothing shown holds the key.
async fn watched(request: Request, looks: bool) -> Result<Reply, Failure> {
    let seen = Arc::new(Seen::default());
    let stage = stage_with(Arc::new(Looks(looks, seen.clone())));
    let result = play(request, &stage).await;
    let shown = format!("{result:?} {:?}", seen.events.lock().unwrap());
    for form in [KEY, "c2stY2FuYXJ5", "736b2d63616e617279"] {
        assert!(!shown.contains(form), "{shown}");
    }
    result
}

async fn ask(scripts: Vec<Vec<Step>>) -> (Result<Reply, Failure>, Server) {
    let server = Server::new(scripts).await;
    let result = watched(chat(&server.base(), TIMEOUT), true).await;
    (result, server)
}

async fn fails(scripts: Vec<Vec<Step>>) -> Failure {
    let begun = Instant::now();
    let (result, _server) = ask(scripts).await;
    assert!(begun.elapsed() < Duration::from_millis(2_500), "{:?}", begun.elapsed());
    let failure = result.unwrap_err();
    assert!(
        failure.sent.contains("Say hello.") && failure.message.contains("127.0.0.1")
            || failure.kind != FailureKind::Unavailable,
        "{failure:?}"
    );
    failure
}

async fn kind(scripts: Vec<Vec<Step>>) -> FailureKind {
    fails(scripts).await.kind
}

#[tokio::test]
async fn a_good_answer_in_one_piece_and_bit_by_bit() {
    let (reply, server) = ask(vec![vec![good()]]).await;
    let reply = reply.unwrap();
    assert_eq!(reply.answer, Answer::Text("Hi.".into()));
    assert_eq!(
        (reply.usage.tokens_in, reply.usage.tokens_out, reply.usage.tokens_cached),
        (Some(9), Some(2), Some(4))
    );
    let sent = server.requests().remove(0);
    assert!(
        sent.starts_with("POST /v1/chat/completions ") && sent.contains(&format!("Bearer {KEY}")),
        "{sent}"
    );
    assert!(sent.contains(r#""stream_options":{"include_usage":true}"#), "{sent}");
    for recorded in [
        include_str!("../openai/recorded/short.sse"),
        include_str!("../openai/recorded/usage.sse"),
        include_str!("../openai/recorded/llama.sse"),
    ] {
        let (reply, _server) = ask(vec![vec![open(SSE), Step::Send(recorded.into())]]).await;
        let reply = reply.unwrap();
        assert!(
            matches!(reply.answer, Answer::Text(text) if !text.is_empty())
                && reply.usage.tokens_out.is_some()
        );
    }
    let server = Server::new(vec![vec![good()]]).await;
    watched(chat(&server.base(), TIMEOUT), false).await.unwrap();
    assert!(!server.requests()[0].contains("stream"));
}

#[tokio::test]
async fn a_server_that_is_gone() {
    let port = Server::new(vec![vec![good()]]).await.port;
    tokio::task::yield_now().await;
    let failure = watched(chat(&format!("http://127.0.0.1:{port}/v1"), 3_000), true).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Unavailable, Committed::No));
    assert!(failure.message.contains(&format!("nothing answers at 127.0.0.1:{port}")), "{}", failure.message);
    let failure = watched(chat("http://no-such-host.invalid/v1", 8_000), true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{failure:?}");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let body =
        format!(r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","code":"invalid_api_key"}}}}"#);
    let failure = fails(vec![vec![response("401 Unauthorized", JSON, body)]]).await;
    assert_eq!(failure.kind, FailureKind::Auth);
    assert!(failure.message.contains("Incorrect API key provided: <secret TEST_KEY>"), "{}", failure.message);
    assert_eq!(kind(vec![vec![response("403 Forbidden", "", "")]]).await, FailureKind::Auth);
    assert_eq!(
        kind(vec![vec![response("404 Not Found", JSON, r#"{"error":"no such model"}"#)]]).await,
        FailureKind::InvalidRequest
    );
    assert_eq!(
        kind(vec![vec![response("422 X", JSON, r#"{"detail":[{"msg":"x"}]}"#)]]).await,
        FailureKind::InvalidRequest
    );
    let filtered = r#"{"error":{"message":"no","code":"content_filter"}}"#;
    assert_eq!(kind(vec![vec![response("400 Bad Request", JSON, filtered)]]).await, FailureKind::Refused);
}

#[tokio::test]
async fn too_many_calls_are_tried_again_and_then_named() {
    let busy =
        |after: &str| vec![response("429 Too Many Requests", after, r#"{"error":{"message":"slow down"}}"#)];
    let server =
        Server::new(vec![busy("Retry-After: 0\r\n"), busy("retry-after-ms: 5\r\n"), vec![good()]]).await;
    watched(chat(&server.base(), 5_000), true).await.unwrap();
    assert_eq!(server.requests().len(), 3);
    let server = Server::new(vec![busy("Retry-After: 30\r\n")]).await;
    let failure = watched(chat(&server.base(), TIMEOUT), true).await.unwrap_err();
    assert_eq!((failure.kind, server.requests().len()), (FailureKind::RateLimited, 1));
    assert!(failure.message.contains("slow down"));
    let broke = vec![response("429 X", JSON, r#"{"error":{"message":"quota","code":"insufficient_quota"}}"#)];
    let server = Server::new(vec![broke]).await;
    let failure = watched(chat(&server.base(), 5_000), true).await.unwrap_err();
    assert_eq!((failure.kind, server.requests().len()), (FailureKind::RateLimited, 1));
    assert!(failure.help.unwrap().contains("credit"));
}

#[tokio::test]
async fn a_crowd_that_was_pushed_back_makes_no_storm() {
    let crowd = 40;
    let busy = || vec![response("429 Too Many Requests", "Retry-After: 1\r\n", "")];
    let mut scripts: Vec<Vec<Step>> = (0..crowd).map(|_| busy()).collect();
    scripts.push(vec![good()]);
    let server = Server::new(scripts).await;
    let calls = (0..crowd).map(|_| watched(chat(&server.base(), 30_000), false));
    let ended = futures_util::future::join_all(calls).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    assert_eq!(server.requests().len(), 2 * crowd, "each was asked for again once");
}

#[tokio::test]
async fn a_broken_service_is_tried_again_where_that_is_safe() {
    let server =
        Server::new(vec![vec![response("503 X", "", "")], vec![response("500 X", "", "")], vec![good()]])
            .await;
    watched(chat(&server.base(), 5_000), true).await.unwrap();
    assert_eq!(server.requests().len(), 3);
    let server = Server::new(vec![vec![response("500 X", "", r#"{"error":{"message":"oops"}}"#)]]).await;
    let failure = watched(chat(&server.base(), 5_000), true).await.unwrap_err();
    assert_eq!((failure.kind, server.requests().len()), (FailureKind::Unavailable, 3));
    let server = Server::new(vec![vec![response("500 X", "", "")]]).await;
    let mut acting = hook(&server, false);
    acting.class = Class::Acts;
    let failure = watched(acting.clone(), true).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Unavailable, Committed::Unknown));
    assert_eq!(server.requests().len(), 1);
    let mut safe = hook(&server, true);
    safe.class = Class::Acts;
    watched(safe, true).await.unwrap_err();
    let sent = server.requests();
    assert_eq!(sent.len(), 4);
    assert!(sent[1..].iter().all(|request| request.contains("idempotency-key: run-call")), "{sent:?}");
}

#[tokio::test]
async fn what_is_no_answer_is_none() {
    let json = |body: &str| vec![vec![response("200 OK", JSON, body)]];
    assert_eq!(kind(json("{\"choices\": [")).await, FailureKind::Unavailable);
    assert_eq!(kind(json("")).await, FailureKind::Unavailable);
    assert_eq!(kind(json("{\"choices\": []}")).await, FailureKind::Unavailable);
    assert_eq!(kind(json(&"[".repeat(100_000))).await, FailureKind::Unavailable);
    assert_eq!(
        kind(vec![vec![response(
            "200 OK",
            JSON,
            b"{\"choices\":[{\"message\":{\"content\":\"\xff\xfe\"}}]}"
        )]])
        .await,
        FailureKind::Unavailable
    );
    let page = fails(vec![vec![response(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<!doctype html><h1>Sign in</h1>",
    )]])
    .await;
    assert_eq!(page.kind, FailureKind::Unavailable);
    assert!(page.message.contains("a web page") && page.help.unwrap().contains("base_url"));
    let wrong_type = vec![vec![response("200 OK", "Content-Type: text/plain\r\n", OK)]];
    assert!(ask(wrong_type).await.0.is_ok());
    let wrong = r#"{"error":{"message":"overloaded","type":"server_error"}}"#;
    assert_eq!(kind(json(wrong)).await, FailureKind::Unavailable);
    let said = |content: &str, finish: &str| {
        json(&format!(
            r#"{{"choices":[{{"message":{{"content":{content},"refusal":null}},"finish_reason":"{finish}"}}]}}"#
        ))
    };
    assert_eq!(kind(said("\"half an ans\"", "length")).await, FailureKind::Truncated);
    assert_eq!(kind(said("\"x\"", "content_filter")).await, FailureKind::Refused);
    assert_eq!(kind(said("\" \"", "stop")).await, FailureKind::BadShape);
    assert_eq!(kind(said("null", "stop")).await, FailureKind::BadShape);
    let declined =
        json(r#"{"choices":[{"message":{"content":null,"refusal":"I can't."},"finish_reason":"stop"}]}"#);
    assert_eq!(kind(declined).await, FailureKind::Refused);
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_never_an_answer() {
    let start = || chunk(event("Half an", ""));
    let chunked = || open(&format!("{SSE}Transfer-Encoding: chunked\r\n"));
    let failure = fails(vec![vec![chunked(), start()]]).await;
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(failure.received, "Half an");
    // A marked end without a word that it is complete.
    assert_eq!(kind(vec![vec![chunked(), start(), chunk("")]]).await, FailureKind::Unavailable);
    // In the middle of a character, of an event, of nothing at all; after the reason and without a marked end.
    for piece in [
        &b"data: {\"choices\":[{\"delta\":{\"content\":\"\xf0\x9f"[..],
        b"data: {",
        b"",
        event("all", "stop").as_bytes(),
    ] {
        assert_eq!(kind(vec![vec![open(SSE), Step::Send(piece.to_vec())]]).await, FailureKind::Unavailable);
    }
    assert!(ask(vec![vec![chunked(), chunk(event("all", "stop")), chunk("")]]).await.0.is_ok());
    let cut = |finish: &str| {
        vec![vec![open(SSE), Step::Send(format!("{}data: [DONE]\n\n", event("Half", finish)).into())]]
    };
    assert_eq!(kind(cut("length")).await, FailureKind::Truncated);
    assert_eq!(kind(cut("content_filter")).await, FailureKind::Refused);
    for (wrong, kind) in [
        (r#"{"error":{"message":"Rate limit","code":"rate_limit_exceeded"}}"#, FailureKind::RateLimited),
        (r#"{"error":{"message":"boom","type":"server_error"}}"#, FailureKind::Unavailable),
        (r#"{"error":{"message":"too long","code":400}}"#, FailureKind::InvalidRequest),
        ("{garbage", FailureKind::Unavailable),
    ] {
        let script = vec![open(SSE), Step::Send(format!("{}data: {wrong}\n\n", event("Half", "")).into())];
        assert_eq!(fails(vec![script]).await.kind, kind, "{wrong}");
    }
}

#[tokio::test]
async fn silence_ends_in_time() {
    let failure = fails(vec![vec![Step::Hang]]).await;
    assert_eq!((failure.kind, failure.committed), (FailureKind::Timeout, Committed::No));
    assert_eq!(
        kind(vec![vec![open(SSE), Step::Send(event("Half", "").into()), Step::Hang]]).await,
        FailureKind::Timeout
    );
    let mut drip = vec![open(SSE)];
    for _ in 0..200 {
        drip.extend([Step::Send(b":".to_vec()), Step::Pause(20)]);
    }
    assert_eq!(kind(vec![drip]).await, FailureKind::Timeout);
    let mut head = vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec())];
    for _ in 0..200 {
        head.extend([Step::Send(b"X: y\r\n".to_vec()), Step::Pause(20)]);
    }
    assert_eq!(kind(vec![head]).await, FailureKind::Timeout);
    let mut within = chat(&Server::new(vec![vec![Step::Hang]]).await.base(), 60_000);
    within.within = Some(100);
    assert!(watched(within, true).await.is_err());
}

#[tokio::test]
async fn floods_are_stopped() {
    let server = Server::new(vec![vec![open(SSE), Step::Flood(vec![b'a'; 1 << 16])]]).await;
    let failure = watched(chat(&server.base(), 20_000), true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadShape);
    assert!(failure.message.contains("8 MiB"), "{}", failure.message);
    // 66 MiB of blanks in 66 KiB.
    let bomb = include_bytes!("bomb.gz");
    let server = Server::new(vec![vec![response(
        "200 OK",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        bomb,
    )]])
    .await;
    let failure = watched(chat(&server.base(), 20_000), true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadShape);
    assert!(failure.message.contains("64 MiB"), "{}", failure.message);
    let torn =
        response("200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", &bomb[..2_000]);
    assert_eq!(kind(vec![vec![torn]]).await, FailureKind::Unavailable);
}

#[tokio::test]
async fn redirects_keep_the_key_at_home() {
    let other = Server::new(vec![vec![good()]]).await;
    let to =
        |address: &str| vec![response("307 Temporary Redirect", &format!("Location: {address}\r\n"), "")];
    let server = Server::new(vec![to(&format!("http://127.0.0.1:{}/v1/chat/completions", other.port))]).await;
    watched(chat(&server.base(), 2_000), true).await.unwrap();
    assert!(server.requests()[0].contains(KEY));
    let moved = other.requests().remove(0);
    assert!(!moved.contains(KEY) && moved.contains("Say hello."), "{moved}");
    let server = Server::new(vec![to("/v2/chat"), vec![good()]]).await;
    watched(chat(&server.base(), 2_000), true).await.unwrap();
    let sent = server.requests();
    assert!(sent[1].starts_with("POST /v2/chat ") && sent[1].contains(KEY));
    for bad in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://["] {
        assert_eq!(kind(vec![to(bad)]).await, FailureKind::InvalidRequest, "{bad}");
    }
    let server = Server::new(vec![to("/round")]).await;
    let failure = watched(chat(&server.base(), 2_000), true).await.unwrap_err();
    assert!(failure.message.contains("without end"), "{}", failure.message);
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let kept = || response("200 OK", "Content-Type: application/json\r\nConnection: keep-alive\r\n", OK);
    let chunked = || {
        vec![
            Step::Send(
                format!(
                    "HTTP/1.1 200 OK\r\n{SSE}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                .into(),
            ),
            chunk(format!("{}data: [DONE]\n\n", event("Hi", "stop"))),
            Step::Send(b"0\r\n\r\n".iter().chain(b"").copied().collect()),
        ]
    };
    let server = Server::new(vec![vec![kept()]]).await;
    for _ in 0..20 {
        watched(chat(&server.base(), TIMEOUT), false).await.unwrap();
    }
    assert_eq!(server.requests().len(), 20);
    let server = Server::new(vec![chunked()]).await;
    watched(chat(&server.base(), TIMEOUT), true).await.unwrap();
}

fn hook(server: &Server, idempotent: bool) -> Request {
    let settings = [
        ("url", Value::text(&server.base())),
        ("bearer", key()),
        ("idempotent", Value::Bool(idempotent)),
        ("timeout", Value::Duration(5_000)),
    ];
    let mut request = request(&instrument("webhook", &settings), Type::Nothing, "");
    request.messages.clear();
    request.arguments = vec![("caption".into(), Value::text("Tides \"rise\"")), ("n".into(), Value::Int(2))];
    request.class = Class::Acts;
    request
}

#[tokio::test]
async fn a_webhook_posts_its_arguments() {
    let server = Server::new(vec![vec![response("201 Created", JSON, "{\"id\": 7}")]]).await;
    watched(hook(&server, false), true).await.unwrap();
    let sent = server.requests().remove(0);
    assert!(sent.ends_with(r#"{"caption":"Tides \"rise\"","n":2}"#), "{sent}");
    assert!(sent.contains("content-type: application/json") && !sent.contains("idempotency-key"), "{sent}");
    let mut json = hook(&server, false);
    json.answer = Type::Json;
    assert_eq!(watched(json, true).await.unwrap().answer, Answer::Text("{\"id\": 7}".into()));
    let hanging = Server::new(vec![vec![Step::Hang]]).await;
    let mut late = hook(&hanging, false);
    late.within = Some(150);
    let failure = watched(late, true).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::Timeout, Committed::Unknown));
    let gone = Server::new(vec![vec![response("404 Not Found", "", "no")]]).await;
    let failure = watched(hook(&gone, false), true).await.unwrap_err();
    assert_eq!((failure.kind, failure.committed), (FailureKind::HttpStatus, Committed::No));
}

fn get(server: &Server, answer: Type, text: &str) -> Request {
    let settings =
        [("base_url", Value::text(&server.base())), ("bearer", key()), ("timeout", Value::Duration(2_000))];
    let mut request = request(&instrument("http", &settings), answer, text);
    request.class = Class::Reads;
    request
}

#[tokio::test]
async fn a_web_service_answers_by_type() {
    let server = Server::new(vec![vec![response(
        "404 Not Found",
        &format!("X-Echo: {KEY}\r\n"),
        format!("no {KEY}"),
    )]])
    .await;
    let wanted = Type::Record(known().response.clone());
    let reply = watched(get(&server, wanted, "GET /items/1?x=2\nAccept: text/plain"), true).await.unwrap();
    let Answer::Value(Value::Record(response_value)) = reply.answer else { panic!() };
    assert_eq!(response_value.get("status"), Some(&Value::Int(404)));
    assert_eq!(response_value.get("body"), Some(&Value::text("no <secret TEST_KEY>")));
    let sent = server.requests().remove(0);
    assert!(sent.starts_with("GET /v1/items/1?x=2 ") && sent.contains("accept: text/plain"), "{sent}");
    let failure = watched(get(&server, Type::Text, "GET /x"), true).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::HttpStatus);
    assert!(failure.received.contains("<secret TEST_KEY>"));
    let page = Server::new(vec![vec![response(
        "200 OK",
        "Content-Type: text/html; charset=iso-8859-1\r\n",
        b"<p>caf\xe9",
    )]])
    .await;
    let text = watched(get(&page, Type::Text, "GET /"), true).await.unwrap();
    assert_eq!(text.answer, Answer::Value(Value::text("<p>café")));
    assert_eq!(watched(get(&page, Type::Json, "GET /"), true).await.unwrap_err().kind, FailureKind::BadShape);
    assert_eq!(
        watched(get(&page, Type::Image, "GET /"), true).await.unwrap_err().kind,
        FailureKind::BadShape
    );
    let broken = Server::new(vec![vec![response("200 OK", "", b"ab\xff")]]).await;
    let failure = watched(get(&broken, Type::Text, "GET /"), true).await.unwrap_err();
    assert!(failure.message.contains("byte 2"), "{}", failure.message);
}

#[tokio::test]
async fn the_environments_key_stays_with_those_it_is_for() {
    let far = [("model", Value::text("m")), ("base_url", Value::text("https://models.example.com/v1"))];
    let backend = crate::backend::find("openai").unwrap();
    let failure = backend.ready(&instrument("openai", &far)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Auth);
    assert!(failure.help.unwrap().contains("OPENAI_API_KEY"));
    let near = [("model", Value::text("m")), ("base_url", Value::text("http://127.0.0.1:1/v1"))];
    backend.ready(&instrument("openai", &near)).unwrap();
}

#[tokio::test]
async fn an_address_that_is_a_key_is_asked_whole_and_never_shown() {
    let said = r#"{"error":"no /v1/canary-path here"}"#;
    let server =
        Server::new(vec![vec![response("200 OK", "", "here")], vec![response("404 X", JSON, said)]]).await;
    let address = format!("{}/canary-path?sig=x%2Fy", server.base());
    let secret = Value::Secret(Arc::new(Secret::new("HOOK", address.as_str())));
    let at = instrument("http", &[("base_url", secret.clone())]);
    let reply = play(request(&at, Type::Text, "GET"), &stage()).await.unwrap();
    assert!(matches!(reply.answer, Answer::Value(Value::Text(text)) if &*text == "here"));
    assert!(server.requests()[0].starts_with("GET /v1/canary-path?sig=x%2Fy HTTP/1.1"));
    let hook = instrument("webhook", &[("url", secret)]);
    let failure = play(request(&hook, Type::Nothing, "{}"), &stage()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::HttpStatus);
    assert!(server.requests()[1].starts_with("POST /v1/canary-path?sig=x%2Fy HTTP/1.1"));
    assert_eq!(failure.received, r#"{"error":"no <secret HOOK> here"}"#);
    assert!(!format!("{failure:?}").contains("canary"));
}
