//! Tests of the library from outside, in one binary: against the oracle, on bad input, and on the embedded models.

mod analysis;
mod architectures;
mod bad_input;
mod circuits;
mod classic;
mod embedded;
mod fixtures;
mod generation;
mod hooks;
mod parity;
mod processing;
mod running;
mod stacks;
mod tokens;
