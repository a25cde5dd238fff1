//! How single fields are written in JSON: their defaults, and TransformerLens's ways of saying "not set".

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::choices::{AttentionDir, NormalizationType, PositionalEmbeddingType};

pub(super) fn default_eps() -> f32 {
    1e-5
}
pub(super) fn default_normalization() -> Option<NormalizationType> {
    Some(NormalizationType::LN)
}
pub(super) fn default_positions() -> PositionalEmbeddingType {
    PositionalEmbeddingType::Standard
}
pub(super) fn default_attention_dir() -> AttentionDir {
    AttentionDir::Causal
}
pub(super) fn default_rotary_base() -> f32 {
    10000.0
}
pub(super) fn default_name() -> String {
    "custom".to_string()
}
pub(super) fn yes() -> bool {
    true
}

/// TransformerLens writes "not set" as -1; here it is `None`.
pub(super) fn none_if_negative<'de, D: Deserializer<'de>, T: FromNumber>(
    de: D,
) -> std::result::Result<Option<T>, D::Error> {
    let value = Option::<f64>::deserialize(de)?;
    value
        .filter(|v| *v >= 0.0)
        .map(|v| T::from_number(v).ok_or_else(|| serde::de::Error::custom(format!("expected an integer, got {v}"))))
        .transpose()
}

/// The same for a cap, of which zero means none as well.
pub(super) fn none_unless_positive<'de, D: Deserializer<'de>>(de: D) -> std::result::Result<Option<f32>, D::Error> {
    Ok(none_if_negative(de)?.filter(|cap| *cap != 0.0))
}

/// The same for a field whose "not set" is resolved by `fill_in`.
pub(super) fn or_default_if_negative<'de, D: Deserializer<'de>>(de: D) -> std::result::Result<usize, D::Error> {
    Ok(none_if_negative(de)?.unwrap_or(0))
}

pub(super) fn minus_one_if_none<S: Serializer, T: Serialize>(
    value: &Option<T>,
    ser: S,
) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(ser),
        None => ser.serialize_i64(-1),
    }
}

pub(super) trait FromNumber: Sized {
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
