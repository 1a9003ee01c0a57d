//! The signal to terminate between performances: while one lasts it ends that gently, and a session behind it.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static PERFORMING: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicBool = AtomicBool::new(false);

/// Marks that something is performed, as long as it lives.
pub(super) struct Performing;

impl Performing {
    pub(super) fn begin() -> Self {
        PERFORMING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Performing {
    fn drop(&mut self) {
        PERFORMING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether the session was asked to end while something was performed.
#[must_use]
pub fn asked_to_terminate() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// From now on the process ends on the signal to terminate where nothing is performed, as it would if nothing ever
/// had been.
pub fn heed_termination() {
    static ONCE: Once = Once::new();
    #[cfg(unix)]
    ONCE.call_once(|| {
        // Without a thread for it the signal is heeded while something is performed only.
        let _ = std::thread::Builder::new().name("signals".into()).spawn(listen);
    });
    #[cfg(not(unix))]
    ONCE.call_once(|| {});
}

#[cfg(unix)]
fn listen() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
        while terminate.recv().await.is_some() {
            if PERFORMING.load(Ordering::SeqCst) == 0 {
                // 128 and the number of the signal, as shells count.
                std::process::exit(143);
            }
            ASKED.store(true, Ordering::SeqCst);
        }
    });
}
