//! The program as it is started: what it leaves in its folder, and what it says when it cannot go on.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use training::Record;

/// A model that takes a step in a few milliseconds.
const SMALL: [&str; 9] = ["--no-open", "--width", "16", "--heads", "2", "--rows", "4", "--every", "5"];

/// A model whose checkpoint is larger than the page.
const WIDE: [&str; 9] = ["--no-open", "--width", "64", "--heads", "2", "--rows", "4", "--every", "5"];

fn grow(folder: &Path, arguments: &[&str]) -> Command {
    grow_a(&SMALL, folder, arguments)
}

fn grow_a(model: &[&str], folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grow"));
    command.args(model).arg("--out").arg(folder).args(arguments);
    command
}

fn finished(mut command: Command) -> Output {
    command.output().unwrap()
}

/// What a run that failed said.
fn refused(command: Command) -> String {
    let output = finished(command);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && !said.contains("panicked"), "{said}");
    said
}

fn steps_in_log(folder: &Path) -> Vec<usize> {
    let log = fs::read_to_string(folder.join("log.jsonl")).unwrap_or_default();
    Record::parse_log(&log).unwrap().iter().map(|record| record.step).collect()
}

#[test]
fn a_run_leaves_a_log_a_checkpoint_a_model_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = finished(grow(folder.path(), &["--steps", "12"]));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("No bump in 12 steps"), "{said}");
    assert_eq!(steps_in_log(folder.path()), [0, 5, 10, 12]);
    hooked_transformer::HookedTransformer::load(folder.path().join("model")).unwrap();

    // The page holds everything, and asks nothing of a network.
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    let run = page.split_once("id=\"run\">").unwrap().1.split_once("</script>").unwrap().0;
    let messages: Vec<Value> = serde_json::from_str(run).unwrap();
    assert_eq!(messages[0]["about"]["heads"], 2);
    let last = &messages.last().unwrap()["frame"];
    assert_eq!((&last["step"], &last["done"]), (&Value::from(12), &Value::from(true)));
    assert!(!page.contains("https://"));

    let said = refused(grow(folder.path(), &["--steps", "12"]));
    assert!(
        said.contains("holds a run that has come to step 12: go on with --resume, or choose another folder"),
        "{said}"
    );
    let said = refused(grow(folder.path(), &["--steps", "12", "--resume", "--width", "32"]));
    assert!(said.contains("width 16, not 32; give the same options again"), "{said}");
}

#[test]
fn one_layer_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let output = finished(grow(folder.path(), &["--steps", "3", "--layers", "1"]));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("One layer is not enough"), "{said}");
}

#[test]
fn bad_input_is_refused_with_what_would_do() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(grow(folder.path(), &["--width", "17"]));
    assert!(said.contains("2 heads do not divide a width of 17"), "{said}");
    let said = refused(grow(folder.path(), &["--resume"]));
    assert!(said.contains("holds no checkpoint to go on from"), "{said}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let said = refused(grow(&file, &[]));
    assert!(said.contains("cannot be written to; choose another with --out"), "{said}");
    let said = refused(grow(folder.path(), &["--recipe", "attn-only-2l-tales"]));
    assert!(said.contains("give their folder with --corpus DIR"), "{said}");
    fs::write(folder.path().join("checkpoint.safetensors"), "cut in the mid").unwrap();
    let said = refused(grow(folder.path(), &["--resume"]));
    assert!(said.contains("it is not a whole safetensors file"), "{said}");
}

#[test]
fn a_rate_that_is_too_high_names_the_step_and_keeps_the_last_good_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(grow(folder.path(), &["--rate", "1e30", "--steps", "200"]));
    assert!(said.starts_with("step ") && said.contains("is not a finite number"), "{said}");
    let place = training::files::Folder::open(folder.path()).unwrap();
    let model = place.checkpoint().unwrap().unwrap().model().unwrap();
    assert!(model.state_dict().iter().all(|(_, values)| values.iter().all(|value| value.is_finite())));
}

/// Ctrl-C ends the run after its step, with everything in the folder; a kill leaves the last checkpoint whole; and the run
/// goes on in either case.
#[cfg(unix)]
#[test]
fn a_run_that_was_stopped_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for (signal, resume) in [("INT", &[][..]), ("KILL", &["--resume"][..])] {
        let arguments = [&["--steps", "100000"][..], resume].concat();
        let before = steps_in_log(folder.path()).last().copied();
        let mut child = grow(folder.path(), &arguments).stdout(Stdio::null()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while steps_in_log(folder.path()).last().copied() <= before.or(Some(0)) {
            assert!(Instant::now() < until, "no progress before {signal}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.success(), signal == "INT");
    }
    let step = steps_in_log(folder.path()).last().copied().unwrap();
    let checkpoint = training::files::Folder::open(folder.path()).unwrap().checkpoint().unwrap().unwrap();
    assert!(checkpoint.step() + 5 >= step, "checkpoint of step {}, log to step {step}", checkpoint.step());
}

/// A limit on the size of files is to a program what a full disk is: a write fails in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk_keeps_the_checkpoint_before() {
    let folder = tempfile::tempdir().unwrap();
    let limited = |resume: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 160; exec {} {} --out {} --steps 100000 {resume}",
            env!("CARGO_BIN_EXE_grow"),
            WIDE.join(" "),
            folder.path().display()
        );
        let mut command = Command::new("bash");
        command.args(["-c", &script]);
        refused(command)
    };
    let said = limited("");
    assert!(said.contains("checkpoint.safetensors: the checkpoint cannot be written"), "{said}");

    let mut child = grow_a(&WIDE, folder.path(), &["--steps", "100000"]).stdout(Stdio::null()).spawn().unwrap();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    let until = Instant::now() + Duration::from_secs(60);
    while !checkpoint.exists() {
        assert!(Instant::now() < until, "no checkpoint");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = fs::read(&checkpoint).unwrap();
    let said = limited("--resume");
    assert!(said.contains("cannot be written, so the one before it was kept"), "{said}");
    assert_eq!(fs::read(&checkpoint).unwrap(), before);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let half_written = names.iter().filter(|name| name.to_string_lossy().starts_with(".writing"));
    // What a kill may leave is of the run before.
    assert!(half_written.count() <= 1, "{names:?}");
}
