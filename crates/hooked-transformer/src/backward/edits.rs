//! What a forward hook's edit means for the gradient upstream of it.

use crate::error::{Error, Result};
use crate::hooks::{HookPoints, Tape};

/// What the gradient does at an activation that a forward hook has edited.
///
/// The gradient *at* the point is always that of the value with which the model went on. How this value depends on the
/// one that was computed, only the hook knows; so the caller says what the gradient upstream should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edits {
    /// It passes through, as if the hook had added a constant: right for steering vectors and added noise.
    PassThrough,
    /// It stops at the entries that were overwritten (those that have changed): right for ablation and patching, where
    /// the new value does not depend on the old one.
    Stop,
}

/// # Errors
/// A hook edited something upstream of which gradients are wanted, and the caller did not say what that means.
pub(super) fn check(choice: Option<Edits>, points: &HookPoints, tape: &Tape, floor: usize) -> Result<Edits> {
    if let Some(choice) = choice {
        return Ok(choice);
    }
    for (index, point) in points.as_slice().iter().enumerate().skip(floor + 1) {
        for firing in tape.firings(index) {
            let Some(before) = &firing.before else { continue };
            let changed = firing.n_changed();
            if changed > 0 {
                return Err(Error::Argument {
                    name: "edits",
                    problem: format!(
                        "a forward hook changed {changed} of {} entries of `{}`, and gradients upstream of it are \
                         wanted: call `edits(Edits::PassThrough)` if the hook added something, or \
                         `edits(Edits::Stop)` if it overwrote entries",
                        before.len(),
                        point.name()
                    ),
                });
            }
        }
    }
    Ok(Edits::PassThrough)
}
