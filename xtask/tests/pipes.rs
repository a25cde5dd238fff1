//! The output of every command may go into a pipe that closes early, as in `cargo xtask help | head -1`.

use std::process::{Command, Stdio};

/// What a command says on the standard error, and its exit code, when no program reads its output.
fn without_a_reader(arguments: &[&str]) -> (String, Option<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
}

#[test]
fn a_closed_pipe_ends_nothing() {
    for arguments in [&["help"][..], &[], &["progress"], &["next"], &["check", "--help"]] {
        let (stderr, code) = without_a_reader(arguments);
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "cargo xtask {}", arguments.join(" "));
    }
}

/// `/dev/full` takes nothing: what was to be read is lost, so the command must not claim success.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("help").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("The output cannot be written: "), "{stderr}");
}
