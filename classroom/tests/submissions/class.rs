//! Makes classes, has them graded, and reads what came out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The exercise that most of them hand in.
pub(crate) const EXERCISE: &str = "02-induction";

/// The root of the course.
pub(crate) fn course() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the course").canonicalize().unwrap()
}

/// The solution as a learner would have written it.
pub(crate) fn solution() -> String {
    fs::read_to_string(course().join(format!("solutions/{EXERCISE}/src/lib.rs"))).unwrap()
}

/// The stub: the solution with `todo!()` for a body. Not the file of the exercise, which may have been edited.
pub(crate) fn stub() -> String {
    let names: Vec<String> = solution().lines().filter_map(|line| line.strip_prefix("pub fn ")).map(name_of).collect();
    names.iter().fold(solution(), |source, name| with_body(&source, name, "todo!()"))
}

fn name_of(signature: &str) -> String {
    signature.split('(').next().unwrap_or_default().to_string()
}

/// A source in which a function has another body.
pub(crate) fn with_body(source: &str, function: &str, body: &str) -> String {
    let begin = source.find(&format!("pub fn {function}(")).unwrap_or_else(|| panic!("no function {function}"));
    let open = begin + source[begin..].find("{\n").unwrap();
    let close = open + source[open..].find("\n}\n").unwrap();
    format!("{}{{\n    {body}{}", &source[..open], &source[close..])
}

/// A class in a folder of its own.
pub(crate) struct Class {
    folder: TempDir,
}

impl Class {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("class")).unwrap();
        Self { folder }
    }

    /// Where the submissions are.
    pub(crate) fn place(&self) -> PathBuf {
        self.folder.path().join("class")
    }

    /// Where results go.
    pub(crate) fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A submission in a folder, of this one source.
    pub(crate) fn hands_in(&self, name: &str, source: &str) -> PathBuf {
        self.has(name, &format!("exercises/{EXERCISE}/src/lib.rs"), source)
    }

    /// A file of a submission.
    pub(crate) fn has(&self, name: &str, file: &str, text: &str) -> PathBuf {
        let path = self.place().join(name).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Grades the class, with a folder for the stubs and a variable that no submission may see.
    pub(crate) fn grade(&self, out: &str, more: &[&str]) -> Output {
        self.grading(program(), out, more).output().unwrap()
    }

    /// The same, still going on.
    #[cfg(unix)]
    pub(crate) fn start_to_grade(&self, out: &str, more: &[&str]) -> Child {
        self.grading(program(), out, more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The same where bubblewrap is not installed: all programs are there but this one.
    #[cfg(unix)]
    pub(crate) fn grade_without_bubblewrap(&self, out: &str, more: &[&str]) -> Output {
        let programs = self.out("programs");
        fs::create_dir_all(&programs).unwrap();
        let path = std::env::var_os("PATH").unwrap();
        for folder in std::env::split_paths(&path).filter_map(|folder| fs::read_dir(folder).ok()) {
            for program in folder.map(Result::unwrap).filter(|program| program.file_name() != "bwrap") {
                // What is first in `PATH` is the one that counts.
                let _ = std::os::unix::fs::symlink(program.path(), programs.join(program.file_name()));
            }
        }
        let mut without = program();
        without.env("PATH", programs);
        self.grading(without, out, more).output().unwrap()
    }

    fn grading(&self, mut command: Command, out: &str, more: &[&str]) -> Command {
        let stubs = self.out("stubs");
        fs::create_dir_all(&stubs).unwrap();
        fs::write(stubs.join(format!("{EXERCISE}.rs")), stub()).unwrap();
        let (place, out) = (self.place(), self.out(out));
        command.arg("grade").arg(place).arg("--out").arg(out).arg("--stubs").arg(stubs);
        command.args(["--exercise", EXERCISE]).args(more);
        command
    }
}

/// The program, in the course, with a secret in its environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_classroom"));
    command.current_dir(course()).env("SECRET_OF_THE_TEACHER", "hunter2");
    // Of the cargo that runs this test.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
        command.env_remove(name);
    }
    command
}

/// How the checks of a submission ended, by the first word of their names: state, mistake and verdict.
pub(crate) type Verdicts = BTreeMap<String, (String, Option<String>, String)>;

/// What the log in a folder of results says, by submission.
pub(crate) fn verdicts(out: &Path) -> BTreeMap<String, Verdicts> {
    let mut all = BTreeMap::new();
    for line in log(out).iter().filter(|line| line["line"] == "exercise") {
        let mut verdicts = Verdicts::new();
        for check in line["checks"].as_array().unwrap() {
            let word = |key: &str| check[key].as_str().map(str::to_string);
            let name = word("check").unwrap().split('_').next().unwrap().to_string();
            verdicts.insert(name, (word("state").unwrap(), word("mistake"), word("text").unwrap()));
        }
        all.insert(line["submission"].as_str().unwrap().to_string(), verdicts);
    }
    all
}

/// The lines of a log.
pub(crate) fn log(out: &Path) -> Vec<Json> {
    let text = fs::read_to_string(out.join("results.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The states of all checks, if they are the same.
pub(crate) fn only_state(verdicts: &Verdicts) -> &str {
    let mut states = verdicts.values().map(|(state, ..)| state.as_str());
    let first = states.next().expect("no checks");
    assert!(states.all(|state| state == first), "{verdicts:#?}");
    first
}
