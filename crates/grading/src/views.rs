//! A learner's picture as a value: its kind, its tokens, and the numbers that it shows.

use circuit_vis::View;

use crate::value::{Tensor, Value};

/// The parts `kind`, `tokens` and `attention` of a view.
pub(crate) fn parts_of(view: &View) -> Value {
    let data = view.data();
    let tokens = data["tokens"]["raw"].as_array().into_iter().flatten();
    let tokens: Vec<String> = tokens.filter_map(|token| Some(token.as_str()?.to_string())).collect();
    let attention = Tensor::from(view.array("attention").unwrap_or_default());
    Value::parts([
        ("kind", Value::Words(vec![view.kind().to_string()])),
        ("tokens", Value::Words(tokens)),
        ("attention", Value::Array(attention)),
    ])
}

/// What [`parts_of`] sends, read back.
pub(crate) struct Shown<'a> {
    pub kind: &'a str,
    pub tokens: &'a [String],
    pub attention: &'a Tensor,
}

impl<'a> Shown<'a> {
    /// The picture in a value, if it is one.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        Some(Self {
            kind: value.part("kind")?.words()?.first()?,
            tokens: value.part("tokens")?.words()?,
            attention: value.part("attention")?.array()?,
        })
    }
}
