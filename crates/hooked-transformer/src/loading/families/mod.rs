//! Architecture families: from Hugging Face's configuration and tensor names to ours. One file per family.
//!
//! A [`Family`] is two tables. One turns `config.json` into a [`HookedTransformerConfig`]; the other says for each
//! parameter of that configuration which tensor of the file holds it, and how it lies there. To add a family, write its
//! file, add it to [`ALL`], and give `reference_data/oracle/families.py` a tiny model of it.
//!
//! Every field that changes numbers is read, or refused by name where it asks for something that is not here. Mixtures of
//! experts and encoders are not here at all.
//!
//! Sources: Hugging Face `transformers` 4.57 and 5.24 for what the fields mean and how the tensors are used;
//! TransformerLens 2.18 for the layout that they become.

mod bloom;
mod gemma;
mod gpt2;
mod gpt_neo;
mod gpt_neox;
mod gptj;
pub(crate) mod hf_config;
mod llama;
mod mistral;
pub(crate) mod neel;
mod opt;
mod parts;
mod phi;
mod phi3;
mod qwen;
mod rope;
mod stablelm;

use std::path::Path;

use serde_json::{Map, Value};

use self::hf_config::HfConfig;
use crate::architecture::config::HookedTransformerConfig;
use crate::error::{Error, Result};
use crate::loading::source::Source;
use crate::nearest::nearest;

/// One architecture, or several that share their tables.
pub(crate) struct Family {
    /// The class names under `architectures`.
    pub architectures: &'static [&'static str],
    /// What `model_type` says, for files that name no class.
    pub model_types: &'static [&'static str],
    /// What tensor names begin with, and lack in files saved from the model without its head.
    pub prefix: &'static str,
    pub config: fn(&HfConfig) -> Result<HookedTransformerConfig>,
    /// Where a parameter comes from; `None` if the family has none, so that it is zero (or one, for a gain).
    pub source: fn(&HookedTransformerConfig, Place<'_>) -> Option<Source>,
}

/// Which parameter is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The layer, inside a block; 0 elsewhere.
    pub layer: usize,
    /// The name after `blocks.N.`, or the whole name.
    pub part: &'a str,
}

impl<'a> Place<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        let inside = name.strip_prefix("blocks.").and_then(|rest| {
            let (layer, part) = rest.split_once('.')?;
            Some(Place { layer: layer.parse().ok()?, part })
        });
        inside.unwrap_or(Place { layer: 0, part: name })
    }
}

/// Every family whose checkpoints come in Hugging Face's layout.
pub(crate) const ALL: [&Family; 16] = [
    &gpt2::FAMILY,
    &gpt_neo::FAMILY,
    &gptj::FAMILY,
    &gpt_neox::FAMILY,
    &opt::FAMILY,
    &bloom::FAMILY,
    &llama::FAMILY,
    &mistral::FAMILY,
    &qwen::QWEN2,
    &qwen::QWEN3,
    &gemma::GEMMA1,
    &gemma::GEMMA2,
    &gemma::GEMMA3,
    &phi::FAMILY,
    &phi3::FAMILY,
    &stablelm::FAMILY,
];

/// Tensors that files carry along and that hold no weights: masks, rotation tables, and the head of a tied model.
pub(crate) fn is_superfluous(cfg: &HookedTransformerConfig, name: &str) -> bool {
    const SUFFIXES: [&str; 8] = [
        ".attn.bias",
        ".attn.masked_bias",
        ".attention.bias",
        ".attention.masked_bias",
        "rotary_emb.inv_freq",
        ".embed_positions",
        ".embedding_fused",
        ".position_ids",
    ];
    const TOWERS: [&str; 3] = ["vision_tower.", "multi_modal_projector.", "model.vision_tower."];
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || TOWERS.iter().any(|tower| name.starts_with(tower) || name.contains("multi_modal_projector."))
        || cfg.tie_word_embeddings && matches!(name, "lm_head.weight" | "embed_out.weight")
}

/// The family of a `config.json`, by `architectures` or else by `model_type`.
///
/// # Errors
/// [`Error::Unsupported`] for any other, with the nearest that is known.
pub(crate) fn detect(path: &Path, fields: &Map<String, Value>) -> Result<&'static Family> {
    let class = fields.get("architectures").and_then(|list| list.get(0)).and_then(Value::as_str);
    let model_type = fields.get("model_type").and_then(Value::as_str);
    let by_class = ALL.iter().find(|family| class.is_some_and(|class| family.architectures.contains(&class)));
    let by_type = || ALL.iter().find(|family| model_type.is_some_and(|name| family.model_types.contains(&name)));
    // A class that is named and unknown is refused even where the type is known: it may be another head, or an encoder.
    let found = if class.is_some() { by_class } else { by_type() };
    found.copied().ok_or_else(|| {
        let name = class.or(model_type).unwrap_or_default();
        let known = ALL.iter().flat_map(|family| family.architectures.iter().copied());
        let hint = if name.contains("Moe") || name.contains("Mixtral") {
            "mixtures of experts are not supported".to_string()
        } else {
            format!("the nearest that are supported: {}", nearest(name, known, 3).join(", "))
        };
        Error::Unsupported { path: path.to_path_buf(), what: format!("the architecture `{name}`; {hint}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_class_or_type_belongs_to_two_families() {
        for list in [|family: &Family| family.architectures, |family: &Family| family.model_types] {
            let mut names: Vec<_> = ALL.iter().flat_map(|family| list(family)).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }

    #[test]
    fn a_parameter_is_placed_by_its_name() {
        let place = Place::of("blocks.12.attn.W_Q");
        assert_eq!((place.layer, place.part), (12, "attn.W_Q"));
        let place = Place::of("ln_final.w");
        assert_eq!((place.layer, place.part), (0, "ln_final.w"));
    }
}
