//! Exercise 05, circuits from weights: what it asks for, and its checks.
//!
//! - `stored`: tiny random models and the embedded one, and what an independent program computed from their weights;
//! - `factored`, `tokens`, `positions`, `pairs`, `composition`, `paths`: the checks;
//! - `mistakes`: what goes wrong, and what to say about it.

mod composition;
mod factored;
mod mistakes;
mod pairs;
mod paths;
mod positions;
mod stored;
mod tokens;

use hooked_transformer::{ActivationCache, Composition, FactoredMatrix, HookedTransformer, Tokens};
use ndarray::{Array1, Array2, Array3, Array4, ArrayView2, ArrayView3};
use rand_chacha::ChaCha8Rng;

use crate::exercise::Exercise;

pub use composition::{c12_composed_qk_circuit, c13_composition_scores, c14_random_composition_scores};
pub use factored::{c01_product_corner, c02_product_norm};
pub use pairs::{c10_layer_1_inputs, c11_scores_by_pair};
pub use paths::{c15_cost_of_cutting, c16_loss_with_frozen_pattern};
pub use positions::{c08_positional_pattern, c09_attention_by_distance};
pub use tokens::{c03_direct_path, c04_top_k_accuracy, c05_ov_circuit, c06_diagonal_accuracy, c07_copying_score};

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "05-circuits", mistakes: mistakes::MISTAKES };

/// The functions that a learner writes in this exercise.
#[derive(Clone, Copy)]
pub struct Submission {
    /// The corner of a product.
    pub product_corner: fn(ArrayView2<f32>, ArrayView2<f32>, usize) -> Array2<f32>,
    /// The norm of a product.
    pub product_norm: fn(ArrayView2<f32>, ArrayView2<f32>) -> f32,
    /// Logits of the direct path, `[token, d_vocab]`.
    pub direct_path: fn(&HookedTransformer, &[usize]) -> Array2<f32>,
    /// The share of rows whose right token is among the largest.
    pub top_k_accuracy: fn(ArrayView2<f32>, &[usize], usize) -> f32,
    /// `W_E W_V W_O W_U` of a head: layer, head.
    pub ov_circuit: fn(&HookedTransformer, usize, usize) -> FactoredMatrix,
    /// The share of rows whose diagonal entry is among the largest: k, rows at once.
    pub diagonal_accuracy: fn(&FactoredMatrix, usize, usize) -> f32,
    /// The sum of eigenvalues over the sum of their sizes.
    pub copying_score: fn(&FactoredMatrix) -> f32,
    /// The pattern of positions alone: layer, head, number of positions.
    pub positional_pattern: fn(&HookedTransformer, usize, usize, usize) -> Array2<f32>,
    /// The mean attention at each distance.
    pub attention_by_distance: fn(ArrayView2<f32>, usize) -> Array1<f32>,
    /// What queries and keys of layer 1 read, `[component, pos, d_model]`.
    pub layer_1_inputs: fn(&HookedTransformer, &ActivationCache, usize) -> Array3<f32>,
    /// The scores of a head of layer 1, `[query_component, key_component, query_pos, key_pos]`.
    pub scores_by_pair: fn(&HookedTransformer, usize, ArrayView3<f32>) -> Array4<f32>,
    /// Query token by key token: what wrote the query, what wrote the key, the head of layer 1.
    pub composed_qk_circuit: fn(&HookedTransformer, Option<usize>, Option<usize>, usize) -> FactoredMatrix,
    /// `[head of layer 0, head of layer 1]`.
    pub composition_scores: fn(&HookedTransformer, Composition) -> Array2<f32>,
    /// Scores of random pairs: d_model, d_head, number of pairs.
    pub random_composition_scores: fn(usize, usize, usize, &mut ChaCha8Rng) -> Array1<f32>,
    /// The cost of cutting a path into queries, keys, values: from, to.
    pub cost_of_cutting: fn(&HookedTransformer, &Tokens, usize, usize) -> [f32; 3],
    /// The loss with a head silenced, and with a pattern kept as well: silenced, frozen.
    pub loss_with_frozen_pattern: fn(&HookedTransformer, &Tokens, usize, usize) -> [f32; 2],
}

crate::functions! {
    Submission:
    product_corner, product_norm, direct_path, top_k_accuracy, ov_circuit, diagonal_accuracy, copying_score,
    positional_pattern, attention_by_distance, layer_1_inputs, scores_by_pair, composed_qk_circuit,
    composition_scores, random_composition_scores, cost_of_cutting, loss_with_frozen_pattern,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_product_corner: product_corner;
    C02 = c02_product_norm: product_norm;
    C03 = c03_direct_path: direct_path;
    C04 = c04_top_k_accuracy: top_k_accuracy;
    C05 = c05_ov_circuit: ov_circuit;
    C06 = c06_diagonal_accuracy: diagonal_accuracy;
    C07 = c07_copying_score: copying_score;
    C08 = c08_positional_pattern: positional_pattern;
    C09 = c09_attention_by_distance: attention_by_distance;
    C10 = c10_layer_1_inputs: layer_1_inputs;
    C11 = c11_scores_by_pair: scores_by_pair;
    C12 = c12_composed_qk_circuit: composed_qk_circuit;
    C13 = c13_composition_scores: composition_scores;
    C14 = c14_random_composition_scores: random_composition_scores;
    C15 = c15_cost_of_cutting: cost_of_cutting;
    C16 = c16_loss_with_frozen_pattern: loss_with_frozen_pattern;
}
