//! From gradients to new weights: Muon for the matrices inside the layers, AdamW for the rest.
//!
//! | parameters | optimizer |
//! |---|---|
//! | `blocks.*.attn.W_*` | Muon (or AdamW, if the recipe says so) |
//! | `embed.W_E`, `pos_embed.W_pos`, `unembed.W_U` | AdamW |
//!
//! Biases are not trained: these models do without, so they stay zero.

mod adamw;
mod muon;

use std::collections::HashMap;

use hooked_transformer::{Gradients, HookedTransformer};
use ndarray::{Array2, ArrayViewMutD};
use rayon::prelude::*;

pub use self::adamw::AdamW;
pub use self::muon::{Muon, Precision, orthogonalize};
use crate::error::{Result, TrainingError};
use crate::recipe::{OptimizerChoice, Recipe};

/// AdamW and Muon, each with its parameters.
#[derive(Clone, Debug)]
pub struct Optimizers {
    adamw: AdamW,
    muon: Muon,
}

/// A named tensor of an optimizer's state.
pub type StateTensor<'s> = (String, &'s [f32]);

impl Optimizers {
    /// Optimizers for these parameters of a model, with nothing accumulated yet.
    pub fn new(model: &HookedTransformer, recipe: &Recipe) -> Self {
        let by_muon = |name: &str| recipe.optimizer == OptimizerChoice::Muon && name.starts_with("blocks.");
        let shapes: Vec<(String, Vec<usize>)> = model
            .state_dict()
            .into_iter()
            .filter(|(name, _)| is_trained(name))
            .map(|(name, values)| (name, values.shape().to_vec()))
            .collect();
        let (inside, rest): (Vec<_>, Vec<_>) = shapes.into_iter().partition(|(name, _)| by_muon(name));
        Optimizers { adamw: AdamW::new(recipe, rest), muon: Muon::new(recipe, inside) }
    }

    /// One step of both, with `scale` of the full learning rates.
    ///
    /// # Panics
    /// If the gradients are those of another model.
    pub fn step(&mut self, model: &mut HookedTransformer, gradients: &Gradients, scale: f64) {
        let gradients: HashMap<String, _> = gradients.weights().into_iter().collect();
        model.update_parameters(|parameters| {
            let mut parameters: HashMap<String, ArrayViewMutD<'_, f32>> = parameters.into_iter().collect();
            self.muon.step(&mut parameters, &gradients, scale);
            self.adamw.step(&mut parameters, &gradients, scale);
        });
    }

    /// Steps that have been taken.
    pub fn steps(&self) -> u32 {
        self.adamw.steps()
    }

    /// Everything that the next step depends on, apart from [`steps`](Self::steps).
    pub fn state(&self) -> Vec<StateTensor<'_>> {
        self.adamw.state().into_iter().chain(self.muon.state()).collect()
    }

    /// Goes on from a state of earlier; `find` returns a tensor by its name.
    ///
    /// # Errors
    /// A tensor is missing or has another length.
    pub fn restore<'s>(&mut self, steps: u32, mut find: impl FnMut(&str) -> Option<&'s [f32]>) -> Result<()> {
        for (name, values) in self.adamw.state_mut().into_iter().chain(self.muon.state_mut()) {
            let stored =
                find(&name).ok_or_else(|| TrainingError::Checkpoint { problem: format!("it lacks `{name}`") })?;
            if stored.len() != values.len() {
                let problem = format!("`{name}` has {} numbers, expected {}", stored.len(), values.len());
                return Err(TrainingError::Checkpoint { problem });
            }
            values.copy_from_slice(stored);
        }
        self.adamw.set_steps(steps);
        Ok(())
    }
}

/// Whether a parameter is trained, by its name: all but the biases, which these models do without.
pub fn is_trained(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|last| last.starts_with("W_"))
}

/// The gradients' length, all taken as one vector.
pub fn norm(gradients: &Gradients) -> f64 {
    let squares = gradients.weights().into_par_iter().map(|(_, gradient)| {
        let values = gradient.as_slice().expect("gradients are contiguous");
        sum_of_squares(values)
    });
    // Summed in order, so that the result does not depend on the threads.
    squares.collect::<Vec<f64>>().into_iter().sum::<f64>().sqrt()
}

/// In double precision, with several running sums: each waits for its last addition.
fn sum_of_squares(values: &[f32]) -> f64 {
    const LANES: usize = 16;
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        for (sum, &value) in sums.iter_mut().zip(block) {
            *sum += f64::from(value) * f64::from(value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>()
}

/// Shortens gradients that are longer than `longest`; returns how long they were. As PyTorch's `clip_grad_norm_`.
pub fn clip(gradients: &mut Gradients, longest: f64) -> f64 {
    let norm = norm(gradients);
    let scale = (longest / (norm + 1e-6)) as f32;
    if scale < 1.0 {
        gradients
            .weights_mut()
            .into_par_iter()
            .for_each(|(_, mut gradient)| gradient.mapv_inplace(|value| value * scale));
    }
    norm
}

/// Copies between a parameter, in the library's layout, and a matrix that has all heads side by side:
/// `W_Q [head, d_model, d_head]` is `[d_model, head * d_head]`, and `W_O [head, d_head, d_model]` is
/// `[head * d_head, d_model]`.
fn to_matrix(name: &str, parameter: ndarray::ArrayViewD<'_, f32>) -> Array2<f32> {
    let shape = parameter.shape().to_vec();
    match shape[..] {
        [rows, columns] => parameter.to_shape((rows, columns)).expect("two axes").into_owned(),
        [heads, d_head, d_model] if name.ends_with("W_O") => {
            parameter.to_shape((heads * d_head, d_model)).expect("same size").into_owned()
        }
        [heads, d_model, d_head] => {
            let by_row = parameter.permuted_axes(ndarray::IxDyn(&[1, 0, 2]));
            by_row.to_shape((d_model, heads * d_head)).expect("same size").into_owned()
        }
        _ => panic!("{name} of shape {shape:?} is not a matrix"),
    }
}
