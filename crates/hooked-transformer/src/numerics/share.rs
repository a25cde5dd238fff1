//! A few large tasks, shared among rayon's threads: whoever is free fetches the next.
//!
//! Rayon's own iterators cut their work into halves, and were seen to leave three of four tasks to one of two threads.
//! That does not matter for thousands of rows, but it does for the blocks of one matrix product.

use std::sync::{Mutex, PoisonError};

/// Does the tasks on up to `threads` threads, begun in order.
///
/// # Panics
/// If `work` does.
pub(crate) fn share<T: Send>(tasks: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    let workers = threads.min(tasks.len());
    if workers <= 1 {
        return tasks.into_iter().for_each(work);
    }
    let queue = Mutex::new(tasks.into_iter());
    // A function of its own, so that the lock is released before the task is done.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        while let Some(task) = next() {
            work(task);
        }
    };
    rayon::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(|_| worker());
        }
        worker();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_task_is_done_once() {
        for (n, threads) in [(0, 2), (1, 4), (100, 1), (100, 3), (3, 100)] {
            let done: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
            share((0..n).collect(), threads, |task: usize| {
                done[task].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{n} tasks on {threads} threads");
        }
    }

    #[test]
    fn a_panic_arrives() {
        let panicking = || share((0..9).collect(), 2, |task: usize| assert_ne!(task, 5, "of task 5"));
        assert!(std::panic::catch_unwind(panicking).is_err());
    }
}
