//! Keys and values of the tokens so far.
//!
//! A later token attends to the keys and values of earlier ones, and these never change, so they are kept instead of
//! being computed again at every step. Rotary keys are kept already rotated.

use ndarray::{Array2, Array4, ArrayView2, ArrayView4, s};

use crate::architecture::config::HookedTransformerConfig;

/// The keys and values of every layer, and which of the tokens are real (not padding).
///
/// Source: TransformerLens `HookedTransformerKeyValueCache`.
#[derive(Clone)]
pub struct KeyValueCache {
    pub(crate) layers: Vec<LayerKeysValues>,
    /// `[batch, pos]`, false at padding; `None` while no padding has been seen.
    pub(crate) real: Option<Array2<bool>>,
}

impl KeyValueCache {
    /// An empty cache for `batch` rows.
    pub fn new(cfg: &HookedTransformerConfig, batch: usize) -> Self {
        let n_heads = cfg.n_cached_heads();
        let layer = || LayerKeysValues {
            keys: Array4::zeros((batch, 0, n_heads, cfg.d_head)),
            values: Array4::zeros((batch, 0, n_heads, cfg.d_head)),
            len: 0,
        };
        KeyValueCache { layers: (0..cfg.n_layers).map(|_| layer()).collect(), real: None }
    }

    /// Number of tokens held.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, LayerKeysValues::len)
    }

    /// Whether no token is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of rows.
    pub fn batch(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.keys.dim().0)
    }

    /// Notes which of the coming tokens are real.
    pub(crate) fn append_mask(&mut self, shape: (usize, usize), real: Option<ArrayView2<'_, bool>>) {
        if real.is_none() && self.real.is_none() {
            return;
        }
        let (n_batch, n_new) = shape;
        let before = self.len();
        let mut all = Array2::from_elem((n_batch, before + n_new), true);
        if let Some(old) = &self.real {
            all.slice_mut(s![.., ..before]).assign(old);
        }
        if let Some(new) = real {
            all.slice_mut(s![.., before..]).assign(&new);
        }
        self.real = Some(all);
    }
}

/// One layer's keys and values, `[batch, pos, kv_head, d_head]`, with room to grow.
#[derive(Clone)]
pub(crate) struct LayerKeysValues {
    keys: Array4<f32>,
    values: Array4<f32>,
    len: usize,
}

impl LayerKeysValues {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn keys(&self) -> ArrayView4<'_, f32> {
        self.keys.slice(s![.., ..self.len, .., ..])
    }

    pub(crate) fn values(&self) -> ArrayView4<'_, f32> {
        self.values.slice(s![.., ..self.len, .., ..])
    }

    pub(crate) fn append(&mut self, keys: ArrayView4<'_, f32>, values: ArrayView4<'_, f32>) {
        let new_len = self.len + keys.dim().1;
        for (held, new) in [(&mut self.keys, keys), (&mut self.values, values)] {
            let (n_batch, room, n_heads, d_head) = held.dim();
            if new_len > room {
                // Doubling keeps the cost of copying constant per token.
                let mut larger = Array4::zeros((n_batch, new_len.max(2 * room), n_heads, d_head));
                larger.slice_mut(s![.., ..self.len, .., ..]).assign(&held.slice(s![.., ..self.len, .., ..]));
                *held = larger;
            }
            held.slice_mut(s![.., self.len..new_len, .., ..]).assign(&new);
        }
        self.len = new_len;
    }
}
