//! How work is shared among threads: large tasks wait in a queue, and each thread that is free fetches the next.
//!
//! Rayon's own iterators cut their work into halves, and were seen to leave three of four tasks to one of two threads.
//! That does not matter for the rows of an array, which are many and alike, and go through `par_chunks_mut`; it does for
//! the blocks of one matrix product ([`share`]), and for whole runs of a model ([`map`]).

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError, TryLockError};

use rayon::ThreadPoolBuilder;

/// Each thread fetches tasks about so many times at most.
const TURNS: usize = 64;

/// Tasks that threads fetch, in order.
struct Queue<I>(Mutex<I>);

impl<I: Iterator> Queue<I> {
    fn new(tasks: impl IntoIterator<IntoIter = I>) -> Self {
        Queue(Mutex::new(tasks.into_iter()))
    }

    /// The next task; the queue is free again when this returns.
    fn next(&self) -> Option<I::Item> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// The next tasks, up to so many; none at the end.
    fn next_few(&self, count: usize) -> Vec<I::Item> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(count).collect()
    }
}

/// Tasks that threads fetch several at a time where they are very many, which are small: a turn at the queue takes as long
/// as some of them.
struct Turns<T> {
    queue: Queue<std::vec::IntoIter<T>>,
    at_once: usize,
}

impl<T> Turns<T> {
    fn new(tasks: Vec<T>, workers: usize) -> Self {
        let at_once = (tasks.len() / (workers * TURNS)).max(1);
        Turns { queue: Queue::new(tasks), at_once }
    }

    /// What each thread does.
    fn work(&self, work: impl Fn(T)) {
        if self.at_once == 1 {
            while let Some(task) = self.queue.next() {
                work(task);
            }
            return;
        }
        loop {
            let few = self.queue.next_few(self.at_once);
            if few.is_empty() {
                return;
            }
            few.into_iter().for_each(&work);
        }
    }
}

/// Does the tasks on up to `threads` threads, begun in order.
///
/// # Panics
/// If `work` does.
pub(crate) fn share<T: Send>(tasks: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    let workers = threads.min(tasks.len());
    if workers <= 1 {
        return tasks.into_iter().for_each(work);
    }
    let queue = Turns::new(tasks, workers);
    let worker = || queue.work(&work);
    // On the calling thread as well: otherwise it would hand everything over and sleep.
    rayon::in_place_scope(|scope| {
        for _ in 1..workers {
            scope.spawn(|_| worker());
        }
        worker();
    });
}

/// As [`share`], on threads of its own instead of rayon's. For tasks that others wait for with a lock in hand: a thread that
/// waits for rayon is given other work meanwhile, which may want the same lock.
///
/// # Panics
/// If `work` does.
pub(crate) fn share_apart<T: Send>(tasks: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    let workers = threads.min(tasks.len());
    if workers <= 1 {
        return tasks.into_iter().for_each(work);
    }
    let queue = Turns::new(tasks, workers);
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(|| queue.work(&work));
        }
        queue.work(&work);
    });
}

/// Does work that has many parallel steps, as a pass of a model does, on one of rayon's own threads.
///
/// From any other thread, each step that goes through rayon's iterators puts the caller to sleep, wakes rayon's threads, and
/// wakes the caller again. On two cores that was a tenth of the time in which GPT-2 small reads 128 tokens.
///
/// The work stays on the calling thread where that is one of rayon's, where rayon has no second one, and while other such
/// work is there: a thread of rayon's that waits takes up what else there is, and should not begin one pass inside another.
///
/// # Panics
/// If `work` does.
pub(crate) fn in_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static ENTERED: Mutex<()> = Mutex::new(());
    if rayon::current_thread_index().is_some() || rayon::current_num_threads() == 1 {
        return work();
    }
    let entered = match ENTERED.try_lock() {
        Ok(entered) => Some(entered),
        // A panic in earlier work left nothing behind that could be broken.
        Err(TryLockError::Poisoned(entered)) => Some(entered.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    };
    if entered.is_some() { rayon::scope(|_| work()) } else { work() }
}

/// How many rows of this length one task of rayon's has at least, for `with_min_len`. Fewer are done on the calling
/// thread: to wake another takes as long as many a row.
pub(crate) fn rows_per_task(length: usize) -> usize {
    const NUMBERS: usize = 1 << 14;
    (NUMBERS / length.max(1)).max(1)
}

/// `work(0)`, `work(1)`, … in order, computed on as many threads as rayon has here; the first error, if there is one.
///
/// For work that itself uses rayon, as a run of a model does in every matrix product. A thread that waits for rayon is
/// given other tasks meanwhile, on the same stack, each with its activations in memory and perhaps a lasting hook's lock
/// in hand. So each thread here gets a rayon pool of its own, with no other thread in it; inside it everything runs in
/// sequence, which is the faster way once all cores are busy.
///
/// # Panics
/// If `work` does.
pub(crate) fn map<T: Send, E: Send>(n: usize, work: impl Fn(usize) -> Result<T, E> + Sync) -> Result<Vec<T>, E> {
    let threads = rayon::current_num_threads();
    if threads == 1 || n < threads {
        return (0..n).map(work).collect();
    }
    let queue = Queue::new(0..n);
    let worker = || std::iter::from_fn(|| queue.next()).map(|index| Ok((index, work(index)?))).collect();
    let alone = || match ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(worker),
        Err(_) => worker(), // There is no further thread: do it on this one.
    };
    let done: Result<Vec<Vec<(usize, T)>>, E> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(alone)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let mut done: Vec<(usize, T)> = done?.into_iter().flatten().collect();
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_task_is_done_once_in_either_way() {
        for (n, threads) in [(0, 2), (1, 4), (100, 1), (100, 3), (3, 100)] {
            let done: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
            let count = |task: usize| {
                done[task].fetch_add(1, Ordering::Relaxed);
            };
            share((0..n).collect(), threads, count);
            share_apart((0..n).collect(), threads, count);
            assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 2), "{n} tasks on {threads} threads");
        }
    }

    #[test]
    fn one_at_a_time_works_in_the_pool_and_a_panic_leaves_it_usable() {
        let index = || rayon::current_thread_index();
        if rayon::current_num_threads() == 1 {
            assert_eq!(in_pool(index), None);
            return;
        }
        assert!(std::panic::catch_unwind(|| in_pool(|| panic!("of the work"))).is_err());
        let tried = || {
            let here = index()?;
            assert_eq!(in_pool(index), Some(here), "work inside such work stays where it is");
            let beside = std::thread::scope(|scope| scope.spawn(|| in_pool(index)).join());
            assert_eq!(beside.unwrap(), None, "work beside it stays on the calling thread");
            Some(())
        };
        // Tests that run at the same time may be in the pool, too.
        while in_pool(tried).is_none() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_panic_arrives() {
        let panicking = || share((0..9).collect(), 2, |task: usize| assert_ne!(task, 5, "of task 5"));
        assert!(std::panic::catch_unwind(panicking).is_err());
    }

    #[test]
    fn results_come_in_order_and_errors_come_back() {
        let squares: Result<Vec<usize>, ()> = map(100, |i| Ok(i * i));
        assert_eq!(squares.unwrap(), (0..100).map(|i| i * i).collect::<Vec<_>>());
        let failing = |i| if i == 70 { Err("of task 70") } else { Ok(i) };
        assert_eq!(map(100, failing), Err("of task 70"));
    }

    #[test]
    fn a_panic_in_a_map_arrives_with_its_message() {
        let panicking = || map(10, |i| if i == 3 { panic!("of task 3") } else { Ok::<_, ()>(i) });
        let panic = std::panic::catch_unwind(panicking).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"of task 3"));
    }
}
