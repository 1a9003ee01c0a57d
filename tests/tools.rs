//! A conversation with tools as it goes over the wire, from the score to the server and back.

mod model;

use model::{Model, calls, says};
use score_lang::session::{Ended, Parsed, Performance};
use score_lang::value::Value;
use serde_json::{Value as Json, json};

/// Performs a score in which this instrument reckons with a tool, answered with these bodies; gives what was sent.
fn reckoned(instrument: &str, answers: Vec<Json>) -> (Ended, Vec<Json>) {
    let model = Model::new(answers);
    let instrument = instrument.replace("PORT", &model.port.to_string());
    let score = format!(
        r#"
instrument model = {instrument}

/// Adds two numbers.
movement add(a: int, b: int) -> int {{ a + b }}

part reckon(question: text) -> int by model using add "{{question}}"

movement main() -> int {{ reckon("What are two and three?") }}
"#
    );
    let planned =
        Parsed::text("reckon.score", score.as_str()).check().expect("sound").plan().expect("a plan");
    let movement = planned.movement(None).expect("main");
    let ended = Performance::new(&planned, movement).run().expect("performed");
    (ended, model.sent())
}

#[test]
fn a_conversation_with_tools_goes_over_the_wire() {
    let answers = vec![
        calls(&[("add", "{\"a\": 2, \"b\": 3}"), ("ad", "{}")]),
        calls(&[("add", "{\"a\": \"two\"}")]),
        says("{\"answer\": 5}"),
    ];
    let (ended, sent) = reckoned("openai(\"m\", base_url: \"http://127.0.0.1:PORT/v1\")", answers);
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    assert_eq!(sent[0]["tools"][0]["function"]["description"], json!("Adds two numbers."));
    assert_eq!(sent[0]["response_format"]["type"], json!("json_schema"));
    let told = |turn: usize| -> Vec<(String, String)> {
        let messages = sent[turn]["messages"].as_array().expect("messages");
        let told = messages.iter().filter(|message| message["role"] == "tool");
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        told.map(|message| (text(&message["tool_call_id"]), text(&message["content"]))).collect()
    };
    assert_eq!(told(1)[0], ("t0001c001".to_owned(), "5".to_owned()));
    assert_eq!(told(1)[1].0, "t0001c002");
    assert!(told(1)[1].1.contains("There is no tool `ad`. Did you mean `add`?"), "{:?}", told(1));
    assert_eq!(told(2)[2].0, "t0002c001");
    assert!(told(2)[2].1.contains("field `b` is missing"), "{:?}", told(2));
}

/// Anthropic's blocks.
fn message(content: &Json, reason: &str) -> Json {
    json!({"id": "msg", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": reason, "stop_sequence": null, "usage": {"input_tokens": 9, "output_tokens": 2}})
}

#[test]
fn a_conversation_with_tools_goes_over_the_messages_api() {
    let call = |id: &str, name: &str, input: Json| json!({"type": "tool_use", "id": id, "name": name, "input": input});
    let thought = json!({"type": "thinking", "thinking": "Add.", "signature": "EqQB"});
    let (ended, sent) = reckoned(
        "anthropic(\"m\", thinking: true, base_url: \"http://127.0.0.1:PORT\")",
        vec![
            message(
                &json!([
                    thought,
                    call("toolu_1", "add", json!({"a": 2, "b": 3})),
                    call("toolu_2", "ad", json!({}))
                ]),
                "tool_use",
            ),
            message(&json!([{"type": "text", "text": "{\"answer\": 5}"}]), "end_turn"),
        ],
    );
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    assert_eq!(sent[0]["tools"][0]["description"], json!("Adds two numbers."));
    assert_eq!(sent[0]["output_config"]["format"]["type"], json!("json_schema"));
    let (called, told) = (&sent[1]["messages"][1]["content"], &sent[1]["messages"][2]["content"]);
    assert_eq!(called[0], thought);
    assert_eq!(called[1], call("t0001c001", "add", json!({"a": 2, "b": 3})));
    assert_eq!(told[0], json!({"type": "tool_result", "tool_use_id": "t0001c001", "content": "5"}));
    assert!(told[1]["content"].as_str().expect("words").contains("Did you mean `add`?"), "{told}");
}

#[test]
fn a_conversation_with_tools_goes_over_the_gemini_api() {
    let answer = |parts: &Json| json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]});
    let call = |id: &str, name: &str, args: Json| json!({"id": id, "name": name, "args": args});
    let (ended, sent) = reckoned(
        "gemini(\"gemini-3.8-flash\", base_url: \"http://127.0.0.1:PORT\")",
        vec![
            answer(&json!([
                {"functionCall": call("c1", "add", json!({"a": 2, "b": 3})), "thoughtSignature": "EvAC"},
                {"functionCall": call("c2", "ad", json!({}))},
            ])),
            answer(&json!([{"text": "5"}])),
        ],
    );
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    assert_eq!(sent[0]["tools"][0]["functionDeclarations"][0]["description"], json!("Adds two numbers."));
    let (called, told) = (&sent[1]["contents"][1]["parts"], &sent[1]["contents"][2]["parts"]);
    let mine = call("t0001c001", "add", json!({"a": 2, "b": 3}));
    assert_eq!(called[0], json!({"functionCall": mine, "thoughtSignature": "EvAC"}));
    assert_eq!(told[0]["functionResponse"]["response"], json!({"output": "5"}));
    let wrong = told[1]["functionResponse"]["response"]["output"].as_str().expect("words");
    assert!(wrong.contains("Did you mean `add`?"), "{wrong}");
}

#[test]
fn a_conversation_with_tools_goes_over_ollamas_chat() {
    let answer =
        |message: Json| json!({"model": "m", "message": message, "done": true, "done_reason": "stop"});
    let call = |name: &str, arguments: Json| json!({"function": {"name": name, "arguments": arguments}});
    let calls = json!([call("add", json!({"a": 2, "b": 3})), call("ad", json!({}))]);
    let (ended, sent) = reckoned(
        "ollama(\"m\", base_url: \"http://127.0.0.1:PORT\")",
        vec![
            answer(json!({"role": "assistant", "content": "", "thinking": "Add.", "tool_calls": calls})),
            answer(json!({"role": "assistant", "content": "5"})),
        ],
    );
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    assert_eq!(sent[0]["tools"][0]["function"]["description"], json!("Adds two numbers."));
    let messages = &sent[1]["messages"];
    assert_eq!((&messages[1]["thinking"], &messages[1]["tool_calls"]), (&json!("Add."), &calls));
    assert_eq!(messages[2], json!({"role": "tool", "content": "5", "tool_name": "add"}));
    assert!(messages[3]["content"].as_str().expect("words").contains("Did you mean `add`?"), "{messages}");
}

#[test]
fn a_conversation_with_tools_goes_over_the_responses_api() {
    let answer = |output: Json| json!({"status": "completed", "output": output});
    let call = |id: &str, name: &str, arguments: &str| json!({"type": "function_call", "call_id": id, "name": name, "arguments": arguments});
    let thought = json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAAAA"});
    let said = json!([{"type": "message", "content": [{"type": "output_text", "text": "{\"answer\": 5}"}]}]);
    let (ended, sent) = reckoned(
        "openai(\"gpt-5-mini\", api: \"responses\", base_url: \"http://127.0.0.1:PORT/v1\")",
        vec![
            answer(json!([thought, call("c1", "add", "{\"a\":2,\"b\":3}"), call("c2", "ad", "{}")])),
            answer(said),
        ],
    );
    assert!(matches!(&ended, Ended::Done(Value::Int(5))), "{ended:?}");
    assert_eq!(sent[0]["tools"][0]["description"], json!("Adds two numbers."));
    let items = sent[1]["input"].as_array().expect("items");
    assert_eq!(items[1], thought);
    assert_eq!(items[2], call("t0001c001", "add", "{\"a\":2,\"b\":3}"));
    assert_eq!(items[4], json!({"type": "function_call_output", "call_id": "t0001c001", "output": "5"}));
    assert!(items[5]["output"].as_str().expect("words").contains("Did you mean `add`?"), "{items:?}");
}
