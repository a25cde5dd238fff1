//! The grader of the course: it calls a learner's function, compares what comes, and says in words what is wrong.
//!
//! From the inside out:
//! - [`call`]: runs the function; a stub, a panic or an endless loop becomes an outcome, never a backtrace;
//! - [`value`]: whatever came, in one form;
//! - [`cases`]: a check as a list of calls and, apart from them, the expected values;
//! - [`compare`]: shape first, then the worst entries with the names of their axes, then cheap looks at how arrays
//!   commonly go wrong;
//! - [`general`]: mistakes that belong to no exercise, which the looks recognize;
//! - `fingerprint`: does it equal what a known mistake gives? Then the verdict says which;
//! - `variations`: the same for the right answer with one thing changed, which are named as general mistakes;
//! - `apart`: the calls are made in a process of their own;
//! - `results`: what a tool learns about a check;
//! - [`grade`]: one check, all its cases, one verdict;
//! - [`reference`](mod@reference): stored arrays of an independent program, which answers are compared with;
//! - [`ex01`]: the checks of exercise 01, and so on for the others;
//! - [`proof`]: for the authors of exercises, who must show that right answers pass and wrong ones do not.
//!
//! A check is a plain function that takes the learner's functions as `fn` pointers and returns its [`Cases`]. It is
//! compiled here, once, and not in the learner's crate.

mod apart;
pub mod call;
pub mod cases;
pub mod compare;
pub mod ex01;
pub mod ex02;
pub mod ex03;
pub mod ex04;
pub mod ex05;
pub mod ex06;
pub mod ex07;
pub mod exercise;
mod fingerprint;
pub mod general;
pub mod grade;
mod hooks;
mod models;
mod picture;
mod probe;
pub mod proof;
mod prose;
mod randomness;
pub mod reference;
mod results;
mod run;
pub mod value;
mod variations;
pub mod verdict;
mod views;

/// Every exercise that is graded, in order.
pub static EXERCISES: &[&Exercise] = &[
    &ex01::EXERCISE,
    &ex02::EXERCISE,
    &ex03::EXERCISE,
    &ex04::EXERCISE,
    &ex05::EXERCISE,
    &ex06::EXERCISE,
    &ex07::EXERCISE,
];

pub use cases::Cases;
pub use exercise::{CheckInfo, Exercise, Mistake};
pub use verdict::{Check, Kind, Passed, Prose, Verdict};

/// The example of the README, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
