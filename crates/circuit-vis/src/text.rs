//! The picture for a terminal: a heat map of Unicode shades with labels, one array alone or what came beside what was wanted.

use ndarray::{Array2, ArrayView2, s};
use unicode_width::UnicodeWidthStr;

use crate::{VisError, check, visible};

/// The most that a terminal shows at once; a larger array is cut, and the text says so.
const MAX_ROWS: usize = 32;
const MAX_COLUMNS: usize = 32;
const MAX_WIDTH: usize = 110;
const MAX_LABEL: usize = 16;

/// `got` as a heat map, and `want` and their difference beside it where there is something to compare with.
///
/// A cell is blank for zero and darker the larger the value is, up to the largest in `want` (in `got`, where there is no
/// `want`); a minus sign marks what is negative, `!!` what is NaN or infinite. Spaces around a label and control characters
/// are made visible, and long labels are shortened; columns whose labels are too long for a cell are numbered, and with them
/// the rows, if both have the same labels. Pass no labels (an empty slice) to number an axis.
///
/// ```
/// use ndarray::array;
/// let (got, want) = (array![[1.0, 0.5], [0.5, 0.5]], array![[1.0, 0.0], [0.5, 0.5]]);
/// let text = circuit_vis::text_heatmap(got.view(), Some(want.view()), &["a", "b"], &["a", "b"])?;
/// let picture: Vec<&str> = text.lines().take(4).collect();
/// assert_eq!(picture, [
///     "   got        want       |got − want|",
///     "   a  b       a  b       a  b",
///     "a  ██ ▓▓   a  ██      a     ▓▓",
///     "b  ▓▓ ▓▓   b  ▓▓ ▓▓   b",
/// ]);
/// # Ok::<(), circuit_vis::VisError>(())
/// ```
///
/// # Shapes
/// - `got`, `want`: `[row, column]`
/// - `row_labels`: `[row]`, `column_labels`: `[column]`, or empty
///
/// # Errors
/// [`VisError::Shape`] if `got` and `want` differ in shape, [`VisError::Length`] if labels do not fit.
pub fn text_heatmap<R: AsRef<str>, C: AsRef<str>>(
    got: ArrayView2<'_, f32>,
    want: Option<ArrayView2<'_, f32>>,
    row_labels: &[R],
    column_labels: &[C],
) -> Result<String, VisError> {
    let (rows, columns) = got.dim();
    if let Some(want) = want.filter(|want| want.dim() != got.dim()) {
        let expected = format!("{:?}, that of want", want.shape());
        return Err(VisError::Shape { what: "got".into(), expected, got: got.shape().to_vec() });
    }
    let row_labels = labels("row_labels", row_labels, rows)?;
    let column_labels = labels("column_labels", column_labels, columns)?;

    let bound = largest(want.unwrap_or(got));
    let grid = Grid::new(&row_labels, &column_labels, bound);
    let panels = match want {
        None => vec![grid.panel("", got)],
        Some(want) => {
            let difference: Array2<f32> = &got - &want;
            let difference = difference.mapv(f32::abs);
            vec![grid.panel("got", got), grid.panel("want", want), grid.panel("|got − want|", difference.view())]
        }
    };
    let mut text = arrange(&panels);
    text += &grid.key(&column_labels, &row_labels, got.dim());
    Ok(text)
}

fn labels<S: AsRef<str>>(what: &str, labels: &[S], len: usize) -> Result<Vec<String>, VisError> {
    if labels.is_empty() {
        return Ok((0..len).map(|index| index.to_string()).collect());
    }
    check::length(what, len, "that axis of the array", labels.len())?;
    Ok(labels.iter().map(|label| visible::label(label.as_ref())).collect())
}

/// The largest finite magnitude, or 1 if there is none but zero.
fn largest(values: ArrayView2<'_, f32>) -> f32 {
    let bound = values.iter().filter(|v| v.is_finite()).fold(0.0f32, |bound, v| bound.max(v.abs()));
    if bound == 0.0 { 1.0 } else { bound }
}

/// What all panels share: which part of the array is shown, how wide a cell is, and what is dark.
struct Grid {
    row_labels: Vec<String>,
    header: Vec<String>,
    cell: usize,
    numbered: bool,
    bound: f32,
}

impl Grid {
    fn new(row_labels: &[String], column_labels: &[String], bound: f32) -> Self {
        let same = row_labels == column_labels;
        let mut row_labels: Vec<String> =
            row_labels.iter().take(MAX_ROWS).map(|label| shorten(label, MAX_LABEL)).collect();
        let shown = &column_labels[..column_labels.len().min(MAX_COLUMNS)];
        let widest = widest_of(shown);
        let label_width = widest_of(&row_labels);
        let numbered = widest > 6 || label_width + shown.len() * (widest.max(2) + 1) > MAX_WIDTH;
        if numbered {
            if same && !plain_numbers(column_labels) {
                row_labels = row_labels.iter().enumerate().map(|(i, label)| format!("{i} {label}")).collect();
            }
            let header = (0..shown.len()).map(|i| if i % 5 == 0 { i.to_string() } else { String::new() }).collect();
            return Self { row_labels, header, cell: 2, numbered, bound };
        }
        Self { row_labels, header: shown.to_vec(), cell: widest.max(2) + 1, numbered, bound }
    }

    /// Lines of equal display width: a title, the column labels, the rows.
    fn panel(&self, title: &str, values: ArrayView2<'_, f32>) -> Vec<String> {
        let values = values.slice(s![..self.row_labels.len(), ..self.header.len()]);
        let label_width = widest_of(&self.row_labels);
        let margin = " ".repeat(label_width + 2);
        let mut lines = Vec::new();
        if !title.is_empty() {
            lines.push(format!("{margin}{title}"));
        }
        lines.push(margin.clone() + &self.header_line());
        for (label, row) in self.row_labels.iter().zip(values.rows()) {
            let cells: String = row.iter().map(|&value| self.shade(value)).collect();
            lines.push(format!("{}  {cells}", pad(label, label_width)));
        }
        let width = widest_of(&lines);
        lines.iter().map(|line| pad(line, width)).collect()
    }

    /// A number may run on over the blank cells after it: only each fifth column has one.
    fn header_line(&self) -> String {
        let line: String = self.header.iter().map(|label| pad(label, self.cell)).collect();
        if self.numbered { pad(line.trim_end(), self.cell * self.header.len()) } else { line }
    }

    fn shade(&self, value: f32) -> String {
        let gap = if self.numbered { "" } else { " " };
        let width = self.cell - gap.len();
        if !value.is_finite() {
            return "!".repeat(width) + gap;
        }
        let block = match value.abs() / self.bound {
            v if v < 1e-6 => return " ".repeat(self.cell),
            v if v < 0.05 => "·",
            v if v < 0.25 => "░",
            v if v < 0.5 => "▒",
            v if v < 0.75 => "▓",
            _ => "█",
        };
        if value < 0.0 { format!("-{}{gap}", block.repeat(width - 1)) } else { block.repeat(width) + gap }
    }

    /// What the shades mean, which columns the numbers stand for, and what was left out.
    fn key(&self, column_labels: &[String], row_labels: &[String], (rows, columns): (usize, usize)) -> String {
        let steps = [("·", 0.05), ("░", 0.25), ("▒", 0.5), ("▓", 0.75)];
        let below: Vec<String> =
            steps.iter().map(|(block, step)| format!("{block} <{}", number(step * self.bound))).collect();
        let mut key = format!(
            "blank 0  {}  █ to {} and above  - negative  !! not finite\n",
            below.join("  "),
            number(self.bound)
        );
        if self.numbered && column_labels != row_labels && !plain_numbers(column_labels) {
            let names = column_labels.iter().take(self.header.len()).enumerate();
            let names: Vec<String> = names.map(|(i, label)| format!("{i} {}", shorten(label, MAX_LABEL))).collect();
            key += &format!("columns: {}\n", names.join(", "));
        }
        if rows > self.row_labels.len() || columns > self.header.len() {
            let (shown_rows, shown_columns) = (self.row_labels.len(), self.header.len());
            key += &format!("shown: the first {shown_rows} of {rows} rows and {shown_columns} of {columns} columns\n");
        }
        key
    }
}

/// Whether an axis has no labels but its own numbers.
fn plain_numbers(labels: &[String]) -> bool {
    labels.iter().enumerate().all(|(index, label)| *label == index.to_string())
}

fn widest_of(labels: &[String]) -> usize {
    labels.iter().map(|label| label.width()).max().unwrap_or(0)
}

/// Panels side by side where they fit, else one below the other.
fn arrange(panels: &[Vec<String>]) -> String {
    let width: usize = panels.iter().map(|lines| lines.first().map_or(0, |line| line.width()) + 2).sum();
    if width > MAX_WIDTH {
        let stacked: Vec<String> = panels.iter().map(|lines| trim_all(lines.iter().cloned())).collect();
        return stacked.join("\n");
    }
    let height = panels.first().map_or(0, Vec::len);
    trim_all((0..height).map(|row| panels.iter().map(|lines| lines[row].as_str()).collect::<Vec<_>>().join("  ")))
}

fn trim_all(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Fill up with spaces to a display width: an emoji or a Chinese character takes two columns.
fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Cut to a display width, with an ellipsis where something is missing.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if format!("{short}{c}…").width() > width {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// A number in few characters.
pub(crate) fn number(value: f32) -> String {
    let magnitude = value.abs();
    if !value.is_finite() {
        return value.to_string();
    }
    if magnitude != 0.0 && !(1e-3..1e5).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
