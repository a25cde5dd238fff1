//! What has a model learned? Losses, and what each head attends to: the measures of `reference_data/training/evaluate.py`.
//!
//! | score | is the mean of the pattern's entries | measured on |
//! |---|---|---|
//! | current | on the diagonal | the first positions of held-out text |
//! | previous | on the diagonal below it | the same |
//! | first | in the first column | the same |
//! | induction | at the token after the query's earlier occurrence | a random segment, twice |

use hooked_transformer::{HookedTransformer, loss_per_token};
use ndarray::{Array2, ArrayView4, Axis, Ix4, concatenate, s};

use crate::batches::windows;
use crate::book::{BOS, Text};
use crate::error::Result;
use crate::random::{Mt19937, Pcg64};
use crate::recipe::Recipe;

/// Scores of heads: by layer, and in it by head.
pub type Scores = Vec<Vec<f32>>;

/// What a model was measured to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Mean loss on held-out text, in nats.
    pub held_out: f64,
    /// Mean loss on the first copy of a random segment.
    pub first_copy: f64,
    /// The same on the second copy.
    pub second_copy: f64,
    /// How much each head attends to the current token.
    pub current: Scores,
    /// … to the previous token.
    pub previous: Scores,
    /// … to the first token of the row.
    pub first: Scores,
    /// … to the token after the earlier occurrence of the current one.
    pub induction: Scores,
}

impl Measured {
    /// Layer and head of the best induction head, and its score.
    pub fn best_induction_head(&self) -> (usize, usize, f32) {
        best(&self.induction)
    }

    /// The same of the best previous-token head.
    pub fn best_previous_token_head(&self) -> (usize, usize, f32) {
        best(&self.previous)
    }

    /// Whether the model has learned induction: the second copy costs less than half of the first, and a head attends to
    /// the token after the earlier occurrence with more than half of its weight.
    pub fn is_past_the_bump(&self) -> bool {
        self.second_copy < self.first_copy / 2.0 && self.best_induction_head().2 > 0.5
    }
}

fn best(scores: &Scores) -> (usize, usize, f32) {
    let all =
        scores.iter().enumerate().flat_map(|(l, heads)| heads.iter().enumerate().map(move |(h, &score)| (l, h, score)));
    all.fold((0, 0, f32::NEG_INFINITY), |best, next| if next.2 > best.2 { next } else { best })
}

/// The inputs that every measurement of a run uses.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// `[row, pos]`
    held_out: Array2<usize>,
    /// `[row, pos]`, shorter: on which patterns are looked at.
    text: Array2<usize>,
    /// `[BOS, r, r]`
    repeated: Array2<usize>,
}

impl Evaluation {
    /// Rows of held-out text.
    const ROWS: usize = 32;
    /// Of these, the rows and positions on which patterns are looked at.
    const PATTERN_ROWS: usize = 16;
    const PATTERN_POSITIONS: usize = 64;
    /// Rows that go through the model together.
    const ROWS_AT_ONCE: usize = 8;
    /// The repeated segment, where the context has room.
    const SEGMENT: usize = 50;

    /// Held-out text and repeated segments for a recipe: always the same, whatever the seed.
    ///
    /// # Errors
    /// The text is too short, or not of this vocabulary.
    pub fn new(recipe: &Recipe, text: &Text) -> Result<Self> {
        text.check(recipe.context, recipe.vocabulary)?;
        let held_out = windows(&text.held_out, recipe.context, Self::ROWS, &mut Pcg64::new(0));
        let positions = recipe.context.min(Self::PATTERN_POSITIONS);
        let segment = Self::SEGMENT.min((recipe.context - 1) / 2);
        Ok(Evaluation {
            text: held_out.slice(s![..Self::PATTERN_ROWS, ..positions]).to_owned(),
            held_out,
            repeated: repeated_random(recipe.vocabulary, 8, segment, 0),
        })
    }

    /// The rows `[BOS, r, r]` on which induction is measured.
    pub fn repeated(&self) -> &Array2<usize> {
        &self.repeated
    }

    /// Measures a model.
    ///
    /// # Errors
    /// The model is of another recipe.
    pub fn measure(&self, model: &HookedTransformer) -> Result<Measured> {
        let held_out: Vec<f64> = self
            .held_out
            .axis_chunks_iter(Axis(0), Self::ROWS_AT_ONCE)
            .map(|rows| Ok(f64::from(model.loss(rows.to_owned())?)))
            .collect::<Result<_>>()?;
        Ok(Measured { held_out: held_out.iter().sum::<f64>() / held_out.len() as f64, ..self.glance(model)? })
    }

    /// The same without the loss on held-out text, which takes most of the time and is NaN here.
    ///
    /// # Errors
    /// The model is of another recipe.
    pub fn glance(&self, model: &HookedTransformer) -> Result<Measured> {
        let (logits, on_repeated) = model.run(&self.repeated).names_filter(is_pattern).logits_and_cache()?;
        let losses = loss_per_token(logits.view(), self.repeated.view())?;
        let segment = losses.ncols() / 2;
        let mean = |range: std::ops::Range<usize>| {
            let part = losses.slice(s![.., range]);
            part.iter().map(|&loss| f64::from(loss)).sum::<f64>() / part.len() as f64
        };
        let on_text = model.run(&self.text).names_filter(is_pattern).cache()?;
        let layers = 0..model.cfg().n_layers;
        let scores = |of: &dyn Fn(ArrayView4<'_, f32>) -> Vec<f32>, cache: &hooked_transformer::ActivationCache| {
            layers.clone().map(|layer| of(cache.view::<Ix4>(("pattern", layer)))).collect::<Scores>()
        };
        Ok(Measured {
            held_out: f64::NAN,
            first_copy: mean(0..segment),
            second_copy: mean(segment..2 * segment),
            current: scores(&|pattern| diagonal(pattern, 0), &on_text),
            previous: scores(&|pattern| diagonal(pattern, 1), &on_text),
            first: scores(&first_column, &on_text),
            induction: scores(&|pattern| diagonal(pattern, segment - 1), &on_repeated),
        })
    }
}

fn is_pattern(name: &str) -> bool {
    name.ends_with("hook_pattern")
}

/// By head, how much queries attend to the key `back` positions before them: the mean over rows and queries that have one.
fn diagonal(pattern: ArrayView4<'_, f32>, back: usize) -> Vec<f32> {
    by_head(pattern, |rows| {
        let n_pos = rows.dim().1;
        let entries = rows.outer_iter().flat_map(|row| (back..n_pos).map(move |query| row[[query, query - back]]));
        entries.collect::<Vec<f32>>()
    })
}

fn first_column(pattern: ArrayView4<'_, f32>) -> Vec<f32> {
    by_head(pattern, |rows| rows.slice(s![.., .., 0]).iter().copied().collect())
}

/// The mean of what `entries` picks of the patterns of a head, `[row, query_pos, key_pos]`.
fn by_head(pattern: ArrayView4<'_, f32>, entries: impl Fn(ndarray::ArrayView3<'_, f32>) -> Vec<f32>) -> Vec<f32> {
    let mean = |rows: ndarray::ArrayView3<'_, f32>| {
        let entries = entries(rows);
        (entries.iter().map(|&entry| f64::from(entry)).sum::<f64>() / entries.len() as f64) as f32
    };
    pattern.axis_iter(Axis(1)).map(mean).collect()
}

/// `[BOS, r, r]` with uniformly random tokens, as `data.repeated_random` draws them with PyTorch.
///
/// # Shapes
/// - output: `[row, 1 + 2 * segment]`
pub fn repeated_random(vocabulary: usize, rows: usize, segment: usize, seed: u64) -> Array2<usize> {
    let mut rng = Mt19937::new(seed);
    let segments = Array2::from_shape_simple_fn((rows, segment), || rng.integer(1, vocabulary));
    let bos = Array2::from_elem((rows, 1), BOS);
    concatenate(Axis(1), &[bos.view(), segments.view(), segments.view()]).expect("equally many rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array4;

    /// A pattern whose entries say where they are: 100 × head + 10 × query + key.
    #[test]
    fn scores_are_of_the_right_entries() {
        let pattern = Array4::from_shape_fn((2, 3, 4, 4), |(_, h, q, k)| (100 * h + 10 * q + k) as f32);
        assert_eq!(diagonal(pattern.view(), 0), [16.5, 116.5, 216.5]);
        assert_eq!(diagonal(pattern.view(), 1), [21.0, 121.0, 221.0]);
        assert_eq!(diagonal(pattern.view(), 3), [30.0, 130.0, 230.0]);
        assert_eq!(first_column(pattern.view()), [15.0, 115.0, 215.0]);
    }

    #[test]
    fn the_bump_needs_both_the_loss_and_a_head() {
        let measured = |second_copy, score| Measured {
            held_out: 2.0,
            first_copy: 5.0,
            second_copy,
            current: vec![],
            previous: vec![vec![0.9, 0.1]],
            first: vec![],
            induction: vec![vec![0.1, 0.0], vec![0.2, score]],
        };
        assert!(measured(2.4, 0.6).is_past_the_bump());
        assert!(!measured(2.6, 0.6).is_past_the_bump() && !measured(2.4, 0.4).is_past_the_bump());
        assert!(!measured(f64::NAN, 0.6).is_past_the_bump());
        assert_eq!(measured(1.0, 0.7).best_induction_head(), (1, 1, 0.7));
    }

    #[test]
    fn repeated_tokens_repeat() {
        let rows = repeated_random(96, 8, 30, 0);
        assert_eq!(rows.dim(), (8, 61));
        assert_eq!(rows.slice(s![.., 1..31]), rows.slice(s![.., 31..]));
        assert!(rows.column(0).iter().all(|&token| token == BOS) && rows.slice(s![.., 1..]).iter().all(|&t| t != BOS));
    }
}
