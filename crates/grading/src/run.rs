//! One case after its run: what grading, fingerprints and tolerances are all made from.

use crate::call::Outcome;
use crate::compare::{Want, compare};
use crate::value::Value;

/// One case after its run.
#[derive(Clone, Debug)]
pub(crate) struct CaseRun {
    /// What the case is, in words.
    pub name: String,
    /// What the function did.
    pub outcome: Outcome<Value>,
    /// What it should have returned.
    pub want: Want,
    /// Whether a mistake always gives the same here, so that it can be recognized.
    pub diagnosis: bool,
}

impl CaseRun {
    /// How far it is from right, in tolerances.
    pub(crate) fn in_tolerances(&self) -> f64 {
        let Outcome::Returned(value) = &self.outcome else {
            return f64::INFINITY;
        };
        let off = compare(value, &self.want).unwrap_or_else(|difference| difference.largest);
        if off == 0.0 { 0.0 } else { off / self.want.tolerance() }
    }
}
