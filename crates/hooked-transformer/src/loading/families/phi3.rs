//! Phi-3 and Phi-4 (Abdin et al. 2024): Llama with its projections fused, and a window.

use super::hf_config::HfConfig;
use super::parts::out_of_heads;
use super::rope::RopeFields;
use super::{Family, Place, llama, mistral};
use crate::architecture::config::HookedTransformerConfig;
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["Phi3ForCausalLM"], model_types: &["phi3"], prefix: "model.", config, source };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let cfg = hf.with_rotation(llama::gated(hf, "Phi3ForCausalLM", 1e-5, false)?, &RopeFields::USUAL)?;
    mistral::windowed_everywhere(hf, cfg)
}

fn source(cfg: &HookedTransformerConfig, place: Place<'_>) -> Option<Source> {
    let (d_model, d_head, d_mlp) = (cfg.d_model, cfg.d_head, cfg.d_mlp());
    let (n_heads, n_kv) = (cfg.n_heads, cfg.n_key_value_heads());
    let block = format!("model.layers.{}", place.layer);
    // Rows of one matrix: all queries, then all keys, then all values.
    let heads = |first: usize, n: usize| {
        let fused =
            Source::new(format!("{block}.self_attn.qkv_proj.weight"), &[(n_heads + 2 * n_kv) * d_head, d_model]);
        fused.range(0, first * d_head, n * d_head).split(0, &[n, d_head]).permute(&[0, 2, 1])
    };
    let half = |which: usize| {
        let fused = Source::new(format!("{block}.mlp.gate_up_proj.weight"), &[2 * d_mlp, d_model]);
        fused.range(0, which * d_mlp, d_mlp).transposed()
    };
    Some(match place.part {
        "attn.W_Q" => heads(0, n_heads),
        "attn.W_K" => heads(n_heads, n_kv),
        "attn.W_V" => heads(n_heads + n_kv, n_kv),
        "attn.W_O" => out_of_heads(format!("{block}.self_attn.o_proj.weight"), cfg),
        "mlp.W_gate" => half(0),
        "mlp.W_in" => half(1),
        _ => return llama::source(cfg, place),
    })
}
