//! One connection to a server: opened, asked for its tools, used by all calls of a run, closed with it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, CancelledNotification,
    CancelledNotificationParam, ClientRequest, InputRequest, InputRequiredResult, InputResponses,
    PaginatedRequestParams, ProtocolVersion, RequestId, ServerResult, ToolAnnotations,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt, Peer, PeerRequestOptions, RunningService,
    ServiceError,
};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClientTransport, StreamableHttpClientTransportConfig,
};
use tokio::time::{sleep, timeout};

use super::client::{Asker, Calls, Client};
use super::failure::Trouble;
use super::program::Program;
use super::stdout::{LINE_CAP, Output};
use super::{LONGEST, STARTUP, Server, arguments};
use crate::backend::headers;
use crate::backend::settings::Settings;
use crate::backend::wire::{self, EVENT_CAP, Secrets};
use crate::base::Span;
use crate::instrument::{Failure, FailureKind, Request, Stage};
use crate::load::LockedTool;
use crate::value::{Instrument, Secret};

/// Most tools that a server may offer.
const MOST: usize = 5_000;
/// How long a server that may change its tools gets to do so before they are taken as they are.
const SETTLED: Duration = Duration::from_millis(50);
/// How long a list of tools may take when it is asked for again.
const LISTING: Duration = Duration::from_secs(30);
/// How often a tool may want to know more before it answers.
const ROUNDS: usize = 10;

/// A connection.
pub(super) struct Link {
    // Closed before the program ends.
    service: RunningService<RoleClient, Client>,
    program: Option<Program>,
    calls: Arc<Calls>,
    /// What it is called to people: a command, a host.
    pub(super) place: String,
    pub(super) secrets: Secrets,
    offer: tokio::sync::Mutex<Listed>,
}

/// What a server offers, as it was when it had said so many times that this has changed.
struct Listed {
    offer: Offer,
    changes: usize,
}

/// What a server offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it calls itself.
    pub name: String,
    /// Its version; empty where it says none.
    pub version: String,
    /// Its tools, in its order.
    pub tools: Vec<LockedTool>,
}

/// A connection that is being opened.
struct Opening {
    client: Client,
    program: Option<Program>,
    place: String,
    secrets: Secrets,
}

impl Link {
    /// Opens a connection and asks the server for its tools.
    pub(super) async fn open(instrument: &Instrument, folder: &Path) -> Result<Self, Failure> {
        let settings = Settings::of(instrument);
        let calls = Arc::new(Calls::default());
        let client = Client { name: instrument.name.clone(), calls };
        let startup = settings.duration("startup").unwrap_or(STARTUP);
        let lifecycle = ClientLifecycleMode::Auto {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            legacy_version: None,
        };
        match Server::of(settings)? {
            Server::Program(words) => {
                let (program, stdin, stdout) = Program::start(&words, settings, folder)?;
                let output = Output::new(stdout, program.heard.clone());
                let transport =
                    AsyncRwTransport::new_client(output, stdin).with_max_line_length(LINE_CAP + 1);
                let place = format!("`{}`", program.shown);
                let opening = Opening { client, program: Some(program), place, secrets: Secrets::default() };
                opening.finish(|client| client.serve_with_lifecycle(transport, lifecycle), startup).await
            }
            Server::Service(target) => {
                let (config, secrets) = service(settings)?;
                let transport =
                    StreamableHttpClientTransport::with_client(wire::conversing(&target)?.clone(), config);
                let opening = Opening { client, program: None, place: target.place().to_owned(), secrets };
                opening.finish(|client| client.serve_with_lifecycle(transport, lifecycle), startup).await
            }
        }
    }

    /// Whether the server is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.service.is_transport_closed()
    }

    pub(super) fn into_offer(self) -> Offer {
        self.offer.into_inner().offer
    }

    /// The tool that a score counts on, if it is as `score.lock` has it.
    pub(super) async fn tool(&self, part: &str, pinned: &LockedTool) -> Result<LockedTool, Failure> {
        let mut listed = self.offer.lock().await;
        if listed.changes != self.calls.changes() {
            match timeout(LISTING, all_tools(&self.service, &self.calls))
                .await
                .unwrap_or(Err(Trouble::Silent(LISTING)))
            {
                Ok((tools, changes)) => {
                    listed.offer.tools = tools;
                    listed.changes = changes;
                }
                Err(trouble) => return Err(clean(trouble.before(&self.place, "", ""), &self.secrets)),
            }
        }
        let Some(tool) = listed.offer.tools.iter().find(|tool| tool.name == pinned.name) else {
            let message = format!("the server of `{part}` has no tool `{}` any more", pinned.name);
            return Err(changed(message));
        };
        let changes = pinned.changes_to(tool);
        if changes.is_empty() {
            return Ok(tool.clone());
        }
        let message = format!(
            "the tool `{}` of `{part}` is not as `score.lock` has it: {}",
            tool.name,
            changes.join("; ")
        );
        Err(changed(message))
    }

    /// Calls a tool.
    pub(super) async fn call(
        &self,
        request: &Request,
        tool: &LockedTool,
        stage: &Stage,
    ) -> Result<CallToolResult, Failure> {
        let settings = Settings::of(&request.instrument);
        let within =
            request.within.and_then(|left| u64::try_from(left.max(0)).ok()).map(Duration::from_millis);
        let allowed = settings.duration("timeout").unwrap_or(LONGEST).min(within.unwrap_or(Duration::MAX));
        let arguments = arguments::object(&request.arguments, &tool.input);
        let mut params = CallToolRequestParams::new(tool.name.clone()).with_arguments(arguments);
        for _ in 0..ROUNDS {
            let answered = self.once(params.clone(), request, allowed, stage).await;
            match answered.map_err(Trouble::Service) {
                Ok(ServerResult::CallToolResult(result)) => return Ok(result),
                Ok(ServerResult::InputRequiredResult(result)) => {
                    params.request_state.clone_from(&result.request_state);
                    params.input_responses = self.inputs(result, &Asker::of(request, stage)).await;
                    if params.input_responses.is_none() && params.request_state.is_none() {
                        return Err(self.failure(Trouble::Input, request).await);
                    }
                }
                Ok(_) => return Err(self.failure(Trouble::Other, request).await),
                Err(trouble) => return Err(self.failure(trouble, request).await),
            }
        }
        Err(self.failure(Trouble::Input, request).await)
    }

    /// One request and its answer.
    async fn once(
        &self,
        params: CallToolRequestParams,
        request: &Request,
        allowed: Duration,
        stage: &Stage,
    ) -> Result<ServerResult, ServiceError> {
        let called = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let handle = self.service.send_request_with_option(called, PeerRequestOptions::no_options()).await?;
        let _watching = self.calls.watch(handle.progress_token.clone(), request, stage);
        let mut abandoned = Abandoned { peer: handle.peer.clone(), id: Some(handle.id.clone()) };
        let mut answer = std::pin::pin!(handle.await_response());
        loop {
            tokio::select! {
                answered = &mut answer => {
                    abandoned.id = None;
                    return answered;
                }
                () = sleep(allowed) => {
                    // While a person thinks about a question of the server, it has all the time there is.
                    let answered = self.calls.answered.notified();
                    if !self.calls.asks() {
                        return Err(ServiceError::Timeout { timeout: allowed });
                    }
                    tokio::select! {
                        () = answered => {}
                        early = &mut answer => {
                            abandoned.id = None;
                            return early;
                        }
                    }
                }
            }
        }
    }

    /// What the person says to the questions of a tool; `None` where one is no question to a person.
    async fn inputs(&self, result: InputRequiredResult, asker: &Asker) -> Option<InputResponses> {
        let mut given = InputResponses::new();
        for (name, asked) in result.input_requests? {
            let InputRequest::Elicitation(asked) = asked else { return None };
            let answer = self.service.service().ask(asked.params, asker).await;
            given.insert(name, serde_json::to_value(answer).ok()?);
        }
        Some(given)
    }

    async fn failure(&self, trouble: Trouble, request: &Request) -> Failure {
        let state = match &self.program {
            Some(program) if trouble.is_of_connection() => program.state(true).await,
            _ => String::new(),
        };
        let complaints = self.program.as_ref().map(Program::complaints).unwrap_or_default();
        let failure = trouble.failure(&self.place, request.class, &state);
        clean(failure, &self.secrets).with_exchange("", &complaints)
    }
}

impl Opening {
    /// Waits until the server is there and has said what it offers.
    async fn finish<F>(self, serve: impl FnOnce(Client) -> F, startup: Duration) -> Result<Link, Failure>
    where
        F: Future<Output = Result<RunningService<RoleClient, Client>, ClientInitializeError>>,
    {
        let Self { client, program, place, secrets } = self;
        let calls = client.calls.clone();
        let opened = timeout(startup, async {
            let service = serve(client).await.map_err(|error| Trouble::Start(Box::new(error)))?;
            let (tools, changes) = all_tools(&service, &calls).await?;
            Ok::<_, Trouble>((service, tools, changes))
        });
        let trouble = match opened.await {
            Ok(Ok((service, tools, changes))) => {
                let info = service.peer_info();
                let who = info.as_ref().and_then(|info| info.server_info.as_ref());
                let name = who.map(|who| who.name.clone()).unwrap_or_default();
                let version = who.map(|who| who.version.clone()).unwrap_or_default();
                let offer =
                    tokio::sync::Mutex::new(Listed { offer: Offer { name, version, tools }, changes });
                return Ok(Link { service, program, calls, place, secrets, offer });
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::Silent(startup),
        };
        let (state, complaints) = match &program {
            Some(program) => (program.state(!trouble.is_impatience()).await, program.complaints()),
            None => (String::new(), String::new()),
        };
        Err(clean(trouble.before(&place, &state, &complaints), &secrets))
    }
}

/// All tools of a server, and how often it had said by then that they are others now. Some offer more only
/// after they have seen what the client can do.
async fn all_tools(service: &Peer<RoleClient>, calls: &Calls) -> Result<(Vec<LockedTool>, usize), Trouble> {
    let tells = service.peer_info().is_some_and(|info| {
        info.capabilities.tools.as_ref().is_some_and(|tools| tools.list_changed == Some(true))
    });
    let mut before = calls.changes();
    let mut found = tools(service).await?;
    for _ in 0..ROUNDS {
        if tells {
            sleep(SETTLED).await;
        }
        if calls.changes() == before {
            break;
        }
        before = calls.changes();
        found = tools(service).await?;
    }
    Ok((found, before))
}

/// All tools of a server, page by page.
async fn tools(service: &Peer<RoleClient>) -> Result<Vec<LockedTool>, Trouble> {
    let mut tools = Vec::new();
    let mut seen = HashSet::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut page = PaginatedRequestParams::default();
        page.cursor = cursor;
        let listed = service.list_tools(Some(page)).await.map_err(Trouble::List)?;
        tools.extend(listed.tools.into_iter().map(locked));
        cursor = match listed.next_cursor {
            None => return Ok(tools),
            Some(next) if tools.len() <= MOST && seen.insert(next.clone()) => Some(next),
            Some(_) => return Err(Trouble::Endless),
        };
    }
}

/// A tool as it is kept in `score.lock`.
fn locked(tool: rmcp::model::Tool) -> LockedTool {
    let hint = |read: fn(&ToolAnnotations) -> Option<bool>| tool.annotations.as_ref().and_then(read);
    // One that says that it reads and that it destroys is taken to act.
    let reads = hint(|hints| hints.read_only_hint) == Some(true)
        && hint(|hints| hints.destructive_hint) != Some(true);
    let idempotent = !reads && hint(|hints| hints.idempotent_hint) == Some(true);
    LockedTool {
        name: tool.name.into_owned(),
        description: tool.description.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        reads,
        idempotent,
        input: serde_json::Value::Object((*tool.input_schema).clone()),
        output: tool.output_schema.map(|schema| serde_json::Value::Object((*schema).clone())),
        span: Span::default(),
    }
}

/// How a service is called.
fn service(settings: Settings<'_>) -> Result<(StreamableHttpClientTransportConfig, Secrets), Failure> {
    let (target, hidden) = settings.address("server")?;
    let mut secrets = Secrets::default();
    if let Some(address) = hidden {
        secrets.add(Arc::new(Secret::new(&*address.name, target.url().path())));
        secrets.add(address);
    }
    let named = settings.named("headers");
    let named = named.iter().map(|(name, value)| headers::one(name, value, &mut secrets));
    let mut config = StreamableHttpClientTransportConfig::with_uri(target.url().as_str())
        .max_sse_event_size(EVENT_CAP)
        .custom_headers(named.collect::<Result<_, Failure>>()?);
    if let Some(key) = settings.secret("bearer") {
        // Refused where it can't be a header.
        headers::bearer(&key)?;
        config = config.auth_header(key.reveal().trim());
        secrets.add(key);
    }
    Ok((config, secrets))
}

fn clean(failure: Failure, secrets: &Secrets) -> Failure {
    let (message, received) = (secrets.redact(&failure.message), secrets.redact(&failure.received));
    Failure { message, received, ..failure }
}

fn changed(message: String) -> Failure {
    Failure::new(FailureKind::InvalidRequest, message).with_help(
        "`score update FILE` shows all that has changed and takes it in; check that the score still means it",
    )
}

/// Tells the server of a request that nobody waits for any more.
struct Abandoned {
    peer: Peer<RoleClient>,
    id: Option<RequestId>,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let peer = self.peer.clone();
        let params = CancelledNotificationParam::new(Some(id), Some("nobody waits for it any more".into()));
        runtime.spawn(async move {
            // An error means that the server is gone.
            let _ = peer.send_notification(CancelledNotification::new(params).into()).await;
        });
    }
}
