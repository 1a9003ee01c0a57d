//! Recordings: what was asked and what came back, a line of JSON for each call.
//!
//! `{"path": "report/draft", "part": "draft", "instrument": "writer", "asked": "user: …", "answer": {"text": "…"}}`
//! where the answer is `text` as it came, or a `value` (as [`crate::value::encode`] has it), with `calls` of tools
//! beside it, or instead of it a `failure`. Calls are found again by their part and what was asked.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Answer, Committed, Failure, FailureKind, Piece, Reply, Request, Role, ToolCall, Usage};
use crate::value::{CodedError, decode, encode, render};

/// One call of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The part's name.
    pub part: String,
    /// What was asked, as [`asked`] has it.
    pub asked: String,
    /// What came of it.
    pub end: Result<Reply, Failure>,
}

/// All that a request says, for a reader: its turns, or its arguments where it has none.
#[must_use]
pub fn asked(request: &Request) -> String {
    let mut text = String::new();
    for message in &request.messages {
        let word = match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        };
        let _ = write!(text, "{word}: ");
        for piece in &message.pieces {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Hole(value) => text.push_str(&render(value)),
            }
        }
        text.push('\n');
    }
    if request.messages.is_empty() {
        for (name, value) in &request.arguments {
            let _ = writeln!(text, "{name}: {}", render(value));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// One call as a line.
///
/// # Errors
/// If what came back can't be written down.
pub fn line(request: &Request, end: &Result<Reply, Failure>) -> Result<String, CodedError> {
    let mut line = json!({
        "path": &*request.path,
        "part": &*request.part,
        "instrument": &*request.instrument.name,
        "asked": asked(request),
    });
    match end {
        Ok(reply) => {
            line["answer"] = answer(&reply.answer)?;
            if !reply.calls.is_empty() {
                let calls = reply
                    .calls
                    .iter()
                    .map(|call| Ok(json!({ "tool": &*call.tool, "arguments": answer(&call.arguments)? })));
                line["calls"] = Json::Array(calls.collect::<Result<_, CodedError>>()?);
            }
        }
        Err(failure) => {
            line["failure"] = json!({
                "kind": failure.kind.word(),
                "message": failure.message,
                "committed": match failure.committed {
                    Committed::No => "no",
                    Committed::Yes => "yes",
                    Committed::Unknown => "unknown",
                },
            });
        }
    }
    Ok(line.to_string())
}

fn answer(answer: &Answer) -> Result<Json, CodedError> {
    Ok(match answer {
        Answer::Text(text) => json!({ "text": text }),
        Answer::Value(value) => json!({ "value": encode(value)? }),
    })
}

/// Reads a recording.
///
/// # Errors
/// With the number of the line (from 1) that is none, and why.
pub fn read(text: &str) -> Result<Vec<Recorded>, (usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| recorded(line).map_err(|why| (at + 1, why))).collect()
}

fn recorded(line: &str) -> Result<Recorded, String> {
    let json: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let text = |name: &str| json[name].as_str().map(str::to_owned).ok_or(format!("it has no `{name}`"));
    let (part, asked) = (text("part")?, text("asked")?);
    if let Some(failure) = json.get("failure") {
        let kind = failure["kind"].as_str().and_then(FailureKind::from_word);
        let kind = kind.ok_or("its failure has no kind")?;
        let committed = match failure["committed"].as_str() {
            Some("yes") => Committed::Yes,
            Some("unknown") => Committed::Unknown,
            _ => Committed::No,
        };
        let message = failure["message"].as_str().unwrap_or_default();
        let end = Err(Failure::new(kind, message).with_committed(committed));
        return Ok(Recorded { part, asked, end });
    }
    let calls = json["calls"].as_array().into_iter().flatten().map(|call| {
        let tool = call["tool"].as_str().ok_or("a call in it names no tool")?;
        Ok(ToolCall::new(tool, read_answer(&call["arguments"])?))
    });
    let calls = calls.collect::<Result<Vec<_>, String>>()?;
    let reply = Reply { answer: read_answer(&json["answer"])?, calls, usage: Usage::default(), memo: None };
    Ok(Recorded { part, asked, end: Ok(reply) })
}

fn read_answer(json: &Json) -> Result<Answer, String> {
    if let Some(text) = json["text"].as_str() {
        return Ok(Answer::Text(text.to_owned()));
    }
    let value = json.get("value").ok_or("it has no answer")?;
    decode(value).map(Answer::Value).map_err(|error| error.to_string())
}
