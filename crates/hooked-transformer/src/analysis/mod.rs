//! Ready-made experiments: what a model thinks of an answer, what its heads look at, and what changes when one
//! activation is replaced or silenced.

mod ablation;
mod detect_head;
mod metric;
mod parallel;
pub mod patching;
mod sweep;
mod test_prompt;

pub use ablation::{Ablation, head_ablation_sweep};
pub use detect_head::{DetectHead, ErrorMeasure, HeadPattern, detect_head};
pub use metric::Metric;
pub use patching::{PatchAxis, generic_activation_patch};
pub use sweep::Sweep;
pub use test_prompt::{PromptReport, TestPrompt, TokenReport, test_prompt};
