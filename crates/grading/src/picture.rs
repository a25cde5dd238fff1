//! A small picture of what came beside what was wanted, for the terminal: shades show at a glance what a list of entries
//! hides, such as a triangle on the wrong side. Shades, and not numbers: the aim is to let the learner see the mistake, not
//! the answer.

use circuit_vis::text_heatmap;
use ndarray::Array2;

use crate::value::Tensor;

/// Larger matrices do not fit side by side into a terminal.
const MOST_ROWS: usize = 16;
const MOST_COLUMNS: usize = 12;

/// The matrix (the last two axes) in which the entry at `worst` lies, got beside want; nothing for arrays that are no
/// matrices, or too large ones. `axes` names the axes.
pub(crate) fn got_beside_want(got: &Tensor, want: &Tensor, axes: &[&str], worst: usize) -> Option<String> {
    let rank = want.shape.len();
    let (&rows, &columns) = (want.shape.get(rank.checked_sub(2)?)?, want.shape.last()?);
    if !(2..=MOST_ROWS).contains(&rows) || !(2..=MOST_COLUMNS).contains(&columns) {
        return None;
    }
    let start = worst / (rows * columns) * (rows * columns);
    let matrix = |tensor: &Tensor| {
        Array2::from_shape_fn((rows, columns), |(row, column)| tensor.data[start + row * columns + column] as f32)
    };
    let none: [&str; 0] = [];
    let picture = text_heatmap(matrix(got).view(), Some(matrix(want).view()), &none, &none).ok()?;
    let place: Vec<String> =
        want.index_of(start)[..rank - 2].iter().zip(axes).map(|(index, axis)| format!("{axis} {index}")).collect();
    let place = if place.is_empty() { String::new() } else { format!(" of {}", place.join(", ")) };
    let (down, across) = (axes.get(rank - 2)?, axes.get(rank - 1)?);
    let lines: Vec<String> = picture.lines().map(|line| format!("    {line}").trim_end().to_string()).collect();
    Some(format!("  The matrix{place}, {down} down and {across} across:\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower_triangle(transposed: bool) -> Tensor {
        let mut data = vec![0.0; 2 * 3 * 3];
        for query in 0..3 {
            for key in 0..=query {
                let at = if transposed { key * 3 + query } else { query * 3 + key };
                data[9 + at] = 1.0;
            }
        }
        Tensor::new(&[2, 3, 3], data)
    }

    #[test]
    fn the_matrix_with_the_worst_entry_is_drawn() {
        let (got, want) = (lower_triangle(true), lower_triangle(false));
        let axes = ["head", "query_pos", "key_pos"];
        let picture = got_beside_want(&got, &want, &axes, 10).unwrap();
        let lines: Vec<&str> = picture.lines().take(5).collect();
        assert_eq!(
            lines,
            [
                "  The matrix of head 1, query_pos down and key_pos across:",
                "       got           want          |got − want|",
                "       0  1  2       0  1  2       0  1  2",
                "    0  ██ ██ ██   0  ██         0     ██ ██",
                "    1     ██ ██   1  ██ ██      1  ██    ██",
            ]
        );
    }

    #[test]
    fn a_list_and_a_large_matrix_are_not() {
        let list = Tensor::new(&[4], vec![0.0; 4]);
        assert_eq!(got_beside_want(&list, &list, &["pos"], 0), None);
        let large = Tensor::new(&[40, 40], vec![0.0; 1600]);
        assert_eq!(got_beside_want(&large, &large, &["query_pos", "key_pos"], 0), None);
    }
}
