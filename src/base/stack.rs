//! Room for walks over deep trees.

use std::cell::Cell;

/// Enough for the deepest nesting that the parser lets through, in any build.
const STACK: usize = 64 * 1024 * 1024;

thread_local! {
    /// Whether this thread has such a stack.
    static DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Does work on a stack that is deep enough to walk any tree: at once where this one is, as no walk begins
/// another one. Where no thread is to be had, the stack that is there has to do.
pub fn on_deep_stack<T: Send>(mut work: impl FnMut() -> T + Send) -> T {
    if DEEP.get() {
        return work();
    }
    let mut deeply = || {
        DEEP.set(true);
        work()
    };
    let done = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &mut deeply).ok()?;
        Some(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    done.unwrap_or_else(work)
}
