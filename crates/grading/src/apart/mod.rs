//! A learner's code runs in a process of its own, which never holds the expected values and prints no verdict.
//!
//! The test that grades a check starts its own program again, for this one check: the *child*. It makes the calls of the
//! list and sends back what they returned, through a file in a folder that only the two know; whatever the learner's code
//! prints, it cannot get mixed up with that. The *parent* alone reads the expected values, compares, and reports. So
//! `exit`, an abort, an overflow of the stack or a loop without end are outcomes like any other, and nothing that the
//! child prints or sends can make an answer right: it can only send values.
//!
//! - `message`: what the child sends;
//! - `child`: makes the calls;
//! - `confine`: what the child gives up before it does so: the reference data, writing, most of the memory;
//! - `parent`: starts the child, waits for it and ends it;
//! - `cause`: whether a wrong answer is the doing of another function of the learner's;
//! - `ending`: why a child ended early, in words.

mod cause;
mod child;
mod confine;
mod ending;
mod message;
mod parent;

use crate::call::LIMIT;
use crate::cases::{Cases, Halves};
use crate::grade::judge;
use crate::results;
use crate::verdict::Check;

/// Which check a child runs.
const CHECK: &str = "GRADING_CHECK";
/// The file that it sends its answers through.
const ANSWERS: &str = "GRADING_ANSWERS";
/// A program to start as a child instead of this one, with the same arguments and variables. It starts a test program of
/// the same exercise that is linked with other people's code, in a sandbox say; then this program holds none of that code.
const CALLER: &str = "GRADING_CALLER";

impl Cases {
    /// Has the calls made in a process of their own, and judges what they return.
    ///
    /// To be called from a `#[test]` whose name contains that of the check, since the child finds it by that name.
    ///
    /// # Errors
    /// What is wrong, if something is.
    pub fn grade(self) -> Check {
        let limit = self.limit_of_a_call().unwrap_or(LIMIT);
        let Halves { info, calls, steps, damaged, found, look, uses } = self.halves();
        if let Some(child) = child::Child::from_environment() {
            // This process was started to make calls; the expected value is dropped unread.
            drop((steps, found, look, uses));
            child.serve(info, calls, limit);
            return Ok(());
        }
        // A child loads its inputs itself; here they are not needed.
        drop(calls);
        let (judged, printed) = match damaged {
            Some(damaged) => (Err(damaged.verdict(info)), String::new()),
            None => {
                let (outcomes, printed) = parent::outcomes(info, limit);
                parent::show(&printed);
                (outcomes.and_then(|outcomes| judge(info, steps, found, look, &outcomes)), printed)
            }
        };
        let judged = judged.map_err(|verdict| cause::shown_first(verdict, uses));
        results::report(info, &judged, &printed);
        judged.map(|passed| println!("{passed}"))
    }
}
