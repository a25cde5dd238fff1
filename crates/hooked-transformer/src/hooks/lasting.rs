//! Hooks that stay on the model until they are taken off again.
//!
//! Scoped hooks (see [`fwd_hook`](crate::fwd_hook)) are the ordinary way. These exist because people who know
//! TransformerLens's `add_hook` expect them; a handle makes it plain which hook is meant. They are kept behind locks,
//! so a shared model can run in several threads at once; a hook that panicked stays usable.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ndarray::ArrayViewMutD;

use super::HookPoint;

/// What a lasting hook does; it may be called from any thread.
pub(crate) type LastingFn = Arc<Mutex<dyn FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send>>;

/// Names a lasting hook, so that it can be removed.
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
    hooks: Mutex<(u64, Vec<LastingHook>)>,
}

impl LastingHooks {
    /// A panic in another thread cannot leave the list half-changed, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, (u64, Vec<LastingHook>)> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(
        &self,
        direction: Direction,
        points: Vec<usize>,
        function: LastingFn,
        prepend: bool,
    ) -> HookHandle {
        let mut guard = self.lock();
        let (count, hooks) = &mut *guard;
        *count += 1;
        let handle = HookHandle(*count);
        let at = if prepend { 0 } else { hooks.len() };
        hooks.insert(at, LastingHook { handle, direction, points, function });
        handle
    }

    pub(crate) fn remove(&self, handle: HookHandle) -> bool {
        let mut guard = self.lock();
        let before = guard.1.len();
        guard.1.retain(|hook| hook.handle != handle);
        guard.1.len() < before
    }

    pub(crate) fn clear(&self) {
        self.lock().1.clear();
    }

    pub(crate) fn list(&self, direction: Direction) -> Vec<(HookHandle, Vec<usize>)> {
        let guard = self.lock();
        let hooks = guard.1.iter().filter(|hook| hook.direction == direction);
        hooks.map(|hook| (hook.handle, hook.points.clone())).collect()
    }

    /// The functions with the points where they fire, in order; cheap, since functions are shared.
    pub(crate) fn snapshot(&self, direction: Direction) -> Vec<(Vec<usize>, LastingFn)> {
        let guard = self.lock();
        let hooks = guard.1.iter().filter(|hook| hook.direction == direction);
        hooks.map(|hook| (hook.points.clone(), Arc::clone(&hook.function))).collect()
    }
}
