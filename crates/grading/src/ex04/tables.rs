//! Made-up tables of gain and cost, for the checks of what is read from such a table.

use ndarray::{Array2, array};

/// Tables `[layer, coefficient]`, and what each layer gains within a budget.
pub(super) struct Table {
    pub gains: Array2<f32>,
    pub costs: Array2<f32>,
    pub budget: f32,
    /// What each layer gains where its cost reaches the budget.
    pub want: Vec<f64>,
    /// The layer that gains most there.
    pub best: usize,
}

/// Coefficients rise from 0 along each row, and so do the costs. Gains need not.
pub(super) fn tables() -> Vec<Table> {
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
    vec![small, large, large_again, two]
        .into_iter()
        .chain(tables_with_one_trap())
        .chain(tables_of_rival_rules())
        .collect()
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

/// Larger ones. Some forty rules by which a layer may be chosen (the sum of its gains, the largest at any cost, the best quotient
/// of gain and cost, the nearest column, …) disagree on at least two of all tables, each with each, so that one is not taken
/// for another.
fn tables_of_rival_rules() -> Vec<Table> {
    let mixed = Table {
        gains: array![
            [0.0, -0.5, 3.9, -2.7],
            [0.0, -1.9, -1.1, -2.5],
            [0.0, 0.3, -1.7, 0.4],
            [0.0, 3.5, -1.4, -0.4],
            [0.0, 1.6, 3.5, -2.0],
            [0.0, -2.8, -1.3, 1.4],
            [0.0, -0.3, 1.5, -0.6]
        ],
        costs: array![
            [0.0, 0.9, 1.2, 1.8],
            [0.0, 0.3, 1.8, 2.7],
            [0.0, 0.6, 1.8, 2.4],
            [0.0, 0.6, 1.35, 1.8],
            [0.0, 0.3, 1.5, 1.8],
            [0.0, 3.0, 7.0, 8.0],
            [0.0, 2.4, 4.8, 7.8]
        ],
        budget: 2.0,
        want: vec![-2.7, -1.411_111, -1.0, -0.4, -2.0, -1.866_667, -0.25],
        best: 6,
    };
    let long = Table {
        gains: array![
            [0.0, -2.7, -1.9, 3.6, 2.7],
            [0.0, -2.2, 0.3, 1.7, 0.2],
            [0.0, -2.1, 3.2, 0.8, 0.6],
            [0.0, 3.1, -1.5, -1.3, -0.8],
            [0.0, -2.3, 1.5, 3.9, -0.4],
            [0.0, -2.3, -0.3, -2.9, -1.0],
            [0.0, 1.3, -2.2, -0.6, -1.2]
        ],
        costs: array![
            [0.0, 4.0, 5.0, 8.0, 12.0],
            [0.0, 0.75, 1.35, 1.5, 1.65],
            [0.0, 5.0, 10.0, 12.0, 17.0],
            [0.0, 0.9, 2.1, 3.0, 3.6],
            [0.0, 0.75, 1.2, 1.65, 1.95],
            [0.0, 0.15, 0.45, 0.9, 1.2],
            [0.0, 0.9, 1.8, 3.3, 4.2]
        ],
        budget: 2.0,
        want: vec![-1.35, 0.2, -0.84, -1.116_667, -0.4, -1.0, -1.986_667],
        best: 1,
    };
    let gains = Table {
        gains: array![
            [0.0, 1.9, 0.5, 0.3],
            [0.0, 3.2, 3.9, 1.6],
            [0.0, 3.5, 3.5, -1.3],
            [0.0, -0.7, 3.3, -0.1],
            [0.0, -0.6, 4.0, 1.1],
            [0.0, -1.9, 1.7, 1.4],
            [0.0, 0.3, 1.9, 2.6]
        ],
        costs: array![
            [0.0, 0.45, 0.6, 0.75],
            [0.0, 0.6, 1.05, 1.2],
            [0.0, 0.3, 0.9, 1.05],
            [0.0, 0.15, 0.45, 0.75],
            [0.0, 0.45, 1.05, 1.65],
            [0.0, 0.6, 1.8, 2.4],
            [0.0, 1.2, 2.1, 2.4]
        ],
        budget: 1.5,
        want: vec![0.3, 1.6, -1.3, -0.1, 1.825, 0.8, 0.833_333],
        best: 4,
    };
    let losses = Table {
        gains: array![
            [0.0, -0.8, -0.3, -1.4],
            [0.0, -0.4, -1.4, -1.1],
            [0.0, -0.3, -1.8, -1.7],
            [0.0, -0.8, -0.8, -1.5],
            [0.0, -1.9, -1.7, -0.9],
            [0.0, -1.9, -1.0, -0.5],
            [0.0, -1.9, -1.6, -1.8]
        ],
        costs: array![
            [0.0, 0.75, 1.5, 1.65],
            [0.0, 0.45, 1.05, 1.5],
            [0.0, 0.3, 1.5, 2.4],
            [0.0, 0.3, 0.45, 0.6],
            [0.0, 1.2, 3.6, 4.8],
            [0.0, 2.4, 5.4, 6.6],
            [0.0, 4.0, 5.0, 8.0]
        ],
        budget: 1.0,
        want: vec![-0.633_333, -1.316_667, -1.175, -1.5, -1.583_333, -0.791_667, -0.475],
        best: 6,
    };
    vec![mixed, long, gains, losses]
}

impl Table {
    pub fn words(&self) -> String {
        let (layers, coefficients) = self.gains.dim();
        format!("a made-up table, {layers} layers, {coefficients} coefficients, budget {}", self.budget)
    }
}
