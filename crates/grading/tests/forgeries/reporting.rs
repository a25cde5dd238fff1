//! What is reported in addition to the verdict: the cause in another function, what the code prints, and the line for tools.

use std::env;
use std::process::Command;

use grading::exercise::CheckInfo;
use grading::{Check, Kind};
use serde_json::{Value as Json, json};

use crate::{EXERCISE, cases, graded, rejected, then};

static HELPER: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c1_a_helper_that_is_wrong", function: "helper" };
static USER: CheckInfo = CheckInfo { exercise: &EXERCISE, name: "c2_what_uses_a_wrong_helper", function: "user" };

fn helper(case: usize) -> f64 {
    then(case, || 3.25)
}

#[test]
fn c1_a_helper_that_is_wrong() {
    rejected(cases(&HELPER, helper).grade(), Kind::Wrong, "got 3.25");
}

#[test]
fn c2_what_uses_a_wrong_helper() {
    let mut user = cases(&USER, |case| 2.0 * helper(case));
    user.uses(cases(&HELPER, helper));
    let verdict = user.grade().unwrap_err().to_string();
    insta::assert_snapshot!(verdict, @r"
    WRONG: `user`
      If it uses your `helper`, which fails c1, begin there:
        Case: case 2
        Off by 1231.25: got 3.25, want 1234.5; tolerance 1e-6

      Case: case 0
      Off by 1: got 2, want 1
      The task again:  exercises/guide/src/99-forgeries.md
    ");
}

#[test]
fn what_it_prints() -> Check {
    graded!(what_it_prints, |case| then(case, || {
        println!("I am at case 2");
        eprintln!("and here is an error");
        1234.5
    }))
}

/// Runs one test of this program as `cargo test` does: what it prints, and the lines that it leaves for a tool.
fn run(test: &str) -> (String, Vec<Json>) {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results");
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([test, "--exact", "--show-output"]).env("GRADING_RESULTS", &results).env("RUST_BACKTRACE", "0");
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = std::fs::read_to_string(results).unwrap_or_default();
    (printed, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_tool_gets_one_line_for_each_check() {
    let (_, lines) = run("an_honest_answer_passes");
    let passed = json!({
        "exercise": "99-forgeries", "check": "an_honest_answer_passes", "function": "answer", "state": "passed",
        "mistake": null, "text": "PASSED: `answer`", "found": null, "printed": "",
    });
    assert_eq!(lines, [passed]);
    let (_, lines) = run("lines_of_a_harness_and_exit");
    assert_eq!((lines.len(), &lines[0]["state"]), (1, &json!("ended")));
    let (_, lines) = run("raw_writes_lose_nothing");
    assert_eq!((lines.len(), &lines[0]["state"]), (1, &json!("passed")));
    let (_, lines) = run("reporting::c2_what_uses_a_wrong_helper");
    assert_eq!(lines.len(), 1, "the helper's own check is another");
}

#[test]
fn what_the_code_prints_is_shown_apart_from_the_verdict() {
    let (printed, _) = run("reporting::what_it_prints");
    let shown = "Your code printed:\nI am at case 2\nand here is an error\n\nPASSED: `answer`";
    assert!(printed.contains(shown), "{printed}");
    let (printed, _) = run("lines_of_a_harness_and_exit");
    assert!(printed.contains("test lines_of_a_harness_and_exit ... ok"), "{printed}");
}
