//! Compares what came with what was expected, and says in words how they differ.
//!
//! The shape comes first: values of two shapes cannot be compared, and most mistakes show there. Then the worst
//! entries, at most five, with the names of their axes. Never the whole expected array: the aim is to let the learner see
//! the mistake, not the answer.

mod arrays;
mod lists;
mod tokens;

use std::sync::Arc;

use crate::prose::wrap;
use crate::value::{Tensor, Value};
use arrays::{compare_arrays, compare_numbers};
use lists::{compare_names, compare_words};
use tokens::compare_tokens;

/// At most so many entries are shown.
const SHOWN: usize = 5;

/// What a case must return.
#[derive(Clone, Debug)]
pub enum Want {
    /// An array, each entry within the tolerance.
    Array {
        /// The expected entries.
        values: Tensor,
        /// The name of each axis, from the course's glossary.
        axes: &'static [&'static str],
        /// How far an entry may be off.
        tolerance: f64,
    },
    /// A list of names in any order.
    Names {
        /// Every candidate with the score that decides about it.
        scores: Vec<(String, f64)>,
        /// What the score is: "mean attention to the previous token".
        score: &'static str,
        /// Below the first a name must not be listed, from the second on it must; between the two either will do, since
        /// the threshold is the learner's choice.
        band: (f64, f64),
    },
    /// A few numbers that each have a name.
    Numbers {
        /// The expected numbers.
        values: Tensor,
        /// What each of them is: "heads in all layers".
        names: &'static [&'static str],
        /// How far a number may be off.
        tolerance: f64,
    },
    /// Token ids, exactly these and in this order. They are names and not quantities.
    Tokens {
        /// The expected ids.
        ids: Tensor,
        /// The text of each token of the vocabulary.
        vocabulary: Arc<[String]>,
    },
    /// A list of words, exactly these and in this order.
    Words {
        /// The expected words.
        words: Vec<String>,
        /// What one of them is: "token".
        what: &'static str,
    },
}

impl Want {
    /// A single number.
    #[must_use]
    pub fn number(value: f64, tolerance: f64) -> Self {
        Self::Array { values: Tensor::from(value), axes: &[], tolerance }
    }

    /// How far an entry may be off; for a list of words, which is right or wrong, this is one.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        match self {
            Self::Array { tolerance, .. } | Self::Numbers { tolerance, .. } => *tolerance,
            Self::Tokens { .. } => 0.05,
            Self::Names { .. } | Self::Words { .. } => 1.0,
        }
    }

    /// The expected entries of an array, of numbers or of tokens.
    pub(crate) fn values(&self) -> Option<&Tensor> {
        match self {
            Self::Array { values, .. } | Self::Numbers { values, .. } | Self::Tokens { ids: values, .. } => {
                Some(values)
            }
            Self::Names { .. } | Self::Words { .. } => None,
        }
    }

    /// Whether no answer can be right for both.
    pub(crate) fn asks_for_something_else_than(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Names { scores, band, .. }, Self::Names { scores: others, .. }) => {
                let listed = |scores: &[(String, f64)]| -> Vec<String> {
                    scores.iter().filter(|(_, score)| *score >= band.1).map(|(name, _)| name.clone()).collect()
                };
                listed(scores) != listed(others)
            }
            (Self::Words { words, .. }, Self::Words { words: others, .. }) => words != others,
            _ => self.values().is_none() || self.values() != other.values(),
        }
    }
}

/// How a value differs from what was expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// In words, several lines.
    pub report: String,
    /// The largest absolute difference of an entry; infinite where shapes or names differ, or for NaN.
    pub largest: f64,
}

/// Compares. `Ok` holds the largest difference of an entry, which is within the tolerance.
///
/// # Errors
/// How they differ, if they do.
pub fn compare(got: &Value, want: &Want) -> Result<f64, Difference> {
    match (got, want) {
        (Value::Array(got), Want::Array { values, axes, tolerance }) => compare_arrays(got, values, axes, *tolerance),
        (Value::Array(got), Want::Numbers { values, names, tolerance }) => {
            compare_numbers(got, values, names, *tolerance)
        }
        (Value::Array(got), Want::Tokens { ids, vocabulary }) => compare_tokens(got, ids, vocabulary),
        (Value::Words(got), Want::Names { scores, score, band }) => compare_names(got, scores, score, *band),
        (Value::Words(got), Want::Words { words, what }) => compare_words(got, words, what),
        (Value::Array(_), Want::Names { .. }) => Err(unlike("an array", "a list of names")),
        (Value::Array(_), Want::Words { .. }) => Err(unlike("an array", "a list of words")),
        // A check says in words why there is no array.
        (Value::Words(why), _) if !why.is_empty() => {
            Err(Difference { report: wrap(&why.join(" "), "  "), largest: f64::INFINITY })
        }
        (Value::Words(_), _) => Err(unlike("a list of words", "an array")),
        (Value::Parts(_), _) => Err(unlike("several values", "one")),
    }
}

fn unlike(got: &str, want: &str) -> Difference {
    Difference { report: format!("  got {got}, want {want}"), largest: f64::INFINITY }
}

/// "1 token", "3 tokens".
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 || what.ends_with('s') { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests;
