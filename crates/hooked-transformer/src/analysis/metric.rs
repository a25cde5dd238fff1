//! What a sweep measures: one number for each run.

use ndarray::{ArrayView3, Axis};

use crate::cache::PosSlice;
use crate::error::Result;
use crate::model::run::Run;

/// A function from logits to a number.
type OfLogits<'a> = Box<dyn Fn(&ArrayView3<'_, f32>) -> f32 + Sync + 'a>;

/// One number that says how a run went.
///
/// A closure on the logits `[batch, pos, d_vocab]` converts into it: `|logits: &ArrayView3<f32>| logits[[0, 5, 17]]`.
/// What looks at a few positions only should say so ([`Metric::at`]): their logits are all that is then computed.
pub struct Metric<'a>(Kind<'a>);

enum Kind<'a> {
    Logits(OfLogits<'a>),
    At(PosSlice, OfLogits<'a>),
    Loss,
}

impl<'a, F: Fn(&ArrayView3<'_, f32>) -> f32 + Sync + 'a> From<F> for Metric<'a> {
    fn from(metric: F) -> Self {
        Metric(Kind::Logits(Box::new(metric)))
    }
}

impl<'a> Metric<'a> {
    /// A function of the logits of some positions, `[batch, chosen pos, d_vocab]`; `at(-1, …)` sees those of the last.
    pub fn at(positions: impl Into<PosSlice>, metric: impl Fn(&ArrayView3<'_, f32>) -> f32 + Sync + 'a) -> Self {
        Metric(Kind::At(positions.into(), Box::new(metric)))
    }

    /// The mean loss of the next token; padding does not count. The logits are never in memory all at once.
    pub fn loss() -> Self {
        Metric(Kind::Loss)
    }

    /// # Errors
    /// The run's.
    pub(super) fn measure(&self, run: Run<'_>) -> Result<f32> {
        Ok(self.measure_copies(run, 1)?[0])
    }

    /// The metric of each of several inputs of equal shape that run as one batch.
    ///
    /// # Errors
    /// The run's.
    pub(super) fn measure_copies(&self, run: Run<'_>, copies: usize) -> Result<Vec<f32>> {
        let (logits, metric) = match &self.0 {
            Kind::Logits(metric) => (run.logits()?, metric),
            Kind::At(positions, metric) => (run.logits_at(positions.clone())?, metric),
            Kind::Loss => return run.loss_of_copies(copies),
        };
        let rows = logits.dim().0 / copies;
        Ok(logits.axis_chunks_iter(Axis(0), rows).map(|of_copy| metric(&of_copy)).collect())
    }
}
