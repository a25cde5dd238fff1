//! What can be asked of a run before it begins.

use ndarray::Array2;

use crate::cache::PosSlice;
use crate::components::keys_values::KeyValueCache;
use crate::hooks::{FwdHook, NameFilter};
use crate::model::hooked_transformer::HookedTransformer;
use crate::text::input::Input;
use crate::text::tokens::{PaddingSide, Tokens};

/// A run in preparation. Methods that configure it return it; those that finish it ([`logits`](Run::logits),
/// [`loss`](Run::loss), [`cache`](Run::cache), …) run the model. What is not asked for is not computed.
#[must_use = "a run does nothing until one of its results is asked for"]
pub struct Run<'a> {
    pub(super) model: &'a HookedTransformer,
    pub(super) input: Input,
    pub(super) prepend_bos: Option<bool>,
    pub(super) padding_side: PaddingSide,
    pub(super) mask: Option<Array2<bool>>,
    pub(super) target_tokens: Option<Tokens>,
    pub(super) hooks: Vec<FwdHook<'a>>,
    pub(super) names_filter: Option<NameFilter<'a>>,
    pub(super) also: Vec<NameFilter<'a>>,
    pub(super) pos_slice: Option<PosSlice>,
    pub(super) start_at_layer: Option<isize>,
    pub(super) stop_at_layer: Option<isize>,
    pub(super) past: Option<&'a mut KeyValueCache>,
}

/// A layer, counted from the start, or from the end where it is negative. Every integer that people count with converts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerIndex(isize);

macro_rules! layer_from {
    ($($int:ty),*) => {$(
        impl From<$int> for LayerIndex {
            fn from(layer: $int) -> Self {
                LayerIndex(isize::try_from(layer).unwrap_or(isize::MAX))
            }
        }
    )*};
}
layer_from!(usize, isize, i32);

/// Configuring a run.
impl<'a> Run<'a> {
    pub(crate) fn new(model: &'a HookedTransformer, input: Input) -> Self {
        Run {
            model,
            input,
            prepend_bos: None,
            padding_side: PaddingSide::default(),
            mask: None,
            target_tokens: None,
            hooks: Vec::new(),
            names_filter: None,
            also: Vec::new(),
            pos_slice: None,
            start_at_layer: None,
            stop_at_layer: None,
            past: None,
        }
    }

    /// Whether text gets a beginning-of-sequence token, instead of the default: the model's, and none for text that
    /// continues a [`past`](Self::past). Tokens are never touched.
    pub fn prepend_bos(mut self, prepend_bos: bool) -> Self {
        self.prepend_bos = Some(prepend_bos);
        self
    }

    /// Where shorter texts of a batch are filled up.
    pub fn padding_side(mut self, side: PaddingSide) -> Self {
        self.padding_side = side;
        self
    }

    /// Which tokens are real, `[batch, pos]`: the others are not attended to, take up no position, and do not count in
    /// the loss. Several texts bring their own.
    pub fn attention_mask(mut self, mask: Array2<bool>) -> Self {
        self.mask = Some(mask);
        self
    }

    /// Adds a hook for this run.
    pub fn hook(mut self, hook: FwdHook<'a>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Adds hooks for this run; they fire in the order in which they were added.
    pub fn hooks(mut self, hooks: impl IntoIterator<Item = FwdHook<'a>>) -> Self {
        self.hooks.extend(hooks);
        self
    }

    /// Which activations a cache of this run holds. Without a filter: all that are
    /// [cached by default](crate::HookPoint::cached_by_default).
    pub fn names_filter(mut self, filter: impl Into<NameFilter<'a>>) -> Self {
        self.names_filter = Some(filter.into());
        self
    }

    /// Also caches these, in addition to what the cache would hold: `run.also_cache(("result", 1))` holds all that is
    /// [cached by default](crate::HookPoint::cached_by_default), and one layer's results.
    pub fn also_cache(mut self, filter: impl Into<NameFilter<'a>>) -> Self {
        self.also.push(filter.into());
        self
    }

    /// Which positions a cache of this run holds.
    pub fn pos_slice(mut self, slice: impl Into<PosSlice>) -> Self {
        self.pos_slice = Some(slice.into());
        self
    }

    /// Begins at a layer, with the input as its `resid_pre`; negative layers count from the end.
    pub fn start_at_layer(mut self, layer: impl Into<LayerIndex>) -> Self {
        self.start_at_layer = Some(layer.into().0);
        self
    }

    /// Ends before a layer: 0 leaves the embedding only, -1 all but the last block. The result is
    /// [`resid`](Self::resid).
    pub fn stop_at_layer(mut self, layer: impl Into<LayerIndex>) -> Self {
        self.stop_at_layer = Some(layer.into().0);
        self
    }

    /// The tokens that the loss is about, for a run that starts from a residual stream.
    pub fn tokens(mut self, tokens: Tokens) -> Self {
        self.target_tokens = Some(tokens);
        self
    }

    /// Continues after the tokens whose keys and values are held, and adds those of this run once it has completed. A
    /// run that fails, or whose hook panics, leaves the cache as it was; so does one that does not go through every
    /// block, since it [stops early](Self::stop_at_layer) or [starts late](Self::start_at_layer), and any run while the
    /// cache is [frozen](KeyValueCache::freeze).
    ///
    /// Text after a past is the middle of a text, so it gets no beginning-of-sequence token unless
    /// [`prepend_bos`](Self::prepend_bos) asks for one. (The classic library puts one there, and warns of it.)
    ///
    /// ```
    /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig, KeyValueCache};
    /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
    /// let mut past = KeyValueCache::new(model.cfg(), 1);
    /// model.run(&[0usize, 3, 7][..]).past(&mut past).nothing()?;
    /// let logits = model.run(&[3usize][..]).past(&mut past).logits()?;
    /// assert_eq!((logits.dim(), past.len()), ((1, 1, 50), 4));
    /// # Ok::<(), hooked_transformer::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the run begins: the cache has other sizes than the model, was filled by another, or has another number of
    /// rows than the input; or the model is bidirectional, so that what came before would change.
    pub fn past(mut self, past: &'a mut KeyValueCache) -> Self {
        self.past = Some(past);
        self
    }
}
