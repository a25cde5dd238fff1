//! Many independent pieces of work, one a thread.
//!
//! Not rayon's own iterators: a piece of work that itself waits for rayon (every matrix product does) would meanwhile
//! be given further pieces on the same stack, each with its activations in memory and perhaps a lasting hook's lock in
//! hand. So each thread gets a rayon pool of its own with nobody to share with; inside it everything runs in sequence,
//! which is the faster way once all cores are busy.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::ThreadPoolBuilder;

use crate::error::Result;
use crate::progress::Counter;

/// `work(0)`, `work(1)`, … in order, computed on as many threads as rayon has here; the first error, if there is one.
///
/// # Panics
/// If `work` does.
pub(super) fn map<T: Send>(what: &'static str, n: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let progress = Counter::new(what, n);
    let work = |index: usize| {
        let done = work(index);
        progress.advance();
        done
    };
    let threads = rayon::current_num_threads();
    if threads == 1 || n < threads {
        return (0..n).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, T)>> {
        let mine = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&index| index < n));
        mine.map(|index| Ok((index, work(index)?))).collect()
    };
    let alone = || match ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(worker),
        Err(_) => worker(), // No further thread to be had: do it on this one.
    };
    let done: Result<Vec<Vec<(usize, T)>>> = std::thread::scope(|scope| {
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
    use crate::error::Error;

    #[test]
    fn results_come_in_order_and_errors_come_back() {
        assert_eq!(map("", 100, |i| Ok(i * i)).unwrap(), (0..100).map(|i| i * i).collect::<Vec<_>>());
        let failing = |i| if i == 70 { Err(Error::NoTokenizer) } else { Ok(i) };
        assert!(matches!(map("", 100, failing), Err(Error::NoTokenizer)));
    }

    #[test]
    fn a_panic_arrives_with_its_message() {
        let panicking = || map("", 10, |i| if i == 3 { panic!("of work 3") } else { Ok(i) });
        let panic = std::panic::catch_unwind(panicking).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"of work 3"));
    }
}
