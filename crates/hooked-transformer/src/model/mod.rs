//! The model and what is done with it: run it, generate with it, process its weights, read its circuits.
//!
//! [`HookedTransformer`] itself knows nothing of these: each adds its methods to it.

mod circuits;
mod generation;
mod hooked_transformer;
mod parameters;
mod processing;
pub(crate) mod run;
mod text;

pub use circuits::Composition;
pub use generation::{Generate, Generated, Sampling, Schedule, sample_logits};
pub use hooked_transformer::HookedTransformer;
pub use parameters::{Head, Mlp};
pub use processing::ProcessOptions;
pub use run::{Backward, LayerIndex, Run};
