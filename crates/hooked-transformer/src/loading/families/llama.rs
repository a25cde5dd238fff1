//! Llama 1 to 3 (Touvron et al. 2023), Code Llama, Yi, and many more of this architecture.
//!
//! RMS norms, rotary positions, a gated MLP, and from Llama 2's largest on keys and values shared by several heads. The
//! tensor names are those of Mistral, Qwen and Gemma, too, so their tables begin with [`source`].

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, Projections, linear, norm};
use super::rope::RopeFields;
use super::{Family, Place};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType, PositionalEmbeddingType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family = Family {
    architectures: &["LlamaForCausalLM", "LLaMAForCausalLM"],
    model_types: &["llama"],
    prefix: "model.",
    config,
    source,
};

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    hf.with_rotation(gated(hf, "LlamaForCausalLM", 1e-6, false)?, &RopeFields::USUAL)
}

/// What Llama and its descendants share, without the rotation.
pub(super) fn gated(hf: &HfConfig, architecture: &str, eps: f32, tied: bool) -> Result<HookedTransformerConfig> {
    hf.must_be("mlp_bias", false, false, "a gated MLP has no place for a bias before its product")?;
    let cfg = hf.base(Sizes::USUAL, architecture, tied)?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size("intermediate_size")?),
        act_fn: Some(hf.activation("hidden_act", "silu")?),
        gated_mlp: true,
        normalization_type: Some(NormalizationType::RMS),
        eps: hf.number_or("rms_norm_eps", eps)?,
        n_key_value_heads: hf.opt_size("num_key_value_heads")?.filter(|&n| n != cfg.n_heads),
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        ..cfg
    })
}

pub(super) fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("model.layers.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("model.embed_tokens.weight", &[cfg.d_vocab, cfg.d_model]),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.input_layernorm"), part),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.post_attention_layernorm"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "model.norm", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        _ => {
            return Projections::USUAL
                .source(cfg, &format!("{block}.self_attn"), part)
                .or_else(|| Mlp::GATED.source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
