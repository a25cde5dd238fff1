//! LayerNorm and RMSNorm: bring each position's vector (or each head's query and key) to unit scale before it is read.
//!
//! ```text
//! LN:   scale = sqrt(mean((x - mean(x))²) + eps)     out = (x - mean(x)) / scale * w + b
//! RMS:  scale = sqrt(mean(x²) + eps)                 out = x / scale * w
//! ```
//! LNPre and RMSPre lack `w` and `b`, which were folded into the weights that follow. `hook_scale` sees the scale;
//! `hook_normalized` sees LN's output after the gain, and RMS's before it, as in the classic library.

use ndarray::{ArcArray, ArrayView1, Dimension};
use rayon::prelude::*;

use super::{Act3, values, values_mut};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType};
use crate::architecture::weights::Weights;
use crate::hooks::{Pass, Site};
use crate::numerics::memory;
use crate::numerics::rows::{self, sum};
use crate::numerics::share::rows_per_task;
use crate::numerics::vectorized::vectorized;

/// One normalization: its kind, and its gain and bias where it has them.
pub(crate) struct Norm<'a> {
    pub kind: NormalizationType,
    pub eps: f32,
    pub w: Option<ArrayView1<'a, f32>>,
    pub b: Option<ArrayView1<'a, f32>>,
    /// The hook points of scale and output.
    pub sites: [Site; 2],
}

impl<'a> Norm<'a> {
    /// The norm before the unembedding, if the model has one.
    pub(crate) fn before_unembedding(cfg: &HookedTransformerConfig, weights: &'a Weights) -> Option<Self> {
        let (w, b) = weights.ln_final.layer(0);
        cfg.final_normalization().map(|kind| Norm { kind, eps: cfg.eps, w, b, sites: FINAL })
    }
}

impl Norm<'_> {
    /// # Shapes
    /// - `x`: `[batch, pos, …, d_model]`, or another length of the last axis
    /// - output: the same
    pub(crate) fn forward<D: Dimension>(
        &self,
        pass: &mut Pass<'_, '_>,
        layer: Option<usize>,
        x: &ArcArray<f32, D>,
    ) -> ArcArray<f32, D> {
        let d_model = x.shape().last().copied().unwrap_or(1).max(1);
        pass.norm_input(self.sites[0], layer, x);
        let mut out = if self.kind.centers() { centered(x, d_model) } else { x.clone() };
        let scale = pass.point(self.sites[0], layer, scales(&out, d_model, self.eps));
        divide(&mut out, &scale, d_model);
        if self.kind.centers() {
            self.apply_gain(&mut out, d_model);
            pass.point(self.sites[1], layer, out)
        } else {
            let mut out = pass.point(self.sites[1], layer, out);
            self.apply_gain(&mut out, d_model);
            out
        }
    }

    pub(crate) fn apply_gain<D: Dimension>(&self, out: &mut ArcArray<f32, D>, d_model: usize) {
        let Some(w) = &self.w else { return };
        let w = w.to_vec();
        let b = self.b.as_ref().map_or_else(|| vec![0.0; d_model], |b| b.to_vec());
        values_mut(out).par_chunks_mut(d_model).with_min_len(rows_per_task(d_model)).for_each(|row| {
            row.iter_mut().zip(&w).zip(&b).for_each(|((x, w), b)| *x = *x * w + b);
        });
    }
}

/// The norm before the unembedding, for a model that has one.
///
/// # Shapes
/// - `stream`: `[batch, pos, d_model]`
/// - output: the same
pub(crate) fn final_norm(
    pass: &mut Pass<'_, '_>,
    cfg: &HookedTransformerConfig,
    weights: &Weights,
    stream: Act3,
) -> Act3 {
    match Norm::before_unembedding(cfg, weights) {
        Some(norm) => {
            let normalized = norm.forward(pass, None, &stream);
            memory::used(stream);
            normalized
        }
        None => stream,
    }
}

/// The hook points of the final norm.
pub(crate) const FINAL: [Site; 2] = [Site::FinalScale, Site::FinalNormalized];

pub(crate) fn centered<D: Dimension>(x: &ArcArray<f32, D>, d_model: usize) -> ArcArray<f32, D> {
    let mut out = memory::array(x.raw_dim()).into_shared();
    let rows = values_mut(&mut out).par_chunks_mut(d_model).zip(values(x).par_chunks(d_model));
    rows.with_min_len(rows_per_task(d_model)).for_each(|(out, x)| {
        out.copy_from_slice(x);
        center(out);
    });
    out
}

vectorized! {
    pub(crate) fn center(row: &mut [f32]) {
        let mean = sum(row) / row.len() as f32;
        row.iter_mut().for_each(|x| *x -= mean);
    }
}

/// `sqrt(mean(x²) + eps)` of each row; the last axis has length 1.
fn scales<D: Dimension>(x: &ArcArray<f32, D>, d_model: usize, eps: f32) -> ArcArray<f32, D> {
    let mut shape = x.raw_dim();
    let last = shape.ndim() - 1;
    shape[last] = 1;
    let mut scale = ArcArray::zeros(shape);
    let rows = values_mut(&mut scale).par_iter_mut().zip(values(x).par_chunks(d_model));
    rows.with_min_len(rows_per_task(d_model)).for_each(|(scale, row)| {
        *scale = (crate::numerics::linalg::dot(row, row) / d_model as f32 + eps).sqrt();
    });
    scale
}

/// Divides each row by its scale, in place.
pub(crate) fn divide<D: Dimension>(x: &mut ArcArray<f32, D>, scale: &ArcArray<f32, D>, d_model: usize) {
    let rows = values_mut(x).par_chunks_mut(d_model).with_min_len(rows_per_task(d_model));
    rows.zip(values(scale)).for_each(|(row, &scale)| rows::divide(row, scale));
}
