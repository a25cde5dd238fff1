//! Each way in which an array goes wrong is told, and what only looks like one is not.

use ndarray::{Array2, Axis, s};

use super::*;
use crate::general::code;

const AXES: &[&str] = &["batch", "pos"];
const TOLERANCE: f64 = 1e-5;

fn right(batch: usize, pos: usize) -> Array2<f32> {
    // In no order along either axis, and no two rows are alike.
    Array2::from_shape_fn((batch, pos), |(b, p)| (1 + (b * 7 + p * 4 + p * p + b * p) % 17) as f32 / 3.0)
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
    words(&runs)
}

/// What is said of these runs.
fn words(runs: &[CaseRun]) -> String {
    explain(runs).map(|said| said.words).unwrap_or_default()
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
fn entries_made_by_loops_in_another_order() {
    let refilled = |a: Array2<f32>| {
        let columns: Vec<f32> = a.reversed_axes().iter().copied().collect();
        columns
    };
    let said = said(|a| Array2::from_shape_vec(a.dim(), refilled(a)).unwrap());
    assert_eq!(said, "the right entries come in the order [pos, batch], but are put into the shape [batch, pos].");
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
    let said = |run: CaseRun| words(&[run]);
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
    assert!(!words(&runs).contains("reverse"), "{:?}", explain(&runs));
    assert!(words(&[run(first, right(3, 5))]).contains("reverse"));
    // A near miss.
    assert_eq!(named(|a| -a + 0.01), None);
    assert!(!said(|a| a + 0.3).contains("one more"));
}

#[test]
fn two_guesses_that_fit_are_both_told() {
    // A square array that is its own mirror image apart from one exchange.
    let want = ndarray::array![[1.0_f32, 2.0], [3.0, 1.0]];
    let swapped = run(want.t().to_owned(), want);
    assert_eq!(words(&[swapped]), "these are the right entries with batch and pos swapped.");
    let want = ndarray::array![[1.0_f32, 2.0], [2.0, 1.0]];
    let got = want.slice(s![..;-1, ..]).to_owned();
    let both = words(&[run(got, want)]);
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
    let said = words(&[run(got, want)]);
    assert!(!said.contains("divided"), "{said}");
}

/// The name of what is said of an answer that does this to the right arrays of two cases.
fn named(wrong: impl Fn(Array2<f32>) -> Array2<f32>) -> Option<&'static str> {
    let runs: Vec<CaseRun> = [(3, 5), (2, 7)].map(|(b, p)| run(wrong(right(b, p)), right(b, p))).into();
    explain(&runs)?.mistake
}

#[test]
fn one_case_that_is_doubled_is_no_sum() {
    let of_case = |p: usize| run(if p == 5 { right(3, p) * 2.0 } else { right(3, p) }, right(3, p));
    let runs: Vec<CaseRun> = (2..10).map(of_case).collect();
    assert_ne!(explain(&runs).and_then(|found| found.mistake), Some(code::SUM));
}

#[test]
fn a_guess_that_stands_alone_has_a_name() {
    assert_eq!(named(|a| -a), Some(code::SIGN));
    assert_eq!(named(|a| a.mapv(f32::sqrt)), Some(code::ROOT));
    assert_eq!(named(|a| a.mapv(|x| (-x).exp())), Some(code::EXPONENTIAL));
    assert_eq!(named(|a| a.mapv(|x| -x.ln())), Some(code::LOGARITHM));
    assert_eq!(named(|a| a.mapv(|x| 1.0 / x)), Some(code::INVERSE));
    assert_eq!(named(|a| a * 2.0), Some(code::TWICE));
    assert_eq!(named(|a| a / std::f32::consts::LN_2), Some(code::BASE));
    assert_eq!(named(|a| &a * a.ncols() as f32), Some(code::SUM));
    assert_eq!(named(|a| &a / a.ncols() as f32), Some(code::DIVISOR));
    assert_eq!(named(|a| &a * (a.ncols() as f32).sqrt()), Some(code::SCALE));
    assert_eq!(named(|a| a.reversed_axes()), Some(code::AXES));
    assert_eq!(named(|a| a.slice(s![..;-1, ..]).to_owned()), Some(code::REVERSED));
    assert_eq!(named(|a| Array2::from_shape_fn(a.dim(), |(_, p)| a[[0, p]])), Some(code::ONE_FOR_ALL));
    assert_eq!(named(|a| &a - &a.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1))), Some(code::CENTERED));
    assert_eq!(named(|a| &a / &a.sum_axis(Axis(1)).insert_axis(Axis(1))), Some(code::NORMALIZED));
    assert_eq!(named(|a| a.slice(s![.., 1..]).to_owned()), Some(code::TOO_FEW));
    assert_eq!(named(|a| a.slice(s![..1, ..]).to_owned()), Some(code::TOO_FEW));
    assert_eq!(named(|a| a.mean_axis(Axis(0)).unwrap().insert_axis(Axis(0))), Some(code::AVERAGED));
    assert_eq!(named(|a| a.sum_axis(Axis(0)).insert_axis(Axis(0))), Some(code::ADDED_UP));
    assert_eq!(
        named(|a| Array2::from_shape_vec((1, a.len()), a.iter().copied().collect()).unwrap()),
        Some(code::SHAPE)
    );
    assert_eq!(named(|a| a + 0.3), None);
}

#[test]
fn one_number_is_the_square_of_another_by_chance() {
    let one = |got: f32, want: f32| CaseRun {
        want: Want::Array { values: Tensor::new(&[], vec![f64::from(want)]), axes: &[], tolerance: 1e-3 },
        ..run(got, right(1, 1))
    };
    assert_eq!(explain(&[one(4.0, 2.0)]), None);
    assert_eq!(explain(&[one(4.0, 2.0), one(9.0, 3.0)]).unwrap().mistake, Some(code::SQUARE));
    assert_eq!(explain(&[one(4.0, 2.0), one(8.0, 3.0)]), None, "it must hold in every case");
    // What is nearly zero divides everything.
    assert_eq!(explain(&[one(0.000_013, 2.7), one(0.000_011, 3.9)]), None);
}

#[test]
fn slices_that_changed_places() {
    let rotated = |a: Array2<f32>| Array2::from_shape_fn(a.dim(), |(b, p)| a[[(b + 1) % a.nrows(), p]]);
    let runs = [run(rotated(right(4, 5)), right(4, 5)), run(rotated(right(3, 7)), right(3, 7))];
    let said = explain(&runs).unwrap();
    assert_eq!(said.mistake, Some(code::SHIFTED));
    let exchanged = |a: Array2<f32>| Array2::from_shape_fn(a.dim(), |(b, p)| a[[if b < 2 { 1 - b } else { b }, p]]);
    let said = explain(&[run(exchanged(right(4, 5)), right(4, 5))]).unwrap();
    assert_eq!(said.words, "batch 0 holds what belongs to batch 1, batch 1 holds what belongs to batch 0.");
    assert_eq!(said.mistake, Some(code::OTHER_INDEX));
    let some = right(4, 6).slice(s![..;2, ..]).to_owned();
    let said = explain(&[run(some, right(4, 6))]).unwrap();
    assert_eq!(
        (said.words.as_str(), said.mistake),
        ("of 4 along batch only 2 came, those of batch 0, 2.", Some(code::TOO_FEW))
    );
    let second = Array2::from_shape_fn((4, 5), |(_, p)| right(4, 5)[[2, p]]);
    assert_eq!(explain(&[run(second, right(4, 5))]).unwrap().words, "every batch holds what belongs to batch 2.");
}

#[test]
fn few_entries_that_are_yes_or_no_resemble_others_by_chance() {
    let right = Array2::from_shape_vec((2, 4), vec![1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]).unwrap();
    let got = Array2::from_shape_vec((2, 4), vec![0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
    assert!(!words(&[run(got, right)]).contains("belongs to"));
}

#[test]
fn the_one_part_that_is_right_is_told_only_if_all_of_it_is() {
    let wrong = |a: Array2<f32>, is_right: fn(usize, usize) -> bool| {
        Array2::from_shape_fn(
            a.dim(),
            |(b, p)| {
                if is_right(b, p) { a[[b, p]] } else { 9.0 + (b * b + 3 * p) as f32 * 0.37 }
            },
        )
    };
    assert_eq!(words(&[run(wrong(right(4, 5), |b, _| b == 3), right(4, 5))]), "only the last batch is right.");
    assert_eq!(words(&[run(wrong(right(4, 5), |b, p| b == 3 && p == 4), right(4, 5))]), "");
}

#[test]
fn a_case_with_a_wide_tolerance_cannot_veto_a_factor() {
    let one = |got: f64, want: f64, tolerance: f64| CaseRun {
        outcome: Outcome::Returned(Tensor::new(&[], vec![got]).into()),
        want: Want::Array { values: Tensor::new(&[], vec![want]), axes: &[], tolerance },
        ..run(right(1, 1), right(1, 1))
    };
    let exact = || [one(25.0, 0.25, 1e-5), one(75.0, 0.75, 1e-5)];
    let percent = "every entry is the right one times 100, as in percent.";
    assert_eq!(words(&[&exact()[..], &[one(52.3, 0.52, 0.05)][..]].concat()), percent);
    assert_ne!(words(&[&exact()[..], &[one(0.9, 0.52, 0.05)][..]].concat()), percent);
}

#[test]
fn facts_that_are_no_guess() {
    assert_eq!(said(|a| a + 0.3), "every entry differs from the right one by the same amount, 0.300.");
    let rows = |a: Array2<f32>| Array2::from_shape_fn(a.dim(), |(b, p)| a[[b, p]] + (b * b) as f32 + 0.4);
    assert!(said(rows).starts_with("along pos, all entries are off by the same amount, as when"), "{}", said(rows));
    let factors = |a: Array2<f32>| Array2::from_shape_fn(a.dim(), |(b, p)| a[[b, p]] * (b as f32 + 1.3));
    assert!(said(factors).starts_with("each line along pos is the right one times a factor of its own, from "));
    let zeros =
        |a: Array2<f32>| Array2::from_shape_fn(a.dim(), |(b, p)| if (b + p) % 2 == 0 { 0.0 } else { a[[b, p]] });
    assert!(said(zeros).starts_with("all entries that are off are 0"), "{}", said(zeros));
    let large = |a: Array2<f32>| a.mapv(|x| if x > 4.0 { 1.0 } else { 0.0 });
    assert!(said(large).starts_with("every entry is 0 or 1: 1 where the right one is"), "{}", said(large));
    assert_eq!(named(large), Some(code::YES_OR_NO));
}

#[test]
fn the_answer_to_another_case_is_told() {
    let case = |name: &str, got: Array2<f32>, want: Array2<f32>| CaseRun { name: name.into(), ..run(got, want) };
    let layer = |n: usize| Array2::from_shape_fn((2, 3), |(b, p)| ((3 * b + p) * (n + 1) + n * n) as f32 / 7.0);
    let runs = [case("layer 0", layer(0), layer(0)), case("layer 2", layer(0), layer(2))];
    let said = explain(&runs).unwrap();
    assert_eq!(said.words, "what came is exactly what another case asks for: layer 0.");
    assert_eq!(said.mistake, Some(code::OTHER_CASE));
}

#[test]
fn attention_that_sums_to_one_along_another_axis() {
    let scores = right(3, 5).mapv(|x| (x * 7.0).sin() + 1.5);
    let along = |axis: usize| &scores / &scores.sum_axis(Axis(axis)).insert_axis(Axis(axis));
    let said = explain(&[run(along(0), along(1))]).unwrap();
    assert_eq!(said.words, "the entries sum to one along batch, where they should along pos.");
    assert_eq!(said.mistake, Some(code::WRONG_AXIS));
}

#[test]
fn what_a_mask_hides_is_told_by_where_it_is() {
    let pattern = |sees: fn(usize, usize) -> bool| {
        let weights =
            Array2::from_shape_fn((6, 6), |(q, k)| if sees(q, k) { (1 + (3 * q + 5 * k) % 7) as f32 } else { 0.0 });
        &weights / &weights.sum_axis(Axis(1)).insert_axis(Axis(1))
    };
    let right = pattern(|q, k| k <= q);
    let of = |sees| {
        let run = run(pattern(sees), right.clone());
        let axes: &'static [&'static str] = &["query_pos", "key_pos"];
        let want = Want::Array { values: right.clone().into(), axes, tolerance: TOLERANCE };
        words(&[CaseRun { want, ..run }])
    };
    assert!(
        of(|q, k| k < q || q == 0 && k == 0).starts_with("after the first, the attention of a token to itself is 0")
    );
    let said = of(|q, k| k < q || k == q && q != 2 && q != 4);
    assert!(!said.contains("attention of a token to itself"), "that of some tokens is not: {said}");
    let said = of(|q, k| k <= q || k == q + 1 && q != 3);
    assert!(
        said.starts_with("some attention goes to later tokens"),
        "not each query has some for the next token: {said}"
    );
    assert!(of(|q, k| k <= q + 1).starts_with("some attention goes to the next token"));
    assert!(of(|_, _| true).starts_with("some attention goes to later tokens"));
    assert!(of(|q, k| k <= q && q - k < 2).starts_with("some attention to earlier tokens is 0"));
}

/// What is added may have no sum of its own in one case, so that case alone proves nothing.
#[test]
fn a_right_sum_is_told_of_several_wrong_cases_only() {
    let off = |batch, n_pos| {
        let mut off = right(batch, n_pos);
        off[[0, 0]] += 0.7;
        off[[0, 2]] += 0.6;
        off[[0, 3]] -= 1.3;
        off
    };
    let told = |runs: &[CaseRun]| words(runs).contains("along pos the entries have the right sum");
    assert!(!told(&[run(off(3, 5), right(3, 5)), run(right(2, 7), right(2, 7))]));
    assert!(told(&[run(off(3, 5), right(3, 5)), run(off(2, 7), right(2, 7))]));
}

#[test]
fn what_can_be_negative_is_no_attention() {
    let gradient = |sees: fn(usize, usize) -> bool| {
        Array2::from_shape_fn((6, 6), |(q, k)| if sees(q, k) { ((5 * q + 3 * k) % 7) as f32 - 3.5 } else { 0.0 })
    };
    let of = |sees| {
        let want = gradient(|q, k| k <= q);
        let run = run(gradient(sees), want.clone());
        let axes: &'static [&'static str] = &["query_pos", "key_pos"];
        explain(&[CaseRun { want: Want::Array { values: want.into(), axes, tolerance: TOLERANCE }, ..run }])
    };
    let said = of(|_, _| true).expect("an explanation").words;
    assert_eq!(said, "some entries where the key comes after the query are not 0, as they should be.");
    let hidden = of(|q, k| k < q);
    assert!(hidden.as_ref().is_none_or(|said| !said.words.contains("attend")), "{:?}", hidden.map(|said| said.words));
}

#[test]
fn a_condition_that_holds_too_often_is_told() {
    let right = |b: usize, p: usize| right(b, p).mapv(|x| if x > 2.5 { 1.0 } else { 0.0 });
    let often = |b: usize, p: usize| self::right(b, p).mapv(|x| if x > 1.2 { 1.0 } else { 0.0 });
    let said = words(&[run(often(3, 5), right(3, 5)), run(often(2, 7), right(2, 7))]);
    assert!(said.ends_with("as when a condition holds too often."), "{said}");
}

#[test]
fn what_overflows_is_told_where_all_else_is_right() {
    let mut broken = right(3, 5);
    broken[[1, 2]] = f32::NAN;
    let said = explain(&[run(broken.clone(), right(3, 5)), run(right(2, 7), right(2, 7))]).unwrap();
    assert_eq!(said.words, "1 of 15 entries is not finite, and everything else is right.");
    assert_eq!(said.mistake, Some(code::NOT_A_NUMBER));
    broken[[0, 0]] = -50.0;
    assert_eq!(explain(&[run(broken, right(3, 5))]).and_then(|said| said.mistake), None);
}

/// What is said of rows of probabilities, each of which sums to one, when something was done to the scores.
fn said_of_scores(score: impl Fn(f32) -> f32) -> Option<Explanation> {
    let softmax = |scores: Array2<f32>| {
        let exp = scores.mapv(f32::exp);
        &exp / &exp.sum_axis(Axis(1)).insert_axis(Axis(1))
    };
    let runs = [(3, 5), (2, 7)].map(|(b, p)| run(softmax(right(b, p).mapv(&score)), softmax(right(b, p))));
    explain(&runs)
}

#[test]
fn a_softmax_of_other_scores_is_told_by_their_size() {
    let of = |times: f32| said_of_scores(move |x| x * times).unwrap();
    let words = "this is what the right scores give when they are multiplied by 0.5 before the softmax.";
    assert_eq!(of(0.5), Explanation::named(words, code::TEMPERATURE));
    assert_eq!(of(-1.0).words, "this is what the right scores give with the wrong sign.");
    assert_eq!(said_of_scores(|x| x.sqrt()).and_then(|said| said.mistake), None);
}

#[test]
fn one_part_that_is_off_is_explained_by_itself() {
    let axes: &'static [&'static str] = &["measure", "batch", "pos"];
    let stacked = |rows: [Array2<f32>; 3]| {
        let views: Vec<_> = rows.iter().map(|rows| rows.view()).collect();
        ndarray::stack(Axis(0), &views).unwrap()
    };
    let runs = [(3, 5), (2, 7)].map(|(b, p)| {
        let (a, other) = (right(b, p), right(b, p) * 0.3);
        let got = stacked([a.clone(), -&other, a.clone()]);
        let want = Want::Array { values: stacked([a.clone(), other, a]).into(), axes, tolerance: TOLERANCE };
        CaseRun { name: String::new(), outcome: Outcome::Returned(got.into()), want, diagnosis: true }
    });
    let said = explain(&runs).unwrap();
    assert_eq!(said, Explanation::named("only measure 1 is off. There, every entry has the wrong sign.", code::SIGN));
}

#[test]
fn more_along_an_axis_than_was_asked_for_is_told() {
    let more = |front: bool| {
        said(move |a| {
            let filler = Array2::from_elem((a.nrows(), 2), 0.7);
            let parts = if front { [filler.view(), a.view()] } else { [a.view(), filler.view()] };
            ndarray::concatenate(Axis(1), &parts).unwrap()
        })
    };
    assert_eq!(more(false), "along pos the right entries came, and 2 more behind them.");
    assert_eq!(more(true), "along pos the right entries came, and 2 more in front of them.");
    assert_eq!(said(|a| Array2::from_elem((a.nrows(), a.ncols() + 2), 0.7)), "every entry that came is 0.7.");
    let other = said(|a| Array2::from_shape_fn((a.nrows(), a.ncols() + 2), |(b, p)| (b + p) as f32));
    assert_eq!(other, "along pos there are 2 too many.");
}

#[test]
fn a_divisor_that_is_one_too_small_is_told() {
    assert_eq!(
        said(|a| {
            let n = a.nrows() as f32 + 2.0;
            a * (n / (n - 1.0))
        }),
        "the entries are the right ones times n / (n - 1), case by case with n = 5, 4. Is the divisor of a mean one too small?"
    );
    assert_eq!(said(|a| a * 100.0), "every entry is the right one times 100, as in percent.");
}

#[test]
fn a_sign_of_its_own_for_each_line_is_no_norm() {
    let said = said(|a| Array2::from_shape_fn(a.dim(), |(b, p)| if b % 2 == 1 { -a[[b, p]] } else { a[[b, p]] }));
    assert_eq!(said, "along pos, the entries are either all right or all of the wrong sign.");
}
