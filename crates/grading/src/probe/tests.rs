//! Each way in which an array goes wrong is told, and what only looks like one is not.

use ndarray::{Array2, Axis, s};

use super::*;

const AXES: &[&str] = &["batch", "pos"];
const TOLERANCE: f64 = 1e-5;

fn right(batch: usize, pos: usize) -> Array2<f32> {
    Array2::from_shape_fn((batch, pos), |(b, p)| (1 + b * 7 + p * p) as f32 / 3.0)
}

fn run(got: impl Into<Value>, want: Array2<f32>) -> CaseRun {
    CaseRun {
        name: String::new(),
        outcome: Outcome::Returned(got.into()),
        want: Want::Array { values: want.into(), axes: AXES, tolerance: TOLERANCE },
        diagnosis: true,
    }
}

/// What is said of an answer that does this to the right arrays of two cases.
fn said(wrong: impl Fn(Array2<f32>) -> Array2<f32>) -> String {
    let runs: Vec<CaseRun> = [(3, 5), (2, 7)].map(|(b, p)| run(wrong(right(b, p)), right(b, p))).into();
    explain(&runs).unwrap_or_default()
}

#[test]
fn entries_in_the_wrong_place() {
    assert_eq!(said(|a| a.reversed_axes()), "these are the right entries with batch and pos swapped.");
    let reversed = said(|a| a.slice(s![.., ..;-1]).to_owned());
    assert_eq!(reversed, "these are the right entries in reverse order along pos.");
    let first = said(|a| Array2::from_shape_fn(a.dim(), |(b, _)| a[[b, 0]]));
    assert_eq!(first, "every pos holds what belongs to pos 0.");
    let last = said(|a| Array2::from_shape_fn(a.dim(), |(b, p)| a[[if b < 9 { a.nrows() - 1 } else { b }, p]]));
    assert_eq!(last, "every batch holds what belongs to the last batch.");
    let late = said(|a| Array2::from_shape_fn(a.dim(), |(b, p)| if p == 0 { 77.0 } else { a[[b, p - 1]] }));
    assert_eq!(late, "these are the right entries, one pos too late.");
    let early = said(|a| Array2::from_shape_fn(a.dim(), |(b, p)| *a.get([b, p + 1]).unwrap_or(&77.0)));
    assert_eq!(early, "these are the right entries, one pos too early.");
}

#[test]
fn entries_added_up_averaged_or_normalized() {
    let mean = said(|a| {
        let mean = a.mean_axis(Axis(1)).unwrap();
        Array2::from_shape_fn(a.dim(), |(b, _)| mean[b])
    });
    assert_eq!(mean, "every pos holds the mean over pos.");
    let centered = said(|a| &a - &a.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)));
    assert_eq!(centered, "the mean over pos has been taken away.");
    let norm = said(|a| &a / &a.mapv(|x| x * x).sum_axis(Axis(1)).mapv(f32::sqrt).insert_axis(Axis(1)));
    assert_eq!(norm, "the entries are divided by their norm along pos.");
    let sums = said(|mut a| {
        a.accumulate_axis_inplace(Axis(1), |before, x| *x += before);
        a
    });
    assert_eq!(sums, "the entries are added up along pos, each with all before it.");
    let softmax = said(|a| {
        let exp = a.mapv(f32::exp);
        &exp / &exp.sum_axis(Axis(1)).insert_axis(Axis(1))
    });
    assert_eq!(softmax, "the entries went through a softmax along pos.");
}

#[test]
fn entries_changed_one_by_one() {
    assert_eq!(said(|a| -a), "every entry has the wrong sign.");
    assert_eq!(said(|a| a + 1.0), "every entry is one more than the right one.");
    assert_eq!(said(|a| 1.0 - a), "every entry is one minus the right one.");
    assert_eq!(said(|a| a.mapv(|x| x * x)), "every entry is the square of the right one.");
    assert!(said(|a| a.mapv(f32::ln)).contains("natural logarithm"));
    assert!(said(|a| a * 0.0 + 2.0).contains("every entry that came is 2"));
}

#[test]
fn a_factor_is_read_only_where_every_case_agrees() {
    assert!(said(|a| a / std::f32::consts::LN_2).contains("base 2"));
    assert!(said(|a| a / std::f32::consts::LN_10).contains("base 10"));
    let n = |a: &Array2<f32>| a.ncols() as f32;
    assert_eq!(said(|a| &a * n(&a)), "every entry is the right one times the length of pos.");
    assert!(said(|a| &a / n(&a).sqrt()).contains("one divided by the square root of the length of pos"));
    // 5 is the length of pos in the first case only.
    assert_eq!(said(|a| a * 5.0), "every entry is the right one times 5.");
    assert!(said(|a| &a * (a.nrows() + 4) as f32).contains("case by case 7, 6"));
    assert!(said(|a| a / 32_f32.sqrt()).contains("one divided by the square root of 32"));
}

#[test]
fn a_number_near_a_square_root_is_only_a_number() {
    // 1 / 67.28 is near one divided by the square root of 4527, as any small number is near some such.
    let got = said(|a| a / 67.3);
    assert!(!got.contains("square root"), "{got}");
    assert_eq!(said(|a| a * 0.9997), "", "so small a factor explains nothing");
    assert_eq!(said(|a| a * 1.001), "");
}

#[test]
fn shapes_that_differ() {
    let only = |got: Array2<f32>, axis: usize, at: usize| run(got.index_axis(Axis(axis), at).to_owned(), right(3, 5));
    let said = |run: CaseRun| explain(&[run]).unwrap_or_default();
    assert_eq!(said(only(right(3, 5), 0, 0)), "this is only item 0 of batch.");
    assert_eq!(said(only(right(3, 5), 0, 2)), "this is only the last item of batch.");
    assert_eq!(said(run(right(3, 5).sum_axis(Axis(1)), right(3, 5))), "pos is added up, and should stay.");
    assert_eq!(
        said(run(right(3, 5).mean_axis(Axis(0)).unwrap(), right(3, 5))),
        "batch is averaged over, and should stay."
    );
    assert_eq!(said(run(right(3, 5).slice(s![.., 1..]).to_owned(), right(3, 5))), "the first pos is missing.");
    assert_eq!(said(run(right(3, 5).slice(s![.., ..4]).to_owned(), right(3, 5))), "the last pos is missing.");
    assert_eq!(said(run(right(3, 6), right(3, 5))), "there is one pos too many, at the end.");
    let flat = right(3, 5).into_shape_with_order(15).unwrap();
    assert_eq!(said(run(flat, right(3, 5))), "these are the right numbers in another shape.");
}

#[test]
fn what_fits_one_case_by_chance_is_not_told() {
    // Reversed in the first case, right in the second: reversing is not what the answer does.
    let first = right(3, 5).slice(s![.., ..;-1]).to_owned();
    let runs = [run(first.clone(), right(3, 5)), run(right(2, 7), right(2, 7))];
    assert!(!explain(&runs).unwrap_or_default().contains("reverse"), "{:?}", explain(&runs));
    assert!(explain(&[run(first, right(3, 5))]).unwrap().contains("reverse"));
    // A near miss.
    assert_eq!(said(|a| -a + 0.01), "");
    assert_eq!(said(|a| a + 0.3), "");
}

#[test]
fn two_guesses_that_fit_are_both_told() {
    // A square array that is its own mirror image apart from one exchange.
    let want = ndarray::array![[1.0_f32, 2.0], [3.0, 1.0]];
    let swapped = run(want.t().to_owned(), want);
    assert_eq!(explain(&[swapped]).unwrap(), "these are the right entries with batch and pos swapped.");
    let want = ndarray::array![[1.0_f32, 2.0], [2.0, 1.0]];
    let got = want.slice(s![..;-1, ..]).to_owned();
    let both = explain(&[run(got, want)]).unwrap();
    assert_eq!(
        both,
        "these are the right entries in reverse order along batch; or these are the right entries in \
                      reverse order along pos."
    );
}

#[test]
fn where_the_off_entries_are() {
    let first = said(|mut a| {
        a.column_mut(0).fill(9.5);
        a
    });
    assert_eq!(first, "the first pos is off, and everything else is right.");
    let last = said(|mut a| {
        let end = a.ncols() - 1;
        a[[0, end]] = 99.5;
        a
    });
    assert!(last.is_empty() || last.contains("the last pos") || last.contains("the first batch"), "{last}");
}

#[test]
fn one_divided_by_zero_is_not_any_number() {
    let want = ndarray::array![[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]];
    let got = ndarray::array![[1.0_f32, 1.0, 0.0], [1.0, 0.0, 1.0]];
    let said = explain(&[run(got, want)]).unwrap_or_default();
    assert!(!said.contains("divided"), "{said}");
}
