//! `mcp(…)`: the tools of an MCP server, which is a program that is started (`"npx -y …"`, without a
//! shell, spoken to over its input and output) or a service (`"https://…"`, streamable HTTP).
//!
//! One connection for each instrument and run, opened by the first call. A tool is called only if it is
//! as `score.lock` has it. A program gets the folder of the score, the part of the environment that
//! commands get, and a minute to answer its first request; it ends with the run.

mod arguments;
mod client;
mod content;
mod failure;
mod link;
mod program;
mod shown;
mod stdout;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::instrument::{
    Abilities, Backend, Class, Event, Failure, FailureKind, Needs, Opening, PlayFuture, Profile, Reply,
    Request, Stage,
};
use crate::load::LockedTool;
use crate::types::{Signature, Type};
use crate::value::{Instrument, Value};

use super::settings::{Row, Settings, address_type, constructor};
use super::wire::{Target, gate};
use link::Link;

pub use link::Offer;

/// The backend.
pub(super) struct Mcp;

/// How long a call may take, where nothing is set.
const LONGEST: Duration = Duration::from_mins(10);
/// How long a server may take until it has answered its first request, where nothing is set. A package that
/// has to be fetched first takes its time.
const STARTUP: Duration = Duration::from_mins(1);

impl Backend for Mcp {
    fn name(&self) -> &'static str {
        "mcp"
    }

    fn doc(&self) -> &'static str {
        "The tools of an MCP server: a program that is started, or a service."
    }

    fn signature(&self) -> Signature {
        let optional: [Row; 9] = [
            ("in", Type::Text, "The folder the program runs in (the score's own)."),
            ("env", Type::Unknown, "More of the environment of the program; secrets may stand in it."),
            ("bearer", Type::Secret, "A key for the service, sent as `Authorization: Bearer …`."),
            ("headers", Type::Unknown, "Headers of every request to the service; secrets may stand in them."),
            ("startup", Type::Duration, "How long the server may take until it is there (1min)."),
            ("timeout", Type::Duration, "How long a call may take (10min)."),
            ("at_once", Type::Int, "How many calls may be on their way at once (no bound)."),
            ("per_minute", Type::Int, "How many calls may start in any minute (no bound)."),
            ("price", Type::Money, "What a call costs."),
        ];
        let server =
            "The command that starts the server, or its address; a secret where the address is the key.";
        constructor(&[("server", address_type(), server)], &optional)
    }

    fn abilities(&self, _instrument: &Instrument) -> Abilities {
        Abilities { json: true, images_out: true, audio_out: true, ..Abilities::default() }
    }

    fn profile(&self, instrument: &Instrument, _opening: Opening<'_>) -> Profile {
        let settings = Settings::of(instrument);
        let class = if settings.flag("reads") { Class::Reads } else { Class::Acts };
        class.profile()
    }

    fn ready(&self, instrument: &Instrument) -> Result<(), Failure> {
        Server::of(Settings::of(instrument)).map(|_| ())
    }

    fn needs(&self, instrument: &Instrument, _opening: Opening<'_>) -> Needs {
        match Server::of(Settings::of(instrument)) {
            Ok(Server::Program(words)) => {
                let program = words.first().cloned();
                let shown = format!("the MCP server `{}`", words.join(" "));
                Needs { programs: program.into_iter().collect(), others: vec![shown], ..Needs::default() }
            }
            Ok(Server::Service(target)) => {
                let place = target.place().to_owned();
                let others = vec![format!("the MCP server at {place}")];
                Needs { hosts: vec![place], others, ..Needs::default() }
            }
            Err(_) => Needs::default(),
        }
    }

    fn shows_requests(&self) -> bool {
        true
    }

    fn tells_when_sent(&self) -> bool {
        true
    }

    fn repeatable(&self, request: &Request) -> bool {
        pinned(request, Settings::of(&request.instrument)).is_ok_and(|tool| tool.idempotent)
    }

    fn play<'a>(&'a self, request: Request, stage: &'a Stage) -> PlayFuture<'a> {
        Box::pin(async move {
            let settings = Settings::of(&request.instrument);
            let pinned = pinned(&request, settings)?;
            arguments::check(&request, &pinned, stage)?;
            if stage.watch.withholds() {
                stage.watch.event(Event::Request(Box::new(shown::outgoing(&request, &pinned)?)));
                return Err(Failure::new(FailureKind::Cancelled, "the call was shown and not made"));
            }
            let gate = gate(
                &["mcp", &request.instrument.name, settings.text("server").unwrap_or_default()],
                settings.count("at_once"),
                settings.count("per_minute"),
            );
            let _pass = gate.turn(&*stage.watch).await?;
            let link = link(&request, stage).await?;
            let tool = link.tool(&request.part, &pinned).await?;
            let answered = link.call(&request, &tool, stage).await?;
            content::reply(&request, &pinned.name, answered)
        })
    }
}

/// Where a server is.
enum Server {
    Program(Vec<String>),
    Service(Target),
}

impl Server {
    fn of(settings: Settings<'_>) -> Result<Self, Failure> {
        let is_service = |text: &str| text.starts_with("http://") || text.starts_with("https://");
        match settings.value("server") {
            Some(Value::Text(command)) if !is_service(command.trim_start()) => {
                super::command::split(command).map(Self::Program)
            }
            _ => settings.address("server").map(|(target, _)| Self::Service(target)),
        }
    }
}

/// The tool that is to be played, as the score counts on it.
fn pinned(request: &Request, settings: Settings<'_>) -> Result<LockedTool, Failure> {
    let pin = settings.text("pinned").and_then(|text| LockedTool::unpin(&serde_json::from_str(text).ok()?));
    pin.ok_or_else(|| {
        let (part, name) = (&request.part, &request.instrument.name);
        let message = format!(
            "`{part}` is to be played by `{name}`, which is a server and plays through its tools only"
        );
        Failure::new(FailureKind::InvalidRequest, message)
            .with_help("declare the server in the score and name the tool: `by disk.search_files`")
    })
}

/// The connections of a run, by instrument: each is opened once, by whoever is first.
type Slot = Mutex<Option<Arc<Link>>>;

async fn link(request: &Request, stage: &Stage) -> Result<Arc<Link>, Failure> {
    let instrument = &request.instrument;
    let key = format!("mcp {} {:?}", instrument.name, instrument.settings.get("server"));
    let slot = stage.cabinet.keep(&key, Slot::default);
    let mut slot = slot.lock().await;
    if let Some(link) = slot.as_ref().filter(|link| !link.is_closed()) {
        return Ok(link.clone());
    }
    let is_program = matches!(Server::of(Settings::of(instrument)), Ok(Server::Program(_)));
    let note = match (is_program, slot.is_some()) {
        (true, true) => "starts the server again, which has ended",
        (true, false) => "starts the server",
        (false, _) => "connects to the server",
    };
    stage.watch.event(Event::Note(note.into()));
    *slot = None;
    let link = Arc::new(Link::open(instrument, &stage.folder).await?);
    *slot = Some(link.clone());
    Ok(link)
}

/// Starts the server of an instrument, asks what it offers, and ends it.
///
/// # Errors
/// If it can't be started or does not answer.
pub async fn offer(instrument: &Instrument, folder: &std::path::Path) -> Result<Offer, Failure> {
    let link = Link::open(instrument, folder).await?;
    Ok(link.into_offer())
}

/// What a text means for a reply, once a tool has answered.
type Played = Result<Reply, Failure>;

#[cfg(test)]
mod tests;
