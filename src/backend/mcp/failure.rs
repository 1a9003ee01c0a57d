//! What goes wrong with a server, as failures.

use std::time::Duration;

use rmcp::model::ErrorCode;
use rmcp::service::{ClientInitializeError, ServiceError};
use rmcp::transport::streamable_http_client::{
    AuthRequiredError, HttpStatusError, InsufficientScopeError, StreamableHttpError,
};

use crate::backend::wire::seconds;
use crate::instrument::{Class, Committed, Failure, FailureKind};

/// What went wrong.
pub(super) enum Trouble {
    /// While the connection was opened.
    Start(Box<ClientInitializeError>),
    /// While the tools were asked for.
    List(ServiceError),
    /// The list of tools has no end.
    Endless,
    /// Nothing was said for so long.
    Silent(Duration),
    /// During a call.
    Service(ServiceError),
    /// The answer to a call is none.
    Other,
    /// The server wants to know what nobody can say.
    Input,
}

impl Trouble {
    /// Whether the connection itself is at fault.
    pub(super) const fn is_of_connection(&self) -> bool {
        matches!(
            self,
            Self::Service(
                ServiceError::TransportClosed | ServiceError::TransportSend(_) | ServiceError::Timeout { .. }
            )
        )
    }

    /// Whether it was the client who hung up: how the program ended then says nothing.
    pub(super) const fn is_impatience(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::Endless)
    }

    /// A failure before any tool was called: `place` is the server, `state` what is known of its program, and
    /// `complaints` what that wrote to its error output.
    pub(super) fn before(&self, place: &str, state: &str, complaints: &str) -> Failure {
        let help = if place.starts_with('`') {
            "run it by hand to see whether it starts; a package that is fetched first may need a longer `startup:`"
        } else {
            "see whether the address is right and the service is up"
        };
        let (kind, why) = match self {
            Self::Start(error) => {
                let kind = kind_of(cause(error));
                (kind, started(error).map_or_else(String::new, |why| format!(": {why}")))
            }
            Self::List(ServiceError::McpError(error)) => {
                (FailureKind::Unavailable, format!(": asked for its tools, it says: {}", error.message))
            }
            Self::List(error) => (kind_of(error), ": it did not say what tools it has".to_owned()),
            Self::Endless => (FailureKind::BadShape, ": its list of tools has no end".to_owned()),
            Self::Silent(allowed) => {
                (FailureKind::Timeout, format!(": it did not answer in {}", seconds(*allowed)))
            }
            Self::Service(_) | Self::Other | Self::Input => (FailureKind::Unavailable, String::new()),
        };
        let state = if state.is_empty() { String::new() } else { format!(" ({state})") };
        let last = last_words(complaints).map_or(String::new(), |line| format!("; its last words: {line}"));
        let message = format!("the MCP server {place} can't be used{why}{state}{last}");
        let help = if kind == FailureKind::Auth {
            "check the key: `bearer:` or `headers:` of the instrument"
        } else {
            help
        };
        Failure::new(kind, message).with_help(help).with_exchange("", complaints)
    }

    /// A failure of a call of this class.
    pub(super) fn failure(&self, place: &str, class: Class, state: &str) -> Failure {
        let perhaps = if class == Class::Acts { Committed::Unknown } else { Committed::No };
        let state = if state.is_empty() { String::new() } else { format!(" ({state})") };
        let (kind, message, committed) = match self {
            Self::Service(ServiceError::McpError(error)) => {
                let refused =
                    [ErrorCode::INVALID_PARAMS, ErrorCode::METHOD_NOT_FOUND, ErrorCode::INVALID_REQUEST];
                let message = format!("the MCP server {place} says: {}", error.message);
                match refused.contains(&error.code) {
                    true => (FailureKind::InvalidRequest, message, Committed::No),
                    false => (FailureKind::ExitFailed, message, perhaps),
                }
            }
            Self::Service(ServiceError::Timeout { timeout }) => {
                let message =
                    format!("the MCP server {place} did not answer in {}{state}", seconds(*timeout));
                return Failure::new(FailureKind::Timeout, message)
                    .with_help("a longer `timeout:` on the instrument gives it more time")
                    .with_committed(perhaps);
            }
            Self::Service(error) => {
                let unsent = unreachable(error);
                let message = format!("the connection to the MCP server {place} was lost{state}");
                (kind_of(error), message, if unsent { Committed::No } else { perhaps })
            }
            Self::Input => {
                let message = format!("the MCP server {place} wants to know what nobody here can say");
                (FailureKind::Declined, message, perhaps)
            }
            _ => {
                let message =
                    format!("the MCP server {place} answered with something that is no result of a tool");
                (FailureKind::BadShape, message, perhaps)
            }
        };
        Failure::new(kind, message).with_committed(committed)
    }
}

/// What a program said last that may tell why it ended: not where the log of its package manager is.
fn last_words(complaints: &str) -> Option<&str> {
    let lines = || complaints.lines().map(str::trim).filter(|line| !line.is_empty());
    let npm = lines().find(|line| line.starts_with("npm error 404 ") || line.starts_with("npm ERR! 404 "));
    npm.or_else(|| lines().rfind(|line| !line.contains("A complete log of this run")))
        .or_else(|| lines().next_back())
}

/// Why a connection could not be opened, in words.
fn started(error: &ClientInitializeError) -> Option<String> {
    Some(match error {
        ClientInitializeError::JsonRpcError(error) => format!("it says: {}", error.message),
        ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
            "it speaks no version of the protocol that is known here".to_owned()
        }
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => return started(fallback),
        ClientInitializeError::ConnectionClosed(_) => {
            "it closed the connection before it answered".to_owned()
        }
        ClientInitializeError::TransportError { error, .. } => match answered(&*error.error) {
            Some(Answered::Status(status)) => format!("it answered with status {status}"),
            Some(Answered::Unreached) => "nothing answers at its address".to_owned(),
            None => "what it answered is no MCP".to_owned(),
        },
        _ => "what it answered is no MCP".to_owned(),
    })
}

/// The kind of a failure of the connection.
fn kind_of(error: &(dyn std::error::Error + 'static)) -> FailureKind {
    match answered(error) {
        Some(Answered::Status(401 | 403)) => FailureKind::Auth,
        Some(Answered::Status(429)) => FailureKind::RateLimited,
        _ => FailureKind::Unavailable,
    }
}

/// Whether a request surely never arrived.
fn unreachable(error: &ServiceError) -> bool {
    matches!(answered(error), Some(Answered::Unreached))
}

/// How a service answered, where that was no message.
enum Answered {
    Status(u16),
    Unreached,
}

fn answered(error: &(dyn std::error::Error + 'static)) -> Option<Answered> {
    if find::<AuthRequiredError>(error).is_some() {
        return Some(Answered::Status(401));
    }
    if find::<InsufficientScopeError>(error).is_some() {
        return Some(Answered::Status(403));
    }
    if let Some(error) = find::<HttpStatusError>(error) {
        return Some(Answered::Status(error.status));
    }
    match find::<StreamableHttpError<reqwest::Error>>(error)? {
        StreamableHttpError::Client(error) if error.is_connect() => Some(Answered::Unreached),
        StreamableHttpError::Client(error) => error.status().map(|status| Answered::Status(status.as_u16())),
        // Other refusals come with their status in words: `HTTP 401 Unauthorized: …`.
        StreamableHttpError::UnexpectedServerResponse(said) => {
            let status = said.strip_prefix("HTTP ")?.get(..3)?.parse().ok()?;
            Some(Answered::Status(status))
        }
        _ => None,
    }
}

/// What made a connection fail, where that is known.
fn cause(error: &ClientInitializeError) -> &(dyn std::error::Error + 'static) {
    match error {
        ClientInitializeError::TransportError { error, .. } => &*error.error,
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => cause(fallback),
        other => other,
    }
}

/// An error of this type among an error and its causes.
fn find<'e, E: std::error::Error + 'static>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
