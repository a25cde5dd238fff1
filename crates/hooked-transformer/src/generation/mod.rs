//! Generation: keys and values of past tokens are kept, so that each step computes one new token only.

pub(crate) mod generate;
pub(crate) mod kv_cache;
pub(crate) mod sampling;
pub(crate) mod schedule;

pub use generate::{Generate, Generated};
pub use kv_cache::KeyValueCache;
pub use sampling::{Sampling, sample_logits};
pub use schedule::Schedule;
