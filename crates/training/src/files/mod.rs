//! A run in a folder: what it leaves there, how it is interrupted, and how it goes on.
//!
//! | file | what |
//! |---|---|
//! | `log.jsonl` | a [`Record`](crate::Record) per line |
//! | `checkpoint.safetensors` | the latest [`Checkpoint`](crate::Checkpoint) |
//! | `model/` | the model when the run is done, for [`HookedTransformer::load`](hooked_transformer::HookedTransformer::load) |
//!
//! A checkpoint is written beside the old one and renamed, so that Ctrl-C, a full disk or a kill leave one that is whole.

mod bar;
mod folder;
mod interrupt;
mod run;

pub use bar::Bar;
pub use folder::Folder;
pub use interrupt::Interrupt;
pub use run::{Observer, Outcome, run};
