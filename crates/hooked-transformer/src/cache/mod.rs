//! The activations of one run, found by full name or by shorthand.
//!
//! `cache[("pattern", 0)]` and `cache["blocks.0.attn.hook_pattern"]` are the same array. Arrays are shared with the
//! pass that made them, not copied, and keep their batch axis until [`ActivationCache::remove_batch_dim`].

mod attribution;
mod decompose;
mod heads;
mod neurons;
mod options;
mod output_norm;
mod slice;
mod stack;
mod typed;

use std::collections::HashMap;
use std::ops::Index;
use std::sync::{Arc, Weak};

use ndarray::{ArcArray, ArrayD, ArrayView, Axis, Dimension, IxDyn};

use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::weights::Weights;
use crate::error::{Error, Result};
use crate::hooks::ActName;
use crate::nearest::nearest;
use crate::numerics::memory::{self, Pool};
use crate::text::tokens::Tokenizer;

pub use attribution::TargetTokens;
pub use options::{StackMode, StackOptions};
pub use slice::PosSlice;
pub use stack::Stack;

/// A stored activation: an n-dimensional array that is shared, and copied when it is edited.
pub type Activation = ArcArray<f32, IxDyn>;

/// The activations of one run, in the order in which they were computed.
///
/// When the last owner of a cache drops it, its memory goes back to the model for the next run, and with the model to the
/// system. Linux gets what is in large arrays earlier, if it runs short.
#[derive(Clone, Default)]
pub struct ActivationCache {
    names: Vec<String>,
    values: HashMap<String, Activation>,
    pub(crate) model: Option<CachedModel>,
    has_batch_dim: bool,
    pub(crate) pos_slice: Option<PosSlice>,
}

/// What the methods that decompose need to know of the model: shared, not copied.
#[derive(Clone)]
pub(crate) struct CachedModel {
    pub cfg: Arc<HookedTransformerConfig>,
    pub weights: Arc<Weights>,
    pub tokenizer: Option<Arc<Tokenizer>>,
    /// Where the memory of the cache goes when it is dropped.
    pub memory: Weak<Pool>,
}

impl Drop for ActivationCache {
    /// Hands the memory back to the model, for its next run: see `Pool`.
    fn drop(&mut self) {
        if let Some(pool) = self.model.as_ref().and_then(|model| model.memory.upgrade()) {
            pool.take_cache(self.values.drain().filter_map(|(_, value)| memory::into_values(value)));
        }
    }
}

impl ActivationCache {
    /// An empty cache: what a run fills, and what one's own arrays can be put into with
    /// [`from_arrays`](Self::from_arrays).
    pub fn new() -> Self {
        let mut cache = ActivationCache::default();
        cache.has_batch_dim = true;
        cache
    }

    /// A cache of plain arrays, under their full names, with their batch axis.
    ///
    /// What needs the weights ([`Error::NoModel`]) cannot be computed from it.
    pub fn from_arrays<N: Into<String>>(arrays: impl IntoIterator<Item = (N, ArrayD<f32>)>) -> Self {
        let mut cache = ActivationCache::new();
        for (name, array) in arrays {
            cache.insert(&name.into(), array.into_shared());
        }
        cache
    }

    /// Keeps an activation, cut to the positions of this cache. A run checks its slice before it begins.
    pub(crate) fn insert(&mut self, name: &str, value: Activation) {
        let value = match &self.pos_slice {
            Some(slice) => {
                let axis = slice::position_axis(name, true);
                slice.cut("pos_slice", axis, &value).expect("checked before the run began")
            }
            None => value,
        };
        if self.values.insert(name.to_string(), value).is_none() {
            self.names.push(name.to_string());
        }
    }

    /// An activation by name.
    ///
    /// # Errors
    /// The cache does not hold it; the message names the nearest that it does.
    pub fn get(&self, name: impl Into<ActName>) -> Result<&Activation> {
        let name = name.into().resolve(self.n_layers());
        self.values.get(&name).ok_or_else(|| Error::UnknownName {
            nearest: nearest(&name, self.names.iter().map(String::as_str), 3),
            name,
            place: "the activations of this cache",
            reason: self.names.is_empty().then(|| "it is empty".to_string()),
        })
    }

    /// An activation as a view whose rank is in its type, such as
    /// `cache.view::<Ix3>(("pattern", 0))` for `[head, query_pos, key_pos]`.
    ///
    /// # Panics
    /// The cache does not hold it, or it has another rank (the message says which, and whether a batch axis is why).
    #[track_caller]
    pub fn view<D: Dimension>(&self, name: impl Into<ActName>) -> ArrayView<'_, f32, D> {
        match self.try_view(name) {
            Ok(view) => view,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`view`](Self::view), with an error instead of a panic.
    ///
    /// # Errors
    /// The cache does not hold it, or it has another rank.
    pub fn try_view<D: Dimension>(&self, name: impl Into<ActName>) -> Result<ArrayView<'_, f32, D>> {
        let name = name.into();
        let value = self.get(&name)?;
        value.view().into_dimensionality::<D>().map_err(|_| Error::Shape {
            what: format!("activation `{}`", name.resolve(self.n_layers())),
            expected: match D::NDIM {
                Some(rank) => format!("{rank} axes ({})", self.batch_axis_in_words()),
                None => "any number of axes".to_string(),
            },
            got: value.shape().to_vec(),
        })
    }

    fn batch_axis_in_words(&self) -> &'static str {
        if self.has_batch_dim {
            "the batch axis is still there; `remove_batch_dim` takes it away"
        } else {
            "the batch axis was removed"
        }
    }

    /// Whether the cache holds an activation.
    pub fn contains(&self, name: impl Into<ActName>) -> bool {
        self.get(name).is_ok()
    }

    /// The full names, in the order in which the activations were computed.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Names and activations, in the order in which they were computed.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Activation)> {
        self.names.iter().map(|name| (name.as_str(), &self.values[name]))
    }

    /// Number of activations.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Number of layers: the model's, or one more than the highest in the names.
    pub fn n_layers(&self) -> usize {
        let in_names = || {
            let layer = |name: &String| name.strip_prefix("blocks.")?.split('.').next()?.parse::<usize>().ok();
            self.names.iter().filter_map(layer).max().map_or(0, |layer| layer + 1)
        };
        self.model.as_ref().map_or_else(in_names, |model| model.cfg.n_layers)
    }

    /// Whether activations still have their batch axis.
    pub fn has_batch_dim(&self) -> bool {
        self.has_batch_dim
    }

    /// Takes the batch axis off every activation. Does nothing the second time.
    ///
    /// # Errors
    /// The batch has more than one row, so that taking one would lose the others.
    pub fn remove_batch_dim(mut self) -> Result<Self> {
        if !self.has_batch_dim {
            return Ok(self);
        }
        if let Some((name, value)) = self.iter().find(|(_, value)| value.shape().first() != Some(&1)) {
            return Err(Error::Shape {
                what: format!("removing the batch axis of `{name}`"),
                expected: "a batch of one row".to_string(),
                got: value.shape().to_vec(),
            });
        }
        for value in self.values.values_mut() {
            *value = std::mem::take(value).index_axis_move(Axis(0), 0);
        }
        self.has_batch_dim = false;
        Ok(self)
    }

    /// Only these rows of the batch, of every activation. A single one keeps its axis, with length 1, until
    /// [`remove_batch_dim`](Self::remove_batch_dim).
    ///
    /// Source: TransformerLens `apply_slice_to_batch_dim`.
    ///
    /// # Errors
    /// There is no such row, or the batch axis was removed.
    pub fn apply_slice_to_batch_dim(mut self, rows: impl Into<PosSlice>) -> Result<Self> {
        let rows = rows.into();
        self.needs_batch_dim("batch_slice")?;
        for value in self.values.values_mut() {
            *value = rows.cut("batch_slice", Axis(0), value)?;
        }
        Ok(self)
    }

    /// # Errors
    /// The batch axis was removed, although this argument is about its rows.
    fn needs_batch_dim(&self, argument: &'static str) -> Result<()> {
        if self.has_batch_dim {
            return Ok(());
        }
        let problem = "the batch axis of this cache was removed, so it has no rows to choose from".to_string();
        Err(Error::Argument { name: argument, problem })
    }
}

impl<N: Into<ActName>> Index<N> for ActivationCache {
    type Output = Activation;

    /// # Panics
    /// The cache does not hold the activation; the message names the nearest that it does.
    #[track_caller]
    fn index(&self, name: N) -> &Activation {
        match self.get(name) {
            Ok(activation) => activation,
            Err(error) => panic!("{error}"),
        }
    }
}

impl std::fmt::Debug for ActivationCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let batch = if self.has_batch_dim { "with" } else { "without" };
        writeln!(f, "ActivationCache of {} activations, {batch} batch axis", self.len())?;
        for (name, value) in self.iter() {
            writeln!(f, "  {name} {:?}", value.shape())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Ix3;

    fn cache() -> ActivationCache {
        ActivationCache::from_arrays([
            ("blocks.0.attn.hook_pattern", ArrayD::zeros(vec![1, 2, 3, 4])),
            ("blocks.1.attn.hook_pattern", ArrayD::ones(vec![1, 2, 3, 4])),
        ])
    }

    #[test]
    fn full_name_shorthand_and_negative_layer_are_the_same() {
        let cache = cache();
        assert_eq!(cache[("pattern", 1)], cache["blocks.1.attn.hook_pattern"]);
        assert_eq!(cache[("pattern", -1)], cache["blocks.1.attn.hook_pattern"]);
        assert_eq!(cache["pattern1"], cache["blocks.1.attn.hook_pattern"]);
        assert_eq!(cache[("pattern", 1usize)][[0, 0, 0, 0]], 1.0);
        assert_eq!(cache.n_layers(), 2);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let message = cache().get(("patern", 0)).unwrap_err().to_string();
        assert!(message.contains("blocks.0.hook_patern"), "{message}");
        assert!(message.contains("blocks.0.attn.hook_pattern"), "{message}");
    }

    #[test]
    fn a_wrong_rank_mentions_the_batch_axis() {
        let message = cache().try_view::<Ix3>(("pattern", 0)).unwrap_err().to_string();
        assert!(message.contains("remove_batch_dim"), "{message}");
        let cache = cache().remove_batch_dim().unwrap();
        assert_eq!(cache.view::<Ix3>(("pattern", 0)).dim(), (2, 3, 4));
        assert!(!cache.remove_batch_dim().unwrap().has_batch_dim());
    }

    #[test]
    fn the_batch_axis_of_several_rows_stays() {
        let cache = ActivationCache::from_arrays([("hook_embed", ArrayD::zeros(vec![2, 3, 4]))]);
        let message = cache.remove_batch_dim().unwrap_err().to_string();
        assert!(message.contains("one row") && message.contains("[2, 3, 4]"), "{message}");
    }
}
