//! The memory of weight gradients that are no longer needed, for the next ones.
//!
//! The gradients of all weights take as much memory as the weights. The system hands out such memory page by page, each
//! cleared first, which takes a fifth of the time of a short backward pass. So when [`Gradients`](super::Gradients) are
//! dropped, their memory goes back to the model, and the next backward pass writes to it: a training loop asks the system
//! once. The model keeps one set at most, and frees it with itself.
//!
//! Only matrices that a pass overwrites as a whole are taken over. Whatever gradients are added to begins with zeros. A matrix
//! whose gradient was not asked for gets no memory at all: the system's allocator clears what it hands out again.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use ndarray::{Array2, Dimension};

use super::wanted::Wanted;
use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::layout::{self, Parameter, Supply};
use crate::architecture::weight::{InFile, Weight};
use crate::architecture::weights::Weights;
use crate::error::Result;
use crate::numerics::memory;

/// Where a model keeps the memory.
#[derive(Default)]
pub(crate) struct Spare(Mutex<Option<Weights>>);

impl Spare {
    /// Gradients to be written: zeros, and in the memory of earlier ones matrices that hold anything.
    ///
    /// `whole_unembedding`: whether the pass overwrites the gradient of the unembedding.
    pub(super) fn weights(&self, cfg: &HookedTransformerConfig, wanted: &Wanted, whole_unembedding: bool) -> Weights {
        let spare = match wanted.weights.is_empty() {
            true => None,
            false => self.0.lock().unwrap_or_else(PoisonError::into_inner).take(),
        };
        let in_all = |part: &str| (0..cfg.n_layers).all(|layer| wanted.weight(Some(layer), part));
        let overwritten = |part: &str| match part {
            // The unembedding's part comes first, and overwrites.
            "embed.W_E" => cfg.tie_word_embeddings && whole_unembedding && wanted.weight(None, part),
            layout::UNEMBEDDING => whole_unembedding && wanted.weight(None, part),
            of_blocks => in_all(of_blocks),
        };
        let again = spare.map_or(Vec::new(), matrices);
        let again = again.into_iter().filter(|(part, _)| overwritten(part)).collect();
        assemble(cfg, wanted, again)
    }
}

/// Gradients that are zero, and take no memory until they are written.
pub(super) fn zeros(cfg: &HookedTransformerConfig, wanted: &Wanted) -> Weights {
    assemble(cfg, wanted, Vec::new())
}

fn assemble(cfg: &HookedTransformerConfig, wanted: &Wanted, again: Vec<(&'static str, Vec<f32>)>) -> Weights {
    let memory = Memory { again, wanted, tied: cfg.tie_word_embeddings };
    let mut weights = layout::assemble_from(cfg, memory).expect("filling with nothing cannot fail");
    if cfg.tie_word_embeddings {
        // Its gradient is part of the embedding's.
        weights.W_U = Array2::zeros((0, 0)).into_shared().into();
    }
    weights
}

/// The matrices that a pass may overwrite as a whole, by their parts of names; without those that something else holds.
fn matrices(weights: Weights) -> Vec<(&'static str, Vec<f32>)> {
    let mlp = weights.mlp.map(|mlp| (mlp.W_in, mlp.W_gate, mlp.W_out));
    let (W_in, W_gate, W_out) =
        mlp.map_or((None, None, None), |(W_in, W_gate, W_out)| (Some(W_in), W_gate, Some(W_out)));
    let all = [
        ("embed.W_E", values(Some(weights.W_E))),
        ("attn.W_Q", values(Some(weights.W_Q))),
        ("attn.W_K", values(Some(weights.W_K))),
        ("attn.W_V", values(Some(weights.W_V))),
        ("attn.W_O", values(Some(weights.W_O))),
        ("mlp.W_in", values(W_in)),
        ("mlp.W_gate", values(W_gate)),
        ("mlp.W_out", values(W_out)),
        (layout::UNEMBEDDING, values(Some(weights.W_U))),
    ];
    all.into_iter().filter_map(|(part, values)| Some((part, values?))).collect()
}

fn values<D: Dimension>(weight: Option<Weight<D>>) -> Option<Vec<f32>> {
    memory::into_values(weight?.into_array())
}

/// The memory of earlier gradients where there is some, and new memory otherwise.
struct Memory<'w> {
    again: Vec<(&'static str, Vec<f32>)>,
    wanted: &'w Wanted,
    tied: bool,
}

impl Supply for Memory<'_> {
    fn fill(&mut self, _: &Parameter<'_>, _: &mut [f32]) -> Result<()> {
        Ok(())
    }

    fn in_file(&mut self, parameter: &Parameter<'_>) -> Result<Option<Arc<dyn InFile>>> {
        let written = self.wanted.weights.contains(parameter.name);
        Ok((!written).then(|| Arc::new(Unwritten { n_rows: parameter.shape[0] }) as Arc<dyn InFile>))
    }

    fn memory(&mut self, part: &str, length: usize) -> Vec<f32> {
        if let Some(found) = self.again.iter().position(|(of, values)| *of == part && values.len() == length) {
            let (_, values) = self.again.swap_remove(found);
            return memory::handed_on(values);
        }
        let mut values = vec![0.0; length];
        // Few rows of the embedding are written, unless it is the unembedding, and each would clear a large page.
        if part != "embed.W_E" || self.tied {
            memory::prefer_large_pages(&mut values);
        }
        values
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

/// A matrix of zeros that was not asked for, and that gets no memory unless it is looked at.
struct Unwritten {
    n_rows: usize,
}

impl InFile for Unwritten {
    fn n_rows(&self) -> usize {
        self.n_rows
    }

    fn in_place(&self) -> Option<&[f32]> {
        None
    }

    fn read_rows(&self, _: usize, _: &mut [f32]) {}

    fn was_read(&self) {}
}
