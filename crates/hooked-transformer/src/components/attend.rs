//! From queries, keys and values to `z`: scores, softmax, and the mean of the values that it weighs.
//!
//! Each head works through blocks of queries. [`Attend::at_once`] takes a block through all steps while its scores are in
//! the cache, looks only at keys that some query of the block may see, and writes scores and pattern to memory only where
//! they are wanted. Where hooks edit scores or pattern the steps are taken one by one instead.

use std::ops::Range;

use ndarray::{Array2, Array4, ArrayView2, ArrayView4, ArrayViewMut2, ArrayViewMut4, Axis, s};

use super::mask::Mask;
use crate::architecture::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::numerics::rows::{divide, softmax};
use crate::numerics::share::share;
use crate::numerics::{linalg, memory, streaming};

/// Queries that one task handles: their scores over a thousand keys fit into the second-level cache. With fewer, keys and
/// values would be copied for the product more often, which took more time than the keys that fewer queries can leave out.
pub(crate) const QUERY_BLOCK: usize = 128;

/// One layer's queries, keys and values, and who may see whom.
///
/// # Shapes
/// - `q`: `[batch, query_pos, head, d_head]`
/// - `k`, `v`: `[batch, key_pos, kv_head, d_head]`
pub(crate) struct Attend<'a> {
    pub cfg: &'a HookedTransformerConfig,
    pub layer: usize,
    pub mask: Mask<'a>,
    pub q: ArrayView4<'a, f32>,
    pub k: ArrayView4<'a, f32>,
    pub v: ArrayView4<'a, f32>,
}

impl Attend<'_> {
    /// All steps, and of scores and pattern what is to be kept.
    ///
    /// # Shapes
    /// - `z`: `[batch, query_pos, head, d_head]`
    /// - scores, pattern: `[batch, head, query_pos, key_pos]`
    pub(crate) fn at_once(&self, keep: [bool; 2]) -> (Array4<f32>, [Option<Array4<f32>>; 2]) {
        let mut z = self.new_z();
        let mut kept = keep.map(|keep| keep.then(|| self.new_scores()));
        let mut blocks = kept.each_mut().map(|kept| kept.as_mut().map(|kept| by_query(kept).into_iter()));
        let tasks: Vec<_> = query_blocks(z.view_mut())
            .into_iter()
            .map(|(task, z)| (task, z, blocks.each_mut().map(|blocks| Some(blocks.as_mut()?.next()?.1))))
            .collect();
        share(tasks, rayon::current_num_threads(), |(task, z, [scores_out, pattern_out])| {
            self.block_at_once(&task, z, scores_out, pattern_out)
        });
        (z, kept)
    }

    fn block_at_once(
        &self,
        task: &Task,
        mut z: ArrayViewMut2<'_, f32>,
        scores_out: Option<ArrayViewMut2<'_, f32>>,
        pattern_out: Option<ArrayViewMut2<'_, f32>>,
    ) {
        let v = self.of_head(self.v, task);
        let keys = self.keys(task);
        let mut scores = self.block_scores(task, keys.clone());
        if let Some(out) = scores_out {
            write_kept(out, &scores, keys.clone(), f32::NEG_INFINITY);
        }
        scores.as_slice_mut().expect("a new matrix").chunks_mut(keys.len()).for_each(softmax);
        if let Some(out) = pattern_out {
            write_kept(out, &scores, keys.clone(), 0.0);
        }
        linalg::matmul_block(scores.view(), v.slice(s![keys, ..]), z.view_mut());
    }

    /// The keys that some query of a block may see: those after its last query, or before its first one's window, are
    /// hidden from all of them.
    pub(crate) fn keys(&self, task: &Task) -> Range<usize> {
        let last_query = task.first_query + task.n_queries - 1;
        self.mask.range(task.first_query).start..self.mask.range(last_query).end
    }

    fn block_scores(&self, task: &Task, keys: Range<usize>) -> Array2<f32> {
        let (q, k) = (task.queries(self.q), self.of_head(self.k, task));
        let mut scores = Array2::zeros((q.nrows(), keys.len()));
        linalg::matmul_block(q, k.slice(s![keys.clone(), ..]).t(), scores.view_mut());
        self.shape_scores(task, keys.start, scores.view_mut());
        scores
    }

    /// The pattern of a block of queries.
    ///
    /// # Shapes
    /// - output: `[query_pos, key_pos]`, of these keys
    pub(crate) fn block_pattern(&self, task: &Task, keys: Range<usize>) -> Array2<f32> {
        let n_keys = keys.len();
        let mut scores = self.block_scores(task, keys);
        scores.as_slice_mut().expect("a new matrix").chunks_mut(n_keys).for_each(softmax);
        scores
    }

    /// # Shapes
    /// - output: `[batch, head, query_pos, key_pos]`
    pub(crate) fn scores(&self) -> Array4<f32> {
        let mut scores = self.new_scores();
        share(by_query(&mut scores), rayon::current_num_threads(), |(task, mut scores)| {
            linalg::matmul_block(task.queries(self.q), self.of_head(self.k, &task).t(), scores.view_mut());
            self.shape_scores(&task, 0, scores);
        });
        scores
    }

    /// # Shapes
    /// - `pattern`: `[batch, head, query_pos, key_pos]`
    /// - output: `[batch, query_pos, head, d_head]`
    pub(crate) fn mix_values(&self, pattern: ArrayView4<'_, f32>) -> Array4<f32> {
        let mut z = self.new_z();
        share(query_blocks(z.view_mut()), rayon::current_num_threads(), |(task, z)| {
            let queries = task.first_query..task.first_query + z.nrows();
            let pattern = pattern.slice(s![task.batch, task.head, queries, ..]);
            linalg::matmul_block(pattern, self.of_head(self.v, &task), z);
        });
        z
    }

    fn new_z(&self) -> Array4<f32> {
        let (n_batch, n_queries, n_heads, _) = self.q.dim();
        memory::array((n_batch, n_queries, n_heads, self.v.dim().3))
    }

    pub(crate) fn new_scores(&self) -> Array4<f32> {
        let (n_batch, n_queries, n_heads, _) = self.q.dim();
        memory::array((n_batch, n_heads, n_queries, self.k.dim().1))
    }

    /// Scale, soft cap, ALiBi and mask on the raw dot products of a block with the keys from `first_key` on.
    fn shape_scores(&self, task: &Task, first_key: usize, mut scores: ArrayViewMut2<'_, f32>) {
        let scale = self.cfg.attn_scale(self.layer);
        for (row, mut scores) in scores.rows_mut().into_iter().enumerate() {
            let query = task.first_query + row;
            let scores = scores.as_slice_mut().expect("a row of scores is contiguous");
            divide(scores, scale);
            if let Some(cap) = self.cfg.attn_scores_soft_cap.filter(|&cap| cap > 0.0) {
                scores.iter_mut().for_each(|score| *score = cap * (*score / cap).tanh());
            }
            if self.cfg.positional_embedding_type == PositionalEmbeddingType::Alibi {
                let slope = alibi_slope(task.head, self.cfg.n_heads);
                for (key, score) in scores.iter_mut().enumerate() {
                    *score += slope * self.mask.distance(query, first_key + key);
                }
            }
            self.mask.hide(task.batch, query, first_key, scores);
        }
    }

    /// The keys or values that a query head uses, `[key_pos, d_head]`.
    pub(crate) fn of_head<'v>(&self, x: ArrayView4<'v, f32>, task: &Task) -> ArrayView2<'v, f32> {
        let heads_per_group = self.cfg.n_heads / x.dim().2;
        x.slice_move(s![task.batch, .., task.head / heads_per_group, ..])
    }
}

/// Writes a block's scores or pattern to where they are kept.
///
/// - `keys`: those of the block; the others get `beside`
fn write_kept(mut out: ArrayViewMut2<'_, f32>, block: &Array2<f32>, keys: Range<usize>, beside: f32) {
    /// With so many keys, those of all heads and layers fill any cache before something reads them.
    const MANY: usize = 512;
    if out.ncols() >= MANY {
        return streaming::write_rows(out, block.view(), keys, beside);
    }
    out.slice_mut(s![.., ..keys.start]).fill(beside);
    out.slice_mut(s![.., keys.end..]).fill(beside);
    out.slice_mut(s![.., keys]).assign(block);
}

/// The slope of a head's bias: a geometric series from `2^(-8/n)`, as in the classic library.
fn alibi_slope(head: usize, n_heads: usize) -> f32 {
    (2.0f32).powf(-8.0 / n_heads as f32 * (head + 1) as f32)
}

/// One head of one row of the batch, and a block of its queries.
pub(crate) struct Task {
    pub batch: usize,
    pub head: usize,
    pub first_query: usize,
    pub n_queries: usize,
}

impl Task {
    /// `[query_pos, d_head]`
    pub(crate) fn queries<'v>(&self, q: ArrayView4<'v, f32>) -> ArrayView2<'v, f32> {
        q.slice_move(s![self.batch, self.first_query..self.first_query + self.n_queries, self.head, ..])
    }
}

/// Cuts an output `[batch, query_pos, head, …]` into the blocks that the tasks write.
fn query_blocks(out: ArrayViewMut4<'_, f32>) -> Vec<(Task, ArrayViewMut2<'_, f32>)> {
    let mut tasks = Vec::new();
    for (batch, row) in linalg::into_axis_chunks(out, Axis(0), 1).enumerate() {
        let row = row.index_axis_move(Axis(0), 0);
        for (head, queries) in linalg::into_axis_chunks(row, Axis(1), 1).enumerate() {
            let queries = queries.index_axis_move(Axis(1), 0);
            for (block, out) in linalg::into_axis_chunks(queries, Axis(0), QUERY_BLOCK).enumerate() {
                let task = Task { batch, head, first_query: block * QUERY_BLOCK, n_queries: out.nrows() };
                tasks.push((task, out));
            }
        }
    }
    tasks
}

/// The blocks of scores or pattern `[batch, head, query_pos, key_pos]`, in the order of those of `z`.
pub(crate) fn by_query(scores: &mut Array4<f32>) -> Vec<(Task, ArrayViewMut2<'_, f32>)> {
    query_blocks(scores.view_mut().permuted_axes([0, 2, 1, 3]))
}
