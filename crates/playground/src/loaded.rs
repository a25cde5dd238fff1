//! A model with what is kept beside it: the last texts that ran, and the heads' means over a sample.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use hooked_transformer::{ActivationCache, Error, HookedTransformer, Result, log_softmax};
use ndarray::{Array2, Array3, ArrayView4, Axis, Ix4, s};

/// The most characters of a text that are looked at; the rest is cut off before it is tokenized.
pub(crate) const MAX_CHARACTERS: usize = 20_000;

/// Runs that are kept.
const KEPT: usize = 4;

/// Ordinary text of the kind that the embedded models have read, for the means: the beginning of "The Golden Bird" by the
/// brothers Grimm, in the translation of 1823.
pub(crate) const SAMPLE: &str = include_str!("sample.txt").trim_ascii();

/// A model, ready for requests.
pub(crate) struct Loaded {
    pub(crate) model: HookedTransformer,
    runs: RefCell<Vec<Rc<TextRun>>>,
    sample: OnceCell<Array3<f32>>,
}

/// One text as the model sees it, without edits.
pub(crate) struct TextRun {
    text: String,
    pub(crate) ids: Vec<usize>,
    pub(crate) tokens: Vec<String>,
    /// How many tokens were cut off at the end.
    pub(crate) cut: usize,
    /// `[pos, d_vocab]`
    pub(crate) log_probs: Array2<f32>,
    /// The heads' patterns and outputs, with a batch axis of one.
    pub(crate) cache: ActivationCache,
}

impl Loaded {
    pub(crate) fn new(model: HookedTransformer) -> Self {
        Loaded { model, runs: RefCell::default(), sample: OnceCell::new() }
    }

    /// A text, tokenized and run; the last ones are kept.
    ///
    /// # Errors
    /// The model has no tokenizer, or a number is not one.
    pub(crate) fn run(&self, text: &str) -> Result<Rc<TextRun>> {
        if let Some(kept) = self.runs.borrow().iter().find(|run| run.text == text) {
            return Ok(Rc::clone(kept));
        }
        let run = Rc::new(TextRun::new(&self.model, text)?);
        let mut runs = self.runs.borrow_mut();
        runs.insert(0, Rc::clone(&run));
        runs.truncate(KEPT);
        Ok(run)
    }

    /// Each head's mean output over the sample, its first position left out: `[layer, head, d_head]`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) fn sample_means(&self) -> Result<&Array3<f32>> {
        if self.sample.get().is_none() {
            let run = TextRun::new(&self.model, SAMPLE)?;
            let cfg = self.model.cfg();
            let mut means = Array3::zeros((cfg.n_layers, cfg.n_heads, cfg.d_head));
            for (layer, mut mean) in means.outer_iter_mut().enumerate() {
                let z = run.z(layer)?;
                let first = z.dim().1.min(2) - 1;
                mean.assign(&z.slice(s![0, first.., .., ..]).mean_axis(Axis(0)).expect("the sample has tokens"));
            }
            let _ = self.sample.set(means);
        }
        Ok(self.sample.get().expect("just set"))
    }
}

impl TextRun {
    fn new(model: &HookedTransformer, text: &str) -> Result<Self> {
        let (ids, cut) = tokenize(model, text)?;
        let tokens = model.to_str_tokens(ids.as_slice(), None)?;
        let kept = |name: &str| name.ends_with("hook_pattern") || name.ends_with("hook_z");
        let (logits, cache) = model.run(ids.as_slice()).names_filter(kept).logits_and_cache()?;
        let log_probs = log_softmax(logits.view()).index_axis_move(Axis(0), 0);
        Ok(TextRun { text: text.to_string(), ids, tokens, cut, log_probs, cache })
    }

    /// `[1, head, query_pos, key_pos]`
    ///
    /// # Errors
    /// There is no such layer.
    pub(crate) fn pattern(&self, layer: usize) -> Result<ArrayView4<'_, f32>> {
        self.cache.try_view::<Ix4>(("pattern", layer))
    }

    /// `[1, pos, head, d_head]`
    ///
    /// # Errors
    /// There is no such layer.
    pub(crate) fn z(&self, layer: usize) -> Result<ArrayView4<'_, f32>> {
        self.cache.try_view::<Ix4>(("z", layer))
    }
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
