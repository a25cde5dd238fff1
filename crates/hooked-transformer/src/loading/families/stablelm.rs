//! StableLM 2 and StableLM-3B-4E1T (Bellagamba et al. 2024): Llama with LayerNorms, a quarter of each head rotated. (The
//! first StableLM models, "alpha", are GPT-NeoX.)

use super::hf_config::HfConfig;
use super::rope::RopeFields;
use super::{Family, Place, llama};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family = Family {
    architectures: &["StableLmForCausalLM", "StableLMEpochForCausalLM"],
    model_types: &["stablelm", "stablelm_epoch"],
    prefix: "model.",
    config,
    source,
};

const ROPE: RopeFields =
    RopeFields { partial: &["partial_rotary_factor", "rope_pct"], default_partial: 0.25, ..RopeFields::USUAL };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    hf.must_be("qk_layernorm", false, false, "queries and keys have no LayerNorm here")?;
    let hf = hf.with_defaults(&[("num_key_value_heads", 32)]);
    let cfg = hf.with_rotation(llama::gated(&hf, "StableLmForCausalLM", 1e-5, false)?, &ROPE)?;
    Ok(HookedTransformerConfig {
        normalization_type: Some(NormalizationType::LN),
        eps: hf.number_or("layer_norm_eps", hf.number_or("norm_eps", 1e-5)?)?,
        parallel_attn_mlp: hf.flag_or("use_parallel_residual", false)?,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, place: Place<'_>) -> Option<Source> {
    // In the parallel form one norm serves both.
    match place.part {
        "ln2.w" if cfg.parallel_attn_mlp => llama::source(cfg, Place { part: "ln1.w", ..place }),
        "ln2.b" if cfg.parallel_attn_mlp => llama::source(cfg, Place { part: "ln1.b", ..place }),
        _ => llama::source(cfg, place),
    }
}
