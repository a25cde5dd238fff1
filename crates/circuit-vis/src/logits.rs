//! What the model predicted: each token colored by its log-probability, with its rank and the predictions before it.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde_json::json;

use crate::{View, VisError, array, check, text, visible};

/// Text whose tokens are colored by how likely the model found them; hover a token for its rank, its probability and the
/// `top_k` tokens that the model would have preferred to see there.
///
/// After `circuitsvis.logits.token_log_probs`: token 0 is taken for BOS, which nothing predicts, and is left out, as is the
/// prediction after the last token. The color is `5 + log_prob`, so a token at -5 or below has none. Ranks are shown from 1;
/// in the data they count from 0.
///
/// # Shapes
/// - `token_indices`: `[pos]`, any integers (`u32`, `usize`, `i64`, ...)
/// - `log_probs`: `[pos, d_vocab]`
/// - `to_string`: what the tokenizer makes of one vocabulary index
///
/// # Errors
/// [`VisError::Length`] if the lengths differ, [`VisError::Empty`] with fewer than two tokens or `top_k = 0`,
/// [`VisError::Index`] for a token outside the vocabulary, and [`VisError::NotLogProbs`] if a row's exponentials do not sum
/// to 1: logits and log-probabilities are easily confused.
pub fn token_log_probs<T: Copy + TryInto<usize> + std::fmt::Display>(
    token_indices: &[T],
    log_probs: ArrayView2<'_, f32>,
    to_string: impl Fn(usize) -> String,
    top_k: usize,
) -> Result<View, VisError> {
    let (pos, d_vocab) = log_probs.dim();
    check::length("the pos axis of log_probs", token_indices.len(), "the number of tokens", pos)?;
    check::not_empty("tokens after the first", token_indices.len().saturating_sub(1))?;
    check::not_empty("top_k", top_k)?;
    let indices = token_indices.iter().map(|&token| vocabulary_index(token, d_vocab)).collect::<Result<Vec<_>, _>>()?;
    for (pos, row) in log_probs.rows().into_iter().enumerate() {
        is_log_probs(pos, row)?;
    }

    let predictions: Vec<Prediction> =
        indices[1..].iter().zip(log_probs.rows()).map(|(&token, row)| Prediction::new(token, row, top_k)).collect();
    let strings: Vec<String> = indices.iter().map(|&index| to_string(index)).collect();
    let top: Vec<_> =
        predictions.iter().map(|p| visible::block(&p.top.iter().map(|&t| to_string(t)).collect::<Vec<_>>())).collect();
    let top_log_probs =
        Array2::from_shape_fn((predictions.len(), top_k.min(d_vocab)), |(p, k)| log_probs[[p, predictions[p].top[k]]]);
    let data = json!({
        "tokens": visible::block(&strings),
        "log_probs": array::encode(&predictions.iter().map(|p| p.log_prob).collect::<ndarray::Array1<f32>>().view()),
        "ranks": predictions.iter().map(|p| p.rank).collect::<Vec<_>>(),
        "d_vocab": d_vocab,
        "top": top,
        "top_log_probs": array::encode(&top_log_probs.view()),
    });
    Ok(View::new("token_log_probs", "Token log-probabilities", data, lines(&strings, &predictions, d_vocab)))
}

fn vocabulary_index<T: Copy + TryInto<usize> + std::fmt::Display>(token: T, d_vocab: usize) -> Result<usize, VisError> {
    let index = token.try_into().ok().filter(|index| *index < d_vocab);
    index.ok_or_else(|| VisError::Index { what: "token".into(), index: token.to_string(), len: d_vocab })
}

/// A row with a NaN passes: it is shown as such. The tolerance is far above the rounding of f32, far below a logit.
fn is_log_probs(pos: usize, row: ArrayView1<'_, f32>) -> Result<(), VisError> {
    let total: f64 = row.iter().map(|&value| f64::from(value).exp()).sum();
    if (total - 1.0).abs() > 0.01 { Err(VisError::NotLogProbs { pos, total }) } else { Ok(()) }
}

/// What the model thought of the token that came.
struct Prediction {
    log_prob: f32,
    rank: usize,
    top: Vec<usize>,
}

impl Prediction {
    fn new(token: usize, row: ArrayView1<'_, f32>, top_k: usize) -> Self {
        let log_prob = row[token];
        let rank = row.iter().filter(|&&other| other > log_prob).count();
        let mut top: Vec<usize> = (0..row.len()).collect();
        // NaN sorts to the end rather than to the top.
        let key = |index: usize| if row[index].is_nan() { f32::NEG_INFINITY } else { row[index] };
        top.sort_by(|&a, &b| key(b).total_cmp(&key(a)));
        top.truncate(top_k);
        Self { log_prob, rank, top }
    }
}

fn lines(strings: &[String], predictions: &[Prediction], d_vocab: usize) -> String {
    let tokens = visible::numbered(strings);
    let line = |(token, p): (&String, &Prediction)| {
        format!("{}\t{} of {d_vocab}\t{}\n", text::number(p.log_prob), p.rank + 1, text::shorten(token, 24))
    };
    tokens[1..].iter().zip(predictions).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_rank_counts_the_more_likely_tokens() {
        let row = array![0.1f32, 0.5, 0.1, 0.3].mapv(f32::ln);
        let prediction = Prediction::new(3, row.view(), 3);
        assert_eq!((prediction.rank, prediction.top), (1, vec![1, 3, 0]));
        assert_eq!(Prediction::new(2, row.view(), 1).rank, 2, "a tie is not more likely");
    }
}
