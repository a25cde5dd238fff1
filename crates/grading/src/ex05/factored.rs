//! The checks of products that are not multiplied out: a corner and a norm.

use ndarray::Array2;

use super::{C01, C02, Submission};
use crate::cases::Cases;
use crate::compare::Want;
use crate::value::Tensor;

/// Sums of a few products of numbers around 1.
const ENTRY: f64 = 1e-4;
/// The norms are between 5 and 50; the large one has a million times a million entries.
const NORM: f64 = 1e-3;

/// Rows and columns of a product that fits into no memory: with four bytes for each entry it has 16 tebibytes.
const HUGE: usize = 1 << 21;

/// Two thin matrices of plain numbers.
#[derive(Clone, Copy)]
struct Thin {
    rows: usize,
    inner: usize,
    columns: usize,
}

impl Thin {
    fn words(self) -> String {
        let Self { rows, inner, columns } = self;
        format!("made-up matrices, [{rows}, {inner}] and [{inner}, {columns}]")
    }

    fn left(self) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.inner), |(row, i)| ((5 * row + 3 * i + row * i) % 11) as f32 / 4.0 - 1.0)
    }

    fn right(self) -> Array2<f32> {
        Array2::from_shape_fn((self.inner, self.columns), |(i, column)| {
            ((2 * i + 7 * column + i * column) % 13) as f32 / 4.0 - 1.25
        })
    }

    /// Cell by cell, in double precision.
    fn entry(self, row: usize, column: usize) -> f64 {
        let left = |i: usize| ((5 * row + 3 * i + row * i) % 11) as f64 / 4.0 - 1.0;
        let right = |i: usize| ((2 * i + 7 * column + i * column) % 13) as f64 / 4.0 - 1.25;
        (0..self.inner).map(|i| left(i) * right(i)).sum()
    }

    fn corner(self, n: usize) -> Tensor {
        let (rows, columns) = (n.min(self.rows), n.min(self.columns));
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        Tensor::new(&[rows, columns], cells.map(|(row, column)| self.entry(row, column)).collect())
    }

    fn norm(self) -> f64 {
        let cells = (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (row, column)));
        cells.map(|(row, column)| self.entry(row, column).powi(2)).sum::<f64>().sqrt()
    }
}

/// The corner of small products, of one that is smaller than the corner, and of a huge one.
pub fn c01_product_corner(submission: &Submission) -> Cases {
    let corner = submission.product_corner;
    Cases::of(&C01, |cases| {
        let small = [
            (Thin { rows: 6, inner: 3, columns: 7 }, 4),
            (Thin { rows: 8, inner: 5, columns: 8 }, 2),
            (Thin { rows: 3, inner: 2, columns: 9 }, 5),
        ];
        for (thin, n) in small {
            let want = move || Want::Array { values: thin.corner(n), axes: &["row", "column"], tolerance: ENTRY };
            cases.case(format!("{}, n = {n}", thin.words()), want, move || {
                corner(thin.left().view(), thin.right().view(), n)
            });
        }
        let huge = Thin { rows: HUGE, inner: 3, columns: HUGE };
        let want = move || Want::Array { values: huge.corner(3), axes: &["row", "column"], tolerance: ENTRY };
        let inputs = move || Ok((huge.left(), huge.right()));
        let name = format!("{}, n = 3: the whole product would be 16 tebibytes", huge.words());
        cases.case_without_diagnosis(name, want, inputs, move |(left, right)| corner(left.view(), right.view(), 3));
        Ok(())
    })
}

/// The norm of small products, and of a huge one of rank one, whose norm is the product of two norms.
pub fn c02_product_norm(submission: &Submission) -> Cases {
    let norm = submission.product_norm;
    Cases::of(&C02, |cases| {
        for thin in [Thin { rows: 6, inner: 3, columns: 7 }, Thin { rows: 9, inner: 4, columns: 5 }] {
            cases.case(
                thin.words(),
                move || Want::number(thin.norm(), NORM),
                move || norm(thin.left().view(), thin.right().view()),
            );
        }
        // Powers of two, so that no sum rounds: every entry is 2^-17, there are 2^42 of them, and the norm is 2^4.
        let vectors = || Ok((Array2::from_elem((HUGE, 1), 1.0 / 512.0), Array2::from_elem((1, HUGE), 1.0 / 256.0)));
        let name = format!("[{HUGE}, 1] of 1/512 and [1, {HUGE}] of 1/256: the whole product would be 16 tebibytes");
        cases.case_without_diagnosis(
            name,
            || Want::number(16.0, NORM),
            vectors,
            move |(left, right)| norm(left.view(), right.view()),
        );
        Ok(())
    })
}
