//! Hooks that stay on the model until they are taken off again.
//!
//! Scoped hooks (see [`fwd_hook`](crate::fwd_hook)) are the ordinary way. These exist because people who know
//! TransformerLens's `add_hook` expect them; a handle makes it plain which hook is meant. They are kept behind locks,
//! so a shared model can run in several threads at once; a hook that panicked stays usable. A hook cannot fire inside
//! itself: a run that it starts on its own model is refused, and a clone of the model, which has no hooks, is not.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ndarray::ArrayViewMutD;

use super::HookPoint;

/// What a lasting hook does; it may be called from any thread.
pub(crate) type LastingFn = Arc<Mutex<dyn FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send>>;

/// Handles are numbered across all models, so that one model's handle means nothing to another.
static NEXT_HANDLE: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The lasting hooks that this thread is in the middle of.
    static RUNNING: RefCell<Vec<LastingFn>> = const { RefCell::new(Vec::new()) };
}

/// Ends a call on the way out, also of a hook that panics.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|running| running.pop());
    }
}

/// Calls a lasting hook; other threads that reach it wait.
pub(super) fn call(function: &LastingFn, value: ArrayViewMutD<'_, f32>, point: &HookPoint) {
    let mut locked = function.lock().unwrap_or_else(PoisonError::into_inner);
    RUNNING.with_borrow_mut(|running| running.push(Arc::clone(function)));
    let _ended = Ended;
    locked(value, point);
}

/// The lasting hooks that this thread is inside of, for [`inside`] on the threads that work for it.
pub(crate) fn running() -> Vec<LastingFn> {
    RUNNING.with_borrow(Clone::clone)
}

/// Does work for a thread that is inside these hooks, and waits for it.
pub(crate) fn inside<T>(hooks: &[LastingFn], work: impl FnOnce() -> T) -> T {
    hooks.iter().for_each(|hook| RUNNING.with_borrow_mut(|running| running.push(Arc::clone(hook))));
    let _ended: Vec<Ended> = hooks.iter().map(|_| Ended).collect();
    work()
}

/// Whether this thread is inside the hook, so that calling it again would wait for itself.
pub(super) fn is_running(function: &LastingFn) -> bool {
    RUNNING.with_borrow(|running| running.iter().any(|other| Arc::ptr_eq(other, function)))
}

/// Names a lasting hook, so that it can be removed from its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HookHandle(u64);

/// Which pass a hook is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

struct LastingHook {
    handle: HookHandle,
    direction: Direction,
    /// Indices into the model's list of hook points.
    points: Vec<usize>,
    function: LastingFn,
}

/// The lasting hooks of one model, in the order in which they fire.
#[derive(Default)]
pub(crate) struct LastingHooks {
    hooks: Mutex<Vec<LastingHook>>,
}

impl LastingHooks {
    /// A panic in another thread cannot leave the list half-changed, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, Vec<LastingHook>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(
        &self,
        direction: Direction,
        points: Vec<usize>,
        function: LastingFn,
        prepend: bool,
    ) -> HookHandle {
        let mut hooks = self.lock();
        let handle = HookHandle(NEXT_HANDLE.fetch_add(1, Ordering::Relaxed));
        let at = if prepend { 0 } else { hooks.len() };
        hooks.insert(at, LastingHook { handle, direction, points, function });
        handle
    }

    pub(crate) fn remove(&self, handle: HookHandle) -> bool {
        let mut hooks = self.lock();
        let before = hooks.len();
        hooks.retain(|hook| hook.handle != handle);
        hooks.len() < before
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn list(&self, direction: Direction) -> Vec<(HookHandle, Vec<usize>)> {
        let guard = self.lock();
        let hooks = guard.iter().filter(|hook| hook.direction == direction);
        hooks.map(|hook| (hook.handle, hook.points.clone())).collect()
    }

    /// The functions with the points where they fire, in order; cheap, since functions are shared.
    pub(crate) fn snapshot(&self, direction: Direction) -> Vec<(Vec<usize>, LastingFn)> {
        let guard = self.lock();
        let hooks = guard.iter().filter(|hook| hook.direction == direction);
        hooks.map(|hook| (hook.points.clone(), Arc::clone(&hook.function))).collect()
    }
}
