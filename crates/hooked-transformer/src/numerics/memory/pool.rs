//! The memory that a model keeps from one pass for the next.
//!
//! The system clears every page that it hands out, and takes back what is freed. A pass that caches or differentiates
//! everything of a long text spends up to a quarter of its time on that. So what a pass, a cache or gradients no longer need
//! goes back to the model, and the next pass writes to it again.
//!
//! How much is kept:
//! - a pass that finds nothing of a size frees as much as it takes from the system, so that arrays in use and kept ones
//!   together take about as much as a pass has taken before. Much larger pieces stay: the few that a pass has, such as some
//!   rows of logits, would go for every small one that is missing, and would be missing themselves in the next pass;
//! - a cache that is dropped is kept unless more than its size is kept already, so that of many caches one stays;
//! - between passes, the system may have all of it back when it runs short (on Linux), and gets it with the model.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::pages;

/// Shorter arrays are not kept.
const LEAST: usize = 1 << 10;

/// A piece that has this many times the room is much larger.
const MUCH_LARGER: usize = 2;

/// Whether what is handed on is spoiled first.
static SPOIL: AtomicBool = AtomicBool::new(false);

/// From now on, kept memory holds NaN when it is used again, and that of small arrays is kept too: what a pass does not
/// overwrite shows. For tests.
pub fn spoil_kept_memory() {
    SPOIL.store(true, Ordering::Relaxed);
}

/// Memory that held something else.
pub(crate) fn handed_on(mut values: Vec<f32>) -> Vec<f32> {
    if SPOIL.load(Ordering::Relaxed) {
        values.fill(f32::NAN);
    }
    values
}

fn is_worth_keeping(length: usize) -> bool {
    length >= LEAST || (SPOIL.load(Ordering::Relaxed) && length > 0)
}

/// Kept memory.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Kept>);

/// By how many numbers there is room for.
#[derive(Default)]
struct Kept {
    by_room: BTreeMap<usize, Vec<Lying>>,
    /// Numbers in all.
    total: usize,
    #[cfg(test)]
    misses: usize,
}

/// Memory that is not in use.
struct Lying {
    values: Vec<f32>,
    /// Whether the system knows that it can be had.
    told: bool,
}

thread_local! {
    /// Of the model whose pass this thread is in.
    static CURRENT: RefCell<Option<Arc<Pool>>> = const { RefCell::new(None) };
}

impl Pool {
    /// Does a pass, whose arrays have this memory.
    pub(crate) fn during<T>(self: &Arc<Self>, pass: impl FnOnce() -> T) -> T {
        /// Of the pass around this one, if there is one: a hook may run a model.
        struct Outer(Option<Arc<Pool>>);
        impl Drop for Outer {
            fn drop(&mut self) {
                CURRENT.replace(self.0.take());
            }
        }
        let outer = Outer(CURRENT.replace(Some(Arc::clone(self))));
        let done = pass();
        drop(outer);
        self.kept().tell_the_system();
        done
    }

    /// Takes the memory of a cache that was dropped, unless enough is kept.
    pub(crate) fn take_cache(&self, arrays: impl Iterator<Item = Vec<f32>>) {
        let arrays: Vec<_> = arrays.collect();
        let size: usize = arrays.iter().map(Vec::capacity).sum();
        let mut kept = self.kept();
        if kept.total <= size {
            arrays.into_iter().for_each(|values| kept.take(values));
            kept.tell_the_system();
        }
    }

    /// How often a pass has found nothing of a size.
    #[cfg(test)]
    pub(crate) fn misses(&self) -> usize {
        self.kept().misses
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn take(&mut self, values: Vec<f32>) {
        if is_worth_keeping(values.capacity()) {
            self.total += values.capacity();
            self.by_room.entry(values.capacity()).or_default().push(Lying { values, told: false });
        }
    }

    /// Memory for so many numbers, of no more than a quarter too much.
    fn find(&mut self, length: usize) -> Option<Vec<f32>> {
        let room = self.by_room.range(length..=length + length / 4).next().map(|(&room, _)| room)?;
        self.remove(room)
    }

    /// Frees so many numbers, if there are as many in pieces that are not much larger: those in the largest pieces of up to
    /// that size first.
    fn make_room(&mut self, length: usize) {
        let end = self.total.saturating_sub(length);
        while self.total > end {
            let smaller = self.by_room.range(..=length).next_back();
            let larger = || self.by_room.range(length..MUCH_LARGER * length).next();
            let Some(room) = smaller.or_else(larger).map(|(&room, _)| room) else { return };
            self.remove(room);
        }
    }

    fn remove(&mut self, room: usize) -> Option<Vec<f32>> {
        let of_size = self.by_room.get_mut(&room)?;
        let last = of_size.pop();
        if of_size.is_empty() {
            self.by_room.remove(&room);
        }
        self.total -= room;
        Some(last?.values)
    }

    fn tell_the_system(&mut self) {
        for lying in self.by_room.values_mut().flatten().filter(|lying| !lying.told) {
            pages::can_do_without(&mut lying.values);
            lying.told = true;
        }
    }
}

/// Memory that the model of this pass has kept, as long as asked for; it holds anything.
pub(super) fn find(length: usize) -> Option<Vec<f32>> {
    if !is_worth_keeping(length) {
        return None;
    }
    let mut values = CURRENT.with_borrow(|pool| {
        let mut kept = pool.as_ref()?.kept();
        let found = kept.find(length);
        if found.is_none() {
            kept.make_room(length);
            #[cfg(test)]
            {
                kept.misses += 1;
            }
        }
        found
    })?;
    values.resize(length, 0.0);
    Some(handed_on(values))
}

/// Gives memory to the model of this pass.
pub(super) fn give(values: Vec<f32>) {
    CURRENT.with_borrow(|pool| {
        if let Some(pool) = pool {
            pool.kept().take(values);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(pool: &Pool) -> Vec<usize> {
        let kept = pool.kept();
        let sizes: Vec<usize> = kept.by_room.iter().flat_map(|(&room, of_size)| vec![room; of_size.len()]).collect();
        assert_eq!(kept.total, sizes.iter().sum::<usize>());
        sizes
    }

    fn holding(sizes: &[usize]) -> Arc<Pool> {
        let pool = Arc::new(Pool::default());
        pool.during(|| sizes.iter().for_each(|&size| give(Vec::with_capacity(size))));
        pool
    }

    #[test]
    fn a_piece_is_used_again_for_arrays_that_leave_little_of_it() {
        let pool = holding(&[5000, 9000, 9000]);
        pool.during(|| {
            assert_eq!(find(8000).map(|values| (values.len(), values.capacity())), Some((8000, 9000)));
            assert_eq!(find(9000).map(|values| values.len()), Some(9000));
            assert_eq!(find(9000), None, "there were two");
        });
    }

    /// What is kept and what is in use take no more together than was in use before, but for what is much larger.
    #[test]
    fn where_nothing_fits_as_much_is_freed_as_will_be_taken() {
        let pool = holding(&[2000, 3000, 5000, 9000, 12_000]);
        pool.during(|| assert_eq!(find(6000), None));
        assert_eq!(pieces(&pool), [2000, 9000, 12_000], "the largest up to that size first");
        pool.during(|| assert_eq!(find(6000), None));
        assert_eq!(pieces(&pool), [12_000], "then larger ones");
        pool.during(|| assert_eq!(find(6000), None));
        assert_eq!(pieces(&pool), [12_000], "but not one of twice the size");
        pool.during(|| assert_eq!(find(8000), None));
        assert!(pieces(&pool).is_empty());
        pool.during(|| assert_eq!(find(8000), None));
    }

    #[test]
    fn of_many_caches_one_is_kept() {
        let pool = Pool::default();
        let cache = |size: usize| (0..3).map(move |_| vec![0.0; size]);
        pool.take_cache(cache(2000));
        pool.take_cache(cache(1900));
        assert_eq!(pieces(&pool), [2000, 2000, 2000], "enough is kept");
        pool.take_cache(cache(4000));
        assert_eq!(pieces(&pool), [2000, 2000, 2000, 4000, 4000, 4000]);
    }

    /// A hook may run another model; a panic ends the pass.
    #[test]
    fn the_memory_is_that_of_the_innermost_pass() {
        let (outer, inner) = (holding(&[]), holding(&[]));
        outer.during(|| {
            inner.during(|| give(Vec::with_capacity(3000)));
            let panicking = std::panic::AssertUnwindSafe(|| inner.during(|| panic!("a hook")));
            std::panic::catch_unwind(panicking).unwrap_err();
            give(Vec::with_capacity(4000));
        });
        give(Vec::with_capacity(5000));
        assert_eq!((pieces(&outer), pieces(&inner)), (vec![4000], vec![3000]));
    }
}
