//! Has the functions of a submission called, and reads the verdicts.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use super::libraries::Kit;
use super::log::{CheckResult, State};
use crate::course::Course;
use crate::sandbox::{CALL, Job, Limits, MIB, Over, Ran, Sandbox, program, run_watched};
use crate::words::shortened;

/// What the calls of one check may use. The judge ends a single call much earlier.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(300),
    processor_seconds: 300,
    memory: 2048 * MIB,
    tasks: 128,
    file: 64 * MIB,
    disk: 128 * MIB,
    open_files: 128,
    output: 0,
};

/// What the judge itself may use: it is ours, but it waits for others.
const OF_JUDGE: Limits = Limits {
    time: Duration::from_secs(1800),
    processor_seconds: 0,
    memory: u64::MAX,
    tasks: u64::MAX,
    file: 0,
    disk: u64::MAX,
    open_files: 0,
    output: 1 << 16,
};

/// So much of a verdict is kept.
const KEPT: usize = 3000;

/// Where the inputs of the checks are, which the process of a submission reads before its first call.
const INPUTS: [&str; 3] = ["reference_data/models", "reference_data/activations", "crates/training/books"];

/// The variables by which the judge is told where its results go, and what to start to have calls made.
const RESULTS: &str = "GRADING_RESULTS";
const CALLER: &str = "GRADING_CALLER";

#[derive(Deserialize)]
struct Line {
    check: String,
    state: State,
    mistake: Option<String>,
    text: String,
}

/// A result for each check. `folder` is for the files that the judge reads and writes; the submission sees none of it.
pub(super) fn judge(
    course: &Course,
    kit: &Kit,
    tests: PathBuf,
    folder: &Path,
    sandbox: &Sandbox,
    threads: usize,
) -> Result<Vec<CheckResult>, String> {
    let home = course.root.join("exercises").join(&kit.exercise.slug);
    let job = Job {
        read: INPUTS.iter().map(|folder| course.root.join(folder)).chain([tests.clone()]).collect(),
        program: tests,
        arguments: Vec::new(),
        folder: "/".into(),
        write: Vec::new(),
        scratch: None,
        variables: vec![
            ("CARGO_MANIFEST_DIR".into(), home.clone().into()),
            ("RUST_BACKTRACE".into(), "0".into()),
            ("RAYON_NUM_THREADS".into(), threads.to_string().into()),
        ],
        needs_programs: false,
        limits: LIMITS,
    };
    let (call, results) = (folder.join("call.json"), folder.join("results.jsonl"));
    let text = serde_json::to_string(&(sandbox, job)).map_err(|error| error.to_string())?;
    fs::write(&call, text).map_err(|error| format!("{}: {error}.", call.display()))?;
    let mut command = Command::new(&kit.judge);
    command.args(["--test-threads", "1", "--color", "never"]).current_dir(&course.root);
    command.env("CARGO_MANIFEST_DIR", home).env("RUST_BACKTRACE", "0").env("RAYON_NUM_THREADS", threads.to_string());
    command.env(RESULTS, &results).env(CALLER, program()).env(CALL, &call);
    for name in ["RUST_TEST_THREADS", "RUST_TEST_SHUFFLE", "RUST_TEST_SHUFFLE_SEED", "RUST_TEST_NOCAPTURE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ran { over, stderr, .. } = run_watched(command, &OF_JUDGE, &[])?;
    let missing = match over {
        // It waits for the submission and for nothing else.
        Some(Over::Time) => {
            let minutes = OF_JUDGE.time.as_secs() / 60;
            (State::TooLong, format!("The checks of this exercise took more than {minutes} minutes together."))
        }
        _ => (State::Unknown, format!("The judge gave no result. {}", String::from_utf8_lossy(&stderr).trim())),
    };
    Ok(read(&fs::read_to_string(&results).unwrap_or_default(), &kit.checks, missing))
}

/// The results in these lines; those that are missing have this state and text.
fn read(lines: &str, checks: &[String], missing: (State, String)) -> Vec<CheckResult> {
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    let mut lines: HashMap<String, Line> = lines.map(|line| (line.check.clone(), line)).collect();
    let result = |check: &String| match lines.remove(check) {
        Some(Line { state, mistake, text, .. }) => {
            CheckResult { check: check.clone(), state, mistake, text: shortened(&text, KEPT) }
        }
        None => {
            CheckResult { check: check.clone(), state: missing.0, mistake: None, text: shortened(&missing.1, KEPT) }
        }
    };
    checks.iter().map(result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A check whose input is missing in the sandbox would call the course damaged, whatever the submission does.
    #[test]
    fn every_file_that_the_grader_names_is_an_input_or_of_the_judge_alone() {
        let root = Course::find().unwrap().root;
        let mut named = Vec::new();
        let mut folders = vec![root.join("crates/grading/src")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    named.extend(text.split('"').filter(|text| text.contains('/')).map(str::to_string));
                }
            }
        }
        // A name with a dot in front is of git, not of the course.
        named.retain(|text| !text.starts_with(['/', '.']) && !text.contains(['\n', '{']) && root.join(text).is_file());
        let of_judge = ["exercises/", "reference_data/fingerprints/"];
        let is_known = |file: &&String| INPUTS.iter().chain(&of_judge).any(|folder| file.starts_with(folder));
        assert!(named.len() > 10, "{named:?}");
        assert_eq!(named.iter().find(|file| !is_known(file)), None);
    }

    #[test]
    fn a_check_without_a_line_has_not_passed() {
        let lines = "{\"exercise\":\"02\",\"check\":\"c1_a\",\"function\":\"a\",\"state\":\"passed\",\"mistake\":null,\
                     \"text\":\"PASSED\",\"found\":null,\"printed\":\"\"}\nnot JSON\n";
        for state in [State::Unknown, State::TooLong] {
            let results = read(lines, &["c1_a".into(), "c2_b".into()], (state, "it ended".into()));
            assert_eq!((results[0].state, results[1].state), (State::Passed, state));
            assert_eq!(results[1].text, "it ended");
        }
    }
}
