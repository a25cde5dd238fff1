//! What each neuron wrote to the residual stream.
//!
//! ```text
//! result[b, p, n] = post[b, p, n] W_out[n]            mlp_out = Σ_n result + b_out
//! ```

use std::ops::Range;

use ndarray::{Array, Array2, ArrayD, ArrayView1, Axis, IxDyn};

use super::options::methods::{NeuronResults, StackNeuronResults};
use super::options::{Options, StackOptions};
use super::output_norm::OutputOf;
use super::stack::{Stack, StackBuilder};
use super::{ActivationCache, CachedModel};
use crate::architecture::weights::StackedMlp;
use crate::error::{Error, Result};

impl ActivationCache {
    /// What each neuron of one layer wrote; behind the norm of the MLP's output, where there is one. Large, `d_mlp` times the stream: ask for some `neurons` or positions.
    ///
    /// Options: `neurons`, `pos_slice`, `batch_slice`. Source: TransformerLens `get_neuron_results`.
    ///
    /// # Shapes
    /// - output: `[batch, pos, neuron, d_model]`, or without batch
    ///
    /// # Errors
    /// The cache lacks `post`, or does not know its model; there is no such layer or neuron, or an option is unknown.
    pub fn get_neuron_results(&self, layer: usize, options: StackOptions<NeuronResults>) -> Result<ArrayD<f32>> {
        let method = "get_neuron_results";
        let options = options.options();
        let model = self.model(method)?;
        mlp(model)?;
        if layer >= model.cfg.n_layers {
            let problem = format!("expected 0 to {}, got {layer}", model.cfg.n_layers - 1);
            return Err(Error::Argument { name: "layer", problem });
        }
        let (post, W_out, neurons) = self.neurons(layer, &options, model)?;
        let mut shape = self.row_shape(("post", layer), &options, 1, model)?;
        shape.insert(shape.len() - 1, neurons.len());
        let mut out = Array::zeros((post.nrows(), neurons.len(), model.cfg.d_model));
        for (mut out, post) in out.outer_iter_mut().zip(post.outer_iter()) {
            for (mut out, neuron) in out.outer_iter_mut().zip(neurons.clone()) {
                out.assign(&(&W_out.row(neuron) * post[neuron]));
            }
        }
        let mut out = out.into_shape_with_order(IxDyn(&shape)).expect("the same rows");
        if let Some(norm) = self.output_norm(OutputOf::Mlp, layer, &options, model)? {
            norm.apply(&mut out);
        }
        Ok(out)
    }

    /// What each neuron of all layers before `layer` wrote, without `b_out`: `L0N0`, `L0N1`, …; with `incl_remainder`
    /// also the rest of the stream there.
    ///
    /// Options: `layer`, `neurons`, `incl_remainder`, `apply_ln`, `pos_slice`, `batch_slice`. Source: TransformerLens
    /// `stack_neuron_results`.
    ///
    /// # Shapes
    /// - output: `[component, batch, pos, d_model]`, layer by layer
    ///
    /// # Errors
    /// The cache lacks a part, or does not know its model; an option is unknown or out of range.
    pub fn stack_neuron_results(&self, options: StackOptions<StackNeuronResults>) -> Result<Stack> {
        let method = "stack_neuron_results";
        let options = options.options();
        let (model, layer) = self.model_and_layer(method, &options)?;
        mlp(model)?;
        let mut stack = StackBuilder::new(&self.row_shape(("post", 0), &options, 1, model)?);
        for l in 0..layer {
            self.push_neurons(&mut stack, l, &options, model)?;
        }
        if options.incl_remainder {
            stack.push_remainder(self.stream_before(layer, &options)?.view())?;
        }
        let stack = stack.finish(&options);
        if options.apply_ln { self.normalize(stack, &options, false) } else { Ok(stack) }
    }

    /// The neurons of one layer.
    pub(super) fn push_neurons(
        &self,
        stack: &mut StackBuilder,
        layer: usize,
        options: &Options,
        model: &CachedModel,
    ) -> Result<()> {
        let (post, W_out, neurons) = self.neurons(layer, options, model)?;
        let shape = self.row_shape(("post", layer), options, 1, model)?;
        let norm = self.output_norm(OutputOf::Mlp, layer, options, model)?;
        for neuron in neurons {
            let activation: ArrayView1<'_, f32> = post.column(neuron);
            let result = &activation.insert_axis(Axis(1)) * &W_out.row(neuron);
            let mut result = result.into_shape_with_order(IxDyn(&shape)).expect("the same rows");
            if let Some(norm) = &norm {
                norm.apply(&mut result);
            }
            stack.push(format!("L{layer}N{neuron}"), result.view())?;
        }
        Ok(())
    }

    /// Activations `[row, d_mlp]` at the wanted positions, `W_out`, and which neurons are wanted.
    fn neurons<'m>(
        &self,
        layer: usize,
        options: &Options,
        model: &'m CachedModel,
    ) -> Result<(Array2<f32>, ndarray::ArrayView2<'m, f32>, Range<usize>)> {
        let wrong = |name, problem| Err(Error::Argument { name, problem });
        let mlp = mlp(model)?;
        let d_mlp = model.cfg.d_mlp();
        let neurons = options.neurons.clone().unwrap_or(0..d_mlp);
        if neurons.start > neurons.end || neurons.end > d_mlp {
            return wrong("neurons", format!("expected a range within 0..{d_mlp}, got {neurons:?}"));
        }
        let post = self.cut(("post", layer), options)?;
        let shape = (post.len() / d_mlp, d_mlp);
        let post = post.as_standard_layout().into_owned().into_shape_with_order(shape).map_err(|_| Error::Shape {
            what: format!("activation `blocks.{layer}.mlp.hook_post`"),
            expected: format!("[.., d_mlp = {d_mlp}]"),
            got: self.get(("post", layer)).map(|post| post.shape().to_vec()).unwrap_or_default(),
        })?;
        Ok((post, mlp.W_out.layer(layer), neurons))
    }
}

/// # Errors
/// The model is attention-only.
fn mlp(model: &CachedModel) -> Result<&StackedMlp> {
    let problem = || "an attention-only model has no neurons".to_string();
    model.weights.mlp.as_ref().ok_or_else(|| Error::Argument { name: "layer", problem: problem() })
}
