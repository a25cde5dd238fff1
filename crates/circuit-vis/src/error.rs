//! What can go wrong: input that does not fit together, and files that cannot be written or opened.

use std::fmt;
use std::path::PathBuf;

/// Why a view could not be made, written or opened. `Debug` prints the same prose as `Display`.
#[non_exhaustive]
pub enum VisError {
    /// Two inputs should have the same length (or one a length that follows from the other), and do not.
    Length {
        /// What was counted, for example `"tokens"`.
        what: String,
        /// How many there should be.
        expected: usize,
        /// What the expected number comes from, for example `"the key_pos axis of attention"`.
        because: String,
        /// How many there are.
        got: usize,
    },
    /// An array has the wrong shape.
    Shape {
        /// The array.
        what: String,
        /// The shape that it should have, in words or axis names.
        expected: String,
        /// The shape that it has.
        got: Vec<usize>,
    },
    /// There is nothing to show.
    Empty {
        /// What is empty.
        what: String,
    },
    /// An index points past the end.
    Index {
        /// What the index counts, for example `"token"`.
        what: String,
        /// The index, as given.
        index: String,
        /// How many there are.
        len: usize,
    },
    /// A range of colors or of an axis whose lower end is not below its upper end, or is not finite.
    Range {
        /// The lower end.
        min: f32,
        /// The upper end.
        max: f32,
    },
    /// Rows that should be log-probabilities are not: their exponentials do not sum to 1.
    NotLogProbs {
        /// The first such row.
        pos: usize,
        /// The sum of its exponentials.
        total: f64,
    },
    /// A file could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file was written, but no browser could be started.
    Open {
        /// The file, which can be opened by hand.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}

impl fmt::Display for VisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { what, expected, because, got } => {
                write!(f, "{what}: expected {expected} ({because}), got {got}")
            }
            Self::Shape { what, expected, got } => write!(f, "{what}: expected shape {expected}, got {got:?}"),
            Self::Empty { what } => write!(f, "{what}: expected at least one, got none"),
            Self::Index { what, index, len } => write!(f, "{what} {index} is out of range: there are {len}"),
            Self::Range { min, max } => {
                write!(f, "range: expected a finite minimum below a finite maximum, got {min} and {max}")
            }
            Self::NotLogProbs { pos, total } => write!(
                f,
                "log_probs: expected the exponentials of every row to sum to 1, but those of row {pos} sum to {total:.4}; \
                 were logits given where their log-softmax was meant?"
            ),
            Self::Write { path, source } => write!(f, "cannot write {}: {source}", path.display()),
            Self::Open { path, .. } => {
                write!(f, "the page is at {}; no browser could be started here, so open it yourself", path.display())
            }
        }
    }
}

impl fmt::Debug for VisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for VisError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write { source, .. } | Self::Open { source, .. } => Some(source),
            _ => None,
        }
    }
}
