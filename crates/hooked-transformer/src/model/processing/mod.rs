//! Weight processing: other weights for the same function, easier to interpret.
//!
//! | step | changes | because |
//! |---|---|---|
//! | [`fold_layer_norm`](HookedTransformer::fold_layer_norm) | gains and biases go into the weights that read them | the norm is linear but for its scale |
//! | [`center_writing_weights`](HookedTransformer::center_writing_weights) | what is written to the stream has mean zero | LayerNorm takes the mean away |
//! | [`center_unembed`](HookedTransformer::center_unembed) | logits have mean zero | softmax does not see a constant |
//! | [`fold_value_biases`](HookedTransformer::fold_value_biases) | `b_V` goes into `b_O` | a pattern sums to one |
//! | [`refactor_factored_attn_matrices`](HookedTransformer::refactor_factored_attn_matrices) | the factors of QK and OV | only the products matter |
//!
//! Every step leaves log probabilities as they are, and refuses a model in which it would not. In this order they are
//! [`process_weights`](HookedTransformer::process_weights). Weights are copied on write: clones of the model keep theirs.
//!
//! Source: TransformerLens `load_and_process_state_dict`.

mod center_unembed;
mod center_writing_weights;
mod fold_layer_norm;
mod fold_value_biases;
mod refactor_factored_attn_matrices;
mod refuse;

use std::sync::Arc;

use self::refuse::is_shortformer;
use crate::error::Result;
use crate::model::hooked_transformer::HookedTransformer;

/// Which steps of the [processing](HookedTransformer::process_weights) to take. The default is what TransformerLens
/// does when it loads GPT-2: all but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessOptions {
    /// See [`HookedTransformer::fold_layer_norm`].
    pub fold_ln: bool,
    /// See [`HookedTransformer::center_writing_weights`].
    pub center_writing_weights: bool,
    /// See [`HookedTransformer::center_unembed`].
    pub center_unembed: bool,
    /// See [`HookedTransformer::fold_value_biases`].
    pub fold_value_biases: bool,
    /// See [`HookedTransformer::refactor_factored_attn_matrices`].
    pub refactor_factored_attn_matrices: bool,
}

impl Default for ProcessOptions {
    fn default() -> Self {
        ProcessOptions {
            fold_ln: true,
            center_writing_weights: true,
            center_unembed: true,
            fold_value_biases: true,
            refactor_factored_attn_matrices: false,
        }
    }
}

impl ProcessOptions {
    /// No step: the weights stay as they are.
    pub fn none() -> Self {
        ProcessOptions {
            fold_ln: false,
            center_writing_weights: false,
            center_unembed: false,
            fold_value_biases: false,
            refactor_factored_attn_matrices: false,
        }
    }

    /// The default, less the steps that this model refuses: what the classic library's `from_pretrained` does, which
    /// leaves them out with a warning. As there, a shortformer model's unembedding is not centered, although it could be.
    pub fn applicable(model: &HookedTransformer) -> Self {
        ProcessOptions {
            fold_ln: fold_layer_norm::check(model).is_ok(),
            center_writing_weights: center_writing_weights::check(model).is_ok(),
            center_unembed: center_unembed::check(model).is_ok() && !is_shortformer(&model.cfg),
            ..ProcessOptions::default()
        }
    }

    /// These steps without those that are not among the possible ones, and the names of the steps that were left out.
    /// The last step is not among the defaults; where it was asked for, a model that refuses it should say so.
    #[cfg(feature = "files")]
    pub(crate) fn limited_to(self, possible: Self) -> (Self, Vec<&'static str>) {
        let mut left_out = Vec::new();
        let mut both = |name, wanted: bool, possible: bool| {
            if wanted && !possible {
                left_out.push(name);
            }
            wanted && possible
        };
        let steps = ProcessOptions {
            fold_ln: both("fold_ln", self.fold_ln, possible.fold_ln),
            center_writing_weights: both(
                "center_writing_weights",
                self.center_writing_weights,
                possible.center_writing_weights,
            ),
            center_unembed: both("center_unembed", self.center_unembed, possible.center_unembed),
            fold_value_biases: both("fold_value_biases", self.fold_value_biases, possible.fold_value_biases),
            refactor_factored_attn_matrices: self.refactor_factored_attn_matrices,
        };
        (steps, left_out)
    }
}

impl HookedTransformer {
    /// Takes the chosen steps, in the order of the [fields](ProcessOptions). Log probabilities stay as they are; logits
    /// move by a constant at each position, and `hook_scale` and `hook_normalized` change their meaning.
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, ProcessOptions};
    /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
    /// let options = ProcessOptions::applicable(&model);
    /// let model = model.process_weights(options)?;
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// # Errors
    /// A step cannot be taken in this model. [`ProcessOptions::applicable`] leaves such steps out.
    pub fn process_weights(self, options: ProcessOptions) -> Result<Self> {
        type Step = fn(HookedTransformer) -> Result<HookedTransformer>;
        let steps: [(bool, Step); 5] = [
            (options.fold_ln, HookedTransformer::fold_layer_norm),
            (options.center_writing_weights, HookedTransformer::center_writing_weights),
            (options.center_unembed, HookedTransformer::center_unembed),
            (options.fold_value_biases, HookedTransformer::fold_value_biases),
            (options.refactor_factored_attn_matrices, HookedTransformer::refactor_factored_attn_matrices),
        ];
        steps.into_iter().filter(|(wanted, _)| *wanted).try_fold(self, |model, (_, step)| step(model))
    }

    /// Gives a tied unembedding memory of its own, before embedding and unembedding part ways.
    fn untie(&mut self) {
        if self.cfg.tie_word_embeddings {
            Arc::make_mut(&mut self.cfg).tie_word_embeddings = false;
            let weights = Arc::make_mut(&mut self.weights);
            weights.W_U = weights.W_U.view().as_standard_layout().into_owned().into_shared().into();
        }
    }
}
