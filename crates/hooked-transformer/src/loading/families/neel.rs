//! Models that were trained in TransformerLens's own layout: the toy models that Neel Nanda published (attention only,
//! GELU and SoLU, 1 to 12 layers), Redwood's two-layer model, and the notebook's `attn_only_2L_half`.
//!
//! Tensor names and shapes need no conversion. The configuration is an object of classic field names with some training
//! flags among them; the notebook's model has none, and its configuration is written here.

use serde_json::{Map, Value};

use super::hf_config::{HfConfig, Sizes};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType, PositionalEmbeddingType};
use crate::error::Result;

/// Whether a `config.json` is of this kind: classic names for the sizes, and training flags that a configuration saved
/// by this crate does not have.
pub(crate) fn is_toy_config(fields: &Map<String, Value>) -> bool {
    let sizes = ["n_layers", "d_model", "n_ctx", "d_head", "d_vocab", "act_fn"];
    let training =
        ["normalization", "shortformer_pos", "lr", "batch_size", "max_tokens", "use_pos_resid", "architecture"];
    sizes.iter().all(|field| fields.contains_key(*field)) && training.iter().any(|field| fields.contains_key(*field))
}

/// The configuration of a published toy model.
///
/// # Errors
/// A size is missing, or a field says what this crate does not know.
pub(crate) fn config(hf: &HfConfig) -> Result<HookedTransformerConfig> {
    const SIZES: Sizes = Sizes { n_layers: "n_layers", d_model: "d_model", n_heads: "n_heads", n_ctx: "n_ctx" };
    let hf = hf.renamed("d_vocab", "vocab_size").renamed("d_head", "head_dim");
    let attn_only = hf.flag_or("attn_only", false)?;
    let shortformer = hf.flag_or("shortformer_pos", false)?;
    let normalization = match hf.text("normalization").or(hf.text("normalization_type")) {
        Some("LN") => Some(NormalizationType::LN),
        Some("LNPre") => Some(NormalizationType::LNPre),
        Some("RMS") => Some(NormalizationType::RMS),
        Some("RMSPre") => Some(NormalizationType::RMSPre),
        Some("none" | "None") | None => None,
        Some(other) => {
            return Err(hf.wrong("normalization", format!("expected LN, LNPre, RMS or RMSPre, got `{other}`")));
        }
    };
    let act_fn = match hf.text("act_fn") {
        _ if attn_only => None,
        Some(name) => Some(serde_json::from_value(name.into()).map_err(|e| hf.wrong("act_fn", e))?),
        None => return Err(hf.wrong("act_fn", "it is missing")),
    };
    let cfg = hf.base(SIZES, "neel", false)?;
    Ok(HookedTransformerConfig {
        d_mlp: if attn_only { None } else { hf.opt_size("d_mlp")? },
        act_fn,
        attn_only,
        normalization_type: normalization,
        final_rms: hf.flag_or("final_rms", false)?,
        positional_embedding_type: match shortformer {
            true => PositionalEmbeddingType::Shortformer,
            false => PositionalEmbeddingType::Standard,
        },
        eps: hf.number_or("eps", hf.number_or("ln_eps", 1e-5)?)?,
        tokenizer_name: hf.text("tokenizer_name").map(str::to_string),
        ..cfg
    })
}

/// The two-layer model of the notebook: attention only, shortformer positions, no LayerNorm.
#[cfg(feature = "files")]
pub(crate) fn attn_only_2l_half() -> HookedTransformerConfig {
    HookedTransformerConfig {
        attn_only: true,
        act_fn: None,
        normalization_type: None,
        positional_embedding_type: PositionalEmbeddingType::Shortformer,
        seed: Some(398),
        model_name: "attn_only_2L_half".to_string(),
        tokenizer_name: Some("EleutherAI/gpt-neox-20b".to_string()),
        ..HookedTransformerConfig::new(2, 768, 64, 2048, 50278)
    }
}
