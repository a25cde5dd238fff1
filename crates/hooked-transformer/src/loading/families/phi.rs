//! Phi-1, 1.5 and 2 (Gunasekar et al. 2023).
//!
//! Attention and MLP read the same normalized stream, as in GPT-J; half of each head or less is rotated; every matrix
//! has a bias, the unembedding too.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, Projections, linear, norm, vector};
use super::rope::RopeFields;
use super::{Family, Place};
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["PhiForCausalLM"], model_types: &["phi"], prefix: "model.", config, source };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    hf.must_be("qk_layernorm", false, false, "queries and keys have no LayerNorm here")?;
    let cfg = hf.base(Sizes::USUAL, "PhiForCausalLM", false)?;
    let cfg = hf.with_rotation(cfg, &RopeFields { default_partial: 0.5, ..RopeFields::USUAL })?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size("intermediate_size")?),
        act_fn: Some(hf.activation("hidden_act", "gelu_new")?),
        eps: hf.number_or("layer_norm_eps", 1e-5)?,
        n_key_value_heads: hf.opt_size("num_key_value_heads")?.filter(|&n| n != cfg.n_heads),
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        parallel_attn_mlp: true,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("model.layers.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("model.embed_tokens.weight", &[cfg.d_vocab, cfg.d_model]),
        "ln1.w" | "ln1.b" | "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.input_layernorm"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "model.final_layernorm", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        "unembed.b_U" => vector("lm_head.bias".into(), cfg.d_vocab),
        _ => {
            let attention = Projections { o: "dense", ..Projections::USUAL };
            return attention
                .source(cfg, &format!("{block}.self_attn"), part)
                .or_else(|| Mlp::plain("fc1", "fc2").source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
