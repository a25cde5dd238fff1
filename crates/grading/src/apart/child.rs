//! The child: reads the inputs of all calls, gives up what it need not have, and makes the calls.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;
use std::{env, process};

use rayon::ThreadPoolBuilder;

use super::message::{Message, Sender};
use super::{ANSWERS, CHECK, confine};
use crate::call::call_within;
use crate::cases::{Call, Prepare};
use crate::exercise::CheckInfo;
use crate::grade::ends_the_check;
use crate::reference::{Damaged, forget_all};

/// What precedes everything that the learner's code prints. The test harness has printed its own lines before it.
pub(super) const PRINTED: &str = "\u{1e}the code under test prints\u{1e}\n";

/// How a child ends that has sent all there is to send.
pub(super) const DONE: i32 = 86;

/// A process that was started to make the calls of a check.
pub(super) struct Child {
    check: String,
    answers: PathBuf,
}

impl Child {
    /// This process, if it is one.
    pub(super) fn from_environment() -> Option<Self> {
        Some(Self { check: env::var(CHECK).ok()?, answers: env::var_os(ANSWERS)?.into() })
    }

    /// Makes the calls and ends the process; returns when the test is that of another check.
    pub(super) fn serve(self, info: &'static CheckInfo, calls: Vec<Prepare>, limit: Duration) {
        if self.check != info.name {
            return;
        }
        // What cannot be sent cannot be reported either: the parent sees that the process has ended.
        let code = if self.make_the_calls(calls, limit).is_ok() { DONE } else { 1 };
        process::exit(code);
    }

    fn make_the_calls(&self, calls: Vec<Prepare>, limit: Duration) -> io::Result<()> {
        let mut sender = Sender::open(&self.answers)?;
        let ready = match prepare(calls)? {
            Ok(ready) => ready,
            Err(damaged) => return sender.send(&Message::Damaged(damaged)),
        };
        confine::confine(self.answers.parent().unwrap_or(&self.answers));
        let mut stdout = io::stdout();
        stdout.write_all(PRINTED.as_bytes())?;
        stdout.flush()?;
        for call in ready {
            sender.send(&Message::Begun)?;
            let outcome = call_within(limit, call);
            let over = ends_the_check(&outcome);
            sender.send(&Message::Done(outcome))?;
            if over {
                break;
            }
        }
        Ok(())
    }
}

/// Reads the inputs, and forgets what they were read from.
///
/// On threads of its own: those that the learner's code will use must be started by a confined thread, to be confined as
/// well.
fn prepare(calls: Vec<Prepare>) -> io::Result<Result<Vec<Call>, Damaged>> {
    let threads = ThreadPoolBuilder::new().build().map_err(io::Error::other)?;
    let ready = threads.install(|| calls.into_iter().map(|prepare| prepare()).collect());
    forget_all();
    Ok(ready)
}
