//! `stubs`: derives each exercise from its solution, so that the two cannot drift apart.
//!
//! Only a stub is ever replaced. A file that may hold work, a learner's or an author's, is left as it is: `reset` alone replaces
//! those, and keeps a copy.

use std::process::Command;

use super::arguments::{Done, only_check_flag};
use crate::reads::course::{Course, Exercise};
use crate::reads::stub;
use crate::says::screen::{bad, good, say};

/// The stubs that this command wrote, in a folder that only holds what can be made again.
const WRITTEN: &str = "target/stubs-written.txt";

/// Writes the stubs or, with `--check`, only says whether they are what the solutions give.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    let mut all_well = true;
    for exercise in &course.exercises {
        let stub = exercise.stub(&course.workspace)?;
        let file = exercise.source();
        let present = course.workspace.read(&file);
        if present.as_deref() == Ok(&stub) {
            say!("{file} {}", good("is up to date"));
        } else if only_check {
            say!("{file} is not what {} gives: run `cargo xtask stubs`", exercise.solution());
            all_well = false;
        } else if may_be_replaced(course, exercise) {
            remember(course, &stub)?;
            course.workspace.write(&file, &stub)?;
            say!("{file} written");
        } else {
            say!("{}", bad(&refusal(exercise)));
            all_well = false;
        }
    }
    Ok(all_well)
}

fn refusal(exercise: &Exercise) -> String {
    format!(
        "{} is neither the stub of the last commit nor one that this command wrote. It may hold work, so it was left as it\n\
         is. To keep a copy of it and write the stub:  cargo xtask reset {}",
        exercise.source(),
        exercise.number()
    )
}

/// Whether the exercise's file is known to hold nothing but a stub.
fn may_be_replaced(course: &Course, exercise: &Exercise) -> bool {
    let path = course.workspace.path(&exercise.source());
    let Ok(present) = course.workspace.read(&exercise.source()) else {
        // A file that cannot be read as text is still a file.
        return !path.exists();
    };
    let is_known = |stub: String| stub == present;
    present.trim().is_empty() || was_written(course, &present) || committed(course, exercise).is_some_and(is_known)
}

/// The stub that the solution of the last commit gives.
fn committed(course: &Course, exercise: &Exercise) -> Option<String> {
    let object = format!("HEAD:{}", exercise.solution());
    let git = Command::new("git").current_dir(course.workspace.root()).args(["show", &object]).output().ok()?;
    let solution = String::from_utf8(git.stdout).ok().filter(|_| git.status.success())?;
    stub::derive(&solution.replace("\r\n", "\n")).ok()
}

fn was_written(course: &Course, present: &str) -> bool {
    let written = course.workspace.read(WRITTEN).unwrap_or_default();
    written.split('\0').any(|stub| stub == present)
}

fn remember(course: &Course, stub: &str) -> Result<(), String> {
    if was_written(course, stub) {
        return Ok(());
    }
    let folder = course.workspace.path("target");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
    let written = course.workspace.read(WRITTEN).unwrap_or_default();
    course.workspace.write(WRITTEN, &format!("{written}{stub}\0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::course::fixture::{self, LIB, SOLUTION, SOLVED, STUB};

    fn git(course: &Course, arguments: &[&str]) {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"];
        let git = Command::new("git").current_dir(course.workspace.root()).args(who).args(arguments).output().unwrap();
        assert!(git.status.success(), "{git:?}");
    }

    /// A learner's work, committed or not, is never replaced.
    #[test]
    fn work_is_left_as_it_is() {
        let work = "pub fn f() {\n    done()\n}\n";
        let (_scratch, course) = fixture::course(Some(work));
        assert_eq!(run(&course, &[]), Ok(false));
        assert_eq!(course.workspace.read(LIB).as_deref(), Ok(work));
        git(&course, &["init", "--quiet"]);
        git(&course, &["add", "--all"]);
        git(&course, &["commit", "--quiet", "--message=all"]);
        assert_eq!(run(&course, &[]), Ok(false));
        std::fs::write(course.workspace.path(LIB), b"pub fn f() { \xff }").unwrap();
        assert_eq!(run(&course, &[]), Ok(false));
        assert!(std::fs::read(course.workspace.path(LIB)).unwrap().contains(&0xff));
        assert!(refusal(&course.exercises[0]).ends_with("cargo xtask reset 99"));
    }

    /// An author changes a solution again and again, with and without commits.
    #[test]
    fn a_stub_is_replaced_by_the_next() {
        let (_scratch, course) = fixture::course(Some(""));
        let change = |from: &str, to: &str| {
            let solution = course.workspace.read(SOLUTION).unwrap().replace(from, to);
            course.workspace.write(SOLUTION, &solution).unwrap();
        };
        assert_eq!(run(&course, &[]), Ok(true));
        assert_eq!(course.workspace.read(LIB).as_deref(), Ok(STUB));
        change("todo!()", "todo!(\"two\")");
        assert_eq!(
            (run(&course, &["--check"]), run(&course, &[]), run(&course, &["--check"])),
            (Ok(false), Ok(true), Ok(true))
        );
        // What was written is forgotten with the target folder, but a commit is not.
        git(&course, &["init", "--quiet"]);
        git(&course, &["add", "--all"]);
        git(&course, &["commit", "--quiet", "--message=all"]);
        std::fs::remove_dir_all(course.workspace.path("target")).unwrap();
        change("two", "three");
        assert_eq!(run(&course, &[]), Ok(true));
        assert!(course.workspace.read(LIB).unwrap().contains("three"));
    }

    #[test]
    fn a_checkout_with_the_line_ends_of_windows_is_up_to_date() {
        let (_scratch, course) = fixture::course(Some(&STUB.replace('\n', "\r\n")));
        assert_eq!(run(&course, &["--check"]), Ok(true));
        course.workspace.write(SOLUTION, &SOLVED.replace('\n', "\r\n")).unwrap();
        assert_eq!(run(&course, &["--check"]), Ok(true));
    }
}
