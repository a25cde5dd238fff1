//! A steering vector from pairs of prompts, and adding it to the stream.

use hooked_transformer::{Error, HookedTransformer, Result};
use ndarray::{Array1, ArrayViewMut3, Ix3, s};

use crate::request::Steering;
use crate::text_run::tokenize;

/// The most pairs that are read.
const MAX_PAIRS: usize = 64;

/// The mean over pairs of the difference between the streams of the two prompts, before the layer and at the position:
/// contrastive activation addition (Rimsky and others 2023). `[d_model]`, without the coefficient.
///
/// # Errors
/// There is no pair or no such layer, or a prompt is too short for the position.
pub(crate) fn vector(model: &HookedTransformer, steering: &Steering) -> Result<Array1<f32>> {
    let cfg = model.cfg();
    let wrong = |problem: String| Err(Error::Argument { name: "steering", problem });
    if steering.layer >= cfg.n_layers {
        return wrong(format!("there is no layer {}; the model has {}", steering.layer, cfg.n_layers));
    }
    if steering.pairs.is_empty() || steering.pairs.len() > MAX_PAIRS {
        return wrong(format!("expected 1 to {MAX_PAIRS} pairs of prompts, got {}", steering.pairs.len()));
    }
    let read = |prompt: &str| -> Result<Array1<f32>> {
        let (ids, _) = tokenize(model, prompt)?;
        let Some(pos) = ids.len().checked_add_signed(steering.pos).filter(|&pos| pos < ids.len()) else {
            return wrong(format!("{prompt:?} has {} tokens, so there is no position {}", ids.len(), steering.pos));
        };
        let cache = model.run(ids.as_slice()).names_filter(("resid_pre", steering.layer)).cache()?;
        Ok(cache.try_view::<Ix3>(("resid_pre", steering.layer))?.slice(s![0, pos, ..]).to_owned())
    };
    let mut sum = Array1::zeros(cfg.d_model);
    for (positive, negative) in &steering.pairs {
        sum += &(read(positive)? - read(negative)?);
    }
    Ok(sum / steering.pairs.len() as f32)
}

/// Adds a vector to the stream of one row from a position on.
///
/// # Shapes
/// - `resid`: `[batch, pos, d_model]`
/// - `added`: `[d_model]`
pub(crate) fn add(mut resid: ArrayViewMut3<'_, f32>, row: usize, from: usize, added: &Array1<f32>) {
    let n = resid.dim().1;
    let mut positions = resid.slice_mut(s![row, from.min(n).., ..]);
    positions += added;
}
