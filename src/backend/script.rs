//! `script(…)`: answers from a list, in written order, or computed by a small function.

use std::path::Path;
use std::sync::Arc;

use crate::instrument::{
    Abilities, Answer, Backend, Cabinet, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Reply,
    Request, Stage, ToolCall,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, Value};

use super::said::{sent, told};
use super::settings::{Settings, constructor};

/// The backend.
pub(super) struct Script;

/// What any stand-in can do: everything.
pub(super) const EVERYTHING: Abilities = Abilities {
    chat: true,
    json: true,
    tools: true,
    images_in: true,
    images_out: true,
    audio_in: true,
    audio_out: true,
    streams: false,
};

impl Backend for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn doc(&self) -> &'static str {
        "A stand-in: answers from a list, in written order, or by a function of what it is asked."
    }

    fn signature(&self) -> Signature {
        constructor(
            &[("answers", Type::Unknown, "A list of answers, or a function such as `asked => …`.")],
            &[("price", Type::Money, "What a call is said to cost (nothing).")],
        )
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        EVERYTHING
    }

    fn profile(&self, instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        let ordered = matches!(instrument.setting("answers"), Some(Value::List(_)));
        Profile { ordered, stand_in: true, ..Class::Thinks.profile() }
    }

    fn recalled(&self, request: &Request, _folder: &Path, cabinet: &Cabinet) {
        if let Some(Value::List(answers)) = Settings::of(&request.instrument).value("answers") {
            let _ = cabinet.deal(&request.instrument, answers);
        }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(std::future::ready(play(&request, stage)))
    }
}

fn play(request: &Request, stage: &Stage) -> Result<Reply, Failure> {
    let name = &request.instrument.name;
    let answer = match Settings::of(&request.instrument).value("answers") {
        Some(Value::List(answers)) => {
            let Some((_, answer)) = stage.cabinet.deal(&request.instrument, answers) else {
                let message = match answers.len() {
                    1 => format!("`{name}` has given its only answer"),
                    count => format!("`{name}` has given all of its {count} answers"),
                };
                return Err(Failure::new(FailureKind::Exhausted, message)
                    .with_help(format!("add an answer to the script for `{}`", request.path))
                    .with_exchange(&sent(request), ""));
            };
            answer
        }
        Some(function @ Value::Function(_)) => (stage.functions)(function, &[Value::text(&told(request))])?,
        _ => {
            let message = "`script` takes a list of answers or a function of what is asked";
            return Err(Failure::new(FailureKind::InvalidRequest, message));
        }
    };
    let calls = if request.tools.is_empty() { None } else { calls(&answer) };
    Ok(match calls {
        Some(calls) => Reply::calls("", calls),
        None => reply(answer, &request.answer),
    })
}

/// A scripted value as a reply. A text for a part that wants something else is read as a model's words
/// would be, so that tests can give bad ones.
fn reply(answer: Value, wanted: &Type) -> Reply {
    match answer {
        Value::Text(text) if !matches!(wanted.shape(), Type::Text) => Reply::text(&*text),
        other => Reply::value(other),
    }
}

/// The calls of tools that a scripted value is: `{call: "search", with: {query: "tides"}}`, or a list of such
/// for several in one turn. A text after `with` stands for arguments as a model might write them.
fn calls(answer: &Value) -> Option<Vec<ToolCall>> {
    match answer {
        Value::List(all) if !all.is_empty() => all.iter().map(call).collect(),
        one => Some(vec![call(one)?]),
    }
}

fn call(value: &Value) -> Option<ToolCall> {
    let fields: Vec<(&str, &Value)> = match value {
        Value::Record(record) => record.entries().collect(),
        Value::Map(map) => map.iter().map(|(name, value)| (&**name, value)).collect(),
        _ => return None,
    };
    let (mut tool, mut arguments) = (None, Answer::Value(Value::Map(Arc::default())));
    for (name, value) in fields {
        match (name, value) {
            ("call", Value::Text(name)) => tool = Some(name.clone()),
            ("with", Value::Text(text)) => arguments = Answer::Text(text.to_string()),
            ("with", value) => arguments = Answer::Value(value.clone()),
            _ => return None,
        }
    }
    Some(ToolCall::new(tool?, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{instrument, play, request, stage};

    #[tokio::test]
    async fn answers_come_in_order_and_run_out_by_name() {
        let stage = stage();
        let list = Value::list(vec![Value::text("a"), Value::Int(2)]);
        let actor = instrument("script", &[("answers", list)]);
        let ask = |ty: Type| request(&actor, ty, "say");
        assert_eq!(play(ask(Type::Text), &stage).await.unwrap().answer, Answer::Value(Value::text("a")));
        assert_eq!(play(ask(Type::Int), &stage).await.unwrap().answer, Answer::Value(Value::Int(2)));
        let failure = play(ask(Type::Int), &stage).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Exhausted);
        assert!(failure.message.contains("all of its 2 answers"));
    }
}
