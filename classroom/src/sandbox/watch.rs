//! Watches a job from outside, reads what it prints, and ends it with all its descendants when it uses too much.
//!
//! The limits that a process sets for itself count each process apart, and the number of processes is not limited for the
//! superuser, whom containers run as. So all processes of the job are counted here as well, and so are all its files.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
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
    Disk,
}

impl Over {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Time => "it took too long",
            Self::Memory => "it used too much memory",
            Self::Tasks => "it started too many processes",
            Self::Disk => "it wrote too much",
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

/// Starts a command, whose output is read if it is piped, and waits for its end. It writes into these folders.
///
/// # Errors
/// It cannot be started.
pub(crate) fn run(mut command: Command, limits: &Limits, folders: &[PathBuf]) -> Result<Ran, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| format!("{name} cannot be started: {error}."))?;
    let most = limits.output;
    let stdout = child.stdout.take().map(|pipe| thread::spawn(move || read_most(pipe, most)));
    let stderr = child.stderr.take().map(|pipe| thread::spawn(move || read_most(pipe, most)));
    let over = wait(&mut child, limits, folders);
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
fn wait(child: &mut Child, limits: &Limits, folders: &[PathBuf]) -> Option<Over> {
    let begin = Instant::now();
    let mut counted = Instant::now();
    let counts = [limits.memory, limits.tasks, limits.disk].iter().any(|limit| *limit < u64::MAX);
    loop {
        if !matches!(child.try_wait(), Ok(None)) {
            return None;
        }
        let mut over = (begin.elapsed() > limits.time).then_some(Over::Time);
        if over.is_none() && counts && counted.elapsed() > COUNT {
            counted = Instant::now();
            let used = used_by(child.id());
            over = (used.memory > limits.memory).then_some(Over::Memory);
            over = over.or((used.tasks > limits.tasks).then_some(Over::Tasks));
            over = over.or((written(folders, limits.disk) > limits.disk).then_some(Over::Disk));
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
    let descendants = descendants_of(child.id());
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
    let mut used = Used::default();
    for process in descendants_of(id).into_iter().filter_map(process) {
        used.tasks += process.threads;
        used.memory += process.memory;
    }
    used
}

/// All that a process has started, directly or not.
fn descendants_of(id: u32) -> Vec<u32> {
    // Looking at all processes of a system costs a hundred times as much, and this is done all the time.
    if children(std::process::id()).is_some() {
        return below(id, |id| children(id).unwrap_or_default());
    }
    let mut all: HashMap<u32, Vec<u32>> = HashMap::new();
    for (id, process) in processes() {
        all.entry(process.parent).or_default().push(id);
    }
    below(id, |id| all.remove(&id).unwrap_or_default())
}

fn below(id: u32, mut children: impl FnMut(u32) -> Vec<u32>) -> Vec<u32> {
    let (mut found, mut rest) = (Vec::new(), vec![id]);
    while let Some(id) = rest.pop() {
        let own = children(id);
        found.extend(&own);
        rest.extend(own);
    }
    found
}

/// The processes that the threads of a process have started; none where the kernel does not keep lists of them.
fn children(id: u32) -> Option<Vec<u32>> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).ok()?.flatten();
    let lists: Vec<String> =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()).collect();
    let ids = lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse::<u32>().ok());
    (!lists.is_empty()).then(|| ids.collect())
}

/// All processes of this system, where it has `/proc`.
fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| Some((id, process(id)?))).collect()
}

fn process(id: u32) -> Option<Process> {
    in_stat(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// A line of `/proc/ID/stat`. The second field is the name, in parentheses, which may hold anything.
fn in_stat(stat: &str) -> Option<Process> {
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

/// What a file takes up that is empty.
const ENTRY: u64 = 4096;

/// How much room the files in these folders take up; no further than to what is too much.
fn written(folders: &[PathBuf], most: u64) -> u64 {
    let mut rest = folders.to_vec();
    let mut total = 0;
    while let Some(folder) = rest.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.path().symlink_metadata() else { continue };
            total += ENTRY + room(&metadata);
            if total > most {
                return total;
            }
            if metadata.is_dir() {
                rest.push(entry.path());
            }
        }
    }
    total
}

#[cfg(unix)]
fn room(metadata: &fs::Metadata) -> u64 {
    // The unit of this count is not that of the file system.
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn room(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_count_with_their_room_and_however_many_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_path_buf()];
        assert_eq!(written(&folders, u64::MAX), 0);
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c"), vec![1; 100_000]).unwrap();
        let before = written(&folders, u64::MAX);
        assert!((100_000..200_000).contains(&before), "{before}");
        // A file that is long and takes up nothing.
        fs::File::create(folder.path().join("long")).unwrap().set_len(1 << 30).unwrap();
        assert!(written(&folders, u64::MAX) < 300_000);
        for number in 0..100 {
            fs::write(folder.path().join(number.to_string()), "").unwrap();
        }
        assert!(written(&folders, u64::MAX) >= before + 100 * ENTRY);
        assert!(written(&folders, ENTRY) <= before + ENTRY, "it went on though it was too much");
    }

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a) b) 9 (c)) S 5 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 3 0 100 9999 12 1844";
        let process = in_stat(stat).unwrap();
        assert_eq!((process.parent, process.threads, process.memory), (5, 3, 12 * page()));
        assert!(in_stat("7 (a) S 5").is_none());
    }

    #[test]
    fn descendants_are_found_however_deep() {
        let children = |id| [vec![2, 5], vec![3], vec![4, 7], vec![6], vec![]][(id as usize - 1).min(4)].clone();
        let mut found = below(2, children);
        found.sort_unstable();
        assert_eq!(found, [3, 4, 6, 7]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_of_a_child_is_counted_and_ended() {
        let mut shell = Command::new("sh").args(["-c", "sleep 600 & sleep 600"]).spawn().unwrap();
        let begin = Instant::now();
        while descendants_of(shell.id()).len() < 2 {
            assert!(begin.elapsed() < Duration::from_secs(60));
            thread::sleep(PAUSE);
        }
        let sleeping = descendants_of(shell.id());
        assert_eq!(used_by(shell.id()).tasks, 2);
        end(&mut shell);
        shell.wait().unwrap();
        // One that has ended may still be listed, without memory, until its parent hears of it.
        let lives = |id: &u32| process(*id).is_some_and(|process| process.memory > 0);
        while sleeping.iter().any(lives) {
            assert!(begin.elapsed() < Duration::from_secs(60));
            thread::sleep(PAUSE);
        }
    }
}
