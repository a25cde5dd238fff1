use super::*;
use ndarray::{Array3, array};

fn want(values: impl Into<Tensor>, axes: &'static [&'static str]) -> Want {
    Want::Array { values: values.into(), axes, tolerance: 1e-4 }
}

fn pattern() -> Array3<f32> {
    Array3::from_shape_fn((2, 3, 5), |(h, q, k)| (h * 100 + q * 10 + k * k) as f32)
}

const AXES: &[&str] = &["head", "query_pos", "key_pos"];

#[test]
fn equal_within_the_tolerance_passes_and_tells_the_largest_difference() {
    let got = pattern() + 5e-5;
    let largest = compare(&got.into(), &want(pattern(), AXES)).unwrap();
    assert!((1e-6..1e-4).contains(&largest), "{largest}");
}

#[test]
fn the_shape_comes_first() {
    let got = array![[1.0_f32, 2.0]];
    let difference = compare(&got.into(), &want(array![1.0_f32, 2.0], &["pos"])).unwrap_err();
    assert!(difference.report.starts_with("  shape: got [1, 2], want [2] [pos]"), "{}", difference.report);
}

#[test]
fn the_worst_entries_are_named_and_the_rest_counted() {
    let mut got = pattern();
    got.iter_mut().skip(3).take(7).for_each(|x| *x += 0.5);
    got[[1, 2, 3]] += 9.0;
    let report = compare(&got.into(), &want(pattern(), AXES)).unwrap_err().report;
    assert!(report.contains("8 of 30 entries off (26.7 %), tolerance 1e-4"), "{report}");
    let first = report.lines().nth(1).unwrap();
    assert!(first.contains("head 1, query_pos 2, key_pos 3"), "{report}");
    assert!(first.contains("got") && first.contains("138") && first.contains("129"), "{report}");
    assert!(report.contains("and 3 more"), "{report}");
}

#[test]
fn nan_never_passes_and_is_counted() {
    let mut got = pattern();
    got[[0, 1, 2]] = f32::NAN;
    let report = compare(&got.into(), &want(pattern(), AXES)).unwrap_err().report;
    assert!(report.contains("1 of 30 entries off") && report.contains("1 of 30 is NaN"), "{report}");
    let mut got = pattern();
    got[[0, 1, 2]] = f32::NAN;
    got[[0, 1, 3]] = f32::INFINITY;
    let difference = compare(&got.into(), &want(pattern(), AXES)).unwrap_err();
    assert!(difference.report.contains("1 of 30 is NaN; 1 of 30 is infinite"), "{}", difference.report);
    assert!(difference.largest.is_infinite());
}

#[test]
fn a_loose_threshold_is_allowed_only_inside_the_band() {
    let names = Want::Names {
        scores: vec![("0.0".into(), 0.9), ("0.1".into(), 0.4), ("1.0".into(), 0.1)],
        score: "mean attention",
        band: (0.3, 0.55),
    };
    let ask = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        compare(&words.into(), &names).map_err(|d| d.report)
    };
    assert!(ask(&["0.0"]).is_ok());
    assert!(ask(&["0.1", "0.0"]).is_ok());
    assert!(ask(&["0.1"]).unwrap_err().contains("0.0 is missing: its mean attention is 0.90"));
    assert!(ask(&["0.0", "1.0"]).unwrap_err().contains("1.0 should not be there"));
    assert!(ask(&["0.0", "0.0"]).unwrap_err().contains("0.0 is listed 2 times"));
    assert!(ask(&["0.0", "L1H0"]).unwrap_err().contains("\"L1H0\" is not the name of a head"));
}

/// What a verdict says of the difference.
fn report(got: impl Into<Value>, want: &Want) -> String {
    compare(&got.into(), want).unwrap_err().report
}

#[test]
fn words_that_come_instead_of_an_array_are_shown() {
    let why = Value::Words(vec!["The map is empty.".to_string()]);
    assert_eq!(report(why, &want(1.5, &[])), "  The map is empty.");
    assert_eq!(report(Value::Words(Vec::new()), &want(1.5, &[])), "  got a list of words, want an array");
}

#[test]
fn a_single_number_needs_no_table() {
    insta::assert_snapshot!(report(5.1_f32, &want(2.26_f32, &[])), @"  Off by 2.84: got 5.1, want 2.26; tolerance 1e-4");
    insta::assert_snapshot!(report(3_usize, &want(4_usize, &[])), @"  Off by 1: got 3, want 4");
    insta::assert_snapshot!(report(f32::NAN, &want(2.5_f32, &[])), @"  Got NaN, want 2.5; tolerance 1e-4");
    insta::assert_snapshot!(report([1.0_f32], &want(2.5_f32, &[])), @"  got an array of shape [1], want a single number");
}

#[test]
fn numbers_have_names() {
    let names = &["layers", "heads in all layers", "positions"];
    let want = Want::Numbers { values: [4_usize, 32, 256].into(), names, tolerance: 0.1 };
    assert!(compare(&[4_usize, 32, 256].into(), &want).is_ok());
    insta::assert_snapshot!(report([4_usize, 8, 256], &want), @r"
      heads in all layers: got 8, want 32
      The other 2 are right.
    ");
    insta::assert_snapshot!(report([4_usize, 8, 512], &want), @r"
      heads in all layers: got 8, want 32
      positions: got 512, want 256
      The other number is right.
    ");
}

#[test]
fn tokens_are_shown_by_their_texts_and_not_subtracted() {
    let vocabulary: Arc<[String]> = ["<bos>", "the", " cat", " sat", " on"].map(String::from).into();
    let want = Want::Tokens { ids: vec![1_usize, 2, 3, 4, 1, 2].into(), vocabulary };
    assert!(compare(&vec![1_usize, 2, 3, 4, 1, 2].into(), &want).is_ok());
    insta::assert_snapshot!(report(vec![1_usize, 2, 3, 2, 1, 9], &want), @r#"
      The first token that differs is at position 3: got 2 (" cat"), want 4 (" on")
        got   "the" " cat" " sat" [" cat"] "the" "not in the vocabulary"
        want  "the" " cat" " sat" [" on"] "the" " cat"
      2 of 6 differ
    "#);
    insta::assert_snapshot!(report(vec![1_usize, 2, 3, 4, 1], &want), @r#"
      The first token that differs is at position 5: got nothing, want 2 (" cat")
        got   … " sat" " on" "the"
        want  … " sat" " on" "the" [" cat"]
      got 5 tokens, want 6
    "#);
}

#[test]
fn the_first_layer_that_is_off_comes_first() {
    let right = ndarray::Array2::from_shape_fn((2, 3), |(l, h)| (l * 3 + h) as f32);
    let got = array![[0.0_f32, 1.5, 2.0], [3.0, 9.0, 5.0]];
    let report = report(got, &want(right, &["layer", "head"]));
    let list: Vec<&str> = report.lines().take(3).collect();
    insta::assert_snapshot!(list.join("\n"), @r"
    2 of 6 entries off (33.3 %), tolerance 1e-4
      layer 0, head 1              got          1.5   want            1   difference 0.5
      layer 1, head 1              got            9   want            4   difference 5
    ");
}

#[test]
fn long_places_keep_their_columns() {
    let axes = &["batch", "head", "query_pos", "key_pos"];
    let right = ndarray::Array4::<f32>::zeros((1, 2, 20, 20));
    let mut got = right.clone();
    got[[0, 1, 10, 10]] = 0.5;
    got[[0, 1, 3, 4]] = 0.25;
    insta::assert_snapshot!(report(got, &want(right, axes)), @r"
      2 of 800 entries off (0.2 %), tolerance 1e-4
        batch 0, head 1, query_pos 10, key_pos 10 got          0.5   want            0   difference 0.5
        batch 0, head 1, query_pos 3, key_pos 4   got         0.25   want            0   difference 0.25
    ");
}

#[test]
fn words_are_compared_one_by_one_and_in_order() {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<String>>();
    let want = Want::Words { words: words(&["the", " cat", "."]), what: "token" };
    let ask = |got: &[&str]| compare(&words(got).into(), &want).map_err(|d| d.report);
    assert!(ask(&["the", " cat", "."]).is_ok());
    assert_eq!(ask(&["the", "cat", "."]).unwrap_err(), "  token 1: got \"cat\", want \" cat\"\n  1 of 3 differ");
    let short = ask(&["the", " cat"]).unwrap_err();
    assert_eq!(short, "  token 2: got nothing, want \".\"\n  got 2 tokens, want 3");
    assert!(ask(&[" cat", "the", "."]).is_err());
}
