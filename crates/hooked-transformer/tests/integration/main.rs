//! Tests of the library from outside, in one binary: against the oracle, on bad input, and on the embedded models.

mod analysis;
mod any_config;
mod architectures;
mod attribution;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod backward;
mod bad_input;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod circuits;
mod classic;
mod conveniences;
mod embedded;
mod families;
mod finite_differences;
mod fixtures;
mod generation;
mod given_files;
mod gradients;
mod guide;
mod hooks;
#[cfg(feature = "hub")]
mod hub;
#[cfg(feature = "hub")]
mod hub_server;
#[cfg(feature = "test-tls")]
mod hub_tls;
mod key_value_cache;
#[cfg(feature = "files")]
mod mapped_files;
mod nan;
mod npz;
mod parity;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod processing;
mod published;
mod qk_norms;
mod random_input;
mod random_models;
mod rope_spellings;
mod running;
#[expect(non_snake_case, reason = "weights and matrices keep the field's names: W_Q, b_O")]
mod stacks;
mod sums;
mod tokens;
