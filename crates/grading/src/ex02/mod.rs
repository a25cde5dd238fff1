//! Exercise 02, finding induction heads: what it asks for, and its checks.
//!
//! - `made_up`: caches with attention drawn by hand, in which it is known by construction who attends where;
//! - `stored`: real attention and log probabilities of the embedded model, computed by an independent program;
//! - `targets`, `rivals`: what each detector looks for, and the wrong scores that it tempts to;
//! - `views`, `detectors`, `repeated_tokens`, `losses`: the checks;
//! - `mistakes`: what goes wrong, and what to say about it.

mod detectors;
mod losses;
mod made_up;
mod mistakes;
mod repeated_tokens;
mod rivals;
mod stored;
mod targets;
mod views;

use circuit_vis::{View, VisError};
use hooked_transformer::{ActivationCache, Tokens};
use ndarray::Array3;
use rand_chacha::ChaCha8Rng;

use crate::exercise::Exercise;

pub use detectors::{
    c02_current_attn_detector, c03_prev_attn_detector, c04_first_attn_detector, c08_induction_attn_detector,
};
pub use losses::c07_repeated_loss_by_half;
pub use repeated_tokens::{c05_generate_repeated_tokens, c06_generate_repeated_tokens_at_random};
pub use views::c01_attention_views;

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "02-induction", mistakes: mistakes::MISTAKES };

/// The functions that a learner writes in this exercise.
#[derive(Clone, Copy)]
pub struct Submission {
    /// A picture of the attention of each layer on one text; the tokens as strings.
    pub attention_views: fn(&ActivationCache, &[String]) -> Result<Vec<View>, VisError>,
    /// The heads that attend to the current token.
    pub current_attn_detector: fn(&ActivationCache) -> Vec<String>,
    /// The heads that attend to the previous token.
    pub prev_attn_detector: fn(&ActivationCache) -> Vec<String>,
    /// The heads that attend to the first token.
    pub first_attn_detector: fn(&ActivationCache) -> Vec<String>,
    /// Random tokens, twice: generator, batch, length of the segment, size of the vocabulary, BOS.
    pub generate_repeated_tokens: fn(&mut ChaCha8Rng, usize, usize, usize, usize) -> Tokens,
    /// The mean loss on the first copy and on the second.
    pub repeated_loss_by_half: fn(&Array3<f32>, &Tokens) -> (f32, f32),
    /// The heads that attend to the token after the previous copy of the current one; length of the segment.
    pub induction_attn_detector: fn(&ActivationCache, usize) -> Vec<String>,
}

crate::functions! {
    Submission:
    attention_views, current_attn_detector, prev_attn_detector, first_attn_detector, generate_repeated_tokens,
    repeated_loss_by_half, induction_attn_detector,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_attention_views: attention_views;
    C02 = c02_current_attn_detector: current_attn_detector;
    C03 = c03_prev_attn_detector: prev_attn_detector;
    C04 = c04_first_attn_detector: first_attn_detector;
    C05 = c05_generate_repeated_tokens: generate_repeated_tokens;
    C06 = c06_generate_repeated_tokens_at_random: generate_repeated_tokens;
    C07 = c07_repeated_loss_by_half: repeated_loss_by_half;
    C08 = c08_induction_attn_detector: induction_attn_detector;
}
