//! On how many threads the model computes.
//!
//! candle spreads each step over a pool of one thread a physical core (`CANDLE_NUM_THREADS` changes that, at the start of the process
//! only) and waits for the slowest by spinning. Where something else wants the cores, that is ruinous: measured on 2 cores with 2 busy
//! neighbours, 6 tokens a second, against 30 on one thread. So a busy machine gets [`alone`].

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;

use candle_core::utils::barrier_pool;

/// Does some computing: on one thread where the machine is busy, else on candle's pool. `None` where it could not be handed over.
pub(super) fn compute<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if running().is_some_and(|running| running >= cores) { alone(work) } else { Some(work()) }
}

/// Does some computing on one thread.
///
/// It runs on a worker of candle's pool, since whatever such a worker asks of the pool it does itself; meanwhile this thread sleeps.
/// That holds for candle 0.11's `execute_chunked` and `execute_static`, which is all that `quantized_llama` comes to.
fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    let pool = barrier_pool();
    let caller = pool.n_workers();
    if caller == 0 {
        return Some(work());
    }
    let (sender, receiver) = channel();
    let job = Mutex::new(Some((work, sender)));
    let receiver = Mutex::new(receiver);
    let result = Mutex::new(None);
    pool.execute(|thread| {
        if thread == 0 {
            let taken = job.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some((work, sender)) = taken {
                // A panic that went through the pool would leave it unusable, so it goes around.
                let _caller_waits = sender.send(catch_unwind(AssertUnwindSafe(work)));
            }
        } else if thread == caller {
            let received = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
            *result.lock().unwrap_or_else(PoisonError::into_inner) = received.ok();
        }
    });
    let done = result.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    Some(done.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// Threads of the whole machine that want to run now, this one not counted: fourth field of Linux's `/proc/loadavg`.
fn running() -> Option<usize> {
    let line = fs::read_to_string("/proc/loadavg").ok()?;
    let (running, _) = line.split_whitespace().nth(3)?.split_once('/')?;
    running.parse::<usize>().ok().map(|running| running.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_done_alone_comes_back() {
        assert_eq!(alone(|| 6 * 7), Some(42));
        let mut text = String::from("sc");
        alone(|| text.push_str("ore"));
        assert_eq!(text, "score");
    }

    #[test]
    fn a_panic_comes_back_too_and_the_pool_lives_on() {
        assert!(std::panic::catch_unwind(|| alone(|| panic!("broken"))).is_err());
        assert_eq!(alone(|| 1), Some(1));
    }
}
