//! The property that a function leaves no hook on the model.

use crate::cases::{Cases, Fault};
use crate::reference::Damaged;

/// Adds it to the cases of a check. `left` calls the learner's function, and counts the hooks that are on the model afterward.
pub(crate) fn leaves_none<I: Send + 'static>(
    cases: &mut Cases,
    inputs: impl FnOnce() -> Result<I, Damaged> + Send + 'static,
    left: impl FnOnce(I) -> usize + Send + 'static,
) {
    let asked = cases.ask_on("the hooks on the model afterward", inputs, left);
    cases.property(move |answers| {
        if answers.array(asked)?.data == [0.0] {
            return Ok(());
        }
        Fault::new(
            "After the call, lasting hooks are on the model. A run borrows its hooks: `model.run(tokens).hook(…)`.",
        )
        .found()
    });
}
