//! The parts of the forward pass, one file each: its equation, its shapes, its code.

pub(crate) mod activation;
pub(crate) mod attend;
pub(crate) mod attention;
pub(crate) mod block;
pub(crate) mod embed;
pub(crate) mod keys_values;
pub(crate) mod loss;
pub(crate) mod mask;
pub(crate) mod mlp;
pub(crate) mod normalization;
pub(crate) mod positions;
pub(crate) mod rotary;
pub(crate) mod streamed_loss;
pub(crate) mod unembed;

pub use keys_values::KeyValueCache;
pub use loss::{
    lm_accuracy, lm_cross_entropy_loss, log_softmax, loss_per_token, next_token_correct, next_token_log_probs,
};
use ndarray::{ArcArray, Array, Dimension, Ix3, Ix4};

use crate::numerics::memory;

/// An activation `[batch, pos, …]`; shared between the pass and the cache, copied when it is edited.
pub(crate) type Act3 = ArcArray<f32, Ix3>;
/// An activation with a head axis, or an attention pattern.
pub(crate) type Act4 = ArcArray<f32, Ix4>;

/// The values of an activation in row-major order.
///
/// Every activation is created contiguous, and hooks edit in place, so this holds throughout the pass.
pub(crate) fn values<D: Dimension>(activation: &ArcArray<f32, D>) -> &[f32] {
    activation.as_slice().expect("activations are contiguous")
}

/// The activation, or a copy if the cache holds the array too.
pub(crate) fn owned<D: Dimension>(activation: ArcArray<f32, D>) -> Array<f32, D> {
    match activation.is_unique() {
        true => activation.into_owned(),
        false => memory::copied(activation.raw_dim(), values(&activation)),
    }
}

/// The values, to edit; copies first if the cache holds the array too.
pub(crate) fn values_mut<D: Dimension>(activation: &mut ArcArray<f32, D>) -> &mut [f32] {
    if !activation.is_unique() {
        *activation = memory::copied(activation.raw_dim(), values(activation)).into_shared();
    }
    activation.as_slice_mut().expect("activations are contiguous")
}
