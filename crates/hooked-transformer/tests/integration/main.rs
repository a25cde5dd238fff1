//! Tests of the library from outside, in one binary: against the oracle, on bad input, and on the embedded models.

mod architectures;
mod bad_input;
mod circuits;
mod classic;
mod embedded;
mod fixtures;
mod hooks;
mod parity;
mod processing;
mod running;
mod stacks;
mod tokens;
