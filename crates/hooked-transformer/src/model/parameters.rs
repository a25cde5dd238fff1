//! The parameters, as views under TransformerLens's names.

use std::sync::Arc;

use ndarray::{ArcArray, ArrayView1, ArrayView2, ArrayView3, ArrayView4, ArrayViewMutD};

use super::hooked_transformer::HookedTransformer;
use crate::architecture::layout;
use crate::architecture::weights::Weights;

/// Parameters, as views. Names and shapes are TransformerLens's.
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
                    self.0.W_U = self.0.W_E.clone().reversed_axes();
                }
            }
        }
        let weights = Retied(Arc::make_mut(&mut self.weights), self.cfg.tie_word_embeddings);
        if weights.1 {
            // Otherwise the embedding would be copied before it is changed.
            weights.0.W_U = ArcArray::zeros((0, 0));
        }
        update(layout::state_dict_mut(&self.cfg, weights.0))
    }
}
