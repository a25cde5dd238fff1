//! Training a [`HookedTransformer`](hooked_transformer::HookedTransformer) from nothing: small enough to read in one
//! sitting, and checked step by step against PyTorch.
//!
//! One step, from top to bottom; each line is one file:
//!
//! 1. [`Batches`]`::draw` — rows of a book, some of them one random segment repeated to the end, and which predictions count.
//! 2. [`gradients`](gradients::gradients) — the loss and its gradient by every weight, in parts that run side by side.
//! 3. [`clip`](optimizers::clip) — no longer than this.
//! 4. [`Schedule`]`::scale` — the share of the full learning rate at this step.
//! 5. [`Optimizers`]`::step` — Muon for the matrices inside the layers, AdamW for the rest.
//!
//! [`Trainer`] does these; [`Evaluation`] measures what a model has learned (losses, and what each head attends to);
//! [`Record`] is a line of the log; [`Checkpoint`] is everything that is needed to go on, bit for bit; [`story`] says it in
//! words. [`Recipe`] holds all the choices, and is what an experiment changes.
//!
//! ```
//! use training::{Recipe, Trainer};
//!
//! let recipe = Recipe { width: 16, heads: 2, context: 32, rows: 4, ..Recipe::grow() };
//! let mut trainer = Trainer::new(recipe)?;
//! let first = trainer.step()?.loss;
//! for _ in 0..20 {
//!     trainer.step()?;
//! }
//! assert!(trainer.step()?.loss < first);
//! println!("{}", trainer.measure()?.second_copy);
//! # Ok::<(), training::TrainingError>(())
//! ```
//!
//! Random numbers are those of NumPy and PyTorch ([`random`]), so that the same seed gives the same initial weights and the
//! same batches as the Python in `reference_data/training/`.
//!
//! With the feature `files` (the default), the module `files` keeps a run in a folder: log, checkpoints, progress bar,
//! Ctrl-C. Nothing else here touches a file or a clock, so that a page in a browser can train a model too.

mod batches;
mod book;
mod checkpoint;
mod error;
mod evaluation;
#[cfg(feature = "files")]
pub mod files;
pub mod gradients;
mod initial;
pub mod optimizers;
pub mod random;
mod recipe;
mod record;
mod schedule;
pub mod story;
mod trainer;

pub use batches::{Batch, Batches, Mixture};
pub use book::{ALICE, BOS, Characters, Text};
pub use checkpoint::Checkpoint;
pub use error::{Result, TrainingError};
pub use evaluation::{Evaluation, Measured, repeated_random};
pub use initial::{initial_model, sinusoids};
pub use optimizers::{AdamW, Muon, Optimizers, Precision};
pub use recipe::{OptimizerChoice, Recipe};
pub use record::Record;
pub use schedule::Schedule;
pub use trainer::{Step, Trainer};
