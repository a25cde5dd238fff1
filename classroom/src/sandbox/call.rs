//! What the judge starts instead of itself: this program again, which starts the submission's test program in the sandbox
//! with the same arguments, and ends as that ended.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};

use super::{Job, SIGNALED, Sandbox, code, exit_code, watch};
use crate::words::complain;

/// The variable that names the file with the [`Job`] of a submission.
pub(crate) const VARIABLE: &str = "CLASSROOM_CALL";
/// The variables by which the judge speaks to what it starts: the check, and the file for the answers.
const CHECK: &str = "GRADING_CHECK";
const ANSWERS: &str = "GRADING_ANSWERS";

/// Has the calls made, if the judge has started this process.
pub(super) fn from_environment(arguments: &[OsString]) -> Option<ExitCode> {
    let (file, check, answers) = (env::var_os(VARIABLE)?, env::var_os(CHECK)?, env::var_os(ANSWERS)?);
    let job = fs::read_to_string(&file).map_err(|error| error.to_string());
    let job = job.and_then(|text| serde_json::from_str::<(Sandbox, Job)>(&text).map_err(|error| error.to_string()));
    Some(match job {
        Ok((sandbox, job)) => call(&sandbox, job, arguments, check, answers.into()),
        Err(trouble) => {
            complain(&format!("The job of the sandbox cannot be read: {trouble}"));
            ExitCode::from(125)
        }
    })
}

fn call(sandbox: &Sandbox, mut job: Job, arguments: &[OsString], check: OsString, answers: PathBuf) -> ExitCode {
    let folder = answers.parent().unwrap_or(Path::new("/")).to_path_buf();
    let scratch = folder.join("scratch");
    job.arguments = arguments.to_vec();
    job.write.push(folder);
    job.scratch = Some(scratch.clone());
    job.variables.push((CHECK.into(), check));
    job.variables.push((ANSWERS.into(), answers.into()));
    job.variables.extend(["TMPDIR", "TEMP", "TMP"].map(|name| (name.into(), scratch.clone().into())));
    // What the submission prints goes to the judge, which keeps it apart from the answers.
    let ran = sandbox.command(&job).and_then(|mut command| {
        command.stdin(Stdio::null());
        watch::run(command, &job.limits, &job.write)
    });
    match ran {
        Ok(ran) => {
            if let Some(over) = ran.over {
                complain(&format!("The sandbox ended it: {}.", over.words()));
            }
            end_likewise(ran.status, ran.over.is_some())
        }
        Err(trouble) => {
            complain(&trouble);
            ExitCode::from(125)
        }
    }
}

/// The signals by which a program ends that does something wrong or too much. Another number may be an exit code, and some
/// signals would not end this process.
#[cfg(unix)]
const ENDING: [rustix::process::Signal; 8] = {
    use rustix::process::Signal as S;
    [S::ILL, S::ABORT, S::BUS, S::FPE, S::KILL, S::SEGV, S::XCPU, S::XFSZ]
};

/// Ends this process as the job has ended: by the same exit code or, for the judge's words, by the same signal.
fn end_likewise(status: ExitStatus, was_ended: bool) -> ExitCode {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        let signal = if was_ended { Some(Signal::KILL) } else { Signal::from_named_raw(code(status) - SIGNALED) };
        if let Some(signal) = signal.filter(|signal| ENDING.contains(signal)) {
            let _ = kill_process(getpid(), signal);
        }
    }
    #[cfg(not(unix))]
    let _ = (was_ended, SIGNALED, code(status));
    exit_code(status)
}
