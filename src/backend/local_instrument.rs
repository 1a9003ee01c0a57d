//! `local(…)`: the embedded model as an instrument.

use std::path::PathBuf;

use crate::instrument::{
    Abilities, Backend, Class, Event, Failure, FailureKind, Needs, Opening, PlayFuture, Profile, Reply,
    Request, Role, Stage, Usage,
};
use crate::types::{Signature, Type, admits_text, json_schema};
use crate::value::Instrument;

use super::local::{
    LocalAnswer, LocalError, LocalEvent, LocalJob, LocalMessage, LocalRole, LocalStop, submit,
};
use super::local_tools;
use super::said::{Part, parts, read, sent};
use super::settings::{Settings, constructor};

/// The backend.
pub(super) struct Local;

impl Backend for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn doc(&self) -> &'static str {
        "The embedded model: no key, no server, no cost. Small; its answers always have the shape that is asked for."
    }

    fn signature(&self) -> Signature {
        constructor(
            &[],
            &[
                ("model", Type::Text, "A GGUF file (the model that comes with Score)."),
                ("temperature", Type::Number, "How freely it chooses its words (0.2)."),
                ("top_p", Type::Number, "The share of likely words it chooses from (0.9)."),
                (
                    "max_tokens",
                    Type::Int,
                    "The longest answer, in tokens (by the shape; a text ends with its sentence after 384).",
                ),
                ("seed", Type::Int, "The same seed gives the same answer."),
                ("persona", Type::Text, "Who it is to be: said before everything else."),
                ("timeout", Type::Duration, "How long a call may take once the model is there (no bound)."),
            ],
        )
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities { chat: true, json: true, tools: true, streams: true, ..Abilities::default() }
    }

    fn profile(&self, _instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Class::Thinks.profile()
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        let model = match Settings::of(instrument).text("model") {
            Some(path) => format!("the model file {path}"),
            None => "the embedded model (98 MB, fetched once)".to_owned(),
        };
        Needs { others: vec![model], ..Needs::default() }
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(play(request, stage))
    }
}

async fn play(request: Request, stage: &Stage) -> Result<Reply, Failure> {
    let settings = Settings::of(&request.instrument);
    let timeout = settings.duration("timeout");
    let mut stream = submit(job(&request, settings, stage)?);
    // The time runs from the last thing that had to be prepared: nobody can bound a download.
    let mut until = timeout.map(|timeout| tokio::time::Instant::now() + timeout);
    loop {
        let next = match until {
            Some(until) => tokio::time::timeout_at(until, stream.next()).await,
            None => Ok(stream.next().await),
        };
        let Ok(event) = next else {
            let message = "the embedded model did not finish in the time of its `timeout:`";
            return Err(Failure::new(FailureKind::Timeout, message).with_exchange(&sent(&request), ""));
        };
        match event {
            Some(LocalEvent::Note(note)) => {
                until = timeout.map(|timeout| tokio::time::Instant::now() + timeout);
                stage.watch.event(Event::Note(note));
            }
            Some(LocalEvent::Progress { done, total }) => {
                until = timeout.map(|timeout| tokio::time::Instant::now() + timeout);
                stage.watch.event(Event::Progress { done, total });
            }
            Some(LocalEvent::Text(text)) => stage.watch.event(Event::Text(text)),
            Some(LocalEvent::Done(answer)) => return concluded(answer, &request),
            Some(LocalEvent::Failed(error)) => return Err(failed(&error).with_exchange(&sent(&request), "")),
            None => {
                let message = "the embedded model stopped without an answer";
                return Err(
                    Failure::new(FailureKind::Unavailable, message).with_exchange(&sent(&request), "")
                );
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // settings of a sampler
fn job(request: &Request, settings: Settings<'_>, stage: &Stage) -> Result<LocalJob, Failure> {
    let ty = &request.answer;
    if ty.is_media() {
        let message = format!("the embedded model can't make a value of type {ty}");
        return Err(Failure::new(FailureKind::InvalidRequest, message));
    }
    let plain = admits_text(ty) || matches!(ty.shape(), Type::Nothing | Type::Unknown);
    let schema = if request.tools.is_empty() {
        (!plain).then(|| json_schema(ty))
    } else {
        Some(local_tools::schema(request))
    };
    Ok(LocalJob {
        model: settings.text("model").map(|path| -> PathBuf { stage.folder.join(path) }),
        messages: messages(request, settings.text("persona"))?,
        schema,
        temperature: settings.number("temperature").map(|number| number as f32),
        top_p: settings.number("top_p").map(|number| number as f32),
        max_tokens: settings.count("max_tokens"),
        seed: settings.whole("seed").map(i64::cast_unsigned),
    })
}

fn messages(request: &Request, persona: Option<&str>) -> Result<Vec<LocalMessage>, Failure> {
    let mut messages: Vec<LocalMessage> = Vec::with_capacity(request.messages.len() + 1);
    let mut say = |role: LocalRole, text: String| match messages.last_mut() {
        Some(last) if last.role == role && role == LocalRole::System => {
            last.text.push_str("\n\n");
            last.text.push_str(&text);
        }
        _ => messages.push(LocalMessage { role, text }),
    };
    if let Some(persona) = persona {
        say(LocalRole::System, persona.to_owned());
    }
    if !request.tools.is_empty() {
        say(LocalRole::System, local_tools::told(&request.tools));
    }
    if request.has_no_text() {
        let arguments = request.arguments.iter().map(|(name, value)| format!("{name}: {}", read(value)));
        let said: Vec<String> = std::iter::once(request.doc.to_string()).chain(arguments).collect();
        say(LocalRole::User, said.join("\n").trim().to_owned());
    }
    for message in &request.messages {
        let role = match message.role {
            Role::System => LocalRole::System,
            Role::User | Role::Tool => LocalRole::User,
            Role::Assistant => LocalRole::Assistant,
        };
        let mut text = String::new();
        for part in parts(&message.pieces) {
            match part {
                Part::Words(words) => text.push_str(&words),
                Part::Media(media) => {
                    let message = format!("the embedded model can't take in {}s", media.kind.word());
                    return Err(Failure::new(FailureKind::InvalidRequest, message)
                        .with_help("play this part on an instrument that can, or leave it out of the text"));
                }
            }
        }
        if !request.tools.is_empty() {
            text = local_tools::retold(message, text);
        }
        say(role, text);
    }
    Ok(messages)
}

fn concluded(answer: LocalAnswer, request: &Request) -> Result<Reply, Failure> {
    let failed = |kind, message: &str, help: &str| {
        let failure = Failure::new(kind, message).with_help(help);
        Err(failure.with_exchange(&sent(request), &answer.text))
    };
    if answer.stop == LocalStop::Length {
        let help = "raise `max_tokens:` on the instrument, or ask for less";
        return failed(
            FailureKind::Truncated,
            "the answer of the embedded model was cut off by its longest length",
            help,
        );
    }
    if answer.text.trim().is_empty() {
        let help = "say more in the prompt, or play it on a larger model";
        return failed(FailureKind::BadShape, "the embedded model gave an empty answer", help);
    }
    let usage = Usage {
        tokens_in: u64::try_from(answer.prompt_tokens).ok(),
        tokens_out: u64::try_from(answer.completion_tokens).ok(),
        ..Usage::NOTHING
    };
    let reply =
        if request.tools.is_empty() { Reply::text(answer.text) } else { local_tools::read(&answer.text) };
    Ok(reply.with_usage(usage))
}

fn failed(error: &LocalError) -> Failure {
    let kind = match error {
        LocalError::NoModelFile { .. }
        | LocalError::UnsupportedModel { .. }
        | LocalError::PromptTooLong { .. }
        | LocalError::Schema { .. } => FailureKind::InvalidRequest,
        LocalError::Damaged { .. }
        | LocalError::NotFetched { .. }
        | LocalError::File { .. }
        | LocalError::Inference { .. } => FailureKind::Unavailable,
        LocalError::Cancelled => FailureKind::Cancelled,
    };
    Failure::new(kind, error.to_string())
}
