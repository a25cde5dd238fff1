//! What can be read off the weights alone: the circuits of heads, how they compose, and the biases.
//!
//! ```text
//! QK = W_Q W_Kᵀ      which source a destination attends to            [layer, head, d_model, d_model]
//! OV = W_V W_O       what is written when a source is attended to     [layer, head, d_model, d_model]
//! composition of head 1 and a later head 2 = ‖OV₁ M₂‖ / (‖OV₁‖ ‖M₂‖)     M = QK for Q, QKᵀ for K, OV for V
//! ```
//! Vectors are rows, as everywhere in this crate: the output of head 1 is multiplied from the right by what head 2 does
//! with it. Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; TransformerLens
//! `HookedTransformer`.

use ndarray::{ArcArray, Array1, Array2, Array4, ArrayView2, ArrayView4, Axis, Ix4, concatenate, s};
use rayon::prelude::*;

use crate::architecture::layer_input::{accumulated_bias, check_layer, head_labels, reads_attn_out};
use crate::error::{Error, Result};
use crate::model::hooked_transformer::HookedTransformer;
use crate::numerics::factored_matrix::{FactoredMatrix, gram, norm_of_product};
use crate::numerics::linalg;

/// Through which input a later head reads what an earlier one wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Composition {
    /// Its queries.
    Q,
    /// Its keys, as in induction heads.
    K,
    /// Its values: the two heads together act as one.
    V,
}

/// Circuits.
impl HookedTransformer {
    /// The query-key circuit of each head, `W_Q W_Kᵀ`. Biases, and rotary positions, are not in it.
    ///
    /// # Shapes
    /// - output: `[layer, head, d_model, d_model]`, of rank `d_head`
    pub fn QK(&self) -> FactoredMatrix<Ix4> {
        let mut W_K = self.for_each_query_head(&self.weights.W_K);
        W_K.swap_axes(2, 3);
        FactoredMatrix::of(self.weights.W_Q.array().clone(), W_K)
    }

    /// The output-value circuit of each head, `W_V W_O`. Biases are not in it.
    ///
    /// # Shapes
    /// - output: `[layer, head, d_model, d_model]`, of rank `d_head`
    pub fn OV(&self) -> FactoredMatrix<Ix4> {
        FactoredMatrix::of(self.for_each_query_head(&self.weights.W_V), self.weights.W_O.array().clone())
    }

    /// Key or value weights with one entry for each query head: shared, unless heads share them.
    fn for_each_query_head(&self, w: &ArcArray<f32, Ix4>) -> ArcArray<f32, Ix4> {
        let (n_heads, n_kv) = (self.cfg.n_heads, w.dim().1);
        if n_kv == n_heads {
            return w.clone();
        }
        let of_query_head: Vec<usize> = (0..n_heads).map(|head| head * n_kv / n_heads).collect();
        w.select(Axis(1), &of_query_head).into_shared()
    }

    /// How much of what each head writes is read by each head of later layers, between 0 and 1; zero for heads of the
    /// same or an earlier layer. Two random matrices of this rank compose a little, too: compare with that.
    ///
    /// # Shapes
    /// - output: `[layer, head, layer, head]`: the writing head, then the reading one
    pub fn all_composition_scores(&self, mode: Composition) -> Array4<f32> {
        let (n_layers, n_heads) = (self.cfg.n_layers, self.cfg.n_heads);
        let left = self.OV();
        let right = match mode {
            Composition::Q => self.QK(),
            Composition::K => self.QK().t(),
            Composition::V => self.OV(),
        };
        let (left_grams, right_grams) = (grams(left.A(), false), grams(right.B(), true));
        let (left_norms, right_norms) = (left.norm(), right.norm());
        let mut scores = Array4::zeros((n_layers, n_heads, n_layers, n_heads));
        for l1 in 0..n_layers {
            for l2 in l1 + 1..n_layers {
                let between = products(left.B(), right.A(), l1, l2);
                let pair = |at: usize| {
                    let (h1, h2) = (at / n_heads, at % n_heads);
                    // ‖A₁ B₁ A₂ B₂‖ with X = B₁ A₂: the norm of A₁ X B₂, from the Gram matrices of A₁ and B₂.
                    let X = block(&between, n_heads, h1, h2);
                    let XGX = X.dot(&right_grams[l2 * n_heads + h2]).dot(&X.t());
                    let norm = norm_of_product(&left_grams[l1 * n_heads + h1], &XGX);
                    (norm / (f64::from(left_norms[[l1, h1]]) * f64::from(right_norms[[l2, h2]]))) as f32
                };
                let values: Vec<f32> = (0..n_heads * n_heads).into_par_iter().map(pair).collect();
                let values = Array2::from_shape_vec((n_heads, n_heads), values).expect("one value per pair");
                scores.slice_mut(s![l1, .., l2, ..]).assign(&values);
            }
        }
        scores
    }

    /// `L0H0`, `L0H1`, … in the order in which heads are stacked.
    pub fn all_head_labels(&self) -> Vec<String> {
        head_labels(&self.cfg, 0..self.cfg.n_layers)
    }
}

/// Biases and embeddings.
impl HookedTransformer {
    /// The sum of all biases that were added to the stream before it enters `layer` (`n_layers`: the unembedding).
    /// With `mlp_input`, also that of the layer's own attention. Without `include_mlp_biases`, only attention's.
    ///
    /// # Shapes
    /// - output: `[d_model]`
    ///
    /// # Errors
    /// There is no such layer, or it has no MLP; or outputs are normalized before they are added (Gemma 2 and 3), so that
    /// what a bias adds depends on the run: see
    /// [`get_full_resid_decomposition`](crate::ActivationCache::get_full_resid_decomposition).
    pub fn accumulated_bias(&self, layer: usize, mlp_input: bool, include_mlp_biases: bool) -> Result<Array1<f32>> {
        check_layer(&self.cfg, layer, mlp_input)?;
        if self.cfg.output_normalization().is_some() {
            let problem = "this model normalizes what layers write, so its biases add another vector at each position; \
                           the component `bias` of `get_full_resid_decomposition` holds them";
            return Err(Error::Argument { name: "layer", problem: problem.to_string() });
        }
        Ok(accumulated_bias(&self.weights, layer, reads_attn_out(&self.cfg, mlp_input), include_mlp_biases))
    }

    /// Token embedding and, below it, position embedding, for models that have one.
    ///
    /// # Shapes
    /// - output: `[d_vocab + n_ctx, d_model]`
    pub fn W_E_pos(&self) -> Option<Array2<f32>> {
        let W_pos = self.weights.W_pos.as_ref()?;
        let both = concatenate(Axis(0), &[self.weights.W_E.view(), W_pos.view()]);
        Some(both.expect("both have d_model columns"))
    }
}

/// `Xᵀ X` (`X Xᵀ` if `transposed`) of each head, in row-major order.
fn grams(x: ArrayView4<'_, f32>, transposed: bool) -> Vec<Array2<f64>> {
    let n_heads = x.dim().1;
    let of_head = |at: usize| {
        let x = x.slice(s![at / n_heads, at % n_heads, .., ..]);
        if transposed { gram(x.t()) } else { gram(x) }
    };
    (0..x.dim().0 * n_heads).into_par_iter().map(of_head).collect()
}

/// `B[l1, h1] A[l2, h2]` for all pairs of heads, as one product.
///
/// # Shapes
/// - `B`: `[layer, head, m, d]`
/// - `A`: `[layer, head, d, n]`
/// - output: `[head · m, head · n]`
fn products(B: ArrayView4<'_, f32>, A: ArrayView4<'_, f32>, l1: usize, l2: usize) -> Array2<f32> {
    let rows: Vec<_> = (0..B.dim().1).map(|head| B.slice_move(s![l1, head, .., ..])).collect();
    let columns: Vec<_> = (0..A.dim().1).map(|head| A.slice_move(s![l2, head, .., ..])).collect();
    let rows = concatenate(Axis(0), &rows).expect("heads have equal shapes");
    let columns = concatenate(Axis(1), &columns).expect("heads have equal shapes");
    linalg::matmul(rows.view(), columns.view())
}

/// The part of [`products`] that belongs to two heads.
fn block(products: &Array2<f32>, n_heads: usize, h1: usize, h2: usize) -> Array2<f64> {
    let (m, n) = (products.nrows() / n_heads, products.ncols() / n_heads);
    let block: ArrayView2<'_, f32> = products.slice(s![h1 * m..(h1 + 1) * m, h2 * n..(h2 + 1) * n]);
    block.mapv(f64::from)
}
