//! Watches a job from outside, reads what it prints, and ends it with all its descendants when it uses too much.
//!
//! The limits that a process sets for itself count each process apart, and the number of processes is not limited for the
//! superuser, whom containers run as. So all processes of the job are counted here as well.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;

/// How often the job is looked at.
const PAUSE: Duration = Duration::from_millis(5);
/// How often its processes are counted.
const COUNT: Duration = Duration::from_millis(60);

/// What a job used too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Time,
    Memory,
    Tasks,
}

impl Over {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Time => "it took too long",
            Self::Memory => "it used too much memory",
            Self::Tasks => "it started too many processes",
        }
    }
}

/// A job that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) over: Option<Over>,
}

impl Ran {
    pub(crate) fn succeeded(&self) -> bool {
        self.over.is_none() && self.status.success()
    }
}

/// Starts a command, whose output is read if it is piped, and waits for its end.
///
/// # Errors
/// It cannot be started.
pub(crate) fn run(mut command: Command, limits: &Limits) -> Result<Ran, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| format!("{name} cannot be started: {error}."))?;
    let most = limits.output;
    let stdout = child.stdout.take().map(|pipe| thread::spawn(move || read_most(pipe, most)));
    let stderr = child.stderr.take().map(|pipe| thread::spawn(move || read_most(pipe, most)));
    let over = wait(&mut child, limits);
    let status = child.wait().map_err(|error| format!("{name} cannot be waited for: {error}."))?;
    let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| reader.and_then(|r| r.join().ok()).unwrap_or_default();
    Ok(Ran { status, stdout: text(stdout), stderr: text(stderr), over })
}

/// Reads the pipe to its end, and keeps its beginning.
fn read_most(mut pipe: impl Read, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before an error is still worth reading.
    let _ = pipe.by_ref().take(most as u64).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    bytes
}

/// Waits for the end, which is brought about if the job uses too much of something.
fn wait(child: &mut Child, limits: &Limits) -> Option<Over> {
    let begin = Instant::now();
    let mut counted = Instant::now();
    loop {
        if !matches!(child.try_wait(), Ok(None)) {
            return None;
        }
        let mut over = (begin.elapsed() > limits.time).then_some(Over::Time);
        if over.is_none() && counted.elapsed() > COUNT {
            counted = Instant::now();
            let used = used_by(child.id());
            over = (used.memory > limits.memory).then_some(Over::Memory);
            over = over.or((used.tasks > limits.tasks).then_some(Over::Tasks));
        }
        if over.is_some() {
            end(child);
            return over;
        }
        thread::sleep(PAUSE);
    }
}

/// Ends the job: the processes inside a sandbox end with the first of them.
fn end(child: &mut Child) {
    let descendants = descendants_of(child.id(), &processes());
    let _ = child.kill();
    #[cfg(unix)]
    for id in descendants {
        if let Some(id) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
    }
    #[cfg(not(unix))]
    drop(descendants);
}

/// What the descendants of a process use together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Used {
    tasks: u64,
    memory: u64,
}

struct Process {
    parent: u32,
    threads: u64,
    memory: u64,
}

fn used_by(id: u32) -> Used {
    let processes = processes();
    let mut used = Used::default();
    for id in descendants_of(id, &processes) {
        if let Some(process) = processes.get(&id) {
            used.tasks += process.threads;
            used.memory += process.memory;
        }
    }
    used
}

fn descendants_of(id: u32, processes: &HashMap<u32, Process>) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (id, process) in processes {
        children.entry(process.parent).or_default().push(*id);
    }
    let (mut found, mut rest) = (Vec::new(), vec![id]);
    while let Some(id) = rest.pop() {
        let own = children.remove(&id).unwrap_or_default();
        found.extend(&own);
        rest.extend(own);
    }
    found
}

/// All processes of this system, where it has `/proc`.
fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| Some((id, process(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))).collect()
}

/// A line of `/proc/ID/stat`. The second field is the name, in parentheses, which may hold anything.
fn process(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3).copied();
    let pages: u64 = field(24)?.parse().ok()?;
    Some(Process { parent: field(4)?.parse().ok()?, threads: field(20)?.parse().ok()?, memory: pages * page() })
}

#[cfg(unix)]
fn page() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(not(unix))]
fn page() -> u64 {
    4096
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a) b) 9 (c)) S 5 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 3 0 100 9999 12 1844";
        let process = process(stat).unwrap();
        assert_eq!((process.parent, process.threads, process.memory), (5, 3, 12 * page()));
        assert!(super::process("7 (a) S 5").is_none());
    }

    #[test]
    fn descendants_are_found_however_deep() {
        let process = |parent| Process { parent, threads: 1, memory: 1 };
        let processes = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 4)].map(|(id, parent)| (id, process(parent)));
        let mut found = descendants_of(2, &processes.into_iter().collect());
        found.sort_unstable();
        assert_eq!(found, [3, 4, 6]);
    }
}
