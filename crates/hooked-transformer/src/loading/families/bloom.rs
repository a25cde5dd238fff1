//! BLOOM (BigScience 2022).
//!
//! Token embeddings pass a LayerNorm, and positions are ALiBi's.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, fused_by_head, linear, norm, out_of_heads, vector};
use super::{Family, Place};
use crate::architecture::config::{ActivationFunction, HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["BloomForCausalLM"], model_types: &["bloom"], prefix: "transformer.", config, source };

/// No length is written down: ALiBi has none. The models were trained with this one.
const N_CTX: usize = 2048;

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    hf.must_be("apply_residual_connection_post_layernorm", false, false, "the stream itself is carried on here")?;
    const SIZES: Sizes = Sizes { n_layers: "n_layer", d_model: "hidden_size", n_heads: "n_head", n_ctx: "seq_length" };
    let aliases = [("num_hidden_layers", "n_layer"), ("n_embed", "hidden_size"), ("num_attention_heads", "n_head")];
    let hf = hf.with_aliases(&aliases).with_defaults(&[("seq_length", N_CTX)]);
    let cfg = hf.base(SIZES, "BloomForCausalLM", true)?;
    if !cfg.n_heads.is_power_of_two() {
        return Err(hf.unsupported(format!("{} heads: ALiBi's slopes here are those of a power of two", cfg.n_heads)));
    }
    Ok(HookedTransformerConfig {
        act_fn: Some(ActivationFunction::GeluNew),
        eps: hf.number_or("layer_norm_epsilon", 1e-5)?,
        positional_embedding_type: PositionalEmbeddingType::Alibi,
        post_embedding_ln: true,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("transformer.h.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("transformer.word_embeddings.weight", &[cfg.d_vocab, cfg.d_model]),
        "embed.ln.w" | "embed.ln.b" => return norm(cfg, "transformer.word_embeddings_layernorm", part),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.input_layernorm"), part),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.post_attention_layernorm"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "transformer.ln_f", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        "attn.W_O" => out_of_heads(format!("{block}.self_attention.dense.weight"), cfg),
        "attn.b_O" => vector(format!("{block}.self_attention.dense.bias"), cfg.d_model),
        _ => {
            return fused_by_head(cfg, &format!("{block}.self_attention.query_key_value"), part)
                .or_else(|| Mlp::plain("dense_h_to_4h", "dense_4h_to_h").source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
