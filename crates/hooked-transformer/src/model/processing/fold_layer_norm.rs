//! Gains and biases of the norms go into the weights that read the norm's output.
//!
//! ```text
//! (x̂ ∘ w + b) W + c  =  x̂ (w ∘ W) + (b W + c)            x̂ normalized, W [d_in, d_out], w and b [d_in]
//! ```
//! Under LayerNorm the entries of `x̂` sum to zero, so each column of `w ∘ W` may lose its mean, too. What remains of the
//! norm has no parameters: LN becomes LNPre, RMS becomes RMSPre.

use std::sync::Arc;

use ndarray::{ArrayView1, ArrayViewMut1, ArrayViewMut2, Axis, NdFloat};

use super::refuse::{is_shortformer, refuse};
use crate::architecture::config::NormalizationType;
use crate::architecture::weights::{StackedMlp, StackedNorm, Weights};
use crate::error::Result;
use crate::hooks::HookPoints;
use crate::model::hooked_transformer::HookedTransformer;

const STEP: &str = "fold_layer_norm";

impl HookedTransformer {
    /// Folds gains and biases of all norms, the final one and that of `solu_ln` included, into the weights after them.
    /// A model whose norms are folded already stays as it is. A tied unembedding becomes one of its own.
    ///
    /// Source: TransformerLens `fold_layer_norm`.
    ///
    /// # Errors
    /// The model has no norms; or it is a shortformer, where positions are added between norm and weights; or its gated
    /// MLPs read a norm with a bias, which they have no place for (the classic library adds it in the wrong place).
    pub fn fold_layer_norm(mut self) -> Result<Self> {
        let kind = check(&self)?;
        if !kind.has_gain() {
            return Ok(self);
        }
        self.untie();
        let cfg = Arc::make_mut(&mut self.cfg);
        // The norm before the unembedding may be another than the rest.
        let final_centers = cfg.final_normalization().is_some_and(NormalizationType::centers);
        let folded = if kind.centers() { NormalizationType::LNPre } else { NormalizationType::RMSPre };
        cfg.normalization_type = Some(folded);
        self.points = Arc::new(HookPoints::new(cfg));
        let weights = Arc::make_mut(&mut self.weights);
        fold_into_attention(weights, kind.centers());
        if let Some(mlp) = &mut weights.mlp {
            fold_into_mlp(mlp, &std::mem::take(&mut weights.ln2), kind.centers());
        }
        let ln_final = std::mem::take(&mut weights.ln_final);
        let (gain, bias) = ln_final.layer(0);
        fold(weights.W_U.view_mut(), Some(weights.b_U.view_mut()), gain, bias);
        if final_centers {
            center_columns(weights.W_U.view_mut());
        }
        Ok(self)
    }
}

/// The kind of the model's norms.
///
/// # Errors
/// The step would change what the model computes.
pub(super) fn check(model: &HookedTransformer) -> Result<NormalizationType> {
    let Some(kind) = model.cfg.normalization_type else {
        return refuse(STEP, "this model has no norms (`normalization_type` is none)");
    };
    if is_shortformer(&model.cfg) {
        return refuse(STEP, "a shortformer model adds positions between the norm and the weights that read it");
    }
    if model.cfg.gated_mlp && model.weights.ln2.b.as_ref().is_some_and(|b| b.iter().any(|&b| b != 0.0)) {
        return refuse(STEP, "`ln2.b` is not zero, and a gated MLP has no bias before its activation to hold it");
    }
    Ok(kind)
}

fn fold_into_attention(weights: &mut Weights, center: bool) {
    let ln1 = std::mem::take(&mut weights.ln1);
    let readers = [
        (&mut weights.W_Q, &mut weights.b_Q),
        (&mut weights.W_K, &mut weights.b_K),
        (&mut weights.W_V, &mut weights.b_V),
    ];
    for (W, b) in readers {
        let (mut W, mut b) = (W.view_mut(), b.view_mut());
        for (layer, (mut W, mut b)) in W.outer_iter_mut().zip(b.outer_iter_mut()).enumerate() {
            let (gain, bias) = ln1.layer(layer);
            for (mut W, b) in W.outer_iter_mut().zip(b.outer_iter_mut()) {
                fold(W.view_mut(), Some(b), gain, bias);
                if center {
                    center_columns(W);
                }
            }
        }
    }
}

fn fold_into_mlp(mlp: &mut StackedMlp, ln2: &StackedNorm, center: bool) {
    let ln = std::mem::take(&mut mlp.ln);
    let gated = mlp.W_gate.is_some();
    let (mut W_in, mut b_in) = (mlp.W_in.view_mut(), mlp.b_in.view_mut());
    for (layer, (mut W_in, b_in)) in W_in.outer_iter_mut().zip(b_in.outer_iter_mut()).enumerate() {
        let (gain, bias) = ln2.layer(layer);
        // A gated MLP adds `b_in` after the activation; its norm's bias is zero here, and has to stay out of there.
        fold(W_in.view_mut(), Some(b_in), gain, bias.filter(|_| !gated));
        if center {
            center_columns(W_in);
        }
    }
    if let Some(W_gate) = &mut mlp.W_gate {
        for (layer, W_gate) in W_gate.view_mut().outer_iter_mut().enumerate() {
            fold(W_gate, None, ln2.layer(layer).0, None);
        }
    }
    let (mut W_out, mut b_out) = (mlp.W_out.view_mut(), mlp.b_out.view_mut());
    for (layer, (mut W_out, b_out)) in W_out.outer_iter_mut().zip(b_out.outer_iter_mut()).enumerate() {
        // The LayerNorm over the neurons that follows solu, where it has parameters.
        if let (Some(gain), bias) = ln.layer(layer) {
            fold(W_out.view_mut(), Some(b_out), Some(gain), bias);
            center_columns(W_out);
        }
    }
}

/// One matrix and its bias. The bias comes first, since it is the unfolded matrix that it goes through.
///
/// # Shapes
/// - `W`: `[d_in, d_out]`
/// - `b`: `[d_out]`
/// - `gain`, `bias`: `[d_in]`
fn fold<A: NdFloat>(
    mut W: ArrayViewMut2<'_, A>,
    b: Option<ArrayViewMut1<'_, A>>,
    gain: Option<ArrayView1<'_, A>>,
    bias: Option<ArrayView1<'_, A>>,
) {
    if let (Some(mut b), Some(bias)) = (b, bias) {
        b += &bias.dot(&W);
    }
    if let Some(gain) = gain {
        W *= &gain.insert_axis(Axis(1));
    }
}

/// Takes from each column its mean: what the constant vector contributes, which LayerNorm never lets through.
fn center_columns<A: NdFloat>(mut W: ArrayViewMut2<'_, A>) {
    let d_in = A::from(W.nrows().max(1)).expect("a length is a number");
    let mean = W.sum_axis(Axis(0)) / d_in;
    W -= &mean;
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn a_literal() {
        let (mut W, mut b) = (array![[1.0, 2.0], [3.0, 4.0]], array![10.0, 20.0]);
        fold(W.view_mut(), Some(b.view_mut()), Some(array![2.0, 3.0].view()), Some(array![1.0, -1.0].view()));
        assert_eq!(W, array![[2.0, 4.0], [9.0, 12.0]]);
        assert_eq!(b, array![8.0, 18.0]);
        center_columns(W.view_mut());
        assert_eq!(W, array![[-3.5, -4.0], [3.5, 4.0]]);
    }

    /// The identity of the module's text, in double precision: what single precision shows is rounding alone.
    #[test]
    fn the_algebra_holds_in_double_precision() {
        let value = |i: usize| ((i * 37 % 23) as f64 - 11.3) / 7.0;
        let (gain, bias) = (Array1::from_shape_fn(12, |i| value(i + 3)), Array1::from_shape_fn(12, |i| value(i + 50)));
        let (W, b) = (Array2::from_shape_fn((12, 5), |(i, j)| value(i * 5 + j)), Array1::from_shape_fn(5, value));
        let mut x = Array1::from_shape_fn(12, |i| value(i * 11));
        x -= x.mean().unwrap();
        x /= (x.mapv(|x| x * x).mean().unwrap() + 1e-5).sqrt();
        let want = (&x * &gain + &bias).dot(&W) + &b;
        let (mut folded_W, mut folded_b) = (W.clone(), b.clone());
        fold(folded_W.view_mut(), Some(folded_b.view_mut()), Some(gain.view()), Some(bias.view()));
        for center in [false, true] {
            if center {
                center_columns(folded_W.view_mut());
                assert!(folded_W.sum_axis(Axis(0)).iter().all(|sum| sum.abs() <= 1e-12));
            }
            let got = x.dot(&folded_W) + &folded_b;
            assert_abs_diff_eq!(got, want, epsilon = 1e-9);
        }
    }
}
