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

use hyper_util::client::legacy::connect::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

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

/// Puts a [`Dialler`] around the client's own connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diallers;

impl<S> Layer<S> for Diallers {
    type Service = Dialler<S>;

    fn layer(&self, inner: S) -> Dialler<S> {
        Dialler { inner }
    }
}

/// Makes connections as [`dialling`] says.
#[derive(Clone, Debug)]
pub(super) struct Dialler<S> {
    inner: S,
}

impl<R, S> Service<R> for Dialler<S>
where
    S: Service<R, Error = BoxError> + Clone + Send + 'static,
    S::Response: Connection + Send,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, place: R) -> Self::Future {
        let dialling = DIALLING.try_with(Dialling::clone);
        // The clone that was made ready is used up; a fresh one takes its place.
        let fresh = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let Ok(Dialling { connect, turns }) = dialling else { return ready.call(place).await };
            let turn = match &turns {
                Some(turns) => turns.take().await?,
                None => None,
            };
            let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no connection in time").into();
            let made = timeout(connect, ready.call(place)).await.map_err(late).flatten();
            if let Some(turns) = turns {
                turns.learn(made.as_ref().is_ok_and(|made| made.connected().is_negotiated_h2()));
            }
            drop(turn);
            made
        })
    }
}
