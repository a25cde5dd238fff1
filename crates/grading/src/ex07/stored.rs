//! The stored references of exercise 07: inputs, their gradients by PyTorch's autograd, and steps of its AdamW.

use std::fs;
use std::sync::Arc;

use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Array, ArrayD, Dimension, IxDyn};

use super::Next;
use crate::compare::Want;
use crate::models::Files;
use crate::reference::{self, Damaged, Kept, repository};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_07.safetensors";
const FACTS: &str = "reference_data/activations/exercise_07.json";

/// The book that the model is trained on.
const BOOK: &str = "crates/training/books/alice.txt";

/// The tiny models.
pub(super) const TINY: [&str; 2] = ["grow_0", "grow_1"];

/// The matrices of a layer.
pub(super) const MATRICES: [&str; 4] = ["W_Q", "W_K", "W_V", "W_O"];

/// Both files, read once.
fn files() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

/// A tiny model.
pub(super) fn model(key: &str) -> Result<HookedTransformer, Damaged> {
    files()?.tiny_model(key)
}

/// Stored tokens, `[batch, pos]`.
pub(super) fn tokens(name: &str) -> Result<Tokens, Damaged> {
    files()?.tokens(name)
}

/// A stored array as it is.
pub(super) fn tensor(name: &str) -> Result<Tensor, Damaged> {
    files()?.arrays.get(name)
}

/// A stored array of known rank.
pub(super) fn array<D: Dimension>(name: &str) -> Result<Array<f32, D>, Damaged> {
    let Tensor { shape, data } = tensor(name)?;
    let array = ArrayD::from_shape_vec(IxDyn(&shape), data.iter().map(|x| *x as f32).collect());
    let array = array.ok().and_then(|array| array.into_dimensionality().ok());
    array.ok_or_else(|| reference::lacks(ARRAYS, &format!("an array of another rank at {name}")))
}

/// What each position has to predict; -1 in the file is none.
pub(super) fn next(name: &str) -> Result<Next, Damaged> {
    Ok(array::<ndarray::Ix2>(name)?.mapv(|id| (id >= 0.0).then_some(id as usize)))
}

/// One step of stored inputs: the entry of the first axis.
pub(super) fn at_step(stored: &Tensor, step: usize) -> Tensor {
    let length: usize = stored.shape[1..].iter().product();
    Tensor::new(&stored.shape[1..], stored.data[step * length..(step + 1) * length].to_vec())
}

/// A stored array as what a case must return.
pub(super) fn want(
    name: impl Into<String>,
    axes: &'static [&'static str],
    tolerance: f64,
) -> impl FnOnce() -> Result<Want, Damaged> + 'static {
    let name = name.into();
    move || Ok(Want::Array { values: tensor(&name)?, axes, tolerance })
}

/// The book's text.
pub(super) fn book() -> Result<String, Damaged> {
    fs::read_to_string(repository().join(BOOK)).map_err(|error| reference::unusable(BOOK, &error.to_string()))
}

/// The words for a tiny model in a verdict.
pub(super) fn words(key: &str) -> Result<String, Damaged> {
    let cfg = files()?.tiny_config(key)?;
    Ok(format!("a tiny model, {} layers, {} heads", cfg.n_layers, cfg.n_heads))
}
