//! What went wrong on the way, in words for people and without addresses, which may hold secrets.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use super::client::chain;
use super::order::seconds;

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

/// The trouble of a request to `place` that was given so much time to connect.
pub(super) fn trouble(error: reqwest::Error, place: &str, connect: Duration) -> Trouble {
    let error = error.without_url();
    if !error.is_connect() {
        let why = innermost(&error);
        return Trouble {
            message: format!("the connection to {place} was lost before an answer came ({why})"),
            help: None,
            may_pass: !error.is_builder(),
            unsent: error.is_builder(),
        };
    }
    let (message, help, may_pass) = if error.is_dns() {
        (
            format!("the name of {place} can't be found"),
            Some("check the spelling of the address and the network".into()),
            false,
        )
    } else if error.is_timeout() {
        (
            format!("{place} could not be reached in {}", seconds(connect)),
            Some("check the address, the network and the proxy".into()),
            true,
        )
    } else if has_kind(&error, ErrorKind::ConnectionRefused) {
        (
            format!("nothing answers at {place}"),
            Some("start the server there, or check the address".into()),
            true,
        )
    } else {
        let why = chain(&error);
        let secure = why.contains("certificate") || why.contains("TLS") || why.contains("tls");
        let help = if secure {
            "the server's certificate is not one this machine trusts (SSL_CERT_FILE names a file of more that it does), or the server speaks no TLS there"
        } else {
            "check the address, the network and the proxy"
        };
        (format!("no connection to {place} could be made: {}", innermost(&error)), Some(help.into()), false)
    };
    Trouble { message, help, may_pass, unsent: true }
}

fn has_kind(error: &(dyn Error + 'static), kind: ErrorKind) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == kind) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The cause at the bottom, which says most.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    text
}
