//! Qwen 1.5, 2, 2.5 and 3 (Yang et al. 2024 and 2025).
//!
//! Llama with biases on queries, keys and values (up to 2.5), or with RMS norms on queries and keys instead (3).

use super::hf_config::HfConfig;
use super::parts::vector;
use super::rope::RopeFields;
use super::{Family, Place, llama, mistral};
use crate::architecture::config::{AttnType, HookedTransformerConfig};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const QWEN2: Family = Family {
    architectures: &["Qwen2ForCausalLM"],
    model_types: &["qwen2"],
    prefix: "model.",
    config: |hf| config(&hf.with_defaults(&[("num_key_value_heads", 32)]), "Qwen2ForCausalLM"),
    source: llama::source,
};

pub(super) const QWEN3: Family = Family {
    architectures: &["Qwen3ForCausalLM"],
    model_types: &["qwen3"],
    prefix: "model.",
    config: |hf| {
        let hf = hf.with_defaults(&[("num_key_value_heads", 32), ("head_dim", 128)]);
        Ok(HookedTransformerConfig { use_qk_norm: true, ..config(&hf, "Qwen3ForCausalLM")? })
    },
    source: source_with_qk_norm,
};

fn config(hf: &HfConfig, architecture: &str) -> Result<HookedTransformerConfig> {
    let hf = hf.with_defaults(&[("sliding_window", 4096)]);
    let cfg = hf.with_rotation(llama::gated(&hf, architecture, 1e-6, false)?, &RopeFields::USUAL)?;
    let window = if hf.flag_or("use_sliding_window", false)? { hf.opt_size("sliding_window")? } else { None };
    let first_local = hf.size_or("max_window_layers", 28)?;
    let local_from = |layer| if layer >= first_local { AttnType::Local } else { AttnType::Global };
    let attn_types = hf.attn_types(cfg.n_layers, local_from)?;
    Ok(mistral::windowed(cfg, window, attn_types))
}

/// Llama's table, and the norms of queries and keys.
pub(super) fn source_with_qk_norm(cfg: &HookedTransformerConfig, place: Place<'_>) -> Option<Source> {
    let attention = format!("model.layers.{}.self_attn", place.layer);
    match place.part {
        "attn.q_norm.w" => Some(vector(format!("{attention}.q_norm.weight"), cfg.d_head)),
        "attn.k_norm.w" => Some(vector(format!("{attention}.k_norm.weight"), cfg.d_head)),
        _ => llama::source(cfg, place),
    }
}
