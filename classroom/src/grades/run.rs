//! Grades many submissions: some at the same time, each into a line of the log.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use super::compile::compile;
use super::judge::judge;
use super::libraries::{self, Kit, Libraries};
use super::log::{CheckResult, Graded, Log, Received, State};
use super::source;
use crate::course::Course;
use crate::hand_in::{self, Sources, Submission, Taken};
use crate::report;
use crate::sandbox::{Sandbox, readable_above};
use crate::words::{complain, say, shortened, show_progress};

/// How to grade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) exercises: Vec<String>,
    pub(crate) shard: Option<Shard>,
    pub(crate) jobs: Option<usize>,
    /// A folder with the stub of each exercise, by which unedited sources are known.
    pub(crate) stubs: Option<PathBuf>,
    pub(crate) again: bool,
    pub(crate) trust: bool,
}

impl Options {
    /// Whether one of them was given.
    pub(crate) fn is_changed(&self) -> bool {
        Self { stubs: None, ..self.clone() } != Self::default()
    }
}

/// Which of the submissions are graded: every `count`th, beginning with the `number`th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) number: usize,
    pub(crate) count: usize,
}

/// All that the jobs share.
struct Class<'a> {
    course: &'a Course,
    kits: Vec<Kit>,
    libraries: Libraries,
    sandbox: Sandbox,
    /// Only while a run goes on.
    work: PathBuf,
    log: Log,
    has_stubs: bool,
    threads: usize,
}

/// Grades what is at these places, and writes the results. False when something could not be graded.
///
/// # Errors
/// What stopped it.
pub(crate) fn grade(places: &[PathBuf], out: &Path, options: &Options) -> Result<bool, String> {
    let course = Course::find()?;
    let exercises = course.chosen(&options.exercises)?;
    let (mut submissions, others) = hand_in::find(places)?;
    if submissions.is_empty() {
        return Err("There is no submission: no folder, no zip archive and no git repository.".into());
    }
    if !others.is_empty() {
        say(&format!("Passed over, since these cannot be submissions: {}.", shortened(&others.join(", "), 300)));
    }
    if let Some(Shard { number, count }) = options.shard {
        let mut place = 0..;
        submissions.retain(|_| place.next().is_some_and(|place| place % count == number - 1));
    }
    let sandbox = Sandbox::find(options.trust)?;
    let hidden = submissions.iter().map(Submission::path).chain([course.root.as_path()]);
    if sandbox != Sandbox::Trust
        && let Some((path, folder)) = hidden.into_iter().find_map(|path| Some((path, readable_above(path)?)))
    {
        return Err(format!(
            "{} is in {folder}, which a compiler in the sandbox reads. Move it to another folder, or, if you trust every \
             submission with it: --trust",
            path.display()
        ));
    }
    let unwritable = |error| format!("{} cannot be written: {error}.", out.display());
    fs::create_dir_all(out).map_err(unwritable)?;
    let out = out.canonicalize().map_err(unwritable)?;
    let log = Log::open(&out, options.again)?;
    let all_work = out.join(".work");
    // What an interrupted run left.
    let _ = fs::remove_dir_all(&all_work);
    // A judge that outlives its run goes on writing: not where those of this run do.
    let work = all_work.join(process::id().to_string());
    fs::create_dir_all(&work).map_err(unwritable)?;
    show_progress("Building the judges and the libraries ...");
    let (libraries, kits) = libraries::build(&course, &exercises, &work.join("libraries"), options.stubs.as_deref())?;
    let known = kits.iter().map(|kit| (kit.exercise.slug.clone(), kit.checks.clone())).collect::<BTreeMap<_, _>>();
    course.plan.fits(&known, &course.exercises)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.unwrap_or(cores).clamp(1, submissions.len().max(1));
    let threads = (cores / jobs).max(1);
    say(&format!("{} submissions, {jobs} at the same time, {}.", submissions.len(), sandbox.words()));
    let has_stubs = options.stubs.is_some();
    let class = Class { course: &course, kits, libraries, sandbox, work, log, has_stubs, threads };
    let done = all(&class, &submissions, jobs);
    let _ = fs::remove_dir_all(&all_work);
    done?;
    report::write(&class.log.results(), &course.plan, &out)
}

/// Grades all submissions with so many jobs.
fn all(class: &Class<'_>, submissions: &[Submission], jobs: usize) -> Result<(), String> {
    let queue = Mutex::new(submissions.iter());
    let progress = Mutex::new(Progress { done: 0, graded: 0, all: submissions.len(), begin: Instant::now() });
    let job = |number: usize| {
        let folder = class.work.join(format!("job-{number}"));
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(submission) = next else { return Ok(()) };
            let graded = one(class, submission, &folder)?;
            progress.lock().unwrap_or_else(PoisonError::into_inner).step(&submission.name, graded);
        }
    };
    let ended: Vec<Result<(), String>> = thread::scope(|scope| {
        let jobs: Vec<_> = (0..jobs).map(|number| scope.spawn(move || job(number))).collect();
        jobs.into_iter().map(|job| job.join().unwrap_or_else(|_| Err("A job failed.".into()))).collect()
    });
    show_progress("");
    ended.into_iter().collect()
}

struct Progress {
    done: usize,
    /// Those that were not in the log already.
    graded: usize,
    all: usize,
    begin: Instant,
}

impl Progress {
    fn step(&mut self, name: &str, graded: bool) {
        self.done += 1;
        self.graded += usize::from(graded);
        let per_submission = self.begin.elapsed() / u32::try_from(self.graded.max(1)).unwrap_or(u32::MAX);
        let left = per_submission * u32::try_from(self.all - self.done).unwrap_or(u32::MAX);
        let left = if self.done == self.all || self.graded == 0 { String::new() } else { about(left) };
        show_progress(&format!("{}/{} {}{left}", self.done, self.all, shortened(name, 40)));
    }
}

fn about(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..=99 => format!(" · about {seconds} s left"),
        seconds => format!(" · about {} min left", seconds.div_ceil(60)),
    }
}

/// Grades a submission. False if the log had everything already.
fn one(class: &Class<'_>, submission: &Submission, folder: &Path) -> Result<bool, String> {
    let exercises: Vec<_> = class.kits.iter().map(|kit| kit.exercise.clone()).collect();
    let (taken, problem) = match submission.take(&exercises, &class.sandbox) {
        Ok(taken) if taken.sources.is_empty() && taken.notes.is_empty() => {
            (taken, Some("it has no Rust file at exercises/NN/src".to_string()))
        }
        Ok(taken) => (taken, None),
        Err(problem) => (Taken::default(), Some(problem)),
    };
    let name = &submission.name;
    class.log.receive(Received { submission: name.clone(), problem, notes: taken.notes })?;
    let mut graded = false;
    for kit in &class.kits {
        let sources = taken.sources.get(&kit.exercise.slug);
        let hash = sources.map_or_else(|| "nothing".to_string(), |sources| source::hash(sources, &kit.version));
        if class.log.has(name, &kit.exercise.slug, &hash) {
            continue;
        }
        graded = true;
        let begin = Instant::now();
        let checks = match sources {
            None => all_alike(kit, State::NotHandedIn, ""),
            Some(sources) => results(class, kit, sources, folder)?,
        };
        class.log.grade(Graded {
            submission: name.clone(),
            exercise: kit.exercise.slug.clone(),
            hash,
            print: sources.and_then(|sources| source::print(sources, &kit.stub)),
            submitted: sources.and_then(|sources| sources.changed),
            seconds: begin.elapsed().as_secs_f64(),
            checks,
        })?;
    }
    Ok(graded)
}

fn results(class: &Class<'_>, kit: &Kit, sources: &Sources, folder: &Path) -> Result<Vec<CheckResult>, String> {
    if class.has_stubs && is_stub(sources, &kit.stub) {
        return Ok(all_alike(kit, State::NotStarted, ""));
    }
    if !sources.files.contains_key("lib.rs") {
        return Ok(all_alike(kit, State::DoesNotCompile, "There is no src/lib.rs."));
    }
    let _ = fs::remove_dir_all(folder);
    let (build, own) = (folder.join("build"), folder.join("judge"));
    for folder in [&build, &own] {
        fs::create_dir_all(folder).map_err(|error| format!("{} cannot be written: {error}.", folder.display()))?;
    }
    let tests = match compile(kit, &class.libraries, sources, &build, &class.sandbox)? {
        Ok(tests) => tests,
        Err(first_error) => return Ok(all_alike(kit, State::DoesNotCompile, &shortened(&first_error, 3000))),
    };
    if let Some(reason) = source::refused(sources) {
        return Ok(all_alike(kit, State::DoesNotCompile, &reason));
    }
    let results = judge(class.course, kit, tests, &own, &class.sandbox, class.threads);
    if fs::remove_dir_all(folder).is_err() {
        complain(&format!("{} cannot be removed.", folder.display()));
    }
    results
}

fn is_stub(sources: &Sources, stub: &str) -> bool {
    let text = sources.files.get("lib.rs").map(|bytes| String::from_utf8_lossy(bytes).replace("\r\n", "\n"));
    sources.files.len() == 1 && text.is_some_and(|text| text.trim_end() == stub.trim_end())
}

fn all_alike(kit: &Kit, state: State, text: &str) -> Vec<CheckResult> {
    let result = |check: &String| CheckResult { check: check.clone(), state, mistake: None, text: text.into() };
    kit.checks.iter().map(result).collect()
}
