//! Compiles a submission against the libraries of the course: its own crate, then our tests linked with it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value as Json;

use super::libraries::{Kit, Libraries};
use crate::hand_in::Sources;
use crate::sandbox::{Job, Limits, MIB, Sandbox};

/// What a compiler may use: ten times what the longest solution takes.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(180),
    processor_seconds: 120,
    memory: 4096 * MIB,
    tasks: 256,
    file: 512 * MIB,
    disk: 1024 * MIB,
    open_files: 1024,
    output: 1 << 20,
};

/// As `[profile.dev]` of the course has it, without what only a debugger reads.
const PROFILE: [&str; 12] = [
    "--edition=2024",
    "-Copt-level=1",
    "-Clto=off",
    "-Cdebug-assertions=on",
    "-Coverflow-checks=on",
    "-Cembed-bitcode=no",
    "-Cdebuginfo=0",
    "-Cstrip=debuginfo",
    "-Awarnings",
    // No attribute of the source can take this back.
    "--force-warn=unsafe_code",
    "--error-format=json",
    "--json=diagnostic-short",
];

/// The test program of a submission, or its first error.
pub(super) type Compiled = Result<PathBuf, String>;

/// Compiles sources in a folder that is empty. The inner result is about the submission.
///
/// # Errors
/// The compiler could not be started or the files could not be written.
pub(super) fn compile(
    kit: &Kit,
    libraries: &Libraries,
    sources: &Sources,
    folder: &Path,
    sandbox: &Sandbox,
) -> Result<Compiled, String> {
    let source = format!("exercises/{}/src", kit.exercise.slug);
    for (file, bytes) in &sources.files {
        write(&folder.join(&source).join(file), bytes)?;
    }
    for (file, bytes) in &kit.tests {
        write(&folder.join(file), bytes)?;
    }
    let (out, name) = (folder.join("out"), kit.exercise.crate_name());
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}.", out.display()))?;
    let library = [
        ["--crate-name".into(), name.clone()].to_vec(),
        [format!("{source}/lib.rs"), "--crate-type=lib".into(), "--emit=metadata,link".into()].to_vec(),
        kit.libraries.iter().map(|library| format!("--extern={library}")).collect(),
    ];
    match rustc(libraries, &library.concat(), folder, sandbox)? {
        Ok(words) => {
            if let Some(place) = place_of_unsafe_code(&words, folder) {
                return Ok(Err(format!("{place}\nThat is `unsafe` code. No exercise needs it, so it is not run.")));
            }
        }
        Err(first_error) => return Ok(Err(first_error)),
    }
    let tests = [
        ["--crate-name".into(), "checks".into(), "--test".into(), "--emit=link".into()].to_vec(),
        [format!("exercises/{}/tests/main.rs", kit.exercise.slug)].to_vec(),
        [format!("--extern={name}={}", out.join(format!("lib{name}.rlib")).display())].to_vec(),
        kit.test_libraries.iter().map(|library| format!("--extern={library}")).collect(),
    ];
    Ok(rustc(libraries, &tests.concat(), folder, sandbox)?.map(|_| out.join("checks")))
}

/// What the compiler says, or else the first error.
fn rustc(
    libraries: &Libraries,
    arguments: &[String],
    folder: &Path,
    sandbox: &Sandbox,
) -> Result<Result<String, String>, String> {
    let out = folder.join("out");
    let mut words: Vec<OsString> = PROFILE.iter().map(OsString::from).collect();
    words.push([OsString::from("--sysroot="), libraries.sysroot.clone().into()].into_iter().collect());
    words.push([OsString::from("-Ldependency="), libraries.folder.clone().into()].into_iter().collect());
    words.extend(["--out-dir".into(), out.clone().into()]);
    words.extend(arguments.iter().map(OsString::from));
    let job = Job {
        program: libraries.sysroot.join("bin/rustc"),
        arguments: words,
        folder: folder.into(),
        read: vec![libraries.sysroot.clone(), libraries.folder.clone(), folder.into()],
        write: vec![out.clone()],
        scratch: None,
        variables: vec![
            ("PATH".into(), "/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin".into()),
            ("TMPDIR".into(), out.into()),
        ],
        needs_programs: true,
        limits: LIMITS,
    };
    let ran = sandbox.run(&job)?;
    let words = String::from_utf8_lossy(&ran.stderr);
    if ran.succeeded() {
        return Ok(Ok(words.into_owned()));
    }
    Ok(Err(match ran.over {
        Some(over) => format!("The compiler was ended: {}.", over.words()),
        None => first_error(&words, folder),
    }))
}

/// The first error in what the compiler writes for programs, or else all that it says.
fn first_error(words: &str, folder: &Path) -> String {
    let messages = words.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let mut errors =
        messages.filter(|message| message["level"].as_str().is_some_and(|level| level.starts_with("error")));
    let first = errors.next().and_then(|message| message["rendered"].as_str().map(str::to_string));
    let text = first.unwrap_or_else(|| words.trim().to_string());
    text.trim().replace(&format!("{}/", folder.display()), "")
}

/// Where a source that was compiled has `unsafe` code, or assembly: also in what it includes from elsewhere, and in whatever
/// our own reading of its tokens would take for a comment.
fn place_of_unsafe_code(words: &str, folder: &Path) -> Option<String> {
    // Only the beginning is kept, which a source could fill with other warnings.
    if words.len() >= LIMITS.output {
        return Some("The compiler has more to say about it than can be read.".into());
    }
    let mut messages = words.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let found = messages.find(|message| message["code"]["code"] == "unsafe_code")?;
    Some(first_line(found["rendered"].as_str().unwrap_or("unsafe code"), folder))
}

/// The first line of a message, without the folder that the source was compiled in.
fn first_line(rendered: &str, folder: &Path) -> String {
    let line = rendered.lines().next().unwrap_or_default().replace(&format!("{}/", folder.display()), "");
    line.replace(" warning: ", " ")
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_told_without_the_folder_it_was_compiled_in() {
        let lines = [
            r#"{"level":"warning","rendered":"warning: w"}"#,
            r#"{"level":"error","rendered":"exercises/a/src/lib.rs:1:2: error[E0425]: cannot find /tmp/x/exercises/b\n"}"#,
            r#"{"level":"error","rendered":"second"}"#,
        ];
        let told = first_error(&lines.join("\n"), Path::new("/tmp/x"));
        assert_eq!(told, "exercises/a/src/lib.rs:1:2: error[E0425]: cannot find exercises/b");
        assert_eq!(first_error("no JSON\n", Path::new("/tmp/x")), "no JSON");
    }

    #[test]
    fn unsafe_code_is_told_with_its_place() {
        let warning = r#"{"level":"warning","code":{"code":"dead_code"},"rendered":"warning: w"}"#;
        assert_eq!(place_of_unsafe_code(warning, Path::new("/tmp/x")), None);
        let found = r#"{"level":"warning","code":{"code":"unsafe_code"},"rendered":"/tmp/x/exercises/a/src/lib.rs:1:2: warning: usage of an `unsafe` block\n"}"#;
        let told = place_of_unsafe_code(&format!("{warning}\n{found}\n"), Path::new("/tmp/x"));
        assert_eq!(told.as_deref(), Some("exercises/a/src/lib.rs:1:2: usage of an `unsafe` block"));
        assert!(place_of_unsafe_code(&"x".repeat(LIMITS.output), Path::new("/")).is_some());
    }
}
