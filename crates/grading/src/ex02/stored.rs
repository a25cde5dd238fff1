//! The stored references of exercise 02: what the embedded model does on three texts and on repeated random tokens, as an
//! independent program computed it.

use std::sync::Arc;

use hooked_transformer::{ActivationCache, Tokens};
use ndarray::{Array3, ArrayD, IxDyn};
use serde_json::Value as Json;

use crate::models::{Files, attn_only};
use crate::reference::{self, Damaged, Kept};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_02.safetensors";
const FACTS: &str = "reference_data/activations/exercise_02.json";

/// Reads the references, once.
///
/// # Errors
/// The course is damaged.
pub(super) fn stored() -> Result<Arc<Files>, Damaged> {
    static FILES: Kept<Files> = Kept::new();
    FILES.get(|| Files::read(ARRAYS, FACTS))
}

impl Files {
    /// A fact about one item of a kind.
    pub(super) fn fact(&self, kind: &str, item: usize, key: &str) -> Result<&Json, Damaged> {
        let fact = &self.facts[kind][item][key];
        if fact.is_null() { Err(reference::lacks(FACTS, &format!("{kind}[{item}].{key}"))) } else { Ok(fact) }
    }

    /// A fact that is a number.
    pub(super) fn number(&self, kind: &str, item: usize, key: &str) -> Result<f64, Damaged> {
        let fact = self.fact(kind, item, key)?.as_f64();
        fact.ok_or_else(|| reference::lacks(FACTS, &format!("a number at {kind}[{item}].{key}")))
    }

    /// The score of every head, stored as `[layer][head]`, with names like "0.7".
    pub(super) fn scores(&self, kind: &str, item: usize, key: &str) -> Result<Vec<(String, f64)>, Damaged> {
        let lacks = || reference::lacks(FACTS, &format!("scores at {kind}[{item}].{key}"));
        let mut scores = Vec::new();
        let layers = self.fact(kind, item, key)?.as_array().ok_or_else(lacks)?;
        for (layer, heads) in layers.iter().enumerate() {
            for (head, score) in heads.as_array().ok_or_else(lacks)?.iter().enumerate() {
                scores.push((format!("{layer}.{head}"), score.as_f64().ok_or_else(lacks)?));
            }
        }
        Ok(scores)
    }

    /// How many layers have a score, given as [`scores`](Self::scores).
    pub(super) fn n_layers(&self, kind: &str, item: usize, key: &str) -> Result<usize, Damaged> {
        Ok(self.fact(kind, item, key)?.as_array().map_or(0, Vec::len))
    }

    /// The patterns of one item, `[batch, head, query_pos, key_pos]` for each layer.
    ///
    /// Those of a text are stored without a batch axis and get one of length one.
    pub(super) fn patterns(&self, prefix: &str, n_layers: usize) -> Result<ActivationCache, Damaged> {
        let layers = (0..n_layers).map(|layer| {
            let name = format!("blocks.{layer}.attn.hook_pattern");
            let pattern = with_batch_axis(&self.arrays.get(&format!("{prefix}.{name}"))?);
            Ok((name, pattern.ok_or_else(|| reference::lacks(ARRAYS, &format!("patterns at {prefix}")))?))
        });
        Ok(ActivationCache::from_arrays(layers.collect::<Result<Vec<_>, Damaged>>()?))
    }
}

fn with_batch_axis(stored: &Tensor) -> Option<ArrayD<f32>> {
    let mut shape = stored.shape.clone();
    if shape.len() == 3 {
        shape.insert(0, 1);
    }
    ArrayD::from_shape_vec(IxDyn(&shape), stored.data.iter().map(|x| *x as f32).collect()).ok()
}

/// The logits of the embedded model, `[batch, pos, d_vocab]`. They are an input of the learner's function, not what it is
/// compared with.
///
/// # Errors
/// The model is missing or damaged.
pub(super) fn logits(tokens: &Tokens) -> Result<Array3<f32>, Damaged> {
    attn_only()?.run(tokens).logits().map_err(|error| reference::unusable(FACTS, &error.to_string()))
}
