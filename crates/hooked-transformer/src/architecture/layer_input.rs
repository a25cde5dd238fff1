//! What the input of a layer, or of its MLP, holds: whether there is such an input, and what was written before it.

use ndarray::{Array1, Axis, s};

use super::config::HookedTransformerConfig;
use super::weights::Weights;
use crate::error::{Error, Result};

pub(crate) fn head_labels(cfg: &HookedTransformerConfig, layers: std::ops::Range<usize>) -> Vec<String> {
    layers.flat_map(|layer| (0..cfg.n_heads).map(move |head| format!("L{layer}H{head}"))).collect()
}

/// # Errors
/// There is no such layer, or it has no MLP although its MLP's input was asked for.
pub(crate) fn check_layer(cfg: &HookedTransformerConfig, layer: usize, mlp_input: bool) -> Result<()> {
    let wrong = |name, problem| Err(Error::Argument { name, problem });
    if layer > cfg.n_layers {
        return wrong("layer", format!("expected 0 to n_layers = {}, got {layer}", cfg.n_layers));
    }
    if mlp_input && layer == cfg.n_layers {
        return wrong("mlp_input", format!("after the last of {layer} layers comes the unembedding, and no MLP"));
    }
    if mlp_input && cfg.attn_only {
        return wrong("mlp_input", "the layers of an attention-only model have no MLP".to_string());
    }
    Ok(())
}

/// Whether the input of a layer's MLP, if it is that which is wanted, holds what its attention wrote. In a parallel
/// model it does not.
pub(crate) fn reads_attn_out(cfg: &HookedTransformerConfig, mlp_input: bool) -> bool {
    mlp_input && !cfg.parallel_attn_mlp
}

/// See [`HookedTransformer::accumulated_bias`].
pub(crate) fn accumulated_bias(weights: &Weights, layer: usize, attn_of_layer: bool, mlp: bool) -> Array1<f32> {
    let mut sum = weights.b_O.slice(s![..layer + usize::from(attn_of_layer), ..]).sum_axis(Axis(0));
    if let Some(weights) = weights.mlp.as_ref().filter(|_| mlp) {
        sum += &weights.b_out.slice(s![..layer, ..]).sum_axis(Axis(0));
    }
    sum
}
