//! The thread pool: its own size, and stacks on which recursive parsers survive their limits.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Stack of each thread, bytes (reserved, not resident): what the deepest text that the parsers are given needs.
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

/// Works through a list two at a time, so that what one does alone leaves no core idle; results in
/// the order of the list. More at a time would only hold more in memory.
pub fn in_lanes<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let lane = || {
        let taken = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            items.get(at).map(|item| (at, item))
        });
        taken.map(|(at, item)| (at, work(item))).collect::<Vec<_>>()
    };
    let (mut done, other) = rayon::join(lane, lane);
    done.extend(other);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_keep_the_order() {
        let items: Vec<usize> = (0..100).collect();
        let doubled = in_pool(3, || in_lanes(&items, |item| item * 2)).unwrap_or_default();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }
}
