//! Ready-made experiments: what a model thinks of an answer, what its heads look at, and what changes when one
//! activation is replaced or silenced: measured by running it, or estimated from gradients.

mod ablation;
pub mod attribution;
mod detect_head;
mod evals;
mod gradient_times_activation;
mod integrated_gradients;
mod metric;
pub mod patching;
mod singular_vectors;
mod sweep;
mod test_prompt;

pub use ablation::{Ablation, head_ablation_sweep};
pub use attribution::generic_attribution_patch;
pub use detect_head::{DetectHead, ErrorMeasure, HeadPattern, detect_head};
pub use evals::{InductionLoss, induction_loss, text_loss};
pub use gradient_times_activation::{
    ComponentEffects, gradient_times_activation, gradient_times_activation_with_edits,
};
pub use integrated_gradients::{IntegratedGradients, integrated_gradients};
pub use metric::Metric;
pub use patching::{PatchAxis, generic_activation_patch};
pub use singular_vectors::{SingularVectors, singular_vectors};
pub use sweep::{PreparedSweep, Sweep};
pub use test_prompt::{PromptReport, TestPrompt, TokenReport, test_prompt};
