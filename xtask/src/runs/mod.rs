//! What is run: cargo, the test programs that it builds, and, for authors, what the test harness in them prints.

pub(crate) mod cargo;
pub(crate) mod harness;
pub(crate) mod program;
