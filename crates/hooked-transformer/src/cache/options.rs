//! What is asked of the methods that decompose the residual stream: which layer, which positions, which parts.

use std::ops::Range;

use super::slice::{Cuts, PosSlice};
use crate::error::{Error, Result};

/// Which parts of the layers [`decompose_resid`](super::ActivationCache::decompose_resid) returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StackMode {
    /// Attention and MLPs.
    #[default]
    All,
    /// Attention only.
    Attn,
    /// MLPs only.
    Mlp,
}

/// What is asked of a method that stacks components. Each method says which options it knows, and refuses others.
///
/// ```
/// use hooked_transformer::StackOptions;
/// let options = StackOptions::new().layer(1).apply_ln(true).pos_slice(-1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StackOptions {
    pub(super) layer: Option<usize>,
    pub(super) mlp_input: bool,
    pub(super) mode: StackMode,
    pub(super) apply_ln: bool,
    pub(super) pos_slice: Option<PosSlice>,
    pub(super) batch_slice: Option<PosSlice>,
    pub(super) incl_embeds: bool,
    pub(super) incl_mid: bool,
    pub(super) incl_remainder: bool,
    pub(super) expand_neurons: bool,
    pub(super) neurons: Option<Range<usize>>,
    pub(super) recompute_ln: bool,
}

impl Default for StackOptions {
    fn default() -> Self {
        StackOptions::new()
    }
}

impl StackOptions {
    /// The whole stream at the end of the model, at all positions, as it is.
    pub fn new() -> Self {
        StackOptions {
            layer: None,
            mlp_input: false,
            mode: StackMode::All,
            apply_ln: false,
            pos_slice: None,
            batch_slice: None,
            incl_embeds: true,
            incl_mid: false,
            incl_remainder: false,
            expand_neurons: true,
            neurons: None,
            recompute_ln: false,
        }
    }

    /// What enters this layer, instead of what enters the unembedding (which is layer `n_layers`).
    pub fn layer(mut self, layer: usize) -> Self {
        self.layer = Some(layer);
        self
    }

    /// What enters the MLP of the layer, instead of its attention.
    pub fn mlp_input(mut self, yes: bool) -> Self {
        self.mlp_input = yes;
        self
    }

    /// Only attention, or only MLPs.
    pub fn mode(mut self, mode: StackMode) -> Self {
        self.mode = mode;
        self
    }

    /// Whether the components go through the norm that the layer reads the stream through; see
    /// [`apply_ln_to_stack`](super::ActivationCache::apply_ln_to_stack).
    pub fn apply_ln(mut self, yes: bool) -> Self {
        self.apply_ln = yes;
        self
    }

    /// Only these positions. A single one keeps its axis, with length 1.
    pub fn pos_slice(mut self, pos_slice: impl Into<PosSlice>) -> Self {
        self.pos_slice = Some(pos_slice.into());
        self
    }

    /// Only these rows of the batch. A single one keeps its axis, with length 1.
    pub fn batch_slice(mut self, rows: impl Into<PosSlice>) -> Self {
        self.batch_slice = Some(rows.into());
        self
    }

    /// Whether the embeddings are among the components (they are unless told otherwise).
    pub fn incl_embeds(mut self, yes: bool) -> Self {
        self.incl_embeds = yes;
        self
    }

    /// Whether the stream between attention and MLP is returned, too.
    pub fn incl_mid(mut self, yes: bool) -> Self {
        self.incl_mid = yes;
        self
    }

    /// Whether one more component, `remainder`, holds what the others leave of the stream.
    pub fn incl_remainder(mut self, yes: bool) -> Self {
        self.incl_remainder = yes;
        self
    }

    /// Whether MLPs are taken apart into neurons (they are unless told otherwise).
    pub fn expand_neurons(mut self, yes: bool) -> Self {
        self.expand_neurons = yes;
        self
    }

    /// Only these neurons of each layer.
    pub fn neurons(mut self, range: Range<usize>) -> Self {
        self.neurons = Some(range);
        self
    }

    /// Whether each component is normalized by its own mean and scale, gain and bias included, instead of the stream's.
    pub fn recompute_ln(mut self, yes: bool) -> Self {
        self.recompute_ln = yes;
        self
    }

    /// What activations are cut to.
    pub(super) fn cuts(&self) -> Cuts {
        Cuts { pos_slice: self.pos_slice.clone(), batch_slice: self.batch_slice.clone() }
    }

    /// # Errors
    /// An option is set that the method does not know: it would silently do nothing.
    pub(super) fn check(&self, method: &'static str, known: &[&'static str]) -> Result<()> {
        let new = StackOptions::new();
        let set = [
            ("layer", self.layer != new.layer),
            ("mlp_input", self.mlp_input != new.mlp_input),
            ("mode", self.mode != new.mode),
            ("apply_ln", self.apply_ln != new.apply_ln),
            ("pos_slice", self.pos_slice != new.pos_slice),
            ("batch_slice", self.batch_slice != new.batch_slice),
            ("incl_embeds", self.incl_embeds != new.incl_embeds),
            ("incl_mid", self.incl_mid != new.incl_mid),
            ("incl_remainder", self.incl_remainder != new.incl_remainder),
            ("expand_neurons", self.expand_neurons != new.expand_neurons),
            ("neurons", self.neurons != new.neurons),
            ("recompute_ln", self.recompute_ln != new.recompute_ln),
        ];
        match set.into_iter().find(|(name, set)| *set && !known.contains(name)) {
            Some((name, _)) => Err(Error::Argument {
                name,
                problem: format!("`{method}` has no such option; it knows {}", known.join(", ")),
            }),
            None => Ok(()),
        }
    }
}
