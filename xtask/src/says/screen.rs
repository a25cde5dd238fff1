//! The screen: lines of text, and color where the terminal shows it.

use std::env;
use std::fmt::Arguments;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

/// Writes a line to the standard output. Unlike `println!`, it does not panic when the reader has gone.
macro_rules! say {
    () => { $crate::says::screen::write_line(format_args!("")) };
    ($($words:tt)*) => { $crate::says::screen::write_line(format_args!($($words)*)) };
}

/// Writes a line to the standard error.
macro_rules! complain {
    ($($words:tt)*) => { $crate::says::screen::write_error_line(format_args!($($words)*)) };
}

pub(crate) use {complain, say};

/// What `say!` does.
///
/// With `cargo xtask help | head -1`, the pipe closes after the first line. The command goes on silently: a check
/// still has to note what has passed. Any other failure, a full disk for one, ends the program.
pub(crate) fn write_line(words: Arguments<'_>) {
    match write(words) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            write_error_line(format_args!("The output cannot be written: {error}."));
            std::process::exit(2);
        }
        _ => {}
    }
}

#[cfg(not(test))]
fn write(words: Arguments<'_>) -> std::io::Result<()> {
    writeln!(stdout(), "{words}")
}

/// The test harness captures `println!` alone.
#[cfg(test)]
#[expect(clippy::print_stdout, clippy::unnecessary_wraps, reason = "as the other")]
fn write(words: Arguments<'_>) -> std::io::Result<()> {
    println!("{words}");
    Ok(())
}

/// What `complain!` does. Where complaints cannot be written, there is nowhere to say so.
pub(crate) fn write_error_line(words: Arguments<'_>) {
    let _ = writeln!(stderr(), "{words}");
}

/// Writes without ending the line: a question, or codes for the terminal.
pub(crate) fn write_now(words: &str) {
    let _ = write!(stdout(), "{words}").and_then(|()| stdout().flush());
}

/// Shows a passing line on the standard error, over the one before, where that is a terminal.
pub(crate) fn show_progress(words: &str) {
    if stderr().is_terminal() {
        let end = if words.is_empty() { "" } else { "  " };
        let _ = write!(stderr(), "\r\x1b[2K{end}{words}");
    }
}

/// Whether the output shows colors: not in a file or a pipe, and not when `NO_COLOR` is set.
pub(crate) fn has_color() -> bool {
    stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Columns of text that fit on a line.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(terminal_size::Width(columns), _)| usize::from(columns))
}

fn paint(code: &str, text: &str) -> String {
    if has_color() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
}

/// Something is well.
pub(crate) fn good(text: &str) -> String {
    paint("32", text)
}

/// Something is not.
pub(crate) fn bad(text: &str) -> String {
    paint("31", text)
}

/// The thing to look at.
pub(crate) fn strong(text: &str) -> String {
    paint("1", text)
}

/// A text without its colors.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// Sets cells in columns that are as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |cell: &String| plain(cell).chars().count();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(length).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - length(cell))));
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_taken_away() {
        assert_eq!(plain("\x1b[1m\x1b[92m  Compiling\x1b[0m mime"), "  Compiling mime");
        assert_eq!(plain("none"), "none");
    }

    #[test]
    fn columns_line_up_whatever_their_colors() {
        let rows = [vec!["a".into(), "b".into()], vec!["\x1b[31mlong\x1b[0m".into(), "c".into()]];
        assert_eq!(table(&rows), "  a     b\n  \x1b[31mlong\x1b[0m  c");
    }
}
