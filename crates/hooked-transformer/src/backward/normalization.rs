//! Backward through LayerNorm and RMSNorm.
//!
//! ```text
//! forward    c = x - mean(x)  (LN; RMS: c = x)     s = sqrt(mean(c²) + eps)     n = c / s     out = n * w + b
//!
//! d_w = Σ d_out * n            d_b = Σ d_out                       sums over all positions
//! d_n = d_out * w
//! d_s = -Σ d_n * n / s                                             at hook_scale
//! d_c = d_n / s + d_s * c / (d_model * s)
//! d_x = d_c - mean(d_c)  (LN; RMS: d_x = d_c)
//! ```
//! If a hook edits the scale, the first `s` of `d_c` is the edited one and the second the computed one.

use ndarray::{ArcArray, ArcArray2, ArrayView2, ArrayViewMut1, Dimension};
use rayon::prelude::*;

use super::pass::BackwardPass;
use crate::architecture::weights::{StackedNorm, Weights};
use crate::components::normalization::{Norm, center, centered, divide};
use crate::components::{Act3, Act4, values, values_mut};
use crate::hooks::Site;
use crate::numerics::linalg::dot;
use crate::numerics::memory;
use crate::numerics::rows;
use crate::numerics::share::rows_per_task;
use crate::numerics::vectorized::vectorized;

impl Norm<'_> {
    /// From the gradient by the output to that by the input; `None` if nothing before the norm is wanted.
    ///
    /// # Shapes
    /// - `d_out`: `[batch, pos, …, d_model]`
    /// - output: the same
    pub(super) fn backward<D: Dimension>(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        layer: Option<usize>,
        d_out: ArcArray<f32, D>,
    ) -> Option<ArcArray<f32, D>> {
        let [scale, normalized] = self.sites;
        if !pass.reaches(normalized, layer) {
            return None;
        }
        let d_model = d_out.shape().last().copied().unwrap_or(1).max(1);
        let x: ArcArray<f32, D> = pass.take_norm_input(scale, layer);
        let c = if self.kind.centers() {
            let c = centered(&x, d_model);
            memory::used(x);
            c
        } else {
            x
        };
        let d_n = if self.kind.centers() {
            let d_out = pass.point(normalized, layer, d_out);
            let n = self.wants(pass, layer, "w").then(|| {
                let mut n = c.clone();
                divide(&mut n, &pass.value(scale, layer), d_model);
                n
            });
            self.gain(pass, layer, d_out, n)
        } else {
            // An RMS norm's hook point is before the gain.
            let n = self.wants(pass, layer, "w").then(|| pass.value(normalized, layer));
            let d_n = self.gain(pass, layer, d_out, n);
            pass.point(normalized, layer, d_n)
        };
        if !pass.goes_below(normalized, layer) {
            return None;
        }
        Some(self.scaled(pass, layer, c, d_n))
    }

    /// What the norm put out, from what is on record at its hook point: the `index`-th that fired there.
    pub(super) fn output_on_record<D: Dimension>(
        &self,
        pass: &BackwardPass<'_, '_>,
        layer: Option<usize>,
        index: usize,
    ) -> ArcArray<f32, D> {
        let mut x: ArcArray<f32, D> = pass.nth_value(self.sites[1], layer, index);
        if !self.kind.centers() {
            let d_model = x.shape().last().copied().unwrap_or(1).max(1);
            self.apply_gain(&mut x, d_model);
        }
        x
    }

    /// Backward past all hooks, from gradients by the outputs of several heads that share one input.
    ///
    /// # Shapes
    /// - `x`: `[batch, pos, d_model]`
    /// - `d_out`: `[batch, pos, head, d_model]`
    /// - output: the same
    pub(super) fn backward_per_head(&self, x: &Act3, mut d_out: Act4) -> Act4 {
        let (_, _, n_heads, d_model) = d_out.dim();
        let c = if self.kind.centers() { centered(x, d_model) } else { x.clone() };
        let w = self.w.map_or_else(|| vec![1.0; d_model], |w| w.to_vec());
        let rows = values_mut(&mut d_out).par_chunks_mut(n_heads * d_model).zip(values(&c).par_chunks(d_model));
        rows.with_min_len(rows_per_task(n_heads * d_model)).for_each(|(heads, c)| {
            let scale = (dot(c, c) / d_model as f32 + self.eps).sqrt();
            for d in heads.chunks_mut(d_model) {
                multiply(d, &w);
                let d_s = -dot(d, c) / (scale * scale);
                combine(d, c, 1.0 / scale, d_s / (d_model as f32 * scale));
                if self.kind.centers() {
                    center(d);
                }
            }
        });
        d_out
    }

    /// Gradients of gain and bias, and the gradient before them.
    ///
    /// - `n`: what the gain multiplies, if its gradient is wanted
    fn gain<D: Dimension>(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        layer: Option<usize>,
        mut d_out: ArcArray<f32, D>,
        n: Option<ArcArray<f32, D>>,
    ) -> ArcArray<f32, D> {
        let Some(w) = self.w else { return d_out };
        if self.wants(pass, layer, "b")
            && let Some(b) = &mut norm_of(&mut pass.weights, self.sites[0]).b
        {
            add_column_sums(&d_out, b.row_mut(layer.unwrap_or(0)));
        }
        let (w, least) = (w.to_vec(), rows_per_task(w.len()));
        let rows = values_mut(&mut d_out).par_chunks_mut(w.len()).with_min_len(least);
        let Some(mut products) = n else {
            rows.for_each(|d| multiply(d, &w));
            return d_out;
        };
        rows.zip(values_mut(&mut products).par_chunks_mut(w.len())).for_each(|(d, n)| {
            multiply(n, d);
            multiply(d, &w);
        });
        if let Some(d_w) = gain_of(&mut pass.weights, self.sites[0]) {
            add_column_sums(&products, d_w.row_mut(layer.unwrap_or(0)));
        }
        memory::used(products);
        d_out
    }

    fn wants(&self, pass: &BackwardPass<'_, '_>, layer: Option<usize>, part: &str) -> bool {
        pass.wants_weight(layer, &format!("{}.{part}", part_of(self.sites[0])))
    }

    /// Backward through the division by the scale, and through the mean.
    fn scaled<D: Dimension>(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        layer: Option<usize>,
        c: ArcArray<f32, D>,
        mut d_n: ArcArray<f32, D>,
    ) -> ArcArray<f32, D> {
        let scale = self.sites[0];
        let d_model = c.shape().last().copied().unwrap_or(1).max(1);
        let (used, computed): (ArcArray<f32, D>, ArcArray<f32, D>) =
            (pass.value(scale, layer), pass.computed(scale, layer));
        let mut d_s = used.clone();
        let rows = values(&d_n).par_chunks(d_model).zip(values(&c).par_chunks(d_model));
        let least = rows_per_task(d_model);
        values_mut(&mut d_s).par_iter_mut().zip(rows).with_min_len(least).for_each(|(s, (d_n, c))| {
            *s = -dot(d_n, c) / (*s * *s);
        });
        let d_s = pass.point(scale, layer, d_s);
        let scales = values(&used).par_iter().zip(values(&computed)).zip(values(&d_s));
        let rows = values_mut(&mut d_n).par_chunks_mut(d_model).zip(values(&c).par_chunks(d_model));
        rows.zip(scales).with_min_len(least).for_each(|((d, c), ((used, computed), d_s))| {
            combine(d, c, 1.0 / used, d_s / (d_model as f32 * computed));
            if self.kind.centers() {
                center(d);
            }
        });
        memory::used(c);
        d_n
    }
}

vectorized! {
    /// `d / s + c * factor`, in place.
    fn combine(d: &mut [f32], c: &[f32], per_scale: f32, factor: f32) {
        d.iter_mut().zip(c).for_each(|(d, c)| *d = *d * per_scale + c * factor);
    }
}

vectorized! {
    fn multiply(row: &mut [f32], by: &[f32]) {
        row.iter_mut().zip(by).for_each(|(x, by)| *x *= by);
    }
}

/// Adds the sum over all rows.
pub(super) fn add_column_sums<D: Dimension>(x: &ArcArray<f32, D>, out: ArrayViewMut1<'_, f32>) {
    let columns = out.len();
    let rows = ArrayView2::from_shape((x.len() / columns.max(1), columns), values(x)).expect("same size");
    rows::add_column_sums(rows, out.into_slice().expect("biases and gains are contiguous"));
}

/// The norm's part of the name of its weights.
fn part_of(scale: Site) -> &'static str {
    match scale {
        Site::EmbedLnScale => "embed.ln",
        Site::Ln1Scale => "ln1",
        Site::Ln2Scale => "ln2",
        Site::Ln1PostScale => "ln1_post",
        Site::Ln2PostScale => "ln2_post",
        Site::MlpLnScale => "mlp.ln",
        Site::QNormScale => "attn.q_norm",
        Site::KNormScale => "attn.k_norm",
        Site::FinalScale => "ln_final",
        other => unreachable!("{other:?} is not the scale of a norm"),
    }
}

/// The gain of the norm with this scale.
fn gain_of(weights: &mut Weights, scale: Site) -> &mut Option<ArcArray2<f32>> {
    match scale {
        Site::QNormScale => &mut weights.q_norm,
        Site::KNormScale => &mut weights.k_norm,
        other => &mut norm_of(weights, other).w,
    }
}

/// The norm with this scale, of those that can have a bias.
fn norm_of(weights: &mut Weights, scale: Site) -> &mut StackedNorm {
    match scale {
        Site::EmbedLnScale => &mut weights.ln_embed,
        Site::Ln1Scale => &mut weights.ln1,
        Site::Ln2Scale => &mut weights.ln2,
        Site::Ln1PostScale => &mut weights.ln1_post,
        Site::Ln2PostScale => &mut weights.ln2_post,
        Site::MlpLnScale => &mut weights.mlp.as_mut().expect("the norm of an MLP").ln,
        Site::FinalScale => &mut weights.ln_final,
        other => unreachable!("{other:?} is not the scale of a norm"),
    }
}
