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
//! The step from `q`, `k`, `v` to `z` is in [`attend`](super::attend). The result of each head is computed only when
//! a hook or a cache asks for it.

use ndarray::{Array2, Array4, ArrayView, ArrayView2, ArrayView3, ArrayView4, Axis, CowArray, RemoveAxis};
use rayon::prelude::*;

use super::attend::Attend;
use super::mask::Mask;
use super::normalization::Norm;
use super::positions::Position;
use super::rotary::{self, Turn};
use super::{Act3, Act4, owned};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType, PositionalEmbeddingType};
use crate::architecture::weights::AttentionWeights;
use crate::components::keys_values::LayerKeysValues;
use crate::hooks::{Pass, Site};
use crate::numerics::rows::softmax;
use crate::numerics::share::rows_per_task;
use crate::numerics::{linalg, memory};

/// What queries, keys or values are computed from: one stream for all heads, or a stream for each head if a hook
/// edits the inputs of heads separately.
pub(crate) enum HeadInput {
    Shared(Act3),
    PerHead(Act4),
}

impl HeadInput {
    /// As [`memory::used`].
    fn used(self) {
        match self {
            HeadInput::Shared(x) => memory::used(x),
            HeadInput::PerHead(x) => memory::used(x),
        }
    }
}

/// What one layer's attention needs apart from its inputs.
pub(crate) struct Attention<'a> {
    pub cfg: &'a HookedTransformerConfig,
    pub layer: usize,
    pub weights: AttentionWeights<'a>,
    /// Of each new token; `None` at padding.
    pub positions: &'a Array2<Position>,
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
        let q = project(&q_input, w.W_Q, w.b_Q).into_shared();
        let q = pass.point(Site::Q, layer, q);
        let [k, v] = [(Site::K, &k_input, w.W_K, w.b_K), (Site::V, &v_input, w.W_V, w.b_V)].map(|(site, x, w, b)| {
            let projected = project(x, self.ungrouped(w).view(), self.ungrouped(b).view());
            pass.point(site, layer, projected.into_shared())
        });
        [q_input, k_input, v_input].into_iter().for_each(HeadInput::used);
        let [q_norm, k_norm] = self.qk_norms();
        let [q, k] = [(q_norm, q), (k_norm, k)].map(|(norm, x)| match norm {
            Some(norm) => norm.forward(pass, layer, &x),
            None => x,
        });
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
        [q, k, v].into_iter().for_each(memory::used);
        let out = self.write_out(pass, &z);
        memory::used(z);
        out
    }

    /// Weights or biases of keys or values, repeated for each query head where the configuration wants shared heads
    /// taken apart before the hooks.
    pub(crate) fn ungrouped<'w, D: RemoveAxis>(&self, w: ArrayView<'w, f32, D>) -> CowArray<'w, f32, D> {
        let n_kv = w.len_of(Axis(0));
        if !self.cfg.ungroup_grouped_query_attention || n_kv == self.cfg.n_heads {
            return w.into();
        }
        let of_query_head: Vec<usize> = (0..self.cfg.n_heads).map(|head| head * n_kv / self.cfg.n_heads).collect();
        w.select(Axis(0), &of_query_head).into()
    }

    /// The norms of each head's queries and keys, in a model that has them: RMS norms, whatever the model's other norms
    /// are.
    pub(crate) fn qk_norms(&self) -> [Option<Norm<'_>>; 2] {
        let kind = NormalizationType::RMS;
        let of_queries = (self.weights.q_norm, [Site::QNormScale, Site::QNormNormalized]);
        let of_keys = (self.weights.k_norm, [Site::KNormScale, Site::KNormNormalized]);
        [of_queries, of_keys].map(|(w, sites)| w.map(|w| Norm { kind, eps: self.cfg.eps, w: Some(w), b: None, sites }))
    }

    fn rotate(&self, pass: &mut Pass<'_, '_>, q: Act4, k: Act4) -> (Act4, Act4) {
        if self.cfg.positional_embedding_type != PositionalEmbeddingType::Rotary {
            return (q, k);
        }
        let [q, k] = [(Site::RotQ, q), (Site::RotK, k)].map(|(site, x)| {
            let mut x = owned(x);
            rotary::rotate(&mut x, self.positions, self.cfg, self.layer, Turn::Forward);
            pass.point(site, Some(self.layer), x.into_shared())
        });
        (q, k)
    }

    /// From queries, keys and values to `z`: in one go, or in three steps where hooks come between.
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
        let attend = Attend { cfg: self.cfg, layer: self.layer, mask, q, k, v };
        let layer = Some(self.layer);
        if pass.hooked(Site::AttnScores, layer) || pass.hooked(Site::Pattern, layer) {
            let scores = pass.point(Site::AttnScores, layer, attend.scores().into_shared());
            let pattern = pass.point(Site::Pattern, layer, softmax_rows(scores));
            return attend.mix_values(pattern.view());
        }
        let keep = [Site::AttnScores, Site::Pattern].map(|site| pass.watches(site, layer));
        let (z, [scores, pattern]) = attend.at_once(keep);
        for (site, kept) in [(Site::AttnScores, scores), (Site::Pattern, pattern)] {
            if let Some(kept) = kept {
                pass.point(site, layer, kept.into_shared());
            }
        }
        z
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
            let mut out = memory::array([rows, d_model]);
            linalg::linear_into(z, W_O, Some(self.weights.b_O), out.view_mut());
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
            let mut out = memory::array([n_batch * n_pos, n_heads * d_head]);
            linalg::linear_heads_into(rows, w, b, out.view_mut());
            (n_batch, n_pos, out.into_shape_with_order((n_batch * n_pos, n_heads, d_head)).expect("same size"))
        }
        HeadInput::PerHead(x) => {
            let (n_batch, n_pos, ..) = x.dim();
            let rows = x.view().into_shape_with_order((n_batch * n_pos, n_heads, d_model)).expect("x is contiguous");
            (n_batch, n_pos, linalg::matmul_each_head(rows, w) + b)
        }
    };
    out.into_shape_with_order((n_batch, n_pos, n_heads, d_head)).expect("same size")
}

/// Softmax over the last axis, in place where no cache shares the scores.
pub(crate) fn softmax_rows(mut scores: Act4) -> Act4 {
    let n_keys = scores.dim().3.max(1);
    super::values_mut(&mut scores).par_chunks_mut(n_keys).with_min_len(rows_per_task(n_keys)).for_each(softmax);
    scores
}
