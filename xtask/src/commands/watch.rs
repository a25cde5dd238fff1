//! `watch`: grades the exercise again whenever its file is saved.
//!
//! The file is read twice a second and compared with what it was. That works on every file system, network folders and
//! containers included, where notifications of changes often get lost; and the terminal stays in its ordinary mode, so
//! there is nothing to restore when Ctrl-C ends it.

use std::io::{BufRead, IsTerminal, stdin, stdout};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::{Done, check, hint};
use crate::course::{self, Exercise};
use crate::style::strong;
use crate::workspace;

/// How often the file is looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// Watches the exercise that is named, or else the one that the learner is at. It never goes on to the next by itself.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let exercise = match arguments {
        [] => course::current()?.ok_or("You have passed everything. Name the exercise to watch.")?,
        [number] => course::find(number)?,
        more => return Err(format!("One exercise at a time, please, not `{}`.", more.join(" "))),
    };
    if !stdout().is_terminal() {
        return Err("`watch` is for a terminal; in a script, use `cargo xtask check`.".to_string());
    }
    let lines = typed_lines();
    let mut graded = String::new();
    loop {
        // While an editor saves, the file may be away for a moment.
        if let Ok(source) = workspace::read(&exercise.source())
            && source != graded
        {
            graded = source;
            grade(exercise)?;
        }
        let Ok(line) = lines.recv_timeout(PAUSE) else { continue };
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [] => graded.clear(),
            ["q" | "quit"] => return Ok(true),
            ["h" | "hint", ref function @ ..] => give_hint(exercise, function),
            _ => println!("h for a hint, h FUNCTION for one about that, Enter to grade again, q to end; not `{line}`."),
        }
    }
}

/// A hint that there is not must not end the watch.
fn give_hint(exercise: &Exercise, function: &[&str]) {
    if let Err(trouble) = hint::run(&[&[exercise.number()], function].concat()) {
        println!("{trouble}");
    }
}

fn grade(exercise: &Exercise) -> Result<(), String> {
    // Clears the screen, so that the newest verdict is at the top.
    print!("\x1b[2J\x1b[H");
    let passed = check::check(exercise)?;
    if passed {
        println!("\n{}", strong("Passed. When you are ready: q, then cargo xtask next"));
    }
    println!("\nWatching {}. Save it to grade again. h [FUNCTION]: hint, Enter: again, q: end", exercise.source());
    Ok(())
}

/// What is typed, line by line, without waiting for it. When the input ends, nothing more comes.
fn typed_lines() -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line.trim().to_string()).is_err() {
                return;
            }
        }
        // Keeps the channel open, so that the receiver waits its whole pause.
        loop {
            thread::park();
        }
    });
    receiver
}
