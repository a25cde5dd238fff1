//! What is asked of the methods that decompose the residual stream: which layer, which positions, which parts.

use std::marker::PhantomData;
use std::ops::Range;

use super::slice::{Cuts, PosSlice};

/// Which parts of the layers [`decompose_resid`](super::ActivationCache::decompose_resid) returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StackMode {
    /// Attention and MLPs.
    #[default]
    All,
    /// Attention only.
    Attn,
    /// MLPs only.
    Mlp,
}

/// What is asked of a method that stacks components. Each method takes the options that it knows, and a program that sets
/// another does not compile.
///
/// ```
/// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, StackOptions};
/// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
/// # let cache = model.run(&ndarray::array![[0, 3, 7]]).cache()?;
/// let parts = cache.decompose_resid(StackOptions::new().layer(1).pos_slice(-1))?;
/// # Ok::<(), hooked_transformer::Error>(())
/// ```
/// `incl_mid` is about the accumulated stream, and means nothing for the parts of one:
/// ```compile_fail,E0277
/// # use hooked_transformer::{ActivationCache, StackOptions};
/// # let cache = ActivationCache::new();
/// let parts = cache.decompose_resid(StackOptions::new().incl_mid(true));
/// ```
/// `For` is the method that the options are for, which follows from the call.
#[derive(Clone, Debug)]
pub struct StackOptions<For> {
    options: Options,
    of: PhantomData<For>,
}

/// The options of all methods.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub layer: Option<usize>,
    pub mlp_input: bool,
    pub mode: StackMode,
    pub apply_ln: bool,
    pub pos_slice: Option<PosSlice>,
    pub batch_slice: Option<PosSlice>,
    pub incl_embeds: bool,
    pub incl_mid: bool,
    pub incl_remainder: bool,
    pub expand_neurons: bool,
    pub neurons: Option<Range<usize>>,
    pub recompute_ln: bool,
}

impl Options {
    /// What activations are cut to.
    pub fn cuts(&self) -> Cuts {
        Cuts { pos_slice: self.pos_slice.clone(), batch_slice: self.batch_slice.clone() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            layer: None,
            mlp_input: false,
            mode: StackMode::All,
            apply_ln: false,
            pos_slice: None,
            batch_slice: None,
            incl_embeds: true,
            incl_mid: false,
            incl_remainder: false,
            expand_neurons: true,
            neurons: None,
            recompute_ln: false,
        }
    }
}

impl<For> Default for StackOptions<For> {
    fn default() -> Self {
        StackOptions::new()
    }
}

impl<For> StackOptions<For> {
    /// The whole stream at the end of the model, at all positions, as it is.
    pub fn new() -> Self {
        StackOptions { options: Options::default(), of: PhantomData }
    }

    /// The options, once the compiler has seen that the method knows them.
    pub(super) fn options(self) -> Options {
        self.options
    }
}

/// Setting options. Each is there for the methods that know it.
impl<For> StackOptions<For> {
    /// What enters this layer, instead of what enters the unembedding (which is layer `n_layers`).
    pub fn layer(mut self, layer: usize) -> Self
    where
        For: knows::Layer,
    {
        self.options.layer = Some(layer);
        self
    }

    /// What enters the MLP of the layer, instead of its attention.
    pub fn mlp_input(mut self, yes: bool) -> Self
    where
        For: knows::MlpInput,
    {
        self.options.mlp_input = yes;
        self
    }

    /// Only attention, or only MLPs.
    pub fn mode(mut self, mode: StackMode) -> Self
    where
        For: knows::Mode,
    {
        self.options.mode = mode;
        self
    }

    /// Whether the components go through the norm that the layer reads the stream through; see
    /// [`apply_ln_to_stack`](super::ActivationCache::apply_ln_to_stack).
    pub fn apply_ln(mut self, yes: bool) -> Self
    where
        For: knows::ApplyLn,
    {
        self.options.apply_ln = yes;
        self
    }

    /// Only these positions. A single one keeps its axis, with length 1.
    pub fn pos_slice(mut self, pos_slice: impl Into<PosSlice>) -> Self
    where
        For: knows::PosSlice,
    {
        self.options.pos_slice = Some(pos_slice.into());
        self
    }

    /// Only these rows of the batch. A single one keeps its axis, with length 1.
    pub fn batch_slice(mut self, rows: impl Into<PosSlice>) -> Self
    where
        For: knows::BatchSlice,
    {
        self.options.batch_slice = Some(rows.into());
        self
    }

    /// Whether the embeddings are among the components (they are unless told otherwise).
    pub fn incl_embeds(mut self, yes: bool) -> Self
    where
        For: knows::InclEmbeds,
    {
        self.options.incl_embeds = yes;
        self
    }

    /// Whether the stream between attention and MLP is returned, too.
    pub fn incl_mid(mut self, yes: bool) -> Self
    where
        For: knows::InclMid,
    {
        self.options.incl_mid = yes;
        self
    }

    /// Whether one more component, `remainder`, holds what the others leave of the stream.
    pub fn incl_remainder(mut self, yes: bool) -> Self
    where
        For: knows::InclRemainder,
    {
        self.options.incl_remainder = yes;
        self
    }

    /// Whether MLPs are taken apart into neurons (they are unless told otherwise).
    pub fn expand_neurons(mut self, yes: bool) -> Self
    where
        For: knows::ExpandNeurons,
    {
        self.options.expand_neurons = yes;
        self
    }

    /// Only these neurons of each layer.
    pub fn neurons(mut self, range: Range<usize>) -> Self
    where
        For: knows::Neurons,
    {
        self.options.neurons = Some(range);
        self
    }

    /// Whether each component is normalized by its own mean and scale, gain and bias included, instead of the stream's.
    pub fn recompute_ln(mut self, yes: bool) -> Self
    where
        For: knows::RecomputeLn,
    {
        self.options.recompute_ln = yes;
        self
    }
}

/// The methods that take options, as types.
pub mod methods {
    /// [`accumulated_resid`](crate::ActivationCache::accumulated_resid).
    #[derive(Clone, Copy, Debug)]
    pub enum AccumulatedResid {}
    /// [`decompose_resid`](crate::ActivationCache::decompose_resid).
    #[derive(Clone, Copy, Debug)]
    pub enum DecomposeResid {}
    /// [`get_full_resid_decomposition`](crate::ActivationCache::get_full_resid_decomposition).
    #[derive(Clone, Copy, Debug)]
    pub enum FullResidDecomposition {}
    /// [`stack_activation`](crate::ActivationCache::stack_activation).
    #[derive(Clone, Copy, Debug)]
    pub enum StackActivation {}
    /// [`stack_head_results`](crate::ActivationCache::stack_head_results).
    #[derive(Clone, Copy, Debug)]
    pub enum StackHeadResults {}
    /// [`get_neuron_results`](crate::ActivationCache::get_neuron_results).
    #[derive(Clone, Copy, Debug)]
    pub enum NeuronResults {}
    /// [`stack_neuron_results`](crate::ActivationCache::stack_neuron_results).
    #[derive(Clone, Copy, Debug)]
    pub enum StackNeuronResults {}
    /// [`apply_ln_to_stack`](crate::ActivationCache::apply_ln_to_stack).
    #[derive(Clone, Copy, Debug)]
    pub enum ApplyLnToStack {}
}

/// Which methods know which option.
pub mod knows {
    use super::methods::*;

    macro_rules! knows {
        ($($option:ident $name:literal: $($method:ident)*;)*) => {$(
            #[doc = concat!("The methods that know the option `", $name, "`.")]
            #[diagnostic::on_unimplemented(
                message = "`{Self}` does not know this option",
                label = "remove the option, or call a method that knows it"
            )]
            pub trait $option {}
            $(impl $option for $method {})*
        )*};
    }

    knows! {
        Layer "layer": AccumulatedResid DecomposeResid FullResidDecomposition StackActivation StackHeadResults StackNeuronResults ApplyLnToStack;
        MlpInput "mlp_input": AccumulatedResid DecomposeResid FullResidDecomposition ApplyLnToStack;
        Mode "mode": DecomposeResid;
        ApplyLn "apply_ln": AccumulatedResid DecomposeResid FullResidDecomposition StackHeadResults StackNeuronResults;
        PosSlice "pos_slice": AccumulatedResid DecomposeResid FullResidDecomposition StackHeadResults NeuronResults StackNeuronResults;
        BatchSlice "batch_slice": AccumulatedResid DecomposeResid FullResidDecomposition StackHeadResults NeuronResults StackNeuronResults;
        InclEmbeds "incl_embeds": DecomposeResid;
        InclMid "incl_mid": AccumulatedResid;
        InclRemainder "incl_remainder": StackHeadResults StackNeuronResults;
        ExpandNeurons "expand_neurons": FullResidDecomposition;
        Neurons "neurons": NeuronResults StackNeuronResults;
        RecomputeLn "recompute_ln": ApplyLnToStack;
    }
}
