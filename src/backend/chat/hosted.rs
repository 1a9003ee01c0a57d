//! Models that somebody hosts: one row each, and all that the port wants to know of them.

use std::sync::Arc;

use http::header::{HeaderName, HeaderValue};

use crate::backend::settings::{Row, Settings, abilities, constructor, service_rows};
use crate::instrument::{
    Abilities, Backend, Class, Failure, Needs, Opening, PlayFuture, Price, ProbeFuture, Profile, Request,
    Served, Stage,
};
use crate::types::{Signature, Type};
use crate::value::Instrument;

use super::probe::probe;
use super::service::Home;

/// A backend whose models are at home somewhere.
pub(in crate::backend) struct Hosted {
    /// The constructor's name.
    pub(in crate::backend) name: &'static str,
    /// One line of documentation.
    pub(in crate::backend) doc: &'static str,
    /// What its models are called.
    pub(in crate::backend) model: &'static str,
    pub(in crate::backend) home: &'static Home,
    /// Its settings, beside those that all have.
    pub(in crate::backend) rows: fn() -> Vec<Row>,
    /// What it can do, with whatever model.
    pub(in crate::backend) abilities: fn(Settings<'_>) -> Abilities,
    /// What is known of its price without knowing the model.
    pub(in crate::backend) price: fn(Settings<'_>) -> Price,
    /// The most tokens of an answer where nobody says so, if it always says one.
    pub(in crate::backend) longest: fn(Settings<'_>) -> Option<u64>,
    /// What is wrong with its settings.
    pub(in crate::backend) check: fn(Settings<'_>) -> Result<(), Failure>,
    pub(in crate::backend) list: List,
    pub(in crate::backend) play: for<'a> fn(Request, &'a Stage) -> PlayFuture<'a>,
}

/// Where a service lists its models.
pub(in crate::backend) struct List {
    /// Below its address.
    pub(in crate::backend) path: &'static str,
    /// So that all of them are on one page.
    pub(in crate::backend) query: Option<&'static str>,
    /// What the service wants to be told.
    pub(in crate::backend) headers: &'static [(&'static str, &'static str)],
}

impl Backend for Hosted {
    fn tells_when_sent(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn signature(&self) -> Signature {
        let mut optional =
            vec![("base_url", Type::Text, self.home.doc), ("key", Type::Secret, self.home.key_doc)];
        optional.extend((self.rows)());
        optional.push((
            "headers",
            Type::Map(Arc::new(Type::Text)),
            "More headers, which stand in for those of the same name.",
        ));
        optional.extend(service_rows());
        constructor(&[("model", Type::Text, self.model)], &optional)
    }

    fn abilities(&self, instrument: &Instrument) -> Abilities {
        abilities((self.abilities)(Settings::of(instrument)), self.served(instrument))
    }

    fn profile(&self, instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        Profile { price: (self.price)(Settings::of(instrument)), ..Class::Thinks.profile() }
    }

    fn served(&self, instrument: &Instrument) -> Option<Served> {
        self.home.served(Settings::of(instrument))
    }

    fn longest(&self, instrument: &Instrument) -> Option<u64> {
        (self.longest)(Settings::of(instrument))
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        let settings = Settings::of(instrument);
        settings.patience(None)?;
        settings.needed("model")?;
        (self.check)(settings)?;
        self.home.service(settings, self.list.path).map(drop)
    }

    fn probe<'a>(&'a self, instrument: &'a Instrument) -> Option<ProbeFuture<'a>> {
        Some(Box::pin(async move {
            let settings = Settings::of(instrument);
            let mut service = self.home.service(settings, self.list.path)?;
            service.target = service.target.asked(self.list.query)?;
            let headers = self.list.headers.iter();
            let headers =
                headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            probe(service, settings.needed("model")?, headers.collect()).await
        }))
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        self.home.needs(Settings::of(instrument))
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        (self.play)(request, stage)
    }
}

/// Of a price nothing is known before the model is.
pub(in crate::backend) fn unknown(_: Settings<'_>) -> Price {
    Price::Unknown
}

/// Nothing is said of how long an answer is.
pub(in crate::backend) fn unsaid(_: Settings<'_>) -> Option<u64> {
    None
}
