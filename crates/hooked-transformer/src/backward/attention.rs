//! Backward through attention, less the step from `z` to queries, keys and values, which is in [`attend`](super::attend).
//!
//! ```text
//! d_result[b, i, h] = d_out[b, i]                                 d_b_O = Σ d_out
//! d_z[b, i, h]      = d_result[b, i, h] W_O[h]ᵀ                   d_W_O[h] = z[h]ᵀ d_result[h]
//! …
//! (rotation by the opposite angle, RMS norm of each head's q and k, where the model has them)
//! d_x_q = Σ_h d_q[h] W_Q[h]ᵀ                                      d_W_Q[h] = x_qᵀ d_q[h]        d_b_Q = Σ d_q
//! ```
//! and the same for keys and values.

use ndarray::{Array3, ArrayView3, ArrayViewMut1, ArrayViewMut2, ArrayViewMut3, Axis, Ix3};

use super::attend::QueriesKeysValues;
use super::normalization::add_column_sums;
use super::pass::BackwardPass;
use super::record::HEAD_INPUTS;
use super::{rows, times_transposed};
use crate::architecture::config::PositionalEmbeddingType;
use crate::components::attend::Attend;
use crate::components::attention::{Attention, HeadInput};
use crate::components::mask::Mask;
use crate::components::rotary::{self, Turn};
use crate::components::{Act3, Act4, owned};
use crate::hooks::Site;
use crate::numerics::linalg::{self, HeadRows};
use crate::numerics::memory;

/// The gradients by the inputs of queries, keys and values.
pub(super) struct InputGradients {
    pub inputs: [HeadInput; 3],
    /// Of a shared input, the part of each head, where it is stored: `[batch, pos, head, d_model]`.
    pub of_heads: Option<[Act4; 3]>,
}

impl Attention<'_> {
    /// From the gradient by the layer's output to those by its inputs; `None` if nothing before it is wanted.
    ///
    /// # Shapes
    /// - `d_out`: `[batch, pos, d_model]`
    /// - `inputs`: of queries, keys and values, where the gradient of a weight needs them
    /// - output: `[batch, pos, d_model]`, or `[batch, pos, head, d_model]` where each head has an input of its own
    pub(super) fn backward(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        d_out: Act3,
        inputs: Option<[HeadInput; 3]>,
    ) -> Option<InputGradients> {
        let layer = Some(self.layer);
        let d_z = self.write_out_backward(pass, d_out)?;
        let d_z = pass.point(Site::Z, layer, d_z);
        if !pass.goes_below(Site::Z, layer) {
            return None;
        }
        let QueriesKeysValues { d_q, d_k, d_v } = self.attend_backward(pass, &d_z)?;
        memory::used(d_z);
        let d_v = pass.point(Site::V, layer, d_v.into_shared());
        let d_q = self.rotate_back(pass, Site::RotQ, d_q.into_shared());
        let d_k = self.rotate_back(pass, Site::RotK, d_k.into_shared());
        let [q_norm, k_norm] = self.qk_norms();
        let [d_q, d_k] = [(q_norm, d_q), (k_norm, d_k)].map(|(norm, d)| match norm {
            Some(norm) => norm.backward(pass, layer, d),
            None => Some(d),
        });
        // Both first, since a requested gradient may be between the two norms; everything further up passes through both.
        let (d_q, d_k) = (d_q?, d_k?);
        let d_q = pass.point(Site::Q, layer, d_q);
        let d_k = pass.point(Site::K, layer, d_k);
        let d = [d_q, d_k, d_v];
        self.weight_gradients(pass, &d, inputs);
        // Everything before queries, the first of the three, is an input of all of them.
        pass.goes_below(Site::Q, layer).then(|| self.input_gradients(pass, d))
    }

    /// From the gradient by what the layer adds to the residual stream to that by `z`.
    fn write_out_backward(&self, pass: &mut BackwardPass<'_, '_>, d_out: Act3) -> Option<Act4> {
        let layer = Some(self.layer);
        let W_O = self.weights.W_O;
        let (n_heads, d_head, d_model) = W_O.dim();
        if pass.wants_weight(layer, "attn.b_O") {
            add_column_sums(&d_out, pass.weights.b_O.row_mut(self.layer));
        }
        let (n_batch, n_pos, _) = d_out.dim();
        let shape = (n_batch, n_pos, n_heads, d_head);
        let z = pass.wants_weight(layer, "attn.W_O").then(|| pass.value::<ndarray::Ix4>(Site::Z, layer));
        let d_z = if pass.watches(Site::Result, layer) {
            let d_result = crate::components::block::repeat_heads(&d_out, n_heads);
            let d_result = pass.point(Site::Result, layer, d_result);
            let d_result = head_rows(&d_result);
            if let Some(z) = &z {
                let out = pass.weights.W_O.index_axis_mut(Axis(0), self.layer);
                linalg::outer_each_head(HeadRows::PerHead(head_rows(z)), d_result, out);
            }
            pass.reaches(Site::Z, layer)
                .then(|| linalg::matmul_each_head(d_result, W_O.permuted_axes([0, 2, 1])))?
                .into_shared()
        } else {
            if let Some(z) = &z {
                let z = z.view().into_shape_with_order((n_batch * n_pos, n_heads * d_head)).expect("z is contiguous");
                let out = pass.weights.W_O.index_axis_mut(Axis(0), self.layer);
                let out: ArrayViewMut2<'_, f32> =
                    out.into_shape_with_order((n_heads * d_head, d_model)).expect("W_O is contiguous");
                linalg::matmul_into(z.reversed_axes(), rows(&d_out), out);
            }
            if !pass.reaches(Site::Z, layer) {
                return None;
            }
            let W_O = W_O.into_shape_with_order((n_heads * d_head, d_model)).expect("W_O is contiguous");
            let d_z = times_transposed(&d_out, W_O);
            d_z.into_shape_with_order((n_batch * n_pos, n_heads, d_head)).expect("same size")
        };
        Some(d_z.into_shape_with_order(shape).expect("same size").into_shared())
    }

    /// Backward from `z`, with the queries and keys as attention used them: normalized and rotated.
    fn attend_backward(&self, pass: &mut BackwardPass<'_, '_>, d_z: &Act4) -> Option<QueriesKeysValues> {
        let layer = Some(self.layer);
        let rotary = self.cfg.positional_embedding_type == PositionalEmbeddingType::Rotary;
        let [q, k] = match rotary {
            true => [Site::RotQ, Site::RotK].map(|site| pass.value::<ndarray::Ix4>(site, layer)),
            false => {
                let [q_norm, k_norm] = self.qk_norms();
                [(Site::Q, q_norm), (Site::K, k_norm)].map(|(site, norm)| match norm {
                    Some(norm) => norm.output_on_record(pass, layer, 0),
                    None => pass.value(site, layer),
                })
            }
        };
        let v: Act4 = pass.value(Site::V, layer);
        let mask = Mask::new(self.cfg, self.layer, 0, k.dim().1, self.real);
        Attend { cfg: self.cfg, layer: self.layer, mask, q: q.view(), k: k.view(), v: v.view() }.backward(pass, d_z)
    }

    fn rotate_back(&self, pass: &mut BackwardPass<'_, '_>, site: Site, d: Act4) -> Act4 {
        if self.cfg.positional_embedding_type != PositionalEmbeddingType::Rotary {
            return d;
        }
        let mut d = owned(pass.point(site, Some(self.layer), d));
        rotary::rotate(&mut d, self.positions, self.cfg, self.layer, Turn::Back);
        d.into_shared()
    }

    /// Writes the gradients of `W_Q`, `b_Q` and their like, as far as they are wanted.
    fn weight_gradients(&self, pass: &mut BackwardPass<'_, '_>, d: &[Act4; 3], inputs: Option<[HeadInput; 3]>) {
        let layer = Some(self.layer);
        let n_kv = self.weights.W_K.dim().0;
        let names = [("attn.W_Q", "attn.b_Q"), ("attn.W_K", "attn.b_K"), ("attn.W_V", "attn.b_V")];
        for (index, ((W, b), d)) in names.into_iter().zip(d).enumerate() {
            let (wants_W, wants_b) = (pass.wants_weight(layer, W), pass.wants_weight(layer, b));
            let weights = &mut pass.weights;
            let (d_W, d_b) = match index {
                0 => (&mut weights.W_Q, &mut weights.b_Q),
                1 => (&mut weights.W_K, &mut weights.b_K),
                _ => (&mut weights.W_V, &mut weights.b_V),
            };
            let n_heads = if index == 0 { self.cfg.n_heads } else { n_kv };
            if wants_b {
                let (_, _, all_heads, d_head) = d.dim();
                let mut sums = Array3::zeros((1, all_heads, d_head));
                add_column_sums(d, ArrayViewMut1::from(sums.as_slice_mut().expect("a new array")));
                let sums = fold_heads(sums.view(), n_heads);
                d_b.index_axis_mut(Axis(0), self.layer).assign(&sums.index_axis(Axis(0), 0));
            }
            if let (Some(inputs), true) = (&inputs, wants_W) {
                matrix_gradient(&inputs[index], d, n_heads, d_W.index_axis_mut(Axis(0), self.layer));
            }
        }
    }

    fn input_gradients(&self, pass: &BackwardPass<'_, '_>, d: [Act4; 3]) -> InputGradients {
        let w = &self.weights;
        let matrices = [w.W_Q, w.W_K, w.W_V];
        let per_head = |index: usize| {
            let (n_batch, n_pos, n_heads, _) = d[index].dim();
            let W = self.ungrouped(matrices[index]);
            let d_x = linalg::matmul_each_head(head_rows(&d[index]), W.view().permuted_axes([0, 2, 1]));
            let shape = (n_batch, n_pos, n_heads, W.dim().1);
            d_x.into_shape_with_order(shape).expect("same size").into_shared()
        };
        let split = pass.tape.split[self.layer];
        let stored = HEAD_INPUTS.iter().any(|&site| pass.watches(site, Some(self.layer)));
        let inputs = std::array::from_fn(|index| {
            let (d, W) = (&d[index], matrices[index]);
            let (n_batch, n_pos, _, _) = d.dim();
            let d_model = W.dim().1;
            if split {
                HeadInput::PerHead(per_head(index))
            } else {
                let mut d_x = memory::array((n_batch * n_pos, d_model));
                let folded = fold_heads(head_rows(d), W.dim().0);
                linalg::heads_transposed_into(folded.view(), W, d_x.view_mut());
                let shape = (n_batch, n_pos, d_model);
                HeadInput::Shared(d_x.into_shape_with_order(shape).expect("same size").into_shared())
            }
        });
        let of_heads = (stored && !split).then(|| std::array::from_fn(per_head));
        d.into_iter().for_each(memory::used);
        InputGradients { inputs, of_heads }
    }
}

/// `[batch * pos, head, d]`
fn head_rows(x: &Act4) -> ArrayView3<'_, f32> {
    let (n_batch, n_pos, n_heads, d) = x.dim();
    x.view().into_shape_with_order((n_batch * n_pos, n_heads, d)).expect("activations are contiguous")
}

/// Sums over the heads that share a matrix.
///
/// # Shapes
/// - `x`: `[row, head, d]`
/// - output: `[row, n_heads, d]`
fn fold_heads<'x>(x: ArrayView3<'x, f32>, n_heads: usize) -> ndarray::CowArray<'x, f32, Ix3> {
    let (n_rows, found, d) = x.dim();
    if found == n_heads {
        return x.into();
    }
    let groups = x.into_shape_with_order((n_rows, n_heads, found / n_heads, d)).expect("heads are contiguous");
    groups.sum_axis(Axis(2)).into()
}

/// The gradient of the matrices that turn `x` into queries, keys or values.
///
/// # Shapes
/// - `d`: `[batch, pos, head, d_head]`
/// - `out`: `[n_heads, d_model, d_head]`
fn matrix_gradient(x: &HeadInput, d: &Act4, n_heads: usize, mut out: ArrayViewMut3<'_, f32>) {
    let d = head_rows(d);
    match x {
        HeadInput::Shared(x) => linalg::outer_each_head(HeadRows::Shared(rows(x)), fold_heads(d, n_heads).view(), out),
        HeadInput::PerHead(x) if d.dim().1 == n_heads => {
            linalg::outer_each_head(HeadRows::PerHead(head_rows(x)), d, out);
        }
        HeadInput::PerHead(x) => {
            // Several heads with inputs of their own share a matrix.
            let (_, d_model, d_head) = out.dim();
            let per_matrix = d.dim().1 / n_heads;
            let mut all = Array3::zeros((d.dim().1, d_model, d_head));
            linalg::outer_each_head(HeadRows::PerHead(head_rows(x)), d, all.view_mut());
            let all = all.into_shape_with_order((n_heads, per_matrix, d_model, d_head)).expect("same size");
            out.assign(&all.sum_axis(Axis(1)));
        }
    }
}
