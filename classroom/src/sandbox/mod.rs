//! Where another person's code is compiled and run: no network, files that are listed and nothing else, its own processes
//! only, and limits on time, memory, processes and output.
//!
//! - here: what a job may do, and which means this system has to hold it to that;
//! - `enter`: the last step inside, which sets limits and, without bubblewrap, gives up the file system;
//! - `watch`: from outside, ends a job that uses too much;
//! - `call`: what the judge starts to have functions called.
//!
//! The means, in this order: bubblewrap, which builds a file system of only what is listed; else `unshare` for the
//! namespaces, Landlock for the files, and a filter of system calls for sockets that are files. Both need Landlock for one
//! thing more: a test program reads its inputs from the files that also hold the expected values, and gives these files up
//! by Landlock before it calls a function of the submission.

mod call;
mod enter;
mod watch;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use call::VARIABLE as CALL;
pub(crate) use watch::{Over, Ran, run as run_watched};

/// What is run, and what it may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) folder: PathBuf,
    /// Files and folders that it may read, apart from the system's.
    pub(crate) read: Vec<PathBuf>,
    /// Folders that it may write in.
    pub(crate) write: Vec<PathBuf>,
    /// One of the folders in these, for files that are not needed later: held in memory, if the sandbox can do that.
    pub(crate) scratch: Option<PathBuf>,
    /// All variables that it sees.
    pub(crate) variables: Vec<(String, OsString)>,
    /// Whether it needs the system's programs (a linker, git), and not only its libraries.
    pub(crate) needs_programs: bool,
    pub(crate) limits: Limits,
}

/// How much a job may use.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Until it is ended, by the clock.
    pub(crate) time: Duration,
    /// Of processor time, for each of its processes.
    pub(crate) processor_seconds: u64,
    /// Of all its processes together.
    pub(crate) memory: u64,
    /// Processes and their threads.
    pub(crate) tasks: u64,
    /// The size of any file that it writes.
    pub(crate) file: u64,
    /// The size of all its files together.
    pub(crate) disk: u64,
    /// Files that a process has open.
    pub(crate) open_files: u64,
    /// What is kept of its output.
    pub(crate) output: usize,
}

pub(crate) const MIB: u64 = 1 << 20;

/// The means by which a job is held to its list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sandbox {
    Bubblewrap {
        bwrap: PathBuf,
        /// Whether a folder in memory can be given a size.
        has_size: bool,
    },
    Namespaces {
        unshare: PathBuf,
    },
    /// None: the submissions are trusted.
    Trust,
}

/// Folders of the system's libraries.
const LIBRARIES: [&str; 6] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nix/store", "/etc/ld.so.cache"];
/// Those of its programs.
const PROGRAMS: [&str; 5] = ["/usr", "/bin", "/sbin", "/etc/alternatives", "/run/current-system"];

impl Sandbox {
    /// The best that works here.
    ///
    /// # Errors
    /// None does, and the submissions are not trusted.
    pub(crate) fn find(trust: bool) -> Result<Self, String> {
        if trust {
            return Ok(Self::Trust);
        }
        let landlock = enter::kernel_has_landlock();
        let works = |sandbox: &Self| sandbox.is_shut();
        let bubblewrap = found("bwrap").map(|bwrap| {
            let help = Command::new(&bwrap).arg("--help").stdin(Stdio::null()).output();
            let has_size = help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--size"));
            Self::Bubblewrap { bwrap, has_size }
        });
        let namespaces = found("unshare").map(|unshare| Self::Namespaces { unshare });
        match [bubblewrap, namespaces].into_iter().flatten().find(|sandbox| landlock && works(sandbox)) {
            Some(sandbox) => Ok(sandbox),
            None => Err(format!(
                "There is no sandbox here that shuts in other people's code: {}.\nOn Linux, install bubblewrap (apt install \
                 bubblewrap) and allow user namespaces; in a container, that may take --security-opt \
                 seccomp=unconfined.\nIf you trust every submission with your files and your network: --trust",
                if landlock {
                    "neither bubblewrap nor unshare can make a namespace"
                } else {
                    "this system has no Landlock"
                }
            )),
        }
    }

    /// In words.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Bubblewrap { .. } => "in a sandbox by bubblewrap",
            Self::Namespaces { .. } => "in a sandbox by namespaces and Landlock",
            Self::Trust => "WITHOUT a sandbox, since the submissions are trusted",
        }
    }

    /// Whether a job that is started by these means runs, and cannot read what is not listed.
    fn is_shut(&self) -> bool {
        let (Ok(folder), Ok(listener)) = (tempfile::tempdir(), TcpListener::bind("127.0.0.1:0")) else { return false };
        let Ok(address) = listener.local_addr() else { return false };
        let secret = folder.path().join("secret");
        if fs::write(&secret, "").is_err() {
            return false;
        }
        let job = Job {
            program: program(),
            arguments: vec![enter::PROBE.into(), secret.into(), address.to_string().into()],
            folder: "/".into(),
            read: Vec::new(),
            write: Vec::new(),
            scratch: None,
            variables: Vec::new(),
            needs_programs: false,
            limits: Limits {
                time: Duration::from_secs(20),
                processor_seconds: 10,
                memory: 512 * MIB,
                tasks: 64,
                file: MIB,
                disk: MIB,
                open_files: 64,
                output: 1 << 10,
            },
        };
        self.run(&job).is_ok_and(|ran| ran.succeeded() && ran.stdout == enter::SHUT.as_bytes())
    }

    /// Runs a job to its end.
    ///
    /// # Errors
    /// It could not be started.
    pub(crate) fn run(&self, job: &Job) -> Result<Ran, String> {
        let mut command = self.command(job)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        watch::run(command, &job.limits, &job.write)
    }

    fn command(&self, job: &Job) -> Result<Command, String> {
        let enter = enter::Enter {
            program: job.program.clone(),
            arguments: job.arguments.clone(),
            limits: job.limits,
            is_shut: *self != Self::Trust,
            files: match self {
                Self::Namespaces { .. } => Some(enter::Files { read: readable(job), write: writable(job) }),
                Self::Bubblewrap { .. } | Self::Trust => None,
            },
        };
        let enter = serde_json::to_string(&enter).map_err(|error| error.to_string())?;
        let mut command = match self {
            Self::Bubblewrap { bwrap, has_size } => bubblewrap(bwrap, *has_size, job),
            Self::Namespaces { unshare } => namespaces(unshare),
            Self::Trust => Command::new(program()),
        };
        command.args([enter::ENTER, &enter]).current_dir(&job.folder).env_clear().envs(job.variables.iter().cloned());
        Ok(command)
    }
}

/// The folder of the system that a compiler in the sandbox reads, if this path is in one.
pub(crate) fn readable_above(path: &Path) -> Option<&'static str> {
    let is_above = |folder: &&str| {
        path.starts_with(folder) || Path::new(folder).canonicalize().is_ok_and(|folder| path.starts_with(folder))
    };
    LIBRARIES.into_iter().chain(PROGRAMS).find(is_above)
}

/// This program, which is also what a sandbox starts first.
pub(crate) fn program() -> PathBuf {
    env::current_exe().unwrap_or_else(|_| "classroom".into())
}

/// If this process is part of a sandbox, does its part.
pub(crate) fn as_part_of_a_sandbox(words: &[OsString]) -> Option<ExitCode> {
    match words {
        [first, what] if first == enter::ENTER => Some(enter::enter(what)),
        [first, secret, address] if first == enter::PROBE => Some(enter::probe(Path::new(secret), address)),
        _ => call::from_environment(words),
    }
}

fn readable(job: &Job) -> Vec<PathBuf> {
    let programs = if job.needs_programs { &PROGRAMS[..] } else { &[] };
    let system = LIBRARIES.iter().chain(programs).map(PathBuf::from);
    system.chain([program(), job.program.clone()]).chain(job.read.iter().cloned()).collect()
}

fn writable(job: &Job) -> Vec<PathBuf> {
    job.write.iter().cloned().chain(["/dev/null".into()]).collect()
}

/// Where a program is by our own `PATH`. What is started has no variables of ours, so by its name alone it would be looked
/// for in the system's usual folders.
fn found(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|place| place.is_file())
}

/// A file system of the listed files alone. Without the system's programs there is no `/proc` either: through it a process
/// reads its own memory, and what it has read and given up may still be there.
fn bubblewrap(bwrap: &Path, has_size: bool, job: &Job) -> Command {
    let mut command = Command::new(bwrap);
    command.args(["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--dev", "/dev"]);
    if job.needs_programs {
        command.args(["--proc", "/proc"]);
    }
    for path in readable(job) {
        // On many systems /lib leads to /usr/lib.
        match fs::read_link(&path) {
            Ok(target) if LIBRARIES.iter().chain(&PROGRAMS).any(|system| path == Path::new(system)) => {
                command.arg("--symlink").arg(target).arg(&path);
            }
            _ => {
                command.arg("--ro-bind-try").arg(&path).arg(&path);
            }
        }
    }
    for path in &job.write {
        command.arg("--bind").arg(path).arg(path);
    }
    // A file that is open and has lost its name takes up room that cannot be seen from outside, but not here.
    if let Some(scratch) = job.scratch.as_ref().filter(|_| has_size) {
        command.args(["--size", &job.limits.disk.to_string(), "--tmpfs"]).arg(scratch);
    }
    command.arg("--chdir").arg(&job.folder).arg("--").arg(program());
    command
}

fn namespaces(unshare: &Path) -> Command {
    let mut command = Command::new(unshare);
    command.args(["--user", "--map-current-user", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--"]);
    command.arg(program());
    command
}

/// What the number of a signal is added to, where an exit code has to tell it: by a shell, by bubblewrap, by this program.
const SIGNALED: i32 = 128;

#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| SIGNALED + signal)).unwrap_or(1)
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(1)
}

fn exit_code(status: ExitStatus) -> ExitCode {
    ExitCode::from(u8::try_from(code(status)).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_among_the_programs_of_the_system_is_not_hidden() {
        assert_eq!(readable_above(Path::new("/usr/src/course/solutions")), Some("/usr"));
        assert_eq!(readable_above(Path::new("/nix/store/x")), Some("/nix/store"));
        assert_eq!(readable_above(Path::new("/home/teacher/usr/course")), None);
        assert_eq!(readable_above(Path::new("/usrlocal")), None);
    }
}
