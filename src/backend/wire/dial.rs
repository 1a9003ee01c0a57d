//! How connections are made: each in its own time, and where HTTP/2 may be spoken one after another.
//!
//! A thousand calls that begin at once would each start a connection of their own before anyone knows that
//! the server takes them all on one. So the first is made alone. Where it turns out to be HTTP/2 the others
//! share it, and what waited for its turn to connect gives up; where not, or where it can't be made, all go.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::Connection as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower_service::Service;

use super::ways::{Way, Ways};

type BoxError = Box<dyn Error + Send + Sync>;

tokio::task_local! {
    /// How the call that is polled has its connection made. Unset where nobody waits for it any longer: the
    /// client lets a connection that came too late be made in the background.
    static DIALLING: Dialling;
}

#[derive(Clone)]
struct Dialling {
    connect: Duration,
    turns: Option<Arc<Turns>>,
}

/// Has connections that a call needs be made within this time and, where it shares them, in turn.
pub(super) fn dialling<F: Future>(
    connect: Duration,
    turns: Option<Arc<Turns>>,
    call: F,
) -> impl Future<Output = F::Output> {
    DIALLING.scope(Dialling { connect, turns }, call)
}

/// Whose turn it is to connect to one place.
#[derive(Debug)]
pub(super) struct Turns {
    /// Closed while all may connect at once.
    one: Mutex<Arc<Semaphore>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { one: Mutex::new(Arc::new(Semaphore::new(1))) }
    }
}

impl Turns {
    /// Waits for its turn; `Err` where nobody waits for the connection any longer.
    async fn take(&self) -> Result<Option<OwnedSemaphorePermit>, BoxError> {
        let one = self.one.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut turn = pin!(one.acquire_owned());
        poll_fn(|context| {
            if DIALLING.try_with(|_| ()).is_err() {
                return Poll::Ready(Err(io::Error::other("another connection came first").into()));
            }
            turn.as_mut().poll(context).map(|turn| Ok(turn.ok()))
        })
        .await
    }

    /// Takes note of how a connection came out.
    fn learn(&self, shared: bool) {
        let mut one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        match (shared, one.is_closed()) {
            (true, true) => *one = Arc::new(Semaphore::new(1)),
            (false, false) => one.close(),
            _ => {}
        }
    }
}

/// Makes connections as [`dialling`] says.
#[derive(Clone, Debug)]
pub(super) struct Dialler(Arc<Ways>);

impl Dialler {
    pub(super) fn new(ways: Ways) -> Self {
        Self(Arc::new(ways))
    }
}

impl Service<Uri> for Dialler {
    type Response = Way;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Way, BoxError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, place: Uri) -> Self::Future {
        let dialling = DIALLING.try_with(Dialling::clone);
        let ways = self.0.clone();
        Box::pin(async move {
            let Ok(Dialling { connect, turns }) = dialling else { return ways.connect(place).await };
            let turn = match &turns {
                Some(turns) => turns.take().await?,
                None => None,
            };
            let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no connection in time").into();
            let made = timeout(connect, ways.connect(place)).await.map_err(late).flatten();
            if let Some(turns) = turns {
                turns.learn(made.as_ref().is_ok_and(|made| made.connected().is_negotiated_h2()));
            }
            drop(turn);
            made
        })
    }
}
