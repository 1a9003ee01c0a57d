//! Where a service is, and the key that goes there.

use std::borrow::Cow;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap, HeaderName};

use crate::backend::headers::{bare, bearer};
use crate::backend::settings::Settings;
use crate::backend::wire::{Target, endpoint};
use crate::instrument::{Failure, FailureKind, Needs, Served};
use crate::keys;
use crate::value::Secret;

/// Where a provider is at home.
pub(in crate::backend) struct Home {
    /// Its own address.
    pub(in crate::backend) base: &'static str,
    /// Environment variables with another one, the first that is set.
    pub(in crate::backend) base_names: &'static [&'static str],
    /// Environment variables with the key, the first that is set.
    pub(in crate::backend) key_names: &'static [&'static str],
    /// How an address from the environment is to be read.
    pub(in crate::backend) read: fn(String) -> String,
    /// The header that the key goes in; `Authorization: Bearer` where none is named.
    pub(in crate::backend) key_header: Option<&'static str>,
    /// What `base_url:` and `key:` are, for who reads about them.
    pub(in crate::backend) doc: &'static str,
    pub(in crate::backend) key_doc: &'static str,
}

/// Where to call and with what key.
pub(in crate::backend) struct Service {
    pub(in crate::backend) target: Target,
    pub(in crate::backend) key: Option<Arc<Secret>>,
    /// The header that it goes in.
    key_header: Option<&'static str>,
}

impl Service {
    /// Puts the key where it goes; gives the header.
    pub(in crate::backend) fn put_key(&self, headers: &mut HeaderMap) -> Result<Option<HeaderName>, Failure> {
        let Some(key) = &self.key else { return Ok(None) };
        let (name, value) = match self.key_header {
            Some(name) => (HeaderName::from_static(name), bare(key)?),
            None => (AUTHORIZATION, bearer(key)?),
        };
        headers.insert(name.clone(), value);
        Ok(Some(name))
    }
}

/// Whether this is the last segment of an address.
fn ends_with(base: &str, segment: &str) -> bool {
    base.trim_end_matches('/').strip_suffix(segment).is_some_and(|before| before.ends_with('/'))
}

/// Of the environment alone: where a key goes is not for a file beside a score to say.
fn environment(names: &[&'static str]) -> Option<String> {
    names.iter().find_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty())?;
        Some(value.trim().to_owned())
    })
}

impl Home {
    fn host(&self) -> &'static str {
        let host = self.base.split_once("//").map_or("", |(_, rest)| rest);
        host.split_once('/').map_or(host, |(host, _)| host)
    }

    /// Whether an address is the provider's own.
    fn is_at(&self, target: &Target) -> bool {
        target.url().host_str() == Some(self.host())
    }

    /// The address as it is written, else that of the environment, else the provider's own.
    fn address<'a>(&self, settings: Settings<'a>) -> Cow<'a, str> {
        match settings.text("base_url") {
            Some(base) => Cow::Borrowed(base),
            None => environment(self.base_names)
                .map_or(Cow::Borrowed(self.base), |base| Cow::Owned((self.read)(base))),
        }
    }

    /// Whether it is the provider itself that is called.
    pub(in crate::backend) fn is_used(&self, settings: Settings<'_>) -> bool {
        Target::new(&self.address(settings)).is_ok_and(|target| self.is_at(&target))
    }

    /// The model, as it is known where it is served.
    pub(in crate::backend) fn served(&self, settings: Settings<'_>) -> Option<Served> {
        let model = settings.text("model")?.to_owned();
        let target = Target::new(&self.address(settings)).ok()?;
        Some(Served { host: target.url().host_str()?.to_owned(), model })
    }

    /// The service with this path below its address. A version that the path begins with may stand in the address
    /// already.
    pub(in crate::backend) fn service(&self, settings: Settings<'_>, path: &str) -> Result<Service, Failure> {
        let (written, base) = (settings.text("base_url"), self.address(settings));
        let path = match path.split_once('/') {
            Some((version, rest)) if ends_with(&base, version) => rest,
            _ => path,
        };
        let target = endpoint(&base, path)?;
        let key = settings.secret("key").filter(|key| !key.reveal().trim().is_empty());
        let key_header = self.key_header;
        if key.is_some() {
            return Ok(Service { target, key, key_header });
        }
        // The key of the environment goes where its owner means it to go: to the provider, to the address the
        // environment names, to this machine. Not to whatever host a score names.
        let trusted = written.is_none() || target.is_loopback() || self.is_at(&target);
        let key = self.key_names.iter().filter(|_| trusted).find_map(|name| {
            let found = keys::find(name).filter(|found| !found.value.trim().is_empty())?;
            Some(Arc::new(Secret::new(*name, found.value.trim())))
        });
        if key.is_some() || target.is_local() {
            return Ok(Service { target, key, key_header });
        }
        let host = target.url().host_str().unwrap_or_default();
        let failure = Failure::new(FailureKind::Auth, format!("no key for {host}"));
        let name = self.key_names.first().copied().unwrap_or("the key");
        Err(if trusted {
            failure.with_help(format!(
                "set {name} (`score keys set {name}`), or give the instrument one: `key: secret(\"NAME\")`"
            ))
        } else {
            failure.with_help(format!(
                "give the instrument one: `key: secret(\"NAME\")`; {name} is not sent to {host} unless the score says so"
            ))
        })
    }

    /// What is needed from outside.
    pub(in crate::backend) fn needs(&self, settings: Settings<'_>) -> Needs {
        let written = settings.text("base_url");
        let Ok(target) = Target::new(written.unwrap_or(self.base)) else { return Needs::default() };
        let asks_environment = settings.value("key").is_none() && !target.is_local();
        let keys = self.key_names.iter().take(1).filter(|_| asks_environment).map(|name| (*name).to_owned());
        Needs { keys: keys.collect(), hosts: vec![target.place().to_owned()], ..Needs::default() }
    }
}
