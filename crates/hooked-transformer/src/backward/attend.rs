//! Backward from `z` to queries, keys and values.
//!
//! ```text
//! d_pattern[b, h, i, j] = d_z[b, i, h] · v[b, j, h]
//! d_v[b, j, h]          = Σ_i pattern[b, h, i, j] d_z[b, i, h]
//! d_scores              = pattern * (d_pattern - Σ_j d_pattern pattern)
//! d_raw                 = d_scores / attn_scale                   (soft cap: times 1 - (capped / cap)²), 0 where hidden
//! d_q[b, i, h]          = Σ_j d_raw[b, h, i, j] k[b, j, h]
//! d_k[b, j, h]          = Σ_i d_raw[b, h, i, j] q[b, i, h]
//! ```
//! Where query heads share keys and values, the gradients of these are summed over the heads that share them.
//!
//! As in the forward pass a block of queries goes through all steps while it is in the cache, and the pattern is computed
//! again instead of being kept. Where gradients of scores or pattern are stored or hooked, the steps are taken one by one.

use ndarray::{Array2, Array4, ArrayView2, ArrayView4, ArrayViewMut2, ArrayViewMut3, ArrayViewMut4, Axis, s};
use rayon::prelude::*;

use super::activation::softmax_backward;
use super::pass::BackwardPass;
use crate::components::attend::{Attend, QUERY_BLOCK, Task, by_query};
use crate::components::attention::softmax_rows;
use crate::components::{Act4, values, values_mut};
use crate::hooks::Site;
use crate::numerics::linalg::{self, into_axis_chunks};
use crate::numerics::memory;
use crate::numerics::rows::divide;
use crate::numerics::share::{rows_per_task, share};

/// Gradients by queries, keys and values.
pub(super) struct QueriesKeysValues {
    pub d_q: Array4<f32>,
    pub d_k: Array4<f32>,
    pub d_v: Array4<f32>,
}

impl Attend<'_> {
    /// # Shapes
    /// - `d_z`: `[batch, query_pos, head, d_head]`
    /// - output: as `q`, `k` and `v`; `None` if nothing before the scores is wanted
    pub(super) fn backward(&self, pass: &mut BackwardPass<'_, '_>, d_z: &Act4) -> Option<QueriesKeysValues> {
        let layer = Some(self.layer);
        let sites = [Site::AttnScores, Site::Pattern];
        let by_steps = sites.iter().any(|&site| pass.watches(site, layer)) || pass.has_value(Site::Pattern, layer);
        if !by_steps {
            return Some(self.gradients(d_z.view(), |task, d_v| self.block_backward(task, d_z.view(), d_v)));
        }
        let computed: Act4 = match pass.has_value(Site::Pattern, layer) {
            true => pass.computed(Site::Pattern, layer),
            false => softmax_rows(self.scores().into_shared()),
        };
        let used: Act4 = match pass.has_value(Site::Pattern, layer) {
            true => pass.value(Site::Pattern, layer),
            false => computed.clone(),
        };
        let d_pattern = pass.point(Site::Pattern, layer, self.d_pattern(d_z.view()).into_shared());
        if !pass.goes_below(Site::Pattern, layer) {
            return None;
        }
        let mut d_scores = d_pattern;
        let n_keys = d_scores.dim().3.max(1);
        let rows = values_mut(&mut d_scores).par_chunks_mut(n_keys).zip(values(&computed).par_chunks(n_keys));
        rows.with_min_len(rows_per_task(n_keys)).for_each(|(d, p)| softmax_backward(p, d));
        let d_scores = pass.point(Site::AttnScores, layer, d_scores);
        if !pass.goes_below(Site::AttnScores, layer) {
            return None;
        }
        let gradients = self.gradients(d_z.view(), |task, d_v| {
            let block = s![task.batch, task.head, task.first_query..task.first_query + task.n_queries, ..];
            let d_z = task.queries(d_z.view());
            linalg::add_matmul_block(used.slice(block).reversed_axes(), d_z, d_v);
            let mut d = d_scores.slice(block).to_owned();
            self.unshape_scores(task, 0, d.view_mut());
            (0, d)
        });
        [computed, used, d_scores].into_iter().for_each(memory::used);
        Some(gradients)
    }

    /// # Shapes
    /// - output: `[batch, head, query_pos, key_pos]`
    fn d_pattern(&self, d_z: ArrayView4<'_, f32>) -> Array4<f32> {
        let mut d_pattern = self.new_scores();
        share(by_query(&mut d_pattern), rayon::current_num_threads(), |(task, out)| {
            linalg::matmul_block(task.queries(d_z), self.of_head(self.v, &task).reversed_axes(), out);
        });
        d_pattern
    }

    /// Goes through the blocks of queries. `block` adds its part to the gradient of the values (of one head, all keys),
    /// and returns the gradient of the raw dot products with the keys from its first number on.
    fn gradients(
        &self,
        d_z: ArrayView4<'_, f32>,
        block: impl Fn(&Task, ArrayViewMut2<'_, f32>) -> (usize, Array2<f32>) + Sync,
    ) -> QueriesKeysValues {
        let mut d = QueriesKeysValues {
            d_q: memory::array(self.q.dim()),
            d_k: memory::cleared(self.k.dim()),
            d_v: memory::cleared(self.v.dim()),
        };
        let n_queries = d_z.dim().1;
        share(groups(&mut d), rayon::current_num_threads(), |mut group| {
            let heads = group.d_q.len_of(Axis(1));
            for (in_group, first_query) in
                (0..heads).flat_map(|h| (0..n_queries).step_by(QUERY_BLOCK).map(move |q| (h, q)))
            {
                let last = (first_query + QUERY_BLOCK).min(n_queries);
                let head = group.kv_head * heads + in_group;
                let task = Task { batch: group.batch, head, first_query, n_queries: last - first_query };
                let (first_key, d_raw) = block(&task, group.d_v.view_mut());
                let keys = first_key..first_key + d_raw.ncols();
                let k = self.of_head(self.k, &task).slice_move(s![keys.clone(), ..]);
                linalg::matmul_block(d_raw.view(), k, group.d_q.slice_mut(s![first_query..last, in_group, ..]));
                let d_k = group.d_k.slice_mut(s![keys, ..]);
                linalg::add_matmul_block(d_raw.view().reversed_axes(), task.queries(self.q), d_k);
            }
        });
        d
    }

    /// All steps of a block: adds to the gradient of the values, and returns that of the raw dot products.
    fn block_backward(
        &self,
        task: &Task,
        d_z: ArrayView4<'_, f32>,
        mut d_v: ArrayViewMut2<'_, f32>,
    ) -> (usize, Array2<f32>) {
        let keys = self.keys(task);
        let d_z = task.queries(d_z);
        let pattern = self.block_pattern(task, keys.clone());
        linalg::add_matmul_block(pattern.t(), d_z, d_v.slice_mut(s![keys.clone(), ..]));
        let v = self.of_head(self.v, task).slice_move(s![keys.clone(), ..]);
        let mut d = Array2::zeros(pattern.raw_dim());
        linalg::matmul_block(d_z, v.reversed_axes(), d.view_mut());
        let n_keys = keys.len();
        let rows = d.as_slice_mut().expect("a new matrix").chunks_mut(n_keys);
        rows.zip(pattern.as_slice().expect("a new matrix").chunks(n_keys)).for_each(|(d, p)| softmax_backward(p, d));
        self.unshape_scores(task, keys.start, d.view_mut());
        (keys.start, d)
    }

    /// From the gradient of a block's scores, with the keys from `first_key` on, to that of the raw dot products.
    fn unshape_scores(&self, task: &Task, first_key: usize, mut d: ArrayViewMut2<'_, f32>) {
        let scale = self.cfg.attn_scale(self.layer);
        if let Some(cap) = self.cfg.attn_scores_soft_cap.filter(|&cap| cap > 0.0) {
            let keys = self.of_head(self.k, task).slice_move(s![first_key..first_key + d.ncols(), ..]);
            let raw = raw_scores(task.queries(self.q), keys);
            d.zip_mut_with(&raw, |d, raw| *d *= 1.0 - (raw / (scale * cap)).tanh().powi(2));
        }
        for (row, mut d) in d.rows_mut().into_iter().enumerate() {
            let d = d.as_slice_mut().expect("a row is contiguous");
            // A hook may have given a hidden key a score; it still does not depend on the key.
            self.mask.overwrite(task.batch, task.first_query + row, first_key, d, 0.0);
            divide(d, scale);
        }
    }
}

fn raw_scores(q: ArrayView2<'_, f32>, k: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut raw = Array2::zeros((q.nrows(), k.nrows()));
    linalg::matmul_block(q, k.reversed_axes(), raw.view_mut());
    raw
}

/// The heads of one row of the batch that share keys and values, with the gradients that belong to them.
struct Group<'o> {
    batch: usize,
    kv_head: usize,
    /// `[query_pos, head of the group, d_head]`
    d_q: ArrayViewMut3<'o, f32>,
    /// `[key_pos, d_head]`
    d_k: ArrayViewMut2<'o, f32>,
    /// `[key_pos, d_head]`
    d_v: ArrayViewMut2<'o, f32>,
}

fn groups(d: &mut QueriesKeysValues) -> Vec<Group<'_>> {
    let (n_heads, n_kv) = (d.d_q.dim().2, d.d_k.dim().2);
    let d_q = by_heads(d.d_q.view_mut(), n_heads / n_kv);
    let d_k = by_heads(d.d_k.view_mut(), 1).map(|d_k| d_k.index_axis_move(Axis(1), 0));
    let d_v = by_heads(d.d_v.view_mut(), 1).map(|d_v| d_v.index_axis_move(Axis(1), 0));
    let parts = d_q.zip(d_k).zip(d_v).enumerate();
    parts
        .map(|(index, ((d_q, d_k), d_v))| Group { batch: index / n_kv, kv_head: index % n_kv, d_q, d_k, d_v })
        .collect()
}

/// Cuts `[batch, pos, head, d_head]` into `[pos, heads, d_head]`.
fn by_heads(x: ArrayViewMut4<'_, f32>, heads: usize) -> impl Iterator<Item = ArrayViewMut3<'_, f32>> {
    let rows = into_axis_chunks(x, Axis(0), 1).map(|row| row.index_axis_move(Axis(0), 0));
    rows.flat_map(move |row| into_axis_chunks(row, Axis(1), heads))
}
