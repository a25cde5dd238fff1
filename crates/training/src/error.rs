//! What can go wrong: a recipe that contradicts itself, a run that diverges, files that are not what they should be.

use std::fmt;

/// A `Result` whose error is [`TrainingError`].
pub type Result<T> = std::result::Result<T, TrainingError>;

/// The error type of this crate. `Debug` prints the same prose as `Display`.
#[non_exhaustive]
pub enum TrainingError {
    /// The recipe contradicts itself.
    Recipe {
        /// The field at fault.
        field: &'static str,
        /// What was expected and what came.
        problem: String,
    },
    /// The loss, or a gradient, stopped being a number. The weights are those before the step.
    Diverged {
        /// The step that was not taken.
        step: usize,
        /// What is not a number.
        what: &'static str,
    },
    /// The text cannot be trained on.
    Text {
        /// What was expected and what came.
        problem: String,
    },
    /// A checkpoint is damaged, or belongs to another recipe.
    Checkpoint {
        /// What was expected and what came.
        problem: String,
    },
    /// A line of a log is not a record.
    Log {
        /// Counted from 1.
        line: usize,
        /// What was expected and what came.
        problem: String,
    },
    /// A file could not be read or written.
    #[cfg(feature = "files")]
    File {
        /// The file or folder.
        path: std::path::PathBuf,
        /// What was tried, and what to do, such as "the log cannot be written".
        doing: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The library refused.
    Model(hooked_transformer::Error),
}

impl From<hooked_transformer::Error> for TrainingError {
    fn from(error: hooked_transformer::Error) -> Self {
        TrainingError::Model(error)
    }
}

impl fmt::Display for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrainingError::Recipe { field, problem } => write!(f, "{field}: {problem}"),
            TrainingError::Diverged { step, what } => write!(
                f,
                "step {step}: {what} is not a finite number, so training stopped before the weights changed. A learning \
                 rate that is too high is the usual cause: try a tenth of it, or a longer warm-up"
            ),
            TrainingError::Text { problem } => write!(f, "text: {problem}"),
            TrainingError::Checkpoint { problem } => write!(f, "checkpoint: {problem}"),
            TrainingError::Log { line, problem } => write!(f, "log, line {line}: {problem}"),
            #[cfg(feature = "files")]
            TrainingError::File { path, doing, source } => write!(f, "{}: {doing}: {source}", path.display()),
            TrainingError::Model(error) => write!(f, "{error}"),
        }
    }
}

impl fmt::Debug for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for TrainingError {}
