//! OPT (Zhang et al. 2022).
//!
//! The table of positions begins with two rows that are never used. `opt-350m`, which normalizes after each layer and
//! whose embedding is narrower than its stream, is another architecture under the same name; it is refused.

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, Projections, linear, norm};
use super::{Family, Place};
use crate::architecture::config::HookedTransformerConfig;
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["OPTForCausalLM"], model_types: &["opt"], prefix: "model.", config, source };

/// Rows before that of position 0.
const OFFSET: usize = 2;

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    hf.must_be("do_layer_norm_before", true, true, "norms stand before the layers here")?;
    hf.must_be("_remove_final_layer_norm", false, false, "there is a final norm here")?;
    let cfg = hf.base(Sizes::USUAL, "OPTForCausalLM", true)?;
    let d_embed = hf.size_or("word_embed_proj_dim", cfg.d_model)?;
    if d_embed != cfg.d_model {
        return Err(hf.unsupported(format!("an embedding of {d_embed} dimensions in a stream of {}", cfg.d_model)));
    }
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size("ffn_dim")?),
        act_fn: Some(hf.activation("activation_function", "relu")?),
        ..cfg
    })
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("model.decoder.layers.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("model.decoder.embed_tokens.weight", &[cfg.d_vocab, cfg.d_model]),
        "pos_embed.W_pos" => Source::new("model.decoder.embed_positions.weight", &[cfg.n_ctx + OFFSET, cfg.d_model])
            .range(0, OFFSET, cfg.n_ctx),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.self_attn_layer_norm"), part),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.final_layer_norm"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "model.decoder.final_layer_norm", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        _ => {
            let attention = Projections { o: "out_proj", ..Projections::USUAL };
            return attention
                .source(cfg, &format!("{block}.self_attn"), part)
                .or_else(|| Mlp::plain("fc1", "fc2").source(cfg, &block, part));
        }
    })
}
