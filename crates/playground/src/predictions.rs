//! What is read off the log-probabilities of the next token: losses, the most probable tokens, how much they changed.

use std::collections::BTreeMap;

use hooked_transformer::{HookedTransformer, Result};
use ndarray::{Array1, ArrayView1, ArrayView2};
use serde_json::{Value, json};

/// Predictions that are shown at a position.
const SHOWN: usize = 8;

/// The loss of each token after the first, `[pos - 1]`.
pub(crate) fn losses(log_probs: ArrayView2<'_, f32>, ids: &[usize]) -> Array1<f32> {
    ids.iter().skip(1).zip(log_probs.rows()).map(|(&id, row)| -row[id]).collect()
}

/// The mean loss, if there is a token to predict.
pub(crate) fn mean_loss(losses: &Array1<f32>) -> Value {
    losses.mean().map_or(Value::Null, Value::from)
}

/// The tokens with the largest values, largest first.
pub(crate) fn largest(values: ArrayView1<'_, f32>, count: usize) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::with_capacity(count + 1);
    for (id, &value) in values.iter().enumerate() {
        if best.len() < count || value > values[best[best.len() - 1]] {
            let at = best.partition_point(|&other| values[other] >= value);
            best.insert(at, id);
            best.truncate(count);
        }
    }
    best
}

/// The most probable tokens at each position: `[[id, probability], …]`, most probable first.
pub(crate) fn top(log_probs: ArrayView2<'_, f32>, words: &mut Words<'_>) -> Result<Value> {
    let mut rows = Vec::with_capacity(log_probs.nrows());
    for row in log_probs.rows() {
        let best = largest(row, SHOWN);
        best.iter().try_for_each(|&id| words.note(id))?;
        rows.push(Value::from(best.into_iter().map(|id| json!([id, row[id].exp()])).collect::<Vec<_>>()));
    }
    Ok(rows.into())
}

/// How far the prediction at each position moved, in nats: `KL(before ‖ after)`.
pub(crate) fn divergence(before: ArrayView2<'_, f32>, after: ArrayView2<'_, f32>) -> Array1<f32> {
    let of_row = |(before, after): (ArrayView1<'_, f32>, ArrayView1<'_, f32>)| {
        let terms = before.iter().zip(after).filter(|(b, _)| b.is_finite());
        terms.map(|(&b, &a)| f64::from(b).exp() * (f64::from(b) - f64::from(a))).sum::<f64>() as f32
    };
    before.rows().into_iter().zip(after.rows()).map(of_row).collect()
}

/// The texts of tokens that an answer mentions by their ids.
pub(crate) struct Words<'m> {
    model: &'m HookedTransformer,
    texts: BTreeMap<usize, String>,
}

impl<'m> Words<'m> {
    pub(crate) fn new(model: &'m HookedTransformer) -> Self {
        Words { model, texts: BTreeMap::new() }
    }

    /// # Errors
    /// The model has no tokenizer.
    pub(crate) fn note(&mut self, id: usize) -> Result<()> {
        if let std::collections::btree_map::Entry::Vacant(place) = self.texts.entry(id) {
            // A model may have more tokens than its tokenizer.
            let text = self.model.to_single_str_token(id).unwrap_or_else(|_| format!("[{id}]"));
            place.insert(text);
        }
        Ok(())
    }

    pub(crate) fn into_json(self) -> Value {
        Value::Object(self.texts.into_iter().map(|(id, text)| (id.to_string(), text.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_largest_come_first_and_equals_in_order() {
        assert_eq!(largest(array![1.0, 5.0, 3.0, 5.0, 4.0].view(), 3), [1, 3, 4]);
        assert_eq!(largest(array![2.0].view(), 3), [0]);
    }

    #[test]
    fn divergence_of_a_known_pair() {
        let before = array![[0.5f32, 0.5], [1.0, 0.0]].mapv(f32::ln);
        let after = array![[0.25f32, 0.75], [1.0, 0.0]].mapv(f32::ln);
        let got = divergence(before.view(), after.view());
        let want = 0.5 * (2.0f32).ln() + 0.5 * (2.0f32 / 3.0).ln();
        assert!((got[0] - want).abs() <= 1e-6 && got[1] == 0.0, "{got}");
    }

    #[test]
    fn a_loss_belongs_to_the_token_after() {
        let log_probs = array![[-1.0f32, -2.0], [-3.0, -4.0], [-5.0, -6.0]];
        assert_eq!(losses(log_probs.view(), &[0, 1, 0]), array![2.0, 3.0]);
        assert_eq!(mean_loss(&losses(log_probs.view(), &[0])), Value::Null);
    }
}
