//! GPT-Neo (Black et al. 2021), and the TinyStories models.
//!
//! Scores are not divided by anything, and every other layer looks back only 256 positions.

use serde_json::Value;

use super::hf_config::{HfConfig, Sizes};
use super::parts::{Mlp, Projections, linear, norm};
use super::{Family, Place};
use crate::architecture::config::{AttnType, HookedTransformerConfig};
use crate::error::Result;
use crate::loading::source::Source;

pub(super) const FAMILY: Family =
    Family { architectures: &["GPTNeoForCausalLM"], model_types: &["gpt_neo"], prefix: "transformer.", config, source };

const SIZES: Sizes = Sizes { n_layers: "num_layers", n_heads: "num_heads", ..Sizes::USUAL };

fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    let hf = &hf.with_aliases(&[("num_hidden_layers", "num_layers"), ("num_attention_heads", "num_heads")]);
    let cfg = hf.base(SIZES, "GPTNeoForCausalLM", true)?;
    Ok(HookedTransformerConfig {
        d_mlp: Some(hf.size_or("intermediate_size", 4 * cfg.d_model)?),
        act_fn: Some(hf.activation("activation_function", "gelu_new")?),
        eps: hf.number_or("layer_norm_epsilon", 1e-5)?,
        use_attn_scale: false,
        use_local_attn: true,
        window_size: Some(hf.size_or("window_size", 256)?),
        attn_types: Some(attn_types(hf, cfg.n_layers)?),
        ..cfg
    })
}

/// `attention_layers` names every layer's type; `attention_types` is the same in short, `[[["global", "local"], 6]]`.
fn attn_types(hf: &HfConfig, n_layers: usize) -> Result<Vec<AttnType>> {
    let kind = |name: &Value| match name.as_str() {
        Some("global") => Some(AttnType::Global),
        Some("local") => Some(AttnType::Local),
        _ => None,
    };
    let listed = |value: &Value| value.as_array()?.iter().map(kind).collect::<Option<Vec<_>>>();
    let types = match (hf.get("attention_layers"), hf.get("attention_types")) {
        (Some(layers), _) => listed(layers),
        (None, Some(groups)) => groups.as_array().and_then(|groups| repeated(groups, n_layers, listed)),
        (None, None) => {
            Some((0..n_layers).map(|layer| if layer % 2 == 0 { AttnType::Global } else { AttnType::Local }).collect())
        }
    };
    match types {
        Some(types) if types.len() == n_layers => Ok(types),
        _ => Err(hf.wrong("attention_types", format!("expected `global` or `local` for each of {n_layers} layers"))),
    }
}

fn repeated(
    groups: &[Value],
    n_layers: usize,
    listed: impl Fn(&Value) -> Option<Vec<AttnType>>,
) -> Option<Vec<AttnType>> {
    let mut types = Vec::new();
    for group in groups {
        let (pattern, times) = (listed(group.get(0)?)?, group.get(1)?.as_u64()?);
        let wanted = n_layers.saturating_sub(types.len());
        types.extend(pattern.iter().cycle().take(wanted.min(pattern.len().saturating_mul(times as usize))));
    }
    Some(types)
}

fn source(cfg: &HookedTransformerConfig, Place { layer, part }: Place<'_>) -> Option<Source> {
    let block = format!("transformer.h.{layer}");
    Some(match part {
        "embed.W_E" => Source::new("transformer.wte.weight", &[cfg.d_vocab, cfg.d_model]),
        "pos_embed.W_pos" => Source::new("transformer.wpe.weight", &[cfg.n_ctx, cfg.d_model]),
        "ln1.w" | "ln1.b" => return norm(cfg, &format!("{block}.ln_1"), part),
        "ln2.w" | "ln2.b" => return norm(cfg, &format!("{block}.ln_2"), part),
        "ln_final.w" | "ln_final.b" => return norm(cfg, "transformer.ln_f", part),
        "unembed.W_U" => linear("lm_head.weight".into(), cfg.d_model, cfg.d_vocab),
        // Queries, keys and values have no bias.
        "attn.b_Q" | "attn.b_K" | "attn.b_V" => return None,
        _ => {
            let attention = Projections { o: "out_proj", ..Projections::USUAL };
            return attention
                .source(cfg, &format!("{block}.attn.attention"), part)
                .or_else(|| Mlp::plain("c_fc", "c_proj").source(cfg, &format!("{block}.mlp"), part));
        }
    })
}
