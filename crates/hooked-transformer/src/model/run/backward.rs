//! A run that goes backward: what is differentiated, and which gradients are wanted.
//!
//! ```
//! # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
//! use hooked_transformer::Scalar;
//! # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
//! # let tokens = ndarray::array![[0, 3, 7, 3]];
//! // Gradients of the loss by every activation, named and shaped as in a cache.
//! let grads = model.run(&tokens).backward(Scalar::loss()).grads()?;
//! println!("loss {}", grads.value());
//! assert_eq!(grads[("pattern", 0)].shape(), [1, 2, 4, 4]);
//!
//! // By some activations only: nothing below layer 1 is computed.
//! let grads = model.run(&tokens).backward(Scalar::loss()).activations(("z", 1)).grads()?;
//! assert_eq!(grads.activations().len(), 1);
//!
//! // By all weights.
//! let grads = model.run(&tokens).backward(Scalar::loss()).all_weights().grads()?;
//! assert_eq!(grads.weight("W_Q")?.shape(), model.W_Q().shape());
//! # Ok::<(), hooked_transformer::Error>(())
//! ```

use std::collections::{HashMap, HashSet};

use ndarray::Ix2;

use super::builder::Run;
use super::pass::{Completed, is_large};
use super::ready::{Ready, Start};
use crate::backward::{self, Edits, Gradients, Input, Recorded, Request, Resolved, Returning, Scalar, Wanted};
use crate::cache::{Activation, ActivationCache};
use crate::components::embed::Embedding;
use crate::error::{Error, Result};
use crate::hooks::{ActName, BwdHook, Direction, HookPoints, NameFilter, Pass, Plan, Record, Site, Tape};
use crate::text::tokens::Tokens;

/// A run that computes gradients, in preparation; made by [`Run::backward`]. What is not asked for is not computed, and
/// nothing is propagated below the lowest thing that is.
#[must_use = "a backward pass does nothing until its gradients are asked for"]
pub struct Backward<'a> {
    run: Run<'a>,
    of: Scalar<'a>,
    activations: Option<NameFilter<'a>>,
    weights: Option<NameFilter<'a>>,
    hooks: Vec<BwdHook<'a>>,
    edits: Option<Edits>,
}

impl<'a> Run<'a> {
    /// Goes backward from a scalar of the logits: the gradients of activations, unless told otherwise of all that are
    /// [cached by default](crate::HookPoint::cached_by_default). TransformerLens's `run_with_cache(incl_bwd=True)`.
    pub fn backward(self, of: Scalar<'a>) -> Backward<'a> {
        Backward { run: self, of, activations: None, weights: None, hooks: Vec::new(), edits: None }
    }
}

impl<'a> Backward<'a> {
    /// The gradients of these activations.
    pub fn activations(mut self, filter: impl Into<NameFilter<'a>>) -> Self {
        self.activations = Some(filter.into());
        self
    }

    /// The gradients of these weights: by their names in the [state dict](crate::HookedTransformer::state_dict), by a
    /// part of it (`"W_Q"` for those of all layers, `("W_Q", 0)` for one), or by a predicate. Then those of activations
    /// are left out, unless [`activations`](Self::activations) asks for them.
    pub fn weights(mut self, filter: impl Into<NameFilter<'a>>) -> Self {
        self.weights = Some(filter.into());
        self
    }

    /// The gradients of all weights.
    pub fn all_weights(self) -> Self {
        self.weights(|_: &str| true)
    }

    /// Adds a hook on gradients; see [`bwd_hook`](crate::bwd_hook).
    pub fn bwd_hook(mut self, hook: BwdHook<'a>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Adds hooks on gradients; they fire in the order in which they were added.
    pub fn bwd_hooks(mut self, hooks: impl IntoIterator<Item = BwdHook<'a>>) -> Self {
        self.hooks.extend(hooks);
        self
    }

    /// What it means for the gradient upstream that a forward hook edited an activation. Needed where one did, and
    /// gradients upstream of it are wanted.
    pub fn edits(mut self, edits: Edits) -> Self {
        self.edits = Some(edits);
        self
    }

    /// Runs forward and backward.
    ///
    /// # Errors
    /// Those of the [run](Run::logits); a name that the model lacks; a scalar that this input does not have, or that is
    /// not a number; a run that stops early, or continues after cached keys and values; a forward hook that edits an
    /// activation, without [`edits`](Self::edits).
    pub fn grads(self) -> Result<Gradients> {
        Ok(self.execute(false)?.0)
    }

    /// As [`grads`](Self::grads), and the activations, of which the run's
    /// [`names_filter`](Run::names_filter) chooses some.
    ///
    /// # Errors
    /// As [`grads`](Self::grads).
    pub fn grads_and_cache(self) -> Result<(Gradients, ActivationCache)> {
        self.execute(true)
    }

    fn execute(mut self, with_cache: bool) -> Result<(Gradients, ActivationCache)> {
        self.check()?;
        let model = self.run.model;
        let (cfg, weights) = (&*model.cfg, &*model.weights);
        let backward_plan = self.backward_plan()?;
        let of_weights = match &self.weights {
            Some(filter) => backward::select_weights(cfg, weights, filter)?,
            None => HashSet::new(),
        };
        let mut ready = self.run.ready_for_logits()?;
        let wanted = Wanted::new(cfg, &model.points, &backward_plan, of_weights.clone());
        ready.tape = Some(backward::tape(cfg, &model.points, &ready.plan, &wanted));
        if with_cache {
            ready = ready.with_cache()?;
        }
        let scalar = resolve(&self.of, &ready)?;
        let (positions, mask, layers) = (ready.positions.clone(), ready.mask.clone(), ready.layers.clone());
        let start = match &ready.start {
            Start::Tokens(tokens) => Some(tokens.clone()),
            Start::Stream(_) => None,
        };

        let Completed { stream, shortformer_pos, cache, tape } = ready.normalized(Ok)?;
        let mut tape = tape.expect("given to the pass above");
        let recorded = Recorded {
            embedding: Embedding { cfg, weights, positions: &positions },
            tokens: start.map(|tokens| embedded_tokens(&model.points, &mut tape, tokens)),
            layers,
            real: mask.as_ref().map(|mask| mask.view()),
            shortformer_pos: shortformer_pos.as_ref(),
            x: stream,
        };
        let large = is_large(cfg, positions.len());
        let (value, d_weights, mut activations) = backward_plan.carry_out(large, |plan| {
            let mut found = Found::default();
            let (points, record) = (&model.points, found.record());
            let at_points = Pass { points, plan, record, tape: None };
            let request = Request { at_points, wanted, tape, edits: self.edits, spare: &model.spare };
            let (value, d_weights) = model.memory.during(|| recorded.backward(request, &scalar))?;
            Ok((value, d_weights, found.in_forward_order(points)))
        })?;
        activations.model = Some(model.for_cache());
        let d_weights = Returning::new(d_weights, Some(&model.spare).filter(|_| !of_weights.is_empty()));
        Ok((Gradients::new(value, activations, model.cfg.clone(), d_weights, of_weights), cache))
    }
}

impl<'a> Backward<'a> {
    /// # Errors
    /// The run is of a kind that cannot go backward.
    fn check(&self) -> Result<()> {
        let refuse = |name, problem: &str| Err(Error::Argument { name, problem: problem.to_string() });
        if self.run.past.is_some() {
            return refuse(
                "past",
                "a run that continues after cached keys and values has no gradients: they would have to reach the runs \
                 that filled the cache; run the whole text at once",
            );
        }
        if self.run.stop_at_layer.is_some() {
            return refuse(
                "stop_at_layer",
                "gradients come from the logits, which a run that stops early does not have; leave it out, since \
                 nothing is propagated below the lowest gradient that is asked for",
            );
        }
        Ok(())
    }

    /// Lasting and scoped hooks on gradients, and which gradients of activations are stored.
    fn backward_plan(&mut self) -> Result<Plan<'a>> {
        let model = self.run.model;
        let named = [self.activations.as_ref()].into_iter().flatten();
        named.chain(self.hooks.iter().map(|hook| &hook.filter)).try_for_each(refuse_token_ids)?;
        let hooks = std::mem::take(&mut self.hooks).into_iter().map(|hook| (hook.filter, hook.function));
        let mut plan = Plan::new(&model.points, model.lasting.snapshot(Direction::Backward), hooks)?;
        if self.activations.is_some() || self.weights.is_none() {
            plan.cache(&model.points, self.activations.as_ref())?;
        }
        Ok(plan)
    }
}

/// The scalar for this input.
fn resolve<'a>(scalar: &Scalar<'a>, ready: &Ready<'_>) -> Result<Resolved<'a>> {
    scalar.resolve(&Input {
        shape: ready.positions.dim(),
        tokens: ready.tokens.as_ref().map(|tokens| tokens.view()),
        mask: ready.mask.as_ref().map(|mask| mask.view()),
        d_vocab: ready.model.cfg.d_vocab_out(),
    })
}

/// # Errors
/// The filter names the token ids, which are not a differentiable input.
fn refuse_token_ids(filter: &NameFilter<'_>) -> Result<()> {
    let named = |names: &[ActName]| names.iter().any(|name| name.resolve(0) == "hook_tokens");
    match filter {
        NameFilter::Names(names) if named(names) => Err(Error::Argument {
            name: "activations",
            problem: "token ids have no gradient; ask for that of `hook_embed`".to_string(),
        }),
        _ => Ok(()),
    }
}

/// The tokens that were embedded: those of the input, unless a hook changed them.
fn embedded_tokens(points: &HookPoints, tape: &mut Tape, tokens: Tokens) -> Tokens {
    match points.index(Site::Tokens, None).and_then(|point| tape.take(point)) {
        Some(firing) => {
            let ids = firing.after.into_dimensionality::<Ix2>().expect("token ids are [batch, pos]");
            ids.mapv(|id| id as usize)
        }
        None => tokens,
    }
}

/// The gradients of activations, as they come: from the top of the model to the bottom.
#[derive(Default)]
struct Found(HashMap<String, Activation>);

impl Found {
    /// Where a point fires several times, the last one stays, as in the cache of a forward pass.
    fn record(&mut self) -> Record<'_> {
        Box::new(|point, gradient| {
            self.0.insert(point.name().to_string(), gradient);
        })
    }

    fn in_forward_order(mut self, points: &HookPoints) -> ActivationCache {
        let mut cache = ActivationCache::new();
        for point in points.as_slice() {
            if let Some(gradient) = self.0.remove(point.name()) {
                cache.insert(point.name(), gradient);
            }
        }
        cache
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::config::{ActivationFunction, HookedTransformerConfig};
    use crate::model::hooked_transformer::HookedTransformer;
    use ndarray::Array2;

    /// Memory that a pass took and did not give back would be missing in the next one, which would take new memory.
    #[test]
    fn a_pass_gives_back_all_that_it_took() {
        let cfg = HookedTransformerConfig::new(2, 64, 4, 64, 300);
        let cfg = HookedTransformerConfig { act_fn: Some(ActivationFunction::GeluNew), ..cfg };
        let tokens = Array2::from_shape_fn((2, 64), |(row, p)| (row * 64 + p) * 7 % 300);
        let passes: [(&str, fn(Run<'_>)); 3] = [
            ("loss", |run| assert!(run.loss().unwrap() > 0.0)),
            ("gradients of weights", |run| drop(run.backward(Scalar::loss()).all_weights().grads().unwrap())),
            ("gradients of activations", |run| drop(run.backward(Scalar::loss()).grads().unwrap())),
        ];
        for (name, pass) in passes {
            let model = HookedTransformer::from_config(cfg.clone()).unwrap();
            let misses = || {
                pass(model.run(&tokens));
                model.memory.misses()
            };
            // The second pass may still find that something did not fit.
            let (first, second) = (misses(), misses());
            assert!(first > 0, "{name}: memory is kept for none of it");
            assert_eq!([misses(), misses()], [second; 2], "{name}");
        }
    }
}
