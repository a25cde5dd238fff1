//! Ten steps of training beside PyTorch's: initial weights, batches, losses, gradients, and the weights after 1, 2 and 10
//! steps. `reference_data/oracle/optimizers.py` made them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array3, ArrayD, Axis, Ix3};
use safetensors::{Dtype, SafeTensors};
use training::gradients::{Workers, gradients};
use training::{
    Batches, Mixture, OptimizerChoice, Precision, Recipe, Schedule, Text, Trainer, initial_model, optimizers,
};

const STORED_AFTER: [usize; 3] = [1, 2, 10];

/// What the oracle stored; integers as `f32`, which holds them exactly.
struct Stored(HashMap<String, ArrayD<f32>>);

impl Stored {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference_data/optimizers/steps.safetensors");
        let bytes = std::fs::read(path).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let array = |view: &safetensors::tensor::TensorView<'_>| {
            let values = match view.dtype() {
                Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
                Dtype::I64 => view.data().as_chunks::<8>().0.iter().map(|b| i64::from_le_bytes(*b) as f32).collect(),
                other => panic!("{other:?}"),
            };
            ArrayD::from_shape_vec(view.shape().to_vec(), values).unwrap()
        };
        Stored(file.iter().map(|(name, view)| (name.to_string(), array(&view))).collect())
    }

    fn text(&self) -> Text {
        let tokens: Vec<u16> = self.0["text"].iter().map(|&token| token as u16).collect();
        // What is held out is not looked at here.
        Text { held_out: tokens.clone().into(), train: tokens.into() }
    }

    fn integers(&self, name: &str) -> Array3<usize> {
        self.0[name].mapv(|value| value as usize).into_dimensionality::<Ix3>().unwrap()
    }

    /// The largest difference between weights of a model and those stored under this prefix.
    fn furthest<'w>(&self, prefix: &str, weights: impl Iterator<Item = (String, ndarray::ArrayViewD<'w, f32>)>) -> f32 {
        let mut compared = 0;
        let mut furthest = 0.0f32;
        for (name, got) in weights {
            let Some(want) = self.0.get(&format!("{prefix}.{name}")) else {
                assert!(got.iter().all(|&value| value == 0.0), "{name} is a bias, and stays zero");
                continue;
            };
            assert_eq!(got.shape(), want.shape(), "{name}");
            for (got, want) in got.iter().zip(want) {
                let difference = (got - want).abs();
                furthest = if difference <= furthest { furthest } else { difference };
            }
            compared += 1;
        }
        assert_eq!(compared, 11, "three tables, and four matrices in each of two layers");
        furthest
    }
}

fn recipe(optimizer: OptimizerChoice, muon_precision: Precision) -> Recipe {
    Recipe {
        layers: 2,
        heads: 2,
        width: 16,
        context: 24,
        vocabulary: 40,
        steps: 20,
        rows: 5,
        mixture: Mixture { repeated: 0.5, real: 0.3, by_frequency: 0.55, shortest: 8 },
        optimizer,
        rate: 2e-3,
        muon_rate: 0.02,
        joint_query_key: true,
        muon_precision,
        weight_decay: 0.05,
        schedule: Schedule { warm_up: 5, decay_from: Some(0.4) },
        clip: 1.0,
        parts: 2,
        seed: 7,
    }
}

#[test]
fn the_same_seed_gives_pytorchs_initial_weights() {
    let stored = Stored::read();
    let model = initial_model(&recipe(OptimizerChoice::AdamW, Precision::Single)).unwrap();
    let furthest = stored.furthest("initial", model.state_dict().into_iter());
    assert!(furthest <= 3e-7, "{furthest}");
}

#[test]
fn the_same_seed_gives_numpys_batches() {
    let stored = Stored::read();
    let mut batches = Batches::new(&recipe(OptimizerChoice::Muon, Precision::Single), stored.text().train);
    let (tokens, counts) = (stored.integers("tokens"), stored.integers("counts"));
    for step in 0..10 {
        let batch = batches.draw();
        assert_eq!(batch.tokens, tokens.index_axis(Axis(0), step), "step {step}");
        assert_eq!(batch.counts.mapv(usize::from), counts.index_axis(Axis(0), step), "step {step}");
    }
}

#[test]
fn gradients_are_those_of_autograd() {
    let stored = Stored::read();
    let recipe = recipe(OptimizerChoice::AdamW, Precision::Single);
    let model = initial_model(&recipe).unwrap();
    let batch = Batches::new(&recipe, stored.text().train).draw();
    for parts in [1, 2, 5] {
        let (loss, mut found) = gradients(&model, &batch, parts, &Workers::new(1)).unwrap();
        assert!((loss - f64::from(stored.0["adamw.losses"][0])).abs() <= 1e-6, "{parts} parts: {loss}");
        let furthest = stored.furthest("adamw.gradient", found.weights().into_iter());
        assert!(furthest <= 2e-7, "{parts} parts: {furthest}");
        let norm = optimizers::clip(&mut found, 0.5);
        assert!((norm - f64::from(stored.0["adamw.norms"][0])).abs() <= 1e-5, "{parts} parts: {norm}");
        let after = optimizers::norm(&found);
        assert!((after - norm.min(0.5)).abs() <= 1e-5, "{parts} parts: {after}");
    }
}

/// How far weights are from PyTorch's after 1, 2 and 10 steps, and the losses on the way.
fn steps(case: &str, recipe: Recipe) -> ([f32; 3], f64) {
    let stored = Stored::read();
    let mut trainer = Trainer::on_text(recipe, &stored.text()).unwrap();
    let mut far = [f32::NAN; 3];
    let mut loss_difference = 0.0f64;
    for step in 0..10 {
        let found = trainer.step().unwrap();
        let difference = (found.loss - f64::from(stored.0[&format!("{case}.losses")][step])).abs();
        loss_difference = if difference <= loss_difference { loss_difference } else { difference };
        let norm = f64::from(stored.0[&format!("{case}.norms")][step]);
        assert!((found.gradient_norm - norm).abs() <= 0.02 * norm, "step {step}: {} {norm}", found.gradient_norm);
        if let Some(at) = STORED_AFTER.iter().position(|&n| n == step + 1) {
            far[at] = stored.furthest(&format!("{case}.after_{}", step + 1), trainer.model().state_dict().into_iter());
        }
    }
    println!("{case}: weights {far:?}, losses {loss_difference:e}");
    (far, loss_difference)
}

fn within(far: ([f32; 3], f64), tolerances: ([f32; 3], f64)) {
    let weights = far.0.iter().zip(tolerances.0).all(|(far, tolerance)| *far <= tolerance);
    assert!(weights && far.1 <= tolerances.1, "{far:?}, tolerances {tolerances:?}");
}

#[test]
fn adamw_takes_pytorchs_steps() {
    within(steps("adamw", recipe(OptimizerChoice::AdamW, Precision::Single)), ([5e-7, 5e-7, 1e-6], 2e-6));
}

#[test]
fn muon_takes_pytorchs_steps() {
    within(steps("muon_single", recipe(OptimizerChoice::Muon, Precision::Single)), ([5e-7, 5e-7, 1e-6], 2e-6));
}

/// PyTorch orthogonalizes in bfloat16, whose rounding leaves two or three digits to compare.
#[test]
fn muon_in_bfloat16_takes_pytorchs_steps() {
    within(steps("muon", recipe(OptimizerChoice::Muon, Precision::Bfloat16)), ([2e-4, 4e-4, 4e-3], 2e-5));
}

/// A mistake in an optimizer moves the weights far outside the tolerances: no decay, queries and keys apart, no clipping.
#[test]
fn other_optimizers_are_told_apart() {
    let muon = || recipe(OptimizerChoice::Muon, Precision::Single);
    let adamw = || recipe(OptimizerChoice::AdamW, Precision::Single);
    for (case, other) in [
        ("muon_single", Recipe { weight_decay: 0.0, ..muon() }),
        ("muon_single", Recipe { joint_query_key: false, ..muon() }),
        ("muon_single", Recipe { schedule: Schedule { warm_up: 6, decay_from: Some(0.4) }, ..muon() }),
        ("adamw", Recipe { weight_decay: 0.0, ..adamw() }),
        ("adamw", Recipe { seed: 7, clip: 0.01, ..adamw() }),
    ] {
        let stored = Stored::read();
        let text = Text { train: Arc::clone(&stored.text().train), ..stored.text() };
        let mut trainer = Trainer::on_text(other.clone(), &text).unwrap();
        (0..10).for_each(|_| {
            trainer.step().unwrap();
        });
        let far = stored.furthest(&format!("{case}.after_10"), trainer.model().state_dict().into_iter());
        assert!(far > 5e-5, "{case} {other:?}: {far}");
    }
}
