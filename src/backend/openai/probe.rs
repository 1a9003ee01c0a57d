//! Whether a chat service answers, takes the key and has the model: its list of models says so, and costs nothing.

use serde::Deserialize;

use super::Service;
use crate::backend::headers::bearer;
use crate::backend::settings::Settings;
use crate::backend::wire::{Secrets, glance, place};
use crate::base::did_you_mean;
use crate::instrument::{Failure, FailureKind, Probed};
use crate::value::Instrument;

#[derive(Deserialize)]
struct Listed {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

pub(super) async fn probe(instrument: &Instrument) -> Result<Probed, Failure> {
    let settings = Settings::of(instrument);
    let Service { target, key } = Service::of(settings)?;
    let mut secrets = Secrets::default();
    let header = key.as_deref().map(bearer).transpose()?;
    if let Some(key) = key {
        secrets.add(key);
    }
    let host = place(&target.url);
    let list = target.url.join("../models").unwrap_or(target.url);
    let (status, body) = glance(list, header, secrets).await?;
    if matches!(status.as_u16(), 401 | 403) {
        return Err(Failure::new(FailureKind::Auth, format!("{host} does not take the key"))
            .with_help("set another one: `score keys set NAME`"));
    }
    let model = settings.needed("model")?;
    let Ok(Listed { data }) = serde_json::from_slice::<Listed>(&body) else {
        return Ok(Probed::good(format!("{host} answers; it lists no models")));
    };
    if data.iter().any(|listed| listed.id == model) {
        return Ok(Probed::good(format!("{host} answers, and has `{model}`")));
    }
    let found = format!("{host} answers, and has no `{model}` among its {} models", data.len());
    let mend = did_you_mean(model, data.iter().map(|listed| &*listed.id)).map_or_else(
        || "write the name of one that it has".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    Ok(Probed { found, mend: Some(mend) })
}
