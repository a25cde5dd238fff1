//! Caches with attention drawn by hand.
//!
//! Each head lights up some cells of its pattern and leaves the rest dim, so it is known by construction which heads a
//! detector must name. They are not what a model would do: rows need not sum to one, and heads may look ahead. That is on
//! purpose, for here every way of reading a pattern wrongly lights up heads of its own.

use hooked_transformer::ActivationCache;
use ndarray::{Array4, ArrayD};

/// Some cells of a pattern `[query_pos, key_pos]`.
#[derive(Clone, Copy)]
pub(super) enum Cells {
    /// `key_pos - query_pos` is this.
    Diagonal(isize),
    /// The first key.
    FirstColumn,
    /// The last key.
    LastColumn,
    /// The first query.
    FirstRow,
    /// The first key, for the last query only.
    LastOfFirstColumn,
    /// The first key, but not for the last query.
    FirstColumnButLast,
    /// Everything but one diagonal.
    AllButDiagonal(isize),
    /// Nothing.
    Nothing,
}

impl Cells {
    fn contains(self, query: usize, key: usize, n_pos: usize) -> bool {
        let ahead = key as isize - query as isize;
        match self {
            Self::Diagonal(by) => ahead == by,
            Self::FirstColumn => key == 0,
            Self::LastColumn => key == n_pos - 1,
            Self::FirstRow => query == 0,
            Self::LastOfFirstColumn => key == 0 && query == n_pos - 1,
            Self::FirstColumnButLast => key == 0 && query < n_pos - 1,
            Self::AllButDiagonal(by) => ahead != by,
            Self::Nothing => false,
        }
    }
}

/// One head: which cells it lights up, and how brightly in the first item of the batch and in the others.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub cells: Cells,
    pub first_item: f32,
    pub other_items: f32,
}

/// A head that does the same in every item of the batch.
pub(super) const fn head(cells: Cells, strength: f32) -> Head {
    Head { cells, first_item: strength, other_items: strength }
}

/// A head that is bright in the first item of the batch and dim in the others, or the other way round.
pub(super) const fn uneven(cells: Cells, first_item: f32, other_items: f32) -> Head {
    Head { cells, first_item, other_items }
}

/// The sizes of a cache.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub batch: usize,
    pub n_heads: usize,
    pub n_pos: usize,
}

/// A cache of patterns `[batch, head, query_pos, key_pos]`, one for each layer: the heads are given layer by layer.
pub(super) fn cache(size: Size, heads: &[Head]) -> ActivationCache {
    let layers = heads.chunks(size.n_heads).enumerate();
    let named = layers.map(|(layer, heads)| (format!("blocks.{layer}.attn.hook_pattern"), pattern(size, layer, heads)));
    ActivationCache::from_arrays(named)
}

fn pattern(size: Size, layer: usize, heads: &[Head]) -> ArrayD<f32> {
    let Size { batch, n_heads, n_pos } = size;
    let cell = |(b, h, q, k): (usize, usize, usize, usize)| {
        let head = heads[h];
        if head.cells.contains(q, k, n_pos) {
            if b == 0 { head.first_item } else { head.other_items }
        } else {
            dim(layer + b * 2 + h * 3 + q * 5 + k * 7)
        }
    };
    Array4::from_shape_fn((batch, n_heads, n_pos, n_pos), cell).into_dyn()
}

/// The same cache as a causal model's: nobody looks ahead.
pub(super) fn causal(cache: ActivationCache) -> ActivationCache {
    let layers = cache.iter().map(|(name, pattern)| {
        let cut = ArrayD::from_shape_fn(pattern.raw_dim(), |at| if at[3] > at[2] { 0.0 } else { pattern[&at] });
        (name.to_string(), cut)
    });
    ActivationCache::from_arrays(layers.collect::<Vec<_>>())
}

/// The background: between 0.07 and 0.13, no two neighbours alike.
fn dim(seed: usize) -> f32 {
    0.07 + 0.01 * (seed * 11 % 7) as f32
}

/// The mean over the batch and over those cells of each head's pattern that `chosen(query, key)` picks: what a detector
/// for these cells should compute. The heads come layer by layer, named like "0.7".
pub(super) fn scores(cache: &ActivationCache, chosen: impl Fn(usize, usize) -> bool) -> Vec<(String, f64)> {
    let mut scores = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<ndarray::Ix4>(("pattern", layer));
        for (head, of_head) in pattern.axis_iter(ndarray::Axis(1)).enumerate() {
            let cells = of_head.indexed_iter().filter(|((_, q, k), _)| chosen(*q, *k));
            let (sum, count) = cells.fold((0.0, 0.0), |(sum, count), (_, x)| (sum + f64::from(*x), count + 1.0));
            scores.push((format!("{layer}.{head}"), sum / count));
        }
    }
    scores
}
