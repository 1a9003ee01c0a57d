//! What went wrong on the way, in words for people and without addresses, which may hold secrets.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use h2::Reason;
use hyper_util::client::legacy;

use super::order::seconds;
use super::ways::Unknown;

/// What to do about a server that is not trusted.
const UNTRUSTED: &str = "the server's certificate is not one this machine trusts (SSL_CERT_FILE names a file of more that it does), or the server speaks no TLS there";
/// What to do about a proxy.
const PROXY: &str = "check the proxy: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name it (`http://` or `https://`), NO_PROXY the places that are called without it";

/// A failed connection, told apart by what can be done about it.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Trying again may help, where that is safe.
    pub(super) may_pass: bool,
    /// Nothing was sent.
    pub(super) unsent: bool,
}

/// The trouble of a request to `place` that was given so much time to connect, through a proxy if there is one on the
/// way.
pub(super) fn trouble(error: &legacy::Error, place: &str, proxy: Option<&str>, connect: Duration) -> Trouble {
    if !error.is_connect() {
        let why = innermost(error);
        return Trouble {
            message: format!("the connection to {place} was lost before an answer came ({why})"),
            help: None,
            may_pass: true,
            unsent: is_unprocessed(error),
        };
    }
    let through = proxy.map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
    let whom =
        proxy.map_or_else(|| place.to_owned(), |proxy| format!("the proxy {proxy}, on the way to {place}"));
    let (message, help, may_pass) = if causes(error).any(|cause| cause.is::<Unknown>()) {
        (
            format!("the name of {whom} can't be found"),
            "check the spelling of the address and the network",
            false,
        )
    } else if has_kind(error, ErrorKind::TimedOut) {
        (
            format!("{place} could not be reached in {}{through}", seconds(connect)),
            "check the address, the network and the proxy",
            true,
        )
    } else if has_kind(error, ErrorKind::ConnectionRefused) {
        (format!("nothing answers at {whom}"), "start the server there, or check the address", true)
    } else {
        let why = chain(error);
        let secure = why.contains("certificate") || why.contains("TLS") || why.contains("tls");
        let help = if secure { UNTRUSTED } else { "check the address, the network and the proxy" };
        (format!("no connection to {place}{through} could be made: {}", innermost(error)), help, false)
    };
    let help = if proxy.is_some() && help != UNTRUSTED { PROXY } else { help };
    Trouble { message, help: Some(help.into()), may_pass, unsent: true }
}

/// Whether a server said of a request over HTTP/2 that it did nothing with it: it is about to close the connection, or
/// has enough to do.
pub(super) fn is_unprocessed(error: &legacy::Error) -> bool {
    let told = causes(error).find_map(|cause| cause.downcast_ref::<h2::Error>());
    told.filter(|told| told.is_remote()).is_some_and(|told| {
        told.is_go_away() && told.reason() == Some(Reason::NO_ERROR)
            || told.is_reset() && told.reason() == Some(Reason::REFUSED_STREAM)
    })
}

/// An error and what caused it, innermost last.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| Error::source(*error))
}

fn has_kind(error: &(dyn Error + 'static), kind: ErrorKind) -> bool {
    causes(error)
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == kind))
}

/// An error with what caused it, innermost last.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
    }
    text
}

/// The cause at the bottom, which says most.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
