//! Integrated gradients along a straight line between two values of an activation.
//!
//! ```text
//! attribution = (to - from) * mean over α in [0, 1] of  d scalar / d activation  at  from + α (to - from)
//! ```
//! The attributions add up to `scalar(to) - scalar(from)` (completeness), up to the error of replacing the integral by a
//! mean over some steps. Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks"; the steps are at the
//! midpoints of equal parts.
//!
//! One gradient, as in [attribution patching](super::attribution), sees only where it starts: a saturated softmax looks
//! flat from there (AtP*). The line leads out of saturation, at the price of one run for each step. It misleads where the
//! points between are unlike anything that the model has seen, and where the scalar turns sharply between two steps:
//! [`IntegratedGradients::gap`] says how far the sum is off, so take more steps until it is small.

use ndarray::{ArrayD, ArrayViewD};

use super::attribution::token_batch;
use crate::backward::Scalar;
use crate::error::{Error, Result};
use crate::hooks::{ActName, NameFilter, fwd_hook, select};
use crate::model::HookedTransformer;
use crate::text::input::Input;

/// What each entry of an activation contributes to the change of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegratedGradients {
    /// Shaped as the activation.
    pub attributions: ArrayD<f32>,
    /// The scalar where the line begins.
    pub from: f32,
    /// The scalar where it ends.
    pub to: f32,
}

impl IntegratedGradients {
    /// How far the sum of the attributions is from the change of the scalar.
    pub fn gap(&self) -> f32 {
        (self.attributions.sum() - (self.to - self.from)).abs()
    }
}

/// Integrates the gradient of a scalar by one activation, while this activation goes in a straight line from one value
/// to another, and everything after it follows.
///
/// # Shapes
/// - `from`, `to`: those of the activation, with its batch axis
///
/// # Errors
/// The input does not suit the model, or is a residual stream; the model lacks the activation, or its shape is not that
/// of `from` and `to`; there are no steps; the scalar does not exist for this input.
pub fn integrated_gradients(
    model: &HookedTransformer,
    input: impl Into<Input>,
    activation: impl Into<ActName>,
    (from, to): (ArrayViewD<'_, f32>, ArrayViewD<'_, f32>),
    scalar: Scalar<'_>,
    steps: usize,
) -> Result<IntegratedGradients> {
    if steps == 0 {
        return Err(Error::Argument { name: "steps", problem: "expected at least one step, got 0".to_string() });
    }
    let batch = token_batch(model, input.into())?;
    let at = select(&model.points, &NameFilter::from(activation.into()))?;
    let point = &model.points.as_slice()[at[0]];
    let (n_batch, n_pos) = batch.tokens.dim();
    let shape: Vec<usize> = point
        .axes()
        .iter()
        .map(|(name, length)| length.unwrap_or(if *name == "batch" { n_batch } else { n_pos }))
        .collect();
    for (what, value) in [("from", &from), ("to", &to)] {
        if value.shape() != shape {
            return Err(Error::Shape {
                what: format!("`{what}`, a value of `{}`", point.name()),
                expected: format!("{} with batch={n_batch}, pos={n_pos} like the input", point.shape()),
                got: value.shape().to_vec(),
            });
        }
    }
    let change = &to - &from;
    let at = |alpha: f32| {
        let value = &from + &(&change * alpha);
        let set = fwd_hook(point.name(), move |mut activation, _| activation.assign(&value));
        model.run(&batch).hook(set).backward(scalar.clone()).activations(point.name()).grads()
    };
    let mut total = ArrayD::zeros(shape);
    for step in 0..steps {
        total += &at((step as f32 + 0.5) / steps as f32)?[point.name()];
    }
    let attributions = change.clone() * total / steps as f32;
    Ok(IntegratedGradients { attributions, from: at(0.0)?.value(), to: at(1.0)?.value() })
}
