//! Wrong OV circuits, wrong counts along the diagonal, and wrong scores of eigenvalues.

use hooked_transformer::{FactoredMatrix, HookedTransformer};
use ndarray::{Array2, ArrayView2, Axis, s};

fn product(left: Array2<f32>, right: Array2<f32>) -> FactoredMatrix {
    FactoredMatrix::new(left, right).expect("they fit")
}

fn of_head(w: ndarray::ArrayView4<f32>, layer: usize, head: usize) -> ArrayView2<f32> {
    w.slice_move(s![layer, head, .., ..])
}

pub fn queries_and_keys(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let keys = of_head(model.W_K(), layer, head);
    product(model.W_E().dot(&of_head(model.W_Q(), layer, head)), keys.t().dot(&model.W_U()))
}

pub fn transposed(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let left = model.W_E().dot(&of_head(model.W_V(), layer, head));
    let right = of_head(model.W_O(), layer, head).dot(&model.W_U());
    product(right.reversed_axes(), left.reversed_axes())
}

pub fn with_direct_path(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let ov = of_head(model.W_V(), layer, head).dot(&of_head(model.W_O(), layer, head));
    product(model.W_E().dot(&(ov + Array2::<f32>::eye(model.cfg().d_model))), model.W_U().to_owned())
}

pub fn tied(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let left = model.W_E().dot(&of_head(model.W_V(), layer, head));
    product(left, of_head(model.W_O(), layer, head).dot(&model.W_E().t()))
}

pub fn layer_0(model: &HookedTransformer, _layer: usize, head: usize) -> FactoredMatrix {
    solution_05_circuits::ov_circuit(model, 0, head)
}

pub fn not_thin(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let ov = of_head(model.W_V(), layer, head).dot(&of_head(model.W_O(), layer, head));
    product(model.W_E().dot(&ov), model.W_U().to_owned())
}

/// How many entries of a row are larger than the one at `at`.
fn larger(row: ndarray::ArrayView1<f32>, at: usize) -> usize {
    row.iter().filter(|x| **x > row[at]).count()
}

pub fn diagonal_of_batch(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    let n = circuit.ldim();
    let mut hits = 0;
    for first in (0..n).step_by(rows_at_once) {
        let block = circuit.rows(first..n.min(first + rows_at_once)).ab();
        hits += block.outer_iter().enumerate().filter(|(i, row)| larger(*row, *i) < k).count();
    }
    hits as f32 / n as f32
}

pub fn last_batch_left_out(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    let n = circuit.ldim();
    let mut hits = 0;
    for batch in 0..n / rows_at_once {
        let first = batch * rows_at_once;
        let block = circuit.rows(first..first + rows_at_once).ab();
        hits += block.outer_iter().enumerate().filter(|(i, row)| larger(*row, first + *i) < k).count();
    }
    hits as f32 / n as f32
}

pub fn mean_of_means(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    let n = circuit.ldim();
    let mut shares = Vec::new();
    for first in (0..n).step_by(rows_at_once) {
        let block = circuit.rows(first..n.min(first + rows_at_once)).ab();
        let hits = block.outer_iter().enumerate().filter(|(i, row)| larger(*row, first + *i) < k).count();
        shares.push(hits as f32 / block.nrows() as f32);
    }
    shares.iter().sum::<f32>() / shares.len() as f32
}

pub fn along_the_column(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    solution_05_circuits::diagonal_accuracy(&circuit.t(), k, rows_at_once)
}

pub fn one_place_too_many(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    solution_05_circuits::diagonal_accuracy(circuit, k + 1, rows_at_once)
}

pub fn share_of_positive(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.iter().filter(|value| value.re > 0.0).count() as f32 / values.len() as f32
}

pub fn real_parts(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.iter().map(|value| value.re).sum::<f32>() / values.iter().map(|value| value.re.abs()).sum::<f32>()
}

pub fn absolute(circuit: &FactoredMatrix) -> f32 {
    solution_05_circuits::copying_score(circuit).abs()
}

pub fn mean_eigenvalue(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.map(|value| value.re).mean_axis(Axis(0)).expect("there are eigenvalues").into_scalar()
}

pub fn layer_and_head(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    solution_05_circuits::ov_circuit(model, head.min(model.cfg().n_layers - 1), layer)
}

pub fn head_0(model: &HookedTransformer, layer: usize, _head: usize) -> FactoredMatrix {
    solution_05_circuits::ov_circuit(model, layer, 0)
}

pub fn all_heads(model: &HookedTransformer, layer: usize, _head: usize) -> FactoredMatrix {
    let mut sum = Array2::zeros((model.cfg().d_model, model.cfg().d_model));
    for head in 0..model.cfg().n_heads {
        sum += &of_head(model.W_V(), layer, head).dot(&of_head(model.W_O(), layer, head));
    }
    product(model.W_E().dot(&sum), model.W_U().to_owned())
}

pub fn keys_for_values(model: &HookedTransformer, layer: usize, head: usize) -> FactoredMatrix {
    let left = model.W_E().dot(&of_head(model.W_K(), layer, head));
    product(left, of_head(model.W_O(), layer, head).dot(&model.W_U()))
}

pub fn k_not_used(circuit: &FactoredMatrix, _k: usize, rows_at_once: usize) -> f32 {
    solution_05_circuits::diagonal_accuracy(circuit, 1, rows_at_once)
}

pub fn number_of_hits(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    circuit.ldim() as f32 * solution_05_circuits::diagonal_accuracy(circuit, k, rows_at_once)
}

pub fn by_size(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    let n = circuit.ldim();
    let mut hits = 0;
    for first in (0..n).step_by(rows_at_once) {
        let block = circuit.rows(first..n.min(first + rows_at_once)).ab().mapv(f32::abs);
        hits += block.outer_iter().enumerate().filter(|(i, row)| larger(*row, first + *i) < k).count();
    }
    hits as f32 / n as f32
}

pub fn first_batch(circuit: &FactoredMatrix, k: usize, rows_at_once: usize) -> f32 {
    let block = circuit.rows(0..circuit.ldim().min(rows_at_once)).ab();
    let hits = block.outer_iter().enumerate().filter(|(i, row)| larger(*row, *i) < k).count();
    hits as f32 / circuit.ldim() as f32
}

pub fn not_divided(circuit: &FactoredMatrix) -> f32 {
    circuit.eigenvalues().iter().map(|value| value.re).sum()
}

pub fn squares_below(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.iter().map(|value| value.re).sum::<f32>() / values.iter().map(|value| value.norm_sqr()).sum::<f32>()
}

pub fn positive_above(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.iter().map(|value| value.re.max(0.0)).sum::<f32>() / values.iter().map(|value| value.norm()).sum::<f32>()
}

pub fn mean_of_quotients(circuit: &FactoredMatrix) -> f32 {
    let values = circuit.eigenvalues();
    values.iter().map(|value| value.re / value.norm()).sum::<f32>() / values.len() as f32
}
