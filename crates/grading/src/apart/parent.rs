//! The parent: starts a child for a check, waits for it, ends it if it must, and reads what it sent.

use std::fs;
use std::io::{self, PipeReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use super::child::{DONE, PRINTED};
use super::confine::SCRATCH;
use super::message::{Message, read_all};
use super::{ANSWERS, CALLER, CHECK, ending};
use crate::call::Outcome;
use crate::exercise::CheckInfo;
use crate::results;
use crate::value::Value;
use crate::verdict::{Explains, Kind, Verdict};

/// A child limits its own calls. One that sends nothing for so much longer no longer does.
const GRACE: Duration = Duration::from_secs(5);

/// How often the parent looks.
const PAUSE: Duration = Duration::from_millis(2);

/// At most so much of what a learner's code prints is kept.
const KEPT: usize = 64 << 10;

/// What the calls of a check gave, up to the first that ended it; and what the learner's code printed meanwhile.
pub(super) fn outcomes(info: &'static CheckInfo, limit: Duration) -> (Result<Vec<Outcome<Value>>, Verdict>, String) {
    match run(info, limit) {
        Ok(run) => {
            let printed = run.printed.clone();
            (read(info, run, limit), printed)
        }
        Err(error) => (Err(cannot_start(info, &error.to_string())), String::new()),
    }
}

/// The outcomes in what a child sent.
fn read(info: &'static CheckInfo, run: Run, limit: Duration) -> Result<Vec<Outcome<Value>>, Verdict> {
    let mut outcomes = Vec::new();
    let mut is_calling = false;
    let nothing_came = run.messages.is_empty();
    for message in run.messages {
        is_calling = matches!(message, Message::Begun);
        match message {
            Message::Begun => {}
            Message::Done(outcome) => outcomes.push(outcome),
            Message::Damaged(damaged) => return Err(damaged.verdict(info)),
        }
    }
    match run.ending {
        Ending::Killed if is_calling => outcomes.push(Outcome::TooLong(limit)),
        Ending::Killed => outcomes.push(Outcome::Ended("It went on after it had returned, and was ended.".into())),
        Ending::Itself(status) if nothing_came => {
            return Err(cannot_start(info, &format!("it ended before it began ({status})")));
        }
        Ending::Itself(status) if is_calling || status.code() != Some(DONE) => {
            outcomes.push(Outcome::Ended(ending::in_words(status, &run.printed)));
        }
        Ending::Itself(_) => {}
    }
    Ok(outcomes)
}

fn cannot_start(info: &'static CheckInfo, trouble: &str) -> Verdict {
    let evidence = format!(
        "  The process that was to call your function could not be used: {trouble}.\n  Your answer is not at fault. Is \
         there room in {}?",
        env::temp_dir().display()
    );
    Verdict { kind: Kind::CourseDamaged, check: info, evidence, mistake: None, explains: Explains::Every }
}

/// What is left of a child.
struct Run {
    messages: Vec<Message>,
    ending: Ending,
    printed: String,
}

enum Ending {
    /// It ended by itself.
    Itself(ExitStatus),
    /// The parent ended it.
    Killed,
}

fn run(info: &CheckInfo, limit: Duration) -> io::Result<Run> {
    let folder = tempfile::Builder::new().prefix("grading-").tempdir()?;
    let answers = folder.path().join("answers");
    let scratch = folder.path().join(SCRATCH);
    fs::create_dir(&scratch)?;
    let (printed, stdout) = io::pipe()?;
    let mut command = Command::new(caller()?);
    // The child finds its test by name, on the one thread that the harness then has.
    command.args([info.name, "--nocapture", "--test-threads=1"]);
    command.env(CHECK, info.name).env(ANSWERS, &answers).env_remove(results::FILE).env_remove(CALLER);
    for name in ["TMPDIR", "TEMP", "TMP"] {
        command.env(name, &scratch);
    }
    command.stdin(Stdio::null()).stderr(stdout.try_clone()?).stdout(stdout);
    in_a_group_of_its_own(&mut command);
    let mut child = command.spawn()?;
    // The command holds the parent's copies of the pipe's other end.
    drop(command);
    let printed = Printed::collect(printed);
    let ending = wait(&mut child, &answers, limit);
    end_with_descendants(&mut child);
    let printed = printed.after_the_harness();
    Ok(Run { messages: read_all(&fs::read(&answers).unwrap_or_default()), ending: ending?, printed })
}

/// The program to start as a child: this one, unless a grader of other people's code names another.
fn caller() -> io::Result<PathBuf> {
    env::var_os(CALLER).map_or_else(env::current_exe, |program| Ok(program.into()))
}

/// Waits until the child ends, or has sent nothing for too long.
fn wait(child: &mut Child, answers: &Path, limit: Duration) -> io::Result<Ending> {
    let mut last = (Instant::now(), 0);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ending::Itself(status));
        }
        let sent = fs::metadata(answers).map_or(0, |file| file.len());
        if sent != last.1 {
            last = (Instant::now(), sent);
        }
        if last.0.elapsed() > limit + GRACE {
            return Ok(Ending::Killed);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(unix)]
fn in_a_group_of_its_own(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn in_a_group_of_its_own(_: &mut Command) {}

/// Ends the child, and everything that it has started.
fn end_with_descendants(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // They may all have ended.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(windows)]
    if matches!(child.try_wait(), Ok(None)) {
        let id = child.id().to_string();
        let _ = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &id])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What the child prints, collected while it runs.
struct Printed {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: thread::JoinHandle<()>,
}

impl Printed {
    fn collect(mut pipe: PipeReader) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut chunk = [0; 4096];
            // What is too much is still read, or the child would wait for ever.
            while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let room = KEPT.saturating_sub(kept.len()).min(length);
                kept.extend(&chunk[..room]);
            }
        });
        Self { bytes, reader }
    }

    /// What came after the harness's own lines. A process that has escaped may keep the pipe open: it is not waited for.
    fn after_the_harness(self) -> String {
        let end = Instant::now() + Duration::from_millis(300);
        while !self.reader.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let all = String::from_utf8_lossy(&bytes);
        all.split_once(PRINTED).map_or(String::new(), |(_, printed)| printed.to_string())
    }
}

/// Shows what the learner's code printed, before any verdict and apart from it.
pub(super) fn show(printed: &str) {
    if !printed.trim().is_empty() {
        println!("Your code printed:\n{}\n", printed.trim_end());
    }
}
