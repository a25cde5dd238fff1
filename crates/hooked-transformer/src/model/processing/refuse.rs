//! Why a step of processing cannot be taken.

use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::error::{Error, Result};

pub(super) fn is_shortformer(cfg: &HookedTransformerConfig) -> bool {
    cfg.positional_embedding_type == PositionalEmbeddingType::Shortformer
}

/// The error of a step that would change what the model computes.
pub(super) fn refuse<T>(step: &'static str, reason: impl Into<String>) -> Result<T> {
    Err(Error::CannotProcess { step, reason: reason.into() })
}
