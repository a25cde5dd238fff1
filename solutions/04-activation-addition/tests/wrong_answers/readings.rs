//! Wrong readings of a table of effects.

use hooked_transformer::argmax;
use ndarray::{Array1, Array2, Axis};
use solution_04_activation_addition::gain_at_cost as right_gains;

/// Row by row.
fn each(gains: &Array2<f32>, costs: &Array2<f32>, of: impl Fn(&[f32], &[f32]) -> f32) -> Array1<f32> {
    let rows = gains.outer_iter().zip(costs.outer_iter());
    rows.map(|(gains, costs)| of(&gains.to_vec(), &costs.to_vec())).collect()
}

/// The first column at which the budget is reached, and the value there; the last gain where it never is.
fn reached(gains: &[f32], costs: &[f32], budget: f32, of: impl Fn(usize) -> f32) -> f32 {
    (1..costs.len()).find(|i| costs[*i] >= budget).map_or(gains[gains.len() - 1], of)
}

fn largest(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

pub fn by_the_budget(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    right_gains(gains, costs, budget) / budget
}

pub fn one_line(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    each(gains, costs, |gains, costs| {
        let last = gains.len() - 1;
        gains[last] * (budget / costs[last]).min(1.0)
    })
}

pub fn line_from_zero(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    each(gains, costs, |gains, costs| reached(gains, costs, budget, |i| gains[i] * budget / costs[i]))
}

pub fn tables_exchanged(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> Array1<f32> {
    right_gains(costs, gains, budget)
}

pub fn sum_of_gains(gains: &Array2<f32>, _costs: &Array2<f32>, _budget: f32) -> usize {
    argmax(gains.sum_axis(Axis(1)).view())
}

pub fn sum_within(gains: &Array2<f32>, costs: &Array2<f32>, budget: f32) -> usize {
    let within = each(gains, costs, |gains, costs| {
        gains.iter().zip(costs).filter(|(_, cost)| **cost <= budget).map(|(gain, _)| gain).sum()
    });
    argmax(within.view())
}

pub fn gain_minus_cost(gains: &Array2<f32>, costs: &Array2<f32>, _budget: f32) -> usize {
    let best = each(&(gains - costs), costs, |difference, _| largest(difference));
    argmax(best.view())
}

pub fn best_column(gains: &Array2<f32>, _costs: &Array2<f32>, _budget: f32) -> usize {
    let all: Array1<f32> = gains.iter().copied().collect();
    argmax(all.view()) % gains.ncols()
}
