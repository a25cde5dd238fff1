//! `stubs`: derives each exercise from its solution, so that the two cannot drift apart.
//!
//! A solution marks what the learner writes:
//!
//! ```text
//! // BEGIN SOLUTION
//! // STUB todo!("what to write; got {argument:?}")
//! let answer = ...;
//! // END SOLUTION
//! ```
//!
//! The block becomes the lines that begin with `STUB`, which must use all arguments, so that no warning appears. A block
//! without such lines (a helper, an import) goes without a trace.

use super::{Done, only_check_flag};
use crate::course::EXERCISES;
use crate::style::good;
use crate::workspace;

const BEGIN: &str = "// BEGIN SOLUTION";
const END: &str = "// END SOLUTION";
const STUB: &str = "// STUB";

/// Writes the stubs or, with `--check`, only tells whether they are what the solutions give.
pub(crate) fn run(arguments: &[&str]) -> Done {
    let only_check = only_check_flag(arguments)?;
    let mut all_well = true;
    for exercise in EXERCISES {
        let stub = derive(&workspace::read(&exercise.solution())?)
            .map_err(|trouble| format!("{}: {trouble}", exercise.solution()))?;
        let file = exercise.source();
        if workspace::read(&file).is_ok_and(|present| present == stub) {
            println!("{file} {}", good("is up to date"));
        } else if only_check {
            println!("{file} is not what {} gives: run `cargo xtask stubs`", exercise.solution());
            all_well = false;
        } else {
            workspace::write(&file, &stub)?;
            println!("{file} written");
        }
    }
    Ok(all_well)
}

/// The stub that a solution gives.
///
/// # Errors
/// When the marks do not pair, or when nothing is left for the learner to write.
pub(crate) fn derive(solution: &str) -> Result<String, String> {
    let mut stub = String::new();
    let mut inside = false;
    let mut todos = 0;
    for (number, line) in solution.lines().enumerate() {
        let text = line.trim_start();
        let indent = &line[..line.len() - text.len()];
        match (text, inside) {
            (BEGIN, false) => inside = true,
            (END, true) => inside = false,
            (BEGIN | END, _) => return Err(format!("line {}: `{text}` has no partner", number + 1)),
            (_, true) => {
                if let Some(code) = text.strip_prefix(STUB) {
                    todos += code.matches("todo!(").count();
                    push(&mut stub, format!("{indent}{}", code.strip_prefix(' ').unwrap_or(code)).trim_end());
                }
            }
            (_, false) => push(&mut stub, line),
        }
    }
    if inside {
        return Err(format!("the last `{BEGIN}` has no `{END}`"));
    }
    if todos == 0 {
        return Err("there is nothing for the learner to write".into());
    }
    Ok(stub)
}

/// The solution as one would write it: without the marks of the stubs, nor those by which the guide cites parts of it.
pub(crate) fn without_marks(solution: &str) -> String {
    let is_mark = |line: &&str| [BEGIN, END, STUB, "// ANCHOR"].iter().any(|mark| line.trim_start().starts_with(mark));
    let mut plain = String::new();
    solution.lines().filter(|line| !is_mark(line)).for_each(|line| push(&mut plain, line));
    plain
}

/// Appends a line, but no second empty one in a row: a block that went without a trace leaves two.
fn push(stub: &mut String, line: &str) {
    if line.is_empty() && (stub.is_empty() || stub.ends_with("\n\n")) {
        return;
    }
    stub.push_str(line);
    stub.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
//! Doc.

// BEGIN SOLUTION
use std::mem;

// END SOLUTION
fn f(x: usize) -> usize {
    // BEGIN SOLUTION
    // STUB todo!(\"double {x}\")
    2 * x
    // END SOLUTION
}

// BEGIN SOLUTION
fn helper() {}
// END SOLUTION

fn g() {}
";

    #[test]
    fn a_block_becomes_its_stub_or_goes_without_a_trace() {
        let want = "//! Doc.\n\nfn f(x: usize) -> usize {\n    todo!(\"double {x}\")\n}\n\nfn g() {}\n";
        assert_eq!(derive(SOLUTION).as_deref(), Ok(want));
    }

    #[test]
    fn a_solution_can_be_read_without_its_marks() {
        let marked = SOLUTION.replace("    2 * x\n", "    // ANCHOR: f\n    2 * x\n    // ANCHOR_END: f\n");
        let want =
            "//! Doc.\n\nuse std::mem;\n\nfn f(x: usize) -> usize {\n    2 * x\n}\n\nfn helper() {}\n\nfn g() {}\n";
        assert_eq!(without_marks(&marked), want);
    }

    #[test]
    fn marks_must_pair_and_something_must_be_left_to_write() {
        assert!(derive("// END SOLUTION\n").unwrap_err().contains("line 1"));
        assert!(derive("// BEGIN SOLUTION\n// BEGIN SOLUTION\n").unwrap_err().contains("line 2"));
        assert!(derive("// BEGIN SOLUTION\n").unwrap_err().contains("has no"));
        assert!(derive("fn f() {}\n").unwrap_err().contains("nothing for the learner"));
    }
}
