//! The thread pool: its own size, and stacks on which recursive parsers survive their limits.

/// Stack of each thread, bytes (reserved, not resident): choices.md §2 gives the depths that need it.
const STACK: usize = 64 << 20;

/// Runs work on threads of our own; 0 means as many as there are cores.
pub fn in_pool<T: Send>(jobs: usize, work: impl FnOnce() -> T + Send) -> Result<T, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK)
        .thread_name(|index| format!("judge-{index}"))
        .build()
        .map_err(|error| error.to_string())?;
    Ok(pool.install(work))
}
