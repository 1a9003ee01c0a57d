//! `--show-requests`: the call of a tool as it would be sent, without a server.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value as Json, json};

use super::{Server, arguments};
use crate::backend::headers;
use crate::backend::settings::Settings;
use crate::backend::wire::{Secrets, shown_headers};
use crate::instrument::{Failure, Outgoing, Request};
use crate::load::LockedTool;

/// The message that calls a tool, but for its number, which is given when it is sent.
pub(super) fn outgoing(request: &Request, tool: &LockedTool) -> Result<Outgoing, Failure> {
    let settings = Settings::of(&request.instrument);
    let arguments = Json::Object(arguments::object(&request.arguments, &tool.input));
    let params = json!({ "name": tool.name, "arguments": arguments });
    let body = json!({ "jsonrpc": "2.0", "method": "tools/call", "params": params }).to_string();
    let target = match Server::of(settings)? {
        Server::Program(words) => {
            return Ok(Outgoing { method: "MCP".into(), url: words.join(" "), headers: Vec::new(), body });
        }
        Server::Service(target) => target,
    };
    let mut secrets = Secrets::default();
    let mut all = HeaderMap::new();
    all.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
    all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in settings.named("headers") {
        let (name, value) = headers::one(&name, &value, &mut secrets)?;
        all.insert(name, value);
    }
    if let Some(key) = settings.secret("bearer") {
        all.insert(AUTHORIZATION, headers::bearer(&key)?);
        secrets.add(key);
    }
    if let (_, Some(address)) = settings.address("server")? {
        secrets.add(address);
    }
    Ok(Outgoing {
        method: "POST".into(),
        url: secrets.redact(target.url().as_str()),
        headers: shown_headers(&all, &secrets),
        body: secrets.redact(&body),
    })
}
