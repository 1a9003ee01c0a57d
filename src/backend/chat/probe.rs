//! Whether a service of models answers, takes the key and has the model: its list of models says so, and costs
//! nothing.

use http::Method;
use http::header::{HeaderName, HeaderValue};
use serde::Deserialize;

use crate::backend::wire::{Request, Secrets, glance};
use crate::base::did_you_mean;
use crate::instrument::{Failure, FailureKind, Probed};

use super::service::Service;

/// A list of models in the form of any provider: `{data: [{id}]}`, `{models: [{name}]}`. Some servers give both.
#[derive(Deserialize)]
struct Listed {
    data: Option<Vec<Model>>,
    models: Option<Vec<Model>>,
}

#[derive(Deserialize)]
struct Model {
    id: Option<String>,
    name: Option<String>,
}

impl Listed {
    fn read(body: &[u8]) -> Option<Vec<Model>> {
        let listed: Self = serde_json::from_slice(body).ok()?;
        listed.data.or(listed.models)
    }
}

impl Model {
    /// As an instrument is given it: Gemini's are in a folder, and Ollama's have a tag that need not be written.
    fn name(&self) -> &str {
        let name = self.id.as_deref().or(self.name.as_deref()).unwrap_or_default();
        let name = name.strip_prefix("models/").unwrap_or(name);
        name.strip_suffix(":latest").unwrap_or(name)
    }
}

/// Asks a service, whose address is that of its list of models, for this one.
pub(in crate::backend) async fn probe(
    service: Service,
    model: &str,
    headers: Vec<(HeaderName, HeaderValue)>,
) -> Result<Probed, Failure> {
    let place = service.target.place().to_owned();
    let mut request = Request::new(Method::GET, service.target.clone());
    request.headers.extend(headers);
    service.put_key(&mut request.headers)?;
    let mut secrets = Secrets::default();
    if let Some(key) = service.key {
        secrets.add(key);
    }
    let (status, body) = glance(request, secrets).await?;
    if matches!(status.as_u16(), 401 | 403) {
        return Err(Failure::new(FailureKind::Auth, format!("{place} does not take the key"))
            .with_help("set another one: `score keys set NAME`"));
    }
    let Some(data) = Listed::read(&body) else {
        return Ok(Probed::good(format!("{place} answers, and lists no models")));
    };
    let wanted = model.strip_suffix(":latest").unwrap_or(model);
    let wanted = wanted.strip_prefix("models/").unwrap_or(wanted);
    if data.iter().any(|listed| listed.name() == wanted) {
        return Ok(Probed::good(format!("{place} answers, and has `{model}`")));
    }
    let found = format!("{place} answers, and has no `{model}` among its {} models", data.len());
    let near = did_you_mean(model, data.iter().map(Model::name));
    let mend = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "write the name of one that it has".to_owned(),
    };
    Ok(Probed { found, mend: Some(mend) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_every_provider_are_read() {
        for (list, name) in [
            (r#"{"object":"list","data":[{"id":"gpt-5-mini","object":"model"}]}"#, "gpt-5-mini"),
            (r#"{"data":[{"type":"model","id":"claude-sonnet-5-5"}],"has_more":false}"#, "claude-sonnet-5-5"),
            (r#"{"models":[{"name":"a","model":"a"}],"object":"list","data":[{"id":"b"}]}"#, "b"),
            (r#"{"models":[{"name":"models/gemini-3-flash","version":"3"}]}"#, "gemini-3-flash"),
            (r#"{"models":[{"name":"qwen3:latest","model":"qwen3:latest","size":5}]}"#, "qwen3"),
        ] {
            let listed = Listed::read(list.as_bytes()).unwrap();
            assert_eq!(listed[0].name(), name);
        }
    }
}
