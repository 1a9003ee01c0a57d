//! Tools over the chat completions wire: how they are offered, called and told of.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::server::{Server, Step, open, response};
use super::{instrument, play, request, said, stage_with};
use crate::instrument::{Answer, Event, Failure, FailureKind, Reply, Request, Role, Tool, ToolCall, Watch};
use crate::types::{Field, RecordType, Type};
use crate::value::Value;

const SSE: &str = "Content-Type: text/event-stream\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

/// Somebody who looks on, so that the answer is streamed, or nobody.
struct Looks(bool);

impl Watch for Looks {
    fn event(&self, _: Event) {}
    fn wants_text(&self) -> bool {
        self.0
    }
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

fn asked(base: &str) -> Request {
    let settings = [("model", Value::text("m")), ("base_url", Value::text(base))];
    let mut asked = request(&instrument("openai", &settings), Type::Text, "What is known?");
    asked.tools = Arc::from([search()]);
    asked
}

async fn reply(streamed: bool, script: Vec<Step>) -> (Result<Reply, Failure>, Json) {
    let server = Server::new(vec![script]).await;
    let reply = play(asked(&server.base()), &stage_with(Arc::new(Looks(streamed)))).await;
    let sent = server.requests().remove(0);
    let (_, body) = sent.split_once("\r\n\r\n").unwrap();
    (reply, serde_json::from_str(body).unwrap())
}

fn called(calls: &Json, finish: &str) -> Vec<Step> {
    let message = json!({"role": "assistant", "content": null, "tool_calls": calls});
    let whole = json!({"choices": [{"message": message, "finish_reason": finish}]});
    vec![response("200 OK", JSON, whole.to_string())]
}

fn streamed(deltas: &[Json], end: &str) -> Vec<Step> {
    let mut body = String::new();
    for delta in deltas {
        let chunk = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]});
        body = format!("{body}data: {chunk}\n\n");
    }
    body.push_str(end);
    vec![open(SSE), Step::Send(body.into_bytes())]
}

const END: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";

/// Names and arguments.
fn calls(reply: Result<Reply, Failure>) -> Vec<(String, String)> {
    let calls = reply.unwrap().calls;
    calls.into_iter().map(|call| (call.tool.to_string(), call.arguments.said())).collect()
}

fn two() -> Vec<(String, String)> {
    let call = |query: &str| ("search".to_owned(), json!({"query": query, "most": null}).to_string());
    vec![call("tides"), call("moon")]
}

#[tokio::test]
async fn tools_are_offered_with_their_schemas_and_calls_come_back() {
    let call = |(name, arguments)| json!({"id": "x", "type": "function", "function": {"name": name, "arguments": arguments}});
    let wire: Vec<Json> = two().into_iter().map(call).collect();
    let (came, sent) = reply(false, called(&json!(wire), "tool_calls")).await;
    assert_eq!(calls(came), two());
    assert_eq!(sent["tool_choice"], json!("auto"));
    let function = &sent["tools"][0]["function"];
    assert_eq!((&function["name"], &function["strict"]), (&json!("search"), &json!(true)));
    assert_eq!(function["description"], json!("Finds pages."));
    assert_eq!(function["parameters"]["properties"]["query"]["description"], json!("What to look for."));
    assert_eq!(function["parameters"]["required"], json!(["query", "most"]));
}

#[tokio::test]
async fn servers_differ_in_how_they_say_it() {
    // Arguments as JSON instead of a text that holds JSON, and another reason to finish.
    let wire = json!([{"function": {"name": "search", "arguments": {"query": "tides"}}}]);
    let (came, _) = reply(false, called(&wire, "stop")).await;
    assert_eq!(calls(came), [("search".to_owned(), "{\"query\":\"tides\"}".to_owned())]);
    let wire = json!([{"id": "x", "function": {"name": "search"}}]);
    assert_eq!(calls(reply(false, called(&wire, "tool_calls")).await.0)[0].1, "");
    // What was cut off is no call.
    let wire = json!([{"id": "x", "function": {"name": "search", "arguments": "{\"que"}}]);
    let (came, _) = reply(false, called(&wire, "length")).await;
    assert_eq!(came.unwrap_err().kind, FailureKind::Truncated);
}

#[tokio::test]
async fn calls_come_bit_by_bit_and_side_by_side() {
    let piece = |index: u32, id: &str, name: &str, arguments: &str| {
        let mut function = json!({"arguments": arguments});
        let mut piece = json!({"index": index});
        if !id.is_empty() {
            function["name"] = name.into();
            piece["id"] = id.into();
        }
        piece["function"] = function;
        json!({"tool_calls": [piece]})
    };
    let deltas = [
        json!({"role": "assistant", "content": null}),
        piece(0, "a", "search", ""),
        piece(0, "", "", "{\"query\":\"ti"),
        piece(0, "", "", "des\",\"most\":null}"),
        piece(1, "b", "search", "{\"query\":\"moon\","),
        piece(1, "", "", "\"most\":null}"),
    ];
    assert_eq!(calls(reply(true, streamed(&deltas, END)).await.0), two());
    // Each whole, all under one number, or under none.
    for index in [json!(0), Json::Null] {
        let whole = |id: &str, (name, arguments): (String, String)| json!({"tool_calls": [{"index": index, "id": id, "function": {"name": name, "arguments": arguments}}]});
        let mut two = two().into_iter();
        let deltas = [whole("a", two.next().unwrap()), whole("b", two.next().unwrap())];
        assert_eq!(calls(reply(true, streamed(&deltas, END)).await.0), self::two());
    }
    let broken = streamed(&deltas[..4], "");
    assert_eq!(reply(true, broken).await.0.unwrap_err().kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn what_tools_gave_is_told_with_the_calls() {
    let server = Server::new(vec![vec![response(
        "200 OK",
        JSON,
        r#"{"choices":[{"message":{"content":"Much."},"finish_reason":"stop"}]}"#,
    )]])
    .await;
    let mut asked = asked(&server.base());
    let call = |id: &str, arguments: Answer| {
        let mut call = ToolCall::new("search", arguments);
        call.id = id.into();
        call
    };
    let good = call("t0001c001", Answer::Text("{\"query\":\"tides\"}".into()));
    let bad = call("t0001c002", Answer::Text("tides, please".into()));
    asked.messages.push(said(Role::Assistant, "").with_calls(vec![good.clone(), bad.clone()]));
    asked.messages.push(said(Role::Tool, "a, b").with_calls(vec![good]));
    asked.messages.push(said(Role::Tool, "Not called.").with_calls(vec![bad]));
    let reply = play(asked, &stage_with(Arc::new(Looks(false)))).await.unwrap();
    assert_eq!(reply, Reply::text("Much.").with_usage(reply.usage));
    let sent = server.requests().remove(0);
    let body: Json = serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap();
    let function = |arguments: &str| json!({"name": "search", "arguments": arguments});
    let wanted = json!([
        {"role": "user", "content": "What is known?"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "t0001c001", "type": "function", "function": function("{\"query\":\"tides\"}")},
            {"id": "t0001c002", "type": "function", "function": function("{\"unreadable\":\"tides, please\"}")},
        ]},
        {"role": "tool", "content": "a, b", "tool_call_id": "t0001c001"},
        {"role": "tool", "content": "Not called.", "tool_call_id": "t0001c002"},
    ]);
    assert_eq!(body["messages"], wanted);
}
