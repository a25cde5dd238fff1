//! Gradient times activation, for every component that writes to the residual stream.
//!
//! ```text
//! effect[component, pos] = Σ over batch and d_model of  activation * d scalar / d activation
//! ```
//! To first order it is how much the scalar would fall if the component wrote nothing at this position: attribution
//! patching toward zero. Source: Shrikumar et al. 2016, "Not Just a Black Box" (input times gradient).
//!
//! It misleads as [attribution patching](super::attribution) does, and more, since zero is far from everything that the
//! model has seen: a component that writes the same everywhere gets a large effect, which no input can change. Saturated
//! attention (a head resting on one key, AtP*) hides what queries and keys do. Where only differences between two inputs
//! matter, use attribution patching.

use ndarray::{Array2, ArrayViewD, Axis, Ix3, Ix4, Zip, stack};

use super::attribution::token_batch;
use crate::backward::{Edits, Scalar};
use crate::error::Result;
use crate::hooks::NameFilter;
use crate::model::HookedTransformer;
use crate::text::input::Input;

/// What each component does to the scalar, to first order.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentEffects {
    /// The components' names, as in [`ActivationCache::stack_head_results`](crate::ActivationCache): `embed`,
    /// `pos_embed`, `L0H1`, `0_mlp_out`.
    pub labels: Vec<String>,
    /// `[component, pos]`
    pub values: Array2<f32>,
}

impl ComponentEffects {
    /// The effects of one component, by position; `None` if there is none of this name.
    pub fn of(&self, label: &str) -> Option<ndarray::ArrayView1<'_, f32>> {
        self.labels.iter().position(|l| l == label).map(|row| self.values.row(row))
    }
}

/// Gradient times activation of embeddings, positions (where the model adds them to the stream), every head and every
/// MLP. A head's is that of its `z`, which equals that of what it writes.
///
/// # Errors
/// The input does not suit the model, or is a residual stream; the scalar does not exist for this input. A hook of the
/// model edits an activation: see [`gradient_times_activation_with_edits`].
pub fn gradient_times_activation(
    model: &HookedTransformer,
    input: impl Into<Input>,
    scalar: Scalar<'_>,
) -> Result<ComponentEffects> {
    effects(model, input.into(), scalar, None)
}

/// As [`gradient_times_activation`], of a model whose hooks edit activations; `edits` says what that means for the gradient
/// upstream of them.
///
/// # Errors
/// The input does not suit the model, or is a residual stream; the scalar does not exist for this input.
pub fn gradient_times_activation_with_edits(
    model: &HookedTransformer,
    input: impl Into<Input>,
    scalar: Scalar<'_>,
    edits: Edits,
) -> Result<ComponentEffects> {
    effects(model, input.into(), scalar, Some(edits))
}

fn effects(
    model: &HookedTransformer,
    input: Input,
    scalar: Scalar<'_>,
    edits: Option<Edits>,
) -> Result<ComponentEffects> {
    let batch = token_batch(model, input)?;
    let has = |name: &str| model.hook_points().iter().any(|point| point.name() == name);
    let mut names = vec!["hook_embed".to_string()];
    // A shortformer model's positions are not written to the stream.
    let in_stream = model.cfg().positional_embedding_type == crate::PositionalEmbeddingType::Standard;
    names.extend(in_stream.then(|| "hook_pos_embed".to_string()));
    for layer in 0..model.cfg().n_layers {
        let parts = [format!("blocks.{layer}.attn.hook_z"), format!("blocks.{layer}.hook_mlp_out")];
        names.extend(parts.into_iter().filter(|name| has(name)));
    }
    let filter = || NameFilter::from(names.clone());
    let mut run = model.run(&batch).names_filter(filter()).backward(scalar).activations(filter());
    if let Some(edits) = edits {
        run = run.edits(edits);
    }
    let (grads, cache) = run.grads_and_cache()?;
    let (mut labels, mut rows) = (Vec::new(), Vec::new());
    for name in &names {
        let product = product(cache.get(name.as_str())?.view(), grads.get(name.as_str())?.view());
        let layer = name.split('.').nth(1).unwrap_or_default();
        if name.ends_with("hook_z") {
            let by_head = product.into_dimensionality::<Ix4>().expect("z has a head axis").sum_axis(Axis(3));
            let by_head = by_head.sum_axis(Axis(0));
            for (head, effects) in by_head.axis_iter(Axis(1)).enumerate() {
                labels.push(format!("L{layer}H{head}"));
                rows.push(effects.to_owned());
            }
        } else {
            labels.push(match name.strip_prefix("hook_") {
                Some(outside) => outside.to_string(),
                None => format!("{layer}_mlp_out"),
            });
            let by_pos = product.into_dimensionality::<Ix3>().expect("a component is [batch, pos, d_model]");
            rows.push(by_pos.sum_axis(Axis(2)).sum_axis(Axis(0)));
        }
    }
    let views: Vec<_> = rows.iter().map(|row| row.view()).collect();
    Ok(ComponentEffects { labels, values: stack(Axis(0), &views).expect("one row for each component") })
}

fn product(activation: ArrayViewD<'_, f32>, gradient: ArrayViewD<'_, f32>) -> ndarray::ArrayD<f32> {
    Zip::from(&activation).and(&gradient).map_collect(|a, d| a * d)
}
