//! The last step inside a sandbox: this program again, which gives up what the job may not have and becomes the job, or starts
//! it where it is the first process of the namespace itself.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, id};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Limits, exit_code};
use crate::words::{complain, say};

/// The first argument of this step.
pub(super) const ENTER: &str = "--enter-the-sandbox";
/// The first argument of a probe: whether a file that was not listed is out of reach.
pub(super) const PROBE: &str = "--probe-the-sandbox";
/// What a probe says that finds itself shut in.
pub(super) const SHUT: &str = "shut\n";

/// What to become, and what to give up before.
#[derive(Serialize, Deserialize)]
pub(super) struct Enter {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) limits: Limits,
    /// Whether this is a sandbox, and not a run of what is trusted.
    pub(super) is_shut: bool,
    /// The files that are left, where the file system is still the whole one.
    pub(super) files: Option<Files>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Files {
    pub(super) read: Vec<PathBuf>,
    pub(super) write: Vec<PathBuf>,
}

pub(super) fn enter(what: &OsStr) -> ExitCode {
    let Some(enter) = what.to_str().and_then(|text| serde_json::from_str::<Enter>(text).ok()) else {
        complain("The job of the sandbox cannot be read.");
        return ExitCode::from(125);
    };
    set_limits(&enter);
    let calls = if enter.is_shut { refuse_calls() } else { Ok(()) };
    if let Err(trouble) = calls.and_then(|()| enter.files.as_ref().map_or(Ok(()), shut_off)) {
        complain(&trouble);
        return ExitCode::from(125);
    }
    let mut command = Command::new(&enter.program);
    command.args(&enter.arguments);
    // The first process of a namespace, which bubblewrap is itself, has no signal that would end it: an abort would be
    // another signal, and a file too large no end at all.
    let ended = if id() == 1 { command.status().map(exit_code) } else { Err(become_it(&mut command)) };
    ended.unwrap_or_else(|trouble| {
        complain(&format!("{} cannot be started: {trouble}", enter.program.display()));
        ExitCode::from(126)
    })
}

/// Whether a file that exists cannot be read here, nor an open port be reached.
pub(super) fn probe(secret: &Path, address: &OsStr) -> ExitCode {
    let address = address.to_string_lossy().parse::<SocketAddr>();
    let connected = address.map(|address| TcpStream::connect_timeout(&address, Duration::from_secs(1)));
    if matches!(connected, Ok(Err(_))) && fs::read(secret).is_err() {
        say(SHUT.trim_end());
    }
    ExitCode::SUCCESS
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

#[cfg(unix)]
fn set_limits(enter: &Enter) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limits = &enter.limits;
    let limited = [
        (Resource::Core, 0),
        (Resource::Cpu, limits.processor_seconds),
        (Resource::Data, limits.memory),
        (Resource::Fsize, limits.file),
        (Resource::Nofile, limits.open_files),
        // In a namespace of users of its own, which a sandbox is, this counts the sandbox's processes alone.
        (Resource::Nproc, limits.tasks),
    ];
    for (resource, most) in limited.into_iter().take(if enter.is_shut { 6 } else { 5 }) {
        let most = getrlimit(resource).maximum.map_or(most, |present| present.min(most));
        // What cannot be set is watched from outside as well.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(not(unix))]
fn set_limits(_: &Enter) {}

#[cfg(target_os = "linux")]
pub(super) fn kernel_has_landlock() -> bool {
    use landlock::{ABI, Access as _, AccessFs, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _};
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    ruleset.handle_access(AccessFs::from_all(ABI::V1)).and_then(Ruleset::create).is_ok()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn kernel_has_landlock() -> bool {
    false
}

/// System calls that no exercise, compiler or git needs.
///
/// - Sockets: a namespace of the network has no network, but the sockets of the system's services are files (those of a
///   container engine, of a desktop), and Landlock lets a process connect to them. A queue of system calls can open sockets
///   as well.
/// - Memory that is counted as no process's: files and segments without a name.
/// - The memory of other processes, keys, tracing.
/// - Further namespaces and mounts, by which more of the kernel could be reached.
#[cfg(target_os = "linux")]
const REFUSED: [libc::c_long; 24] = [
    libc::SYS_socket,
    libc::SYS_io_uring_setup,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_shmget,
    libc::SYS_mq_open,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_open_by_handle_at,
    libc::SYS_kcmp,
];

/// Gives up these calls, for this process and all that it starts.
#[cfg(target_os = "linux")]
fn refuse_calls() -> Result<(), String> {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
    let trouble = |error: &dyn std::fmt::Display| format!("System calls cannot be given up: {error}.");
    let processor = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| trouble(&error))?;
    let refused = SeccompAction::Errno(libc::EACCES.unsigned_abs());
    let calls = REFUSED.map(|call| (call, Vec::new()));
    let filter = SeccompFilter::new(calls.into(), SeccompAction::Allow, refused, processor);
    let program: Result<BpfProgram, _> = filter.and_then(TryInto::try_into);
    program.map_err(|error| trouble(&error)).and_then(|program| apply_filter(&program).map_err(|error| trouble(&error)))
}

#[cfg(not(target_os = "linux"))]
fn refuse_calls() -> Result<(), String> {
    Ok(())
}

/// Gives up all files but these, for this process and all that it starts.
#[cfg(target_os = "linux")]
fn shut_off(files: &Files) -> Result<(), String> {
    use landlock::{
        ABI, Access as _, AccessFs, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _, path_beneath_rules,
    };
    let version = ABI::V3;
    let rules = || -> Result<_, landlock::RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(version))?
            .create()?
            .add_rules(path_beneath_rules(&files.read, AccessFs::from_read(version)))?
            .add_rules(path_beneath_rules(&files.write, AccessFs::from_all(version)))?
            .restrict_self()
    };
    match rules() {
        Ok(status) if status.ruleset != landlock::RulesetStatus::NotEnforced => Ok(()),
        Ok(_) => Err("Landlock is not enforced.".into()),
        Err(error) => Err(format!("Landlock: {error}.")),
    }
}

#[cfg(not(target_os = "linux"))]
fn shut_off(_: &Files) -> Result<(), String> {
    Err("Only Linux has Landlock.".into())
}
