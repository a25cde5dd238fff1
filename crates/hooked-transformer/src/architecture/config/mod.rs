//! The configuration of a model: one struct whose flags span every supported architecture.
//!
//! Field names, defaults and meanings are those of TransformerLens's `HookedTransformerConfig`, and the JSON form is a
//! plain object of them. Flags that exist there only to save memory (`use_attn_result`, `use_split_qkv_input`,
//! `use_attn_in`, `use_hook_mlp_in`) have no counterpart: here a point is computed when a hook or a cache asks for it.

mod choices;
mod forms;
mod json;
mod validate;

use serde::{Deserialize, Serialize};

pub use choices::{
    ActivationFunction, AttentionDir, AttnType, InitMode, NormalizationType, PositionalEmbeddingType, RotaryScaling,
};
use forms::{
    default_attention_dir, default_eps, default_name, default_normalization, default_positions, default_rotary_base,
    minus_one_if_none, none_if_negative, none_unless_positive, or_default_if_negative, yes,
};

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
    /// The base in local layers, where it differs (Gemma 3). Without `use_local_attn` no layer is local.
    #[serde(default)]
    pub rotary_base_local: Option<f32>,
    /// Whether neighboring dimensions are rotated together (GPT-J) instead of the two halves (NeoX).
    #[serde(default)]
    pub rotary_adjacent_pairs: bool,
    /// How the wavelengths are stretched for a longer context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotary_scaling: Option<RotaryScaling>,
    /// The same in local layers, where it differs (Gemma 3, whose local layers are not stretched: linear, factor 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotary_scaling_local: Option<RotaryScaling>,
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
    #[serde(default, deserialize_with = "none_unless_positive", serialize_with = "minus_one_if_none")]
    pub attn_scores_soft_cap: Option<f32>,
    /// Logits become `cap * tanh(logit / cap)`; `None` means no cap (Gemma 2).
    #[serde(default, deserialize_with = "none_unless_positive", serialize_with = "minus_one_if_none")]
    pub output_logits_soft_cap: Option<f32>,
    /// Whether the unembedding is the transposed embedding. Then `W_U` shares its memory and is left out of files.
    #[serde(default)]
    pub tie_word_embeddings: bool,
    /// Whether text is given a beginning-of-sequence token unless the caller says otherwise.
    #[serde(default = "yes")]
    pub default_prepend_bos: bool,
    /// How random weights are drawn.
    #[serde(default)]
    pub init_mode: InitMode,
    /// The scale of random weights: their standard deviation, or with another `init_mode` than GPT-2's a gain; `None`
    /// means the mode's default.
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
    /// afterward.
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
            rotary_scaling_local: None,
            use_qk_norm: false,
            post_embedding_ln: false,
            use_normalization_before_and_after: false,
            final_rms: false,
            attn_scores_soft_cap: None,
            output_logits_soft_cap: None,
            tie_word_embeddings: false,
            default_prepend_bos: true,
            init_mode: InitMode::default(),
            initializer_range: None,
            seed: None,
            model_name: default_name(),
            tokenizer_name: None,
            original_architecture: None,
        }
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
        if self.is_local(layer) { self.window_size } else { None }
    }

    /// Whether `layer` looks back only `window_size` positions.
    pub fn is_local(&self, layer: usize) -> bool {
        self.use_local_attn && self.attn_types.as_ref().is_some_and(|types| types.get(layer) == Some(&AttnType::Local))
    }

    /// The base of the rotation in `layer`, and how it is stretched there.
    pub(crate) fn rotation(&self, layer: usize) -> (f32, Option<RotaryScaling>) {
        match self.is_local(layer) {
            true => {
                (self.rotary_base_local.unwrap_or(self.rotary_base), self.rotary_scaling_local.or(self.rotary_scaling))
            }
            false => (self.rotary_base, self.rotary_scaling),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_layer_scale_multiplies() {
        let cfg = HookedTransformerConfig {
            scale_attn_by_inverse_layer_idx: true,
            ..HookedTransformerConfig::new(3, 8, 4, 4, 5)
        };
        assert_eq!(cfg.attn_scale(2), 6.0);
    }
}
