//! What OpenAI keeps of a prompt for the next call to read at a lower price. It keeps some by itself; `prompt_cache:`
//! says for how long, and which calls begin alike.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::backend::chat::{prompt_cache, schema_name};
use crate::backend::settings::Settings;
use crate::instrument::{Failure, Request};

/// What is said of it in a request.
#[derive(Default, Serialize)]
pub(super) struct Cache {
    /// Calls of one part begin alike: they go where the beginning is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<String>,
    /// At least so long, for models that let it be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_options: Option<Json>,
    /// At most so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_retention: Option<&'static str>,
}

/// The times that `prompt_cache:` takes.
pub(super) fn kept(settings: Settings<'_>) -> Result<Option<&'static str>, Failure> {
    let times = &[(1_800, "30m"), (86_400, "24h")];
    prompt_cache(settings, "OpenAI", times, "it is `30min`, from GPT-5.6 on, or `24h`")
}

/// What a request says of it.
pub(super) fn cache(request: &Request, settings: Settings<'_>) -> Result<Cache, Failure> {
    let Some(kept) = kept(settings)? else { return Ok(Cache::default()) };
    let day = kept == "24h";
    Ok(Cache {
        prompt_cache_key: Some(schema_name(&request.part)),
        prompt_cache_options: (!day).then(|| json!({"mode": "implicit", "ttl": kept})),
        prompt_cache_retention: day.then_some(kept),
    })
}
