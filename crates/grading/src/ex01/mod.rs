//! Exercise 01, meeting the model: what it asks for, and its checks.
//!
//! - `stored`: the references that an independent program computed, and the three models that they are about;
//! - `sizes`, `tokens`, `guesses`, `caches`, `patterns`, `views`: the checks;
//! - `mistakes`: what goes wrong, and what to say about it.
//!
//! A *made-up model* comes first in most checks: a few thousand numbers, with sizes and a vocabulary of its own, in which
//! BOS is not token 0. What a mistake gives is known there whatever the embedded models have learned, so it is there that
//! mistakes are told apart.

mod caches;
mod configs;
mod guesses;
mod mistakes;
mod patterns;
mod sizes;
mod stored;
mod tokens;
mod views;

use circuit_vis::View;
use hooked_transformer::{ActivationCache, HookedTransformer, HookedTransformerConfig, Tokens};
use ndarray::{Array2, Array3, Array4};

use crate::exercise::Exercise;

pub use caches::c09_first_patterns;
pub use guesses::{c06_guessed_right, c07_tokens_guessed};
pub use patterns::{c10_pattern_from_q_and_k, c11_largest_error};
pub use sizes::{c01_sizes, c02_shape_of, c08_full_name};
pub use tokens::{c03_token_strings, c04_texts_of, c05_positions_of};
pub use views::c12_show_attention;

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "01-introduction", mistakes: mistakes::MISTAKES };

/// The functions that a learner writes in this exercise.
#[derive(Clone, Copy)]
pub struct Submission {
    /// Layers, heads in all layers together, positions.
    pub sizes: fn(&HookedTransformerConfig) -> [usize; 3],
    /// The shape of the parameter of this name.
    pub shape_of: fn(&HookedTransformerConfig, &str) -> Vec<usize>,
    /// The tokens of a text as strings, with BOS or without.
    pub token_strings: fn(&HookedTransformer, &str, bool) -> Vec<String>,
    /// The text of each row of tokens, less BOS in front.
    pub texts_of: fn(&HookedTransformer, &Tokens) -> Vec<String>,
    /// Every position of a token in a text: the text, then the token.
    pub positions_of: fn(&HookedTransformer, &str, &str) -> Vec<usize>,
    /// Whether the largest logit is that of the next token, for every token that has one.
    pub guessed_right: fn(&Array3<f32>, &Tokens) -> Array2<bool>,
    /// The tokens of a text that the model guesses, as strings.
    pub tokens_guessed: fn(&HookedTransformer, &str) -> Vec<String>,
    /// The full name of an activation, from its shorthand and its layer.
    pub full_name: fn(&str, usize) -> String,
    /// A cache of the patterns of the first layers, their number being given, and of nothing else.
    pub first_patterns: fn(&HookedTransformer, &Tokens, usize) -> ActivationCache,
    /// Attention patterns from queries and keys.
    pub pattern_from_q_and_k: fn(&Array4<f32>, &Array4<f32>) -> Array4<f32>,
    /// The largest difference between a cached pattern and the same recomputed; the layer.
    pub largest_error: fn(&ActivationCache, usize) -> f32,
    /// A picture of the attention of all heads of a layer on a text.
    pub show_attention: fn(&HookedTransformer, &str, usize) -> View,
}

crate::functions! {
    Submission:
    sizes, shape_of, token_strings, texts_of, positions_of, guessed_right, tokens_guessed, full_name, first_patterns,
    pattern_from_q_and_k, largest_error, show_attention,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_sizes: sizes;
    C02 = c02_shape_of: shape_of;
    C03 = c03_token_strings: token_strings;
    C04 = c04_texts_of: texts_of;
    C05 = c05_positions_of: positions_of;
    C06 = c06_guessed_right: guessed_right;
    C07 = c07_tokens_guessed: tokens_guessed;
    C08 = c08_full_name: full_name;
    C09 = c09_first_patterns: first_patterns;
    C10 = c10_pattern_from_q_and_k: pattern_from_q_and_k;
    C11 = c11_largest_error: largest_error;
    C12 = c12_show_attention: show_attention;
}
