//! What is said on the terminal. A pipe that closes early is no reason to stop grading, and names and messages from a
//! submission must not move the cursor.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};

/// Says a line.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout(), "{}", shown(line));
}

/// Says what is wrong.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(stderr(), "{}", shown(line));
}

/// Shows how far the work is: on a terminal always on the same line, elsewhere one line each time.
pub(crate) fn show_progress(line: &str) {
    let (mut err, line) = (stderr(), shown(line));
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

/// A text as it can be shown everywhere: without characters that control a terminal, that turn the direction of what follows,
/// or that XML does not allow.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_shown(c) { c } else { '\u{fffd}' }).collect()
}

fn is_shown(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_reserved = matches!(c, '\u{fffe}' | '\u{ffff}');
    (c == '\n' || c == '\t' || !c.is_control()) && !turns && !is_reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_moves_the_cursor() {
        assert_eq!(
            shown("a\n\tß ✓ \u{1b}[2J\r\u{202e}b\u{9b}\u{ffff}"),
            "a\n\tß ✓ \u{fffd}[2J\u{fffd}\u{fffd}b\u{fffd}\u{fffd}"
        );
    }
}
