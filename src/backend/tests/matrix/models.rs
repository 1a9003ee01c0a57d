//! The columns of models over their providers' own protocols.

use serde_json::{Value as Json, json};

use super::super::server::{Step, open, response};
use super::players::{Player, Stream, chat};
use crate::instrument::Request;
use crate::value::Value;

const JSON: &str = "Content-Type: application/json\r\n";

/// A call of a tool: id, name, arguments.
type Call<'a> = (&'a str, &'a str, &'a str);

pub(super) const RESPONSES: Player = Player {
    name: "openai, responses, whole",
    ask: responses,
    good: r#"{"status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."}]}],"usage":{"input_tokens":9,"output_tokens":2}}"#,
    refusal: r#"{"error":{"message":"MESSAGE","type":"x","code":null}}"#,
    calls: Some(|calls| vec![response("200 OK", JSON, items(calls).to_string())]),
    ..ANTHROPIC
};

pub(super) const RESPONSES_STREAMED: Player = Player {
    name: "openai, responses, streamed",
    stream: Some(Stream {
        mime: "text/event-stream",
        events: &[
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"status\":\"in_progress\"}}\n\n",
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Caf\u{e9} \u{1f600}\"}\n\n",
            "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\",\"text\":\"\"}\n\n",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Caf\u{e9} \u{1f600}\"}]}]}}\n\n",
        ],
        wrong: "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"boom\"}\n\n",
    }),
    calls: Some(|calls| {
        let done = json!({"type": "response.completed", "response": items(calls)});
        let body = format!("data: {done}\n\n");
        vec![open("Content-Type: text/event-stream\r\n"), Step::Send(body.into_bytes())]
    }),
    ..RESPONSES
};

fn responses(base: &str, timeout: i64) -> Request {
    let mut asked = chat("openai", base, timeout);
    let mut instrument = (*asked.instrument).clone();
    instrument.settings.insert("api".into(), Value::text("responses"));
    asked.instrument = instrument.into();
    asked
}

fn items(calls: &[Call<'_>]) -> Json {
    let item = |(id, name, arguments): &Call<'_>| json!({"type": "function_call", "call_id": id, "name": name, "arguments": arguments});
    let items: Vec<Json> = calls.iter().map(item).collect();
    json!({"status": "completed", "output": items})
}

pub(super) const ANTHROPIC: Player = Player {
    name: "anthropic, whole",
    ask: |base, timeout| chat("anthropic", base, timeout),
    model: true,
    once: false,
    good: r#"{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi."}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":2}}"#,
    refusal: r#"{"type":"error","error":{"type":"x","message":"MESSAGE"}}"#,
    stream: None,
    calls: Some(blocks),
};

pub(super) const ANTHROPIC_STREAMED: Player = Player {
    name: "anthropic, streamed",
    stream: Some(Stream {
        mime: "text/event-stream",
        events: &[
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Caf\u{e9} \u{1f600}\"}}\n\n",
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ],
        wrong: "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"boom\"}}\n\n",
    }),
    calls: Some(block_events),
    ..ANTHROPIC
};

pub(super) const GEMINI: Player = Player {
    name: "gemini, whole",
    ask: |base, timeout| chat("gemini", base, timeout),
    good: r#"{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2}}"#,
    refusal: r#"{"error":{"code":0,"message":"MESSAGE","status":"X"}}"#,
    calls: Some(|calls| vec![response("200 OK", JSON, parts(calls).to_string())]),
    ..ANTHROPIC
};

pub(super) const GEMINI_STREAMED: Player = Player {
    name: "gemini, streamed",
    stream: Some(Stream {
        mime: "text/event-stream",
        events: &[
            "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Caf\u{e9} \"}]}}]}\n\n",
            "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\u{1f600}\"}]}}]}\n\n",
            "data: {\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"STOP\"}]}\n\n",
        ],
        wrong: "data: {\"error\":{\"code\":503,\"message\":\"boom\",\"status\":\"UNAVAILABLE\"}}\n\n",
    }),
    calls: Some(|calls| {
        let body = format!("data: {}\n\n", parts(calls));
        vec![open("Content-Type: text/event-stream\r\n"), Step::Send(body.into_bytes())]
    }),
    ..GEMINI
};

pub(super) const OLLAMA: Player = Player {
    name: "ollama, whole",
    ask: |base, timeout| chat("ollama", base, timeout),
    good: r#"{"model":"m","message":{"role":"assistant","content":"Hi."},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":2}"#,
    refusal: r#"{"error":"MESSAGE"}"#,
    calls: Some(|calls| vec![response("200 OK", JSON, line(calls).to_string())]),
    ..ANTHROPIC
};

pub(super) const OLLAMA_STREAMED: Player = Player {
    name: "ollama, streamed",
    stream: Some(Stream {
        mime: "application/x-ndjson",
        events: &[
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Caf\u{e9} \u{1f600}\"},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"!\"},\"done\":false}\n",
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n",
        ],
        wrong: "{\"error\":\"boom\"}\n",
    }),
    calls: Some(|calls| {
        let body = format!("{}\n", line(calls));
        vec![open("Content-Type: application/x-ndjson\r\n"), Step::Send(body.into_bytes())]
    }),
    ..OLLAMA
};

/// Arguments where a protocol has them as JSON: what is none stands there as a text.
fn object(arguments: &str) -> Json {
    serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into())
}

fn blocks(calls: &[Call<'_>]) -> Vec<Step> {
    let block = |(id, name, arguments): &Call<'_>| json!({"type": "tool_use", "id": id, "name": name, "input": object(arguments)});
    let blocks: Vec<Json> = calls.iter().map(block).collect();
    let whole = json!({"type": "message", "content": blocks, "stop_reason": "tool_use"});
    vec![response("200 OK", JSON, whole.to_string())]
}

/// The pieces of all calls come in turn, two bytes of each at a time.
fn block_events(calls: &[Call<'_>]) -> Vec<Step> {
    let mut events = vec![json!({"type": "message_start", "message": {}})];
    for (index, (id, name, _)) in calls.iter().enumerate() {
        let block = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
        events.push(json!({"type": "content_block_start", "index": index, "content_block": block}));
    }
    let longest = calls.iter().map(|(_, _, arguments)| arguments.len()).max().unwrap_or(0);
    for at in (0..longest).step_by(2) {
        for (index, (_, _, arguments)) in calls.iter().enumerate() {
            if let Some(piece) = arguments.get(at..arguments.len().min(at + 2)) {
                let delta = json!({"type": "input_json_delta", "partial_json": piece});
                events.push(json!({"type": "content_block_delta", "index": index, "delta": delta}));
            }
        }
    }
    for index in 0..calls.len() {
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}));
    events.push(json!({"type": "message_stop"}));
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    vec![open("Content-Type: text/event-stream\r\n"), Step::Send(body.into_bytes())]
}

fn parts(calls: &[Call<'_>]) -> Json {
    let part = |(id, name, arguments): &Call<'_>| json!({"functionCall": {"id": id, "name": name, "args": object(arguments)}});
    let parts: Vec<Json> = calls.iter().map(part).collect();
    json!({"candidates": [{"index": 0, "content": {"parts": parts}, "finishReason": "STOP"}]})
}

fn line(calls: &[Call<'_>]) -> Json {
    let call =
        |(_, name, arguments): &Call<'_>| json!({"function": {"name": name, "arguments": object(arguments)}});
    let calls: Vec<Json> = calls.iter().map(call).collect();
    json!({"message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": true, "done_reason": "stop"})
}
