//! Generation: keys and values of past tokens are kept, so that each step computes one new token only.

mod generate;
mod sampling;
mod schedule;
mod writing;
mod written;

pub use generate::{Generate, Generated};
pub use sampling::{Sampling, sample_logits};
pub use schedule::Schedule;
