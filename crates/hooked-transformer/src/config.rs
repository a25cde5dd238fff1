//! The configuration of a model: one struct whose flags span every supported architecture.
//!
//! Field names, defaults and meanings are those of TransformerLens's `HookedTransformerConfig`, and the JSON form is a
//! plain object of them. Flags that exist there only to save memory (`use_attn_result`, `use_split_qkv_input`,
//! `use_attn_in`, `use_hook_mlp_in`) have no counterpart: here a point is computed when somebody looks at it.

use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// Fields of the classic configuration that steer memory, devices or bookkeeping, which go without saying here.
const NOT_NEEDED: [&str; 14] = [
    "use_attn_result",
    "use_split_qkv_input",
    "use_attn_in",
    "use_hook_mlp_in",
    "use_hook_tokens",
    "device",
    "n_devices",
    "dtype",
    "n_params",
    "init_mode",
    "init_weights",
    "from_checkpoint",
    "tokenizer_prepends_bos",
    "trust_remote_code",
];

/// How positions enter the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionalEmbeddingType {
    /// Learned vectors `W_pos`, added to the token embedding (GPT-2).
    Standard,
    /// Learned vectors `W_pos`, added to the inputs of queries and keys in every layer, never to the residual stream
    /// (Press et al. 2021, "Shortformer"): no head can move positional information.
    Shortformer,
    /// Queries and keys are rotated by an angle that grows with the position (Su et al. 2021).
    Rotary,
    /// Attention scores are lowered in proportion to the distance (Press et al. 2022).
    Alibi,
}

/// What happens to the residual stream before a layer reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NormalizationType {
    /// LayerNorm with gain `w` and bias `b`.
    LN,
    /// LayerNorm whose gain and bias were folded into the weights that follow.
    LNPre,
    /// Root-mean-square norm with gain `w`.
    RMS,
    /// Root-mean-square norm whose gain was folded.
    RMSPre,
}

impl NormalizationType {
    /// Whether the mean is subtracted before scaling.
    pub fn centers(self) -> bool {
        matches!(self, NormalizationType::LN | NormalizationType::LNPre)
    }

    /// Whether a gain `w` is stored (and, for LN, a bias `b`).
    pub fn has_gain(self) -> bool {
        matches!(self, NormalizationType::LN | NormalizationType::RMS)
    }
}

/// The nonlinearity of the MLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivationFunction {
    /// `max(x, 0)`.
    Relu,
    /// `x Φ(x)` with the exact Gaussian distribution function.
    Gelu,
    /// The tanh approximation of GELU that GPT-2 uses.
    GeluNew,
    /// The same approximation, written as GPT-J writes it.
    GeluFast,
    /// The same approximation, as PyTorch's `gelu(approximate="tanh")`.
    GeluPytorchTanh,
    /// `x σ(x)`.
    Silu,
    /// `x softmax(x)` over the neurons (Elhage et al. 2022, "Softmax Linear Units").
    Solu,
    /// `solu` followed by a LayerNorm over the neurons.
    SoluLn,
}

/// Which positions may be attended to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionDir {
    /// A query sees itself and what lies before it.
    Causal,
    /// A query sees everything (BERT-like).
    Bidirectional,
}

/// How far back one layer may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttnType {
    /// As far as `attention_dir` allows.
    Global,
    /// Only the last `window_size` positions.
    Local,
}

/// How the rotation's wavelengths were stretched so that a model sees further than it was first trained for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum RotaryScaling {
    /// All positions are divided by `factor` (Chen et al. 2023, "position interpolation"). In a model with local layers
    /// it concerns the global ones only (Gemma 3).
    Linear {
        /// How many times longer the context becomes.
        factor: f32,
    },
    /// Long wavelengths are stretched, short ones kept, those between blended: "NTK by parts" (Peng et al. 2023), with
    /// Llama 3's parameters.
    Llama3 {
        /// How many times longer the context becomes.
        factor: f32,
        /// Wavelengths longer than `original_n_ctx / low_freq_factor` are stretched by `factor`.
        low_freq_factor: f32,
        /// Wavelengths shorter than `original_n_ctx / high_freq_factor` are kept.
        high_freq_factor: f32,
        /// The context that the model was first trained for.
        original_n_ctx: usize,
    },
}

/// The configuration of a [`HookedTransformer`](crate::HookedTransformer).
///
/// Build one with struct update syntax from [`HookedTransformerConfig::new`], or read one with
/// [`HookedTransformerConfig::from_json_file`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookedTransformerConfig {
    /// Number of blocks.
    pub n_layers: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Greatest number of positions.
    pub n_ctx: usize,
    /// Width of one head's query, key and value.
    pub d_head: usize,
    /// Heads in a layer; when left out, `d_model / d_head`.
    #[serde(default, deserialize_with = "or_default_if_negative")]
    pub n_heads: usize,
    /// Number of tokens in the vocabulary.
    pub d_vocab: usize,
    /// Number of outputs of the unembedding; `None` means `d_vocab`.
    #[serde(default, deserialize_with = "none_if_negative", serialize_with = "minus_one_if_none")]
    pub d_vocab_out: Option<usize>,
    /// Neurons in an MLP layer; `None` means `4 * d_model` (or none, if `attn_only`).
    #[serde(default)]
    pub d_mlp: Option<usize>,
    /// The nonlinearity of the MLP; needed unless `attn_only`.
    #[serde(default)]
    pub act_fn: Option<ActivationFunction>,
    /// Added to the variance inside the square root of every norm.
    #[serde(default = "default_eps")]
    pub eps: f32,
    /// What happens before a layer reads the residual stream; `None` (null in JSON) means nothing.
    #[serde(default = "default_normalization")]
    pub normalization_type: Option<NormalizationType>,
    /// How positions enter.
    #[serde(default = "default_positions")]
    pub positional_embedding_type: PositionalEmbeddingType,
    /// Which positions may be attended to.
    #[serde(default = "default_attention_dir")]
    pub attention_dir: AttentionDir,
    /// Whether the blocks have attention only, and no MLP.
    #[serde(default)]
    pub attn_only: bool,
    /// Whether attention and MLP both read `resid_pre` (GPT-J, NeoX).
    #[serde(default)]
    pub parallel_attn_mlp: bool,
    /// Whether the MLP multiplies its activation with a second linear map (Llama).
    #[serde(default)]
    pub gated_mlp: bool,
    /// Whether scores are divided by `attn_scale`.
    #[serde(default = "yes")]
    pub use_attn_scale: bool,
    /// What scores are divided by; `None` means `sqrt(d_head)`.
    #[serde(default, deserialize_with = "none_if_negative", serialize_with = "minus_one_if_none")]
    pub attn_scale: Option<f32>,
    /// Whether scores are divided by `layer + 1` as well (Mistral's GPT-2 models).
    #[serde(default)]
    pub scale_attn_by_inverse_layer_idx: bool,
    /// Heads that share keys and values: their number; `None` means `n_heads`.
    #[serde(default)]
    pub n_key_value_heads: Option<usize>,
    /// Whether shared keys and values are repeated for each query head *before* their hooks, so that these see
    /// `n_heads` heads.
    #[serde(default)]
    pub ungroup_grouped_query_attention: bool,
    /// Whether some layers look back only `window_size` positions, as `attn_types` says.
    #[serde(default)]
    pub use_local_attn: bool,
    /// How far a local layer looks: keys with `query - window_size < key <= query`.
    #[serde(default)]
    pub window_size: Option<usize>,
    /// For each layer, whether it is local.
    #[serde(default)]
    pub attn_types: Option<Vec<AttnType>>,
    /// How many dimensions of a head are rotated; `None` means all.
    #[serde(default)]
    pub rotary_dim: Option<usize>,
    /// Base of the rotation's geometric series of wavelengths.
    #[serde(default = "default_rotary_base")]
    pub rotary_base: f32,
    /// The base in local layers, where it differs (Gemma 3).
    #[serde(default)]
    pub rotary_base_local: Option<f32>,
    /// Whether neighbouring dimensions are rotated together (GPT-J) instead of the two halves (NeoX).
    #[serde(default)]
    pub rotary_adjacent_pairs: bool,
    /// How the wavelengths are stretched for a longer context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotary_scaling: Option<RotaryScaling>,
    /// Whether each head's queries and keys go through an RMS norm before they are rotated (Qwen 3, Gemma 3).
    #[serde(default)]
    pub use_qk_norm: bool,
    /// Whether token embeddings go through a LayerNorm of their own (Bloom).
    #[serde(default)]
    pub post_embedding_ln: bool,
    /// Whether what attention and MLP write is normalized as well, before it is added to the stream (Gemma 2 and 3).
    #[serde(default)]
    pub use_normalization_before_and_after: bool,
    /// Whether the final norm is a root-mean-square norm although the others are LayerNorms.
    #[serde(default)]
    pub final_rms: bool,
    /// Attention scores become `cap * tanh(score / cap)`; `None` means no cap (Gemma 2).
    #[serde(default, deserialize_with = "none_if_negative", serialize_with = "minus_one_if_none")]
    pub attn_scores_soft_cap: Option<f32>,
    /// Logits become `cap * tanh(logit / cap)`; `None` means no cap (Gemma 2).
    #[serde(default, deserialize_with = "none_if_negative", serialize_with = "minus_one_if_none")]
    pub output_logits_soft_cap: Option<f32>,
    /// Whether the unembedding is the transposed embedding. Then `W_U` shares its memory and is left out of files.
    #[serde(default)]
    pub tie_word_embeddings: bool,
    /// Whether text is given a beginning-of-sequence token unless the caller says otherwise.
    #[serde(default = "yes")]
    pub default_prepend_bos: bool,
    /// Standard deviation of random weights; `None` means `0.8 / sqrt(d_model)`.
    #[serde(default, deserialize_with = "none_if_negative", serialize_with = "minus_one_if_none")]
    pub initializer_range: Option<f32>,
    /// Seed of random weights.
    #[serde(default)]
    pub seed: Option<u64>,
    /// What the model is called.
    #[serde(default = "default_name")]
    pub model_name: String,
    /// The repository whose tokenizer goes with the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokenizer_name: Option<String>,
    /// The class name of the architecture that the weights came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_architecture: Option<String>,
}

impl HookedTransformerConfig {
    /// A GPT-2-like configuration of the given size; everything else has TransformerLens's defaults and can be changed
    /// afterwards.
    ///
    /// ```
    /// use hooked_transformer::{HookedTransformerConfig, PositionalEmbeddingType};
    /// let cfg = HookedTransformerConfig {
    ///     attn_only: true,
    ///     normalization_type: None,
    ///     positional_embedding_type: PositionalEmbeddingType::Shortformer,
    ///     ..HookedTransformerConfig::new(2, 768, 64, 2048, 50278)
    /// };
    /// assert_eq!(cfg.n_heads, 12);
    /// ```
    pub fn new(n_layers: usize, d_model: usize, d_head: usize, n_ctx: usize, d_vocab: usize) -> Self {
        HookedTransformerConfig {
            n_layers,
            d_model,
            n_ctx,
            d_head,
            n_heads: d_model / d_head.max(1),
            d_vocab,
            d_vocab_out: None,
            d_mlp: None,
            act_fn: Some(ActivationFunction::GeluNew),
            eps: default_eps(),
            normalization_type: default_normalization(),
            positional_embedding_type: default_positions(),
            attention_dir: default_attention_dir(),
            attn_only: false,
            parallel_attn_mlp: false,
            gated_mlp: false,
            use_attn_scale: true,
            attn_scale: None,
            scale_attn_by_inverse_layer_idx: false,
            n_key_value_heads: None,
            ungroup_grouped_query_attention: false,
            use_local_attn: false,
            window_size: None,
            attn_types: None,
            rotary_dim: None,
            rotary_base: default_rotary_base(),
            rotary_base_local: None,
            rotary_adjacent_pairs: false,
            rotary_scaling: None,
            use_qk_norm: false,
            post_embedding_ln: false,
            use_normalization_before_and_after: false,
            final_rms: false,
            attn_scores_soft_cap: None,
            output_logits_soft_cap: None,
            tie_word_embeddings: false,
            default_prepend_bos: true,
            initializer_range: None,
            seed: None,
            model_name: default_name(),
            tokenizer_name: None,
            original_architecture: None,
        }
    }

    /// Reads a configuration from a JSON file and checks it.
    ///
    /// # Errors
    /// The file cannot be read, is not JSON of this form (an unknown field is named), or contradicts itself.
    pub fn from_json_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
        let json = serde_json::from_str(&text)
            .map_err(|e| Error::Malformed { path: path.to_path_buf(), problem: format!("not JSON: {e}") })?;
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

    /// Checks that the fields make sense together.
    ///
    /// # Errors
    /// [`Error::Config`] names the first field that does not.
    pub fn validate(&self) -> Result<()> {
        let wrong = |field, problem: String| Err(Error::Config { field, problem });
        for (field, value) in [
            ("n_layers", self.n_layers),
            ("d_model", self.d_model),
            ("n_ctx", self.n_ctx),
            ("d_head", self.d_head),
            ("n_heads", self.n_heads),
            ("d_vocab", self.d_vocab),
            ("d_vocab_out", self.d_vocab_out()),
            ("n_key_value_heads", self.n_key_value_heads()),
        ] {
            // The bound keeps the products of sizes from overflowing before any file has been looked at.
            if value == 0 || value > 1 << 24 {
                return wrong(field, format!("expected a positive whole number up to {}, got {value}", 1 << 24));
            }
        }
        if !self.attn_only && self.act_fn.is_none() {
            return wrong("act_fn", "expected an activation function, since the model has MLPs".into());
        }
        if !self.attn_only && !(1..=1 << 24).contains(&self.d_mlp()) {
            return wrong("d_mlp", format!("expected a positive whole number up to {}, got {}", 1 << 24, self.d_mlp()));
        }
        if self.attn_only && (self.gated_mlp || self.parallel_attn_mlp) {
            return wrong("attn_only", "gated_mlp and parallel_attn_mlp need an MLP, but attn_only is set".into());
        }
        if self.gated_mlp && self.act_fn == Some(ActivationFunction::SoluLn) {
            return wrong("act_fn", "solu_ln is not defined for a gated MLP".into());
        }
        if !self.n_heads.is_multiple_of(self.n_key_value_heads()) {
            return wrong(
                "n_key_value_heads",
                format!("expected a divisor of n_heads = {}, got {}", self.n_heads, self.n_key_value_heads()),
            );
        }
        if !(self.eps > 0.0 && self.eps.is_finite()) {
            return wrong("eps", format!("expected a small positive number, got {}", self.eps));
        }
        if self.use_normalization_before_and_after && self.normalization_type.is_none() {
            return wrong(
                "use_normalization_before_and_after",
                "it needs a normalization_type, which says what kind of norm it is".into(),
            );
        }
        self.validate_local()?;
        self.validate_rotary()
    }

    fn validate_local(&self) -> Result<()> {
        if !self.use_local_attn {
            return Ok(());
        }
        let wrong = |field, problem: String| Err(Error::Config { field, problem });
        if self.window_size.is_none_or(|size| size == 0) {
            return wrong("window_size", "expected a positive number, since use_local_attn is set".into());
        }
        match &self.attn_types {
            Some(types) if types.len() == self.n_layers => Ok(()),
            Some(types) => wrong(
                "attn_types",
                format!("expected one entry for each of {} layers, got {}", self.n_layers, types.len()),
            ),
            None => wrong("attn_types", "expected one entry a layer, since use_local_attn is set".into()),
        }
    }

    fn validate_rotary(&self) -> Result<()> {
        if self.positional_embedding_type != PositionalEmbeddingType::Rotary {
            return Ok(());
        }
        let dim = self.rotary_dim();
        if dim == 0 || dim % 2 == 1 || dim > self.d_head {
            return Err(Error::Config {
                field: "rotary_dim",
                problem: format!("expected an even number from 2 to d_head = {}, got {dim}", self.d_head),
            });
        }
        let sensible = |factor: f32| factor > 0.0 && factor.is_finite();
        let stretched = match self.rotary_scaling {
            None => true,
            Some(RotaryScaling::Linear { factor }) => sensible(factor),
            Some(RotaryScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_n_ctx }) => {
                [factor, low_freq_factor].into_iter().all(sensible)
                    && sensible(high_freq_factor - low_freq_factor)
                    && original_n_ctx > 0
            }
        };
        if !stretched {
            return Err(Error::Config {
                field: "rotary_scaling",
                problem: format!(
                    "expected positive factors, the high one above the low one; got {:?}",
                    self.rotary_scaling
                ),
            });
        }
        Ok(())
    }

    /// The norm before the unembedding.
    pub fn final_normalization(&self) -> Option<NormalizationType> {
        match self.normalization_type {
            Some(NormalizationType::LN) if self.final_rms => Some(NormalizationType::RMS),
            Some(NormalizationType::LNPre) if self.final_rms => Some(NormalizationType::RMSPre),
            kind => kind,
        }
    }

    /// The norm of what attention and MLP write, where there is one. It keeps its gain when the others are folded: a
    /// gain *after* a layer has no weights that follow it.
    pub fn output_normalization(&self) -> Option<NormalizationType> {
        let kind = self.normalization_type.filter(|_| self.use_normalization_before_and_after)?;
        Some(if kind.centers() { NormalizationType::LN } else { NormalizationType::RMS })
    }

    /// Number of outputs of the unembedding.
    pub fn d_vocab_out(&self) -> usize {
        self.d_vocab_out.unwrap_or(self.d_vocab)
    }

    /// Neurons in an MLP layer; 0 for an attention-only model.
    pub fn d_mlp(&self) -> usize {
        if self.attn_only { 0 } else { self.d_mlp.unwrap_or(4 * self.d_model) }
    }

    /// Number of distinct keys and values in a layer.
    pub fn n_key_value_heads(&self) -> usize {
        self.n_key_value_heads.unwrap_or(self.n_heads)
    }

    /// Number of heads that keys and values have where hooks and caches see them.
    pub(crate) fn n_cached_heads(&self) -> usize {
        if self.ungroup_grouped_query_attention { self.n_heads } else { self.n_key_value_heads() }
    }

    /// How many dimensions of a head are rotated.
    pub fn rotary_dim(&self) -> usize {
        self.rotary_dim.unwrap_or(self.d_head)
    }

    /// What the scores of `layer` are divided by.
    pub fn attn_scale(&self, layer: usize) -> f32 {
        let base = match (self.use_attn_scale, self.attn_scale) {
            (false, _) => 1.0,
            (true, Some(scale)) => scale,
            (true, None) => (self.d_head as f32).sqrt(),
        };
        if self.scale_attn_by_inverse_layer_idx { base * (layer + 1) as f32 } else { base }
    }

    /// How far back `layer` looks, if it is local.
    pub fn window(&self, layer: usize) -> Option<usize> {
        let local = self.use_local_attn && self.attn_types.as_ref().is_some_and(|t| t[layer] == AttnType::Local);
        if local { self.window_size } else { None }
    }

    /// Whether the MLP's activation is followed by a LayerNorm over the neurons.
    pub fn is_layer_norm_activation(&self) -> bool {
        !self.attn_only && self.act_fn == Some(ActivationFunction::SoluLn)
    }

    /// Number of weights in attention and MLP matrices, without embeddings, biases and norms: the figure that
    /// TransformerLens calls `n_params`.
    pub fn n_params(&self) -> usize {
        let attn = 4 * self.d_model * self.d_head * self.n_heads;
        let mlp = self.d_model * self.d_mlp() * (2 + usize::from(self.gated_mlp));
        self.n_layers * (attn + mlp)
    }
}

fn default_eps() -> f32 {
    1e-5
}
fn default_normalization() -> Option<NormalizationType> {
    Some(NormalizationType::LN)
}
fn default_positions() -> PositionalEmbeddingType {
    PositionalEmbeddingType::Standard
}
fn default_attention_dir() -> AttentionDir {
    AttentionDir::Causal
}
fn default_rotary_base() -> f32 {
    10000.0
}
fn default_name() -> String {
    "custom".to_string()
}
fn yes() -> bool {
    true
}

/// TransformerLens writes "not set" as -1; here it is `None`.
fn none_if_negative<'de, D: Deserializer<'de>, T: FromNumber>(de: D) -> std::result::Result<Option<T>, D::Error> {
    let value = Option::<f64>::deserialize(de)?;
    value
        .filter(|v| *v >= 0.0)
        .map(|v| T::from_number(v).ok_or_else(|| serde::de::Error::custom(format!("expected a whole number, got {v}"))))
        .transpose()
}

/// The same for a field whose "not set" is resolved by [`HookedTransformerConfig::fill_in`].
fn or_default_if_negative<'de, D: Deserializer<'de>>(de: D) -> std::result::Result<usize, D::Error> {
    Ok(none_if_negative(de)?.unwrap_or(0))
}

fn minus_one_if_none<S: Serializer, T: Serialize>(value: &Option<T>, ser: S) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(ser),
        None => ser.serialize_i64(-1),
    }
}

trait FromNumber: Sized {
    fn from_number(value: f64) -> Option<Self>;
}

impl FromNumber for usize {
    fn from_number(value: f64) -> Option<Self> {
        (value.fract() == 0.0 && value <= u32::MAX as f64).then_some(value as usize)
    }
}

impl FromNumber for f32 {
    fn from_number(value: f64) -> Option<Self> {
        Some(value as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_inverse_layer_scale_multiplies() {
        let cfg = HookedTransformerConfig {
            scale_attn_by_inverse_layer_idx: true,
            ..HookedTransformerConfig::new(3, 8, 4, 4, 5)
        };
        assert_eq!(cfg.attn_scale(2), 6.0);
    }

    #[test]
    fn contradictions_are_named() {
        let base = HookedTransformerConfig::new(2, 8, 4, 4, 5);
        let cases: Vec<(&str, HookedTransformerConfig)> = vec![
            ("n_layers", HookedTransformerConfig { n_layers: 0, ..base.clone() }),
            ("d_model", HookedTransformerConfig { d_model: usize::MAX, ..base.clone() }),
            ("act_fn", HookedTransformerConfig { act_fn: None, ..base.clone() }),
            ("n_key_value_heads", HookedTransformerConfig { n_heads: 4, n_key_value_heads: Some(3), ..base.clone() }),
            ("eps", HookedTransformerConfig { eps: f32::NAN, ..base.clone() }),
            ("window_size", HookedTransformerConfig { use_local_attn: true, ..base.clone() }),
            (
                "attn_types",
                HookedTransformerConfig {
                    use_local_attn: true,
                    window_size: Some(3),
                    attn_types: Some(vec![AttnType::Local]),
                    ..base.clone()
                },
            ),
            (
                "rotary_dim",
                HookedTransformerConfig {
                    positional_embedding_type: PositionalEmbeddingType::Rotary,
                    rotary_dim: Some(3),
                    ..base.clone()
                },
            ),
        ];
        base.validate().unwrap();
        for (field, cfg) in cases {
            let message = cfg.validate().unwrap_err().to_string();
            assert!(message.contains(&format!("`{field}`")), "{field}: {message}");
        }
    }

    #[test]
    fn an_unknown_or_misspelt_field_is_refused() {
        let message = parse(r#"{"n_layer": 1}"#).unwrap_err();
        assert!(message.contains("n_layer"), "{message}");
    }
}
