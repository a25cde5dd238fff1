//! `cargo xtask grow`: trains a small model from nothing and opens a page that redraws as it learns.
//!
//! - [`options`]: the command line, and the recipe that it means;
//! - [`tales`]: the text of the recipe of the embedded model, from a folder of books;
//! - [`frames`]: what the page is told: curves, scores of heads, the attention of one head;
//! - [`story`]: how a run ended without a bump, and what to try;
//! - [`server`]: the page and its frames, on 127.0.0.1;
//! - [`watch`]: the run, and everything above joined to it.

mod frames;
mod options;
mod server;
mod story;
mod tales;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{}", options::HELP);
        return ExitCode::SUCCESS;
    }
    match options::Options::parse(&words).and_then(watch::grow) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
