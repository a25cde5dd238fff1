//! `student-edition`: the course for a class, without solutions and wrong answers.
//!
//! It is made of the files that git knows, as they are in the working tree:
//! - the stubs, freshly derived, so that no answers go along, and once more where `reset` finds them;
//! - the library, its pictures, the grader and `cargo xtask`, without their tests, which need what is left out, and without
//!   `crates/pictures`, which draws with the solution's functions where the learner's are not right yet;
//! - the guide, without the folded solutions and the pages for authors and teachers;
//! - of the reference data the embedded models, and those files that the grader or a page of the guide names.
//!
//! What the grader compares with has to be there for a check to say anything, so a student can find the stored arrays. They
//! are outputs of the oracle for the inputs of the checks, not code. A function that returns copies of them passes at home; the sources
//! that are handed in show it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::arguments::Done;
use crate::reads::course::{Course, Exercise};
use crate::reads::links::PAGES;
use crate::runs::cargo;
use crate::says::screen::{say, show_progress};

/// What stays with the teacher.
const LEFT_OUT: [&str; 14] = [
    "solutions/",
    "classroom/",
    "crates/pictures/",
    ".ci/",
    ".github/",
    ".devcontainer/",
    "deny.toml",
    "reference_data/",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "README.md",
    "exercises/guide/src/adding-an-exercise.md",
    "exercises/guide/src/teaching-a-class.md",
];

/// Of that, this goes along.
const TAKEN: [&str; 2] = ["reference_data/models/", "reference_data/fingerprints/"];

const README: &str = "\
# Mechanistic interpretability in Rust

Open up a transformer and find out how it works, by doing it: you edit a function, run a test, and read within seconds not
only that you are wrong but which mistake you made. You need a Rust toolchain (1.89 or newer) and nothing else.

```sh
cargo xtask                         # where you are, and what is next
cargo xtask check 02                # grade exercise 02, which is in exercises/02-induction/src/lib.rs
cargo xtask hint                    # a hint about the function that failed last
cargo xtask timetable               # when each exercise is due
```

The guide is in `exercises/guide/src`; `mdbook build exercises` makes a book of it. Hand in the folder `exercises`, as a
folder, a zip archive or a git repository: only the files under `exercises/*/src` are graded.

This is the edition for students: the solutions are with your teacher.
";

/// Writes the edition into a folder that does not exist yet or is empty.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let ["--out", out] = arguments else {
        return Err("Where should it go? For example: cargo xtask student-edition --out ../for-students".to_string());
    };
    let out = Path::new(out);
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is not empty. Name a new folder, or empty this one first.", out.display()));
    }
    show_progress("Choosing the files ...");
    let files = edition(course)?;
    write(&files, out)?;
    show_progress("Asking cargo whether it is whole ...");
    settle(course, out)?;
    show_progress("");
    let size: usize = files.values().map(Vec::len).sum();
    say!("{}: {} files, {:.1} MB, without solutions.", out.display(), files.len(), size as f64 / 1e6);
    Ok(true)
}

fn write(files: &BTreeMap<String, Vec<u8>>, out: &Path) -> Result<(), String> {
    for (file, bytes) in files {
        let path = out.join(file);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| format!("{} cannot be written: {error}.", path.display()))?;
    }
    Ok(())
}

/// Every file of the edition, by its path.
fn edition(course: &Course) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let tracked = tracked(course)?;
    for file in tracked.iter().filter(|file| goes_along(file)) {
        // A file that is deleted but not committed yet is gone.
        let Ok(bytes) = fs::read(course.workspace.path(file)) else { continue };
        files.insert(file.clone(), bytes);
    }
    for (file, bytes) in &mut files {
        match file.as_str() {
            "Cargo.toml" => *bytes = without_members(text(file, bytes)?)?.into(),
            file if file.starts_with("crates/") && file.ends_with("/Cargo.toml") => {
                *bytes = without_targets(text(file, bytes)?).into();
            }
            "exercises/guide/src/SUMMARY.md" => *bytes = without_pages(text(file, bytes)?).into(),
            file if file.starts_with(PAGES) && file.ends_with(".md") => {
                *bytes = without_solutions(text(file, bytes)?).into();
            }
            _ => {}
        }
    }
    for exercise in &course.exercises {
        let stub = exercise.stub(&course.workspace)?.into_bytes();
        files.retain(|file, _| !file.starts_with(&exercise.source_folder()));
        files.insert(exercise.source(), stub.clone());
        files.insert(exercise.stored_stub(), stub);
    }
    files.insert("README.md".into(), README.into());
    let autograding = autograding(&course.workspace.read("classroom/autograding.yml")?, &course.exercises);
    files.insert(".github/workflows/classroom.yml".into(), autograding.into());
    let container = course.workspace.read("classroom/devcontainer.json")?;
    files.insert(".devcontainer/devcontainer.json".into(), container.into());
    add_what_is_named(course, &tracked, &mut files)?;
    let has_marks = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("// STUB todo!");
    match files.iter().find(|(file, bytes)| file.starts_with("exercises/") && has_marks(bytes)) {
        Some((file, _)) => Err(format!("{file} has the marks of a solution; the edition was not written.")),
        None => Ok(files),
    }
}

fn text<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, String> {
    std::str::from_utf8(bytes).map_err(|error| format!("{file} is not UTF-8: {error}."))
}

/// The files that git knows.
fn tracked(course: &Course) -> Result<Vec<String>, String> {
    let git = Command::new("git").args(["ls-files", "-z"]).current_dir(course.workspace.root()).output();
    let git = git.map_err(|error| format!("git could not be started: {error}."))?;
    if !git.status.success() {
        return Err(format!(
            "The edition is made of the files that git knows, but: {}",
            String::from_utf8_lossy(&git.stderr).trim()
        ));
    }
    Ok(String::from_utf8_lossy(&git.stdout).split_terminator('\0').map(str::to_string).collect())
}

fn goes_along(file: &str) -> bool {
    let of_crate = ["tests", "benches"].contains(&file.split('/').nth(2).unwrap_or("")) && file.starts_with("crates/");
    let is_test = of_crate || file.starts_with("xtask/tests/");
    let is_left_out = LEFT_OUT.iter().any(|left_out| file.starts_with(left_out));
    TAKEN.iter().any(|taken| file.starts_with(taken)) || !(is_test || is_left_out)
}

/// Adds the stored files that the sources and pages name, and the files that pages include.
fn add_what_is_named(course: &Course, tracked: &[String], files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), String> {
    let is_source = |file: &str| file.starts_with("crates/grading/src/") || file.starts_with(PAGES);
    let sources = files.iter().filter(|(file, _)| is_source(file));
    let all: String = sources.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    let is_named = |file: &str| {
        let is_stored = file.starts_with("reference_data/activations/") || file.starts_with("crates/");
        is_stored && all.contains(file)
    };
    for file in tracked.iter().filter(|file| is_named(file)) {
        if !files.contains_key(file) {
            let bytes =
                fs::read(course.workspace.path(file)).map_err(|error| format!("{file} cannot be read: {error}."))?;
            files.insert(file.clone(), bytes);
        }
    }
    Ok(())
}

/// The workflow of GitHub Classroom: the lines from `# NN` to `# END` once for each exercise.
fn autograding(template: &str, exercises: &[Exercise]) -> String {
    let mut workflow = String::new();
    let mut repeated: Option<String> = None;
    for line in template.lines() {
        match (line.trim(), &mut repeated) {
            ("# NN", _) => repeated = Some(String::new()),
            ("# END", _) => {
                let lines = repeated.take().unwrap_or_default();
                let of = |e: &Exercise| lines.replace("NN", e.number()).replace("CHECKS", &e.checks.to_string());
                exercises.iter().for_each(|exercise| workflow.push_str(&of(exercise)));
            }
            (_, Some(lines)) => *lines += &format!("{line}\n"),
            (_, None) => workflow += &format!("{line}\n"),
        }
    }
    let runners: Vec<String> = exercises.iter().map(|exercise| format!("e{}", exercise.number())).collect();
    workflow.replace("RUNNERS", &runners.join(","))
}

/// The workspace without what is left out.
fn without_members(manifest: &str) -> Result<String, String> {
    let changed = manifest.replace("\"solutions/*\", ", "").replace("\"classroom\", ", "");
    let defaults = changed.lines().find(|line| line.starts_with("default-members"));
    let defaults =
        defaults.filter(|_| changed != manifest).ok_or("Cargo.toml does not list its members as expected.")?;
    let changed = changed.replace(defaults, "default-members = [\"exercises/[0-9]*\", \"xtask\"]");
    // cargo warns of a profile whose package is not there.
    Ok(without_tables(&changed, |table| table.starts_with("[profile.dev.package.solution-")))
}

/// A manifest without `[[test]]` and `[[bench]]`, whose files are left out.
fn without_targets(manifest: &str) -> String {
    without_tables(manifest, |table| ["[[test]]", "[[bench]]"].contains(&table))
}

/// A manifest without the tables that begin with one of these lines.
fn without_tables(manifest: &str, is_left_out: impl Fn(&str) -> bool) -> String {
    let mut is_kept = true;
    let mut kept = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_kept = !is_left_out(line.trim());
        }
        if is_kept {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The table of contents without the pages that are left out.
fn without_pages(summary: &str) -> String {
    let is_left_out = |line: &&str| {
        LEFT_OUT.iter().filter_map(|file| file.strip_prefix(PAGES)).any(|page| line.contains(&format!("(.{page})")))
    };
    summary.lines().filter(|line| !is_left_out(line)).map(|line| format!("{line}\n")).collect()
}

/// A page without folded blocks that show a solution, and without any other line that includes one or a command that needs one.
fn without_solutions(page: &str) -> String {
    let mut kept = String::new();
    let mut rest = page;
    while let Some((before, block)) = rest.split_once("<details>") {
        let (block, after) = block.split_once("</details>").unwrap_or((block, ""));
        kept.push_str(before);
        let is_solution = block.contains("/solutions/") || block.contains("<summary>Solution");
        if is_solution {
            kept.truncate(kept.trim_end().len());
            kept.push('\n');
        } else {
            kept.push_str("<details>");
            kept.push_str(block);
            kept.push_str("</details>");
        }
        rest = after;
    }
    kept.push_str(rest);
    let leads_to_one = |line: &&str| {
        let includes_one = line.contains("{{#include") && line.contains("/solutions/");
        let needs_one = ["cargo run", "cargo test", "cargo xtask"].iter().any(|command| line.starts_with(command))
            && ["-p solution-", "xtask solution "].iter().any(|part| line.contains(part));
        includes_one || needs_one
    };
    kept.lines().filter(|line| !leads_to_one(line)).map(|line| format!("{line}\n")).collect()
}

/// Lets cargo take out of `Cargo.lock` what is left out, which also shows that the workspace is whole.
fn settle(course: &Course, out: &Path) -> Result<(), String> {
    let mut command = cargo::command(&course.workspace);
    // It removes what no package needs, and downloads nothing.
    command.args(["update", "--workspace", "--offline", "--quiet"]).current_dir(out);
    let output = command.output().map_err(|error| format!("cargo could not be started: {error}."))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("cargo does not accept the edition: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::super::{explore, view};
    use super::*;
    use crate::reads::workspace::Scratch;

    const PAGE: &str = "a\n\n<details>\n<summary>Hint 1</summary>\nh\n</details>\n<details>\n<summary>Solution</summary>\n\n\
                        ```rust,ignore\n{{#include ../../../solutions/01-a/src/lib.rs:f}}\n```\n\n</details>\n\n\
                        **What you found.** b\n{{#include ../../../solutions/01-a/src/lib.rs:g}}\n\
                        cargo xtask solution 02 f   # beside yours\ncargo run -p solution-01-a --example e\n\
                        cargo run -p examples\n";

    #[test]
    fn a_page_keeps_everything_but_solutions() {
        let want = "a\n\n<details>\n<summary>Hint 1</summary>\nh\n</details>\n\n\n**What you found.** b\ncargo run -p examples\n";
        assert_eq!(without_solutions(PAGE), want);
    }

    #[test]
    fn what_stays_with_the_teacher() {
        let along = |file: &str| goes_along(file);
        for file in [
            "solutions/01-a/src/lib.rs",
            "solutions/01-a/tests/wrong_answers/mod.rs",
            "crates/grading/tests/proofs.rs",
            "classroom/src/main.rs",
            "reference_data/oracle/exercise_01.py",
            "reference_data/activations/exercise_01.json",
            ".github/workflows/ci.yml",
        ] {
            assert!(!along(file), "{file}");
        }
        for file in
            ["exercises/01-a/tests/checks.rs", "crates/grading/src/lib.rs", "reference_data/models/m/config.json"]
        {
            assert!(along(file), "{file}");
        }
    }

    #[test]
    fn manifests_name_nothing_that_is_left_out() {
        let manifest =
            "members = [\"crates/*\", \"solutions/*\", \"xtask\"]\ndefault-members = [\"solutions/*\", \"xtask\"]\n";
        let want = "members = [\"crates/*\", \"xtask\"]\ndefault-members = [\"exercises/[0-9]*\", \"xtask\"]\n";
        assert_eq!(without_members(manifest).as_deref(), Ok(want));
        assert!(without_members("members = []").is_err());
        let with_profile = format!("{manifest}[profile.dev.package.solution-01-a]\nopt-level = 0\n");
        assert_eq!(without_members(&with_profile).as_deref(), Ok(want));
        let manifest = "[package]\n[[test]]\nname = \"t\"\n\n[lints]\na = 1\n[[bench]]\nname = \"b\"\n";
        assert_eq!(without_targets(manifest), "[package]\n[lints]\na = 1\n");
        let summary = "- [A](./a.md)\n- [Adding an exercise](./adding-an-exercise.md)\n";
        assert_eq!(without_pages(summary), "- [A](./a.md)\n");
    }

    #[test]
    fn the_workflow_grades_every_exercise() {
        let course = Course::find().unwrap();
        let template = "a\n  # NN\n  - eNN: CHECKS\n  # END\nrunners: RUNNERS\n";
        let want = format!(
            "a\n  - e01: {}\n  - e02: {}\nrunners: e01,e02\n",
            course.exercises[0].checks, course.exercises[1].checks
        );
        assert_eq!(autograding(template, &course.exercises[..2]), want);
        let whole = autograding(&course.workspace.read("classroom/autograding.yml").unwrap(), &course.exercises);
        assert!(!whole.contains("CHECKS") && !whole.contains("RUNNERS") && !whole.contains("# END"), "{whole}");
        assert_eq!(whole.matches("cargo xtask check 0").count(), course.exercises.len());
    }

    /// No manifest that goes along needs a package that does not.
    #[test]
    fn cargo_accepts_the_edition() {
        let course = Course::find().unwrap();
        let mut files = edition(&course).unwrap();
        files.retain(|file, _| !file.starts_with("reference_data/"));
        let out = tempfile::tempdir().unwrap();
        write(&files, out.path()).unwrap();
        assert_eq!(settle(&course, out.path()), Ok(()));
    }

    /// Pictures of its own need the solutions. Without them `view` opens the report on a text, whose program, model and
    /// manifests go along.
    #[test]
    fn view_opens_its_general_report() {
        let course = Course::find().unwrap();
        let edition = edition(&course).unwrap();
        let Scratch { workspace, .. } = &Scratch::with(&[]);
        write(&edition, workspace.root()).unwrap();
        for exercise in &course.exercises {
            assert_eq!(view::has_pictures(workspace, exercise), Ok(false), "{}", exercise.slug);
            let (model, features) = explore::model_and_features(workspace, &exercise.model).unwrap();
            assert_eq!((model, features.len()), (exercise.model.clone(), 0), "it would be downloaded");
        }
        let mut cargo = cargo::command(workspace);
        cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(workspace.root());
        let metadata: Json = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages.iter().find(|package| package["name"] == explore::PACKAGE).unwrap();
        let is_report = |target: &&Json| target["kind"][0] == "example" && target["name"] == "explore";
        let report = package["targets"].as_array().unwrap().iter().find(is_report).unwrap();
        assert!(Path::new(report["src_path"].as_str().unwrap()).is_file());
    }

    #[test]
    fn no_file_of_the_edition_has_a_solution() {
        let course = Course::find().unwrap();
        let files = edition(&course).unwrap();
        assert!(!files.keys().any(|file| file.starts_with("solutions/") || file.contains("wrong_answers")));
        for exercise in &course.exercises {
            let stub = exercise.stub(&course.workspace).unwrap();
            assert_eq!(String::from_utf8_lossy(&files[&exercise.source()]), stub);
            assert_eq!(String::from_utf8_lossy(&files[&exercise.stored_stub()]), stub);
            assert!(!String::from_utf8_lossy(&files[&exercise.guide()]).contains("solutions/"), "{}", exercise.slug);
        }
        for (file, bytes) in files.iter().filter(|(file, _)| file.starts_with(PAGES)) {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("-p solution-") && !text.contains("xtask solution "), "{file}");
        }
        assert!(files.contains_key("reference_data/activations/exercise_01.safetensors"));
    }
}
