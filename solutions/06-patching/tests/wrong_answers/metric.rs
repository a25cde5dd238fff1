//! Wrong logit differences, and wrong scales.

use hooked_transformer::log_softmax;
use ndarray::{ArrayView3, Axis};

fn at(logits: ArrayView3<f32>, pos: usize, right: &[usize], wrong: &[usize]) -> Vec<f32> {
    let items = right.iter().zip(wrong).enumerate();
    items.map(|(item, (right, wrong))| logits[[item, pos, *right]] - logits[[item, pos, *wrong]]).collect()
}

fn at_end(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> Vec<f32> {
    at(logits, logits.len_of(Axis(1)) - 1, right, wrong)
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

pub fn sign(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    -mean(&at_end(logits, right, wrong))
}

pub fn first_position(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    mean(&at(logits, 0, right, wrong))
}

pub fn sum(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    at_end(logits, right, wrong).iter().sum()
}

pub fn first_item(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    at_end(logits, right, wrong)[0]
}

pub fn all_positions(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    let means: Vec<f32> = (0..logits.len_of(Axis(1))).map(|pos| mean(&at(logits, pos, right, wrong))).collect();
    mean(&means)
}

pub fn probabilities(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    mean(&at_end(log_softmax(logits).mapv(f32::exp).view(), right, wrong))
}

pub fn first_answers(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    let n = right.len();
    mean(&at_end(logits, &vec![right[0]; n], &vec![wrong[0]; n]))
}

pub fn absolute(logits: ArrayView3<f32>, right: &[usize], wrong: &[usize]) -> f32 {
    let sizes: Vec<f32> = at_end(logits, right, wrong).iter().map(|x| x.abs()).collect();
    mean(&sizes)
}

pub fn right_alone(logits: ArrayView3<f32>, right: &[usize], _wrong: &[usize]) -> f32 {
    let last = logits.len_of(Axis(1)) - 1;
    let values: Vec<f32> = right.iter().enumerate().map(|(item, token)| logits[[item, last, *token]]).collect();
    mean(&values)
}

pub fn ends_exchanged(value: f32, clean: f32, corrupted: f32) -> f32 {
    (value - clean) / (corrupted - clean)
}

pub fn share_of_clean(value: f32, clean: f32, _corrupted: f32) -> f32 {
    value / clean
}

pub fn not_divided(value: f32, _clean: f32, corrupted: f32) -> f32 {
    value - corrupted
}

pub fn clamped(value: f32, clean: f32, corrupted: f32) -> f32 {
    ((value - corrupted) / (clean - corrupted)).clamp(0.0, 1.0)
}

pub fn absolute_span(value: f32, clean: f32, corrupted: f32) -> f32 {
    (value - corrupted) / (clean - corrupted).abs()
}

pub fn by_clean(value: f32, clean: f32, corrupted: f32) -> f32 {
    (value - corrupted) / clean
}

pub fn by_sum(value: f32, clean: f32, corrupted: f32) -> f32 {
    (value - corrupted) / (clean + corrupted)
}

pub fn from_minus_one(value: f32, clean: f32, corrupted: f32) -> f32 {
    2.0 * (value - corrupted) / (clean - corrupted) - 1.0
}

pub fn percent(value: f32, clean: f32, corrupted: f32) -> f32 {
    100.0 * (value - corrupted) / (clean - corrupted)
}
