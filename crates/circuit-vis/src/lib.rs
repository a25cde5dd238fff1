//! Pictures of what goes on inside a transformer, each one an HTML file that opens in any browser, offline.
//!
//! Every function takes tokens and numbers, checks that they fit together, and returns a [`View`]:
//!
//! | what you have | function |
//! |---|---|
//! | the attention of all heads of a layer | [`attention_patterns`], [`attention_heads`] |
//! | the attention of one head | [`attention_pattern`] |
//! | the same as lines between tokens | [`head_view`] |
//! | the attention of every head of every layer | [`model_view`] |
//! | one number per token, or several | [`colored_tokens`], [`colored_tokens_multi`] |
//! | activations of many neurons on a text | [`text_neuron_activations`] |
//! | the tokens, or the texts, that a neuron likes most | [`topk_tokens`], [`topk_samples`] |
//! | the model's predictions | [`token_log_probs`] |
//! | any table of numbers (head by layer, ablations) | [`heatmap`] |
//! | logit attribution, tokens by components | [`plot_logit_attribution`] |
//! | curves (loss by position, effect by coefficient) | [`lines`] |
//!
//! The names are those of CircuitsVis and of the plots in the course's notebook; each function says where it differs.
//! A view can be [written](View::write) to a file, [opened](View::open), [embedded](View::fragment) in another page,
//! read back as [data](View::data), printed in a [terminal](View::to_text), or put with others into one [`Report`].
//!
//! ```
//! use circuit_vis::{AttentionOptions, attention_patterns, head_names};
//! use ndarray::Array3;
//!
//! let tokens = ["<bos>", "The", " cat", " sat"];
//! let pattern = Array3::from_shape_fn((2, 4, 4), |(_, q, k)| if k <= q { 1.0 / (q + 1) as f32 } else { 0.0 });
//!
//! let options = AttentionOptions::new().head_names(head_names(0, 2));
//! let view = attention_patterns(&tokens, pattern.view(), options)?.title("Layer 0");
//!
//! assert_eq!(view.array("attention").unwrap(), pattern.into_dyn()); // what is drawn is what was given, bit by bit
//! let folder = tempfile::tempdir().unwrap();
//! view.write(folder.path().join("layer0.html"))?;
//! # Ok::<(), circuit_vis::VisError>(())
//! ```
//!
//! Numbers travel as base64 of the `f32` that were given, except attention on a long text (more than a million cells), which
//! is rounded to 255 steps so that the page stays small, and says so. A NaN or an infinity is shown as a marked cell and counted in a
//! notice, and lengths that do not fit are a [`VisError`]. Text is only ever set as text, so no token can inject markup.

mod activations;
mod array;
mod attention;
mod check;
mod error;
mod file;
mod heatmap;
mod lines;
mod logits;
mod page;
mod report;
mod same;
mod text;
mod tokens;
mod topk_samples;
mod topk_tokens;
mod view;
mod visible;

pub use activations::{NeuronOptions, text_neuron_activations};
pub use attention::{
    AttentionOptions, attention_heads, attention_pattern, attention_patterns, head_names, head_view, model_view,
};
pub use error::VisError;
pub use heatmap::{PlotOptions, component_names, heatmap, plot_logit_attribution};
pub use lines::{Line, lines};
pub use logits::token_log_probs;
pub use page::{live_page, shared_assets};
pub use report::Report;
pub use text::text_heatmap;
pub use tokens::{ColorOptions, colored_tokens, colored_tokens_multi};
pub use topk_samples::{NeuronSample, topk_samples};
pub use topk_tokens::topk_tokens;
pub use view::View;

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
