//! The memory of weight gradients that are no longer needed, for the next ones.
//!
//! The gradients of all weights take as much memory as the weights. The system hands out such memory page by page, each
//! cleared first, which takes a fifth of the time of a short backward pass. So when [`Gradients`](super::Gradients) are
//! dropped, their memory goes back to the model, and the next backward pass writes to it: a training loop asks the system
//! once. The model keeps one set at most, and frees it with itself.
//!
//! Only matrices that a pass overwrites as a whole are taken over. Whatever gradients are added to begins with zeros.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use ndarray::Dimension;

use super::wanted::Wanted;
use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::layout;
use crate::architecture::weight::Weight;
use crate::architecture::weights::Weights;
use crate::numerics::memory;

/// Where a model keeps the memory.
#[derive(Default)]
pub(crate) struct Spare(Mutex<Option<Weights>>);

impl Spare {
    /// Gradients to be written: zeros, and in the memory of earlier ones matrices that hold anything.
    ///
    /// `whole_unembedding`: whether the pass overwrites the gradient of the unembedding.
    pub(super) fn weights(&self, cfg: &HookedTransformerConfig, wanted: &Wanted, whole_unembedding: bool) -> Weights {
        let mut weights = zeros(cfg);
        if wanted.weights.is_empty() {
            return weights;
        }
        let Some(spare) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else { return weights };
        let in_all = |part: &str| (0..cfg.n_layers).all(|layer| wanted.weight(Some(layer), part));
        reuse(&mut weights.W_Q, spare.W_Q, in_all("attn.W_Q"));
        reuse(&mut weights.W_K, spare.W_K, in_all("attn.W_K"));
        reuse(&mut weights.W_V, spare.W_V, in_all("attn.W_V"));
        reuse(&mut weights.W_O, spare.W_O, in_all("attn.W_O"));
        if let (Some(mlp), Some(spare)) = (&mut weights.mlp, spare.mlp) {
            reuse(&mut mlp.W_in, spare.W_in, in_all("mlp.W_in"));
            reuse(&mut mlp.W_out, spare.W_out, in_all("mlp.W_out"));
            if let (Some(W_gate), Some(spare)) = (&mut mlp.W_gate, spare.W_gate) {
                reuse(W_gate, spare, in_all("mlp.W_gate"));
            }
        }
        match cfg.tie_word_embeddings {
            // The unembedding's part comes first, and overwrites.
            true => reuse(&mut weights.W_E, spare.W_E, whole_unembedding && wanted.weight(None, "embed.W_E")),
            false => reuse(&mut weights.W_U, spare.W_U, whole_unembedding && wanted.weight(None, layout::UNEMBEDDING)),
        }
        weights
    }
}

/// Gradients of weights, whose memory goes back to the model that they came from.
pub(crate) struct Returning {
    weights: Option<Weights>,
    home: Weak<Spare>,
}

impl Returning {
    /// Without a home, the memory is freed: where no gradients were wanted there is nothing in it.
    pub(crate) fn new(weights: Weights, home: Option<&Arc<Spare>>) -> Self {
        Returning { weights: Some(weights), home: home.map(Arc::downgrade).unwrap_or_default() }
    }

    pub(super) fn get(&self) -> &Weights {
        self.weights.as_ref().expect("taken only when dropped")
    }

    pub(super) fn get_mut(&mut self) -> &mut Weights {
        self.weights.as_mut().expect("taken only when dropped")
    }
}

impl Drop for Returning {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade() {
            *home.0.lock().unwrap_or_else(PoisonError::into_inner) = self.weights.take();
        }
    }
}

/// Takes memory of the same shape over, where everything in it will be overwritten.
fn reuse<D: Dimension>(gradient: &mut Weight<D>, spare: Weight<D>, overwritten: bool) {
    let mut spare = spare.into_array();
    if overwritten && spare.raw_dim() == gradient.raw_dim() && spare.is_unique() {
        if cfg!(debug_assertions) {
            spare.fill(f32::NAN); // so that tests see what is not overwritten
        }
        **gradient = spare;
    }
}

/// Gradients that are zero, and take no memory until they are written.
pub(super) fn zeros(cfg: &HookedTransformerConfig) -> Weights {
    let mut weights = layout::assemble(cfg, |_, _| Ok(())).expect("filling with nothing cannot fail");
    if cfg.tie_word_embeddings {
        // Its gradient is part of the embedding's.
        weights.W_U = memory::zeros((0, 0)).into_shared().into();
    }
    for (name, mut gradient) in layout::state_dict_mut(cfg, &mut weights) {
        // Few rows of the embedding are written, unless it is the unembedding, and each would clear a large page.
        if name != "embed.W_E" || cfg.tie_word_embeddings {
            gradient.as_slice_mut().into_iter().for_each(memory::prefer_large_pages);
        }
    }
    weights
}
