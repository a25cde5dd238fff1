//! Runs a test program as cargo would, and in the same way whatever the user's settings for tests are.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use super::cargo::Program;

/// What is kept of the output: a function may print in an endless loop.
const MOST: u64 = 1 << 20;

/// Variables that change which tests run, in which order, or what is printed about them.
const SETTINGS: [&str; 6] = [
    "RUST_TEST_THREADS",
    "RUST_TEST_NOCAPTURE",
    "RUST_TEST_SHUFFLE",
    "RUST_TEST_SHUFFLE_SEED",
    "RUST_TEST_TIME_UNIT",
    "RUST_TEST_TIME_INTEGRATION",
];

/// How a test program ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
}

/// Runs a test program with these arguments and variables.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn run(program: &Program, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Result<Run, String> {
    let mut command = Command::new(&program.path);
    for name in SETTINGS {
        command.env_remove(name);
    }
    let mut child = command
        .args(["--format", "pretty", "--color", "never"])
        .args(arguments)
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        // A backtrace would bury the verdict.
        .env("RUST_BACKTRACE", "0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{} could not be started: {error}.", program.path.display()))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // Both at once: a full pipe would stop the program.
    let reader = thread::spawn(move || err.map(read_most).unwrap_or_default());
    let stdout = out.map(read_most).unwrap_or_default();
    let stderr = reader.join().unwrap_or_default();
    let status = child.wait().map_err(|error| format!("a test could not be waited for: {error}."))?;
    Ok(Run { stdout, stderr, status })
}

/// Reads the pipe to its end, and keeps its beginning.
fn read_most(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    // What came before an error is still worth reading.
    let _ = pipe.by_ref().take(MOST).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    String::from_utf8_lossy(&bytes).into_owned()
}
