//! Where the list of models is.

use super::Service;
use crate::backend::chat;
use crate::backend::settings::Settings;
use crate::instrument::{Failure, Probed};
use crate::value::Instrument;

pub(super) async fn probe(instrument: &Instrument) -> Result<Probed, Failure> {
    let settings = Settings::of(instrument);
    let Service { mut target, key } = Service::of(settings)?;
    // Beside `chat/completions`.
    target.url = target.url.join("../models").unwrap_or(target.url);
    chat::probe(chat::Service { target, key }, settings.needed("model")?, None, Vec::new()).await
}
