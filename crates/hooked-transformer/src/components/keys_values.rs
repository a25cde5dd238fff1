//! Keys and values of the tokens so far.
//!
//! A later token attends to the keys and values of earlier ones, and these never change, so they are kept instead of
//! being computed again at every step. Rotary keys are kept already rotated.
//!
//! A run adds to a cache through an [`Extension`]: what it adds is provisional until the run has completed, and is taken
//! off again if it fails, panics, or did not go through every block.

use std::sync::{Arc, Weak};

use ndarray::{Array2, Array4, ArrayView2, ArrayView4, s};

use crate::architecture::config::{AttentionDir, HookedTransformerConfig};
use crate::architecture::weights::Weights;
use crate::error::{Error, Result};

/// The keys and values of every layer, and which of the tokens are real (not padding).
///
/// A run that is given one with [`Run::past`](crate::Run::past) continues after the tokens that it holds, and adds its
/// own once it has completed. A cache belongs to the model that filled it first, and to clones that share its weights.
///
/// Source: TransformerLens `HookedTransformerKeyValueCache`.
#[derive(Clone)]
pub struct KeyValueCache {
    layers: Vec<LayerKeysValues>,
    /// `[batch, pos]`, false at padding; `None` while no padding has been seen.
    real: Option<Array2<bool>>,
    /// The weights that the keys and values were computed with.
    weights: Weak<Weights>,
    frozen: bool,
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
        KeyValueCache {
            layers: (0..cfg.n_layers).map(|_| layer()).collect(),
            real: None,
            weights: Weak::new(),
            frozen: false,
        }
    }

    /// Number of tokens held.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.len)
    }

    /// Whether no token is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of rows.
    pub fn batch(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.keys.dim().0)
    }

    /// Forgets all but the first `len` tokens, of every row: to go on with another text that begins alike. Nothing changes if
    /// fewer are held.
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, KeyValueCache};
    /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
    /// let mut past = KeyValueCache::new(model.cfg(), 1);
    /// model.run(&[0usize, 3, 7][..]).past(&mut past).nothing()?;
    /// past.truncate(2);
    /// let logits = model.run(&[9usize][..]).past(&mut past).logits()?;
    /// let whole = model.forward(&[0usize, 3, 9][..])?;
    /// assert!((logits[[0, 0, 0]] - whole[[0, 2, 0]]).abs() <= 1e-5);
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    pub fn truncate(&mut self, len: usize) {
        let len = len.min(self.len());
        self.layers.iter_mut().for_each(|layer| layer.len = len);
        if let Some(real) = &mut self.real {
            *real = real.slice(s![.., ..len]).to_owned();
        }
    }

    /// Runs still continue after the tokens held, but no longer add their own: to try several continuations of one
    /// prompt.
    pub fn freeze(&mut self) {
        self.frozen = true;
    }

    /// Runs add their tokens again.
    pub fn unfreeze(&mut self) {
        self.frozen = false;
    }

    /// Whether runs leave this cache as it is.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// # Errors
    /// The model cannot continue from this cache.
    fn check(
        &self,
        cfg: &HookedTransformerConfig,
        weights: &Arc<Weights>,
        (batch, n_pos): (usize, usize),
    ) -> Result<()> {
        let wrong = |problem: String| Err(Error::Argument { name: "past", problem });
        if cfg.attention_dir == AttentionDir::Bidirectional {
            return wrong(
                "a bidirectional model has no past to continue from: every new token would change what came before it; \
                 run the whole text at once"
                    .to_string(),
            );
        }
        let expected = (cfg.n_layers, cfg.n_cached_heads(), cfg.d_head);
        let got = self.layers.first().map(|layer| (self.layers.len(), layer.keys.dim().2, layer.keys.dim().3));
        if got != Some(expected) {
            let (n_layers, n_heads, d_head) = got.unwrap_or_default();
            return wrong(format!(
                "the key-value cache was made for {n_layers} layers of {n_heads} heads with d_head = {d_head}, but this \
                 model has {} layers of {} heads with d_head = {}; make one with KeyValueCache::new(model.cfg(), batch)",
                expected.0, expected.1, expected.2
            ));
        }
        if !self.is_empty() && !std::ptr::eq(self.weights.as_ptr(), Arc::as_ptr(weights)) {
            return wrong(format!(
                "the key-value cache holds {} tokens of another model, or of this one before its weights were changed; \
                 begin with a new cache",
                self.len()
            ));
        }
        if self.batch() != batch {
            return Err(Error::Shape {
                what: "the input".to_string(),
                expected: format!("batch={} like the key-value cache", self.batch()),
                got: vec![batch, n_pos],
            });
        }
        Ok(())
    }
}

/// A cache to which a run is adding. Until [`keep`](Self::keep) what is added is provisional: dropping this, as an error
/// or a panic does, takes it off again.
pub(crate) struct Extension<'a> {
    cache: &'a mut KeyValueCache,
    /// Tokens held before.
    before: usize,
    /// `[batch, pos]` of all tokens, the new ones included; `None` if all are real.
    real: Option<Array2<bool>>,
    weights: &'a Arc<Weights>,
}

impl<'a> Extension<'a> {
    /// # Shapes
    /// - `shape`: batch and number of the new tokens
    /// - `real`: `[batch, pos]` of the new tokens
    ///
    /// # Errors
    /// The model cannot continue from this cache: it has other sizes, was filled by another model, has another number of
    /// rows; or the model is bidirectional.
    pub(crate) fn new(
        cache: &'a mut KeyValueCache,
        cfg: &HookedTransformerConfig,
        weights: &'a Arc<Weights>,
        shape: (usize, usize),
        real: Option<ArrayView2<'_, bool>>,
    ) -> Result<Self> {
        cache.check(cfg, weights, shape)?;
        let before = cache.len();
        let real = joined(cache.real.as_ref(), before, real, shape);
        Ok(Extension { cache, before, real, weights })
    }

    /// `[batch, pos]` of all tokens, those held and the new ones; `None` if all are real.
    pub(crate) fn real(&self) -> Option<&Array2<bool>> {
        self.real.as_ref()
    }

    pub(crate) fn layer(&mut self, layer: usize) -> &mut LayerKeysValues {
        &mut self.cache.layers[layer]
    }

    /// The run has completed: the new tokens stay, unless the cache is frozen.
    pub(crate) fn keep(mut self) {
        if self.cache.frozen {
            return;
        }
        let len = self.cache.len();
        debug_assert!(self.cache.layers.iter().all(|layer| layer.len == len), "every block has added its tokens");
        self.before = len;
        self.cache.real = self.real.take();
        self.cache.weights = Arc::downgrade(self.weights);
    }
}

impl Drop for Extension<'_> {
    fn drop(&mut self) {
        self.cache.layers.iter_mut().for_each(|layer| layer.len = self.before);
    }
}

/// Which tokens are real: those held, then the new ones.
fn joined(
    held: Option<&Array2<bool>>,
    before: usize,
    new: Option<ArrayView2<'_, bool>>,
    (n_batch, n_new): (usize, usize),
) -> Option<Array2<bool>> {
    if held.is_none() && new.is_none() {
        return None;
    }
    let mut all = Array2::from_elem((n_batch, before + n_new), true);
    if let Some(held) = held {
        all.slice_mut(s![.., ..before]).assign(held);
    }
    if let Some(new) = new {
        all.slice_mut(s![.., before..]).assign(&new);
    }
    Some(all)
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
