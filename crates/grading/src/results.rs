//! What a tool learns about a check: one line of JSON in a file of the tool's, so that it need not read what is printed.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;

use serde::Serialize;

use crate::exercise::CheckInfo;
use crate::verdict::{Kind, Passed, Verdict};

/// The variable that names the file. Without it nothing is written.
pub(crate) const FILE: &str = "GRADING_RESULTS";

/// The line.
#[derive(Serialize)]
struct Line<'a> {
    exercise: &'a str,
    check: &'a str,
    function: &'a str,
    state: &'a str,
    mistake: Option<&'a str>,
    text: String,
    found: Option<&'a str>,
    printed: &'a str,
}

/// Appends the line of a check, in a single write, since checks run side by side. `printed` is what the learner's code
/// printed.
pub(crate) fn report(info: &CheckInfo, judged: &Result<Passed, Verdict>, printed: &str) {
    let Some(file) = env::var_os(FILE) else { return };
    let mut line = line(info, judged, printed);
    line.push('\n');
    let written =
        OpenOptions::new().append(true).create(true).open(&file).and_then(|mut f| f.write_all(line.as_bytes()));
    if let Err(error) = written {
        eprintln!("{FILE}: {}: {error}", file.to_string_lossy());
    }
}

fn line(info: &CheckInfo, judged: &Result<Passed, Verdict>, printed: &str) -> String {
    let (exercise, check, function) = (info.exercise.slug, info.name, info.function);
    let line = match judged {
        Ok(passed) => {
            let (text, found) = (passed.to_string(), passed.found.as_deref());
            Line { exercise, check, function, state: "passed", mistake: None, text, found, printed }
        }
        Err(verdict) => {
            let (state, mistake) = (state(verdict.kind), verdict.mistake.map(|mistake| mistake.code));
            Line { exercise, check, function, state, mistake, text: verdict.to_string(), found: None, printed }
        }
    };
    // A struct of strings has no way not to be JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

fn state(kind: Kind) -> &'static str {
    match kind {
        Kind::NotStarted => "not_started",
        Kind::Wrong => "wrong",
        Kind::Panicked => "panicked",
        Kind::TooLong => "too_long",
        Kind::Ended => "ended",
        Kind::CourseDamaged => "damaged",
    }
}
