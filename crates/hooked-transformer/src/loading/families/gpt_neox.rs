//! GPT-NeoX (Black et al. 2022), Pythia, and the first StableLM.
//!
//! Attention and MLP both read `resid_pre`, each through a norm of its own. Queries, keys and values of one head lie
//! side by side. Only the first quarter of a head is rotated.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, fused_by_head, linear, norm, out_of_heads, vector};
use super::rope::RopeFields;
use super::{Family, Place};
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["GPTNeoXForCausalLM"], model_types: &["gpt_neox"], prefix: "gpt_neox.", config, source };

const ROPE: RopeFields = RopeFields {
    theta: &["rotary_emb_base", "rope_theta"],
    partial: &["rotary_pct", "partial_rotary_factor"],
    default_partial: 0.25,
    ..RopeFields::USUAL
};

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let cfg = hf.base(Sizes::USUAL, "GPTNeoXForCausalLM", false)?;
    let cfg = hf.with_rotation(cfg, &ROPE)?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size("intermediate_size")?),
        act_fn: Some(hf.activation("hidden_act", "gelu")?),
        eps: hf.number_or("layer_norm_eps", 1e-5)?,
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        parallel_attn_mlp: hf.flag_or("use_parallel_residual", true)?,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("gpt_neox.layers.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("gpt_neox.embed_in.weight", &[cfg.d_vocab, cfg.d_model]),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.input_layernorm"), part),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.post_attention_layernorm"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "gpt_neox.final_layer_norm", part),
        "unembed.W_U" => linear("embed_out.weight".into(), cfg.d_model, cfg.d_vocab),
        "attn.W_O" => out_of_heads(format!("{block}.attention.dense.weight"), cfg),
        "attn.b_O" => vector(format!("{block}.attention.dense.bias"), cfg.d_model),
        _ => {
            return fused_by_head(cfg, &format!("{block}.attention.query_key_value"), part)
                .or_else(|| Mlp::plain("dense_h_to_4h", "dense_4h_to_h").source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
