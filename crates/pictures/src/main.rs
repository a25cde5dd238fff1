//! What `cargo xtask view NN` runs: a page with the pictures of an exercise.
//!
//! ```text
//! pictures NN TITLE [--right FUNCTION,FUNCTION,…] [--out FILE]
//! ```
//! `--right` names the learner's functions that passed their checks; this program must then be built with the feature
//! `yours-NN`. `--out` writes the page instead of opening it.

use std::path::PathBuf;
use std::process::ExitCode;

use circuit_vis::{Report, VisError};
use pictures::{Outcome, Picture, Right};

fn main() -> ExitCode {
    match show(std::env::args().skip(1).collect()) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn show(mut words: Vec<String>) -> Outcome<String> {
    let right = Right::of(&option(&mut words, "--right")?.unwrap_or_default());
    let out = option(&mut words, "--out")?.map(PathBuf::from);
    let [number, title] = &words[..] else { return Err("expected: NN TITLE [--right LIST] [--out FILE]".into()) };
    let pictures = pictures::of_exercise(number, &right)?.ok_or("this exercise has no pictures of its own")?;
    let report = page(title, &pictures, &right);
    if let Some(file) = out {
        report.write(&file)?;
        return Ok(format!("Written to {}.", file.display()));
    }
    match report.open() {
        Ok(file) => Ok(format!("Opened {} in your browser.", file.display())),
        // The page is there, which is what was asked for.
        Err(without_browser @ VisError::Open { .. }) => Ok(format!("Done: {without_browser}.")),
        Err(error) => Err(error.into()),
    }
}

/// Takes an option and what follows it out of the words.
fn option(words: &mut Vec<String>, name: &str) -> Outcome<Option<String>> {
    let Some(at) = words.iter().position(|word| word == name) else { return Ok(None) };
    if at + 1 == words.len() {
        return Err(format!("{name} needs something after it").into());
    }
    Ok(words.drain(at..at + 2).nth(1))
}

fn page(title: &str, pictures: &[Picture], right: &Right) -> Report {
    let mut report = Report::new(title);
    for picture in pictures {
        let what = format!("What to look for: {}", picture.look_for);
        report = report.view(&picture.view).prose(&what).prose(&makers(picture, right));
    }
    report
}

/// Whose functions a picture is made with.
fn makers(picture: &Picture, right: &Right) -> String {
    let (yours, ours): (Vec<&str>, Vec<&str>) = picture.made_with.iter().copied().partition(|name| right.has(name));
    match (&yours[..], &ours[..]) {
        (yours, []) => format!("Made with your {}.", list(yours)),
        ([], ours) => format!("Made with the course's {}. Yours are used once they pass their checks.", list(ours)),
        (yours, ours) => format!("Made with your {} and the course's {}.", list(yours), list(ours)),
    }
}

/// "a", "a and b", "a, b and c".
fn list(names: &[&str]) -> String {
    match names {
        [names @ .., last] if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        _ => names.concat(),
    }
}
