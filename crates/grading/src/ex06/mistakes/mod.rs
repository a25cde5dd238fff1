//! The mistakes of exercise 06 that the grader can name, in the order of the checks that catch them.

mod estimates;
mod maps;
mod metric;
mod paths;

use crate::exercise::Mistake;

/// The mistakes of each file, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[metric::MISTAKES, maps::MISTAKES, estimates::MISTAKES, paths::MISTAKES];
