//! The mistakes of exercise 07 that the grader can name, in the order of the checks that catch them.

mod adamw;
mod backward;
mod batch;
mod bump;
mod clip;
mod growing;
mod layer;
mod loss;
mod rows;

use crate::exercise::Mistake;

/// The mistakes of each file, in the order of the checks.
pub(super) const MISTAKES: &[&[Mistake]] = &[
    loss::MISTAKES,
    backward::MISTAKES,
    layer::MISTAKES,
    clip::MISTAKES,
    adamw::MISTAKES,
    rows::MISTAKES,
    batch::MISTAKES,
    bump::MISTAKES,
    growing::MISTAKES,
];
