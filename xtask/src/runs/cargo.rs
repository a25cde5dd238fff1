//! Starts cargo at the root of the course, shows what it is compiling (a first build takes minutes), and reads what it
//! built from the messages that it writes for programs. What it prints for people depends on settings, such as
//! `CARGO_TERM_QUIET`.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, Stdio};
use std::thread;

use serde_json::Value as Json;

use crate::reads::workspace::Workspace;
use crate::says::screen::{has_color, plain, show_progress};

/// What came of a build.
#[derive(Debug, Default)]
pub(crate) struct Build {
    pub(crate) succeeded: bool,
    /// What the compiler said about the code of this repository.
    pub(crate) messages: Vec<Message>,
    /// The programs, tests among them.
    pub(crate) programs: Vec<Program>,
    /// What cargo itself said.
    pub(crate) stderr: String,
}

/// A message of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// The package whose code it is about.
    pub(crate) package: String,
    pub(crate) is_error: bool,
    /// As the compiler shows it, in colors where the screen has them.
    pub(crate) shown: String,
}

/// A program that was built, such as that of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its package.
    pub(crate) package: String,
    /// Its name, which is that of the test: `checks`.
    pub(crate) name: String,
    /// The folder of the package, in which cargo would run it.
    pub(crate) folder: PathBuf,
    pub(crate) path: PathBuf,
}

impl Build {
    /// The program of this package and name.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn program(&self, package: &str, name: &str) -> Result<&Program, String> {
        let found = self.programs.iter().find(|program| program.package == package && program.name == name);
        found.ok_or_else(|| format!("cargo built no program `{name}` of {package}."))
    }

    /// Everything that explains why it did not succeed.
    pub(crate) fn explanation(&self) -> String {
        let errors: Vec<&str> = self.messages.iter().map(|message| message.shown.trim_end()).collect();
        if errors.is_empty() { self.stderr.trim_end().to_string() } else { errors.join("\n\n") }
    }

    /// The first error, without colors.
    pub(crate) fn first_error(&self) -> String {
        let first = self.messages.iter().find(|message| message.is_error);
        plain(first.map_or(&self.stderr, |message| &message.shown)).trim().to_string()
    }

    /// The warnings about the code of a package.
    pub(crate) fn warnings(&self, package: &str) -> Vec<&Message> {
        self.messages.iter().filter(|message| !message.is_error && message.package == package).collect()
    }

    fn read(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Json>(line) else { return };
        match message["reason"].as_str() {
            Some("compiler-message") => self.messages.extend(compiler_message(&message)),
            Some("compiler-artifact") => self.programs.extend(program(&message)),
            Some("build-finished") => self.succeeded = message["success"] == true,
            _ => {}
        }
    }
}

fn compiler_message(line: &Json) -> Option<Message> {
    let (package, message) = (package_in(line)?, &line["message"]);
    let is_error = match message["level"].as_str()? {
        "warning" => false,
        level => level.starts_with("error"),
    };
    // A count of the messages before it, which cargo does not show either.
    let is_summary = message["spans"].as_array().is_some_and(Vec::is_empty)
        && message["message"].as_str().is_some_and(|m| m.starts_with("aborting due to") || m.ends_with("emitted"));
    let is_told = is_error || message["level"] == "warning";
    (is_told && !is_summary).then(|| Message {
        package,
        is_error,
        shown: message["rendered"].as_str().unwrap_or_default().into(),
    })
}

fn program(artifact: &Json) -> Option<Program> {
    let path = PathBuf::from(artifact["executable"].as_str()?);
    let folder = Path::new(artifact["manifest_path"].as_str()?).parent()?.to_path_buf();
    Some(Program {
        package: package_in(artifact)?,
        name: artifact["target"]["name"].as_str()?.to_string(),
        folder,
        path,
    })
}

/// The name of the package that a line is about, by its id: `path+file:///course/xtask#0.1.0` where the folder has the
/// same name, or else `path+file:///course/exercises/02-induction#exercise-02-induction@0.1.0`.
fn package_in(line: &Json) -> Option<String> {
    let (place, rest) = line["package_id"].as_str()?.rsplit_once('#')?;
    let name = rest.split_once('@').map_or(place.rsplit('/').next()?, |(name, _)| name);
    Some(name.to_string())
}

/// The cargo that runs this program, to be run at the root.
pub(crate) fn command(workspace: &Workspace) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace.root());
    command
}

/// Builds the tests of these packages, all in one go; further arguments choose among them.
///
/// # Errors
/// When cargo cannot be started. A build that fails is not an error here: the code of a learner often does not compile.
pub(crate) fn build_tests(workspace: &Workspace, packages: &[&str], arguments: &[&str]) -> Result<Build, String> {
    let packages = packages.iter().flat_map(|package| ["--package", package]);
    let arguments: Vec<&str> =
        ["test", "--no-run"].into_iter().chain(packages).chain(arguments.iter().copied()).collect();
    build(workspace, &arguments)
}

/// Runs cargo with these arguments, of which the first is the command.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn build(workspace: &Workspace, arguments: &[&str]) -> Result<Build, String> {
    // The same messages either way; only the text in them differs.
    let format = if has_color() { "json-diagnostic-rendered-ansi" } else { "json" };
    let (name, rest) = arguments.split_first().ok_or("cargo needs a command.")?;
    let mut child = command(workspace)
        .arg(name)
        .arg(format!("--message-format={format}"))
        .args(rest)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cargo could not be started: {error}."))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // Both at once: a full pipe would stop cargo.
    let reader = thread::spawn(move || err.map(read_with_progress).unwrap_or_default());
    let mut build = Build::default();
    for line in out.into_iter().flat_map(|pipe| BufReader::new(pipe).split(b'\n').map_while(Result::ok)) {
        build.read(&String::from_utf8_lossy(&line));
    }
    build.stderr = reader.join().unwrap_or_default();
    let status = child.wait().map_err(|error| format!("cargo could not be waited for: {error}."))?;
    build.succeeded &= status.success();
    Ok(build)
}

/// Reads what cargo says and, on a terminal, shows on one line what it is compiling.
fn read_with_progress(pipe: ChildStderr) -> String {
    let mut text = String::new();
    for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let words = plain(&line);
        if ["Compiling", "Downloading"].iter().any(|word| words.trim_start().starts_with(word)) {
            show_progress(words.trim());
        }
        text.push_str(&line);
        text.push('\n');
    }
    show_progress("");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_fails_says_why() {
        let course = Workspace::find().unwrap();
        let build = build_tests(&course, &["no-such-package"], &["--offline"]).unwrap();
        assert!(!build.succeeded && build.explanation().contains("no-such-package"), "{build:?}");
    }

    #[test]
    fn messages_and_programs_are_read() {
        let mut build = Build::default();
        for line in [
            r#"{"reason":"compiler-message","package_id":"path+file:///c/xtask#0.1.0","message":{"level":"warning","message":"unused variable: `x`","spans":[{}],"rendered":"warning: unused\n"}}"#,
            r#"{"reason":"compiler-message","package_id":"path+file:///c/xtask#0.1.0","message":{"level":"warning","message":"1 warning emitted","spans":[],"rendered":"warning: 1 warning emitted\n"}}"#,
            r#"{"reason":"compiler-message","package_id":"path+file:///c/xtask#0.1.0","message":{"level":"error","message":"expected `;`","spans":[{}],"rendered":"\u001b[1merror\u001b[0m: expected `;`\n"}}"#,
            r#"{"reason":"compiler-message","package_id":"path+file:///c/xtask#0.1.0","message":{"level":"error","message":"aborting due to 1 previous error","spans":[],"rendered":"error: aborting"}}"#,
            r#"{"reason":"compiler-message","package_id":"path+file:///c/xtask#0.1.0","message":{"level":"failure-note","message":"For more information","spans":[],"rendered":"For more"}}"#,
            r#"{"reason":"compiler-artifact","package_id":"path+file:///c/exercises/02-induction#exercise-02-induction@0.1.0","manifest_path":"/c/exercises/02-induction/Cargo.toml","target":{"name":"checks"},"executable":"/c/target/debug/deps/checks-1"}"#,
            r#"{"reason":"compiler-artifact","package_id":"path+file:///c/xtask#0.1.0","manifest_path":"/c/xtask/Cargo.toml","target":{"name":"xtask"},"executable":null}"#,
            "running 1 test",
            r#"{"reason":"build-finished","success":true}"#,
        ] {
            build.read(line);
        }
        assert!(build.succeeded);
        assert_eq!((build.messages.len(), build.warnings("xtask").len()), (2, 1));
        assert_eq!(build.first_error(), "error: expected `;`");
        let program = build.program("exercise-02-induction", "checks").unwrap();
        assert_eq!(
            (program.path.as_path(), program.folder.as_path()),
            (Path::new("/c/target/debug/deps/checks-1"), Path::new("/c/exercises/02-induction"))
        );
        assert!(build.program("xtask", "xtask").is_err());
    }
}
