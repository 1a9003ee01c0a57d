//! The table that the program carries, read when it is first asked for.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::instrument::{Abilities, Counted, Rates, Tariff};
use crate::value::Money;

/// What is known of models, as of a day.
#[derive(Debug, Default)]
pub struct Table {
    /// The day.
    pub date: String,
    /// Where it is from.
    pub from: String,
    /// Its licence.
    pub license: String,
    /// By service.
    pub services: Vec<Service>,
}

/// Who serves models.
#[derive(Debug)]
pub struct Service {
    /// Its name: that of its instrument.
    pub name: String,
    /// The hosts it is called at.
    pub hosts: Vec<String>,
    /// Its models by name.
    pub models: Vec<Model>,
}

/// A model of a service.
#[derive(Debug)]
pub struct Model {
    /// Its name there.
    pub name: String,
    /// Other names of the same.
    pub also: Vec<String>,
    /// Its prices and bounds.
    pub tariff: Arc<Tariff>,
    /// What it takes: `text`, `image`, `audio`; `None` where that is not known.
    pub takes: Option<Vec<String>>,
    /// What it makes instead of texts: `image`, `audio`.
    pub gives: Vec<String>,
    /// Whether it calls tools, where that is known.
    pub tools: Option<bool>,
    /// The day from which it is not served any more, where that is known.
    pub until: Option<String>,
    /// The page that says so.
    pub source: String,
}

const TEXT: &str = include_str!("../../stdlib/models.json");

/// The table.
#[must_use]
pub fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        // That it can be read is a test: a table that cannot leaves all prices unknown.
        serde_json::from_str::<Written>(TEXT).map_or_else(|_| Table::default(), Table::from)
    });
    &TABLE
}

/// The model that a host serves under a name, if it is known.
#[must_use]
pub fn find(host: &str, model: &str) -> Option<(&'static Service, &'static Model)> {
    // Most hosts are none that it knows: it need not be read to see that.
    static HOSTS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let lists = TEXT.split("\"hosts\": [").skip(1).filter_map(|rest| rest.split(']').next());
        lists.flat_map(|list| list.split('"').skip(1).step_by(2)).collect()
    });
    if HOSTS.contains(&host) { table().find(host, model) } else { None }
}

impl Table {
    /// The model that a host serves under a name.
    #[must_use]
    pub fn find(&self, host: &str, model: &str) -> Option<(&Service, &Model)> {
        let service = self.services.iter().find(|service| service.hosts.iter().any(|known| known == host))?;
        Some((service, service.find(model)?))
    }

    /// The service that a host is of.
    #[must_use]
    pub fn service(&self, host: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.hosts.iter().any(|known| known == host))
    }
}

impl Service {
    /// Its model of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name || model.also.iter().any(|also| also == name))
    }
}

impl Model {
    /// These abilities without those that the model surely does not have.
    #[must_use]
    pub fn narrow(&self, abilities: Abilities) -> Abilities {
        let takes = |kind: &str| self.takes.as_ref().is_none_or(|takes| takes.iter().any(|one| one == kind));
        Abilities {
            tools: abilities.tools && self.tools != Some(false),
            images_in: abilities.images_in && takes("image"),
            audio_in: abilities.audio_in && takes("audio"),
            ..abilities
        }
    }
}

#[derive(Deserialize)]
struct Written {
    date: String,
    from: String,
    license: String,
    services: Vec<WrittenService>,
}

#[derive(Deserialize)]
struct WrittenService {
    name: String,
    hosts: Vec<String>,
    source: String,
    models: Vec<WrittenModel>,
}

#[derive(Deserialize)]
struct WrittenModel {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(flatten)]
    rates: WrittenRates,
    #[serde(default)]
    beyond: Vec<WrittenTier>,
    second: Option<f64>,
    character: Option<f64>,
    image: Option<f64>,
    window: Option<u64>,
    longest: Option<u64>,
    picture: Option<u64>,
    takes: Option<Vec<String>>,
    #[serde(default)]
    gives: Vec<String>,
    tools: Option<bool>,
    until: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct WrittenTier {
    from: u64,
    #[serde(flatten)]
    rates: WrittenRates,
}

#[derive(Deserialize)]
struct WrittenRates {
    input: Option<f64>,
    output: Option<f64>,
    cached: Option<f64>,
    stored: Option<f64>,
    heard: Option<f64>,
    kept: Option<f64>,
}

impl From<WrittenRates> for Rates {
    fn from(written: WrittenRates) -> Self {
        let of = |price: Option<f64>| price.map(dollars);
        Self {
            input: of(written.input).unwrap_or_default(),
            output: of(written.output).unwrap_or_default(),
            cached: of(written.cached),
            stored: of(written.stored),
            heard: of(written.heard),
            kept: of(written.kept),
        }
    }
}

/// Billionths: far finer than any price that is written.
#[allow(clippy::cast_possible_truncation)] // prices are small
fn dollars(price: f64) -> Money {
    Money::from_nanos((price * 1e9).round() as i64)
}

impl From<Written> for Table {
    fn from(written: Written) -> Self {
        let service = |service: WrittenService| {
            let usual = service.source;
            let models = service.models.into_iter().map(|model| read(model, &usual)).collect();
            Service { name: service.name, hosts: service.hosts, models }
        };
        Self {
            date: written.date,
            from: written.from,
            license: written.license,
            services: written.services.into_iter().map(service).collect(),
        }
    }
}

fn read(model: WrittenModel, usual: &str) -> Model {
    let by = match (model.second, model.character, model.image) {
        (Some(price), _, _) => Counted::Seconds(dollars(price)),
        (_, Some(price), _) => Counted::Characters(dollars(price)),
        (_, _, Some(price)) => Counted::Images(dollars(price)),
        _ => {
            let beyond = model.beyond.into_iter().map(|tier| (tier.from, tier.rates.into())).collect();
            Counted::Tokens(model.rates.into(), beyond)
        }
    };
    let (window, longest, picture) = (model.window, model.longest, model.picture);
    Model {
        name: model.name,
        also: model.also,
        tariff: Arc::new(Tariff { by, window, longest, picture }),
        takes: model.takes,
        gives: model.gives,
        tools: model.tools,
        until: model.until,
        source: model.source.unwrap_or_else(|| usual.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_there_and_sane() {
        let table = table();
        assert!(table.services.len() >= 15, "{}", table.services.len());
        assert!(table.date.starts_with("20") && table.license.starts_with("MIT"));
        for service in &table.services {
            assert!(!service.hosts.is_empty() && !service.models.is_empty(), "{}", service.name);
            for model in &service.models {
                let what = format!("{}/{}", service.name, model.name);
                match &model.tariff.by {
                    Counted::Tokens(rates, beyond) => {
                        assert!(rates.output > Money::ZERO, "{what}");
                        assert!(rates.input.nanos < 1_000_000_000_000, "{what}");
                        assert!(beyond.iter().all(|(_, dear)| dear.output >= rates.output), "{what}");
                        assert!(beyond.is_sorted_by_key(|(from, _)| *from), "{what}");
                    }
                    Counted::Images(each) | Counted::Characters(each) | Counted::Seconds(each) => {
                        assert!(*each > Money::ZERO, "{what}");
                    }
                }
                assert!(service.find(&model.name).is_some_and(|found| found.name == model.name), "{what}");
            }
        }
    }

    #[test]
    fn a_model_is_found_by_its_host_and_any_of_its_names() {
        let found = |host, name| table().find(host, name).map(|(_, model)| model.name.clone());
        assert_eq!(found("api.openai.com", "gpt-4.1-2025-04-14"), Some("gpt-4.1".to_owned()));
        assert_eq!(found("api.openai.com", "gpt-none"), None);
        assert_eq!(found("127.0.0.1", "gpt-4.1"), None);
        for service in &table().services {
            let (host, model) = (&service.hosts[0], &service.models[0].name);
            assert!(find(host, model).is_some(), "{host} {model}");
        }
        assert!(find("127.0.0.1", "gpt-4.1").is_none());
    }
}
