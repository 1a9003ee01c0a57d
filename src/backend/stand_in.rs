//! `stand_in()`: makes up an answer that fits the type and its conditions, and that the part's `ensure`s hold of, as far
//! as a small search finds one. The same call of the same run
//! gets the same answer; another try gets another. Of a part with tools it calls each once, with arguments that
//! it makes up, and then answers.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::answer::stand_in_that;
use crate::instrument::{
    Abilities, Answer, Backend, Class, Ensures, Failure, FailureKind, Opening, PlayFuture, Profile, Reply,
    Request, Stage, ToolCall,
};
use crate::types::{Signature, Type};
use crate::value::{Instrument, Value};

use super::said::sent;
use super::script::EVERYTHING;
use super::settings::{Settings, constructor};

/// The backend.
pub(super) struct StandIn;

impl Backend for StandIn {
    fn name(&self) -> &'static str {
        "stand_in"
    }

    fn doc(&self) -> &'static str {
        "A stand-in that makes up answers of the right type: offline, free, the same each time."
    }

    fn signature(&self) -> Signature {
        constructor(&[], &[("seed", Type::Int, "Another seed gives other answers (0).")])
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        EVERYTHING
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { stand_in: true, ..Class::Thinks.profile() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(std::future::ready(make_up(&request, stage)))
    }
}

fn make_up(request: &Request, stage: &Stage) -> Result<Reply, Failure> {
    if let Some(prefill) = &request.prefill {
        return Ok(Reply::value(prefill.clone()));
    }
    let seed = seed(request);
    if request.messages.iter().all(|message| message.calls.is_empty()) && !request.tools.is_empty() {
        let calls = request.tools.iter().map(|tool| {
            let arguments = made_up(request, &tool.arguments(), seed, None, stage)?;
            Ok(ToolCall::new(Arc::clone(&tool.name), Answer::Value(arguments)))
        });
        return Ok(Reply::calls("", calls.collect::<Result<_, Failure>>()?));
    }
    let ensures = request.ensures.as_ref();
    if let Some(choices) = &request.choices {
        return Ok(Reply::value(ensured(choices, request, seed, ensures, stage)));
    }
    made_up(request, &request.answer, seed, ensures, stage).map(Reply::value)
}

/// A choice, if there is one of which holds what is ensured.
fn ensured(
    choices: &[Value],
    request: &Request,
    seed: u64,
    ensures: Option<&Ensures>,
    stage: &Stage,
) -> Value {
    let first = chosen(choices, &request.answer, seed);
    let Some(Ensures { part, arguments }) = ensures else { return first };
    let mut found = None;
    (stage.judging)(&mut |judge| {
        let seeds = (0..choices.len() as u64).map(|more| seed.wrapping_add(more));
        let mut all = seeds.map(|seed| chosen(choices, &request.answer, seed));
        found = all.find(|choice| judge.ensured(*part, arguments, choice));
    });
    found.unwrap_or(first)
}

/// A value of this type, for a request.
fn made_up(
    request: &Request,
    ty: &Type,
    seed: u64,
    ensures: Option<&Ensures>,
    stage: &Stage,
) -> Result<Value, Failure> {
    let mut made = None;
    (stage.judging)(&mut |judge| {
        made = Some(stand_in_that(ty, seed, judge, |judge, value| {
            ensures.is_none_or(|ensures| judge.ensured(ensures.part, &ensures.arguments, value))
        }));
    });
    let made = made.map_or_else(
        || Err("nobody judges the conditions of its type".to_owned()),
        |made| made.map_err(|error| error.to_string()),
    );
    made.map_err(|why| {
        Failure::new(
            FailureKind::BadShape,
            format!("`stand_in()` has no answer for `{}`: {why}", request.part),
        )
        .with_help(format!("put `script([…])` in the chair of `{}`", request.part))
        .with_exchange(&sent(request), "")
    })
}

/// By where the call stands, which try it is and what is set, never by time or order.
fn seed(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&*request.path, request.attempt, Settings::of(&request.instrument).whole("seed")).hash(&mut hasher);
    hasher.finish()
}

/// As many members as are wanted at least, and one if that is none.
fn chosen(choices: &[Value], wanted: &Type, seed: u64) -> Value {
    let start = usize::try_from(seed % choices.len().max(1) as u64).unwrap_or(0);
    let mut members = choices.iter().cycle().skip(start).take(choices.len()).cloned();
    match wanted.shape() {
        Type::List(_, size) => {
            let count = usize::try_from(size.min.max(1)).unwrap_or(usize::MAX);
            Value::list(members.take(count).collect::<Vec<_>>())
        }
        _ => members.next().unwrap_or(Value::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::tests::{instrument, play, request, stage};

    #[tokio::test]
    async fn it_fits_and_stays_the_same() {
        let stage = stage();
        let actor = instrument("stand_in", &[]);
        let wanted = Type::list(Type::union([Type::Int, Type::Bool]));
        let made = |request| async { play(request, &stage).await.unwrap().answer };
        let first = made(request(&actor, wanted.clone(), "x")).await;
        assert!(matches!(&first, Answer::Value(Value::List(_))), "{first:?}");
        assert_eq!(first, made(request(&actor, wanted, "x")).await);
        let mut choosing = request(&actor, Type::Int, "choose");
        choosing.choices = Some([Value::text("a"), Value::text("b")].into());
        assert!(
            matches!(made(choosing).await, Answer::Value(Value::Text(text)) if &*text == "a" || &*text == "b")
        );
    }
}
