//! Room for walks over deep trees.

/// Enough for the deepest nesting that the parser lets through, in any build.
const STACK: usize = 64 * 1024 * 1024;

/// Does work on a stack that is deep enough to walk any tree. Where no thread is to be had, the stack
/// that is there has to do.
pub fn on_deep_stack<T: Send>(mut work: impl FnMut() -> T + Send) -> T {
    let done = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &mut work).ok()?;
        Some(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    done.unwrap_or_else(work)
}
