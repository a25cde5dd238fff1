//! Starts cargo at the root of the repository, and shows what it is compiling: a first build takes minutes.

use std::env;
use std::io::{BufRead, BufReader, IsTerminal, stderr};
use std::process::{ChildStderr, Command, Stdio};

use crate::style::plain;
use crate::workspace;

/// The cargo that runs this program, to be run at the root.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}

/// Runs `cargo build` with these arguments.
///
/// # Errors
/// What cargo said when it could not be started or did not succeed.
pub(crate) fn build(arguments: &[&str]) -> Result<(), String> {
    let not_started = |error| format!("cargo could not be started: {error}.");
    let mut command = command();
    let mut child = command.arg("build").args(arguments).stderr(Stdio::piped()).spawn().map_err(not_started)?;
    let said = child.stderr.take().map(read_with_progress).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cargo could not be waited for: {error}."))?;
    if status.success() { Ok(()) } else { Err(said) }
}

/// Reads what cargo says and, on a terminal, shows on one line what it is compiling.
pub(crate) fn read_with_progress(pipe: ChildStderr) -> String {
    let shows_progress = stderr().is_terminal();
    let mut text = String::new();
    for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let words = plain(&line);
        if shows_progress && ["Compiling", "Downloading"].iter().any(|word| words.trim_start().starts_with(word)) {
            eprint!("\r\x1b[2K  {}", words.trim());
        }
        text.push_str(&line);
        text.push('\n');
    }
    if shows_progress {
        eprint!("\r\x1b[2K");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_fails_says_why() {
        let said = build(&["--package", "no-such-package", "--offline"]).unwrap_err();
        assert!(said.contains("no-such-package"), "{said}");
    }
}
