//! Tests of the library from outside, in one binary: against the oracle, on bad input, and on the embedded models.

mod analysis;
mod bad_input;
mod embedded;
mod fixtures;
mod generation;
mod hooks;
mod parity;
mod running;
mod tokens;
