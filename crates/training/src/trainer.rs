//! The steps of a run.

use hooked_transformer::{Error, HookedTransformer};

use crate::batches::Batches;
use crate::book::Text;
use crate::error::{Result, TrainingError};
use crate::evaluation::{Evaluation, Measured};
use crate::gradients::{Workers, gradients};
use crate::initial::initial_model;
use crate::optimizers::{Optimizers, clip};
use crate::recipe::Recipe;
use crate::record::Record;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The mean loss of what counts in the batch, before the step.
    pub loss: f64,
    /// The gradient's length, before it was shortened.
    pub gradient_norm: f64,
}

/// A run under way: model, optimizers, batches, and how far it has come.
#[derive(Debug)]
pub struct Trainer {
    pub(crate) recipe: Recipe,
    pub(crate) model: HookedTransformer,
    pub(crate) optimizers: Optimizers,
    pub(crate) batches: Batches,
    pub(crate) step: usize,
    evaluation: Evaluation,
    workers: Workers,
}

impl Trainer {
    /// A run at its first step, on the committed book.
    ///
    /// # Errors
    /// The recipe contradicts itself.
    pub fn new(recipe: Recipe) -> Result<Self> {
        Self::on_text(recipe, &Text::alice())
    }

    /// A run at its first step, on another text.
    ///
    /// # Errors
    /// The recipe contradicts itself, or the text does not fit it.
    pub fn on_text(recipe: Recipe, text: &Text) -> Result<Self> {
        let model = initial_model(&recipe)?;
        Self::of_model(recipe, text, model)
    }

    /// The same, from weights that are given.
    ///
    /// # Errors
    /// The recipe contradicts itself, or the text or the model does not fit it.
    pub fn of_model(recipe: Recipe, text: &Text, model: HookedTransformer) -> Result<Self> {
        recipe.check()?;
        let (want, got) = (recipe.config(), model.cfg());
        let sizes = |cfg: &hooked_transformer::HookedTransformerConfig| {
            [cfg.n_layers, cfg.n_heads, cfg.d_model, cfg.d_head, cfg.n_ctx, cfg.d_vocab]
        };
        if sizes(&want) != sizes(got) {
            let problem = format!(
                "the recipe's layers, heads, width, head width, context and vocabulary are {:?}, the model's {:?}",
                sizes(&want),
                sizes(got)
            );
            return Err(TrainingError::Recipe { field: "model", problem });
        }
        let evaluation = Evaluation::new(&recipe, text)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(recipe.parts);
        Ok(Trainer {
            optimizers: Optimizers::new(&model, &recipe),
            batches: Batches::new(&recipe, text.train.clone()),
            step: 0,
            workers: Workers::new(threads),
            evaluation,
            model,
            recipe,
        })
    }

    /// Computes on this many threads from now on. The numbers stay the same, bit for bit.
    pub fn set_threads(&mut self, threads: usize) {
        self.workers = Workers::new(threads.min(self.recipe.parts));
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`TrainingError::Diverged`] if the loss or a gradient is not a finite number. Then the weights are those before the
    /// step; only the batch has been drawn.
    pub fn step(&mut self) -> Result<Step> {
        let diverged = |what| TrainingError::Diverged { step: self.step, what };
        let batch = self.batches.draw();
        let (loss, mut gradients) = match gradients(&self.model, &batch, self.recipe.parts, &self.workers) {
            Err(TrainingError::Model(Error::NotANumber { .. })) => return Err(diverged("the loss")),
            done => done?,
        };
        if !loss.is_finite() {
            return Err(diverged("the loss"));
        }
        let gradient_norm = clip(&mut gradients, self.recipe.clip);
        if !gradient_norm.is_finite() {
            return Err(diverged("the gradient"));
        }
        let scale = self.scale();
        self.optimizers.step(&mut self.model, &gradients, scale);
        self.step += 1;
        Ok(Step { loss, gradient_norm })
    }

    /// Whether all steps of the recipe are done.
    pub fn is_done(&self) -> bool {
        self.step >= self.recipe.steps
    }

    /// Steps that have been taken.
    pub fn steps(&self) -> usize {
        self.step
    }

    /// Tokens that have been trained on.
    pub fn tokens(&self) -> usize {
        self.step * self.recipe.tokens_per_step()
    }

    /// The share of the full learning rate at this step.
    pub fn scale(&self) -> f64 {
        self.recipe.schedule.scale(self.step, self.recipe.steps)
    }

    /// The model as it is now. A clone of it is cheap, and stays as it is.
    pub fn model(&self) -> &HookedTransformer {
        &self.model
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// What measurements are made on.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// Measures the model as it is now.
    ///
    /// # Errors
    /// As [`Evaluation::measure`].
    pub fn measure(&self) -> Result<Measured> {
        self.evaluation.measure(&self.model)
    }

    /// The log's line of a measurement at this step.
    pub fn record(&self, measured: &Measured) -> Record {
        Record::new(self.step, self.tokens(), self.scale(), measured)
    }
}
