//! Caches with attention drawn by hand.
//!
//! Each head lights up some cells of its pattern and leaves the rest dim, so it is known by construction which heads a
//! detector must name. They are not what a model would do: rows need not sum to one, and heads may look ahead. That is on
//! purpose, for here every way of reading a pattern wrongly lights up heads of its own.

use hooked_transformer::ActivationCache;
use ndarray::{Array4, ArrayD, Axis, Ix4};

/// Some cells of a pattern `[query_pos, key_pos]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// `key_pos - query_pos` is this.
    Diagonal(isize),
    /// The same, from this query on.
    DiagonalFrom(isize, usize),
    /// A key, for every query.
    Column(usize),
    /// The last key.
    LastColumn,
    /// The first query.
    FirstRow,
    /// One cell: query and key.
    One(usize, usize),
    /// The first key, for the last query only.
    LastOfFirstColumn,
    /// From the first query's last key to the last query's first.
    Antidiagonal,
    /// Everything but one diagonal.
    AllButDiagonal(isize),
    /// Everything but one key.
    AllButColumn(usize),
    /// Nothing.
    Nothing,
}

impl Cells {
    fn contains(self, query: usize, key: usize, n_pos: usize) -> bool {
        let ahead = key as isize - query as isize;
        match self {
            Self::Diagonal(by) => ahead == by,
            Self::DiagonalFrom(by, first) => ahead == by && query >= first,
            Self::Column(column) => key == column,
            Self::LastColumn => key == n_pos - 1,
            Self::FirstRow => query == 0,
            Self::One(row, column) => (query, key) == (row, column),
            Self::LastOfFirstColumn => key == 0 && query == n_pos - 1,
            Self::Antidiagonal => query + key + 1 == n_pos,
            Self::AllButDiagonal(by) => ahead != by,
            Self::AllButColumn(column) => key != column,
            Self::Nothing => false,
        }
    }

    /// The cells of a pattern of `n_pos` positions, as `(query, key)`, in the order of the queries.
    pub(super) fn list(self, n_pos: usize) -> Vec<(usize, usize)> {
        let all = (0..n_pos).flat_map(|query| (0..n_pos).map(move |key| (query, key)));
        all.filter(|(query, key)| self.contains(*query, *key, n_pos)).collect()
    }
}

/// Which of its cells a head lights up, in the order of the queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// All of them.
    Even,
    /// One in the middle.
    Peak,
    /// Nearly half of them, the last; the others at three tenths.
    Skewed,
    /// The first half of them; the others at an eighth.
    Early,
    /// The last half of them; the others at an eighth.
    Late,
    /// The last one.
    OnlyLast,
    /// All but the last one.
    ButLast,
    /// Every second one, from the first on; nothing at all in the others.
    EverySecond,
    /// Every second one, from the second on; nothing at all in the others.
    EveryOther,
    /// The same without the last one.
    EveryOtherButLast,
    /// Those from here to before there; nothing at all in the others.
    Part(usize, usize),
}

/// What is left in a cell that a profile leaves out.
const LEFT: f32 = 0.15;

impl Profile {
    /// Cell `at` of `count`, by a head of this strength.
    fn level(self, at: usize, count: usize, strength: f32) -> f32 {
        let lit = match self {
            Self::Even => true,
            Self::Peak => at == count / 2,
            Self::Skewed => return if at + (count - 1) / 2 >= count { strength } else { 0.3 * strength },
            Self::Early => return if 2 * at < count { strength } else { 0.12 * strength },
            Self::Late => return Self::Early.level(count - 1 - at, count, strength),
            Self::OnlyLast => at + 1 == count,
            Self::ButLast => at + 1 < count,
            Self::EverySecond => return if at.is_multiple_of(2) { strength } else { 0.0 },
            Self::EveryOther => return if at.is_multiple_of(2) { 0.0 } else { strength },
            Self::EveryOtherButLast => {
                return if at + 1 == count { 0.0 } else { Self::EveryOther.level(at, count, strength) };
            }
            Self::Part(from, to) => return if (from..to).contains(&at) { strength } else { 0.0 },
        };
        if lit { strength } else { LEFT }
    }
}

/// One head: which cells it lights up, and how brightly in each item of the batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    cells: Cells,
    profile: Profile,
    /// The strength in each item of the batch; the last one counts for all later items.
    items: [f32; 3],
    /// More cells, which have a strength of their own.
    also: (Cells, f32),
}

/// A head that does the same in every item of the batch.
pub(super) const fn head(cells: Cells, strength: f32) -> Head {
    uneven(cells, [strength; 3])
}

/// A head that does something else in each item of the batch.
pub(super) const fn uneven(cells: Cells, items: [f32; 3]) -> Head {
    Head { cells, profile: Profile::Even, items, also: (Cells::Nothing, 0.0) }
}

impl Head {
    /// The same head, which lights up some of its cells only.
    pub(super) const fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// The same head, which lights up more cells.
    pub(super) const fn also(self, cells: Cells, strength: f32) -> Self {
        Self { also: (cells, strength), ..self }
    }
}

/// The sizes of a cache.
#[derive(Clone, Copy, Debug)]
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
    let mut pattern = Array4::from_shape_fn((batch, n_heads, n_pos, n_pos), |(item, head, query, key)| {
        dim(layer + item * 2 + head * 3 + query * 5 + key * 4)
    });
    for item in 0..batch {
        for (h, head) in heads.iter().enumerate() {
            let lit = head.cells.list(n_pos);
            for (at, (query, key)) in lit.iter().enumerate() {
                pattern[[item, h, *query, *key]] = head.profile.level(at, lit.len(), head.items[item.min(2)]);
            }
            for (query, key) in head.also.0.list(n_pos) {
                pattern[[item, h, query, key]] = head.also.1;
            }
        }
    }
    pattern.into_dyn()
}

/// The same cache as a causal model's: no head looks ahead.
pub(super) fn causal(cache: ActivationCache) -> ActivationCache {
    let layers = cache.iter().map(|(name, pattern)| {
        let cut = ArrayD::from_shape_fn(pattern.raw_dim(), |at| if at[3] > at[2] { 0.0 } else { pattern[&at] });
        (name.to_string(), cut)
    });
    ActivationCache::from_arrays(layers.collect::<Vec<_>>())
}

/// The background: between 0.07 and 0.13, no two neighbors alike.
fn dim(seed: usize) -> f32 {
    0.07 + 0.01 * (seed * 11 % 7) as f32
}

/// A score for each head, layer by layer, named like "0.7". `score` gets the patterns of a head,
/// `[batch, query_pos, key_pos]`.
pub(super) fn scores(
    cache: &ActivationCache,
    score: impl Fn(ndarray::ArrayView3<'_, f32>) -> f64,
) -> Vec<(String, f64)> {
    let mut scores = Vec::new();
    for layer in 0..cache.n_layers() {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        for (head, of_head) in pattern.axis_iter(Axis(1)).enumerate() {
            scores.push((format!("{layer}.{head}"), score(of_head)));
        }
    }
    scores
}
