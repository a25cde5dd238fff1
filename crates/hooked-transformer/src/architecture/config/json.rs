//! The JSON form of a configuration: a plain object of TransformerLens's field names, its defaults and its ways of saying
//! "not set".

use std::path::Path;

use serde_json::{Map, Value, json};

use super::HookedTransformerConfig;
use crate::error::{Error, Result};

/// Fields of the classic configuration that steer memory, devices or bookkeeping, which go without saying here, and
/// those of encoder models.
const NOT_NEEDED: [&str; 19] = [
    "use_attn_result",
    "use_split_qkv_input",
    "use_attn_in",
    "use_hook_mlp_in",
    "use_hook_tokens",
    "device",
    "n_devices",
    "dtype",
    "n_params",
    "init_weights",
    "from_checkpoint",
    "checkpoint_index",
    "checkpoint_label_type",
    "checkpoint_value",
    "relative_attention_max_distance",
    "relative_attention_num_buckets",
    "decoder_start_token_id",
    "tokenizer_prepends_bos",
    "trust_remote_code",
];

impl HookedTransformerConfig {
    /// Reads a configuration from a JSON file and checks it.
    ///
    /// # Errors
    /// The file cannot be read, is not JSON of this form (an unknown field is named), or contradicts itself.
    #[cfg(feature = "files")]
    pub fn from_json_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        let json = serde_json::from_str(&text)
            .map_err(|e| Error::Malformed { path: path.to_path_buf(), problem: format!("not JSON: {e}") })?;
        HookedTransformerConfig::from_json_of(path, json)
    }

    /// As [`from_json`](Self::from_json), with messages that name the file.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub(crate) fn from_json_of(path: &Path, json: Value) -> Result<Self> {
        HookedTransformerConfig::from_json(json).map_err(|e| match e {
            Error::Config { field, problem } => {
                Error::Malformed { path: path.to_path_buf(), problem: format!("config field `{field}`: {problem}") }
            }
            other => other,
        })
    }

    /// Takes a configuration from a JSON object of TransformerLens's field names, and checks it. Fields that have no
    /// counterpart here because they are never needed (`use_attn_result` and the like, devices) are passed over.
    ///
    /// # Errors
    /// [`Error::Config`]: a field is unknown, missing, or of the wrong type, or the fields contradict each other.
    pub fn from_json(mut json: serde_json::Value) -> Result<Self> {
        if let Some(fields) = json.as_object_mut() {
            NOT_NEEDED.iter().for_each(|field| drop(fields.remove(*field)));
            refuse_unsupported(fields)?;
            rename_ntk_by_parts(fields)?;
        }
        let mut cfg: HookedTransformerConfig = serde_json::from_value(json)
            .map_err(|e| Error::Config { field: "(whole object)", problem: e.to_string() })?;
        cfg.fill_in();
        cfg.validate()?;
        Ok(cfg)
    }

    /// Resolves what was left to a default that depends on other fields.
    pub(crate) fn fill_in(&mut self) {
        if self.n_heads == 0 {
            self.n_heads = self.d_model / self.d_head.max(1);
        }
    }
}

/// Takes fields away that are for models which this crate does not have, if they say that this is not one.
fn refuse_unsupported(fields: &mut Map<String, Value>) -> Result<()> {
    for (field, what) in [
        ("num_experts", "mixtures of experts are not supported"),
        ("experts_per_token", "mixtures of experts are not supported"),
        ("load_in_4bit", "weights of four bits are not supported"),
    ] {
        match fields.remove(field) {
            None | Some(Value::Null | Value::Bool(false)) => {}
            Some(value) => return Err(Error::Config { field, problem: format!("{what}; got {value}") }),
        }
    }
    Ok(())
}

/// The classic library spells the scaling of Llama 3's rotation as five fields of their own.
fn rename_ntk_by_parts(fields: &mut Map<String, Value>) -> Result<()> {
    const FLAG: &str = "use_NTK_by_parts_rope";
    let mut number = |field: &str, default: f64| fields.remove(field).unwrap_or_else(|| Value::from(default));
    let (factor, low_freq_factor) = (number("NTK_by_parts_factor", 8.0), number("NTK_by_parts_low_freq_factor", 1.0));
    let high_freq_factor = number("NTK_by_parts_high_freq_factor", 4.0);
    let original_n_ctx = fields.remove("NTK_original_ctx_len").unwrap_or_else(|| Value::from(8192));
    match fields.remove(FLAG) {
        None | Some(Value::Null | Value::Bool(false)) => return Ok(()),
        Some(Value::Bool(true)) => {}
        Some(other) => {
            return Err(Error::Config { field: FLAG, problem: format!("expected true or false, got {other}") });
        }
    }
    if fields.get("rotary_scaling").is_some_and(|scaling| !scaling.is_null()) {
        let problem = "it says the same as rotary_scaling, which is there, too; leave one of them out".to_string();
        return Err(Error::Config { field: FLAG, problem });
    }
    let scaling = json!({
        "type": "llama3", "factor": factor, "low_freq_factor": low_freq_factor,
        "high_freq_factor": high_freq_factor, "original_n_ctx": original_n_ctx,
    });
    fields.insert("rotary_scaling".to_string(), scaling);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::config::NormalizationType;

    fn parse(json: &str) -> std::result::Result<HookedTransformerConfig, String> {
        HookedTransformerConfig::from_json(serde_json::from_str(json).unwrap()).map_err(|e| e.to_string())
    }

    #[test]
    fn defaults_are_those_of_transformer_lens() {
        let cfg = parse(
            r#"{"n_layers": 1, "d_model": 512, "n_ctx": 1024, "d_head": 64, "d_vocab": 50, "act_fn": "gelu", "n_heads": -1}"#,
        )
        .unwrap();
        assert_eq!(cfg.n_heads, 8);
        assert_eq!(cfg.d_mlp(), 2048);
        assert_eq!(cfg.d_vocab_out(), 50);
        assert_eq!(cfg.attn_scale(0), 8.0);
        assert_eq!(cfg.normalization_type, Some(NormalizationType::LN));
        assert_eq!(cfg.n_params(), 512 * 64 * 8 * 4 + 512 * 2048 * 2);
    }

    #[test]
    fn minus_one_and_null_mean_not_set_and_survive_a_round_trip() {
        let cfg = parse(
            r#"{"n_layers": 1, "d_model": 8, "n_ctx": 4, "d_head": 4, "d_vocab": 5, "attn_only": true,
                "normalization_type": null, "attn_scale": -1.0, "d_vocab_out": -1, "output_logits_soft_cap": 30.0}"#,
        )
        .unwrap();
        assert_eq!(cfg.normalization_type, None);
        assert_eq!(cfg.attn_scale, None);
        assert_eq!(cfg.output_logits_soft_cap, Some(30.0));
        let again = parse(&serde_json::to_string(&cfg).unwrap()).unwrap();
        assert_eq!(again, cfg);
    }

    #[test]
    fn an_unknown_or_misspelled_field_is_refused() {
        let message = parse(r#"{"n_layer": 1}"#).unwrap_err();
        assert!(message.contains("n_layer"), "{message}");
    }
}
