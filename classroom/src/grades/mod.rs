//! From the sources of a submission to a line of the log.
//!
//! - `source`: what its tokens say: whether it is `unsafe`, and which others are copies of it;
//! - `libraries`: the judges and the compiled libraries of this course, built once;
//! - `compile`: compiles a submission against them, in the sandbox;
//! - `judge`: has its functions called, and reads the verdicts;
//! - `log`: a line for each submission and exercise, by which an interrupted run goes on;
//! - `run`: all of that for many submissions.

mod compile;
mod judge;
mod libraries;
pub(crate) mod log;
pub(crate) mod run;
mod source;
