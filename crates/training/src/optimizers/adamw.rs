//! AdamW: each weight moves by its gradient's running mean over the root of its square's.
//!
//! ```text
//! w ← w (1 - rate · decay)
//! m ← β₁ m + (1 - β₁) g              v ← β₂ v + (1 - β₂) g²
//! w ← w - rate · m̂ / (√v̂ + ε)        m̂ = m / (1 - β₁ᵗ)    v̂ = v / (1 - β₂ᵗ)    t = 1 at the first step
//! ```
//! Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; arithmetic as `torch.optim.AdamW`.

use std::collections::HashMap;

use ndarray::{ArrayViewD, ArrayViewMutD};
use rayon::prelude::*;

use super::StateTensor;
use crate::recipe::Recipe;

/// AdamW over some parameters of a model.
#[derive(Clone, Debug)]
pub struct AdamW {
    rate: f64,
    weight_decay: f64,
    steps: u32,
    parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
struct Parameter {
    name: String,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl AdamW {
    const BETA_1: f64 = 0.9;
    const BETA_2: f64 = 0.98;
    const EPSILON: f64 = 1e-8;

    /// For parameters of these names and shapes.
    pub fn new(recipe: &Recipe, parameters: Vec<(String, Vec<usize>)>) -> Self {
        let parameters = parameters
            .into_iter()
            .map(|(name, shape)| {
                let n = shape.iter().product();
                Parameter { name, mean: vec![0.0; n], square: vec![0.0; n] }
            })
            .collect();
        AdamW { rate: recipe.rate, weight_decay: recipe.weight_decay, steps: 0, parameters }
    }

    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    pub(super) fn set_steps(&mut self, steps: u32) {
        self.steps = steps;
    }

    pub(super) fn step(
        &mut self,
        parameters: &mut HashMap<String, ArrayViewMutD<'_, f32>>,
        gradients: &HashMap<String, ArrayViewD<'_, f32>>,
        scale: f64,
    ) {
        self.steps += 1;
        let t = self.steps as i32;
        let rate = self.rate * scale;
        let step_size = (rate / (1.0 - Self::BETA_1.powi(t))) as f32;
        let kept = (1.0 - rate * self.weight_decay) as f32;
        let root_correction = (1.0 - Self::BETA_2.powi(t)).sqrt() as f32;
        let all = self.parameters.iter_mut().map(|Parameter { name, mean, square }| {
            let weights = parameters.remove(name.as_str()).expect("a parameter of the model");
            (weights, &gradients[name.as_str()], mean, square)
        });
        let mut all: Vec<_> = all.collect();
        all.par_iter_mut().for_each(|(weights, gradient, mean, square)| {
            let weights = weights.as_slice_mut().expect("parameters are contiguous");
            let gradient = gradient.as_slice().expect("gradients are contiguous");
            update(weights, gradient, (mean, square), [kept, step_size, root_correction]);
        });
    }

    pub(super) fn state(&self) -> Vec<StateTensor<'_>> {
        self.parameters.iter().flat_map(Parameter::state).collect()
    }

    pub(super) fn state_mut(&mut self) -> Vec<(String, &mut [f32])> {
        self.parameters.iter_mut().flat_map(Parameter::state_mut).collect()
    }
}

impl Parameter {
    fn mean_name(&self) -> String {
        format!("adamw.mean.{}", self.name)
    }

    fn square_name(&self) -> String {
        format!("adamw.square.{}", self.name)
    }

    fn state(&self) -> [StateTensor<'_>; 2] {
        [(self.mean_name(), &self.mean[..]), (self.square_name(), &self.square[..])]
    }

    fn state_mut(&mut self) -> [(String, &mut [f32]); 2] {
        let names = (self.mean_name(), self.square_name());
        [(names.0, &mut self.mean[..]), (names.1, &mut self.square[..])]
    }
}

/// One step of one parameter.
fn update(
    weights: &mut [f32],
    gradient: &[f32],
    (mean, square): (&mut [f32], &mut [f32]),
    [kept, step_size, root_correction]: [f32; 3],
) {
    let (beta_1, beta_2, epsilon) = (AdamW::BETA_1 as f32, AdamW::BETA_2 as f32, AdamW::EPSILON as f32);
    let state = mean.iter_mut().zip(square);
    for ((w, &g), (m, v)) in weights.iter_mut().zip(gradient).zip(state) {
        *m += (1.0 - beta_1) * (g - *m);
        *v = beta_2 * *v + (1.0 - beta_2) * g * g;
        *w = *w * kept - step_size * *m / (v.sqrt() / root_correction + epsilon);
    }
}
