//! What the strongest directions of a weight matrix say in the vocabulary.
//!
//! ```text
//! M = U diag(S) Vᵀ        output[.., i] = V[:, i] · W_U            M [.., d_model]: OV of a head, W_inᵀ ∘ w, or W_out
//! ```
//! Each column is a singular direction in the residual stream, read off by the unembedding; the sign of a direction means
//! nothing. Source: Millidge and Black 2022, "The Singular Value Decompositions of Transformer Weight Matrices are Highly
//! Interpretable"; TransformerLens `SVDInterpreter`.

use ndarray::{Array2, ArrayView2, Axis, s};

use crate::error::{Error, Result};
use crate::model::HookedTransformer;
use crate::numerics::factored_matrix::svd_of_product;
use crate::numerics::linalg;
use crate::numerics::svd::{qr, svd};

/// Which matrix is decomposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SingularVectors {
    /// What a head writes.
    OV {
        /// Its layer.
        layer: usize,
        /// Its number.
        head: usize,
    },
    /// What the neurons of a layer read, through the gain of the norm before them.
    WIn {
        /// The layer.
        layer: usize,
    },
    /// What the neurons of a layer write.
    WOut {
        /// The layer.
        layer: usize,
    },
}

/// The logits of the `num_vectors` strongest singular directions of a matrix.
///
/// # Shapes
/// - output: `[d_vocab_out, num_vectors]`
///
/// # Errors
/// There is no such layer, head, or MLP, or the matrix has fewer directions.
pub fn singular_vectors(model: &HookedTransformer, of: SingularVectors, num_vectors: usize) -> Result<Array2<f32>> {
    let directions = match of {
        SingularVectors::OV { layer, head } => {
            let head = model.head(layer, head)?;
            svd_of_product(head.W_V, head.W_O).V
        }
        SingularVectors::WIn { layer } => {
            let mlp = model.mlp(layer)?;
            let gain = model.weights.ln2.layer(layer).0;
            let read = match gain {
                Some(gain) => &mlp.W_in * &gain.insert_axis(Axis(1)),
                None => mlp.W_in.to_owned(),
            };
            right_singular_vectors(read.t())
        }
        SingularVectors::WOut { layer } => right_singular_vectors(model.mlp(layer)?.W_out),
    };
    if num_vectors == 0 || num_vectors > directions.ncols() {
        let problem = format!("expected 1 to {}, got {num_vectors}", directions.ncols());
        return Err(Error::Argument { name: "num_vectors", problem });
    }
    let directions = directions.slice(s![.., ..num_vectors]).mapv(|x| x as f32);
    Ok(linalg::matmul(model.W_U().t(), directions.view()))
}

/// `V [columns, k]`, the strongest first. The QR decomposition leaves a square matrix with the same ones.
fn right_singular_vectors(matrix: ArrayView2<'_, f32>) -> Array2<f64> {
    svd(qr(matrix.mapv(f64::from).view()).1.view()).V
}
