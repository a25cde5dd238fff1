//! What steering gains and what it costs, by coefficient, as in exercise 04: how much more likely some words become at the
//! end of neutral prompts, and how far the whole prediction moves.
//!
//! ```text
//! gain[c] = mean over prompts of  ln Σ_words p_c(word) - ln Σ_words p_0(word)
//! cost[c] = mean over prompts of  KL(p_c ‖ p_0)
//! ```

use hooked_transformer::{Error, HookedTransformer, Result, fwd_hook, log_softmax};
use ndarray::{Array1, Array2, ArrayView1, Axis, Ix3};

use crate::answer::{Answer, Step};
use crate::engine::Job;
use crate::predictions::divergence;
use crate::request::Steering;
use crate::steering::{add, vector};
use crate::text_run::tokenize;

/// The most prompts and coefficients.
const MAX: usize = 64;

/// A curve in progress; each step is a coefficient.
pub(crate) struct CurveJob {
    model: HookedTransformer,
    prompts: Vec<Vec<usize>>,
    words: Vec<usize>,
    coefficients: Vec<f32>,
    layer: usize,
    /// `[d_model]`
    vector: Array1<f32>,
    /// Of each prompt without steering, `[prompt, d_vocab]`.
    plain: Array2<f32>,
    gains: Vec<f32>,
    costs: Vec<f32>,
}

impl CurveJob {
    /// # Errors
    /// A prompt or the steering does not suit the model, or a word is not one token.
    pub(crate) fn new(
        model: &HookedTransformer,
        prompts: &[String],
        words: &[String],
        coefficients: Vec<f32>,
        steering: &Steering,
    ) -> Result<Self> {
        let lengths = [("prompts", prompts.len()), ("words", words.len()), ("coefficients", coefficients.len())];
        if let Some(&(name, n)) = lengths.iter().find(|(_, n)| *n == 0 || *n > MAX) {
            return Err(Error::Argument { name, problem: format!("expected 1 to {MAX}, got {n}") });
        }
        let words = words.iter().map(|word| model.to_single_token(word)).collect::<Result<Vec<_>>>()?;
        let prompts = prompts.iter().map(|prompt| Ok(tokenize(model, prompt)?.0)).collect::<Result<Vec<_>>>()?;
        let mut job = CurveJob {
            vector: vector(model, steering)?,
            plain: Array2::zeros((0, 0)),
            model: model.clone(),
            layer: steering.layer,
            gains: Vec::new(),
            costs: Vec::new(),
            prompts,
            words,
            coefficients,
        };
        job.plain = job.log_probs(0.0)?;
        Ok(job)
    }

    /// The log-probabilities after each prompt, steered at every position but the first: `[prompt, d_vocab]`.
    fn log_probs(&self, coefficient: f32) -> Result<Array2<f32>> {
        let added = &self.vector * coefficient;
        let mut all = Array2::zeros((self.prompts.len(), self.model.cfg().d_vocab_out()));
        for (mut row, prompt) in all.rows_mut().into_iter().zip(&self.prompts) {
            let steer = fwd_hook(("resid_pre", self.layer), |resid, _| {
                add(resid.into_dimensionality::<Ix3>().expect("the stream is [batch, pos, d_model]"), 0, 1, &added);
            });
            let logits = self.model.run(prompt.as_slice()).hook(steer).logits_at(-1)?;
            row.assign(&log_softmax(logits.view()).index_axis(Axis(0), 0).index_axis(Axis(0), 0));
        }
        Ok(all)
    }

    /// `ln Σ p(word)`
    fn of_words(&self, log_probs: ArrayView1<'_, f32>) -> f32 {
        self.words.iter().map(|&word| log_probs[word].exp()).sum::<f32>().ln()
    }
}

impl Job for CurveJob {
    fn step(&mut self) -> Result<Step> {
        let steered = self.log_probs(self.coefficients[self.gains.len()])?;
        let gains = steered.rows().into_iter().zip(self.plain.rows());
        let gain: f32 = gains.map(|(steered, plain)| self.of_words(steered) - self.of_words(plain)).sum();
        let cost = divergence(steered.view(), self.plain.view()).sum();
        self.gains.push(gain / self.prompts.len() as f32);
        self.costs.push(cost / self.prompts.len() as f32);
        let done = self.gains.len();
        let answer = Answer::default()
            .with("done", done)
            .with("of", self.coefficients.len())
            .with("norm", self.vector.dot(&self.vector).sqrt())
            .array("coefficients", Array1::from(self.coefficients[..done].to_vec()))
            .array("gains", Array1::from(self.gains.clone()))
            .array("costs", Array1::from(self.costs.clone()));
        Ok(if done == self.coefficients.len() { Step::Done(answer) } else { Step::Progress(answer) })
    }
}
