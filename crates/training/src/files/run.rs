//! The loop: steps, and every so often a measurement, a line in the log and a checkpoint.

use super::{Folder, Interrupt};
use crate::checkpoint::Checkpoint;
use crate::error::{Result, TrainingError};
use crate::evaluation::Measured;
use crate::record::Record;
use crate::trainer::{Step, Trainer};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps of the recipe are done.
    Finished,
    /// It was asked to stop, and can go on from its checkpoint.
    Interrupted,
}

/// What is told of a run while it lasts.
pub trait Observer {
    /// A step was taken.
    ///
    /// # Errors
    /// An error ends the run.
    fn stepped(&mut self, trainer: &Trainer, step: Step) -> Result<()>;

    /// The model was measured, and all of it is in the folder.
    ///
    /// # Errors
    /// An error ends the run.
    fn measured(&mut self, trainer: &Trainer, measured: &Measured) -> Result<()>;
}

/// Takes the steps that are left. Every `every` steps, and at the end, the model is measured, and log and checkpoint are
/// written. At the end, or when it is interrupted, the folder holds what is needed to go on.
///
/// # Errors
/// The run diverged, or a file cannot be written; then the checkpoint is the last one that was written whole.
pub fn run(
    trainer: &mut Trainer,
    folder: &Folder,
    every: usize,
    interrupt: &Interrupt,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    start_log(trainer, folder)?;
    let resumed_at = trainer.steps();
    loop {
        let due = trainer.steps().is_multiple_of(every.max(1)) || trainer.is_done();
        // A run that goes on has measured this step before.
        if due && (trainer.steps() != resumed_at || resumed_at == 0) {
            let measured = measure(trainer)?;
            folder.append_to_log(&trainer.record(&measured))?;
            folder.write_checkpoint(&Checkpoint::of(trainer))?;
            observer.measured(trainer, &measured)?;
        }
        if trainer.is_done() {
            return Ok(Outcome::Finished);
        }
        if interrupt.is_requested() {
            folder.write_checkpoint(&Checkpoint::of(trainer))?;
            return Ok(Outcome::Interrupted);
        }
        let step = trainer.step()?;
        observer.stepped(trainer, step)?;
    }
}

/// A measurement whose losses are finite: a checkpoint of a model that has diverged would replace the last good one.
fn measure(trainer: &Trainer) -> Result<Measured> {
    let measured = trainer.measure()?;
    let losses = [measured.held_out, measured.first_copy, measured.second_copy];
    match losses.iter().all(|loss| loss.is_finite()) {
        true => Ok(measured),
        false => Err(TrainingError::Diverged { step: trainer.steps(), what: "a measured loss" }),
    }
}

/// Keeps the records of the steps before this one: later ones were measured by a run that was stopped before its
/// checkpoint, and will be measured again.
fn start_log(trainer: &Trainer, folder: &Folder) -> Result<()> {
    let kept: Vec<Record> = match trainer.steps() {
        0 => Vec::new(),
        step => folder.log()?.into_iter().filter(|record| record.step <= step).collect(),
    };
    folder.start_log(&kept)
}
