//! Tools for the embedded model, which knows none: it is told how to call them, and its answer is held to be
//! either a call, `{"tool": "search", "arguments": {…}}`, or the answer, `{"answer": …}`. One call a turn.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::instrument::{Answer, Message, Reply, Request, Role, Tool, ToolCall};
use crate::types::{Field, Literal, RecordType, Type, admits_text, json_schema};

/// The most letters of an answer that is a text: inside of JSON it needs an end.
const LONGEST: u64 = 1_200;

/// The schema of what may be answered.
pub(super) fn schema(request: &Request) -> Json {
    let answer = match request.answer.shape() {
        Type::Nothing | Type::Unknown => Type::Text,
        _ => request.answer.clone(),
    };
    let free = admits_text(&answer);
    // A small model goes on as it began: what takes no arguments is called once, again it would say the same.
    let called = |tool: &Tool| {
        request.messages.iter().flat_map(|message| &message.calls).any(|call| call.tool == tool.name)
    };
    let again = |tool: &&Tool| tool.params.fields().is_empty() && called(tool);
    let tools = request.tools.iter().filter(|tool| !again(tool)).map(|tool| {
        let name = Type::Literal(Literal::Text(tool.name.clone()));
        object(&[("tool", name), ("arguments", tool.arguments())])
    });
    let mut schema = json_schema(&Type::union(tools.chain([object(&[("answer", answer)])])));
    let members = schema.get_mut("anyOf").and_then(Json::as_array_mut).into_iter().flatten();
    for text in members.filter_map(|member| member.pointer_mut("/properties/answer")).filter(|_| free) {
        if let Some(text) = text.as_object_mut() {
            text.insert("maxLength".into(), LONGEST.into());
        }
    }
    schema
}

fn object(fields: &[(&str, Type)]) -> Type {
    let field = |(name, ty): &(&str, Type)| Field {
        name: Arc::from(*name),
        doc: String::new(),
        ty: ty.clone(),
        has_default: false,
    };
    Type::Record(Arc::new(RecordType::anonymous(fields.iter().map(field).collect())))
}

/// What the model is told of its tools, before everything else.
pub(super) fn told(tools: &[Tool]) -> String {
    let mut told = String::from(
        "You have tools. Answer with JSON alone: to call a tool, {\"tool\": its name, \"arguments\": {…}}; \
         you are then told what it gave. When you know enough, {\"answer\": …}. The tools:",
    );
    for tool in tools {
        let fields = tool.params.fields();
        let names: Vec<String> = fields.iter().map(|field| format!("{}: {}", field.name, field.ty)).collect();
        let _ = write!(told, "\n- {}({})", tool.name, names.join(", "));
        for doc in std::iter::once(tool.doc.trim()).filter(|doc| !doc.is_empty()) {
            let _ = write!(told, ": {doc}");
        }
        for field in fields.iter().filter(|field| !field.doc.trim().is_empty()) {
            let _ = write!(told, "\n  {}: {}", field.name, field.doc.trim());
        }
    }
    told
}

/// A message of a conversation with tools, in the words of that protocol; `said` is its text.
pub(super) fn retold(message: &Message, said: String) -> String {
    match (message.role, message.calls.as_slice()) {
        (Role::Tool, [call]) => {
            format!("`{}` gave: {said}\n\nAnswer from this now, or call another tool.", call.tool)
        }
        (Role::Assistant, []) => {
            let answer = serde_json::from_str::<Json>(&said).unwrap_or(Json::String(said));
            json!({"answer": answer}).to_string()
        }
        (Role::Assistant, calls) => {
            let calls = calls.iter().map(|call| {
                let said = call.arguments.said();
                let arguments = serde_json::from_str::<Json>(&said).unwrap_or(Json::String(said));
                json!({"tool": &*call.tool, "arguments": arguments}).to_string()
            });
            calls.collect::<Vec<_>>().join("\n")
        }
        _ => said,
    }
}

/// The call or the answer that such an answer is.
pub(super) fn read(text: &str) -> Reply {
    let Ok(mut said) = serde_json::from_str::<Map<String, Json>>(text.trim()) else {
        return Reply::text(text);
    };
    if let Some(Json::String(tool)) = said.remove("tool") {
        let arguments = said.remove("arguments").unwrap_or_else(|| json!({}));
        return Reply::calls("", vec![ToolCall::new(tool, Answer::Text(arguments.to_string()))]);
    }
    match said.remove("answer") {
        Some(Json::String(answer)) => Reply::text(answer),
        Some(answer) => Reply::text(answer.to_string()),
        None => Reply::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{instrument, request, said};

    fn search() -> Tool {
        let field =
            |name: &str, doc: &str, ty| Field { name: name.into(), doc: doc.into(), ty, has_default: false };
        let fields = vec![field("query", "What to look for.", Type::Text), field("most", "", Type::Int)];
        let params = Arc::new(RecordType::anonymous(fields));
        Tool { name: "search".into(), doc: "Finds pages.".into(), params }
    }

    #[test]
    fn the_schema_holds_each_tool_and_the_answer() {
        let mut asked = request(&instrument("local", &[]), Type::Text, "What is known?");
        asked.tools = Arc::from([search()]);
        let schema = schema(&asked);
        let members = schema["anyOf"].as_array().unwrap();
        assert_eq!(members.len(), 2);
        assert_eq!(members[0]["properties"]["tool"]["enum"], json!(["search"]));
        assert_eq!(members[0]["properties"]["arguments"]["required"], json!(["query", "most"]));
        assert_eq!(members[1]["properties"]["answer"], json!({"type": "string", "maxLength": LONGEST}));
        let list =
            Tool { name: "list".into(), doc: "".into(), params: Arc::new(RecordType::anonymous(vec![])) };
        asked.tools = Arc::from([search(), list]);
        assert_eq!(super::schema(&asked)["anyOf"].as_array().unwrap().len(), 3);
        let called = vec![ToolCall::new("list", Answer::Text("{}".into()))];
        asked.messages.push(said(Role::Tool, "a, b").with_calls(called));
        assert_eq!(super::schema(&asked)["anyOf"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_told_names_tools_with_their_parameters() {
        let told = told(&[search()]);
        assert!(told.contains("- search(query: text, most: int): Finds pages."), "{told}");
        assert!(told.contains("  query: What to look for."), "{told}");
    }

    #[test]
    fn a_call_and_an_answer_are_told_apart() {
        let call = read(r#"{"tool": "search", "arguments": {"query": "tides", "most": 2}}"#);
        assert_eq!(&*call.calls[0].tool, "search");
        assert_eq!(call.calls[0].arguments, Answer::Text(r#"{"query":"tides","most":2}"#.into()));
        assert_eq!(read(r#"{"answer": "Much."}"#), Reply::text("Much."));
        assert_eq!(read(r#"{"answer": {"pages": 2}}"#), Reply::text(r#"{"pages":2}"#));
        let again = said(Role::Assistant, "").with_calls(call.calls.clone());
        assert_eq!(
            retold(&again, String::new()),
            r#"{"tool":"search","arguments":{"query":"tides","most":2}}"#
        );
        let gave = said(Role::Tool, "a, b").with_calls(call.calls);
        assert_eq!(
            retold(&gave, "a, b".into()),
            "`search` gave: a, b\n\nAnswer from this now, or call another tool."
        );
        assert_eq!(retold(&said(Role::Assistant, "7"), "7".into()), r#"{"answer":7}"#);
    }
}
