//! The result of a backward pass.

use std::collections::{BTreeSet, HashSet};
use std::ops::Index;
use std::sync::Arc;

use ndarray::{ArrayViewD, ArrayViewMutD};

use super::spare::Returning;
use super::wanted::select_weights;
use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::layout;
use crate::cache::{Activation, ActivationCache};
use crate::error::{Error, Result};
use crate::hooks::{ActName, NameFilter};
use crate::nearest::nearest;

/// A scalar, and its gradients by activations and weights.
///
/// `grads[("resid_pre", 2)]` is the gradient by that activation, with its shape; [`weight`](Self::weight) finds that of
/// a weight.
pub struct Gradients {
    value: f32,
    activations: ActivationCache,
    cfg: Arc<HookedTransformerConfig>,
    weights: Returning,
    wanted: HashSet<String>,
}

impl Gradients {
    pub(crate) fn new(
        value: f32,
        activations: ActivationCache,
        cfg: Arc<HookedTransformerConfig>,
        weights: Returning,
        wanted: HashSet<String>,
    ) -> Self {
        Gradients { value, activations, cfg, weights, wanted }
    }

    /// The scalar itself.
    pub fn value(&self) -> f32 {
        self.value
    }

    /// The gradients by activations, in the order of the forward pass: same names and shapes as in a cache of the run.
    pub fn activations(&self) -> &ActivationCache {
        &self.activations
    }

    /// The gradients by activations, without the rest.
    pub fn into_activations(self) -> ActivationCache {
        self.activations
    }

    /// The gradient by an activation.
    ///
    /// # Errors
    /// It was not asked for; the message names the nearest that were.
    pub fn get(&self, name: impl Into<ActName>) -> Result<&Activation> {
        self.activations.get(name)
    }

    /// The gradient by a weight: one tensor by its full name, `"blocks.0.attn.W_Q"` or `("W_Q", 0)`, or those of all
    /// layers by the rest of it, `"W_Q"`, with a layer axis in front as in [`HookedTransformer::W_Q`].
    ///
    /// [`HookedTransformer::W_Q`]: crate::HookedTransformer::W_Q
    ///
    /// # Errors
    /// The model has no such weight, or several that end like this; or the gradient was not asked for.
    pub fn weight(&self, name: impl Into<ActName>) -> Result<ArrayViewD<'_, f32>> {
        let name = name.into();
        let found = select_weights(&self.cfg, self.weights.get(), &NameFilter::from(name.clone()))?;
        if let Some(missing) = found.iter().find(|name| !self.wanted.contains(*name)) {
            return Err(Error::UnknownName {
                name: missing.clone(),
                place: "the weights whose gradients were asked for",
                reason: self.wanted.is_empty().then(|| "none were: call `weights` or `all_weights`".to_string()),
                nearest: nearest(missing, self.wanted.iter().map(String::as_str), 3),
            });
        }
        let parts: BTreeSet<&str> = found.iter().map(|full| part_of_block(full).unwrap_or(full)).collect();
        let (short, layer) = name.parts(self.cfg.n_layers);
        match parts.first() {
            Some(part) if parts.len() == 1 => {
                // A name without its layer means all layers, even if there is only one.
                let of_all = if layer.is_none() && !found.contains(short) { *part } else { "" };
                let stacked = layout::stacked(&self.cfg, self.weights.get(), of_all);
                let one =
                    || layout::state_dict(&self.cfg, self.weights.get()).into_iter().find(|(n, _)| found.contains(n));
                Ok(stacked.unwrap_or_else(|| one().expect("a name selects something").1))
            }
            _ => Err(Error::Argument {
                name: "name",
                problem: format!(
                    "`{short}` means several weights, {}; give more of the name",
                    parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ")
                ),
            }),
        }
    }

    /// The gradients by weights that were asked for, by name, in the order of
    /// [`HookedTransformer::state_dict`](crate::HookedTransformer::state_dict).
    pub fn weights(&self) -> Vec<(String, ArrayViewD<'_, f32>)> {
        let all = layout::state_dict(&self.cfg, self.weights.get());
        all.into_iter().filter(|(name, _)| self.wanted.contains(name)).collect()
    }

    /// The same, to be changed in place: to clip them, say.
    pub fn weights_mut(&mut self) -> Vec<(String, ArrayViewMutD<'_, f32>)> {
        let all = layout::state_dict_mut(&self.cfg, self.weights.get_mut());
        all.into_iter().filter(|(name, _)| self.wanted.contains(name)).collect()
    }
}

/// `attn.W_Q` of `blocks.0.attn.W_Q`; `None` outside the blocks.
fn part_of_block(full: &str) -> Option<&str> {
    full.strip_prefix("blocks.")?.split_once('.').map(|(_, part)| part)
}

impl<N: Into<ActName>> Index<N> for Gradients {
    type Output = Activation;

    /// # Panics
    /// The gradient was not asked for.
    fn index(&self, name: N) -> &Activation {
        &self.activations[name]
    }
}

impl std::fmt::Debug for Gradients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (activations, weights) = (self.activations.len(), self.wanted.len());
        write!(f, "gradients of {}, by {activations} activations and {weights} weights", self.value)
    }
}
