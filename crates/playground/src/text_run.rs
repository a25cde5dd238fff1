//! One text as the model sees it, without edits. A run takes over what a text that begins alike has computed: for a key that is
//! pressed at the end of a text, the model runs on the last few tokens only.

use hooked_transformer::{
    ActivationCache, AttentionDir, Error, HookedTransformer, KeyValueCache, Result, StackOptions, log_softmax,
};
use ndarray::{Array, Array2, Array3, Array4, ArrayView3, ArrayView4, Axis, Dimension, concatenate, s};

/// The most characters of a text that are looked at; the rest is cut off before it is tokenized.
pub(crate) const MAX_CHARACTERS: usize = 20_000;

/// A text's tokens and predictions, and the activations that edits and pictures need.
pub(crate) struct TextRun {
    pub(crate) text: String,
    pub(crate) ids: Vec<usize>,
    pub(crate) tokens: Vec<String>,
    /// How many tokens were cut off at the end.
    pub(crate) cut: usize,
    /// `[pos, d_vocab]`
    pub(crate) log_probs: Array2<f32>,
    /// `[layer, head, query_pos, key_pos]`
    pub(crate) patterns: Array4<f32>,
    /// `[layer, pos, head, d_head]`
    z: Array4<f32>,
    /// `[layer, pos, d_model]`
    resid_pre: Array3<f32>,
    past: KeyValueCache,
}

impl TextRun {
    /// Runs a text; `kept` are runs that it may begin like.
    ///
    /// # Errors
    /// The model has no tokenizer, or the text no token.
    pub(crate) fn new<'r>(
        model: &HookedTransformer,
        text: &str,
        kept: impl IntoIterator<Item = &'r TextRun>,
    ) -> Result<Self> {
        let (ids, cut) = tokenize(model, text)?;
        let tokens = model.to_str_tokens(ids.as_slice(), None)?;
        // One token runs in any case: a run of none has no logits.
        let shared = |kept: &TextRun| ids.iter().zip(&kept.ids).take_while(|(a, b)| a == b).count().min(ids.len() - 1);
        let reusable = kept.into_iter().filter(|_| model.cfg().attention_dir == AttentionDir::Causal);
        let kept = reusable.map(|kept| (shared(kept), kept)).max_by_key(|&(shared, _)| shared);
        let (shared, kept) = kept.map_or((0, None), |(shared, kept)| (shared, Some(kept)));
        let mut past = kept.map_or_else(|| KeyValueCache::new(model.cfg(), 1), |kept| kept.past.clone());
        past.truncate(shared);
        let names = |name: &str| ["hook_pattern", "hook_z", "hook_resid_pre"].iter().any(|end| name.ends_with(end));
        let (logits, cache) = model.run(&ids[shared..]).past(&mut past).names_filter(names).logits_and_cache()?;
        let new = TextRun {
            text: text.to_string(),
            log_probs: log_softmax(logits.view()).index_axis_move(Axis(0), 0),
            patterns: of_all_layers(&cache, "pattern")?,
            z: of_all_layers(&cache, "z")?,
            resid_pre: of_all_layers(&cache, "resid_pre")?,
            ids,
            tokens,
            cut,
            past,
        };
        Ok(match kept {
            Some(kept) => new.after(kept, shared),
            None => new,
        })
    }

    /// The run of a whole text, given that of its last tokens, and another text's whose first `shared` tokens are the same.
    fn after(self, kept: &TextRun, shared: usize) -> TextRun {
        let join = "equal but for the number of positions";
        let (n_layers, n_heads, _, n) = self.patterns.dim();
        // What comes later is not looked at.
        let mut patterns = Array4::zeros((n_layers, n_heads, n, n));
        patterns.slice_mut(s![.., .., ..shared, ..shared]).assign(&kept.patterns.slice(s![.., .., ..shared, ..shared]));
        patterns.slice_mut(s![.., .., shared.., ..]).assign(&self.patterns);
        TextRun {
            log_probs: concatenate(Axis(0), &[kept.log_probs.slice(s![..shared, ..]), self.log_probs.view()])
                .expect(join),
            z: concatenate(Axis(1), &[kept.z.slice(s![.., ..shared, .., ..]), self.z.view()]).expect(join),
            resid_pre: concatenate(Axis(1), &[kept.resid_pre.slice(s![.., ..shared, ..]), self.resid_pre.view()])
                .expect(join),
            patterns,
            ..self
        }
    }

    /// `[1, head, query_pos, key_pos]`
    ///
    /// # Panics
    /// There is no such layer.
    pub(crate) fn pattern(&self, layer: usize) -> ArrayView4<'_, f32> {
        self.patterns.slice(s![layer..=layer, .., .., ..])
    }

    /// `[1, pos, head, d_head]`
    ///
    /// # Panics
    /// There is no such layer.
    pub(crate) fn z(&self, layer: usize) -> ArrayView4<'_, f32> {
        self.z.slice(s![layer..=layer, .., .., ..])
    }

    /// `[1, pos, d_model]`: what the block of this layer reads.
    ///
    /// # Panics
    /// There is no such layer.
    pub(crate) fn resid_pre(&self, layer: usize) -> ArrayView3<'_, f32> {
        self.resid_pre.slice(s![layer..=layer, .., ..])
    }
}

/// An activation of every layer of one text: `[layer, …]`, without the batch axis of the run.
///
/// # Errors
/// It is not in the cache.
pub(crate) fn of_all_layers<D: Dimension>(cache: &ActivationCache, name: &str) -> Result<Array<f32, D>> {
    let stack = cache.stack_activation(name, None, StackOptions::new())?;
    let array = stack.values.index_axis_move(Axis(1), 0);
    Ok(array.into_dimensionality().expect("the axes that this activation has"))
}

/// The tokens of a text as far as the model's positions go, and how many are left over.
///
/// # Errors
/// The model has no tokenizer, or the text no token.
pub(crate) fn tokenize(model: &HookedTransformer, text: &str) -> Result<(Vec<usize>, usize)> {
    let end = text.char_indices().nth(MAX_CHARACTERS).map_or(text.len(), |(at, _)| at);
    let mut ids = model.to_tokens(&text[..end], None)?.row(0).to_vec();
    let cut = ids.len().saturating_sub(model.cfg().n_ctx);
    ids.truncate(model.cfg().n_ctx);
    if ids.is_empty() { Err(Error::EmptyInput { shape: vec![1, 0] }) } else { Ok((ids, cut)) }
}
