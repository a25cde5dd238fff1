//! Colour, where the terminal shows it: not into a file or a pipe, and not when `NO_COLOR` is set.

use std::env;
use std::io::{IsTerminal, stdout};

/// Whether the output shows colours.
pub(crate) fn wanted() -> bool {
    stdout().is_terminal() && env::var_os("NO_COLOR").is_none()
}

/// A text without its colours.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

fn paint(code: &str, text: &str) -> String {
    if wanted() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
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

/// Sets cells in columns that are as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_away() {
        assert_eq!(plain("\x1b[1m\x1b[92m  Compiling\x1b[0m mime"), "  Compiling mime");
        assert_eq!(plain("none"), "none");
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".into(), "b".into()], vec!["long".into(), "c".into()]];
        assert_eq!(table(&rows), "  a     b\n  long  c");
    }
}
