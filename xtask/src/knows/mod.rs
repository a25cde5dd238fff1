//! What is known: how the checks ended, and how far the learner is.

pub(crate) mod progress;
pub(crate) mod results;
pub(crate) mod standing;
