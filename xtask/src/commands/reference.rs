//! `reference`: makes the reference data again with the independent oracle, or checks that it is what its manifests say.
//!
//! The oracle is Python, the only part of the course that is: see `reference_data/oracle/README.md`.

use std::process::Command;

use super::arguments::{Done, only_check_flag};
use crate::reads::course::Course;

const SCRIPT: &str = "reference_data/oracle/generate.py";

/// The packages that generating imports, by the names they are imported under. `--check` needs none.
const PACKAGES: [&str; 5] = ["torch", "transformer_lens", "transformers", "safetensors", "numpy"];

/// Runs the oracle. Its exit status becomes that of this command.
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    if !only_check {
        let missing = missing_packages()?;
        if !missing.is_empty() {
            return Err(advice(&missing));
        }
    }
    let script = course.workspace.path(SCRIPT);
    let status = python().arg(script).args(arguments).status().map_err(no_python)?;
    Ok(status.success())
}

fn python() -> Command {
    Command::new("python3")
}

/// Asks Python, without importing anything: `import torch` alone takes seconds.
fn missing_packages() -> Result<Vec<String>, String> {
    let question = "import importlib.util, sys\n\
                    print(*[name for name in sys.argv[1:] if importlib.util.find_spec(name) is None])";
    let answer = python().args(["-c", question]).args(PACKAGES).output().map_err(no_python)?;
    if !answer.status.success() {
        return Err(format!("python3 fails: {}", String::from_utf8_lossy(&answer.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).split_whitespace().map(str::to_string).collect())
}

fn no_python(error: std::io::Error) -> String {
    format!(
        "python3 cannot be started: {error}. The oracle needs Python 3.11 (Debian, Ubuntu: `apt install python3 \
         python3-venv`). Learners never need it."
    )
}

fn advice(missing: &[String]) -> String {
    format!(
        "python3 lacks {}. In the root of the repository, with Python 3.11:\n\n\
        \x20 python3 -m venv .venv && . .venv/bin/activate\n\
        \x20 pip install -r reference_data/oracle/requirements.txt\n\
        \x20 pip install --no-deps pyarrow==19.0.1\n\n\
         `cargo xtask reference --check` needs no package. More in reference_data/oracle/README.md.",
        missing.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let words = advice(&["torch".into(), "numpy".into()]);
        assert!(words.starts_with("python3 lacks torch, numpy. "), "{words}");
        assert!(words.contains("\n  pip install -r reference_data/oracle/requirements.txt\n"), "{words}");
    }

    #[test]
    fn an_unknown_argument_is_refused_before_anything_runs() {
        assert_eq!(
            run(&Course::find().unwrap(), &["--chekc"]),
            Err("The only argument here is --check, not `--chekc`.".into())
        );
    }
}
