//! A transformer in which every activation can be cached, read and edited.
//!
//! This is TransformerLens's template (weights with separate head axes, hook points with its names, an activation
//! cache) on `ndarray`. The forward pass, from top to bottom; each step is one file of [`components`](self):
//!
//! 1. **embed** — each token becomes its row of `W_E`; `hook_embed [batch, pos, d_model]`.
//! 2. **positions** — added to the stream, or to queries and keys, or rotated into them, or none.
//! 3. for each block:
//!    1. **norm** — bring each position's vector to unit scale; `ln1.hook_scale`, `ln1.hook_normalized`.
//!    2. **attention** — `q`, `k`, `v`; scores; pattern; `z`; out. The only part that moves information between
//!       positions.
//!    3. **mlp** — `pre`, `post`, out. Works on each position by itself.
//!
//!    Both read the residual stream and add to it: `resid_pre`, `resid_mid`, `resid_post`.
//! 4. **final norm** — `ln_final.hook_scale`, `ln_final.hook_normalized`.
//! 5. **unembed** — logits: the stream times `W_U`, `[batch, pos, d_vocab]`.
//!
//! ```no_run
//! use hooked_transformer::{fwd_hook, HookedTransformer, Scalar};
//! use ndarray::{s, Ix3};
//!
//! let model = HookedTransformer::load("reference_data/models/attn-only-2l-tales")?;
//!
//! // Run, and keep what happened inside.
//! let (logits, cache) = model.run_with_cache("Once upon a time")?;
//! println!("{:?}", cache[("pattern", 0)].shape()); // [batch, head, query_pos, key_pos]
//! let pattern = cache.remove_batch_dim()?;
//! println!("{}", pattern.view::<Ix3>(("pattern", 0))[[3, 4, 0]]);
//!
//! // Run again with head 3 of layer 0 silenced.
//! let silence = fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 3, ..]).fill(0.0));
//! let loss = model.run("Once upon a time").hook(silence).loss()?;
//!
//! // Run forward and backward: which way would each activation have to change to lower the loss?
//! let grads = model.run("Once upon a time").backward(Scalar::loss()).grads()?;
//! println!("{:?}", grads[("resid_pre", 1)].shape()); // [batch, pos, d_model], as the activation
//! # Ok::<(), hooked_transformer::Error>(())
//! ```
//!
//! Published models come by name, [`HookedTransformer::from_pretrained`]`("gpt2-small")`: from the cache that Python's
//! libraries use, too, and with the feature `hub` from the Hugging Face hub itself. [`list_models`] names them.
//!
//! Not here: mixtures of experts, and encoders; their configurations are refused by name.
//!
//! The house, from the top down; each folder uses what is below it and nothing above:
//!
//! | folder | what it holds |
//! |---|---|
//! | [`analysis`] | experiments: patching, attribution, ablation, detecting heads, testing a prompt |
//! | `loading` | files to models: folders, the hub, file formats, families of published models |
//! | `model` | [`HookedTransformer`], and what is done with it: [`Run`], generation, processing, circuits |
//! | `backward` | the backward pass, one file for each part of the forward pass: [`Scalar`], [`Gradients`] |
//! | `cache` | [`ActivationCache`]: slicing, decomposing and attributing what a run kept |
//! | `components` | the forward pass, one file for each of the steps above |
//! | `hooks` | hook points, their names, and the hooks that fire there |
//! | `architecture` | configuration and weights |
//! | `text` | tokenizer, tokens, input |
//! | `numerics` | matrix products ([`linalg`]), rows of numbers, spectra, [`FactoredMatrix`] |
//!
//! Errors at the edges, panics in the maths: what comes from outside (files, names, text, shapes) gets a typed
//! [`Error`]; a wrong index inside numerical code panics with both shapes.

pub mod analysis;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod architecture;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod backward;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod cache;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod components;
mod error;
mod hooks;
mod loading;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod model;
mod nearest;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod numerics;
mod progress;
mod text;

pub use architecture::{
    ActivationFunction, AttentionDir, AttnType, HookedTransformerConfig, InitMode, NormalizationType,
    PositionalEmbeddingType, RotaryScaling,
};
pub use backward::{Edits, Gradients, Scalar, TokenPerRow};
pub use cache::{Activation, ActivationCache, PosSlice, Stack, StackMode, StackOptions, TargetTokens};
pub use components::{
    KeyValueCache, lm_accuracy, lm_cross_entropy_loss, log_softmax, loss_per_token, next_token_correct,
    next_token_log_probs,
};
pub use error::{Error, HubCause, Result};
pub use hooks::{ActName, BwdHook, FwdHook, HookHandle, HookPoint, NameFilter, bwd_hook, fwd_hook, get_act_name};
#[cfg(feature = "files")]
pub use loading::{ModelInfo, PretrainedOptions, list_models, read_npz, write_npz};
#[cfg(feature = "npz")]
pub use loading::{read_npz_from, write_npz_to};
pub use model::{
    Backward, Composition, Generate, Generated, Head, HookedTransformer, LayerIndex, Mlp, ProcessOptions, Run,
    Sampling, Schedule, sample_logits,
};
pub use num_complex::Complex32;
#[doc(hidden)]
pub use numerics::memory::spoil_kept_memory;
pub use numerics::rows::argmax;
pub use numerics::{FactoredMatrix, MatrixRank, Svd, linalg};
pub use progress::Progress;
pub use text::{Input, PaddingSide, Sequence, Sequences, SingleToken, Texts, TokenBatch, Tokenizer, Tokens};

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
