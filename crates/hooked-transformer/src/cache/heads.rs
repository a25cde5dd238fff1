//! What each head wrote to the residual stream.
//!
//! ```text
//! result[b, p, h] = z[b, p, h] W_O[h]            attn_out = Σ_h result + b_O
//! ```
//! Results are `n_heads` times as large as the stream, so a run keeps `z`, and they are computed when they are wanted.

use ndarray::ArrayD;

use super::options::methods::StackHeadResults;
use super::options::{Options, StackOptions};
use super::output_norm::OutputOf;
use super::stack::{Stack, StackBuilder};
use super::{Activation, ActivationCache, CachedModel};
use crate::error::Result;
use crate::hooks::get_act_name;
use crate::numerics::linalg;

impl ActivationCache {
    /// Computes `blocks.*.attn.hook_result` from `z`, for every layer that holds `z` and lacks them, and keeps them.
    /// [`stack_head_results`](Self::stack_head_results) does not need this: it computes what it stacks.
    ///
    /// Source: TransformerLens `compute_head_results`.
    ///
    /// # Errors
    /// The cache does not know its model.
    pub fn compute_head_results(&mut self) -> Result<()> {
        let model = self.model("compute_head_results")?.clone();
        for layer in 0..model.cfg.n_layers {
            let name = get_act_name("result", layer, None);
            if !self.contains(&name) && self.contains(("z", layer)) {
                let result = self.head_results(layer, &Options::default(), &model)?;
                // Not `insert`: what is computed from a cut `z` is cut already.
                self.values.insert(name.clone(), result);
                self.names.push(name);
            }
        }
        Ok(())
    }

    /// What each head of all layers before `layer` wrote, without `b_O`: `L0H0`, `L0H1`, …; with `incl_remainder` also
    /// the rest of the stream there. Where attention's output is normalized before it is added (Gemma 2 and 3), it is
    /// what remains of each head behind that norm, with the scale of the run; the classic library stacks what the heads
    /// had before it, which does not sum to the stream.
    ///
    /// Options: `layer`, `incl_remainder`, `apply_ln`, `pos_slice`, `batch_slice`. Source: TransformerLens `stack_head_results`.
    ///
    /// # Shapes
    /// - output: `[component, batch, pos, d_model]`, layer by layer
    ///
    /// # Errors
    /// The cache lacks a part, or does not know its model; an option is unknown or out of range.
    pub fn stack_head_results(&self, options: StackOptions<StackHeadResults>) -> Result<Stack> {
        let method = "stack_head_results";
        let options = options.options();
        let (model, layer) = self.model_and_layer(method, &options)?;
        let like = if self.contains(("result", 0)) { ("result", 0) } else { ("z", 0) };
        let mut stack = StackBuilder::new(&self.row_shape(like, &options, 2, model)?);
        self.push_heads(&mut stack, layer, &options, model)?;
        if options.incl_remainder {
            stack.push_remainder(self.stream_before(layer, &options)?.view())?;
        }
        let stack = stack.finish(&options);
        if options.apply_ln { self.normalize(stack, &options, false) } else { Ok(stack) }
    }

    /// The heads of the first `n_layers` layers.
    pub(super) fn push_heads(
        &self,
        stack: &mut StackBuilder,
        n_layers: usize,
        options: &Options,
        model: &CachedModel,
    ) -> Result<()> {
        for layer in 0..n_layers {
            let mut results = self.head_results(layer, options, model)?;
            if let Some(norm) = self.output_norm(OutputOf::Attn, layer, options, model)? {
                let mut written = results.as_standard_layout().into_owned();
                norm.apply(&mut written);
                results = written.into_shared();
            }
            ActivationCache::push_items(stack, results.view(), |head| format!("L{layer}H{head}"))?;
        }
        Ok(())
    }

    /// The results of one layer at the wanted positions, from the cache or from `z`.
    ///
    /// # Shapes
    /// - output: `[batch, pos, head, d_model]`, or without batch
    fn head_results(&self, layer: usize, options: &Options, model: &CachedModel) -> Result<Activation> {
        if self.contains(("result", layer)) {
            return self.cut(("result", layer), options);
        }
        let z = self.cut(("z", layer), options)?;
        let W_O = model.weights.W_O.layer(layer);
        let (n_heads, d_head, d_model) = W_O.dim();
        let rows = z.len() / (n_heads * d_head);
        let mut shape = z.shape().to_vec();
        let z = z.as_standard_layout();
        let z = z.view().into_shape_with_order((rows, n_heads, d_head)).map_err(|_| self.misshapen(layer, &shape))?;
        let result = linalg::matmul_each_head(z, W_O).into_dyn();
        shape.pop();
        shape.push(d_model);
        let result: ArrayD<f32> = result.into_shape_with_order(shape).expect("the same rows and heads");
        Ok(result.into_shared())
    }

    fn misshapen(&self, layer: usize, shape: &[usize]) -> crate::error::Error {
        crate::error::Error::Shape {
            what: format!("activation `{}`", get_act_name("z", layer, None)),
            expected: "[.., head, d_head] of the cache's model".to_string(),
            got: shape.to_vec(),
        }
    }
}
