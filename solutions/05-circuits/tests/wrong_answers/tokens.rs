//! Wrong direct paths, and wrong counts of hits.

use hooked_transformer::{HookedTransformer, log_softmax};
use ndarray::{Array2, ArrayView2, Axis};

pub fn tokens_before(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    model.W_E().dot(&model.W_U().select(Axis(1), tokens)).reversed_axes()
}

pub fn with_positions(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    let positions = model.W_pos().expect("the model has positions");
    let mut stream = model.W_E().select(Axis(0), tokens);
    stream += &positions.slice(ndarray::s![..tokens.len(), ..]);
    stream.dot(&model.W_U())
}

pub fn first_rows(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    model.W_E().slice(ndarray::s![..tokens.len(), ..]).dot(&model.W_U())
}

pub fn log_probabilities(model: &HookedTransformer, tokens: &[usize]) -> Array2<f32> {
    let logits = model.W_E().select(Axis(0), tokens).dot(&model.W_U());
    let logits = logits.insert_axis(Axis(0));
    log_softmax(logits.view()).index_axis_move(Axis(0), 0)
}

fn share(logits: ArrayView2<f32>, right: &[usize], is_hit: impl Fn(usize, usize) -> bool) -> f32 {
    let hits = logits.outer_iter().zip(right).filter(|(row, right)| {
        let own = row[**right];
        is_hit(row.iter().filter(|x| **x > own).count(), row.iter().filter(|x| **x >= own).count())
    });
    hits.count() as f32 / right.len() as f32
}

pub fn one_place_too_many(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    share(logits, right, |larger, _| larger <= k)
}

pub fn beats_itself(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    share(logits, right, |_, at_least| at_least < k)
}

pub fn smallest(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    share(logits, right, |_, at_least| logits.ncols() - at_least < k)
}

pub fn number_of_hits(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    right.len() as f32 * share(logits, right, |larger, _| larger < k)
}

pub fn k_not_used(logits: ArrayView2<f32>, right: &[usize], _k: usize) -> f32 {
    share(logits, right, |larger, _| larger == 0)
}

pub fn by_k(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    number_of_hits(logits, right, k) / (right.len() * k) as f32
}

pub fn by_vocabulary(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    number_of_hits(logits, right, k) / logits.ncols() as f32
}

pub fn in_percent(logits: ArrayView2<f32>, right: &[usize], k: usize) -> f32 {
    100.0 * solution_05_circuits::top_k_accuracy(logits, right, k)
}
