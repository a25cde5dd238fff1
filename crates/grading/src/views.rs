//! A learner's picture as a value: its kind, its tokens, the names of its heads, and the numbers that it shows.

use circuit_vis::{View, head_names};

use crate::value::{Tensor, Value};

/// The parts `kind`, `tokens`, `heads` and `attention` of a view.
pub(crate) fn parts_of(view: &View) -> Value {
    let data = view.data();
    let words = |list: &serde_json::Value| -> Vec<String> {
        let words = list.as_array().into_iter().flatten();
        words.filter_map(|word| Some(word.as_str()?.to_string())).collect()
    };
    let attention = Tensor::from(view.array("attention").unwrap_or_default());
    Value::parts([
        ("kind", Value::Words(vec![view.kind().to_string()])),
        ("tokens", Value::Words(words(&data["tokens"]["raw"]))),
        ("heads", Value::Words(words(&data["head_names"]))),
        ("attention", Value::Array(attention)),
    ])
}

/// What [`parts_of`] sends, read back.
pub(crate) struct Shown<'a> {
    pub kind: &'a str,
    pub tokens: &'a [String],
    pub heads: &'a [String],
    pub attention: &'a Tensor,
}

impl<'a> Shown<'a> {
    /// The picture in a value, if it is one.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        Some(Self {
            kind: value.part("kind")?.words()?.first()?,
            tokens: value.part("tokens")?.words()?,
            heads: value.part("heads")?.words()?,
            attention: value.part("attention")?.array()?,
        })
    }

    /// Whether the heads are called as those of another layer. How they are called is left to the learner otherwise.
    pub(crate) fn names_another_layer(&self, layer: usize, n_layers: usize) -> bool {
        let are_of = |other: &usize| self.heads == head_names(*other, self.heads.len());
        !self.heads.is_empty() && (0..n_layers).filter(|other| *other != layer).any(|other| are_of(&other))
    }
}
