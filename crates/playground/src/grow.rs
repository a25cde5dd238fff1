//! An induction head grows in the page: the trainer of exercise 07, a few steps at a time, with checkpoints to go back to.

use hooked_transformer::{Error, Result};
use ndarray::{Array1, Array4, s};
use serde_json::json;
use training::{Characters, Checkpoint, Measured, Mixture, Recipe, Text, Trainer, TrainingError, story};

use crate::answer::{Answer, Step};
use crate::request::Plan;
use crate::text_run::of_all_layers;

/// Steps between two frames: few enough that two runs beside each other are each drawn more than five times a second.
const FRAME: usize = 2;
/// Steps between two checkpoints.
const KEEP: usize = 20;
/// The most checkpoints; when there are more, every second one is dropped.
const MOST_KEPT: usize = 40;
/// The largest model that a page trains while a reader waits: layers, heads, width.
const LARGEST: [(&str, usize); 3] = [("layers", 3), ("heads", 8), ("width", 128)];

/// A run under way.
pub(crate) struct Growth {
    trainer: Trainer,
    text: Text,
    /// In the order of their steps.
    kept: Vec<Checkpoint>,
    /// The step at which the bump was passed.
    bump: Option<usize>,
}

impl Growth {
    /// A run at its first step.
    ///
    /// # Errors
    /// The plan contradicts itself, or asks for more than a page should train.
    pub(crate) fn new(plan: &Plan) -> Result<Self> {
        for ((name, most), asked) in LARGEST.into_iter().zip([plan.layers, plan.heads, plan.width]) {
            if asked > most {
                return Err(Error::Argument { name, problem: format!("at most {most} in this page, got {asked}") });
            }
        }
        let recipe = recipe(plan);
        let text = Text::alice();
        let trainer = Trainer::on_text(recipe, &text).map_err(refused)?;
        let kept = vec![Checkpoint::of(&trainer)];
        Ok(Growth { trainer, text, kept, bump: None })
    }

    /// What stays the same for the whole run, and the first frame.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub(crate) fn about(&self) -> Result<Answer> {
        let recipe = self.trainer.recipe();
        let row = self.trainer.evaluation().repeated().row(0).to_vec();
        Ok(self
            .frame(&self.measured()?, Vec::new())?
            .with("recipe", story::of_recipe(recipe, self.trainer.model().n_params_total()))
            .with("layers", recipe.layers)
            .with("heads", recipe.heads)
            .with("steps", recipe.steps)
            .with("even_guess", ((recipe.vocabulary - 1) as f64).ln())
            .with("tokens", row.iter().map(|&token| Characters::show(token)).collect::<Vec<_>>())
            .with("text", row.iter().map(|&token| Characters::text(token)).collect::<String>()))
    }

    /// Takes steps up to the next frame, or until so many are taken.
    ///
    /// # Errors
    /// The run diverged; the weights are those before that step.
    pub(crate) fn train(&mut self, until: usize) -> Result<Step> {
        let until = until.min(self.trainer.recipe().steps);
        let mut losses = Vec::with_capacity(FRAME);
        while self.trainer.steps() < until {
            losses.push(self.trainer.step().map_err(refused)?.loss as f32);
            self.keep();
            if self.trainer.steps().is_multiple_of(FRAME) {
                break;
            }
        }
        let measured = self.measured()?;
        if self.bump.is_none() && measured.is_past_the_bump() {
            self.bump = Some(self.trainer.steps());
        }
        let frame = self.frame(&measured, losses)?;
        Ok(if self.trainer.steps() < until { Step::Progress(frame) } else { Step::Done(frame) })
    }

    /// The run as it was at a checkpoint: the last one that is not after this step.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub(crate) fn back(&mut self, step: usize) -> Result<Answer> {
        // The first checkpoint is of step 0.
        let kept = self.kept.partition_point(|checkpoint| checkpoint.step() <= step).max(1);
        self.kept.truncate(kept);
        let checkpoint = &self.kept[kept - 1];
        self.trainer = checkpoint.resume(checkpoint.recipe(), &self.text).map_err(refused)?;
        self.bump = self.bump.filter(|&bump| bump <= self.trainer.steps());
        self.frame(&self.measured()?, Vec::new())
    }

    /// The model as it is now, with a tokenizer of characters: names and lengths of its files, and the files one behind the
    /// other.
    ///
    /// # Errors
    /// The library refuses.
    pub(crate) fn files(&self) -> Result<Answer> {
        let mut files = self.trainer.model().to_files()?;
        files.push(("tokenizer.json", Characters::tokenizer_json().into_bytes()));
        let infos: Vec<_> = files.iter().map(|(name, bytes)| json!({ "name": name, "length": bytes.len() })).collect();
        let file = files.into_iter().flat_map(|(_, bytes)| bytes).collect();
        Ok(Answer { file, ..Answer::default().with("files", infos).with("step", self.trainer.steps()) })
    }

    fn keep(&mut self) {
        if !self.trainer.steps().is_multiple_of(KEEP) {
            return;
        }
        if self.kept.len() == MOST_KEPT {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.kept.push(Checkpoint::of(&self.trainer));
    }

    fn measured(&self) -> Result<Measured> {
        self.trainer.evaluation().glance(self.trainer.model()).map_err(refused)
    }

    /// What a picture needs; `losses` are those of the batches since the frame before.
    fn frame(&self, measured: &Measured, losses: Vec<f32>) -> Result<Answer> {
        let trainer = &self.trainer;
        let recipe = trainer.recipe();
        Ok(Answer::default()
            .with("step", trainer.steps())
            .with("trained_on", trainer.tokens())
            .with("first_copy", measured.first_copy)
            .with("second_copy", measured.second_copy)
            .with("previous", measured.previous.clone())
            .with("induction", measured.induction.clone())
            .with("bump", self.bump)
            .with("story", story::now(recipe, measured, self.bump))
            .with("obstacle", story::obstacle(recipe))
            .with("kept", self.kept.iter().map(Checkpoint::step).collect::<Vec<_>>())
            .array("losses", Array1::from(losses))
            .array("patterns", self.patterns()?))
    }

    /// Every head's attention on the first of the rows that are measured: `[layer, head, query_pos, key_pos]`.
    fn patterns(&self) -> Result<Array4<f32>> {
        let row = self.trainer.evaluation().repeated().slice(s![..1, ..]).to_owned();
        let cache = self.trainer.model().run(&row).names_filter(|name: &str| name.ends_with("hook_pattern")).cache()?;
        of_all_layers(&cache, "pattern")
    }
}

/// The recipe of a plan. One that is all text has no rows that repeat a segment.
fn recipe(plan: &Plan) -> Recipe {
    let &Plan { layers, heads, width, repeated, optimizer, seed } = plan;
    let grow = Recipe::grow();
    Recipe { layers, heads, width, optimizer, seed, mixture: Mixture { repeated, ..grow.mixture }, ..grow }
}

/// The trainer's trouble as the engine's.
fn refused(error: TrainingError) -> Error {
    match error {
        TrainingError::Recipe { field, problem } => Error::Argument { name: field, problem },
        TrainingError::Model(error) => error,
        other => Error::Argument { name: "grow", problem: other.to_string() },
    }
}
