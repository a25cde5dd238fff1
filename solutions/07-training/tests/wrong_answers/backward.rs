//! Wrong gradients of products, of the softmax, of a head and of the embedding.

use hooked_transformer::Tokens;
use ndarray::{Array2, ArrayView2, ArrayView3, Axis, s};
use solution_07_training::{embedding_backward, linear_backward, softmax_backward};

type Two = (Array2<f32>, Array2<f32>);

pub fn d_w_transposed(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    (d_y.dot(&w.t()), d_y.t().dot(&x))
}

pub fn mean_over_rows(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    (d_y.dot(&w.t()), x.t().dot(&d_y) / x.nrows() as f32)
}

pub fn first_row(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    (d_y.dot(&w.t()), x.slice(s![..1, ..]).t().dot(&d_y.slice(s![..1, ..])))
}

pub fn last_row(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    let last = x.nrows() - 1;
    (d_y.dot(&w.t()), x.slice(s![last.., ..]).t().dot(&d_y.slice(s![last.., ..])))
}

pub fn exchanged(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    (x.t().dot(&d_y), d_y.dot(&w.t()))
}

pub fn of_the_sum(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    let ones = Array2::ones(d_y.dim());
    (ones.dot(&w.t()), x.t().dot(&ones))
}

pub fn both_divided(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    let n = x.nrows() as f32;
    (d_y.dot(&w.t()) / n, x.t().dot(&d_y) / n)
}

pub fn w_not_transposed(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    // Forced into the right shape, as one does until it compiles and runs.
    let turned = Array2::from_shape_vec((w.ncols(), w.nrows()), w.iter().copied().collect()).expect("the same entries");
    (d_y.dot(&turned), x.t().dot(&d_y))
}

fn averages(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    (&pattern * &d_pattern).sum_axis(Axis(1)).insert_axis(Axis(1))
}

pub fn diagonal(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    &pattern * &pattern.mapv(|p| 1.0 - p) * d_pattern
}

pub fn nothing_subtracted(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    &pattern * &d_pattern
}

pub fn of_the_logarithm(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    &d_pattern - &(&pattern * &d_pattern.sum_axis(Axis(1)).insert_axis(Axis(1)))
}

pub fn plain_mean(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    let mean = d_pattern.mean_axis(Axis(1)).expect("keys").insert_axis(Axis(1));
    &pattern * &(&d_pattern - &mean)
}

pub fn over_queries(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    let average = (&pattern * &d_pattern).sum_axis(Axis(0));
    &pattern * &(&d_pattern - &average)
}

pub fn average_of_another_query(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    let average = (&pattern * &d_pattern).sum_axis(Axis(1));
    &pattern * &(&d_pattern - &average)
}

pub fn average_not_weighted(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    &pattern * &d_pattern - averages(pattern, d_pattern)
}

pub fn sign(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    -softmax_backward(pattern, d_pattern)
}

pub fn plain_sum(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    let sum = d_pattern.sum_axis(Axis(1)).insert_axis(Axis(1));
    &pattern * &(&d_pattern - &sum)
}

pub fn whole_matrix(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    let average = (&pattern * &d_pattern).sum();
    &pattern * &(&d_pattern - average)
}

pub fn pattern_not_multiplied(pattern: ArrayView2<f32>, d_pattern: ArrayView2<f32>) -> Array2<f32> {
    &d_pattern - &averages(pattern, d_pattern)
}

type Matrix<'a> = ArrayView2<'a, f32>;

/// With the gradient of the scores divided by `scale`.
fn scaled(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix, scale: f32) -> [Array2<f32>; 3] {
    let d_scores = softmax_backward(pattern, d_z.dot(&v.t()).view()) / scale;
    [d_scores.dot(&k), d_scores.t().dot(&q), pattern.t().dot(&d_z)]
}

fn root(q: Matrix) -> f32 {
    (q.ncols() as f32).sqrt()
}

pub fn scale_missing(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    scaled(q, k, v, pattern, d_z, 1.0)
}

pub fn scale_without_root(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    scaled(q, k, v, pattern, d_z, q.ncols() as f32)
}

pub fn scale_multiplied(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    scaled(q, k, v, pattern, d_z, 1.0 / root(q))
}

pub fn scale_of_positions(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    scaled(q, k, v, pattern, d_z, (q.nrows() as f32).sqrt())
}

pub fn queries_and_keys_exchanged(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let [d_q, d_k, d_v] = scaled(q, k, v, pattern, d_z, root(q));
    [d_k, d_q, d_v]
}

pub fn d_k_not_transposed(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let d_scores = softmax_backward(pattern, d_z.dot(&v.t()).view()) / root(q);
    [d_scores.dot(&k), d_scores.dot(&q), pattern.t().dot(&d_z)]
}

pub fn d_v_not_transposed(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let [d_q, d_k, _] = scaled(q, k, v, pattern, d_z, root(q));
    [d_q, d_k, pattern.dot(&d_z)]
}

pub fn softmax_skipped(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let d_scores = d_z.dot(&v.t()) / root(q);
    [d_scores.dot(&k), d_scores.t().dot(&q), pattern.t().dot(&d_z)]
}

pub fn mask_forgotten(q: Matrix, k: Matrix, v: Matrix, _pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let exp = (q.dot(&k.t()) / root(q)).mapv(f32::exp);
    let pattern = &exp / &exp.sum_axis(Axis(1)).insert_axis(Axis(1));
    scaled(q, k, v, pattern.view(), d_z, root(q))
}

pub fn softmax_skipped_but_masked(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let seen = pattern.mapv(|p| if p > 0.0 { 1.0 } else { 0.0 });
    let d_scores = d_z.dot(&v.t()) * seen / root(q);
    [d_scores.dot(&k), d_scores.t().dot(&q), pattern.t().dot(&d_z)]
}

pub fn keys_for_values(q: Matrix, k: Matrix, _v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    scaled(q, k, k, pattern, d_z, root(q))
}

pub fn values_scaled_too(q: Matrix, k: Matrix, v: Matrix, pattern: Matrix, d_z: Matrix) -> [Array2<f32>; 3] {
    let [d_q, d_k, d_v] = scaled(q, k, v, pattern, d_z, root(q));
    [d_q, d_k, d_v / root(q)]
}

pub fn overwritten(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    let mut d_w_e = Array2::zeros((d_vocab, d_embed.dim().2));
    for ((item, pos), token) in tokens.indexed_iter() {
        d_w_e.row_mut(*token).assign(&d_embed.slice(s![item, pos, ..]));
    }
    d_w_e
}

pub fn averaged(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    let mut d_w_e = embedding_backward(tokens, d_embed, d_vocab);
    for (id, mut row) in d_w_e.outer_iter_mut().enumerate() {
        row /= tokens.iter().filter(|token| **token == id).count().max(1) as f32;
    }
    d_w_e
}

pub fn first_item(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    embedding_backward(&tokens.slice(s![..1, ..]).to_owned(), d_embed.slice(s![..1, .., ..]), d_vocab)
}

pub fn divided(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    embedding_backward(tokens, d_embed, d_vocab) / tokens.len() as f32
}

pub fn to_the_next_token(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    let n_pos = tokens.ncols();
    embedding_backward(&tokens.slice(s![.., 1..]).to_owned(), d_embed.slice(s![.., ..n_pos - 1, ..]), d_vocab)
}

pub fn mean_over_items(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    embedding_backward(tokens, d_embed, d_vocab) / tokens.nrows() as f32
}

pub fn without_bos(tokens: &Tokens, d_embed: ArrayView3<f32>, d_vocab: usize) -> Array2<f32> {
    let mut d_w_e = embedding_backward(tokens, d_embed, d_vocab);
    d_w_e.row_mut(0).fill(0.0);
    d_w_e
}

/// `linear_backward` with both factors of a weight's gradient as they come.
pub fn product_of_gradients(x: ArrayView2<f32>, w: ArrayView2<f32>, d_y: ArrayView2<f32>) -> Two {
    let (d_x, _) = linear_backward(x, w, d_y);
    let d_w = d_x.t().dot(&d_y);
    (d_x, d_w)
}
