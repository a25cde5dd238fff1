//! The model: configuration, weights, tokenizer, hook points.

use std::sync::{Arc, Mutex};

use ndarray::{ArrayViewD, ArrayViewMutD};

use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::init::random_weights;
use crate::architecture::weights::Weights;
use crate::architecture::{layout, xielu};
use crate::backward::Spare;
use crate::cache::CachedModel;
use crate::error::{Error, Result};
use crate::hooks::{Direction, HookHandle, HookPoint, HookPoints, LastingHooks, NameFilter, select};
use crate::numerics::memory::Pool;
use crate::text::tokens::Tokenizer;

/// A transformer with a hook point at every activation.
///
/// Cloning is cheap: weights are shared until one of the clones changes them. Lasting hooks stay with the original.
pub struct HookedTransformer {
    pub(crate) cfg: Arc<HookedTransformerConfig>,
    pub(crate) weights: Arc<Weights>,
    pub(crate) points: Arc<HookPoints>,
    pub(crate) lasting: LastingHooks,
    pub(super) tokenizer: Option<Arc<Tokenizer>>,
    /// Memory for the next gradients of weights.
    pub(super) spare: Arc<Spare>,
    /// Memory for the activations of the next pass.
    pub(super) memory: Arc<Pool>,
}

impl Clone for HookedTransformer {
    fn clone(&self) -> Self {
        HookedTransformer {
            cfg: Arc::clone(&self.cfg),
            weights: Arc::clone(&self.weights),
            points: Arc::clone(&self.points),
            lasting: LastingHooks::default(),
            tokenizer: self.tokenizer.clone(),
            spare: Arc::default(),
            memory: Arc::default(),
        }
    }
}

impl std::fmt::Debug for HookedTransformer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} layers, {} heads, d_model {}, d_head {}, d_mlp {}, n_ctx {}, vocabulary {}, {} parameters",
            self.cfg.model_name,
            self.cfg.n_layers,
            self.cfg.n_heads,
            self.cfg.d_model,
            self.cfg.d_head,
            self.cfg.d_mlp(),
            self.cfg.n_ctx,
            self.cfg.d_vocab,
            self.n_params_total()
        )
    }
}

/// Making, loading and saving.
impl HookedTransformer {
    /// A model with random weights, drawn as `init_mode`, `initializer_range` and `seed` say.
    ///
    /// # Errors
    /// The configuration contradicts itself.
    pub fn from_config(mut cfg: HookedTransformerConfig) -> Result<Self> {
        cfg.fill_in();
        cfg.validate()?;
        let weights = random_weights(&cfg)?;
        Ok(HookedTransformer::from_weights(cfg, weights))
    }

    /// A model whose parameters are given one by one, by name; `tensor` returns each in the shape it is asked for.
    /// Names and shapes are those of TransformerLens's state dict; a bias may be absent (`None`), which means zero. A
    /// tied model may have an `unembed.W_U` of its own, as the classic library writes it; where it is not the embedding,
    /// the model is not tied.
    ///
    /// # Errors
    /// The configuration contradicts itself; a tensor is missing or has another shape.
    pub fn from_state_dict<'t>(
        mut cfg: HookedTransformerConfig,
        mut tensor: impl FnMut(&str) -> Option<ArrayViewD<'t, f32>>,
    ) -> Result<Self> {
        cfg.fill_in();
        cfg.validate()?;
        let source = || "the given state dict".to_string();
        let tied = cfg.tie_word_embeddings;
        cfg.tie_word_embeddings &= tensor(layout::UNEMBEDDING).is_none();
        xielu::refuse_other_constants(&cfg, |name| Ok(tensor(name).and_then(|constant| constant.first().copied())))?;
        let mut find = |name: &str| tensor(name).or_else(|| tensor(&layout::grouped_name(name)?));
        let mut weights = layout::assemble(&cfg, |parameter, out| match find(parameter.name) {
            Some(values) if values.shape() == parameter.shape => {
                out.iter_mut().zip(values.iter()).for_each(|(out, value)| *out = *value);
                Ok(())
            }
            Some(values) => Err(Error::TensorShape {
                source: source(),
                name: parameter.name.to_string(),
                expected: parameter.shape.to_vec(),
                got: values.shape().to_vec(),
            }),
            None if parameter.role == layout::Role::Bias => Ok(()),
            None => Err(Error::MissingTensor { source: source(), name: parameter.name.to_string(), nearest: vec![] }),
        })?;
        cfg.tie_word_embeddings = tied && (cfg.tie_word_embeddings || weights.tie());
        Ok(HookedTransformer::from_weights(cfg, weights))
    }

    pub(crate) fn from_weights(cfg: HookedTransformerConfig, weights: Weights) -> Self {
        HookedTransformer {
            points: Arc::new(HookPoints::new(&cfg)),
            cfg: Arc::new(cfg),
            weights: Arc::new(weights),
            lasting: LastingHooks::default(),
            tokenizer: None,
            spare: Arc::default(),
            memory: Arc::default(),
        }
    }

    /// What a cache keeps of the model: shared, not copied.
    pub(crate) fn for_cache(&self) -> CachedModel {
        CachedModel {
            cfg: self.cfg.clone(),
            weights: self.weights.clone(),
            tokenizer: self.tokenizer.clone(),
            memory: Arc::downgrade(&self.memory),
        }
    }

    /// Every parameter by its TransformerLens name. A tied unembedding is left out.
    pub fn state_dict(&self) -> Vec<(String, ArrayViewD<'_, f32>)> {
        layout::state_dict(&self.cfg, &self.weights)
    }

    /// The configuration.
    pub fn cfg(&self) -> &HookedTransformerConfig {
        &self.cfg
    }

    /// Number of parameters, embeddings and biases included, tied ones counted once.
    pub fn n_params_total(&self) -> usize {
        self.weights.count(&self.cfg)
    }
}

/// Hook points and lasting hooks.
impl HookedTransformer {
    /// Every hook point, in firing order, with its name and shape.
    pub fn hook_points(&self) -> &[HookPoint] {
        self.points.as_slice()
    }

    /// Adds a hook that stays until it is removed. Lasting hooks fire before those of a run.
    ///
    /// # Errors
    /// It names a point that the model lacks, or its predicate selects none.
    pub fn add_hook<'f>(
        &self,
        at: impl Into<NameFilter<'f>>,
        function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send + 'static,
    ) -> Result<HookHandle> {
        self.insert_hook(at.into(), function, Direction::Forward, false)
    }

    /// As [`add_hook`](Self::add_hook), before all hooks that are there already.
    ///
    /// # Errors
    /// As [`add_hook`](Self::add_hook).
    pub fn prepend_hook<'f>(
        &self,
        at: impl Into<NameFilter<'f>>,
        function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send + 'static,
    ) -> Result<HookHandle> {
        self.insert_hook(at.into(), function, Direction::Forward, true)
    }

    /// Adds a hook on gradients that stays until it is removed. It fires in every backward pass, before the hooks of the
    /// run.
    ///
    /// # Errors
    /// As [`add_hook`](Self::add_hook).
    pub fn add_bwd_hook<'f>(
        &self,
        at: impl Into<NameFilter<'f>>,
        function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send + 'static,
    ) -> Result<HookHandle> {
        self.insert_hook(at.into(), function, Direction::Backward, false)
    }

    fn insert_hook(
        &self,
        at: NameFilter<'_>,
        function: impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send + 'static,
        direction: Direction,
        prepend: bool,
    ) -> Result<HookHandle> {
        let points = select(&self.points, &at)?;
        Ok(self.lasting.add(direction, points, Arc::new(Mutex::new(function)), prepend))
    }

    /// Takes a lasting hook off; false if it was off already.
    pub fn remove_hook(&self, handle: HookHandle) -> bool {
        self.lasting.remove(handle)
    }

    /// Takes all lasting hooks off, those on gradients as well.
    pub fn reset_hooks(&self) {
        self.lasting.clear();
    }

    /// The lasting hooks in firing order, with the names of the points where each fires.
    pub fn list_hooks(&self) -> Vec<(HookHandle, Vec<&str>)> {
        self.list(Direction::Forward)
    }

    /// The lasting hooks on gradients, with the names of the points where each fires.
    pub fn list_bwd_hooks(&self) -> Vec<(HookHandle, Vec<&str>)> {
        self.list(Direction::Backward)
    }

    fn list(&self, direction: Direction) -> Vec<(HookHandle, Vec<&str>)> {
        let name = |point: usize| self.points.as_slice()[point].name();
        let named = |(handle, at): (HookHandle, Vec<usize>)| (handle, at.into_iter().map(name).collect());
        self.lasting.list(direction).into_iter().map(named).collect()
    }
}
