//! Cheap looks at a wrong array for the ways in which arrays commonly go wrong: transposed, scaled, shifted, one item of
//! the batch for all.
//!
//! They need no list of mistakes, so they also help with an answer that nobody foresaw.

use crate::prose::number;
use crate::value::Tensor;

/// Looks at an array that has the right shape.
pub(crate) fn same_shape(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Option<String> {
    let name = |axis: usize| axes.get(axis).copied().unwrap_or("an axis");
    if got.data.len() > 1 && got.data.windows(2).all(|pair| pair[0] == pair[1]) {
        let all = number(got.data[0]);
        return Some(format!("every entry that came is {all}."));
    }
    if let Some(hint) = scaled(got, want, axes, tolerance) {
        return Some(hint);
    }
    for (axis, &length) in want.shape.iter().enumerate().filter(|(_, n)| **n > 1) {
        let reversed = want.gather(&want.shape, |i| {
            let mut i = i.to_vec();
            i[axis] = length - 1 - i[axis];
            i
        });
        if close(got, &reversed, tolerance) {
            return Some(format!("these are the right entries in reverse order along {}.", name(axis)));
        }
        let first = want.gather(&want.shape, |i| {
            let mut i = i.to_vec();
            i[axis] = 0;
            i
        });
        if close(got, &first, tolerance) {
            let name = name(axis);
            return Some(format!("every {name} holds what belongs to {name} 0."));
        }
        for (by, words) in [(1, "late"), (-1, "early")] {
            if shifted(got, want, axis, by, tolerance) {
                return Some(format!("these are the right entries, one {} too {words}.", name(axis)));
            }
        }
    }
    swapped_axes(got, want, axes, tolerance)
}

/// Looks at an array of another shape.
pub(crate) fn other_shape(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Option<String> {
    if let Some(hint) = swapped_axes(got, want, axes, tolerance) {
        return Some(hint);
    }
    let name = axes.first().copied().unwrap_or("the first axis");
    if !want.shape.is_empty() && got.shape == want.shape[1..] {
        let item = want.gather(&got.shape, |i| [&[0], i].concat());
        let same = close(got, &item, tolerance);
        let what = if same { "this is only item 0 of" } else { "one axis is gone:" };
        return Some(format!("{what} {name}."));
    }
    let off_by_one = got.shape.iter().zip(&want.shape).position(|(g, w)| g.abs_diff(*w) == 1)?;
    let others_agree = got.shape.len() == want.shape.len()
        && (0..got.shape.len()).all(|axis| axis == off_by_one || got.shape[axis] == want.shape[axis]);
    others_agree.then(|| {
        let name = axes.get(off_by_one).copied().unwrap_or("an axis");
        let more = if got.shape[off_by_one] > want.shape[off_by_one] { "more" } else { "less" };
        format!("there is one {name} {more} than there should be.")
    })
}

/// Is it the expected array times a constant? The constant is often telling: -1, or the square root of an axis.
fn scaled(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Option<String> {
    let (flat, anchor) = want.data.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let factor = got.data[flat] / anchor;
    if want.data.len() < 2 || !factor.is_finite() || factor == 0.0 {
        return None;
    }
    let predicted: Vec<f64> = want.data.iter().map(|w| w * factor).collect();
    let room = tolerance * factor.abs().max(1.0);
    if !close(got, &Tensor::new(&want.shape, predicted), room) {
        return None;
    }
    let reading = read_factor(factor, &want.shape, axes);
    Some(format!("every entry is the right one times {}{reading}.", number(whole_if_near(factor))))
}

/// Rounding errors aside, a factor that looks like a whole number is one: 4.999997 is 5.
fn whole_if_near(factor: f64) -> f64 {
    let whole = factor.round();
    if whole != 0.0 && (factor - whole).abs() < 1e-5 * factor.abs() { whole } else { factor }
}

fn read_factor(factor: f64, shape: &[usize], axes: &[&str]) -> String {
    let is = |x: f64| (factor - x).abs() <= 1e-3 * x.abs();
    if is(-1.0) {
        return ": the sign is turned round".into();
    }
    for (axis, &length) in shape.iter().enumerate().filter(|(_, n)| **n > 1) {
        let n = length as f64;
        let name = axes.get(axis).copied().unwrap_or("an axis");
        for (value, words) in
            [(n, format!("the length of {name}")), (1.0 / n, format!("one divided by the length of {name}"))]
        {
            if is(value) {
                return format!(", which is {words}");
            }
        }
    }
    // 5 is the square root of 25, which tells nobody anything.
    let is_whole = |x: f64| x.round() >= 1.0 && (x - x.round()).abs() < 1e-3 * x.round();
    if is_whole(factor.abs()) || is_whole(1.0 / factor.abs()) {
        return String::new();
    }
    let square = factor * factor;
    for (value, words) in [(square, "the square root of"), (1.0 / square, "one divided by the square root of")] {
        if value > 1.5 && (value - value.round()).abs() < 1e-3 * value {
            return format!(", which is {words} {}", value.round());
        }
    }
    String::new()
}

/// Does `got[i]` hold `want[i - by]` along this axis, wherever both exist?
fn shifted(got: &Tensor, want: &Tensor, axis: usize, by: isize, tolerance: f64) -> bool {
    let length = want.shape[axis];
    if length < 3 {
        return false;
    }
    let mut shape = want.shape.clone();
    shape[axis] -= 1;
    let part = |tensor: &Tensor, from: usize| {
        tensor.gather(&shape, |i| {
            let mut i = i.to_vec();
            i[axis] += from;
            i
        })
    };
    let (got_from, want_from) = if by > 0 { (1, 0) } else { (0, 1) };
    close(&part(got, got_from), &part(want, want_from), tolerance)
}

fn swapped_axes(got: &Tensor, want: &Tensor, axes: &[&str], tolerance: f64) -> Option<String> {
    for a in 0..want.shape.len() {
        for b in a + 1..want.shape.len() {
            let mut shape = want.shape.clone();
            shape.swap(a, b);
            if shape != got.shape || (shape[a] < 2 && shape[b] < 2) {
                continue;
            }
            let swapped = want.gather(&shape, |i| {
                let mut i = i.to_vec();
                i.swap(a, b);
                i
            });
            if close(got, &swapped, tolerance) {
                let (a, b) = (axes.get(a).copied()?, axes.get(b).copied()?);
                return Some(format!("these are the right entries with {a} and {b} swapped."));
            }
        }
    }
    None
}

/// Are all entries equal within the tolerance?
pub(crate) fn close(a: &Tensor, b: &Tensor, tolerance: f64) -> bool {
    a.shape == b.shape
        && a.data.iter().zip(&b.data).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    const AXES: &[&str] = &["batch", "pos"];

    fn right() -> Array2<f32> {
        Array2::from_shape_fn((3, 5), |(b, p)| (1 + b * 7 + p * p) as f32 / 3.0)
    }

    fn hint(got: Array2<f32>) -> String {
        let (got, want) = (Tensor::from(got), Tensor::from(right()));
        let hint = if got.shape == want.shape { same_shape } else { other_shape };
        hint(&got, &want, AXES, 1e-5).unwrap_or_default()
    }

    #[test]
    fn each_common_accident_is_recognised() {
        assert_eq!(hint(right().reversed_axes()), "these are the right entries with batch and pos swapped.");
        assert!(hint(-right()).contains("the sign is turned round"));
        assert!(hint(right() * 5.0).contains("times 5, which is the length of pos"));
        assert!(hint(right() / 32_f32.sqrt()).contains("one divided by the square root of 32"));
        assert_eq!(hint(right() * 6.999_995), "every entry is the right one times 7.");
        assert_eq!(hint(right() / 8.0), "every entry is the right one times 0.125.");
        assert!(hint(right().slice(s![..;-1, ..]).to_owned()).contains("reverse order along batch"));
        assert!(hint(right() * 0.0 + 2.0).contains("every entry that came is 2"));
        assert!(hint(right().slice(s![.., ..4]).to_owned()).contains("one pos less"));
        assert_eq!(hint(right() + 0.3), "");
    }

    #[test]
    fn a_shift_and_a_repeated_item_are_recognised() {
        let mut late = right();
        late.slice_mut(s![.., 1..]).assign(&right().slice(s![.., ..4]));
        assert_eq!(hint(late), "these are the right entries, one pos too late.");
        let first = right().slice(s![..1, ..]).broadcast((3, 5)).map(|a| a.to_owned()).unwrap_or_default();
        assert_eq!(hint(first), "every batch holds what belongs to batch 0.");
    }

    #[test]
    fn a_missing_batch_axis_is_recognised() {
        let want = Tensor::from(right());
        let got = Tensor::from(right().row(0));
        assert_eq!(other_shape(&got, &want, AXES, 1e-5).unwrap(), "this is only item 0 of batch.");
    }
}
