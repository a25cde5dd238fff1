//! The checks of an exercise, in order, by the tests in its `tests/checks.rs`; and which function each of them grades.

use super::course::Exercise;
use super::rust;
use super::workspace::Workspace;

/// A check of an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// Its name, which is that of its test: `c02_current_attn_detector`.
    pub(crate) name: String,
    /// The function that it grades.
    pub(crate) function: String,
}

/// The checks, in the order in which to make them pass.
///
/// # Errors
/// The file of the checks cannot be read, or does not have as many as the table says.
pub(crate) fn of(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<Check>, String> {
    let file = exercise.checks_file();
    let names = tests_in(&workspace.read(&file)?);
    if names.len() != exercise.checks {
        return Err(format!(
            "{file} has {} checks, but the exercise has {}. To get the file back: git checkout -- {file}",
            names.len(),
            exercise.checks
        ));
    }
    let functions = exercise.names(workspace)?;
    Ok(names.into_iter().map(|name| Check { function: function_of(&name, &functions), name }).collect())
}

/// The tests of a file, from top to bottom.
fn tests_in(source: &str) -> Vec<String> {
    let is_test = |function: &rust::Function| {
        let place = function.text.as_ptr() as usize - source.as_ptr() as usize;
        source[..place].trim_end().ends_with("#[test]")
    };
    rust::functions(source).iter().filter(|f| is_test(f)).map(|f| f.name.to_string()).collect()
}

/// `c05_repeated_at_random` grades the function with the longest name that its own begins with: `repeated`, say.
fn function_of(check: &str, functions: &[String]) -> String {
    let own = check.split_once('_').map_or(check, |(_, own)| own);
    let named = |function: &&String| own == *function || own.starts_with(&format!("{function}_"));
    functions.iter().filter(named).max_by_key(|function| function.len()).cloned().unwrap_or_else(|| own.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reads::course::Course;

    #[test]
    fn tests_are_listed_in_the_order_of_the_file() {
        let source = "#[test]\nfn c2_b() -> Check {\n    b()\n}\n\nfn helper() {}\n\n#[test]\nfn c10_a() -> Check {\n    a()\n}\n";
        assert_eq!(tests_in(source), ["c2_b", "c10_a"]);
    }

    #[test]
    fn a_check_grades_the_function_with_the_longest_name_that_fits() {
        let functions = ["zero_ablate", "zero_ablate_everywhere"].map(String::from);
        assert_eq!(function_of("c02_zero_ablate", &functions), "zero_ablate");
        assert_eq!(function_of("c03_zero_ablate_everywhere", &functions), "zero_ablate_everywhere");
        assert_eq!(function_of("c06_zero_ablate_leaves_no_trace", &functions), "zero_ablate");
        assert_eq!(function_of("c07_zero_ablated", &functions), "zero_ablated");
    }

    /// A name of a check that names no function would leave `check NN FUNCTION` without an answer.
    #[test]
    fn every_function_has_a_check_and_every_check_a_function() {
        let course = Course::find().unwrap();
        for exercise in &course.exercises {
            let names = exercise.names(&course.workspace).unwrap();
            let checks = of(&course.workspace, exercise).unwrap();
            for check in &checks {
                assert!(names.contains(&check.function), "{} of {}", check.name, exercise.slug);
            }
            for name in &names {
                assert!(checks.iter().any(|check| check.function == *name), "{name} of {}", exercise.slug);
            }
        }
    }
}
