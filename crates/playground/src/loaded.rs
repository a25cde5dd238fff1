//! A model with what is kept beside it: the last texts that ran, and the heads' means over a sample.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use hooked_transformer::{HookedTransformer, Result};
use ndarray::{Array3, Axis, s};

use crate::text_run::TextRun;

/// Runs that are kept: of the text, of the second one, and of what the text was before.
const KEPT: usize = 3;

/// Ordinary text of the kind that the embedded models have read, for the means: the beginning of "The Golden Bird" by the
/// brothers Grimm, in the translation of 1823.
pub(crate) const SAMPLE: &str = include_str!("sample.txt").trim_ascii();

/// A model, ready for requests.
pub(crate) struct Loaded {
    pub(crate) model: HookedTransformer,
    runs: RefCell<Vec<Rc<TextRun>>>,
    sample: OnceCell<Array3<f32>>,
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
        let kept = self.runs.borrow();
        let run = Rc::new(TextRun::new(&self.model, text, kept.iter().map(Rc::as_ref))?);
        drop(kept);
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
            let run = TextRun::new(&self.model, SAMPLE, [])?;
            let cfg = self.model.cfg();
            let mut means = Array3::zeros((cfg.n_layers, cfg.n_heads, cfg.d_head));
            for (layer, mut mean) in means.outer_iter_mut().enumerate() {
                let z = run.z(layer);
                let first = z.dim().1.min(2) - 1;
                mean.assign(&z.slice(s![0, first.., .., ..]).mean_axis(Axis(0)).expect("the sample has tokens"));
            }
            let _ = self.sample.set(means);
        }
        Ok(self.sample.get().expect("just set"))
    }
}
