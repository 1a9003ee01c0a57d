//! The fault matrix: every fault of the world against every backend that meets it. Each cell has a server of its
//! own, and the kind of failure that the call must end with, in time, without a panic, and without the key in
//! anything that is shown.
//!
//! Rows are faults (`rows`, `broken_off`), columns are players (`players`). A backend joins by one row there.
//! `cargo test fault_matrix -- --nocapture` prints the whole of it.

mod broken_off;
mod media;
mod models;
mod players;
mod rows;
mod tools;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::server::{Server, Step};
use super::{Seen, play, stage_with};
use crate::instrument::{Event, Failure, FailureKind, Reply, Request, Watch};

pub(super) use players::Player;

/// The key that must never be seen.
const KEY: &str = "sk-canary-0123456789";
/// What a call may take beyond its own time before it counts as hanging.
const GRACE: Duration = Duration::from_secs(30);
/// Cells that are tried at the same time.
const AT_ONCE: usize = 12;

/// How a cell must end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Want {
    /// With an answer.
    Good,
    /// With a failure of one of these kinds.
    Fails(&'static [FailureKind]),
}

const UNAVAILABLE: Want = Want::Fails(&[FailureKind::Unavailable]);
const BAD_SHAPE: Want = Want::Fails(&[FailureKind::BadShape]);
const TIMEOUT: Want = Want::Fails(&[FailureKind::Timeout]);
const RATE_LIMITED: Want = Want::Fails(&[FailureKind::RateLimited]);

/// One row: a fault, whom it can befall, what the server does, how the call ends.
struct Fault {
    /// Which of the list of faults it belongs to.
    group: &'static str,
    name: &'static str,
    befalls: fn(&Player) -> bool,
    script: Box<dyn Fn(&Player) -> Vec<Vec<Step>> + Send + Sync>,
    wants: fn(&Player) -> Want,
    /// The `timeout:` of the call, in milliseconds.
    timeout: i64,
    /// Most requests that may be made of it.
    most: usize,
    /// Where the call goes instead of to the server, by the server's port.
    at: Option<fn(u16) -> String>,
    /// What the call is beside what the player asks.
    asks: fn(Request) -> Request,
}

fn fault(
    group: &'static str,
    name: &'static str,
    script: impl Fn(&Player) -> Vec<Vec<Step>> + Send + Sync + 'static,
    wants: fn(&Player) -> Want,
) -> Fault {
    Fault {
        group,
        name,
        befalls: |_| true,
        script: Box::new(script),
        wants,
        timeout: 15_000,
        most: 5,
        at: None,
        asks: |request| request,
    }
}

impl Fault {
    fn only(mut self, befalls: fn(&Player) -> bool) -> Self {
        self.befalls = befalls;
        self
    }

    /// Gives the call so many milliseconds.
    fn within(mut self, timeout: i64) -> Self {
        self.timeout = timeout;
        self
    }

    fn at(mut self, at: fn(u16) -> String) -> Self {
        self.at = Some(at);
        self
    }

    /// However many requests are made of it.
    fn unbounded(mut self) -> Self {
        self.most = usize::MAX;
        self
    }

    fn once(mut self) -> Self {
        self.most = 1;
        self
    }
}

fn faults() -> impl Iterator<Item = &'static Fault> {
    static ALL: LazyLock<Vec<Fault>> =
        LazyLock::new(|| rows::all().into_iter().chain(broken_off::all()).chain(tools::all()).collect());
    ALL.iter()
}

/// Somebody who looks on, or nobody.
struct Looks(bool, Arc<Seen>);

impl Watch for Looks {
    fn event(&self, event: Event) {
        self.1.event(event);
    }

    fn wants_text(&self) -> bool {
        self.0
    }
}

/// What is wrong with a cell; nothing if all is well.
async fn cell(fault: &'static Fault, player: &'static Player) -> Result<String, String> {
    let elsewhere = Server::new(vec![rows::good(player)]).await;
    let script = (fault.script)(player).into_iter().map(|steps| told(steps, &elsewhere.base())).collect();
    let server = Server::new(script).await;
    let base = fault.at.map_or_else(|| server.base(), |at| at(server.port));
    let request = (fault.asks)((player.ask)(&base, fault.timeout));
    let seen = Arc::new(Seen::default());
    let stage = stage_with(Arc::new(Looks(player.stream.is_some(), seen.clone())));
    let deadline = Duration::from_millis(fault.timeout.unsigned_abs()) + GRACE;
    let result = tokio::time::timeout(deadline, played(request, stage)).await;
    let result = result.map_err(|_| "it hangs".to_owned())?;
    let shown = format!("{result:?} {:?}", seen.events.lock().expect("unspoilt"));
    for form in [KEY, "c2stY2FuYXJ5", "736b2d63616e617279", "canary-0123"] {
        if shown.contains(form) {
            return Err(format!("the key is shown: {shown}"));
        }
    }
    if elsewhere.requests().iter().any(|request| request.contains(KEY)) {
        return Err("the key went to another place".into());
    }
    let made = server.requests().len();
    if made > fault.most {
        return Err(format!("{made} requests were made"));
    }
    let (got, said) = match &result {
        Ok(_) => ("an answer".to_owned(), "an answer".to_owned()),
        Err(failure) => (failure.kind.word().to_owned(), format!("{}: {}", failure.kind, failure.message)),
    };
    let well = match ((fault.wants)(player), &result) {
        (Want::Good, Ok(_)) => true,
        (Want::Fails(kinds), Err(failure)) => kinds.contains(&failure.kind) && !failure.message.is_empty(),
        _ => false,
    };
    if well { Ok(got) } else { Err(format!("wanted {:?}, got {said}", (fault.wants)(player))) }
}

/// The steps, with the address of the other server where they speak of it.
fn told(steps: Vec<Step>, elsewhere: &str) -> Vec<Step> {
    let told = |step| match step {
        Step::Send(bytes) if bytes.windows(9).any(|window| window == b"ELSEWHERE") => {
            Step::Send(String::from_utf8_lossy(&bytes).replace("ELSEWHERE", elsewhere).into_bytes())
        }
        other => other,
    };
    steps.into_iter().map(told).collect()
}

async fn played(request: Request, stage: crate::instrument::Stage) -> Result<Reply, Failure> {
    play(request, &stage).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_matrix() {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut cells = JoinSet::new();
    for (row, fault) in faults().enumerate() {
        for (column, player) in players::ALL.iter().enumerate() {
            if !(fault.befalls)(player) {
                continue;
            }
            let places = places.clone();
            cells.spawn(async move {
                let _place = places.acquire_owned().await;
                // A task of its own: a panic is this cell's, not the matrix's.
                let ended = tokio::spawn(cell(fault, player)).await;
                (row, column, ended.unwrap_or_else(|error| Err(format!("it panics: {error}"))))
            });
        }
    }
    let mut ended = cells.join_all().await;
    ended.sort_by_key(|(row, column, _)| (*row, *column));
    let faults: Vec<&Fault> = faults().collect();
    let mut wrong = Vec::new();
    for (row, column, result) in &ended {
        let (fault, player) = (faults[*row], &players::ALL[*column]);
        let title = format!("{:4}{} x {}", fault.group, fault.name, player.name);
        match result {
            Ok(got) => println!("{title}: {got}"),
            Err(why) => wrong.push(format!("{title}: {why}")),
        }
    }
    println!("{} faults, {} players, {} cells", faults.len(), players::ALL.len(), ended.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ended.len(), wrong.join("\n"));
    assert!(ended.len() >= 150, "only {} cells", ended.len());
}
