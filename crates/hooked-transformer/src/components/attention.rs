//! Attention: the only part that moves information between positions.
//!
//! ```text
//! q = x_q W_Q + b_Q    k = x_k W_K + b_K    v = x_v W_V + b_V        each head its own, [batch, pos, head, d_head]
//! (RMS norm of each head's q and k, rotation, where the model has them)
//! scores[b, h, i, j]  = q[b, i, h] · k[b, j, h] / attn_scale         (soft cap, ALiBi), -inf where j is hidden from i
//! pattern             = softmax over j of scores
//! z[b, i, h]          = Σ_j pattern[b, h, i, j] v[b, j, h]
//! result[b, i, h]     = z[b, i, h] W_O[h]                            out = Σ_h result + b_O
//! ```
//! When nobody looks at scores or pattern they are never materialised: each head works through blocks of queries with a
//! scratch matrix of its own. The result of each head is computed only when somebody looks at it, too.

use ndarray::{
    Array2, Array4, ArrayView, ArrayView1, ArrayView2, ArrayView3, ArrayView4, ArrayViewMut2, ArrayViewMut4, Axis,
    CowArray, RemoveAxis, s,
};
use rayon::prelude::*;

use super::activation::{self, softmax};
use super::mask::Mask;
use super::normalization::rms_norm;
use super::{Act3, Act4, rotary};
use crate::config::{HookedTransformerConfig, PositionalEmbeddingType};
use crate::generation::kv_cache::LayerKeysValues;
use crate::hooks::{Pass, Site};
use crate::linalg;
use crate::weights::AttentionWeights;

/// Queries that one task handles: their scores over a thousand keys fit into the second-level cache.
const QUERY_BLOCK: usize = 64;

/// What queries, keys or values are computed from: one stream for all heads, or a stream for each head if somebody
/// hooks the inputs of heads separately.
pub(crate) enum HeadInput {
    Shared(Act3),
    PerHead(Act4),
}

/// What one layer's attention needs besides its inputs.
pub(crate) struct Attention<'a> {
    pub cfg: &'a HookedTransformerConfig,
    pub layer: usize,
    pub weights: AttentionWeights<'a>,
    /// Of each new token; `None` at padding.
    pub positions: &'a Array2<Option<usize>>,
    /// `[batch, key_pos]`, false at padding.
    pub real: Option<ArrayView2<'a, bool>>,
}

impl Attention<'_> {
    /// # Shapes
    /// - inputs: `[batch, pos, d_model]`, or `[batch, pos, head, d_model]`
    /// - output: `[batch, pos, d_model]`
    pub(crate) fn forward(
        &self,
        pass: &mut Pass<'_, '_>,
        [q_input, k_input, v_input]: [HeadInput; 3],
        past: Option<&mut LayerKeysValues>,
    ) -> Act3 {
        let layer = Some(self.layer);
        let w = &self.weights;
        let q = pass.point(Site::Q, layer, project(&q_input, w.W_Q, w.b_Q).into_shared());
        let [k, v] = [(Site::K, k_input, w.W_K, w.b_K), (Site::V, v_input, w.W_V, w.b_V)].map(|(site, x, w, b)| {
            let projected = project(&x, self.ungrouped(w).view(), self.ungrouped(b).view());
            pass.point(site, layer, projected.into_shared())
        });
        let (q, k) = (self.qk_norm(q, w.q_norm), self.qk_norm(k, w.k_norm));
        let (q, k) = self.rotate(pass, q, k);
        let z = match past {
            Some(past) => {
                let offset = past.len();
                past.append(k.view(), v.view());
                self.attend(pass, q.view(), past.keys(), past.values(), offset)
            }
            None => self.attend(pass, q.view(), k.view(), v.view(), 0),
        };
        let z = pass.point(Site::Z, layer, z.into_shared());
        self.write_out(pass, &z)
    }

    /// Weights or biases of keys or values, repeated for each query head where the configuration wants shared heads
    /// taken apart before the hooks.
    fn ungrouped<'w, D: RemoveAxis>(&self, w: ArrayView<'w, f32, D>) -> CowArray<'w, f32, D> {
        let n_kv = w.len_of(Axis(0));
        if !self.cfg.ungroup_grouped_query_attention || n_kv == self.cfg.n_heads {
            return w.into();
        }
        let of_query_head: Vec<usize> = (0..self.cfg.n_heads).map(|head| head * n_kv / self.cfg.n_heads).collect();
        w.select(Axis(0), &of_query_head).into()
    }

    fn qk_norm(&self, mut x: Act4, gain: Option<ArrayView1<'_, f32>>) -> Act4 {
        if let Some(gain) = gain {
            rms_norm(&mut x, gain, self.cfg.eps);
        }
        x
    }

    fn rotate(&self, pass: &mut Pass<'_, '_>, q: Act4, k: Act4) -> (Act4, Act4) {
        if self.cfg.positional_embedding_type != PositionalEmbeddingType::Rotary {
            return (q, k);
        }
        let [q, k] = [(Site::RotQ, q), (Site::RotK, k)].map(|(site, x)| {
            let mut x = x.into_owned();
            rotary::rotate(&mut x, self.positions, self.cfg, self.layer);
            pass.point(site, Some(self.layer), x.into_shared())
        });
        (q, k)
    }

    /// From queries, keys and values to `z`.
    ///
    /// # Shapes
    /// - `q`: `[batch, query_pos, head, d_head]`
    /// - `k`, `v`: `[batch, key_pos, kv_head, d_head]`
    /// - output: `[batch, query_pos, head, d_head]`
    fn attend(
        &self,
        pass: &mut Pass<'_, '_>,
        q: ArrayView4<'_, f32>,
        k: ArrayView4<'_, f32>,
        v: ArrayView4<'_, f32>,
        offset: usize,
    ) -> Array4<f32> {
        let mask = Mask::new(self.cfg, self.layer, offset, k.dim().1, self.real);
        let layer = Some(self.layer);
        if !pass.watches(Site::AttnScores, layer) && !pass.watches(Site::Pattern, layer) {
            return self.attend_unseen(q, k, v, &mask);
        }
        let scores = pass.point(Site::AttnScores, layer, self.scores(q, k, &mask).into_shared());
        let pattern = pass.point(Site::Pattern, layer, softmax_rows(scores));
        self.mix_values(pattern.view(), v)
    }

    /// The same without scores and pattern in memory.
    fn attend_unseen(
        &self,
        q: ArrayView4<'_, f32>,
        k: ArrayView4<'_, f32>,
        v: ArrayView4<'_, f32>,
        mask: &Mask<'_>,
    ) -> Array4<f32> {
        let mut z = Array4::zeros(q.raw_dim());
        run(query_blocks(z.view_mut()), |task, mut z| {
            let (q, k, v) = (task.queries(q), self.of_head(k, &task), self.of_head(v, &task));
            // Keys after the last query of the block, or before the first one's window, are hidden from all of them.
            let keys = mask.range(task.first_query).start..mask.range(task.first_query + q.nrows() - 1).end;
            let mut scores = Array2::zeros((q.nrows(), keys.len()));
            linalg::matmul_block(q, k.slice(s![keys.clone(), ..]).t(), scores.view_mut());
            for (row, mut scores) in scores.rows_mut().into_iter().enumerate() {
                let query = task.first_query + row;
                let scores = scores.as_slice_mut().expect("the scratch matrix is contiguous");
                self.shape_scores(&task, mask, query, keys.start, scores);
                softmax(scores);
            }
            linalg::matmul_block(scores.view(), v.slice(s![keys, ..]), z.view_mut());
        });
        z
    }

    /// # Shapes
    /// - output: `[batch, head, query_pos, key_pos]`
    fn scores(&self, q: ArrayView4<'_, f32>, k: ArrayView4<'_, f32>, mask: &Mask<'_>) -> Array4<f32> {
        let (n_batch, n_queries, n_heads, _) = q.dim();
        let mut scores = Array4::zeros((n_batch, n_heads, n_queries, k.dim().1));
        // Seen as [batch, query_pos, head, key_pos], so that the tasks are the same as for z.
        let by_query = scores.view_mut().permuted_axes([0, 2, 1, 3]);
        run(query_blocks(by_query), |task, mut scores| {
            linalg::matmul_block(task.queries(q), self.of_head(k, &task).t(), scores.view_mut());
            for (row, mut scores) in scores.rows_mut().into_iter().enumerate() {
                let scores = scores.as_slice_mut().expect("a row of scores is contiguous");
                self.shape_scores(&task, mask, task.first_query + row, 0, scores);
            }
        });
        scores
    }

    /// Scale, soft cap, ALiBi and mask on the raw dot products of one query with the keys from `first_key` on.
    fn shape_scores(&self, task: &Task, mask: &Mask<'_>, query: usize, first_key: usize, scores: &mut [f32]) {
        let scale = self.cfg.attn_scale(self.layer);
        scores.iter_mut().for_each(|score| *score /= scale);
        if let Some(cap) = self.cfg.attn_scores_soft_cap.filter(|&cap| cap > 0.0) {
            scores.iter_mut().for_each(|score| *score = cap * (*score / cap).tanh());
        }
        if self.cfg.positional_embedding_type == PositionalEmbeddingType::Alibi {
            let slope = alibi_slope(task.head, self.cfg.n_heads);
            for (key, score) in scores.iter_mut().enumerate() {
                *score += slope * mask.distance(query, first_key + key);
            }
        }
        mask.hide(task.batch, query, first_key, scores);
    }

    /// # Shapes
    /// - `pattern`: `[batch, head, query_pos, key_pos]`
    /// - `v`: `[batch, key_pos, kv_head, d_head]`
    /// - output: `[batch, query_pos, head, d_head]`
    fn mix_values(&self, pattern: ArrayView4<'_, f32>, v: ArrayView4<'_, f32>) -> Array4<f32> {
        let (n_batch, n_heads, n_queries, _) = pattern.dim();
        let mut z = Array4::zeros((n_batch, n_queries, n_heads, v.dim().3));
        run(query_blocks(z.view_mut()), |task, z| {
            let queries = task.first_query..task.first_query + z.nrows();
            let pattern = pattern.slice(s![task.batch, task.head, queries, ..]);
            linalg::matmul_block(pattern, self.of_head(v, &task), z);
        });
        z
    }

    /// The keys or values that a query head uses, `[key_pos, d_head]`.
    fn of_head<'v>(&self, x: ArrayView4<'v, f32>, task: &Task) -> ArrayView2<'v, f32> {
        let heads_per_group = self.cfg.n_heads / x.dim().2;
        x.slice_move(s![task.batch, .., task.head / heads_per_group, ..])
    }

    /// From `z` to what the layer adds to the residual stream.
    fn write_out(&self, pass: &mut Pass<'_, '_>, z: &Act4) -> Act3 {
        let (n_batch, n_pos, n_heads, d_head) = z.dim();
        let W_O = self.weights.W_O;
        let d_model = W_O.dim().2;
        let rows = n_batch * n_pos;
        let layer = Some(self.layer);
        let out = if pass.watches(Site::Result, layer) {
            let z = z.view().into_shape_with_order((rows, n_heads, d_head)).expect("z is contiguous");
            let result = linalg::matmul_each_head(z, W_O);
            let result = result.into_shape_with_order((n_batch, n_pos, n_heads, d_model)).expect("same size");
            pass.point(Site::Result, layer, result.into_shared()).sum_axis(Axis(2)) + self.weights.b_O
        } else {
            let z = z.view().into_shape_with_order((rows, n_heads * d_head)).expect("z is contiguous");
            let W_O = W_O.into_shape_with_order((n_heads * d_head, d_model)).expect("W_O is contiguous");
            let out = linalg::linear(z, W_O, Some(self.weights.b_O));
            out.into_shape_with_order((n_batch, n_pos, d_model)).expect("same size")
        };
        out.into_shared()
    }
}

/// `x W + b` for each head.
///
/// # Shapes
/// - `w`: `[head, d_model, d_head]`
/// - `b`: `[head, d_head]`
/// - output: `[batch, pos, head, d_head]`
fn project(x: &HeadInput, w: ArrayView3<'_, f32>, b: ArrayView2<'_, f32>) -> Array4<f32> {
    let (n_heads, d_model, d_head) = w.dim();
    let (n_batch, n_pos, out) = match x {
        HeadInput::Shared(x) => {
            let (n_batch, n_pos, _) = x.dim();
            let rows = x.view().into_shape_with_order((n_batch * n_pos, d_model)).expect("x is contiguous");
            (n_batch, n_pos, linalg::linear_heads(rows, w, b))
        }
        HeadInput::PerHead(x) => {
            let (n_batch, n_pos, ..) = x.dim();
            let rows = x.view().into_shape_with_order((n_batch * n_pos, n_heads, d_model)).expect("x is contiguous");
            (n_batch, n_pos, linalg::matmul_each_head(rows, w) + b)
        }
    };
    out.into_shape_with_order((n_batch, n_pos, n_heads, d_head)).expect("same size")
}

/// The slope of a head's bias: a geometric series from `2^(-8/n)`, as in the classic library.
fn alibi_slope(head: usize, n_heads: usize) -> f32 {
    (2.0f32).powf(-8.0 / n_heads as f32 * (head + 1) as f32)
}

/// Softmax over the last axis, in place where nobody else holds the scores.
fn softmax_rows(mut scores: Act4) -> Act4 {
    let n_keys = scores.dim().3.max(1);
    super::values_mut(&mut scores).par_chunks_mut(n_keys).for_each(activation::softmax);
    scores
}

/// One head of one row of the batch, and a block of its queries.
struct Task {
    batch: usize,
    head: usize,
    first_query: usize,
    n_queries: usize,
}

impl Task {
    /// `[query_pos, d_head]`
    fn queries<'v>(&self, q: ArrayView4<'v, f32>) -> ArrayView2<'v, f32> {
        q.slice_move(s![self.batch, self.first_query..self.first_query + self.n_queries, self.head, ..])
    }
}

/// Cuts an output `[batch, query_pos, head, …]` into the blocks that the tasks write.
fn query_blocks(out: ArrayViewMut4<'_, f32>) -> Vec<(Task, ArrayViewMut2<'_, f32>)> {
    let mut tasks = Vec::new();
    for (batch, row) in linalg::into_axis_chunks(out, Axis(0), 1).into_iter().enumerate() {
        let row = row.index_axis_move(Axis(0), 0);
        for (head, queries) in linalg::into_axis_chunks(row, Axis(1), 1).into_iter().enumerate() {
            let queries = queries.index_axis_move(Axis(1), 0);
            for (block, out) in linalg::into_axis_chunks(queries, Axis(0), QUERY_BLOCK).into_iter().enumerate() {
                let task = Task { batch, head, first_query: block * QUERY_BLOCK, n_queries: out.nrows() };
                tasks.push((task, out));
            }
        }
    }
    tasks
}

/// Runs the tasks, in parallel where there is enough to do.
fn run<'o>(tasks: Vec<(Task, ArrayViewMut2<'o, f32>)>, work: impl Fn(Task, ArrayViewMut2<'o, f32>) + Sync) {
    if tasks.len() == 1 {
        tasks.into_iter().for_each(|(task, out)| work(task, out));
    } else {
        tasks.into_par_iter().for_each(|(task, out)| work(task, out));
    }
}
