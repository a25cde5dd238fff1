//! The playground's engine: what the page asks, answered with numbers. No browser is needed for it, so tests run natively.
//!
//! The page sends a [`Request`]; the [`Engine`] works on it step by step, so that a newer request can take its place
//! between two steps, and each step gives an [`Answer`]: JSON, and arrays of `f32` beside it.
//!
//! | file | what it answers |
//! |---|---|
//! | `look` | tokens, losses, predictions, attention patterns and scores, before and after edits |
//! | `stream` | logit lens and attribution |
//! | `sweep` | the map of all heads: each silenced or patched in turn |
//! | `write` | text written with and without a steering vector |
//! | `curve` | what steering gains and what it costs |
//! | `grow` | a model that is trained while the page watches |
//! | `take` | the same as an `.npz` archive, and as lines of Rust |
//!
//! `wasm` exports five functions to JavaScript instead of using wasm-bindgen: everything that passes is one
//! request and one answer, as bytes. So the module is what `cargo build` makes, there is no generated script to keep in
//! step with a command-line tool, and every line that the page runs can be read.

mod answer;
mod curve;
mod edits;
mod engine;
mod grow;
mod loaded;
mod look;
mod predictions;
mod request;
mod steering;
mod stream;
mod sweep;
mod take;
mod text_run;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod write;

pub use answer::{Answer, Step};
pub use engine::Engine;
pub use request::{Component, Edit, Measure, Plan, Request, Silence, Steering};
