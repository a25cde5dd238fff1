//! The choices that a configuration names: positions, normalization, activation, attention.

use serde::{Deserialize, Serialize};

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
    /// Quadratic above zero, exponential below (Huang 2024, "xIELU"), with the constants that its parameters start from.
    Xielu,
}

/// How the matrices of a model with random weights are drawn. Biases are zero and gains one in every mode.
///
/// With [`fan_in` and `fan_out`](https://pytorch.org/docs/stable/nn.init.html) those of TransformerLens: the first axis
/// and the last of a matrix; for a head's matrix `[head, in, out]`, `in` and `head * out`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitMode {
    /// Normal with standard deviation `initializer_range`, or `0.8 / sqrt(d_model)`.
    #[default]
    Gpt2,
    /// Uniform within `gain * sqrt(6 / (fan_in + fan_out))`; here and below the gain is `initializer_range`, or 1.
    XavierUniform,
    /// Normal with standard deviation `gain * sqrt(2 / (fan_in + fan_out))`.
    XavierNormal,
    /// Uniform within `gain * sqrt(6 / fan_in)`.
    KaimingUniform,
    /// Normal with standard deviation `gain * sqrt(2 / fan_in)`.
    KaimingNormal,
    /// Normal with standard deviation 1 in embeddings and unembedding, and `1 / sqrt(fan_in)` elsewhere. (The scale of
    /// muP's unembedding would be `1 / fan_in`; the classic library never gets there, and nor do we.)
    #[serde(rename = "muP")]
    MuP,
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
    /// All positions are divided by `factor` (Chen et al. 2023, "position interpolation").
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
