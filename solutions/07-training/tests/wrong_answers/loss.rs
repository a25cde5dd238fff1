//! Wrong losses, and wrong gradients of them.

use grading::ex07::Next;
use ndarray::{Array1, Array3, ArrayView1, ArrayView3, Axis, s};

fn log_softmax(row: ArrayView1<f32>) -> Array1<f32> {
    let largest = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let log_sum = row.mapv(|x| (x - largest).exp()).sum().ln() + largest;
    row.mapv(|x| x - log_sum)
}

pub(super) fn counted(next: &Next) -> f32 {
    next.iter().flatten().count() as f32
}

/// The sum over the predictions that count, of what `of` makes of the row and its token.
fn sum(logits: ArrayView3<f32>, next: &Next, of: fn(ArrayView1<f32>, usize) -> f32) -> f32 {
    let predictions = next.indexed_iter().filter_map(|(at, next)| Some((at, (*next)?)));
    predictions.map(|((item, pos), next)| of(logits.slice(s![item, pos, ..]), next)).sum()
}

fn nats(row: ArrayView1<f32>, next: usize) -> f32 {
    -log_softmax(row)[next]
}

pub fn added_up(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, nats)
}

pub fn over_all_positions(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, nats) / next.len() as f32
}

pub fn mean_of_items(logits: ArrayView3<f32>, next: &Next) -> f32 {
    let means = (0..next.nrows()).map(|item| {
        let row = next.slice(s![item..=item, ..]).to_owned();
        sum(logits.slice(s![item..=item, .., ..]), &row, nats) / counted(&row)
    });
    means.sum::<f32>() / next.nrows() as f32
}

pub fn bits(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, nats) / counted(next) / std::f32::consts::LN_2
}

pub fn sign(logits: ArrayView3<f32>, next: &Next) -> f32 {
    -sum(logits, next, nats) / counted(next)
}

pub fn probability(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, |row, next| -log_softmax(row)[next].exp()) / counted(next)
}

pub fn nothing_as_bos(logits: ArrayView3<f32>, next: &Next) -> f32 {
    let next = next.mapv(|id| Some(id.unwrap_or(0)));
    sum(logits, &next, nats) / next.len() as f32
}

fn largest(logits: ArrayView3<f32>) -> f32 {
    logits.fold(f32::NEG_INFINITY, |a, b| a.max(*b))
}

pub fn largest_of_all(logits: ArrayView3<f32>, next: &Next) -> f32 {
    let below = logits.mapv(|x| x - largest(logits));
    sum(below.view(), next, |row, next| row.mapv(f32::exp).sum().ln() - row[next]) / counted(next)
}

pub fn kept_from_zero(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, |row, next| -(log_softmax(row)[next].exp() + 1e-9).ln()) / counted(next)
}

pub fn clipped_from_below(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, |row, next| -log_softmax(row)[next].exp().max(1e-10).ln()) / counted(next)
}

pub fn not_normalized(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, |row, next| -row[next]) / counted(next)
}

pub fn overflow(logits: ArrayView3<f32>, next: &Next) -> f32 {
    sum(logits, next, |row, next| -(row[next].exp() / row.mapv(f32::exp).sum()).ln()) / counted(next)
}

/// Row by row; `of` writes the gradient of one prediction, before it is divided.
fn rows(logits: ArrayView3<f32>, next: &Next, of: fn(Array1<f32>, Option<usize>) -> Array1<f32>) -> Array3<f32> {
    let mut gradient = Array3::zeros(logits.dim());
    for ((item, pos), next) in next.indexed_iter() {
        let p = log_softmax(logits.slice(s![item, pos, ..])).mapv(f32::exp);
        gradient.slice_mut(s![item, pos, ..]).assign(&of(p, *next));
    }
    gradient
}

fn right(mut p: Array1<f32>, next: Option<usize>) -> Array1<f32> {
    match next {
        Some(next) => p[next] -= 1.0,
        None => p.fill(0.0),
    }
    p
}

pub fn not_divided(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, right)
}

pub fn divided_by_all(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, right) / next.len() as f32
}

pub fn ascending(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    -rows(logits, next, right) / counted(next)
}

pub fn probabilities_alone(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, |p, next| if next.is_some() { p } else { p * 0.0 }) / counted(next)
}

pub fn answers_alone(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, |p, next| right(p * 0.0, next)) / counted(next)
}

pub fn where_nothing_counts(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, |p, next| if next.is_some() { right(p, next) } else { p }) / counted(next)
}

pub fn one_not_divided(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let mut gradient = rows(logits, next, |p, next| if next.is_some() { p } else { p * 0.0 }) / counted(next);
    for ((item, pos), next) in next.indexed_iter() {
        if let Some(next) = next {
            gradient[[item, pos, *next]] -= 1.0;
        }
    }
    gradient
}

pub fn of_the_probability(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let of = |p: Array1<f32>, next: Option<usize>| {
        let weight = next.map_or(0.0, |next| p[next]);
        right(p, next) * weight
    };
    rows(logits, next, of) / counted(next)
}

pub fn gradient_largest_of_all(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let most = largest(logits);
    let exp = logits.mapv(|x| (x - most).exp());
    let mut gradient = &exp / &exp.sum_axis(Axis(2)).insert_axis(Axis(2)) / counted(next);
    for ((item, pos), next_token) in next.indexed_iter() {
        match next_token {
            Some(token) => gradient[[item, pos, *token]] -= 1.0 / counted(next),
            None => gradient.slice_mut(s![item, pos, ..]).fill(0.0),
        }
    }
    gradient
}

pub fn gradient_overflow(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let mut gradient = Array3::zeros(logits.dim());
    for ((item, pos), next_id) in next.indexed_iter() {
        if next_id.is_some() {
            let exp = logits.slice(s![item, pos, ..]).mapv(f32::exp);
            let p = &exp / exp.sum();
            gradient.slice_mut(s![item, pos, ..]).assign(&right(p, *next_id));
        }
    }
    gradient / counted(next)
}

pub fn each_item_by_itself(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let mut gradient = rows(logits, next, right);
    let items = next.nrows() as f32;
    for (mut rows, next) in gradient.axis_iter_mut(Axis(0)).zip(next.rows()) {
        rows /= next.iter().flatten().count() as f32 * items;
    }
    gradient
}

pub fn by_texts(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    rows(logits, next, right) / next.nrows() as f32
}

pub fn logits_alone(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let mut gradient = logits.to_owned();
    for ((item, pos), next) in next.indexed_iter() {
        match next {
            Some(next) => gradient[[item, pos, *next]] -= 1.0,
            None => gradient.slice_mut(s![item, pos, ..]).fill(0.0),
        }
    }
    gradient / counted(next)
}

pub fn shifted(logits: ArrayView3<f32>, next: &Next) -> Array3<f32> {
    let before = |(item, pos): (usize, usize)| if pos > 0 { next[[item, pos - 1]] } else { None };
    let shifted = Next::from_shape_fn(next.dim(), before);
    rows(logits, &shifted, right) / counted(&shifted)
}
