//! The client's side of a connection: progress goes to whoever watches the call, questions go to the person.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::{
    ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationCapability, ErrorData, Implementation, ProgressNotificationParam, ProgressToken,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ClientHandler, RoleClient};
use tokio::sync::Notify;

use crate::backend::said::json;
use crate::instrument::{Ask, Class, Event, Failure, FailureKind, Question, Request, Stage, Watch};
use crate::types::{Type, form_of_schema};
use crate::value::{Reading, Unjudged, Value, conform_with};

/// What is known of the calls on their way.
#[derive(Default)]
pub(super) struct Calls {
    watched: Mutex<HashMap<ProgressToken, Watched>>,
    /// How many questions to people are open: meanwhile no call runs out of time.
    asking: AtomicUsize,
    /// How often the server has said that its tools are others now.
    changes: AtomicUsize,
    /// Told when a question is answered.
    pub(super) answered: Notify,
}

struct Watched {
    asker: Asker,
    acts: bool,
    watch: Arc<dyn Watch>,
    /// The progress so far: notes may arrive out of order.
    progress: f64,
}

/// A call that may ask a person something.
#[derive(Clone)]
pub(super) struct Asker {
    path: Arc<str>,
    people: Option<Arc<dyn Ask>>,
}

impl Asker {
    pub(super) fn of(request: &Request, stage: &Stage) -> Self {
        Self { path: request.path.clone(), people: stage.asks.clone() }
    }
}

impl Calls {
    /// Watches a call until what is given back is dropped.
    pub(super) fn watch(
        self: &Arc<Self>,
        token: ProgressToken,
        request: &Request,
        stage: &Stage,
    ) -> Watching {
        let watched = Watched {
            asker: Asker::of(request, stage),
            acts: request.class == Class::Acts,
            watch: stage.watch.clone(),
            progress: f64::NEG_INFINITY,
        };
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), watched);
        Watching { calls: self.clone(), token }
    }

    /// How often the server has said so far that its tools are others now.
    pub(super) fn changes(&self) -> usize {
        self.changes.load(Ordering::SeqCst)
    }

    pub(super) fn asks(&self) -> bool {
        self.asking.load(Ordering::SeqCst) > 0
    }

    fn progress(&self, seen: &ProgressNotificationParam) {
        let mut all = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(call) = all.get_mut(&seen.progress_token) else { return };
        if seen.progress <= call.progress {
            return;
        }
        call.progress = seen.progress;
        let mut said = match seen.total {
            Some(total) => format!("{} of {total}", seen.progress),
            None => seen.progress.to_string(),
        };
        if let Some(message) = &seen.message {
            said = format!("{said}: {message}");
        }
        call.watch.event(Event::Note(said));
    }

    /// Whose a question of the server is: of the only call on its way, else of the only one that acts. Where that
    /// can't be known all are told.
    fn asker(&self) -> Option<Asker> {
        let all = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let only = |acts: bool| {
            let mut calls = all.values().filter(|call| !acts || call.acts);
            calls.next().filter(|_| calls.next().is_none()).map(|call| call.asker.clone())
        };
        let asker = only(false).or_else(|| only(true));
        if asker.is_none() {
            let note = "the server asks something, and nobody knows for which of its calls: declined";
            all.values().for_each(|call| call.watch.event(Event::Note(note.into())));
        }
        asker
    }
}

/// Watches a call for as long as it lives.
pub(super) struct Watching {
    calls: Arc<Calls>,
    token: ProgressToken,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.calls.watched.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.token);
    }
}

/// The client.
pub(super) struct Client {
    /// The name of the instrument.
    pub(super) name: Arc<str>,
    pub(super) calls: Arc<Calls>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        // What a server offers may depend on this, so it is the same for `score update` and every run.
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = Some(ElicitationCapability::default());
        ClientConfig::new(capabilities, Implementation::new("score", env!("CARGO_PKG_VERSION")))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        match self.calls.asker() {
            Some(asker) => Ok(self.ask(request, &asker).await),
            None => Ok(ElicitResult::new(ElicitationAction::Decline)),
        }
    }

    async fn on_progress(&self, seen: ProgressNotificationParam, _context: NotificationContext<RoleClient>) {
        self.calls.progress(&seen);
    }

    async fn on_tool_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.calls.changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Client {
    /// Asks the person what the server wants to know. Where nobody can be asked, that is declined.
    pub(super) async fn ask(&self, request: ElicitRequestParams, asker: &Asker) -> ElicitResult {
        let (message, wanted) = match request {
            ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } => {
                let schema = serde_json::to_value(requested_schema).unwrap_or_default();
                let ty = form_of_schema(&schema);
                (message, matches!(ty, Type::Record(_)).then_some(ty))
            }
            ElicitRequestParams::UrlElicitationParams { message, url, .. } => (
                format!(
                    "{message}\n\nThe server wants you to open this address yourself: {url}\n\nHave you?"
                ),
                None,
            ),
            _ => return ElicitResult::new(ElicitationAction::Decline),
        };
        let Some(people) = &asker.people else { return ElicitResult::new(ElicitationAction::Decline) };
        let mut question = Question {
            path: asker.path.clone(),
            role: String::new(),
            text: format!("The server of `{}` asks:\n\n{message}", self.name),
            answer: wanted.clone().unwrap_or(Type::Bool),
            choices: None,
            prefill: None,
            complaint: None,
        };
        for _ in 0..TRIES {
            self.calls.asking.fetch_add(1, Ordering::SeqCst);
            let answered = Answering(&self.calls);
            let answer = people.ask(question.clone()).await;
            drop(answered);
            let given = match answer {
                Ok(Value::Bool(false)) if wanted.is_none() => {
                    return ElicitResult::new(ElicitationAction::Decline);
                }
                Ok(_) if wanted.is_none() => return ElicitResult::new(ElicitationAction::Accept),
                Ok(value) => conform_with(value, &question.answer, Reading::FromJson, &mut Unjudged),
                Err(Failure { kind: FailureKind::Declined, .. }) => {
                    return ElicitResult::new(ElicitationAction::Decline);
                }
                Err(_) => return ElicitResult::new(ElicitationAction::Cancel),
            };
            match given {
                Ok(value) => {
                    return ElicitResult::new(ElicitationAction::Accept).with_content(given_fields(&value));
                }
                Err(mismatch) => question.complaint = Some(mismatch.in_words("the answer")),
            }
        }
        ElicitResult::new(ElicitationAction::Cancel)
    }
}

/// How often a person may mend an answer that does not do.
const TRIES: usize = 10;

/// A question is open for as long as it lives.
struct Answering<'c>(&'c Calls);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.asking.fetch_sub(1, Ordering::SeqCst);
        self.0.answered.notify_waiters();
    }
}

/// A form that was filled in, without what was left open.
fn given_fields(value: &Value) -> serde_json::Value {
    match json(value) {
        serde_json::Value::Object(fields) => {
            fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
        }
        other => other,
    }
}
