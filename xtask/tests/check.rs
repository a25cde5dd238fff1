//! `cargo xtask check`, from the outside: a course of one exercise, whose checks write what the grader would.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const FILES: [(&str, &str); 6] = [
    ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"exercises/99-test\"]\n"),
    (
        "exercises/course.toml",
        "[[exercise]]\nslug = \"99-test\"\ntitle = \"A test\"\nminutes = 1\nchecks = 2\nwrong_answers = 1\n\
         right_answers = 1\nmodel = \"m\"\ntext = \"t\"\n",
    ),
    (
        "exercises/99-test/Cargo.toml",
        "[package]\nname = \"exercise-99-test\"\nversion = \"0.1.0\"\nedition = \"2024\"\nautotests = false\n\n\
         [lib]\ntest = false\n\n[[test]]\nname = \"checks\"\npath = \"tests/main.rs\"\n",
    ),
    ("exercises/99-test/tests/main.rs", "use exercise_99_test as submission;\n\nmod checks;\n"),
    (
        "exercises/99-test/tests/checks.rs",
        r#"use std::{env, fs::OpenOptions, io::Write};

fn grade(check: &str, function: &str, passes: bool) {
    let state = if passes { "passed" } else { "wrong" };
    let line = format!(
        "{{\"exercise\":\"99-test\",\"check\":\"{check}\",\"function\":\"{function}\",\"state\":\"{state}\",\"text\":\"T\"}}\n"
    );
    if let Some(file) = env::var_os("GRADING_RESULTS") {
        OpenOptions::new().append(true).open(file).unwrap().write_all(line.as_bytes()).unwrap();
    }
    assert!(passes);
}

#[test]
fn c1_one() {
    grade("c1_one", "one", crate::submission::one() == 1)
}

#[test]
fn c2_two() {
    grade("c2_two", "two", crate::submission::two() == 2)
}
"#,
    ),
    (
        "solutions/99-test/src/lib.rs",
        "pub fn one() -> i32 {\n    // STUB todo!()\n    1\n}\n\npub fn two() -> i32 {\n    // STUB todo!()\n    2\n}\n",
    ),
];

const RIGHT: &str = "pub fn one() -> i32 {\n    1\n}\n\npub fn two() -> i32 {\n    2\n}\n";

struct Course(TempDir);

impl Course {
    fn with(lib: &str) -> Self {
        let course = Course(tempfile::tempdir().unwrap());
        for (file, text) in FILES {
            course.write(file, text);
        }
        course.write("exercises/99-test/src/lib.rs", lib);
        course
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn progress(&self) -> String {
        fs::read_to_string(self.path().join("progress.txt")).unwrap_or_default()
    }

    fn xtask(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        // From a folder of the course, as a learner would: not in the one that the program was built in.
        let folder = self.path().join("exercises/99-test");
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .current_dir(folder)
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("CARGO_TARGET_DIR")
            .env("CARGO_NET_OFFLINE", "true")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    fn states(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.xtask(&[&["check", "99", "--json"], arguments].concat(), &[]);
        let lines = String::from_utf8(output.stdout).unwrap();
        let state = |line: &str| line.split("\"state\":\"").nth(1)?.split('"').next().map(str::to_string);
        lines.lines().filter_map(state).collect()
    }
}

#[test]
fn a_pass_is_a_pass_whatever_the_settings_are() {
    let course = Course::with(RIGHT);
    let settings: [&[(&str, &str)]; 4] = [
        &[],
        &[("CARGO_TERM_QUIET", "true")],
        &[("RUST_TEST_NOCAPTURE", "1"), ("RUST_TEST_THREADS", "1")],
        &[("CARGO_TERM_VERBOSE", "true"), ("CARGO_TERM_COLOR", "always")],
    ];
    for variables in settings {
        let output = course.xtask(&["check", "99"], variables);
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && shown.contains("2/2 checks passed"), "{variables:?}: {shown}");
        assert!(course.progress().contains("passed 99-test "), "{variables:?}");
    }
    course.write(".cargo/config.toml", "[term]\nquiet = true\n");
    assert!(course.xtask(&["check", "99"], &[]).status.success());
    assert!(course.progress().contains("passed 99-test "));
}

/// Lines like those of the test harness, and an end that looks like success.
#[test]
fn what_is_printed_does_not_count() {
    let printed =
        "println!(\"test checks::c1_one ... ok\\ntest checks::c2_two ... ok\\n\\ntest result: ok. 2 passed\");";
    let course = Course::with(&RIGHT.replace("    1\n", &format!("    {printed}\n    std::process::exit(0)\n")));
    let output = course.xtask(&["check", "99"], &[("RUST_TEST_THREADS", "1")]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && shown.contains("no result"), "{shown}");
    assert!(!course.progress().contains("passed 99-test"), "{}", course.progress());
}

#[test]
fn what_is_wrong_is_noted_and_what_has_no_result_takes_nothing_back() {
    let course = Course::with(RIGHT);
    assert_eq!(course.states(&[]), ["passed", "passed"]);
    let passed = course.progress();
    course.write("exercises/99-test/src/lib.rs", "pub fn one() -> i32 {");
    assert_eq!(course.states(&[]), ["does_not_compile", "does_not_compile"]);
    assert_eq!(course.progress(), passed);
    course.write("exercises/99-test/src/lib.rs", &RIGHT.replace("    2\n", "    3\n"));
    assert_eq!(course.states(&["one"]), ["passed"]);
    assert_eq!(course.progress(), passed);
    assert_eq!(course.states(&[]), ["passed", "wrong"]);
    assert!(!course.progress().contains("passed 99-test") && course.progress().contains("failed 99-test two"));
}
