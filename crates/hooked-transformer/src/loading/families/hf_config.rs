//! Hugging Face's `config.json`, with messages that name the file and the field.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::architecture::config::{ActivationFunction, AttnType, HookedTransformerConfig, RotaryScaling};
use crate::error::{Error, Result};

/// Sizes above this are refused before anything is multiplied.
const MAX_SIZE: u64 = 1 << 24;

/// A configuration as Hugging Face `transformers` writes it.
#[derive(Clone, Debug)]
pub(crate) struct HfConfig {
    path: PathBuf,
    fields: Map<String, Value>,
}

impl HfConfig {
    pub(crate) fn new(path: &Path, fields: Map<String, Value>) -> Self {
        HfConfig { path: path.to_path_buf(), fields }
    }

    /// The configuration of a part, such as `text_config` of a model that also sees pictures.
    pub(crate) fn part(&self, name: &str) -> Option<HfConfig> {
        let fields = self.fields.get(name)?.as_object()?.clone();
        Some(HfConfig { path: self.path.clone(), fields })
    }

    pub(crate) fn wrong(&self, field: &str, problem: impl std::fmt::Display) -> Error {
        Error::Malformed { path: self.path.clone(), problem: format!("config field `{field}`: {problem}") }
    }

    /// The same configuration with a field under another name.
    pub(crate) fn renamed(&self, from: &str, to: &str) -> HfConfig {
        let mut renamed = self.clone();
        if let Some(value) = renamed.fields.remove(from) {
            renamed.fields.insert(to.to_string(), value);
        }
        renamed
    }

    /// The same configuration with values for sizes that it leaves out.
    pub(crate) fn with_defaults(&self, defaults: &[(&str, usize)]) -> HfConfig {
        let mut filled = self.clone();
        for (field, value) in defaults {
            if self.get(field).is_none() {
                filled.fields.insert(field.to_string(), Value::from(*value));
            }
        }
        filled
    }

    /// Whether the field is there, be it null.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// A variant of the architecture that this crate cannot express.
    pub(crate) fn unsupported(&self, what: impl std::fmt::Display) -> Error {
        Error::Unsupported { path: self.path.clone(), what: what.to_string() }
    }

    /// Null counts as absent, as it does in Python.
    pub(crate) fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }

    pub(crate) fn opt_size(&self, field: &str) -> Result<Option<usize>> {
        let Some(value) = self.get(field) else { return Ok(None) };
        match value.as_u64().filter(|&size| size <= MAX_SIZE) {
            Some(size) => Ok(Some(size as usize)),
            None => Err(self.wrong(field, format!("expected a whole number up to {MAX_SIZE}, got {value}"))),
        }
    }

    pub(crate) fn size_or(&self, field: &str, default: usize) -> Result<usize> {
        Ok(self.opt_size(field)?.unwrap_or(default))
    }

    /// # Errors
    /// The field is absent, or no positive number.
    pub(crate) fn size(&self, field: &str) -> Result<usize> {
        match self.opt_size(field)? {
            Some(0) => Err(self.wrong(field, "expected a positive number, got 0")),
            Some(size) => Ok(size),
            None => Err(self.wrong(field, "it is missing")),
        }
    }

    pub(crate) fn number_or(&self, field: &str, default: f32) -> Result<f32> {
        match self.get(field) {
            None => Ok(default),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(number as f32),
                None => Err(self.wrong(field, format!("expected a number, got {value}"))),
            },
        }
    }

    pub(crate) fn flag_or(&self, field: &str, default: bool) -> Result<bool> {
        match self.get(field) {
            None => Ok(default),
            Some(value) => match value.as_bool() {
                Some(flag) => Ok(flag),
                None => Err(self.wrong(field, format!("expected true or false, got {value}"))),
            },
        }
    }

    /// Refuses a flag that this crate cannot honour.
    pub(crate) fn must_be(&self, field: &str, wanted: bool, default: bool, why: &str) -> Result<()> {
        if self.flag_or(field, default)? == wanted {
            return Ok(());
        }
        Err(self.unsupported(format!("`{field}`: {} ({why})", !wanted)))
    }

    /// The nonlinearity under one of the names that are in use.
    pub(crate) fn activation(&self, field: &str, default: &str) -> Result<ActivationFunction> {
        let name = self.text(field).unwrap_or(default);
        Ok(match name {
            "relu" => ActivationFunction::Relu,
            "gelu" => ActivationFunction::Gelu,
            "gelu_new" => ActivationFunction::GeluNew,
            "gelu_fast" => ActivationFunction::GeluFast,
            "gelu_pytorch_tanh" => ActivationFunction::GeluPytorchTanh,
            "silu" | "swish" => ActivationFunction::Silu,
            other => {
                return Err(self.wrong(
                    field,
                    format!("the activation function `{other}` is not known; relu, gelu, gelu_new, gelu_pytorch_tanh and silu are"),
                ));
            }
        })
    }

    /// Which layers look back only so far: a list of `full_attention` and `sliding_attention`, or a rule.
    pub(crate) fn attn_types(&self, n_layers: usize, rule: impl Fn(usize) -> AttnType) -> Result<Vec<AttnType>> {
        let Some(list) = self.get("layer_types") else { return Ok((0..n_layers).map(rule).collect()) };
        let kind = |value: &Value| match value.as_str() {
            Some("full_attention") => Ok(AttnType::Global),
            Some("sliding_attention") => Ok(AttnType::Local),
            _ => Err(self.unsupported(format!("a layer of type {value}"))),
        };
        let types: Vec<AttnType> = match list.as_array() {
            Some(list) => list.iter().map(kind).collect::<Result<_>>()?,
            None => return Err(self.wrong("layer_types", format!("expected a list, got {list}"))),
        };
        if types.len() != n_layers {
            return Err(self.wrong("layer_types", format!("expected {n_layers} entries, got {}", types.len())));
        }
        Ok(types)
    }

    /// `rope_scaling`, as far as this crate knows it.
    pub(crate) fn rotary_scaling(&self) -> Result<Option<RotaryScaling>> {
        let Some(scaling) = self.part("rope_scaling") else { return Ok(None) };
        let kind = scaling.text("rope_type").or(scaling.text("type")).unwrap_or("default").to_string();
        Ok(match kind.as_str() {
            "default" => None,
            "linear" => Some(RotaryScaling::Linear { factor: scaling.number_or("factor", 1.0)? }),
            "llama3" => Some(RotaryScaling::Llama3 {
                factor: scaling.number_or("factor", 8.0)?,
                low_freq_factor: scaling.number_or("low_freq_factor", 1.0)?,
                high_freq_factor: scaling.number_or("high_freq_factor", 4.0)?,
                original_n_ctx: scaling.size("original_max_position_embeddings")?,
            }),
            other => {
                return Err(
                    self.unsupported(format!("`rope_scaling` of type `{other}`; `linear` and `llama3` are known"))
                );
            }
        })
    }

    /// The base of the rotation. Configurations of `transformers` 5 put it into `rope_parameters`.
    pub(crate) fn rotary_base(&self) -> Result<f32> {
        let base = self.part("rope_parameters").map_or(Ok(10000.0), |part| part.number_or("rope_theta", 10000.0))?;
        self.number_or("rope_theta", base)
    }

    /// What every family has, under the names that most use: the rest is for the family to say.
    ///
    /// # Errors
    /// A size is missing or absurd.
    pub(crate) fn base(
        &self,
        sizes: Sizes,
        architecture: &str,
        tied_by_default: bool,
    ) -> Result<HookedTransformerConfig> {
        let (n_layers, d_model) = (self.size(sizes.n_layers)?, self.size(sizes.d_model)?);
        let n_heads = self.size(sizes.n_heads)?;
        let d_head = match self.opt_size("head_dim")? {
            Some(d_head) => d_head,
            None if d_model.is_multiple_of(n_heads) => d_model / n_heads,
            None => return Err(self.wrong(sizes.n_heads, format!("{n_heads} heads do not divide d_model = {d_model}"))),
        };
        let n_ctx = self.size(sizes.n_ctx)?;
        let d_vocab = self.size("vocab_size")?;
        Ok(HookedTransformerConfig {
            n_heads,
            tie_word_embeddings: self.flag_or("tie_word_embeddings", tied_by_default)?,
            original_architecture: Some(architecture.to_string()),
            model_name: self.text("_name_or_path").filter(|name| !name.is_empty()).unwrap_or(architecture).to_string(),
            ..HookedTransformerConfig::new(n_layers, d_model, d_head, n_ctx, d_vocab)
        })
    }
}

/// What the sizes are called.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub n_layers: &'static str,
    pub d_model: &'static str,
    pub n_heads: &'static str,
    pub n_ctx: &'static str,
}

impl Sizes {
    /// GPT-2's names.
    pub(crate) const GPT2: Sizes =
        Sizes { n_layers: "n_layer", d_model: "n_embd", n_heads: "n_head", n_ctx: "n_positions" };
    /// Most others'.
    pub(crate) const USUAL: Sizes = Sizes {
        n_layers: "num_hidden_layers",
        d_model: "hidden_size",
        n_heads: "num_attention_heads",
        n_ctx: "max_position_embeddings",
    };
}
