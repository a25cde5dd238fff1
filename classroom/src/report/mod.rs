//! What the log says, for people and for programs: `grades.csv`, `junit.xml`, `results.jsonl` and `class.html`.
//!
//! All of it is made from the log and the plan of the class, in the order of the names, and without the time that it took:
//! the results of several machines, put together, are the same as those of one.

mod class;
mod junit;
mod page;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::course::{Course, Plan};
use crate::grades::log::{LOG, Results};
use crate::words::{complain, say};
use class::Class;

/// Puts the results of several runs together.
///
/// # Errors
/// One of them has no log, or two disagree.
pub(crate) fn merge(folders: &[PathBuf], out: &Path) -> Result<bool, String> {
    let plan = Course::find()?.plan;
    let mut merged = Results::default();
    for folder in folders {
        let results = Results::read(folder)?;
        for (name, received) in results.submissions {
            merged.submissions.insert(name, received);
        }
        for (key, graded) in results.exercises {
            if merged.exercises.get(&key).is_some_and(|other| other.checks != graded.checks) {
                let (submission, exercise) = key;
                return Err(format!(
                    "{} has other results for {exercise} of {submission} than a folder before it. Were they made from \
                     different submissions?",
                    folder.display()
                ));
            }
            merged.exercises.insert(key, graded);
        }
    }
    fs::create_dir_all(out).map_err(|error| format!("{} cannot be written: {error}.", out.display()))?;
    write_file(out, LOG, merged.to_text().as_bytes())?;
    write(&merged, &plan, out)
}

/// Writes everything but the log, and says what there is. False when something could not be graded.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write(results: &Results, plan: &Plan, out: &Path) -> Result<bool, String> {
    let class = Class::of(results, plan);
    write_file(out, "grades.csv", &table::csv(&class)?)?;
    write_file(out, "junit.xml", &junit::xml(&class)?)?;
    write_file(out, "class.html", page::html(&class).as_bytes())?;
    say(&class.summary());
    say(&format!("The whole class on one page: {}", out.join("class.html").display()));
    let troubles = class.troubles();
    troubles.iter().for_each(|trouble| complain(trouble));
    Ok(troubles.is_empty())
}

/// A file appears whole or not at all.
fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    let path = folder.join(name);
    let new = folder.join(format!(".{name}.new"));
    let written = fs::write(&new, bytes).and_then(|()| fs::rename(&new, &path));
    written.map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}
