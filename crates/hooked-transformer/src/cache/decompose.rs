//! The residual stream as it grows, and as the sum of what was written to it.
//!
//! ```text
//! resid_pre[l] = embed (+ pos_embed) + Σ over layers before l of (attn_out + mlp_out)
//! resid_mid[l] = resid_pre[l] + attn_out[l]
//! ```
//! Where outputs pass a norm of their own (Gemma 2 and 3), `attn_out` and `mlp_out` are what comes out of it, and so are
//! the parts that heads, neurons and biases have in them.
//!
//! Positions are part of the sum only where the model adds them to the stream: not in a shortformer (where the classic
//! library counts them in, so that its parts do not sum to the stream), nor with rotary positions or ALiBi.

use ndarray::{ArrayD, ArrayView1, ArrayViewD, Axis, s};

use super::options::methods::{AccumulatedResid, DecomposeResid, FullResidDecomposition, StackActivation};
use super::options::{Options, StackMode, StackOptions};
use super::output_norm::OutputOf;
use super::slice::{Cuts, position_axis};
use super::stack::{Stack, StackBuilder};
use super::{Activation, ActivationCache, CachedModel};
use crate::architecture::config::PositionalEmbeddingType;
use crate::architecture::layer_input::{check_layer, reads_attn_out};
use crate::error::{Error, Result};
use crate::hooks::ActName;

/// Decompositions of the residual stream, each component with its label.
impl ActivationCache {
    /// The residual stream at the start of each layer, up to and including `layer`, and at the end: `0_pre`, `1_pre`, …,
    /// `final_post`; with `incl_mid` also between attention and MLP, `0_mid`. This is what the logit lens looks at.
    ///
    /// With `apply_ln` at the end of the model, each goes through the final norm as if it were the last; for an earlier
    /// layer, through that layer's norm with the scale of the run.
    ///
    /// Options: `layer`, `mlp_input`, `incl_mid`, `apply_ln`, `pos_slice`, `batch_slice`. Source: TransformerLens `accumulated_resid`.
    ///
    /// # Shapes
    /// - output: `[component, batch, pos, d_model]`
    ///
    /// # Errors
    /// The cache lacks a part, or does not know its model; an option is unknown or out of range.
    pub fn accumulated_resid(&self, options: StackOptions<AccumulatedResid>) -> Result<Stack> {
        let method = "accumulated_resid";
        let options = options.options();
        let (model, layer) = self.model_and_layer(method, &options)?;
        let n_layers = model.cfg.n_layers;
        let has_mid = !model.cfg.attn_only && !model.cfg.parallel_attn_mlp;
        if options.incl_mid && !has_mid {
            let problem = "this model has no point between attention and MLP".to_string();
            return Err(Error::Argument { name: "incl_mid", problem });
        }
        let mut points = Vec::new();
        for l in 0..=layer {
            if l == n_layers {
                points.push((ActName::from(("resid_post", n_layers - 1)), "final_post".to_string()));
                continue;
            }
            points.push((ActName::from(("resid_pre", l)), format!("{l}_pre")));
            let mid_is_input = l == layer && reads_attn_out(&model.cfg, options.mlp_input);
            if (options.incl_mid && l < layer) || mid_is_input {
                points.push((ActName::from(("resid_mid", l)), format!("{l}_mid")));
            }
        }
        let mut stack = self.new_stack(&points[0].0, &options)?;
        for (name, label) in points {
            stack.push(label, self.cut(name, &options)?.view())?;
        }
        let stack = stack.finish(&options);
        if options.apply_ln { self.normalize(stack, &options, layer == n_layers) } else { Ok(stack) }
    }

    /// The parts that sum to the stream entering `layer`: embeddings, then what each attention and MLP layer wrote.
    ///
    /// Options: `layer`, `mlp_input`, `mode`, `apply_ln`, `pos_slice`, `batch_slice`, `incl_embeds`. Source: TransformerLens
    /// `decompose_resid`.
    ///
    /// # Shapes
    /// - output: `[component, batch, pos, d_model]`
    ///
    /// # Errors
    /// The cache lacks a part, or does not know its model; an option is unknown or out of range.
    pub fn decompose_resid(&self, options: StackOptions<DecomposeResid>) -> Result<Stack> {
        let method = "decompose_resid";
        let options = options.options();
        let (model, layer) = self.model_and_layer(method, &options)?;
        let mut stack = self.new_stack(&"hook_embed".into(), &options)?;
        if options.incl_embeds {
            self.push_embeds(&mut stack, &options, model)?;
        }
        let with_attn = options.mode != StackMode::Mlp;
        let with_mlp = options.mode != StackMode::Attn && !model.cfg.attn_only;
        for l in 0..layer {
            if with_attn {
                stack.push(format!("{l}_attn_out"), self.cut(("attn_out", l), &options)?.view())?;
            }
            if with_mlp {
                stack.push(format!("{l}_mlp_out"), self.cut(("mlp_out", l), &options)?.view())?;
            }
        }
        if with_attn && reads_attn_out(&model.cfg, options.mlp_input) {
            stack.push(format!("{layer}_attn_out"), self.cut(("attn_out", layer), &options)?.view())?;
        }
        let stack = stack.finish(&options);
        if options.apply_ln { self.normalize(stack, &options, false) } else { Ok(stack) }
    }

    /// The stream entering `layer`, taken apart as far as it goes: heads, neurons (or, without `expand_neurons`, MLP
    /// layers), `embed`, `pos_embed`, and all output biases as `bias`. The components sum to the stream.
    ///
    /// Every neuron is a component of `[batch, pos, d_model]`: this is for small models, or few positions.
    ///
    /// Options: `layer`, `mlp_input`, `expand_neurons`, `apply_ln`, `pos_slice`, `batch_slice`. Source: TransformerLens
    /// `get_full_resid_decomposition`.
    ///
    /// # Shapes
    /// - output: `[component, batch, pos, d_model]`
    ///
    /// # Errors
    /// The cache lacks a part, or does not know its model; an option is unknown or out of range.
    pub fn get_full_resid_decomposition(&self, options: StackOptions<FullResidDecomposition>) -> Result<Stack> {
        let method = "get_full_resid_decomposition";
        let options = options.options();
        let (model, layer) = self.model_and_layer(method, &options)?;
        let attn_of_layer = reads_attn_out(&model.cfg, options.mlp_input);
        let mut stack = self.new_stack(&"hook_embed".into(), &options)?;
        self.push_heads(&mut stack, layer + usize::from(attn_of_layer), &options, model)?;
        if !model.cfg.attn_only {
            for l in 0..layer {
                if options.expand_neurons {
                    self.push_neurons(&mut stack, l, &options, model)?;
                } else {
                    stack.push(format!("{l}_mlp_out"), self.cut(("mlp_out", l), &options)?.view())?;
                }
            }
        }
        self.push_embeds(&mut stack, &options, model)?;
        let n_attn = layer + usize::from(attn_of_layer);
        stack.push("bias", self.output_biases(layer, n_attn, &options, model)?.view())?;
        let stack = stack.finish(&options);
        if options.apply_ln { self.normalize(stack, &options, false) } else { Ok(stack) }
    }

    /// One activation of every layer before `layer`, stacked: `cache.stack_activation("pattern", None, options)`. Where
    /// the name alone does not say in which part of the layer it is, `layer_type` does, as in `("scale", "ln1")`.
    ///
    /// Options: `layer`. Labels are `0_pattern`, `1_pattern`, …. Source: TransformerLens `stack_activation`.
    ///
    /// # Shapes
    /// - output: `[layer, …]`, for a pattern `[layer, batch, head, query_pos, key_pos]`
    ///
    /// # Errors
    /// The cache lacks it; an option is unknown or out of range.
    pub fn stack_activation<'a>(
        &self,
        name: &str,
        layer_type: impl Into<Option<&'a str>>,
        options: StackOptions<StackActivation>,
    ) -> Result<Stack> {
        let options = options.options();
        let layer_type = layer_type.into();
        let at = |layer: usize| match layer_type {
            Some(layer_type) => ActName::from((name, layer, layer_type)),
            None => ActName::from((name, layer)),
        };
        let n_layers = options.layer.unwrap_or(self.n_layers());
        if n_layers > self.n_layers() {
            let problem = format!("expected 0 to n_layers = {}, got {n_layers}", self.n_layers());
            return Err(Error::Argument { name: "layer", problem });
        }
        let mut stack = StackBuilder::new(self.get(at(0))?.shape());
        for layer in 0..n_layers {
            stack.push(format!("{layer}_{name}"), self.get(at(layer))?.view())?;
        }
        Ok(stack.finish(&options))
    }
}

/// What the methods that stack share.
impl ActivationCache {
    /// # Errors
    /// The cache was built from plain arrays.
    pub(super) fn model(&self, method: &'static str) -> Result<&CachedModel> {
        self.model.as_ref().ok_or(Error::NoModel { method })
    }

    /// The model, and the layer whose input is meant.
    pub(super) fn model_and_layer(&self, method: &'static str, options: &Options) -> Result<(&CachedModel, usize)> {
        let model = self.model(method)?;
        let layer = options.layer.unwrap_or(model.cfg.n_layers);
        check_layer(&model.cfg, layer, options.mlp_input)?;
        Ok((model, layer))
    }

    /// An activation at the positions and rows that are asked for.
    pub(super) fn cut(&self, name: impl Into<ActName>, options: &Options) -> Result<Activation> {
        let name = name.into();
        self.cut_value(&name.resolve(self.n_layers()), self.get(&name)?, &options.cuts())
    }

    /// An activation, cut to positions and rows.
    ///
    /// # Errors
    /// There is no such position or row, or no batch axis to choose rows from.
    pub(super) fn cut_value(&self, full_name: &str, value: &Activation, cuts: &Cuts) -> Result<Activation> {
        let mut value = value.clone();
        if let Some(rows) = &cuts.batch_slice {
            self.needs_batch_dim("batch_slice")?;
            value = rows.cut("batch_slice", Axis(0), &value)?;
        }
        match &cuts.pos_slice {
            Some(positions) => {
                let axis = position_axis(full_name, self.has_batch_dim);
                if axis.index() >= value.ndim() {
                    return Err(Error::Shape {
                        what: format!("activation `{full_name}`"),
                        expected: "an axis of positions for `pos_slice`".to_string(),
                        got: value.shape().to_vec(),
                    });
                }
                positions.cut("pos_slice", axis, &value)
            }
            None => Ok(value),
        }
    }

    /// An empty stack of components shaped like an activation that is cut to the wanted positions.
    pub(super) fn new_stack(&self, like: &ActName, options: &Options) -> Result<StackBuilder> {
        Ok(StackBuilder::new(self.cut(like, options)?.shape()))
    }

    /// The shape of a component, `[batch, pos, d_model]`, from an activation that has `inner` axes after the position.
    pub(super) fn row_shape(
        &self,
        like: impl Into<ActName>,
        options: &Options,
        inner: usize,
        model: &CachedModel,
    ) -> Result<Vec<usize>> {
        let mut shape = self.cut(like, options)?.shape().to_vec();
        shape.truncate(shape.len().saturating_sub(inner));
        shape.push(model.cfg.d_model);
        Ok(shape)
    }

    fn push_embeds(&self, stack: &mut StackBuilder, options: &Options, model: &CachedModel) -> Result<()> {
        stack.push("embed", self.cut("hook_embed", options)?.view())?;
        if model.cfg.positional_embedding_type == PositionalEmbeddingType::Standard {
            stack.push("pos_embed", self.cut("hook_pos_embed", options)?.view())?;
        }
        Ok(())
    }

    /// What the output biases of `n_attn` attention layers and, unless MLPs are kept whole (biases included), of the
    /// MLPs before `layer` added to the stream. Where outputs are normalized it differs between positions.
    ///
    /// # Shapes
    /// - output: `[batch, pos, d_model]`, or without batch
    fn output_biases(
        &self,
        layer: usize,
        n_attn: usize,
        options: &Options,
        model: &CachedModel,
    ) -> Result<ArrayD<f32>> {
        let weights = &model.weights;
        let n_mlps = if options.expand_neurons { layer } else { 0 };
        let attn = (0..n_attn).map(|l| (OutputOf::Attn, l, weights.b_O.slice(s![l, ..])));
        let mlps =
            weights.mlp.iter().flat_map(|mlp| (0..n_mlps).map(|l| (OutputOf::Mlp, l, mlp.b_out.slice(s![l, ..]))));
        let mut sum = ArrayD::zeros(self.cut("hook_embed", options)?.raw_dim());
        for (part, l, bias) in attn.chain(mlps) {
            let bias: ArrayView1<'_, f32> = bias;
            match self.output_norm(part, l, options, model)? {
                None => sum += &bias,
                Some(norm) => {
                    let mut written = bias.broadcast(sum.raw_dim()).expect("the last axis is d_model").to_owned();
                    norm.apply(&mut written);
                    sum += &written;
                    if let Some(bias) = norm.bias() {
                        sum += bias;
                    }
                }
            }
        }
        Ok(sum)
    }

    /// The stream after all layers before `layer`.
    pub(super) fn stream_before(&self, layer: usize, options: &Options) -> Result<Activation> {
        match layer {
            0 => self.cut(("resid_pre", 0), options),
            _ => self.cut(("resid_post", layer - 1), options),
        }
    }

    /// Adds each slice along the second axis from the end of `[batch, pos, item, d_model]` as a component.
    pub(super) fn push_items(
        stack: &mut StackBuilder,
        items: ArrayViewD<'_, f32>,
        label: impl Fn(usize) -> String,
    ) -> Result<()> {
        let axis = Axis(items.ndim() - 2);
        items.axis_iter(axis).enumerate().try_for_each(|(i, item)| stack.push(label(i), item))
    }
}
