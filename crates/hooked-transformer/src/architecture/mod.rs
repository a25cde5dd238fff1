//! What a model is before it runs: its configuration, and its parameters with their names and shapes.

pub(crate) mod config;
pub(crate) mod init;
pub(crate) mod layer_input;
pub(crate) mod layout;
pub(crate) mod weight;
pub(crate) mod weights;
pub(crate) mod xielu;

pub use config::{
    ActivationFunction, AttentionDir, AttnType, HookedTransformerConfig, InitMode, NormalizationType,
    PositionalEmbeddingType, RotaryScaling,
};
