//! Training batches: windows of a book, and rows that repeat a segment until they are full.
//!
//! Text alone repeats itself too little for induction heads to be worth much. The segments are
//! - real text, whose first copy counts in the loss as any text does, and
//! - random tokens, some by their frequency in the text and the others uniform, whose first copy does *not* count: nothing
//!   can be learned from it, and its loss would drown the rest.

use std::sync::Arc;

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::book::BOS;
use crate::random::Pcg64;
use crate::recipe::Recipe;

/// How a batch is composed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// The share of rows that repeat a segment. One means no text at all.
    pub repeated: f64,
    /// Of these, the share whose segment is real text.
    pub real: f64,
    /// Of the random ones, the share whose tokens are drawn by their frequency in the text; the others are uniform.
    pub by_frequency: f64,
    /// The shortest segment; the longest is half a row, so that it occurs twice.
    pub shortest: usize,
}

/// One batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[row, pos]`; each row begins with [`BOS`].
    pub tokens: Array2<usize>,
    /// `[row, pos - 1]`: whether the prediction made at this position counts in the loss.
    pub counts: Array2<bool>,
}

/// Draws batches. All randomness comes from one generator, whose state a checkpoint stores.
#[derive(Clone, Debug)]
pub struct Batches {
    tokens: Arc<[u16]>,
    vocabulary: usize,
    context: usize,
    rows: usize,
    mixture: Mixture,
    /// The running sum of the tokens' frequencies.
    cumulative_frequency: Arc<[f64]>,
    rng: Pcg64,
}

impl Batches {
    /// Batches as a recipe says, of this text.
    pub fn new(recipe: &Recipe, tokens: Arc<[u16]>) -> Self {
        let cumulative_frequency = cumulative_frequency(&tokens, recipe.vocabulary).into();
        Batches {
            tokens,
            vocabulary: recipe.vocabulary,
            context: recipe.context,
            rows: recipe.rows,
            mixture: recipe.mixture,
            cumulative_frequency,
            rng: Pcg64::new(recipe.seed),
        }
    }

    /// Where the generator is.
    pub fn position(&self) -> &Pcg64 {
        &self.rng
    }

    /// Goes on from a position of earlier.
    pub fn set_position(&mut self, position: Pcg64) {
        self.rng = position;
    }

    /// The next batch.
    pub fn draw(&mut self) -> Batch {
        let mut tokens = windows(&self.tokens, self.context, self.rows, &mut self.rng);
        let mut counts = Array2::from_elem((self.rows, self.context - 1), true);
        for (mut row, mut counts) in tokens.axis_iter_mut(Axis(0)).zip(counts.axis_iter_mut(Axis(0))) {
            if self.rng.uniform() < self.mixture.repeated {
                let row = row.as_slice_mut().expect("a row is contiguous");
                let uncounted = self.repeat_segment(&mut row[1..]);
                counts.iter_mut().take(uncounted).for_each(|counts| *counts = false);
            }
        }
        Batch { tokens, counts }
    }

    /// Overwrites a row, without its first token, with one segment, repeated. Returns how many predictions do not count.
    fn repeat_segment(&mut self, row: &mut [usize]) -> usize {
        let Mixture { real, by_frequency, shortest, .. } = self.mixture;
        let length = self.rng.integer(shortest, row.len() / 2 + 1);
        let kind = self.rng.uniform();
        let uncounted = if kind < real {
            0
        } else if kind < real + (1.0 - real) * by_frequency {
            row[..length].fill_with(|| {
                let drawn = self.rng.uniform();
                // The last sum may be a hair below one.
                self.cumulative_frequency.partition_point(|&sum| sum < drawn).min(self.vocabulary - 1)
            });
            length
        } else {
            row[..length].fill_with(|| self.rng.integer(1, self.vocabulary));
            length
        };
        for pos in length..row.len() {
            row[pos] = row[pos - length];
        }
        uncounted
    }
}

/// Random windows of a text, the first token of each replaced by [`BOS`]: `[row, pos]`.
pub(crate) fn windows(text: &[u16], context: usize, rows: usize, rng: &mut Pcg64) -> Array2<usize> {
    // All starts first, as NumPy draws them.
    let starts: Vec<usize> = (0..rows).map(|_| rng.integer(0, text.len() - context)).collect();
    Array2::from_shape_fn((rows, context), |(row, pos)| match pos {
        0 => BOS,
        _ => usize::from(text[starts[row] + pos]),
    })
}

/// By token: how much of a text is this token or one before it; [`BOS`] is not counted.
fn cumulative_frequency(tokens: &[u16], vocabulary: usize) -> Vec<f64> {
    let mut counts = vec![0usize; vocabulary];
    tokens.iter().for_each(|&token| counts[usize::from(token)] += 1);
    counts[BOS] = 0;
    let total = counts.iter().sum::<usize>() as f64;
    counts
        .iter()
        .scan(0.0, |sum, &count| {
            *sum += count as f64 / total;
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(mixture: Mixture) -> Batches {
        let recipe = Recipe { vocabulary: 50, context: 21, rows: 40, mixture, ..Recipe::grow() };
        Batches::new(&recipe, (0..500).map(|i| (i % 49 + 1) as u16).collect())
    }

    #[test]
    fn text_rows_are_windows_and_all_of_them_count() {
        let Batch { tokens, counts } =
            batches(Mixture { repeated: 0.0, real: 0.0, by_frequency: 0.0, shortest: 3 }).draw();
        assert!(counts.iter().all(|&counts| counts));
        for row in tokens.rows() {
            assert_eq!(row[0], BOS);
            assert!((2..21).all(|p| row[p] == row[p - 1] % 49 + 1), "{row}");
        }
    }

    /// The length of the segment is the number of predictions that do not count.
    #[test]
    fn random_rows_repeat_a_segment_whose_first_copy_does_not_count() {
        let mut lengths = std::collections::BTreeSet::new();
        for by_frequency in [0.0, 1.0] {
            let mixture = Mixture { repeated: 1.0, real: 0.0, by_frequency, shortest: 3 };
            let Batch { tokens, counts } = batches(mixture).draw();
            for (row, counts) in tokens.rows().into_iter().zip(counts.rows()) {
                let length = counts.iter().filter(|&&counts| !counts).count();
                assert!((3..=10).contains(&length) && !counts[length - 1] && counts[length], "{counts}");
                assert!((1 + length..21).all(|p| row[p] == row[p - length]), "{row}");
                assert!(row.iter().skip(1).all(|&token| token != BOS));
                lengths.insert(length);
            }
        }
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), (3..=10).collect::<Vec<_>>());
    }

    #[test]
    fn repeated_real_text_counts() {
        let Batch { tokens, counts } =
            batches(Mixture { repeated: 1.0, real: 1.0, by_frequency: 0.5, shortest: 10 }).draw();
        assert!(counts.iter().all(|&counts| counts));
        assert!(tokens.rows().into_iter().all(|row| row[2] == row[1] % 49 + 1 && row[11] == row[1]));
    }
}
