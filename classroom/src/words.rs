//! What is said on the terminal. A pipe that closes early is no reason to stop grading.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};

/// Says a line.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

/// Says what is wrong.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

/// Shows how far the work is: on a terminal always on the same line, elsewhere one line each time.
pub(crate) fn show_progress(line: &str) {
    let mut err = stderr();
    if err.is_terminal() {
        let _ = write!(err, "\r\u{1b}[K{line}");
        let _ = err.flush();
    } else if !line.is_empty() {
        let _ = writeln!(err, "{line}");
    }
}

/// The first characters of a text, by which the rest can be told to be missing.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_string(),
    }
}
