//! What a model is before it runs: its configuration, and its parameters with their names and shapes.

pub(crate) mod config;
pub(crate) mod layer_input;
pub(crate) mod layout;
pub(crate) mod weights;

pub use config::{
    ActivationFunction, AttentionDir, AttnType, HookedTransformerConfig, NormalizationType, PositionalEmbeddingType,
    RotaryScaling,
};
