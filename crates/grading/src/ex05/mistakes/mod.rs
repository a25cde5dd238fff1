//! The mistakes of exercise 05 that the grader can name, in the order of the checks that catch them.

mod composition;
mod factored;
mod pairs;
mod paths;
mod positions;
mod tokens;

use crate::exercise::Mistake;

/// The mistakes of each file, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    factored::MISTAKES,
    tokens::MISTAKES,
    positions::MISTAKES,
    pairs::MISTAKES,
    composition::MISTAKES,
    paths::MISTAKES,
];
