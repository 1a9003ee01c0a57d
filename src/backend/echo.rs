//! `echo()`: says back what it is given.
//!
//! In this order: what the part is prefilled with; of a part with `from`, the first choice (as many as
//! the type wants at least, for a list); for a text, what was said, rendered; what was said where it is
//! JSON; `nothing`. For anything else it has no answer and says so: it never guesses a decision.

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Opening, PlayFuture, Profile, Reply, Request, Stage,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, Value};

use super::said::{flat, question, told};
use super::script::EVERYTHING;
use super::settings::constructor;

/// The backend.
pub(super) struct Echo;

impl Backend for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn doc(&self) -> &'static str {
        "A stand-in that says back what it is given: the prefill, the first choice, or the words themselves."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        EVERYTHING
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { stand_in: true, ..Class::Thinks.profile() }
    }

    fn play<'a>(&'a self, request: Request, _stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(std::future::ready(answer(&request)))
    }
}

fn answer(request: &Request) -> Result<Reply, Failure> {
    if let Some(prefill) = &request.prefill {
        return Ok(Reply::value(prefill.clone()));
    }
    if let Some(choices) = &request.choices {
        let (least, list) = match request.answer.shape() {
            Type::List(_, size) => (usize::try_from(size.min.max(1)).unwrap_or(usize::MAX), true),
            _ => (1, false),
        };
        if least <= choices.len() {
            let chosen = choices.iter().take(least).cloned();
            return Ok(Reply::value(if list {
                Value::list(chosen.collect::<Vec<_>>())
            } else {
                choices[0].clone()
            }));
        }
    }
    let said = if request.messages.is_empty() { told(request) } else { flat(question(request).0) };
    match request.answer.shape() {
        Type::Nothing => Ok(Reply::value(Value::Nothing)),
        Type::Text | Type::Unknown => Ok(Reply::value(Value::text(&said))),
        _ if serde_json::from_str::<serde::de::IgnoredAny>(said.trim()).is_ok() => Ok(Reply::text(said)),
        ty => {
            let message = format!("`echo()` has nothing to say back where a value of type {ty} is wanted");
            Err(Failure::new(FailureKind::BadShape, message)
                .with_help(format!(
                    "give `{}` a `prefill`, or put `stand_in()` or `script([…])` in the chair",
                    request.part
                ))
                .with_exchange(&said, ""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{instrument, play, request, stage};
    use crate::instrument::Answer;

    #[tokio::test]
    async fn it_says_back_what_there_is() {
        let stage = stage();
        let echo = instrument("echo", &[]);
        let said = play(request(&echo, Type::Text, "hello"), &stage).await.unwrap();
        assert_eq!(said.answer, Answer::Value(Value::text("hello")));
        let mut prefilled = request(&echo, Type::Text, "edit it");
        prefilled.prefill = Some(Value::text("draft"));
        assert_eq!(play(prefilled, &stage).await.unwrap().answer, Answer::Value(Value::text("draft")));
        let mut choosing = request(&echo, Type::list(Type::Int), "choose");
        choosing.choices = Some([Value::Int(4), Value::Int(5)].into());
        let chosen = play(choosing, &stage).await.unwrap();
        assert_eq!(chosen.answer, Answer::Value(Value::list(vec![Value::Int(4)])));
        assert_eq!(
            play(request(&echo, Type::Int, " 7 "), &stage).await.unwrap().answer,
            Answer::Text(" 7 ".into())
        );
    }

    #[tokio::test]
    async fn it_never_decides() {
        let failure =
            play(request(&instrument("echo", &[]), Type::Bool, "Shall we?"), &stage()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::BadShape);
        assert!(failure.help.unwrap().contains("prefill"));
    }
}
