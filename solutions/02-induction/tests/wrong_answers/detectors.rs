//! Wrong detectors. Each is what somebody would plausibly write, with a threshold of `T` hundredths: whichever the learner
//! takes, the mistake must be recognised.

use hooked_transformer::ActivationCache;
use ndarray::{ArrayView2, Axis, Ix4, s};

/// How most of them go about it: the mean over the batch of a score of one item's pattern.
fn detect<const T: u8>(cache: &ActivationCache, score: impl Fn(ArrayView2<f32>) -> f32) -> Vec<(usize, usize)> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        for (head, items) in pattern.axis_iter(Axis(1)).enumerate() {
            let total: f32 = items.outer_iter().map(&score).sum();
            if total / items.len_of(Axis(0)) as f32 > threshold::<T>() {
                heads.push((layer, head));
            }
        }
    }
    heads
}

fn threshold<const T: u8>() -> f32 {
    f32::from(T) / 100.0
}

fn named(heads: Vec<(usize, usize)>) -> Vec<String> {
    heads.into_iter().map(|(layer, head)| format!("{layer}.{head}")).collect()
}

/// The mean along the line where the key is `by` after the query, or before it if negative.
fn line(pattern: ArrayView2<f32>, by: isize) -> f32 {
    let from = by.unsigned_abs();
    let part = if by < 0 { pattern.slice_move(s![from.., ..]) } else { pattern.slice_move(s![.., from..]) };
    part.diag().mean().unwrap_or(0.0)
}

pub fn whole_pattern<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.mean().unwrap_or(0.0)))
}

pub fn sum<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.diag().sum()))
}

pub fn head_before_layer<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, 0));
    heads.into_iter().map(|(layer, head)| format!("{head}.{layer}")).collect()
}

pub fn first_item<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    first_item_line::<T>(cache, 0)
}

pub fn stripe_of_first_item<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    first_item_line::<T>(cache, 1 - seq_len as isize)
}

fn first_item_line<const T: u8>(cache: &ActivationCache, by: isize) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        for (head, pattern) in pattern.index_axis(Axis(0), 0).outer_iter().enumerate() {
            if line(pattern, by) > threshold::<T>() {
                heads.push((layer, head));
            }
        }
    }
    named(heads)
}

pub fn only_layer_0<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, 0));
    named(heads.into_iter().filter(|(layer, _)| *layer == 0).collect())
}

pub fn from_one<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, 0));
    named(heads.into_iter().map(|(layer, head)| (layer + 1, head + 1)).collect())
}

/// What a right answer gives for the text that the guide shows.
pub fn hard_coded(_: &ActivationCache) -> Vec<String> {
    vec!["0.7".into()]
}

pub fn hard_coded_induction(_: &ActivationCache, _: usize) -> Vec<String> {
    vec!["1.7".into()]
}

pub fn next_token<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, 1)))
}

pub fn current_for_previous<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, 0)))
}

pub fn two_back<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -2)))
}

pub fn last_column<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.column(pattern.ncols() - 1).mean().unwrap_or(0.0)))
}

pub fn first_row<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.row(0).mean().unwrap_or(0.0)))
}

pub fn last_query<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern[[pattern.nrows() - 1, 0]]))
}

pub fn stripe_low<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -(seq_len as isize))))
}

pub fn stripe_high<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, 2 - seq_len as isize)))
}

pub fn stripe_ahead<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, seq_len as isize - 1)))
}
