//! Runs the tests of a package and reads what the test harness prints.
//!
//! Cargo's output is read, not replaced: a learner who runs `cargo test` by hand sees the same tests and verdicts.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::cargo;
use crate::style::plain;

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Ignored,
    /// It failed with these words.
    Failed(String),
}

/// How the tests of a package ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// Every test by its name, which is also their order.
    pub(crate) tests: BTreeMap<String, Outcome>,
    /// The tests that were left out by a filter.
    pub(crate) filtered_out: usize,
    /// All that was printed to the standard output.
    pub(crate) stdout: String,
    /// What cargo and the compiler said.
    pub(crate) stderr: String,
    /// Whether cargo reported success.
    pub(crate) success: bool,
    /// From the start of cargo to its end.
    pub(crate) took: Duration,
}

impl Run {
    /// Whether the code did not compile, so that no test ran.
    pub(crate) fn did_not_compile(&self) -> bool {
        plain(&self.stderr).contains("error: could not compile") || (!self.success && self.stdout.is_empty())
    }

    /// The warnings that the compiler gave for code of the workspace.
    pub(crate) fn warnings(&self) -> usize {
        let is_warning = |line: &&str| line.starts_with("warning: ") && !line.contains("profile package spec");
        self.stderr.lines().filter(is_warning).count()
    }

    /// How many tests passed.
    pub(crate) fn passed(&self) -> usize {
        self.tests.values().filter(|outcome| **outcome == Outcome::Passed).count()
    }

    /// The test that was running when the program ended, if tests ran one at a time: its line stops before the outcome.
    pub(crate) fn unfinished(&self) -> Option<&str> {
        let last = self.stdout.lines().rev().find(|line| line.starts_with("test "))?;
        Some(last.strip_prefix("test ")?.split_once(" ...")?)
            .filter(|(_, outcome)| outcome.trim().is_empty())
            .map(|(name, _)| name)
    }

    /// The first test that did not pass, with its words.
    pub(crate) fn first_failure(&self) -> Option<(&str, &str)> {
        self.tests.iter().find_map(|(name, outcome)| match outcome {
            Outcome::Failed(words) => Some((name.as_str(), words.as_str())),
            _ => None,
        })
    }
}

/// Runs `cargo test` for one package with further arguments and variables.
///
/// # Errors
/// When cargo cannot be started.
pub(crate) fn run(package: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Run, String> {
    let begin = Instant::now();
    let mut child = cargo::command()
        .args(["test", "--package", package])
        .args(arguments)
        .envs(variables.iter().copied())
        // A backtrace would bury the verdict.
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cargo could not be started: {error}."))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // Both at once: a pipe that nobody empties would stop the child.
    let reader = thread::spawn(move || err.map(cargo::read_with_progress).unwrap_or_default());
    let stdout = out.map(|mut pipe| read_all(&mut pipe)).unwrap_or_default();
    let stderr = reader.join().unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cargo could not be waited for: {error}."))?;
    Ok(Run {
        tests: parse(&stdout),
        filtered_out: count_of(&stdout, " filtered out"),
        stdout,
        stderr,
        success: status.success(),
        took: begin.elapsed(),
    })
}

fn read_all(pipe: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    // What came before an error is still worth reading.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the lines `test NAME ... ok` and the blocks that follow `---- NAME stdout ----`.
fn parse(stdout: &str) -> BTreeMap<String, Outcome> {
    let mut tests = BTreeMap::new();
    let mut block: Option<String> = None;
    for line in stdout.lines() {
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            block = Some(name.to_string());
        } else if line == "failures:" {
            block = None;
        } else if let Some(Outcome::Failed(words)) = block.as_ref().and_then(|name| tests.get_mut(name)) {
            words.push_str(line.strip_prefix("Error: ").unwrap_or(line));
            words.push('\n');
        } else if let Some((name, outcome)) = read_result(line) {
            tests.insert(name.to_string(), outcome);
        }
    }
    for outcome in tests.values_mut() {
        if let Outcome::Failed(words) = outcome {
            *words = words.trim().to_string();
        }
    }
    tests
}

fn read_result(line: &str) -> Option<(&str, Outcome)> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    match result {
        "ok" => Some((name, Outcome::Passed)),
        "FAILED" => Some((name, Outcome::Failed(String::new()))),
        _ if result.starts_with("ignored") => Some((name, Outcome::Ignored)),
        _ => None,
    }
}

/// The sum of the numbers before these words in the harness's summary lines.
fn count_of(stdout: &str, words: &str) -> usize {
    let summaries = stdout.lines().filter(|line| line.starts_with("test result: "));
    summaries
        .flat_map(|line| line.split(';'))
        .filter_map(|part| part.split_once(words).map(|(number, _)| number.trim()))
        .filter_map(|number| number.parse::<usize>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 3 tests
test c1_current ... ok
test c2_prev ... FAILED
test c3_first ... ignored, later

failures:

---- c2_prev stdout ----
Error: WRONG: `prev`
  Case: one

failures:
    c2_prev

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s
";

    #[test]
    fn the_test_that_ended_the_program_is_known_by_its_line() {
        let run = |stdout: &str| Run {
            tests: BTreeMap::new(),
            filtered_out: 0,
            stdout: stdout.into(),
            stderr: String::new(),
            success: false,
            took: Duration::ZERO,
        };
        assert_eq!(run("test c1_current ... ok\ntest c2_prev ... ").unfinished(), Some("c2_prev"));
        assert_eq!(run(OUTPUT).unfinished(), None);
        assert_eq!(run("").unfinished(), None);
    }

    #[test]
    fn results_and_verdicts_are_read() {
        let tests = parse(OUTPUT);
        assert_eq!(tests["c1_current"], Outcome::Passed);
        assert_eq!(tests["c2_prev"], Outcome::Failed("WRONG: `prev`\n  Case: one".into()));
        assert_eq!(tests["c3_first"], Outcome::Ignored);
        assert_eq!(tests.len(), 3);
        assert_eq!(count_of(OUTPUT, " filtered out"), 4);
    }
}
