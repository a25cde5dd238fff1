//! GPT-J (Wang and Komatsuzaki 2021).
//!
//! Attention and MLP read the same normalized stream: one norm in the file is both `ln1` and `ln2` here. Neighboring
//! dimensions are rotated together, and the unembedding has a bias.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, Projections, linear, norm, vector};
use super::{Family, Place};
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["GPTJForCausalLM"], model_types: &["gptj"], prefix: "transformer.", config, source };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = hf.with_aliases(&Sizes::GPT2_ALIASES).with_defaults(&[("rotary_dim", 64)]);
    let cfg = hf.base(Sizes::GPT2, "GPTJForCausalLM", false)?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size_or("n_inner", 4 * cfg.d_model)?),
        act_fn: Some(hf.activation("activation_function", "gelu_new")?),
        eps: hf.number_or("layer_norm_epsilon", 1e-5)?,
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        rotary_dim: hf.opt_size("rotary_dim")?,
        rotary_adjacent_pairs: true,
        parallel_attn_mlp: true,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("transformer.h.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("transformer.wte.weight", &[cfg.d_vocab, cfg.d_model]),
        "ln1.w" | "ln1.b" | "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.ln_1"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "transformer.ln_f", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        "unembed.b_U" => vector("lm_head.bias".into(), cfg.d_vocab),
        "attn.b_Q" | "attn.b_K" | "attn.b_V" | "attn.b_O" => return None,
        _ => {
            let attention = Projections { o: "out_proj", ..Projections::USUAL };
            return attention
                .source(cfg, &format!("{block}.attn"), part)
                .or_else(|| Mlp::plain("fc_in", "fc_out").source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
