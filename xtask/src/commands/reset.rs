//! `reset`: brings an exercise back to its stubs, and keeps what was there.

use std::fs;
use std::io::{BufRead, IsTerminal, Write, stdin, stdout};

use super::{Done, stubs};
use crate::course::{self, Exercise};
use crate::progress::Progress;
use crate::workspace;

/// Asks, unless `--yes` says so already, and writes the stub; the file that was there gets a new name beside it.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let (exercise, sure) = match arguments {
        [number] => (course::find(number)?, false),
        [number, "--yes"] | ["--yes", number] => (course::find(number)?, true),
        _ => return Err("Which exercise? For example: cargo xtask reset 02".to_string()),
    };
    let stub = stubs::derive(&workspace::read(&exercise.solution())?)?;
    if workspace::read(&exercise.source()).is_ok_and(|present| present == stub) {
        println!("{} is at its stubs already.", exercise.source());
        return Ok(true);
    }
    if !sure && !asked(exercise)? {
        println!("Nothing was changed.");
        return Ok(false);
    }
    let kept = keep(exercise)?;
    workspace::write(&exercise.source(), &stub)?;
    let mut progress = Progress::read();
    progress.set_passed(exercise, false)?;
    progress.write()?;
    println!("{} is back at its stubs. What was there is kept in {kept}.", exercise.source());
    Ok(true)
}

fn asked(exercise: &Exercise) -> Result<bool, String> {
    if !stdin().is_terminal() {
        return Err("There is nobody to ask here. If you are sure, add --yes.".to_string());
    }
    print!("Bring {} back to its stubs? Your file is kept under another name. [y/N] ", exercise.source());
    stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Gives the learner's file the first free name.
fn keep(exercise: &Exercise) -> Result<String, String> {
    let root = workspace::root();
    let names = (1..).map(|number| format!("{}.bak-{number}", exercise.source()));
    let name = names.into_iter().find(|name| !root.join(name).exists()).unwrap_or_default();
    fs::copy(root.join(exercise.source()), root.join(&name))
        .map_err(|error| format!("{} cannot be kept as {name}, so nothing was changed: {error}.", exercise.source()))?;
    Ok(name)
}
