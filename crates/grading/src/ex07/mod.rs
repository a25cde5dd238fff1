//! Exercise 07, training: what it asks for, and its checks.
//!
//! - `stored`: inputs, gradients by PyTorch's autograd, steps of its AdamW;
//! - `gradients`: the checks of the loss and of everything that goes backward;
//! - `steps`: those of clipping, AdamW, the learning rate, and a step of training;
//! - `rows`, `batches`: those of what a model is trained on, where chance has a part;
//! - `growing`: those of the measure of the bump, and of the bump itself;
//! - `mistakes`: what goes wrong, and what to say about it.

mod batches;
mod gradients;
mod growing;
mod mistakes;
mod rows;
mod steps;
mod stored;

use std::collections::BTreeMap;

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::{Array2, Array3, ArrayD, ArrayView2, ArrayView3, ArrayViewD, ArrayViewMutD};
use rand_chacha::ChaCha8Rng;

use crate::exercise::Exercise;

pub use batches::c14_training_batch;
pub use gradients::{
    c01_mean_loss, c02_loss_gradient, c03_linear_backward, c04_softmax_backward, c05_attention_backward,
    c06_layer_backward, c07_embedding_backward, c08_model_gradients,
};
pub use growing::{c15_bump, c17_grow, c18_grow_an_induction_head};
pub use rows::{c12_text_window, c13_repeated_segment};
pub use steps::{c09_clip_gradients, c10_adamw_step, c11_learning_rate, c16_train_step};

/// The exercise.
pub static EXERCISE: Exercise = Exercise { slug: "07-training", mistakes: mistakes::MISTAKES };

/// What each position has to predict, `[batch, pos]`.
pub type Next = Array2<Option<usize>>;

/// A gradient for each matrix, by its name in the state dict.
pub type Gradients = BTreeMap<String, ArrayD<f32>>;

/// What AdamW keeps for each matrix.
pub type Moments = BTreeMap<String, (ArrayD<f32>, ArrayD<f32>)>;

/// Gradients by the stream before a layer, by the positions, and by the layer's matrices.
type LayerGradients = (Array3<f32>, Array2<f32>, [Array3<f32>; 4]);

/// Weight, gradient, both averages, the step, the rate, the decay.
type AdamW = fn(ArrayViewMutD<f32>, ArrayViewD<f32>, ArrayViewMutD<f32>, ArrayViewMutD<f32>, usize, f32, f32);

/// The functions that a learner writes in this exercise, and two that come with it.
#[derive(Clone, Copy)]
pub struct Submission {
    /// Comes with the exercise: a model with random weights; layers and seed.
    pub untrained_model: fn(usize, u64) -> HookedTransformer,
    /// Comes with the exercise: text as tokens.
    pub letters: fn(&str) -> Vec<usize>,
    /// The loss of the predictions that count.
    pub mean_loss: fn(ArrayView3<f32>, &Next) -> f32,
    /// Its gradient by the logits.
    pub loss_gradient: fn(ArrayView3<f32>, &Next) -> Array3<f32>,
    /// Backward through a product: x, w, d_y.
    pub linear_backward: fn(ArrayView2<f32>, ArrayView2<f32>, ArrayView2<f32>) -> (Array2<f32>, Array2<f32>),
    /// Backward through the softmax of each row: pattern, d_pattern.
    pub softmax_backward: fn(ArrayView2<f32>, ArrayView2<f32>) -> Array2<f32>,
    /// Backward through a head's attention: q, k, v, pattern, d_z.
    pub attention_backward:
        fn(ArrayView2<f32>, ArrayView2<f32>, ArrayView2<f32>, ArrayView2<f32>, ArrayView2<f32>) -> [Array2<f32>; 3],
    /// Backward through a layer: model, layer, cache, d_resid_post.
    pub layer_backward: fn(&HookedTransformer, usize, &ActivationCache, ArrayView3<f32>) -> LayerGradients,
    /// Backward through the embedding: tokens, d_embed, d_vocab.
    pub embedding_backward: fn(&Tokens, ArrayView3<f32>, usize) -> Array2<f32>,
    /// The loss, and its gradient by every matrix.
    pub model_gradients: fn(&HookedTransformer, &Tokens, &Next) -> (f32, Gradients),
    /// Shortens gradients; returns how long they were.
    pub clip_gradients: fn(&mut Gradients, f32) -> f32,
    /// A step of AdamW on one matrix.
    pub adamw_step: AdamW,
    /// The learning rate: step, steps, peak.
    pub learning_rate: fn(usize, usize, f32) -> f32,
    /// A row of text: text, n_ctx.
    pub text_window: fn(&mut ChaCha8Rng, &[usize], usize) -> Vec<usize>,
    /// A row that repeats, and its segment's length: d_vocab, n_ctx.
    pub repeated_segment: fn(&mut ChaCha8Rng, usize, usize) -> (Vec<usize>, usize),
    /// A batch: text, rows, n_ctx, d_vocab, share.
    pub training_batch: fn(&mut ChaCha8Rng, &[usize], usize, usize, usize, f64) -> (Tokens, Next),
    /// First copy, second copy, largest induction score.
    pub bump: fn(&HookedTransformer, &Tokens, usize) -> (f32, f32, f32),
    /// A step on a batch; the step and the rate come last.
    pub train_step: fn(&mut HookedTransformer, &mut Moments, &Tokens, &Next, usize, f32) -> f32,
    /// Training from nothing: text, steps, share.
    pub grow: fn(&mut HookedTransformer, &mut ChaCha8Rng, &[usize], usize, f64) -> Vec<f32>,
}

crate::functions! {
    Submission:
    untrained_model, letters, mean_loss, loss_gradient, linear_backward, softmax_backward, attention_backward,
    layer_backward, embedding_backward, model_gradients, clip_gradients, adamw_step, learning_rate, text_window,
    repeated_segment, training_batch, bump, train_step, grow,
}

crate::proof::checks! {
    EXERCISE, Submission;
    C01 = c01_mean_loss: mean_loss;
    C02 = c02_loss_gradient: loss_gradient;
    C03 = c03_linear_backward: linear_backward;
    C04 = c04_softmax_backward: softmax_backward;
    C05 = c05_attention_backward: attention_backward;
    C06 = c06_layer_backward: layer_backward;
    C07 = c07_embedding_backward: embedding_backward;
    C08 = c08_model_gradients: model_gradients;
    C09 = c09_clip_gradients: clip_gradients;
    C10 = c10_adamw_step: adamw_step;
    C11 = c11_learning_rate: learning_rate;
    C12 = c12_text_window: text_window;
    C13 = c13_repeated_segment: repeated_segment;
    C14 = c14_training_batch: training_batch;
    C15 = c15_bump: bump;
    C16 = c16_train_step: train_step;
    C17 = c17_grow: grow;
    C18 = c18_grow_an_induction_head: grow;
}
