//! What the test harness prints about the tests of authors: the wrong answers, the other right ones, and the guide.
//!
//! No code of a learner runs in these programs, so their lines can be believed. What is known about a learner's checks
//! comes through a file of results instead.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use super::cargo::Program;
use super::program;

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Ignored,
    /// It failed with these words.
    Failed(String),
}

/// How the tests of a program ended.
#[derive(Debug, Default)]
pub(crate) struct Tests {
    /// Every test by its name.
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    /// The tests that were left out by a filter.
    pub(crate) filtered_out: usize,
    /// All that was printed to the standard output.
    pub(crate) stdout: String,
    /// And to the standard error.
    pub(crate) stderr: String,
    /// Whether the program reported success.
    pub(crate) succeeded: bool,
}

impl Tests {
    /// The tests whose names begin so.
    pub(crate) fn named(&self, prefix: &str) -> impl Iterator<Item = (&str, &Outcome)> {
        let all = self.outcomes.iter().map(|(name, outcome)| (name.as_str(), outcome));
        all.filter(move |(name, _)| name.starts_with(prefix))
    }

    /// How many of them there are, and how many passed.
    pub(crate) fn count(&self, prefix: &str) -> (usize, usize) {
        let passed = self.named(prefix).filter(|(_, outcome)| **outcome == Outcome::Passed);
        (self.named(prefix).count(), passed.count())
    }

    /// The first of them that failed, with its words.
    pub(crate) fn first_failure(&self, prefix: &str) -> Option<(&str, &str)> {
        self.named(prefix).find_map(|(name, outcome)| match outcome {
            Outcome::Failed(words) => Some((name, words.as_str())),
            _ => None,
        })
    }
}

/// Runs a test program and reads what it prints.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run(program: &Program, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Result<Tests, String> {
    let run = program::run(program, arguments, variables)?;
    Ok(Tests {
        outcomes: parse(&run.stdout),
        filtered_out: count_of(&run.stdout, " filtered out"),
        stdout: run.stdout,
        stderr: run.stderr,
        succeeded: run.status.success(),
    })
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
test e1_sum ... ok
test e2_first ... FAILED
test e3_last ... ignored, later

failures:

---- e2_first stdout ----
Error: c1 accepts it
  Case: one

failures:
    e2_first

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s
";

    #[test]
    fn results_and_words_are_read() {
        let tests = parse(OUTPUT);
        assert_eq!(tests["e1_sum"], Outcome::Passed);
        assert_eq!(tests["e2_first"], Outcome::Failed("c1 accepts it\n  Case: one".into()));
        assert_eq!(tests["e3_last"], Outcome::Ignored);
        assert_eq!(tests.len(), 3);
        assert_eq!(count_of(OUTPUT, " filtered out"), 4);
    }
}
