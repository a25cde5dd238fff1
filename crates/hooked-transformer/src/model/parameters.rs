//! The parameters, as views under TransformerLens's names.

use std::sync::Arc;

use ndarray::{ArcArray, ArrayView1, ArrayView2, ArrayView3, ArrayView4, ArrayViewMutD, Axis, s};

use super::hooked_transformer::HookedTransformer;
use crate::architecture::layout;
use crate::architecture::weights::Weights;
use crate::error::{Error, Result};

/// Parameters, as views. Names and shapes are TransformerLens's. What is still in a file and not there in this form is read.
impl HookedTransformer {
    /// Token embedding, `[d_vocab, d_model]`.
    pub fn W_E(&self) -> ArrayView2<'_, f32> {
        self.weights.W_E.view()
    }

    /// Position embedding, `[n_ctx, d_model]`, for models that have one.
    pub fn W_pos(&self) -> Option<ArrayView2<'_, f32>> {
        self.weights.W_pos.as_ref().map(|w| w.view())
    }

    /// Unembedding, `[d_model, d_vocab_out]`.
    pub fn W_U(&self) -> ArrayView2<'_, f32> {
        self.weights.W_U.view()
    }

    /// Bias of the unembedding, `[d_vocab_out]`.
    pub fn b_U(&self) -> ArrayView1<'_, f32> {
        self.weights.b_U.view()
    }

    /// Query weights, `[layer, head, d_model, d_head]`.
    pub fn W_Q(&self) -> ArrayView4<'_, f32> {
        self.weights.W_Q.view()
    }

    /// Key weights, `[layer, kv_head, d_model, d_head]`.
    pub fn W_K(&self) -> ArrayView4<'_, f32> {
        self.weights.W_K.view()
    }

    /// Value weights, `[layer, kv_head, d_model, d_head]`.
    pub fn W_V(&self) -> ArrayView4<'_, f32> {
        self.weights.W_V.view()
    }

    /// Output weights, `[layer, head, d_head, d_model]`.
    pub fn W_O(&self) -> ArrayView4<'_, f32> {
        self.weights.W_O.view()
    }

    /// Query biases, `[layer, head, d_head]`.
    pub fn b_Q(&self) -> ArrayView3<'_, f32> {
        self.weights.b_Q.view()
    }

    /// Key biases, `[layer, kv_head, d_head]`.
    pub fn b_K(&self) -> ArrayView3<'_, f32> {
        self.weights.b_K.view()
    }

    /// Value biases, `[layer, kv_head, d_head]`.
    pub fn b_V(&self) -> ArrayView3<'_, f32> {
        self.weights.b_V.view()
    }

    /// Output biases, `[layer, d_model]`.
    pub fn b_O(&self) -> ArrayView2<'_, f32> {
        self.weights.b_O.view()
    }

    /// Input weights of the MLPs, `[layer, d_model, d_mlp]`.
    pub fn W_in(&self) -> Option<ArrayView3<'_, f32>> {
        self.weights.mlp.as_ref().map(|mlp| mlp.W_in.view())
    }

    /// Gate weights of gated MLPs, `[layer, d_model, d_mlp]`.
    pub fn W_gate(&self) -> Option<ArrayView3<'_, f32>> {
        self.weights.mlp.as_ref().and_then(|mlp| mlp.W_gate.as_ref()).map(|w| w.view())
    }

    /// Input biases of the MLPs, `[layer, d_mlp]`.
    pub fn b_in(&self) -> Option<ArrayView2<'_, f32>> {
        self.weights.mlp.as_ref().map(|mlp| mlp.b_in.view())
    }

    /// Output weights of the MLPs, `[layer, d_mlp, d_model]`.
    pub fn W_out(&self) -> Option<ArrayView3<'_, f32>> {
        self.weights.mlp.as_ref().map(|mlp| mlp.W_out.view())
    }

    /// Output biases of the MLPs, `[layer, d_model]`.
    pub fn b_out(&self) -> Option<ArrayView2<'_, f32>> {
        self.weights.mlp.as_ref().map(|mlp| mlp.b_out.view())
    }
}

/// Changing parameters.
impl HookedTransformer {
    /// Reads whatever weights are still in files (see `load`) into memory. From then on the files may
    /// change, unless a clone that was made before still needs them.
    pub fn read_weights(&mut self) {
        Arc::make_mut(&mut self.weights).read(self.cfg.tie_word_embeddings);
    }

    /// Changes parameters in place: `update` gets each by its name in the [state dict](Self::state_dict), in that order.
    /// A tied unembedding is not among them, and follows the embedding. Clones of the model and its caches keep the
    /// weights that they have.
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Scalar};
    /// let mut model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50))?;
    /// let tokens = ndarray::array![[0, 3, 7, 3, 7]];
    /// // One step of gradient descent.
    /// let grads = model.run(&tokens).backward(Scalar::loss()).all_weights().grads()?;
    /// model.update_parameters(|parameters| {
    ///     for ((_, mut weight), (_, grad)) in parameters.into_iter().zip(grads.weights()) {
    ///         weight.scaled_add(-0.1, &grad);
    ///     }
    /// });
    /// assert!(model.loss(&tokens)? < grads.value());
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    pub fn update_parameters<R>(&mut self, update: impl FnOnce(Vec<(String, ArrayViewMutD<'_, f32>)>) -> R) -> R {
        /// Ties the unembedding again, even if `update` panics.
        struct Retied<'w>(&'w mut Weights, bool);
        impl Drop for Retied<'_> {
            fn drop(&mut self) {
                if self.1 {
                    self.0.W_U = self.0.W_E.transposed();
                }
            }
        }
        let weights = Retied(Arc::make_mut(&mut self.weights), self.cfg.tie_word_embeddings);
        if weights.1 {
            // Otherwise the embedding would be copied before it is changed.
            weights.0.W_U = ArcArray::zeros((0, 0)).into();
        }
        update(layout::state_dict_mut(&self.cfg, weights.0))
    }
}

/// The weights of one attention head, as views. With grouped keys and values, those of the head's group.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// `[d_model, d_head]`
    pub W_Q: ArrayView2<'a, f32>,
    /// `[d_model, d_head]`
    pub W_K: ArrayView2<'a, f32>,
    /// `[d_model, d_head]`
    pub W_V: ArrayView2<'a, f32>,
    /// `[d_head, d_model]`
    pub W_O: ArrayView2<'a, f32>,
    /// `[d_head]`
    pub b_Q: ArrayView1<'a, f32>,
    /// `[d_head]`
    pub b_K: ArrayView1<'a, f32>,
    /// `[d_head]`
    pub b_V: ArrayView1<'a, f32>,
}

/// The weights of one layer's MLP, as views.
#[derive(Clone, Copy, Debug)]
pub struct Mlp<'a> {
    /// `[d_model, d_mlp]`
    pub W_in: ArrayView2<'a, f32>,
    /// `[d_model, d_mlp]`, of a gated MLP
    pub W_gate: Option<ArrayView2<'a, f32>>,
    /// `[d_mlp]`
    pub b_in: ArrayView1<'a, f32>,
    /// `[d_mlp, d_model]`
    pub W_out: ArrayView2<'a, f32>,
    /// `[d_model]`
    pub b_out: ArrayView1<'a, f32>,
}

/// Parameters of one head or one layer, without slicing a stack.
impl HookedTransformer {
    /// The weights of one head.
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
    /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
    /// let head = model.head(1, 0)?;
    /// let OV = head.W_V.dot(&head.W_O); // [d_model, d_model]
    /// # assert_eq!(OV.dim(), (8, 8));
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no such layer or head.
    pub fn head(&self, layer: usize, head: usize) -> Result<Head<'_>> {
        self.check_index("layer", layer, self.cfg.n_layers)?;
        self.check_index("head", head, self.cfg.n_heads)?;
        let group = head * self.cfg.n_key_value_heads() / self.cfg.n_heads;
        let w = &self.weights;
        Ok(Head {
            W_Q: w.W_Q.layer(layer).index_axis_move(Axis(0), head),
            W_K: w.W_K.layer(layer).index_axis_move(Axis(0), group),
            W_V: w.W_V.layer(layer).index_axis_move(Axis(0), group),
            W_O: w.W_O.layer(layer).index_axis_move(Axis(0), head),
            b_Q: w.b_Q.slice(s![layer, head, ..]),
            b_K: w.b_K.slice(s![layer, group, ..]),
            b_V: w.b_V.slice(s![layer, group, ..]),
        })
    }

    /// The weights of one layer's MLP.
    ///
    /// # Errors
    /// There is no such layer, or the model is attention-only.
    pub fn mlp(&self, layer: usize) -> Result<Mlp<'_>> {
        self.check_index("layer", layer, self.cfg.n_layers)?;
        let Some(mlp) = &self.weights.mlp else {
            let problem = "the layers of an attention-only model have no MLP".to_string();
            return Err(Error::Argument { name: "layer", problem });
        };
        Ok(Mlp {
            W_in: mlp.W_in.layer(layer),
            W_gate: mlp.W_gate.as_ref().map(|w| w.layer(layer)),
            b_in: mlp.b_in.slice(s![layer, ..]),
            W_out: mlp.W_out.layer(layer),
            b_out: mlp.b_out.slice(s![layer, ..]),
        })
    }

    fn check_index(&self, name: &'static str, index: usize, length: usize) -> Result<()> {
        if index < length {
            return Ok(());
        }
        Err(Error::Argument { name, problem: format!("expected 0 to {}, got {index}", length - 1) })
    }
}
