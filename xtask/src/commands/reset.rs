//! `reset`: brings an exercise back to its stubs, and keeps what was there.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, stdin};

use super::arguments::Done;
use crate::knows::progress::Progress;
use crate::reads::course::{Course, Exercise};
use crate::says::screen::{say, write_now};

/// Asks, unless `--yes` says so already, and writes the stub; the file that was there gets a new name beside it.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let (exercise, sure) = match arguments {
        [number] => (course.exercise(number)?, false),
        [number, "--yes"] | ["--yes", number] => (course.exercise(number)?, true),
        _ => return Err("Which exercise? For example: cargo xtask reset 02".to_string()),
    };
    let file = exercise.source();
    let stub = exercise.stub(&course.workspace)?;
    if course.workspace.read(&file).is_ok_and(|present| present == stub) {
        say!("{file} already contains the stubs.");
        return Ok(true);
    }
    let is_there = course.workspace.path(&file).exists();
    if is_there && !sure && !asked(exercise)? {
        say!("Nothing was changed.");
        return Ok(false);
    }
    let kept = if is_there { Some(keep(course, exercise)?) } else { None };
    course.workspace.write(&file, &stub)?;
    let mut progress = Progress::read(&course.workspace);
    progress.does_not_pass(exercise);
    progress.set_failed(exercise, None);
    progress.write(&course.workspace)?;
    let kept = kept.map_or(String::new(), |kept| format!(" Your version is in {kept}."));
    say!("{file} contains the stubs again.{kept}");
    Ok(true)
}

fn asked(exercise: &Exercise) -> Result<bool, String> {
    if !stdin().is_terminal() {
        return Err("There is no terminal to ask for confirmation. If you are sure, add --yes.".to_string());
    }
    write_now(&format!("Reset {} to its stubs? Your version is kept under another name. [y/N] ", exercise.source()));
    let mut answer = String::new();
    stdin().read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Copies the learner's file to the first free name.
fn keep(course: &Course, exercise: &Exercise) -> Result<String, String> {
    let file = exercise.source();
    let no_copy = |error| format!("{file} cannot be kept, so nothing was changed: {error}.");
    let mut present = File::open(course.workspace.path(&file)).map_err(no_copy)?;
    for number in 1.. {
        let name = format!("{file}.bak-{number}");
        // Only a new file: what was kept before, or by another command at this moment, stays.
        match File::create_new(course.workspace.path(&name)) {
            Ok(mut copy) => {
                io::copy(&mut present, &mut copy).and_then(|_| copy.sync_all()).map_err(no_copy)?;
                return Ok(name);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(no_copy(error)),
        }
    }
    Err(no_copy(ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::course::fixture::{self, LIB, STUB};

    #[test]
    fn what_was_there_is_kept_each_time() {
        let (_scratch, course) = fixture::course(Some("first"));
        assert_eq!(run(&course, &["99", "--yes"]), Ok(true));
        // Not UTF-8: kept to the byte.
        std::fs::write(course.workspace.path(LIB), b"second \xff").unwrap();
        assert_eq!(run(&course, &["--yes", "99"]), Ok(true));
        let kept = |number: usize| std::fs::read(course.workspace.path(&format!("{LIB}.bak-{number}"))).unwrap();
        assert_eq!((kept(1), kept(2)), (b"first".to_vec(), b"second \xff".to_vec()));
        assert_eq!(course.workspace.read(LIB).as_deref(), Ok(STUB));
    }

    #[test]
    fn a_file_that_is_gone_comes_back() {
        let (_scratch, course) = fixture::course(Some(""));
        std::fs::remove_file(course.workspace.path(LIB)).unwrap();
        assert_eq!(run(&course, &["99"]), Ok(true));
        assert!(course.workspace.read(LIB).unwrap().contains("todo!"));
    }
}
