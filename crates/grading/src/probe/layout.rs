//! Rules that move entries, leave some out, or add some up.

use super::{At, Guess};
use crate::value::Tensor;

/// All of them for arrays with these axes.
pub(super) fn guesses(axes: &[&str]) -> Vec<Guess> {
    let mut guesses = Vec::new();
    for (axis, name) in axes.iter().enumerate() {
        guesses.extend(along(axis, name));
        guesses.extend(without(axis, name));
        guesses.extend(longer_or_shorter(axis, name));
        for (other, other_name) in axes.iter().enumerate().skip(axis + 1) {
            guesses.push(swapped(
                axis,
                other,
                &format!("these are the right entries with {name} and {other_name} swapped"),
            ));
        }
    }
    guesses.push(Guess::new("these are the right numbers in another shape", |want| {
        // Only the parent of both knows the other shape: one axis for all, or axes of length one more or fewer.
        let shape = vec![want.data.len()];
        let at: At<'_> = Box::new(|i| want.data.get(i[0]).copied());
        (want.shape.len() != 1).then_some((shape, at))
    }));
    guesses
}

/// The same shape, with other entries along an axis.
fn along(axis: usize, name: &str) -> Vec<Guess> {
    let moved = |words: String, least: usize, source: fn(usize, usize) -> Option<usize>| {
        Guess::new(words, move |want| {
            let length = *want.shape.get(axis)?;
            let at: At<'_> = Box::new(move |i| Some(want.at(&with(i, axis, source(i[axis], length)?))));
            (length >= least).then(|| (want.shape.clone(), at))
        })
    };
    vec![
        moved(format!("these are the right entries in reverse order along {name}"), 2, |i, n| Some(n - 1 - i)),
        moved(format!("every {name} holds what belongs to {name} 0"), 2, |_, _| Some(0)),
        moved(format!("every {name} holds what belongs to the last {name}"), 2, |_, n| Some(n - 1)),
        moved(format!("these are the right entries, one {name} too late"), 3, |i, _| i.checked_sub(1)),
        moved(format!("these are the right entries, one {name} too early"), 3, |i, n| Some(i + 1).filter(|i| *i < n)),
        Guess::new(format!("the entries are added up along {name}, each with all before it"), move |want| {
            let at: At<'_> = Box::new(move |i| Some((0..=i[axis]).map(|j| want.at(&with(i, axis, j))).sum()));
            (*want.shape.get(axis)? >= 2).then(|| (want.shape.clone(), at))
        }),
        Guess::new(format!("every {name} holds the mean over {name}"), move |want| {
            let length = *want.shape.get(axis)?;
            let at: At<'_> = Box::new(move |i| Some(mean(want, i, axis)));
            (length >= 2).then(|| (want.shape.clone(), at))
        }),
        Guess::new(format!("the mean over {name} has been taken away"), move |want| {
            let length = *want.shape.get(axis)?;
            let at: At<'_> = Box::new(move |i| Some(want.at(i) - mean(want, i, axis)));
            (length >= 2).then(|| (want.shape.clone(), at))
        }),
        Guess::new(format!("the entries are divided by their norm along {name}"), move |want| {
            let length = *want.shape.get(axis)?;
            let norm = move |i: &[usize]| (0..length).map(|j| want.at(&with(i, axis, j)).powi(2)).sum::<f64>().sqrt();
            let at: At<'_> = Box::new(move |i| Some(want.at(i) / norm(i)).filter(|x| x.is_finite()));
            (length >= 2).then(|| (want.shape.clone(), at))
        }),
        Guess::new(format!("the entries went through a softmax along {name}"), move |want| {
            let length = *want.shape.get(axis)?;
            let exp = move |i: &[usize], j: usize| (want.at(&with(i, axis, j)) - want.at(i)).exp();
            let at: At<'_> = Box::new(move |i| Some(1.0 / (0..length).map(|j| exp(i, j)).sum::<f64>()));
            (length >= 2).then(|| (want.shape.clone(), at))
        }),
    ]
}

/// An axis is gone.
fn without(axis: usize, name: &str) -> Vec<Guess> {
    let reduced = |words: String, entry: fn(&Tensor, &[usize], usize) -> f64| {
        Guess::new(words, move |want| {
            let mut shape = want.shape.clone();
            if axis >= shape.len() || shape.remove(axis) < 2 {
                return None;
            }
            let at: At<'_> = Box::new(move |i| {
                let mut full = i.to_vec();
                full.insert(axis, 0);
                Some(entry(want, &full, axis))
            });
            Some((shape, at))
        })
    };
    vec![
        reduced(format!("this is only item 0 of {name}"), |want, i, _| want.at(i)),
        reduced(format!("this is only the last item of {name}"), |want, i, axis| {
            want.at(&with(i, axis, want.shape[axis] - 1))
        }),
        reduced(format!("{name} is averaged over, and should stay"), mean),
        reduced(format!("{name} is added up, and should stay"), |want, i, axis| {
            mean(want, i, axis) * want.shape[axis] as f64
        }),
    ]
}

/// An axis that is one longer or one shorter.
fn longer_or_shorter(axis: usize, name: &str) -> Vec<Guess> {
    let changed = |words: String, by: isize, source: fn(usize, usize) -> Option<usize>| {
        Guess::new(words, move |want| {
            let length = *want.shape.get(axis)?;
            let mut shape = want.shape.clone();
            shape[axis] = length.checked_add_signed(by).filter(|length| *length > 0)?;
            let at: At<'_> = Box::new(move |i| Some(want.at(&with(i, axis, source(i[axis], length)?))));
            Some((shape, at))
        })
    };
    vec![
        changed(format!("the first {name} is missing"), -1, |i, _| Some(i + 1)),
        changed(format!("the last {name} is missing"), -1, |i, _| Some(i)),
        changed(format!("there is one {name} too many, in front"), 1, |i, _| i.checked_sub(1)),
        changed(format!("there is one {name} too many, at the end"), 1, |i, n| Some(i).filter(|i| *i < n)),
    ]
}

fn swapped(a: usize, b: usize, words: &str) -> Guess {
    Guess::new(words, move |want| {
        let mut shape = want.shape.clone();
        if b >= shape.len() || (shape[a] < 2 && shape[b] < 2) {
            return None;
        }
        shape.swap(a, b);
        let at: At<'_> = Box::new(move |i| {
            let mut i = i.to_vec();
            i.swap(a, b);
            Some(want.at(&i))
        });
        Some((shape, at))
    })
}

/// The index with another place on one axis.
fn with(index: &[usize], axis: usize, place: usize) -> Vec<usize> {
    let mut index = index.to_vec();
    index[axis] = place;
    index
}

fn mean(want: &Tensor, index: &[usize], axis: usize) -> f64 {
    let length = want.shape[axis];
    (0..length).map(|j| want.at(&with(index, axis, j))).sum::<f64>() / length as f64
}
