//! Mistral (Jiang et al. 2023): Llama with a window. Version 0.2 and later have none.

use super::hf_config::HfConfig;
use super::rope::RopeFields;
use super::{Family, llama};
use crate::architecture::config::{AttnType, HookedTransformerConfig};
use crate::error::Result;

pub(super) const FAMILY: Family = Family {
    architectures: &["MistralForCausalLM"],
    model_types: &["mistral"],
    prefix: "model.",
    config,
    source: llama::source,
};

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = hf.with_defaults(&[("num_key_value_heads", 8), ("sliding_window", 4096)]);
    let cfg = hf.with_rotation(llama::gated(&hf, "MistralForCausalLM", 1e-6, false)?, &RopeFields::USUAL)?;
    windowed_everywhere(&hf, cfg)
}

/// The same model with a window in every layer, if there is a window. `transformers` reads no `layer_types` here.
pub(super) fn windowed_everywhere(hf: &HfConfig, cfg: HookedTransformerConfig) -> Result<HookedTransformerConfig> {
    let window = hf.opt_size("sliding_window")?;
    let attn_types = hf.attn_types(cfg.n_layers, |_| AttnType::Local)?;
    if window.is_some() && attn_types.contains(&AttnType::Global) {
        return Err(
            hf.unsupported("`layer_types` with full attention beside a `sliding_window`, which is for all layers")
        );
    }
    Ok(windowed(cfg, window, attn_types))
}

/// The same model whose local layers have a window, if there is one.
pub(super) fn windowed(
    cfg: HookedTransformerConfig,
    window: Option<usize>,
    attn_types: Vec<AttnType>,
) -> HookedTransformerConfig {
    match window {
        Some(_) if attn_types.contains(&AttnType::Local) => {
            HookedTransformerConfig { use_local_attn: true, window_size: window, attn_types: Some(attn_types), ..cfg }
        }
        _ => cfg,
    }
}
