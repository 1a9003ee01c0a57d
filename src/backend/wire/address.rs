//! Addresses: where a call goes, said for people, and whether that is near.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use http::{HeaderValue, Uri};
use url::Url;

use crate::instrument::{Failure, FailureKind};

use super::lanes;

/// Most addresses that are kept read.
const KEPT: usize = 1_024;
/// Most paths that are kept below one of them.
const KEPT_BELOW: usize = 32;

/// What was read, by base address: reading one takes a good part of the time that a quick call does.
static READ: LazyLock<Mutex<HashMap<String, Read>>> = LazyLock::new(Mutex::default);

/// A base address and what was made of it.
struct Read {
    base: Target,
    /// With a path below it.
    below: Vec<(String, Target)>,
}

/// Looks an address up among those that were read, and reads it where it is not among them.
fn read<T>(address: &str, look: impl FnOnce(&mut Read) -> T) -> Result<T, Failure> {
    let mut all = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(read) = all.get_mut(address) {
        return Ok(look(read));
    }
    let mut read = Read { base: Target::read(address)?, below: Vec::new() };
    let seen = look(&mut read);
    if all.len() >= KEPT {
        all.clear();
    }
    all.insert(address.to_owned(), read);
    Ok(seen)
}

/// The address of `path` below `base`, checked as [`Target::new`] does.
pub(in crate::backend) fn endpoint(base: &str, path: &str) -> Result<Target, Failure> {
    read(base, |read| {
        if let Some((_, target)) = read.below.iter().find(|(below, _)| below == path) {
            return Ok(target.clone());
        }
        let target = read.base.below(path, None)?;
        if read.below.len() >= KEPT_BELOW {
            read.below.clear();
        }
        read.below.push((path.to_owned(), target.clone()));
        Ok(target)
    })?
}

/// A checked address, with what every call wants to know of it. Copies share it.
#[derive(Clone, Debug)]
pub(in crate::backend) struct Target(Arc<Known>);

#[derive(Debug)]
struct Known {
    url: Url,
    /// The same as the client takes it.
    uri: Uri,
    place: String,
    /// The place as requests say it.
    host: Option<HeaderValue>,
    is_local: bool,
    is_loopback: bool,
    lanes: OnceLock<Arc<lanes::Place>>,
}

impl Target {
    /// A base address; anything but `http` and `https` with a host is refused.
    pub(in crate::backend) fn new(address: &str) -> Result<Self, Failure> {
        read(address, |read| read.base.clone())
    }

    fn read(address: &str) -> Result<Self, Failure> {
        let refuse = |why: String| {
            Failure::new(FailureKind::InvalidRequest, format!("`{address}` is no address to call: {why}"))
                .with_help("write it as \"https://host/path\"")
        };
        let url = Url::parse(address.trim()).map_err(|error| refuse(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(format!("`{}` is not http or https", url.scheme())));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(refuse("it names no host".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::new(
                FailureKind::InvalidRequest,
                "an address must not hold a name and a password",
            )
            .with_help("give the key to the instrument: `bearer: secret(\"NAME\")`"));
        }
        Self::of(url)
    }

    /// An address as it is.
    pub(super) fn of(url: Url) -> Result<Self, Failure> {
        let place = place(&url);
        let Ok(uri) = Uri::try_from(url.as_str()) else {
            let message =
                format!("an address at {place} can't be called: it is too long, or has odd letters");
            return Err(Failure::new(FailureKind::InvalidRequest, message)
                .with_help("put what is long into the body of the request"));
        };
        let (is_local, is_loopback) = (is_local(&url), is_loopback(&url));
        let host = HeaderValue::from_str(&place).ok();
        Ok(Self(Arc::new(Known { url, uri, place, host, is_local, is_loopback, lanes: OnceLock::new() })))
    }

    /// The base with more path below it, which is taken as it is. The base's query is dropped for this one.
    pub(in crate::backend) fn below(&self, path: &str, query: Option<&str>) -> Result<Self, Failure> {
        let mut url = self.url().clone();
        let joined = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&joined);
        url.set_query(query);
        Self::of(url)
    }

    /// The same address with this query.
    pub(in crate::backend) fn asked(&self, query: Option<&str>) -> Result<Self, Failure> {
        let mut url = self.url().clone();
        url.set_query(query);
        Self::of(url)
    }

    /// What stands at the top of its host.
    pub(in crate::backend) fn root(&self) -> Result<Self, Failure> {
        self.url().join("/").map_or_else(|_| Ok(self.clone()), Self::of)
    }

    pub(in crate::backend) fn url(&self) -> &Url {
        &self.0.url
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The host, for people.
    pub(in crate::backend) fn place(&self) -> &str {
        &self.0.place
    }

    pub(super) fn host(&self) -> Option<&HeaderValue> {
        self.0.host.as_ref()
    }

    /// Whether it is this machine or its own network.
    pub(in crate::backend) fn is_local(&self) -> bool {
        self.0.is_local
    }

    /// Whether it is this machine.
    pub(in crate::backend) fn is_loopback(&self) -> bool {
        self.0.is_loopback
    }

    /// Where the connections are kept in mind that lead there.
    pub(super) fn lanes(&self, find: impl FnOnce(&Url) -> Arc<lanes::Place>) -> &Arc<lanes::Place> {
        self.0.lanes.get_or_init(|| find(&self.0.url))
    }
}

/// The host and, where it is not the usual one, the port: what people are shown of an address.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether an address is on this machine, as written; names are not looked up.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    match literal(host) {
        Some(address) => address.is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Whether an address is on this machine or a private network, as written; names are not looked up.
fn is_local(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    match literal(host) {
        Some(IpAddr::V4(v4)) => {
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified()
        }
        Some(IpAddr::V6(v6)) => is_local_v6(v6),
        None => is_loopback(url) || host.rsplit('.').next() == Some("local") || !host.contains('.'),
    }
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified();
    }
    let first = address.segments()[0];
    address.is_loopback() || address.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far_are_told_apart() {
        for near in [
            "http://127.0.0.1:8080/v1",
            "http://localhost",
            "http://10.0.0.5",
            "http://192.168.1.2",
            "http://[::1]:1",
            "http://[::ffff:127.0.0.1]",
            "http://169.254.169.254",
            "http://[fe80::1]",
            "http://gpu-box:8000",
            "http://0.0.0.0",
        ] {
            assert!(Target::new(near).unwrap().is_local(), "{near}");
        }
        for far in [
            "https://api.openai.com/v1",
            "http://8.8.8.8",
            "http://[2606::1]",
            "https://localhost.example.com",
        ] {
            assert!(!Target::new(far).unwrap().is_local(), "{far}");
        }
    }

    #[test]
    fn odd_addresses_are_refused_by_name() {
        for odd in ["", "api.openai.com", "file:///etc/passwd", "ftp://x", "https://user:secret@host/"] {
            let failure = Target::new(odd).unwrap_err();
            assert_eq!(failure.kind, FailureKind::InvalidRequest);
            assert!(!failure.message.contains("secret"), "{}", failure.message);
        }
    }

    #[test]
    fn paths_are_put_below_the_base() {
        for base in ["http://h/v1", "http://h/v1/", "http://h/v1?x=1"] {
            assert_eq!(
                Target::new(base).unwrap().below("/chat/completions", None).unwrap().url().as_str(),
                "http://h/v1/chat/completions"
            );
        }
    }

    #[test]
    fn what_no_request_can_have_is_refused_without_being_shown() {
        let base = Target::new("http://h/v1").unwrap();
        let failure = base.below(&"secret".repeat(20_000), None).unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidRequest);
        assert!(failure.message.starts_with("an address at h ") && !failure.message.contains("secret"));
    }
}
