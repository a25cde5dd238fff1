//! Wrong attributions, wrong halves, wrong centering.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayView3, Axis, concatenate, s, stack};

use solution_03_logit_attribution::{self as right, center_unembed, logit_attribution as shares};

type Vectors<'a> = ArrayView3<'a, f32>;

/// A `logit_attribution`: of the embeddings, the results of both layers, the unembedding and the tokens. Its signature is long,
/// so wrong ones are constants.
type Attribution = fn(ArrayView2<f32>, Vectors, Vectors, ArrayView2<f32>, ArrayView1<usize>) -> Array2<f32>;

/// Attributions of these targets, one for each position given.
fn to_targets(
    embed: ArrayView2<f32>,
    l1: Vectors,
    l2: Vectors,
    w_u: ArrayView2<f32>,
    targets: &[usize],
) -> Array2<f32> {
    // The function pairs position p with token p + 1, so a leading token and a trailing position fall away.
    let repeat = |n: usize| (0..n).chain([n - 1]).collect::<Vec<_>>();
    let n = embed.nrows();
    let tokens: Array1<usize> = [&[0], targets].concat().into();
    let pick = repeat(n);
    shares(
        embed.select(Axis(0), &pick).view(),
        l1.select(Axis(0), &pick).view(),
        l2.select(Axis(0), &pick).view(),
        w_u,
        tokens.view(),
    )
}

pub const NOT_SHIFTED: Attribution = |e, l1, l2, w_u, t| {
    let all = to_targets(e, l1, l2, w_u, &t.to_vec());
    all.slice(s![..-1, ..]).to_owned()
};

pub const SHIFTED_BACK: Attribution = |e, l1, l2, w_u, t| {
    let from_1 = |x: Vectors| x.slice(s![1.., .., ..]).to_owned();
    let targets = t.slice(s![..-1]).to_vec();
    to_targets(e.slice(s![1.., ..]), from_1(l1).view(), from_1(l2).view(), w_u, &targets)
};

pub const LAST_INCLUDED: Attribution = |e, l1, l2, w_u, t| {
    let mut targets = t.to_vec();
    targets.rotate_left(1);
    to_targets(e, l1, l2, w_u, &targets)
};

pub const DIRECT_PATH_LAST: Attribution = |e, l1, l2, w_u, t| {
    let all = shares(e, l1, l2, w_u, t);
    concatenate![Axis(1), all.slice(s![.., 1..]), all.slice(s![.., ..1])]
};

pub const LAYERS_SWAPPED: Attribution = |e, l1, l2, w_u, t| shares(e, l2, l1, w_u, t);

pub const NO_DIRECT_PATH: Attribution = |e, l1, l2, w_u, t| shares(e, l1, l2, w_u, t).slice(s![.., 1..]).to_owned();

pub const HEADS_SUMMED: Attribution = |e, l1, l2, w_u, t| {
    let (all, n_heads) = (shares(e, l1, l2, w_u, t), l1.dim().1);
    let layer = |from: usize| all.slice(s![.., from..from + n_heads]).sum_axis(Axis(1));
    stack![Axis(1), all.column(0), layer(1), layer(1 + n_heads)]
};

pub const ONE_TARGET: Attribution = |e, l1, l2, w_u, t| shares(e, l1, l2, w_u, Array1::from_elem(t.len(), t[1]).view());

pub fn halves_swapped(attribution: ArrayView2<f32>) -> Array2<f32> {
    right::attribution_by_half(attribution).slice(s![..;-1, ..]).to_owned()
}

pub fn cut_late(attribution: ArrayView2<f32>) -> Array2<f32> {
    // With a segment of one nothing is left for the second half; a mean of nothing is not a number.
    let (first, second) = attribution.split_at(Axis(0), attribution.nrows() / 2 + 1);
    let mean = |half: ArrayView2<f32>| half.sum_axis(Axis(0)) / half.nrows() as f32;
    stack![Axis(0), mean(first), mean(second)]
}

pub fn halves_summed(attribution: ArrayView2<f32>) -> Array2<f32> {
    right::attribution_by_half(attribution) * (attribution.nrows() / 2) as f32
}

pub fn centered_over_d_model(w_u: ArrayView2<f32>) -> Array2<f32> {
    center_unembed(w_u.t()).reversed_axes()
}

pub fn one_mean(w_u: ArrayView2<f32>) -> Array2<f32> {
    &w_u - w_u.mean().unwrap_or(0.0)
}

pub fn scaled(w_u: ArrayView2<f32>) -> Array2<f32> {
    let centered = center_unembed(w_u);
    &centered / &w_u.std_axis(Axis(1), 0.0).insert_axis(Axis(1))
}

pub const ALTERNATING: Attribution = |e, l1, l2, w_u, t| {
    let (all, n_heads) = (shares(e, l1, l2, w_u, t), l1.dim().1);
    let order = (0..n_heads).flat_map(|head| [1 + head, 1 + n_heads + head]);
    all.select(Axis(1), &[0].into_iter().chain(order).collect::<Vec<_>>())
};

pub const CENTERED: Attribution = |e, l1, l2, w_u, t| shares(e, l1, l2, center_unembed(w_u).view(), t);

pub const UNIT_DIRECTIONS: Attribution = |e, l1, l2, w_u, t| {
    let norms = (&w_u * &w_u).sum_axis(Axis(0)).mapv(f32::sqrt);
    shares(e, l1, l2, (&w_u / &norms).view(), t)
};

pub const FRACTIONS: Attribution = |e, l1, l2, w_u, t| {
    let all = shares(e, l1, l2, w_u, t);
    let logits = all.sum_axis(Axis(1)).insert_axis(Axis(1));
    all / logits
};

pub const FAVORITE: Attribution = |e, l1, l2, w_u, t| {
    let streams = &e + &l1.sum_axis(Axis(1)) + l2.sum_axis(Axis(1));
    let logits = streams.dot(&w_u);
    let best = logits.rows().into_iter().map(|row| hooked_transformer::argmax(row));
    let tokens: Array1<usize> = [t[0]].into_iter().chain(best.take(t.len() - 1)).collect();
    shares(e, l1, l2, w_u, tokens.view())
};

pub const VECTORS_SHIFTED: Attribution = |e, l1, l2, w_u, t| {
    let from_1 = |x: Vectors| x.slice(s![1.., .., ..]).to_owned();
    let targets = t.slice(s![1..]).to_vec();
    to_targets(e.slice(s![1.., ..]), from_1(l1).view(), from_1(l2).view(), w_u, &targets)
};

pub const TOTAL_FIRST: Attribution = |e, l1, l2, w_u, t| {
    let mut all = shares(e, l1, l2, w_u, t);
    let logits = all.sum_axis(Axis(1));
    all.column_mut(0).assign(&logits);
    all
};

/// Sums over some rows of the first half and of the second, each divided by a count.
fn halves(first: ArrayView2<f32>, second: ArrayView2<f32>, counts: [usize; 2]) -> Array2<f32> {
    let sum = |half: ArrayView2<f32>, count: usize| half.sum_axis(Axis(0)) / count as f32;
    stack![Axis(0), sum(first, counts[0]), sum(second, counts[1])]
}

pub fn without_bos(attribution: ArrayView2<f32>) -> Array2<f32> {
    let (first, second) = attribution.split_at(Axis(0), attribution.nrows() / 2);
    halves(first.slice(s![1.., ..]), second, [first.nrows() - 1, second.nrows()])
}

pub fn every_second(attribution: ArrayView2<f32>) -> Array2<f32> {
    let seq_len = attribution.nrows() / 2;
    halves(attribution.slice(s![..; 2, ..]), attribution.slice(s![1..; 2, ..]), [seq_len, seq_len])
}

pub fn difference(attribution: ArrayView2<f32>) -> Array2<f32> {
    let mut both = right::attribution_by_half(attribution);
    let change = &both.row(1) - &both.row(0);
    both.row_mut(1).assign(&change);
    both
}

pub fn cut_early(attribution: ArrayView2<f32>) -> Array2<f32> {
    let (first, second) = attribution.split_at(Axis(0), attribution.nrows() / 2 - 1);
    halves(first, second, [first.nrows(), second.nrows()])
}

pub fn divided_by_all(attribution: ArrayView2<f32>) -> Array2<f32> {
    right::attribution_by_half(attribution) / 2.0
}

/// The mean over the vocabulary, `[d_model, 1]`.
fn row_means(w_u: ArrayView2<f32>) -> Array2<f32> {
    w_u.mean_axis(Axis(1)).expect("there are tokens").insert_axis(Axis(1))
}

pub fn mean_added(w_u: ArrayView2<f32>) -> Array2<f32> {
    &w_u + &row_means(w_u)
}

pub fn both_centered(w_u: ArrayView2<f32>) -> Array2<f32> {
    centered_over_d_model(center_unembed(w_u).view())
}

pub fn unchanged(w_u: ArrayView2<f32>) -> Array2<f32> {
    w_u.to_owned()
}

pub fn sum_taken_away(w_u: ArrayView2<f32>) -> Array2<f32> {
    &w_u - &(row_means(w_u) * w_u.ncols() as f32)
}

pub fn divided_by_d_model(w_u: ArrayView2<f32>) -> Array2<f32> {
    &w_u - &(row_means(w_u) * (w_u.ncols() as f32 / w_u.nrows() as f32))
}

pub fn token_0(w_u: ArrayView2<f32>) -> Array2<f32> {
    &w_u - &w_u.slice(s![.., ..1])
}
