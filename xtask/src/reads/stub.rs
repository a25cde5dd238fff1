//! The stub that a solution gives: exercises are derived from solutions, so that the two cannot drift apart.
//!
//! A solution marks what the learner writes. One line per function says what is there instead of the rest of its block:
//!
//! ```text
//! pub fn answer(argument: usize) -> usize {
//!     // STUB todo!("what to write; got {argument:?}")
//!     let half = argument / 2;
//!     argument - half
//! }
//! ```
//!
//! The line must use all arguments, so that no warning appears; it may go on in further lines that begin with `// STUB`.
//! Helpers and imports that the learner should find for themselves are between `// BEGIN SOLUTION` and `// END SOLUTION`.
//! They go without a trace.

use super::rust;

const BEGIN: &str = "// BEGIN SOLUTION";
const END: &str = "// END SOLUTION";
const STUB: &str = "// STUB";

/// Where a line of a solution is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In what the learner sees, too.
    Shared,
    /// Between `BEGIN` and `END`.
    Marked,
    /// Behind a `STUB`, in the rest of a block that is indented like this.
    Block(usize),
}

/// The stub that a solution gives.
///
/// # Errors
/// When the marks do not pair, or when nothing is left for the learner to write.
pub(crate) fn derive(solution: &str) -> Result<String, String> {
    let mut stub = String::new();
    let mut place = Place::Shared;
    let mut todos = 0;
    for (number, line) in solution.lines().enumerate() {
        let text = line.trim_start();
        let (indent, number) = (line.len() - text.len(), number + 1);
        if matches!(place, Place::Block(depth) if !text.is_empty() && indent < depth) {
            place = Place::Shared;
        }
        if let Some(code) = text.strip_prefix(STUB) {
            if indent == 0 || place == Place::Marked {
                return Err(format!("line {number}: `{STUB}` is not in a block of its own"));
            }
            todos += code.matches("todo!(").count();
            push(&mut stub, format!("{}{}", &line[..indent], code.strip_prefix(' ').unwrap_or(code)).trim_end());
            place = Place::Block(indent);
            continue;
        }
        match (text, place) {
            (BEGIN, Place::Shared) => place = Place::Marked,
            (END, Place::Marked) => place = Place::Shared,
            (BEGIN | END, _) => return Err(format!("line {number}: `{text}` has no partner")),
            (_, Place::Shared) => push(&mut stub, line),
            (_, Place::Marked | Place::Block(_)) => {}
        }
    }
    match (place, todos) {
        (Place::Marked, _) => Err(format!("the last `{BEGIN}` has no `{END}`")),
        (_, 0) => Err("there is nothing for the learner to write".into()),
        _ => Ok(stub),
    }
}

/// The solution as one would write it: without the marks of the stubs, nor those by which the guide cites parts of it.
pub(crate) fn without_marks(solution: &str) -> String {
    let is_mark = |line: &&str| [BEGIN, END, STUB, "// ANCHOR"].iter().any(|mark| line.trim_start().starts_with(mark));
    let mut plain = String::new();
    solution.lines().filter(|line| !is_mark(line)).for_each(|line| push(&mut plain, line));
    plain
}

/// A function of a solution as the guide shows it: without the marks, and without what is documented above it.
pub(crate) fn cited(solution: &str, function: &str) -> Option<String> {
    let plain = without_marks(solution);
    rust::functions(&plain).into_iter().find(|found| found.name == function).map(|found| found.text.to_string())
}

/// Appends a line, but no second empty one after another: a block that went without a trace leaves two.
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
pub fn f(x: usize) -> usize {
    // STUB let _ = x;
    // STUB todo!(
    // STUB     \"double {x}\"
    // STUB )
    if x == 0 {
        return 0;
    }

    2 * x
}

// BEGIN SOLUTION
fn helper() {}
// END SOLUTION

fn g() {}
";

    #[test]
    fn a_mark_takes_the_place_of_the_rest_of_its_block_and_helpers_go_without_a_trace() {
        let want = "//! Doc.\n\npub fn f(x: usize) -> usize {\n    let _ = x;\n    todo!(\n        \"double {x}\"\n    )\n}\n\n\
                    fn g() {}\n";
        assert_eq!(derive(SOLUTION).as_deref(), Ok(want));
    }

    #[test]
    fn a_solution_can_be_read_without_its_marks() {
        let marked = SOLUTION.replace("    2 * x\n", "    // ANCHOR: f\n    2 * x\n    // ANCHOR_END: f\n");
        let want = "//! Doc.\n\nuse std::mem;\n\npub fn f(x: usize) -> usize {\n    if x == 0 {\n        return 0;\n    }\n\n    \
                    2 * x\n}\n\nfn helper() {}\n\nfn g() {}\n";
        assert_eq!(without_marks(&marked), want);
        assert_eq!(cited(&marked, "helper").as_deref(), Some("fn helper() {}"));
        assert!(cited(&marked, "f").unwrap().ends_with("\n\n    2 * x\n}"));
        assert_eq!(cited(&marked, "none"), None);
    }

    #[test]
    fn marks_must_pair_and_something_must_be_left_to_write() {
        assert!(derive("// END SOLUTION\n").unwrap_err().contains("line 1"));
        assert!(derive("// BEGIN SOLUTION\n// BEGIN SOLUTION\n").unwrap_err().contains("line 2"));
        assert!(derive("// BEGIN SOLUTION\n").unwrap_err().contains("has no"));
        assert!(derive("// STUB todo!()\n").unwrap_err().contains("not in a block"));
        let inside = "fn f() {\n    // BEGIN SOLUTION\n    // STUB todo!()\n    // END SOLUTION\n}\n";
        assert!(derive(inside).unwrap_err().contains("line 3: `// STUB` is not in a block of its own"));
        assert!(derive("fn f() {}\n").unwrap_err().contains("nothing for the learner"));
    }
}
