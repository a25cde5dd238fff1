//! The checks of the table of effects, and of what is read from it.

use ndarray::{Array2, array};

use super::stored::{must_separate, stored};
use super::{C12, C13, C14, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::models::gpt2;
use crate::value::Tensor;

/// Differences of log probabilities: single precision leaves some 1e-5.
const EFFECT_TOLERANCE: f64 = 5e-4;

const TOLERANCE: f64 = 1e-4;

/// Gain and cost for each layer and coefficient.
pub fn c12_effect_table(submission: &Submission) -> Cases {
    let function = submission.effect_table;
    Cases::of(&C12, |cases| {
        cases.uses(super::c04_steered_logits(submission));
        cases.uses(super::c09_target_log_prob(submission));
        cases.uses(super::c10_kl_divergence(submission));
        let stored_now = stored()?;
        for item in 0..stored_now.count("effects")? {
            let facts = stored_now.item("effects", item);
            let (prompts, targets) = (facts.texts("prompts")?, facts.wholes("targets")?);
            let coefficients = facts.numbers("coefficients")?;
            let vectors = stored_now.array2(&format!("effect_{item}.vectors"))?;
            let (set, n_prompts, n_layers) = (facts.text("set")?, prompts.len(), vectors.nrows());
            let name = format!("{set:?}: {n_prompts} prompts, {n_layers} layers, coefficients {coefficients:?}");
            let want = move || {
                let values = stored()?.tensor(&format!("effect_{item}.table"))?;
                let clear = values.data.iter().filter(|x| x.abs() > 100.0 * EFFECT_TOLERANCE).count();
                must_separate(clear * 2 > values.data.len(), "effects that are not nearly zero")?;
                Ok(Want::Array { values, axes: &["measure", "layer", "coefficient"], tolerance: EFFECT_TOLERANCE })
            };
            cases.case_on(name, want, gpt2, move |model| {
                let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
                function(&model, &prompts, &vectors, &coefficients, &targets)
            });
        }
        Ok(())
    })
}

/// Tables `[layer, coefficient]`, and what each layer gains within a budget.
struct Table {
    gains: Array2<f32>,
    costs: Array2<f32>,
    budget: f32,
    want: Vec<f64>,
    best: usize,
}

/// Coefficients rise from 0 along each row, and so do the costs. Gains need not.
fn tables() -> Vec<Table> {
    let small = Table {
        gains: array![[0.0, 1.0, 1.8, 2.0], [0.0, 0.5, 1.5, 3.5], [0.0, 0.9, 1.0, 0.4]],
        costs: array![[0.0, 0.1, 0.5, 1.5], [0.0, 0.2, 1.2, 3.2], [0.0, 0.3, 0.6, 0.9]],
        budget: 1.0,
        // 1.8 + 0.5 * 0.2; 0.5 + 0.8 * 1.0; the last, since the budget is never reached
        want: vec![1.9, 1.3, 0.4],
        best: 0,
    };
    let large = Table {
        gains: array![
            [0.0, 0.3, 0.2, 0.9, 5.0],
            [0.0, 0.8, 1.1, 1.0, 0.2],
            [0.0, 0.2, 0.6, 1.6, 2.0],
            [0.0, -0.4, -0.9, -1.6, 1.9]
        ],
        costs: array![
            [0.0, 0.25, 0.75, 1.5, 4.0],
            [0.0, 0.5, 0.9, 2.5, 7.0],
            [0.0, 0.05, 0.15, 0.45, 0.85],
            [0.0, 1.0, 2.0, 3.0, 4.0]
        ],
        budget: 0.25,
        // at a coefficient exactly; 0.5 * 0.8; 0.6 + 1/3; 0.25 * -0.4
        want: vec![0.3, 0.4, 0.6 + 1.0 / 3.0, -0.1],
        best: 2,
    };
    let large_again = Table {
        gains: large.gains.clone(),
        costs: large.costs.clone(),
        budget: 0.7,
        // 0.3 - 0.9 * 0.1; 0.8 + 0.5 * 0.3; 1.6 + 0.625 * 0.4; 0.7 * -0.4
        want: vec![0.21, 0.95, 1.85, -0.28],
        best: 2,
    };
    let two = Table {
        gains: array![[0.0, 2.0, 2.5], [0.0, 3.0, 2.2]],
        costs: array![[0.0, 3.0, 6.0], [0.0, 2.0, 5.0]],
        budget: 2.0,
        want: vec![4.0 / 3.0, 3.0],
        best: 1,
    };
    vec![small, large, large_again, two].into_iter().chain(tables_with_one_trap()).collect()
}

/// Smaller ones, on each of which some wrong rule picks the wrong layer.
fn tables_with_one_trap() -> Vec<Table> {
    let only_losses = Table {
        gains: array![[0.0, -0.5, -1.5], [0.0, -2.0, -3.0], [0.0, -0.2, -0.9], [0.0, -1.0, -1.2]],
        costs: array![[0.0, 0.4, 1.0], [0.0, 0.5, 2.0], [0.0, 0.3, 0.6], [0.0, 0.2, 2.2]],
        budget: 0.8,
        // -0.5 - 2/3; -2 - 0.2; the last, since the budget is never reached; -1 - 0.3 * 0.2
        want: vec![-0.5 - 2.0 / 3.0, -2.2, -0.9, -1.06],
        best: 2,
    };
    let steep = Table {
        gains: array![[0.0, 1.0, 4.0], [0.0, 2.0, 2.5]],
        costs: array![[0.0, 0.5, 4.5], [0.0, 0.9, 1.1]],
        budget: 1.0,
        // 1 + 0.125 * 3; 2 + 0.5 * 0.5
        want: vec![1.375, 2.25],
        best: 1,
    };
    let never = Table {
        gains: array![[0.0, 0.7, 0.3], [0.0, 0.2, 0.6], [0.0, 0.1, 0.5]],
        costs: array![[0.0, 1.0, 2.0], [0.0, 1.5, 3.0], [0.0, 0.5, 0.75]],
        budget: 5.0,
        want: vec![0.3, 0.6, 0.5],
        best: 1,
    };
    let late = Table {
        gains: array![[0.0, 1.0, 1.2], [0.0, 0.5, 3.0]],
        costs: array![[0.0, 0.5, 2.0], [0.0, 0.9, 1.1]],
        budget: 0.95,
        // 1 + 0.3 * 0.2; 0.5 + 0.25 * 2.5
        want: vec![1.06, 1.125],
        best: 1,
    };
    vec![only_losses, steep, never, late]
}

impl Table {
    fn words(&self) -> String {
        let (layers, coefficients) = self.gains.dim();
        format!("a made-up table, {layers} layers, {coefficients} coefficients, budget {}", self.budget)
    }
}

/// What each layer gains where its cost reaches the budget.
pub fn c13_gain_at_cost(submission: &Submission) -> Cases {
    let function = submission.gain_at_cost;
    Cases::of(&C13, |cases| {
        for table in tables() {
            let words = table.words();
            let Table { gains, costs, budget, want, best: _ } = table;
            let want = move || Want::Array { values: Tensor::from(want), axes: &["layer"], tolerance: TOLERANCE };
            cases.case(words, want, move || function(&gains, &costs, budget));
        }
        Ok(())
    })
}

/// The layer where that is largest.
pub fn c14_best_layer(submission: &Submission) -> Cases {
    let function = submission.best_layer;
    Cases::of(&C14, |cases| {
        cases.uses(super::c13_gain_at_cost(submission));
        for table in tables() {
            let words = table.words();
            let Table { gains, costs, budget, want: _, best } = table;
            let want = move || Want::Array { values: Tensor::from(best), axes: &[], tolerance: 0.05 };
            cases.case(words, want, move || function(&gains, &costs, budget));
        }
        Ok(())
    })
}
