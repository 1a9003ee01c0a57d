//! The settings that chat models share, and how they are read.

use crate::backend::settings::{Row, Settings};
use crate::base::did_you_mean;
use crate::instrument::{Failure, FailureKind, Stage};
use crate::types::Type;
use crate::value::Value;

/// What differs in the words for the settings that they share.
pub(in crate::backend) struct Common {
    pub(in crate::backend) max_tokens: &'static str,
    pub(in crate::backend) temperature: &'static str,
    pub(in crate::backend) effort: &'static str,
    pub(in crate::backend) thinking: &'static str,
    pub(in crate::backend) json: &'static str,
}

/// The rows of the settings that they share.
pub(in crate::backend) fn common_rows(common: &Common) -> Vec<Row> {
    vec![
        ("temperature", Type::Number, common.temperature),
        ("top_p", Type::Number, "The share of likely words it chooses from."),
        ("max_tokens", Type::Int, common.max_tokens),
        ("persona", Type::Text, "Who it is to be: said before everything else."),
        ("effort", Type::Text, common.effort),
        ("thinking", Type::union([Type::Bool, Type::Int]), common.thinking),
        ("json", Type::Text, common.json),
        ("stream", Type::Bool, "Whether the answer comes bit by bit (where somebody looks at it)."),
    ]
}

/// A setting that is one of these words.
pub(in crate::backend) fn chosen<'a>(
    settings: Settings<'a>,
    name: &str,
    words: &[&str],
) -> Result<Option<&'a str>, Failure> {
    let Some(said) = settings.text(name) else { return Ok(None) };
    if words.contains(&said) {
        return Ok(Some(said));
    }
    let all: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let all = match all.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => all.concat(),
    };
    let meant = did_you_mean(said, words.iter().copied());
    let help = meant
        .map_or_else(|| format!("it is {all}"), |meant| format!("did you mean \"{meant}\"? It is {all}"));
    Err(Failure::new(FailureKind::InvalidRequest, format!("`{name}: \"{said}\"` is not known"))
        .with_help(help))
}

/// How a model is to think before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) enum Thinking {
    /// Not at all.
    Off,
    /// As it sees fit.
    On,
    /// In up to so many tokens.
    Budget(i64),
}

/// `thinking: true`, `thinking: false`, `thinking: 4096`; `least` is the smallest number that is taken.
pub(in crate::backend) fn thinking(settings: Settings<'_>, least: i64) -> Result<Option<Thinking>, Failure> {
    Ok(match settings.value("thinking") {
        Some(Value::Bool(true)) => Some(Thinking::On),
        Some(Value::Bool(false)) => Some(Thinking::Off),
        Some(Value::Int(budget)) if *budget >= least => Some(Thinking::Budget(*budget)),
        Some(Value::Int(budget)) => {
            let tokens = if least == 1 { "token" } else { "tokens" };
            let message = format!("`thinking: {budget}` is too little: it takes at least {least} {tokens}");
            return Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("say `thinking: false` where it is not to think"));
        }
        _ => None,
    })
}

/// How long a prompt is to be kept for the next call: `prompt_cache:`, one of these times in seconds, as the provider
/// calls it.
pub(in crate::backend) fn prompt_cache(
    settings: Settings<'_>,
    provider: &str,
    times: &[(u64, &'static str)],
    help: &str,
) -> Result<Option<&'static str>, Failure> {
    let Some(kept) = settings.value("prompt_cache") else { return Ok(None) };
    let seconds = settings.duration("prompt_cache").map(|kept| kept.as_secs());
    match times.iter().find(|(time, _)| Some(*time) == seconds) {
        Some((_, name)) => Ok(Some(name)),
        None => {
            let message = format!(
                "`prompt_cache: {}` is no time that {provider} keeps prompts for",
                crate::value::render(kept)
            );
            Err(Failure::new(FailureKind::InvalidRequest, message).with_help(help))
        }
    }
}

/// The most tokens of an answer: `max_tokens:`, which must be a number that an answer fits into, else what a limit in
/// money reckons with.
pub(in crate::backend) fn longest(
    settings: Settings<'_>,
    reckoned: Option<u64>,
) -> Result<Option<i64>, Failure> {
    match settings.whole("max_tokens").or_else(|| i64::try_from(reckoned?).ok()) {
        Some(tokens) if tokens < 1 => {
            let message = format!("`max_tokens: {tokens}` leaves no room for an answer");
            Err(Failure::new(FailureKind::InvalidRequest, message).with_help("it is at least 1"))
        }
        tokens => Ok(tokens),
    }
}

/// Whether the answer is to come bit by bit: as `stream:` says, else where somebody looks at it while it comes.
pub(in crate::backend) fn streamed(settings: Settings<'_>, stage: &Stage) -> bool {
    match settings.value("stream") {
        Some(_) => settings.flag("stream"),
        None => stage.watch.wants_text(),
    }
}
