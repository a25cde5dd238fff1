//! Wrong detectors. Each is plausible, with a threshold of `T` hundredths: whichever the learner
//! takes, the mistake must be recognized.

use hooked_transformer::{ActivationCache, argmax};
use ndarray::{ArrayView1, ArrayView2, Axis, Ix4, s};

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

/// The mean over the items of `score(pattern, cells)`, where the cells are those of the line `by` beside the diagonal.
fn detect_line<const T: u8>(cache: &ActivationCache, by: isize, score: impl Fn(ArrayView1<f32>) -> f32) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let from = by.unsigned_abs();
        let part = if by < 0 { pattern.slice(s![from.., ..]) } else { pattern.slice(s![.., from..]) };
        score(part.diag())
    }))
}

fn stripe(seq_len: usize) -> isize {
    1 - seq_len as isize
}

fn largest(cells: ArrayView1<f32>) -> f32 {
    cells.fold(0.0, |largest, x| largest.max(*x))
}

fn median(cells: ArrayView1<f32>) -> f32 {
    let mut cells = cells.to_vec();
    cells.sort_by(f32::total_cmp);
    cells[cells.len() / 2]
}

pub fn without_last_query<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.diag().slice(s![..-1]).mean().unwrap_or(0.0)))
}

pub fn column_0_without_last_query<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.slice(s![..-1, 0]).mean().unwrap_or(0.0)))
}

/// The cells of the stripe from the first token of the second copy on.
fn of_second_copy(pattern: ArrayView2<f32>, seq_len: usize) -> Vec<f32> {
    (seq_len + 1..pattern.nrows()).map(|query| pattern[[query, query + 1 - seq_len]]).collect()
}

pub fn half_of_the_second_copy<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let cells = of_second_copy(pattern, seq_len);
        ArrayView1::from(&cells[..cells.len().div_ceil(2)]).mean().unwrap_or(0.0)
    }))
}

pub fn share_of_the_second_copy<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let cells = of_second_copy(pattern, seq_len);
        cells.iter().filter(|x| **x > 0.55).count() as f32 / cells.len() as f32
    }))
}

pub fn peak<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    detect_line::<T>(cache, 0, largest)
}

pub fn peak_of_stripe<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    detect_line::<T>(cache, stripe(seq_len), largest)
}

pub fn share_of_wins<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let wins = pattern.outer_iter().enumerate().filter(|(query, row)| argmax(row.view()) == *query);
        wins.count() as f32 / pattern.nrows() as f32
    }))
}

pub fn middle<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    detect_line::<T>(cache, 0, median)
}

pub fn middle_of_previous<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    detect_line::<T>(cache, -1, median)
}

pub fn share_above_the_threshold<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    detect_line::<T>(cache, 0, |cells| {
        cells.iter().filter(|cell| **cell > threshold::<T>()).count() as f32 / cells.len() as f32
    })
}

pub fn as_many_heads_as_items<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, 0));
    let is_looked_at = |&(layer, head): &(usize, usize)| head < cache.view::<Ix4>(("pattern", layer)).len_of(Axis(0));
    named(heads.into_iter().filter(is_looked_at).collect())
}

/// The heads for which `choose(scores of the items)` is above the threshold.
fn over_items<const T: u8>(cache: &ActivationCache, by: isize, choose: impl Fn(&[f32]) -> f32) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        for (head, items) in cache.view::<Ix4>(("pattern", layer)).axis_iter(Axis(1)).enumerate() {
            let scores: Vec<f32> = items.outer_iter().map(|pattern| line(pattern, by)).collect();
            if choose(&scores) > threshold::<T>() {
                heads.push((layer, head));
            }
        }
    }
    named(heads)
}

pub fn any_item<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, 0, |scores| scores.iter().fold(0.0, |a, b| a.max(*b)))
}

pub fn overwritten<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, -1, |scores| scores[scores.len() - 1])
}

pub fn last_item<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, 0, |scores| scores[scores.len() - 1])
}

/// Nothing wrong but, for some `T`, the threshold.
pub fn right_line<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, 0)))
}

pub fn summed_over_batch<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, 0, |scores| scores.iter().sum())
}

pub fn batch_of_stripe_summed<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    over_items::<T>(cache, stripe(seq_len), |scores| scores.iter().sum())
}

pub fn letters<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, 0));
    heads.into_iter().map(|(layer, head)| format!("L{layer}H{head}")).collect()
}

pub fn hyphens<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, -1));
    heads.into_iter().map(|(layer, head)| format!("{layer}-{head}")).collect()
}

pub fn once_per_item<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        for item in cache.view::<Ix4>(("pattern", layer)).outer_iter() {
            let above = item.outer_iter().enumerate().filter(|(_, pattern)| line(*pattern, 0) > threshold::<T>());
            heads.extend(above.map(|(head, _)| (layer, head)));
        }
    }
    named(heads)
}

pub fn below<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, 0, |scores| {
        let mean = scores.iter().sum::<f32>() / scores.len() as f32;
        if mean < threshold::<T>() { 1.0 } else { 0.0 }
    })
}

pub fn without_query_0<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    detect_line::<T>(cache, 0, |cells| cells.slice(s![1..]).mean().unwrap_or(0.0))
}

pub fn first_item_of_column_0<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        let scores = pattern.slice(s![0, .., .., 0]).mean_axis(Axis(1)).unwrap_or_default();
        heads.extend((0..scores.len()).filter(|head| scores[*head] > threshold::<T>()).map(|head| (layer, head)));
    }
    named(heads)
}

pub fn best_only(cache: &ActivationCache) -> Vec<String> {
    let mut best = (0.0, (0, 0));
    for layer in 0..cache.n_layers() {
        for (head, items) in cache.view::<Ix4>(("pattern", layer)).axis_iter(Axis(1)).enumerate() {
            let score: f32 = items.outer_iter().map(|pattern| line(pattern, 0)).sum();
            if score > best.0 {
                best = (score, (layer, head));
            }
        }
    }
    named(vec![best.1])
}

pub fn two_layers<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    let heads = detect::<T>(cache, |pattern| line(pattern, -1));
    named(heads.into_iter().filter(|(layer, _)| *layer < 2).collect())
}

pub fn by_all_queries<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.slice(s![1.., ..]).diag().sum() / pattern.nrows() as f32))
}

/// `saturating_sub` where the first query has no key to look at.
pub fn own_key_of_query_0<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let sum: f32 = (0..pattern.nrows()).map(|query: usize| pattern[[query, query.saturating_sub(1)]]).sum();
        sum / pattern.nrows() as f32
    }))
}

pub fn wrapped_around<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let n_pos = pattern.nrows();
        (0..n_pos).map(|query| pattern[[query, (query + n_pos - 1) % n_pos]]).sum::<f32>() / n_pos as f32
    }))
}

pub fn current_subtracted<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -1) - line(pattern, 0)))
}

pub fn current_as_well<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -1) + pattern.diag().slice(s![1..]).mean().unwrap_or(0.0)))
}

pub fn larger_of_current_and_previous<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let larger = (1..pattern.nrows()).map(|query| pattern[[query, query]].max(pattern[[query, query - 1]]));
        larger.sum::<f32>() / (pattern.nrows() - 1) as f32
    }))
}

pub fn second_column<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    named(detect::<T>(cache, |pattern| pattern.column(1).mean().unwrap_or(0.0)))
}

pub fn stripe_two_low<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -(seq_len as isize) - 1)))
}

pub fn stripe_by_segment<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    detect_line::<T>(cache, stripe(seq_len), |cells| cells.sum() / seq_len as f32)
}

pub fn stripe_by_all_queries<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    detect_line::<T>(cache, stripe(seq_len), |cells| cells.sum() / (2 * seq_len + 1) as f32)
}

pub fn previous_for_stripe<const T: u8>(cache: &ActivationCache, _: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| line(pattern, -1)))
}

pub fn end_of_stripe<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    detect_line::<T>(cache, stripe(seq_len), |cells| cells[cells.len() - 1])
}

/// The heads for which `score(every cell of the line, in every item)` is above the threshold.
fn over_cells<const T: u8>(cache: &ActivationCache, by: isize, score: impl Fn(&[f32]) -> f32) -> Vec<String> {
    let mut heads = Vec::new();
    let from = by.unsigned_abs();
    for layer in 0..cache.n_layers() {
        for (head, items) in cache.view::<Ix4>(("pattern", layer)).axis_iter(Axis(1)).enumerate() {
            let cells: Vec<f32> =
                items.outer_iter().flat_map(|item| item.slice(s![from.., ..]).diag().to_vec()).collect();
            if score(&cells) > threshold::<T>() {
                heads.push((layer, head));
            }
        }
    }
    named(heads)
}

fn mean_square(cells: &[f32]) -> f32 {
    cells.iter().map(|x| x * x).sum::<f32>() / cells.len() as f32
}

pub fn squares<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_cells::<T>(cache, 0, mean_square)
}

pub fn root_of_squares<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_cells::<T>(cache, 0, |cells| mean_square(cells).sqrt())
}

pub fn every_cell<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_cells::<T>(cache, 0, |cells| cells.iter().fold(f32::INFINITY, |a, b| a.min(*b)))
}

pub fn every_item<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_items::<T>(cache, -1, |scores| scores.iter().fold(f32::INFINITY, |a, b| a.min(*b)))
}

/// Only the second copy counts, but the sum is divided by all queries.
pub fn second_copy_by_all_queries<const T: u8>(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let cells = (seq_len + 1..=2 * seq_len).map(|query| pattern[[query, query + 1 - seq_len]]);
        cells.sum::<f32>() / pattern.nrows() as f32
    }))
}

/// The heads with a high mean over some of the cells of an item's pattern.
fn over_chosen<const T: u8>(cache: &ActivationCache, is_one: fn(usize, usize, usize) -> bool) -> Vec<String> {
    named(detect::<T>(cache, |pattern| {
        let n_pos = pattern.nrows();
        let cells = pattern.indexed_iter().filter(|((query, key), _)| is_one(*query, *key, n_pos));
        let (sum, count) = cells.fold((0.0, 0.0), |(sum, count), (_, x)| (sum + x, count + 1.0));
        sum / count
    }))
}

pub fn later_queries_of_column_0<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_chosen::<T>(cache, |query, key, n_pos| key == 0 && query >= n_pos / 2)
}

pub fn earlier_queries<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_chosen::<T>(cache, |query, key, n_pos| key == query && query < n_pos.div_ceil(2))
}

pub fn other_diagonal<const T: u8>(cache: &ActivationCache) -> Vec<String> {
    over_chosen::<T>(cache, |query, key, n_pos| query + key + 1 == n_pos)
}
