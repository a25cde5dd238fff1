//! The stored references of exercise 02: what the embedded model does on three texts and on repeated random tokens, as an
//! independent program computed it.

use std::sync::{Arc, OnceLock};

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::{Array3, ArrayD, IxDyn};
use serde_json::Value as Json;

use crate::reference::{self, Arrays, Damaged, Kept, repository};
use crate::value::Tensor;

const ARRAYS: &str = "reference_data/activations/exercise_02.safetensors";
const FACTS: &str = "reference_data/activations/exercise_02.json";
const MODEL: &str = "reference_data/models/attn-only-2l-tales";

/// Both files.
pub(super) struct Stored {
    arrays: Arrays,
    facts: Json,
}

/// Reads the references, once.
///
/// # Errors
/// The course is damaged.
pub(super) fn stored() -> Result<Arc<Stored>, Damaged> {
    static STORED: Kept<Stored> = Kept::new();
    STORED.get(|| Ok(Stored { arrays: Arrays::read(ARRAYS)?, facts: reference::json(FACTS)? }))
}

impl Stored {
    /// How many items there are of a kind: "texts", "repeated".
    ///
    /// # Errors
    /// When there are none: a check without cases would accept anything.
    pub(super) fn count(&self, kind: &str) -> Result<usize, Damaged> {
        let count = self.facts[kind].as_array().map_or(0, Vec::len);
        if count == 0 { Err(reference::lacks(FACTS, &format!("any {kind}"))) } else { Ok(count) }
    }

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

    /// The tokens of one item, `[batch, pos]`.
    pub(super) fn tokens(&self, prefix: &str) -> Result<Tokens, Damaged> {
        let Tensor { shape, data } = self.arrays.get(&format!("{prefix}.tokens"))?;
        let lacks = || reference::lacks(ARRAYS, &format!("tokens [batch, pos] at {prefix}"));
        let &[batch, n_pos] = &shape[..] else {
            return Err(lacks());
        };
        let ids = data.iter().map(|id| *id as usize).collect();
        Tokens::from_shape_vec((batch, n_pos), ids).map_err(|_| lacks())
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
    let unreadable = |error: hooked_transformer::Error| reference::unusable(MODEL, &error.to_string());
    static LOADED: OnceLock<Result<HookedTransformer, Damaged>> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| HookedTransformer::load(repository().join(MODEL)).map_err(unreadable));
    loaded.as_ref().map_err(Clone::clone)?.run(tokens).logits().map_err(unreadable)
}
