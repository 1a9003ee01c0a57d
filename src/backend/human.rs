//! `human(…)`: a person, asked by whoever can ask one.

use crate::instrument::{
    Abilities, Backend, Class, Failure, FailureKind, Needs, Opening, PlayFuture, Profile, Question, Reply,
    Request, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::said::{flat, question};
use super::settings::{Settings, constructor};

/// The backend.
pub(super) struct Human;

impl Backend for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn doc(&self) -> &'static str {
        "A person. With a role, whoever has that role is asked."
    }

    fn signature(&self) -> Signature {
        constructor(
            &[],
            &[("role", Type::Text, "Whose answer is wanted, such as \"legal\" (whoever is there).")],
        )
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities {
            chat: true,
            json: true,
            images_in: true,
            images_out: true,
            audio_in: true,
            audio_out: true,
            ..Abilities::default()
        }
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { person: true, ..Class::Acts.profile() }
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let role =
            Settings::of(instrument).text("role").map_or_else(String::new, |role| format!(" ({role})"));
        Needs { others: vec![format!("a person{role}")], ..Needs::default() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(async move {
            let Some(people) = &stage.people else {
                // A run without anyone to ask leaves the question open and never comes here.
                return Err(Failure::new(
                    FailureKind::Declined,
                    format!("nobody is here to answer `{}`", request.path),
                )
                .with_help(
                    "run it in a terminal, or put another instrument in the chair: `--with NAME='echo()'`",
                ));
            };
            people.ask(asked_of(&request)).await.map(Reply::value)
        })
    }
}

/// What a person is asked by a request.
#[must_use]
pub fn asked_of(request: &Request) -> Question {
    let (asked, complaint) = question(request);
    Question {
        path: request.path.clone(),
        role: Settings::of(&request.instrument).text("role").unwrap_or_default().to_owned(),
        text: flat(asked),
        answer: request.answer.clone(),
        choices: request.choices.clone(),
        prefill: request.prefill.clone(),
        complaint,
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::backend::tests::{instrument, play, request, said, stage};
    use crate::instrument::{Answer, Ask, Role};
    use crate::value::Value;

    struct Clerk(Mutex<Vec<Question>>);

    impl Ask for Clerk {
        fn ask(
            &self,
            question: Question,
        ) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + '_>> {
            self.0.lock().unwrap().push(question);
            Box::pin(std::future::ready(Ok(Value::Bool(true))))
        }
    }

    #[tokio::test]
    async fn a_person_is_asked_and_told_what_was_wrong() {
        let clerk = Arc::new(Clerk(Mutex::default()));
        let mut stage = stage();
        stage.people = Some(clerk.clone());
        let lawyer = instrument("human", &[("role", Value::text("legal"))]);
        let mut asked = request(&lawyer, Type::Bool, "Is it fine?");
        assert_eq!(play(asked.clone(), &stage).await.unwrap().answer, Answer::Value(Value::Bool(true)));
        asked.attempt = 1;
        asked.messages.push(said(Role::Assistant, "maybe"));
        asked.messages.push(said(Role::User, "Say yes or no."));
        play(asked, &stage).await.unwrap();
        let questions = clerk.0.lock().unwrap();
        assert_eq!((questions[0].role.as_str(), questions[0].complaint.as_deref()), ("legal", None));
        assert_eq!(
            (questions[1].text.as_str(), questions[1].complaint.as_deref()),
            ("Is it fine?", Some("Say yes or no."))
        );
    }

    #[tokio::test]
    async fn without_anyone_it_says_so() {
        let failure = play(request(&instrument("human", &[]), Type::Bool, "?"), &stage()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Declined);
    }
}
