//! Hugging Face's `config.json`, with messages that name the file and the field.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::architecture::config::{ActivationFunction, AttnType, HookedTransformerConfig};
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
        Some(self.with_fields(self.fields.get(name)?.as_object()?.clone()))
    }

    /// Other fields of the same file.
    pub(crate) fn with_fields(&self, fields: Map<String, Value>) -> HfConfig {
        HfConfig { path: self.path.clone(), fields }
    }

    /// The same configuration with the fields of another in place of its own.
    pub(crate) fn overridden_by(&self, other: &HfConfig) -> HfConfig {
        let mut fields = self.fields.clone();
        fields.extend(other.fields.clone());
        self.with_fields(fields)
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

    /// The same configuration with a second name for some fields, as `transformers` lets files of a family use either.
    pub(crate) fn with_aliases(&self, aliases: &[(&str, &str)]) -> HfConfig {
        let mut filled = self.clone();
        for (alias, field) in aliases {
            if let (None, Some(value)) = (self.get(field), self.get(alias)) {
                filled.fields.insert(field.to_string(), value.clone());
            }
        }
        filled
    }

    /// The same configuration with values for sizes that it leaves out. A field that is null is not left out.
    pub(crate) fn with_defaults(&self, defaults: &[(&str, usize)]) -> HfConfig {
        let mut filled = self.clone();
        for (field, value) in defaults {
            if !self.has(field) {
                filled.fields.insert(field.to_string(), Value::from(*value));
            }
        }
        filled
    }

    /// Whether the field is there, even if null.
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
            None => Err(self.wrong(field, format!("expected an integer up to {MAX_SIZE}, got {value}"))),
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

    /// # Errors
    /// The field is absent, or not a number.
    pub(crate) fn number(&self, field: &str) -> Result<f64> {
        let Some(value) = self.get(field) else { return Err(self.wrong(field, "it is missing")) };
        value.as_f64().ok_or_else(|| self.wrong(field, format!("expected a number, got {value}")))
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

    /// Refuses a flag that this crate cannot honor.
    pub(crate) fn must_be(&self, field: &str, wanted: bool, default: bool, why: &str) -> Result<()> {
        if self.flag_or(field, default)? == wanted {
            return Ok(());
        }
        Err(self.unsupported(format!("`{field}`: {} ({why})", !wanted)))
    }

    /// The nonlinearity under one of the names that are in use.
    pub(crate) fn activation(&self, field: &str, default: &str) -> Result<ActivationFunction> {
        let name = match self.get(field) {
            None => default,
            Some(name) => name.as_str().ok_or_else(|| self.wrong(field, format!("expected a name, got {name}")))?,
        };
        Ok(match name {
            "relu" => ActivationFunction::Relu,
            "gelu" | "gelu_python" => ActivationFunction::Gelu,
            "gelu_new" | "gelu_accurate" => ActivationFunction::GeluNew,
            "gelu_fast" => ActivationFunction::GeluFast,
            "gelu_pytorch_tanh" | "gelu_python_tanh" => ActivationFunction::GeluPytorchTanh,
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
        if let Some(method) = self.part("quantization_config") {
            let method = method.text("quant_method").unwrap_or("of an unknown kind").to_string();
            return Err(self.unsupported(format!("`quantization_config`: weights that are quantized ({method})")));
        }
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
    /// What `transformers` lets files of GPT-2's kind write for its names.
    pub(crate) const GPT2_ALIASES: [(&str, &str); 4] = [
        ("num_hidden_layers", "n_layer"),
        ("hidden_size", "n_embd"),
        ("num_attention_heads", "n_head"),
        ("max_position_embeddings", "n_positions"),
    ];
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
