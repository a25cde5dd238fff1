//! What components of the stream contribute to what reads it: through a layer's norm, and to the logits.
//!
//! ```text
//! LN:   ln(Σ x_c) = Σ (x_c - mean(x_c)) / scale             scale of the whole stream, from the run
//! logit of token t from component c:   ((x_c - mean(x_c)) / scale ∘ w) · W_U[:, t]         without mean for RMS
//! ```
//! With the scale held fixed a norm is linear, so the contributions of parts that sum to the stream sum to what the
//! norm lets through, and to the logits less their bias.

use ndarray::{Array1, Array2, ArrayD, ArrayView1, ArrayView2, ArrayViewD, Axis, IxDyn};

use super::options::methods::ApplyLnToStack;
use super::options::{Options, StackOptions};
use super::stack::Stack;
use super::{Activation, ActivationCache, CachedModel};
use crate::architecture::layer_input::check_layer;
use crate::error::{Error, Result};
use crate::hooks::ActName;
use crate::numerics::linalg;
use crate::text::tokens::Tokens;

/// Whose logits: one token for everything, one for each row of the batch, or one for each position. Text converts, too:
/// `" Mary"` for everything, `[" Mary", " John"]` for the rows; each must be one token.
#[derive(Clone, Debug, PartialEq)]
pub enum TargetTokens {
    /// The same token everywhere, by its text.
    Text(String),
    /// One token for each row, by its text.
    Texts(Vec<String>),
    /// The same token everywhere.
    One(usize),
    /// `[batch]`, each for all positions of its row. In a cache without batch axis: `[pos]`.
    Row(Array1<usize>),
    /// `[batch, pos]`
    Each(Tokens),
}

impl From<usize> for TargetTokens {
    fn from(token: usize) -> Self {
        TargetTokens::One(token)
    }
}

macro_rules! target_from_text {
    ($($one:ty),*; $($several:ty $(, $N:ident)?);*) => {
        $(impl From<$one> for TargetTokens {
            fn from(text: $one) -> Self {
                TargetTokens::Text(text.to_string())
            }
        })*
        $(impl $(<const $N: usize>)? From<$several> for TargetTokens {
            fn from(texts: $several) -> Self {
                TargetTokens::Texts(texts.iter().map(ToString::to_string).collect())
            }
        })*
    };
}
target_from_text!(&str, &String, String; &[&str]; Vec<&str>; &Vec<&str>; &[String]; Vec<String>; &Vec<String>; [&str; N], N; [String; N], N);

macro_rules! target_from_tokens {
    ($($tokens:ty $(, $N:ident)?);*) => {$(
        impl $(<const $N: usize>)? From<$tokens> for TargetTokens {
            fn from(tokens: $tokens) -> Self {
                TargetTokens::Row(tokens.iter().copied().collect())
            }
        }
    )*};
}
target_from_tokens!(Vec<usize>; &Array1<usize>; [usize; N], N; &[usize; N], N);

impl From<ArrayView2<'_, usize>> for TargetTokens {
    fn from(tokens: ArrayView2<'_, usize>) -> Self {
        TargetTokens::Each(tokens.to_owned())
    }
}

impl From<&[usize]> for TargetTokens {
    fn from(tokens: &[usize]) -> Self {
        TargetTokens::Row(tokens.to_vec().into())
    }
}

impl From<&Vec<usize>> for TargetTokens {
    fn from(tokens: &Vec<usize>) -> Self {
        TargetTokens::from(tokens.as_slice())
    }
}

impl From<Array1<usize>> for TargetTokens {
    fn from(tokens: Array1<usize>) -> Self {
        TargetTokens::Row(tokens)
    }
}

impl From<ArrayView1<'_, usize>> for TargetTokens {
    fn from(tokens: ArrayView1<'_, usize>) -> Self {
        TargetTokens::Row(tokens.to_owned())
    }
}

impl From<&Tokens> for TargetTokens {
    fn from(tokens: &Tokens) -> Self {
        TargetTokens::Each(tokens.clone())
    }
}

impl From<Tokens> for TargetTokens {
    fn from(tokens: Tokens) -> Self {
        TargetTokens::Each(tokens)
    }
}

impl ActivationCache {
    /// What each component contributes to the logit of a token: through the final norm with the scale of the run, gain
    /// included, onto the token's column of `W_U`.
    ///
    /// Summed over a full decomposition this is the logit less `b_U`, and less what the final norm's bias adds where it
    /// was not [folded](crate::HookedTransformer::fold_layer_norm). (The classic library leaves the gain out, so that
    /// its sum is right for folded models only.) Where logits have a soft cap, it is the logit before the cap.
    ///
    /// Source: TransformerLens `logit_attrs`.
    ///
    /// # Shapes
    /// - `stack`: `[component, batch, pos, d_model]`, or without batch if the cache has none
    /// - output: `[component, batch, pos]`, with the same labels
    ///
    /// # Errors
    /// Shapes do not fit, a token is outside the vocabulary, the cache lacks the final scale or does not know its model.
    pub fn logit_attrs(&self, stack: &Stack, tokens: impl Into<TargetTokens>) -> Result<Stack> {
        let model = self.model("logit_attrs")?;
        self.attribute(stack, self.directions(stack, &tokens.into(), model)?, model)
    }

    /// As [`logit_attrs`](Self::logit_attrs), to the difference between the logits of one token and another.
    ///
    /// # Errors
    /// As [`logit_attrs`](Self::logit_attrs).
    pub fn logit_diff_attrs(
        &self,
        stack: &Stack,
        tokens: impl Into<TargetTokens>,
        incorrect_tokens: impl Into<TargetTokens>,
    ) -> Result<Stack> {
        let model = self.model("logit_diff_attrs")?;
        let correct = self.directions(stack, &tokens.into(), model)?;
        let incorrect = self.directions(stack, &incorrect_tokens.into(), model)?;
        self.attribute(stack, correct - incorrect, model)
    }

    /// Components as `layer` sees them through its norm: centered (under LayerNorm), and divided by the scale that the
    /// whole stream had in the run. A model without norms leaves them as they are. Gain and bias are left to the weights
    /// that follow, as in a [folded](crate::HookedTransformer::fold_layer_norm) model.
    ///
    /// With `recompute_ln`, each component goes through the final norm as if it were the whole stream, with a scale, mean,
    /// gain and bias of its own: that is the logit lens, and nothing sums any more.
    ///
    /// Options: `layer`, `mlp_input`, `recompute_ln`. Source: TransformerLens `apply_ln_to_stack`.
    ///
    /// # Shapes
    /// - `stack`, output: `[component, batch, pos, d_model]`, or without batch if the cache has none
    ///
    /// # Errors
    /// Shapes do not fit, the cache lacks the scale or does not know its model; an option is unknown or out of range.
    pub fn apply_ln_to_stack(&self, stack: Stack, options: StackOptions<ApplyLnToStack>) -> Result<Stack> {
        let options = options.options();
        let recompute = options.recompute_ln;
        self.normalize(stack, &options, recompute)
    }

    pub(super) fn normalize(&self, mut stack: Stack, options: &Options, recompute: bool) -> Result<Stack> {
        let model = self.model("apply_ln_to_stack")?;
        let n_layers = model.cfg.n_layers;
        let layer = options.layer.unwrap_or(n_layers);
        check_layer(&model.cfg, layer, options.mlp_input)?;
        // The norm before the unembedding may be of another kind than the rest (`final_rms`).
        let kind = if layer == n_layers { model.cfg.final_normalization() } else { model.cfg.normalization_type };
        let Some(kind) = kind else { return Ok(stack) };
        self.check_last_axis(&stack, model)?;
        if recompute && layer != n_layers {
            let problem = format!("it is the final norm that is recomputed, but the layer is {layer} of {n_layers}");
            return Err(Error::Argument { name: "recompute_ln", problem });
        }
        if kind.centers() {
            let last = Axis(stack.values.ndim() - 1);
            for mut row in stack.values.lanes_mut(last) {
                let mean = row.sum() / row.len() as f32;
                row -= mean;
            }
        }
        if recompute {
            normalize_each(&mut stack, model);
            return Ok(stack);
        }
        let name = match (layer == n_layers, options.mlp_input) {
            (true, _) => ActName::from("ln_final.hook_scale"),
            (false, true) => ActName::from(("scale", layer, "ln2")),
            (false, false) => ActName::from(("scale", layer, "ln1")),
        };
        let scale = self.scale(&name, &stack)?;
        stack.values /= &scale;
        Ok(stack)
    }

    /// The scales of a norm at the positions of a stack, `[batch, pos, 1]`.
    fn scale(&self, name: &ActName, stack: &Stack) -> Result<Activation> {
        let full_name = name.resolve(self.n_layers());
        let scale = self.shared_by_heads(&full_name, self.get(name)?)?;
        let scale = self.cut_value(&full_name, &scale, &stack.cuts)?;
        let (rows, d_model) = (&scale.shape()[..scale.ndim() - 1], stack.values.shape().last());
        if stack.values.ndim() < 2 || stack.values.shape()[1..stack.values.ndim() - 1] != *rows {
            return Err(Error::Shape {
                what: format!("a stack that is to be divided by `{full_name}`"),
                expected: format!("[component, {}, {}]", join(rows), d_model.copied().unwrap_or(0)),
                got: stack.values.shape().to_vec(),
            });
        }
        Ok(scale)
    }

    /// Where the inputs of heads were hooked, each head's input has a scale of its own, `[batch, pos, head, 1]`. As long
    /// as no hook made them differ, they are one.
    ///
    /// # Errors
    /// They differ, so that no one scale is that of the stream.
    fn shared_by_heads(&self, full_name: &str, scale: &Activation) -> Result<Activation> {
        let without_heads = 2 + usize::from(self.has_batch_dim);
        if scale.ndim() != without_heads + 1 {
            return Ok(scale.clone());
        }
        let heads = Axis(without_heads - 1);
        let first = scale.index_axis(heads, 0);
        if scale.axis_iter(heads).any(|head| head != first) {
            let problem =
                format!("hooks gave each head an input, and so `{full_name}`, of its own: no scale is the stream's");
            return Err(Error::Argument { name: "apply_ln", problem });
        }
        Ok(first.to_owned().into_shared())
    }

    fn check_last_axis(&self, stack: &Stack, model: &CachedModel) -> Result<()> {
        if stack.values.ndim() >= 2 && stack.values.shape().last() == Some(&model.cfg.d_model) {
            return Ok(());
        }
        Err(Error::Shape {
            what: "a stack of components".to_string(),
            expected: format!("[component, .., d_model = {}]", model.cfg.d_model),
            got: stack.values.shape().to_vec(),
        })
    }

    /// The direction that raises each position's token: the final gain times its column of `W_U`.
    ///
    /// # Shapes
    /// - output: `[batch, pos, d_model]`, or the same with axes of length one
    fn directions(&self, stack: &Stack, tokens: &TargetTokens, model: &CachedModel) -> Result<ArrayD<f32>> {
        self.check_last_axis(stack, model)?;
        let rows = &stack.values.shape()[1..stack.values.ndim() - 1];
        let (shape, ids) = match tokens {
            TargetTokens::One(token) => (vec![1; rows.len()], vec![*token]),
            TargetTokens::Text(text) => (vec![1; rows.len()], ids_of(std::slice::from_ref(text), model)?),
            TargetTokens::Row(tokens) => (one_per_row(tokens.len(), rows.len()), tokens.to_vec()),
            TargetTokens::Texts(texts) => (one_per_row(texts.len(), rows.len()), ids_of(texts, model)?),
            TargetTokens::Each(tokens) => (tokens.shape().to_vec(), tokens.iter().copied().collect()),
        };
        let fits = shape.len() == rows.len() && shape.iter().zip(rows).all(|(token, row)| token == row || *token == 1);
        if !fits {
            return Err(Error::Shape {
                what: format!("tokens for a stack of shape {:?}", stack.values.shape()),
                expected: format!("one token, or [{}], or as many as its first axis", join(rows)),
                got: shape,
            });
        }
        let W_U = model.weights.W_U.view();
        if let Some(at) = ids.iter().position(|&id| id >= W_U.ncols()) {
            let columns = shape.last().copied().unwrap_or(1).max(1);
            let at = (at / columns, at % columns);
            return Err(Error::TokenOutOfRange { id: ids[at.0 * columns + at.1], d_vocab: W_U.ncols(), at });
        }
        let mut directions = Array2::zeros((ids.len(), model.cfg.d_model));
        for (mut direction, &id) in directions.outer_iter_mut().zip(&ids) {
            direction.assign(&W_U.column(id));
            if let (Some(gain), _) = model.weights.ln_final.layer(0) {
                direction *= &gain;
            }
        }
        let shape = [shape.as_slice(), &[model.cfg.d_model]].concat();
        Ok(directions.into_shape_with_order(IxDyn(&shape)).expect("one row per token"))
    }

    fn attribute(&self, stack: &Stack, directions: ArrayD<f32>, model: &CachedModel) -> Result<Stack> {
        let normalized = self.normalize(stack.clone(), &Options::default(), false)?;
        let one = &normalized.values.shape()[1..];
        let directions = directions.broadcast(one).expect("directions fit the stack").as_standard_layout().into_owned();
        let d_model = model.cfg.d_model;
        let attribution = |component: ArrayViewD<'_, f32>| -> Vec<f32> {
            let component = component.as_standard_layout();
            let (rows, directions) = (component.as_slice().unwrap_or(&[]), directions.as_slice().unwrap_or(&[]));
            rows.chunks(d_model).zip(directions.chunks(d_model)).map(|(x, w)| linalg::dot(x, w)).collect()
        };
        let values = normalized.values.outer_iter().flat_map(attribution).collect();
        let shape = &normalized.values.shape()[..normalized.values.ndim() - 1];
        let values = ArrayD::from_shape_vec(IxDyn(shape), values).expect("one value per row");
        Ok(Stack { labels: normalized.labels, values, cuts: normalized.cuts })
    }
}

/// The shape of tokens for the rows of a batch, which all positions of a row share.
fn one_per_row(n_tokens: usize, rank: usize) -> Vec<usize> {
    let mut shape = vec![n_tokens];
    shape.resize(rank.max(1), 1);
    shape
}

/// # Errors
/// The model has no tokenizer, or a text is not exactly one token.
fn ids_of(texts: &[String], model: &CachedModel) -> Result<Vec<usize>> {
    let tokenizer = model.tokenizer.as_ref().ok_or(Error::NoTokenizer)?;
    texts.iter().map(|text| tokenizer.single_token(text)).collect()
}

/// The final norm, after centering, on each component by itself.
fn normalize_each(stack: &mut Stack, model: &CachedModel) {
    let (gain, bias) = model.weights.ln_final.layer(0);
    let last = Axis(stack.values.ndim() - 1);
    for mut row in stack.values.lanes_mut(last) {
        let scale = (row.dot(&row) / row.len() as f32 + model.cfg.eps).sqrt();
        row /= scale;
        if let Some(gain) = &gain {
            row *= gain;
        }
        if let Some(bias) = &bias {
            row += bias;
        }
    }
}

fn join(axes: &[usize]) -> String {
    axes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
