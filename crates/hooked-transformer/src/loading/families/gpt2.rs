//! GPT-2 (Radford et al. 2019), DistilGPT-2, and models of their architecture.
//!
//! Matrices are stored `[in, out]` ("Conv1D"), with queries, keys and values side by side in one of them.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{norm, vector};
use super::{Family, Place};
use crate::architecture::config::HookedTransformerConfig;
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["GPT2LMHeadModel"], model_types: &["gpt2"], prefix: "transformer.", config, source };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = hf.with_aliases(&Sizes::GPT2_ALIASES);
    hf.must_be("add_cross_attention", false, false, "there is no encoder to attend to")?;
    let cfg = hf.base(Sizes::GPT2, "GPT2LMHeadModel", true)?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size_or("n_inner", 4 * cfg.d_model)?),
        act_fn: Some(hf.activation("activation_function", "gelu_new")?),
        eps: hf.number_or("layer_norm_epsilon", 1e-5)?,
        use_attn_scale: hf.flag_or("scale_attn_weights", true)?,
        scale_attn_by_inverse_layer_idx: hf.flag_or("scale_attn_by_inverse_layer_idx", false)?,
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let (d_model, d_head, n_heads) = (cfg.d_model, cfg.d_head, cfg.n_heads);
    let block = format!("transformer.h.{layer}");
    let qkv = |which: usize| {
        let weight = Source::new(format!("{block}.attn.c_attn.weight"), &[d_model, 3 * d_model]);
        weight.range(1, which * d_model, d_model).split(1, &[n_heads, d_head]).permute(&[1, 0, 2])
    };
    let qkv_bias = |which: usize| {
        let bias = Source::new(format!("{block}.attn.c_attn.bias"), &[3 * d_model]);
        bias.range(0, which * d_model, d_model).split(0, &[n_heads, d_head])
    };
    Some(match part {
        "embed.W_E" => Source::new("transformer.wte.weight", &[cfg.d_vocab, d_model]),
        "pos_embed.W_pos" => Source::new("transformer.wpe.weight", &[cfg.n_ctx, d_model]),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.ln_1"), part),
        "attn.W_Q" => qkv(0),
        "attn.W_K" => qkv(1),
        "attn.W_V" => qkv(2),
        "attn.b_Q" => qkv_bias(0),
        "attn.b_K" => qkv_bias(1),
        "attn.b_V" => qkv_bias(2),
        "attn.W_O" => {
            Source::new(format!("{block}.attn.c_proj.weight"), &[d_model, d_model]).split(0, &[n_heads, d_head])
        }
        "attn.b_O" => vector(format!("{block}.attn.c_proj.bias"), d_model),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.ln_2"), part),
        "mlp.W_in" => Source::new(format!("{block}.mlp.c_fc.weight"), &[d_model, cfg.d_mlp()]),
        "mlp.b_in" => vector(format!("{block}.mlp.c_fc.bias"), cfg.d_mlp()),
        "mlp.W_out" => Source::new(format!("{block}.mlp.c_proj.weight"), &[cfg.d_mlp(), d_model]),
        "mlp.b_out" => vector(format!("{block}.mlp.c_proj.bias"), d_model),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "transformer.ln_f", part),
        "unembed.W_U" => Source::new("lm_head.weight", &[cfg.d_vocab, d_model]).transposed(),
        _ => return None,
    })
}
