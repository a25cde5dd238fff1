//! Exercise 04, activation addition: what it asks for, and its checks.
//!
//! - `stored`: steering vectors, steered logits, texts and effects of the embedded model, computed by an independent
//!   program, and the model itself, which is an input of the learner's functions;
//! - `vectors`, `steering`, `generation`, `measures`, `directions`, `effects`: the checks;
//! - `tables`: made-up tables of effects;
//! - `mistakes`: what goes wrong, and what to say about it.

mod directions;
mod effects;
mod generation;
mod measures;
mod mistakes;
mod steering;
mod stored;
mod tables;
mod vectors;

use std::ops::Range;

use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, ArrayViewMut3};
use rand_chacha::ChaCha8Rng;

use crate::exercise::Exercise;

pub use directions::c11_random_direction;
pub use effects::{c12_effect_table, c13_gain_at_cost, c14_best_layer};
pub use generation::{c07_steered_generate, c08_steered_generate_and_the_cache};
pub use measures::{c09_target_log_prob, c10_kl_divergence};
pub use steering::{c03_steered_logits_properties, c04_steered_logits, c06_add_at_positions};
pub use vectors::{c01_steering_vector_properties, c02_steering_vector, c05_contrastive_vector};

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "04-activation-addition", mistakes: mistakes::MISTAKES };

/// The functions that a learner writes in this exercise.
#[derive(Clone, Copy)]
#[expect(clippy::type_complexity, reason = "a list of signatures, written out as the learner sees them")]
pub struct Submission {
    /// Activation addition: model, positive and negative prompt, layer.
    pub steering_vector: fn(&HookedTransformer, &str, &str, usize) -> Array2<f32>,
    /// Logits with a vector added at the front: model, tokens, vector, layer, coefficient.
    pub steered_logits: fn(&HookedTransformer, &Tokens, &Array2<f32>, usize, f32) -> Array3<f32>,
    /// Mean difference: model, pairs of prompts, layer, position, whether to give it norm one.
    pub contrastive_vector: fn(&HookedTransformer, &[(&str, &str)], usize, isize, bool) -> Array1<f32>,
    /// Adds a vector to a chunk of the residual stream: chunk, vector, where the chunk begins, positions to steer.
    pub add_at_positions: fn(ArrayViewMut3<f32>, &Array1<f32>, usize, &Range<usize>),
    /// The tokens that follow: model, prompt, vector, layer, positions to steer, how many, whether to keep keys and
    /// values.
    pub steered_generate:
        fn(&HookedTransformer, &[usize], &Array1<f32>, usize, &Range<usize>, usize, bool) -> Vec<usize>,
    /// Log probability of a set of tokens: logits, tokens.
    pub target_log_prob: fn(&Array3<f32>, &[usize]) -> f32,
    /// KL divergence: logits of the steered and of the unsteered model.
    pub kl_divergence: fn(&Array3<f32>, &Array3<f32>) -> f32,
    /// A random direction: the vector that it must be as long as, and the generator.
    pub random_direction: fn(&Array1<f32>, &mut ChaCha8Rng) -> Array1<f32>,
    /// Gain and cost: model, prompts, a vector for each layer, coefficients, target tokens.
    pub effect_table: fn(&HookedTransformer, &[&str], &Array2<f32>, &[f32], &[usize]) -> Array3<f32>,
    /// What each layer gains at the same cost: gains, costs, budget.
    pub gain_at_cost: fn(&Array2<f32>, &Array2<f32>, f32) -> Array1<f32>,
    /// The layer that gains most at the same cost: gains, costs, budget.
    pub best_layer: fn(&Array2<f32>, &Array2<f32>, f32) -> usize,
}

crate::functions! {
    Submission:
    steering_vector, steered_logits, contrastive_vector, add_at_positions, steered_generate, target_log_prob,
    kl_divergence, random_direction, effect_table, gain_at_cost, best_layer,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_steering_vector_properties: steering_vector;
    C02 = c02_steering_vector: steering_vector;
    C03 = c03_steered_logits_properties: steered_logits;
    C04 = c04_steered_logits: steered_logits;
    C05 = c05_contrastive_vector: contrastive_vector;
    C06 = c06_add_at_positions: add_at_positions;
    C07 = c07_steered_generate: steered_generate;
    C08 = c08_steered_generate_and_the_cache: steered_generate;
    C09 = c09_target_log_prob: target_log_prob;
    C10 = c10_kl_divergence: kl_divergence;
    C11 = c11_random_direction: random_direction;
    C12 = c12_effect_table: effect_table;
    C13 = c13_gain_at_cost: gain_at_cost;
    C14 = c14_best_layer: best_layer;
}
