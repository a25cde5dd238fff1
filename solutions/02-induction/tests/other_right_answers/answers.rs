//! Right answers, written differently: single cells instead of slices, double precision, another order of summation,
//! other thresholds, the library's own functions, another use of the generator.

use circuit_vis::{AttentionOptions, View, VisError, attention_patterns, head_names};
use grading::ex02::Submission;
use hooked_transformer::{ActivationCache, Tokens, log_softmax, next_token_log_probs};
use ndarray::{Array3, ArrayD, Axis, Ix3, Ix4, s};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Cell by cell, in double precision, from the last to the first, with a low threshold.
pub const CELLS: Submission = Submission {
    attention_views: views_without_names,
    current_attn_detector: |cache| by_cells(cache, Some),
    prev_attn_detector: |cache| by_cells(cache, |query| query.checked_sub(1)),
    first_attn_detector: |cache| by_cells(cache, |_| Some(0)),
    generate_repeated_tokens: concatenated,
    repeated_loss_by_half: loss_in_double_precision,
    induction_attn_detector: induction_by_cells,
};

/// Whole slices at once, with a high threshold.
pub const SLICES: Submission = Submission {
    attention_views: views_without_batch_axis,
    current_attn_detector: |cache| by_slices(cache, 0),
    prev_attn_detector: |cache| by_slices(cache, 1),
    first_attn_detector: first_by_slices,
    generate_repeated_tokens: without_bos_in_the_segment,
    repeated_loss_by_half: loss_with_the_library,
    induction_attn_detector: |cache, seq_len| by_slices(cache, seq_len - 1),
};

/// The mean over the batch first; heads in reverse order; the first query left out where it can only look at itself.
pub const BATCH_FIRST: Submission = Submission {
    attention_views: views_collected,
    current_attn_detector: |cache| from_the_mean_pattern(cache, 0.45, Some),
    prev_attn_detector: |cache| from_the_mean_pattern(cache, 0.45, |query| query.checked_sub(1)),
    first_attn_detector: |cache| from_the_mean_pattern(cache, 0.45, |query| (query > 0).then_some(0)),
    generate_repeated_tokens: drawn_column_by_column,
    repeated_loss_by_half: loss_from_log_softmax,
    induction_attn_detector: induction_from_the_mean_pattern,
};

/// The heads above 0.35, by the mean over batch and queries of the one key that `key_of` gives for a query.
fn by_cells(cache: &ActivationCache, key_of: impl Fn(usize) -> Option<usize>) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = &cache[("pattern", layer)];
        let &[batch, n_heads, n_pos, _] = pattern.shape() else { panic!("four axes, not {:?}", pattern.shape()) };
        for head in 0..n_heads {
            let (mut sum, mut count) = (0.0_f64, 0);
            for query in (0..n_pos).rev() {
                for item in 0..batch {
                    if let Some(key) = key_of(query) {
                        sum += f64::from(pattern[[item, head, query, key]]);
                        count += 1;
                    }
                }
            }
            if sum / f64::from(count) >= 0.35 {
                heads.push(format!("{layer}.{head}"));
            }
        }
    }
    heads
}

/// Only the queries of the second copy: the stripe without the two cells at its top that lie in the first copy.
fn induction_by_cells(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    by_cells(cache, |query| (query > seq_len).then(|| query - (seq_len - 1)))
}

fn by_slices(cache: &ActivationCache, back: usize) -> Vec<String> {
    let name = |layer: usize, head: usize| format!("{layer}.{head}");
    let score = |pattern: &ArrayD<f32>, head: usize| {
        let items = pattern.index_axis(Axis(1), head);
        let lines = items.outer_iter().map(|item| {
            let n_pos = item.len_of(Axis(0));
            item.slice(s![back.., ..n_pos - back]).diag().mean().unwrap_or(0.0)
        });
        lines.sum::<f32>() / pattern.len_of(Axis(0)) as f32
    };
    let of_layer = |layer: usize| {
        let pattern = cache[("pattern", layer)].to_owned();
        (0..pattern.len_of(Axis(1))).filter(|head| score(&pattern, *head) > 0.5).map(|head| name(layer, head)).collect()
    };
    (0..cache.n_layers()).flat_map(|layer: usize| -> Vec<String> { of_layer(layer) }).collect()
}

fn first_by_slices(cache: &ActivationCache) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in 0..cache.n_layers() {
        // [batch, head, query_pos] -> [head]
        let to_first = cache[("pattern", layer)].index_axis(Axis(3), 0);
        let scores = to_first.mean_axis(Axis(2)).and_then(|by_item| by_item.mean_axis(Axis(0)));
        for (head, score) in scores.iter().flatten().enumerate() {
            if *score > 0.5 {
                heads.push(format!("{layer}.{head}"));
            }
        }
    }
    heads
}

fn from_the_mean_pattern(
    cache: &ActivationCache,
    threshold: f32,
    key_of: impl Fn(usize) -> Option<usize>,
) -> Vec<String> {
    let mut heads = Vec::new();
    for layer in (0..cache.n_layers()).rev() {
        // [head, query_pos, key_pos]
        let Some(mean) = cache[("pattern", layer)].mean_axis(Axis(0)) else { continue };
        for (head, pattern) in mean.outer_iter().enumerate().rev() {
            let cells: Vec<f32> =
                (0..pattern.len_of(Axis(0))).filter_map(|query| Some(pattern[[query, key_of(query)?]])).collect();
            if cells.iter().sum::<f32>() / cells.len() as f32 > threshold {
                heads.push(format!("{layer}.{head}"));
            }
        }
    }
    heads
}

fn induction_from_the_mean_pattern(cache: &ActivationCache, seq_len: usize) -> Vec<String> {
    from_the_mean_pattern(cache, 0.45, |query| (query + 1).checked_sub(seq_len))
}

fn concatenated(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let mut ids = Vec::new();
    for _ in 0..batch {
        let segment: Vec<usize> = (0..seq_len).map(|_| rng.random_range(0..d_vocab)).collect();
        ids.push(bos);
        ids.extend(&segment);
        ids.extend(&segment);
    }
    Tokens::from_shape_vec((batch, 1 + 2 * seq_len), ids).expect("as many ids as the shape holds")
}

fn without_bos_in_the_segment(
    rng: &mut ChaCha8Rng,
    batch: usize,
    seq_len: usize,
    d_vocab: usize,
    bos: usize,
) -> Tokens {
    let mut tokens = Tokens::from_elem((batch, 1 + 2 * seq_len), bos);
    for row in 0..batch {
        for pos in 1..=seq_len {
            let drawn = rng.random_range(0..d_vocab - 1);
            let id = if drawn >= bos { drawn + 1 } else { drawn };
            tokens[[row, pos]] = id;
            tokens[[row, pos + seq_len]] = id;
        }
    }
    tokens
}

fn drawn_column_by_column(rng: &mut ChaCha8Rng, batch: usize, seq_len: usize, d_vocab: usize, bos: usize) -> Tokens {
    let columns: Vec<Vec<usize>> =
        (0..seq_len).map(|_| (0..batch).map(|_| rng.random_range(0..d_vocab)).collect()).collect();
    Tokens::from_shape_fn((batch, 1 + 2 * seq_len), |(row, pos)| match pos {
        0 => bos,
        _ => columns[(pos - 1) % seq_len][row],
    })
}

fn loss_in_double_precision(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let (batch, n_pos) = tokens.dim();
    let seq_len = n_pos / 2;
    let loss = |row: usize, pos: usize| {
        let logits = logits.slice(s![row, pos, ..]);
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let total: f64 = logits.iter().rev().map(|x| f64::from(x - largest).exp()).sum();
        total.ln() + f64::from(largest) - f64::from(logits[tokens[[row, pos + 1]]])
    };
    let mean = |from: usize| {
        let cells = (from..from + seq_len).rev().flat_map(|pos| (0..batch).map(move |row| (row, pos)));
        (cells.map(|(row, pos)| loss(row, pos)).sum::<f64>() / (batch * seq_len) as f64) as f32
    };
    (mean(0), mean(seq_len))
}

fn loss_with_the_library(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let log_probs = next_token_log_probs(logits.view(), tokens.view()).expect("logits and tokens of one shape");
    let (first, second) = log_probs.view().split_at(Axis(1), log_probs.ncols() / 2);
    (-first.mean().unwrap_or(0.0), -second.mean().unwrap_or(0.0))
}

/// The mean of the rows' means, which is the mean of all since the rows are equally long.
fn loss_from_log_softmax(logits: &Array3<f32>, tokens: &Tokens) -> (f32, f32) {
    let log_probs = log_softmax(logits.view());
    let seq_len = (tokens.ncols() - 1) / 2;
    let mean = |from: usize| {
        let rows = log_probs.outer_iter().zip(tokens.outer_iter());
        let of_row = rows.map(|(log_probs, tokens)| {
            let found = (from..from + seq_len).map(|pos| -log_probs[[pos, tokens[pos + 1]]]);
            found.sum::<f32>() / seq_len as f32
        });
        of_row.sum::<f32>() / tokens.nrows() as f32
    };
    (mean(0), mean(seq_len))
}

fn views_without_names(cache: &ActivationCache, str_tokens: &[String]) -> Result<Vec<View>, VisError> {
    let mut views = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        views.push(attention_patterns(str_tokens, pattern.slice(s![0, .., .., ..]), AttentionOptions::new())?);
    }
    Ok(views)
}

fn views_without_batch_axis(cache: &ActivationCache, str_tokens: &[String]) -> Result<Vec<View>, VisError> {
    let cache = cache.clone().remove_batch_dim().expect("one text");
    let draw = |layer| attention_patterns(str_tokens, cache.view::<Ix3>(("pattern", layer)), AttentionOptions::new());
    (0..cache.n_layers()).map(draw).collect()
}

fn views_collected(cache: &ActivationCache, str_tokens: &[String]) -> Result<Vec<View>, VisError> {
    let words: Vec<&str> = str_tokens.iter().map(String::as_str).collect();
    let layers = cache.iter().filter(|(name, _)| name.ends_with("hook_pattern")).enumerate();
    layers
        .map(|(layer, (_, pattern))| {
            let pattern = pattern.index_axis(Axis(0), 0).into_dimensionality::<Ix3>().expect("three axes are left");
            let names = head_names(layer, pattern.len_of(Axis(0)));
            attention_patterns(&words, pattern, AttentionOptions::new().head_names(names).mask_bos(true))
        })
        .collect()
}
