//! Rules that move entries, leave some out, or add some up.

use super::{At, Guess};
use crate::general::code;
use crate::value::Tensor;

/// All of them for arrays with these axes.
pub(super) fn guesses(axes: &[&str]) -> Vec<Guess> {
    let mut guesses = Vec::new();
    for (axis, name) in axes.iter().enumerate() {
        guesses.extend(moved_along(axis, name));
        guesses.extend(computed_along(axis, name));
        guesses.extend(without(axis, name));
        guesses.extend(longer_or_shorter(axis, name));
    }
    guesses.extend(other_orders(axes));
    guesses.extend(other_orders_in_shape(axes));
    guesses
}

/// The same shape, with the entries of other places along an axis.
fn moved_along(axis: usize, name: &str) -> Vec<Guess> {
    let moved = |mistake, words: String, least: usize, source: fn(usize, usize) -> Option<usize>| {
        Guess::new(mistake, words, move |want| {
            let length = *want.shape.get(axis)?;
            let at: At<'_> = Box::new(move |i| Some(want.at(&with(i, axis, source(i[axis], length)?))));
            (length >= least).then(|| (want.shape.clone(), at))
        })
    };
    vec![
        moved(code::REVERSED, format!("these are the right entries in reverse order along {name}"), 2, |i, n| {
            Some(n - 1 - i)
        }),
        moved(code::ONE_FOR_ALL, format!("every {name} holds what belongs to {name} 0"), 2, |_, _| Some(0)),
        moved(code::ONE_FOR_ALL, format!("every {name} holds what belongs to the last {name}"), 2, |_, n| Some(n - 1)),
        moved(code::SHIFTED, format!("these are the right entries, one {name} too late"), 3, |i, _| i.checked_sub(1)),
        moved(code::SHIFTED, format!("these are the right entries, one {name} too early"), 3, |i, n| {
            Some(i + 1).filter(|i| *i < n)
        }),
    ]
}

/// The same shape, with something computed from all entries along an axis.
fn computed_along(axis: usize, name: &str) -> Vec<Guess> {
    type Entry = fn(&[f64], usize) -> f64;
    let computed = |mistake, words: String, entry: Entry| {
        Guess::new(mistake, words, move |want| {
            let at: At<'_> = Box::new(move |i| Some(entry(&line(want, i, axis), i[axis])).filter(|x| x.is_finite()));
            (*want.shape.get(axis)? >= 2).then(|| (want.shape.clone(), at))
        })
    };
    vec![
        computed(
            code::ACCUMULATED,
            format!("the entries are added up along {name}, each with all before it"),
            |line, at| line[..=at].iter().sum(),
        ),
        computed(
            code::ACCUMULATED,
            format!("the entries are added up along {name}, each with all after it"),
            |line, at| line[at..].iter().sum(),
        ),
        computed(
            code::ACCUMULATED,
            format!("along {name}, each entry is the right one less the right one before it"),
            |line, at| if at == 0 { line[0] } else { line[at] - line[at - 1] },
        ),
        computed(code::AVERAGED, format!("every {name} holds the mean over {name}"), |line, _| mean(line)),
        computed(code::ADDED_UP, format!("every {name} holds the sum over {name}"), |line, _| line.iter().sum()),
        computed(code::CENTERED, format!("the mean over {name} has been taken away"), |line, at| line[at] - mean(line)),
        computed(code::CENTERED, format!("the largest along {name} has been taken away"), |line, at| {
            line[at] - largest(line)
        }),
        computed(code::NORMALIZED, format!("the entries are divided by their norm along {name}"), |line, at| {
            line[at] / line.iter().map(|x| x * x).sum::<f64>().sqrt()
        }),
        computed(code::NORMALIZED, format!("the entries are divided by their sum along {name}"), |line, at| {
            line[at] / line.iter().sum::<f64>()
        }),
        computed(code::NORMALIZED, format!("the entries are divided by the largest along {name}"), |line, at| {
            line[at] / largest(line)
        }),
        computed(code::SOFTMAX, format!("the entries went through a softmax along {name}"), |line, at| {
            1.0 / line.iter().map(|x| (x - line[at]).exp()).sum::<f64>()
        }),
        computed(code::SOFTMAX, format!("the entries went through a log softmax along {name}"), |line, at| {
            -line.iter().map(|x| (x - line[at]).exp()).sum::<f64>().ln()
        }),
        computed(code::SORTED, format!("the right entries are sorted along {name}, the smallest first"), |line, at| {
            sorted(line)[at]
        }),
        computed(code::SORTED, format!("the right entries are sorted along {name}, the largest first"), |line, at| {
            sorted(line)[line.len() - 1 - at]
        }),
    ]
}

/// An axis is gone, or of length one.
fn without(axis: usize, name: &str) -> Vec<Guess> {
    type Entry = fn(&[f64]) -> f64;
    let entries: [(&'static str, String, Entry); 5] = [
        (code::TOO_FEW, format!("this is only item 0 of {name}"), |line| line[0]),
        (code::TOO_FEW, format!("this is only the last item of {name}"), |line| line[line.len() - 1]),
        (code::AVERAGED, format!("{name} is averaged over, and should stay"), mean),
        (code::ADDED_UP, format!("{name} is added up, and should stay"), |line| line.iter().sum()),
        (code::TOO_FEW, format!("only the largest along {name} came"), largest),
    ];
    let reduced = |(mistake, words, entry): (&'static str, String, Entry)| {
        [false, true].map(|stays| {
            Guess::new(mistake, words.clone(), move |want| {
                let mut shape = want.shape.clone();
                if *shape.get(axis)? < 2 {
                    return None;
                }
                if stays {
                    shape[axis] = 1;
                } else {
                    shape.remove(axis);
                }
                let at: At<'_> = Box::new(move |i| {
                    let mut full = i.to_vec();
                    if !stays {
                        full.insert(axis, 0);
                    }
                    Some(entry(&line(want, &full, axis)))
                });
                Some((shape, at))
            })
        })
    };
    entries.into_iter().flat_map(reduced).collect()
}

/// An axis that is one longer or one shorter.
fn longer_or_shorter(axis: usize, name: &str) -> Vec<Guess> {
    let changed = |mistake, words: String, by: isize, source: fn(usize, usize) -> Option<usize>| {
        Guess::new(mistake, words, move |want| {
            let length = *want.shape.get(axis)?;
            let mut shape = want.shape.clone();
            shape[axis] = length.checked_add_signed(by).filter(|length| *length > 0)?;
            let at: At<'_> = Box::new(move |i| Some(want.at(&with(i, axis, source(i[axis], length)?))));
            Some((shape, at))
        })
    };
    vec![
        changed(code::TOO_FEW, format!("the first {name} is missing"), -1, |i, _| Some(i + 1)),
        changed(code::TOO_FEW, format!("the last {name} is missing"), -1, |i, _| Some(i)),
        changed(code::TOO_MANY, format!("there is one {name} too many, in front"), 1, |i, _| i.checked_sub(1)),
        changed(code::TOO_MANY, format!("there is one {name} too many, at the end"), 1, |i, n| {
            Some(i).filter(|i| *i < n)
        }),
    ]
}

/// Every other order of the axes.
fn other_orders(axes: &[&str]) -> Vec<Guess> {
    let words = |order: &[usize]| {
        let moved: Vec<usize> = (0..order.len()).filter(|at| order[*at] != *at).collect();
        match moved[..] {
            [a, b] => format!("these are the right entries with {} and {} swapped", axes[a], axes[b]),
            _ => {
                let order: Vec<&str> = order.iter().map(|axis| axes[*axis]).collect();
                format!("these are the right entries with the axes in the order [{}]", order.join(", "))
            }
        }
    };
    let others = orders(axes.len()).into_iter().filter(|order| order.iter().enumerate().any(|(at, axis)| at != *axis));
    others.map(|order| Guess::new(code::AXES, words(&order), move |want| reordered(want, &order))).collect()
}

/// The array with its axes in another order, where that can be seen.
fn reordered<'a>(want: &'a Tensor, order: &[usize]) -> Option<(Vec<usize>, At<'a>)> {
    if want.shape.len() != order.len() {
        return None;
    }
    let shape: Vec<usize> = order.iter().map(|axis| want.shape[*axis]).collect();
    let long = |of: &[usize]| -> Vec<usize> { of.iter().copied().filter(|axis| want.shape[*axis] > 1).collect() };
    let in_place: Vec<usize> = (0..order.len()).collect();
    // Axes of length one change places without a trace, unless the shape shows it.
    if long(order) == long(&in_place) && shape == want.shape {
        return None;
    }
    let order = order.to_vec();
    let at: At<'_> = Box::new(move |i| {
        let mut source = vec![0; order.len()];
        for (from, to) in order.iter().enumerate() {
            source[*to] = i[from];
        }
        Some(want.at(&source))
    });
    Some((shape, at))
}

/// The entries in every other order of the axes, one after another, in the shape that was wanted: what comes of a list
/// that is made by loops in another order.
fn other_orders_in_shape(axes: &[&str]) -> Vec<Guess> {
    let others = orders(axes.len()).into_iter().filter(|order| order.iter().enumerate().any(|(at, axis)| at != *axis));
    let guess = |order: Vec<usize>| {
        let made: Vec<&str> = order.iter().map(|axis| axes[*axis]).collect();
        let words = format!(
            "the right entries come in the order [{}], but are put into the shape [{}]",
            made.join(", "),
            axes.join(", ")
        );
        Guess::new(code::AXES, words, move |want| {
            let (shape, source) = reordered(want, &order)?;
            // Of the same shape, it is the same as another order of the axes.
            if shape == want.shape {
                return None;
            }
            let at: At<'_> = Box::new(move |i| {
                let mut flat = want.shape.iter().zip(i).fold(0, |flat, (length, at)| flat * length + at);
                let mut index = vec![0; shape.len()];
                for (axis, length) in shape.iter().enumerate().rev() {
                    index[axis] = flat % length;
                    flat /= length;
                }
                source(&index)
            });
            Some((want.shape.clone(), at))
        })
    };
    others.map(guess).collect()
}

/// All orders of so many axes.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(count - 1) {
        for at in 0..count {
            let mut order = shorter.clone();
            order.insert(at, count - 1);
            all.push(order);
        }
    }
    all
}

/// The index with another place on one axis.
fn with(index: &[usize], axis: usize, place: usize) -> Vec<usize> {
    let mut index = index.to_vec();
    index[axis] = place;
    index
}

/// The entries along an axis, through an index.
pub(super) fn line(values: &Tensor, index: &[usize], axis: usize) -> Vec<f64> {
    (0..values.shape[axis]).map(|place| values.at(&with(index, axis, place))).collect()
}

pub(super) fn mean(line: &[f64]) -> f64 {
    line.iter().sum::<f64>() / line.len() as f64
}

fn largest(line: &[f64]) -> f64 {
    line.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn sorted(line: &[f64]) -> Vec<f64> {
    let mut line = line.to_vec();
    line.sort_by(f64::total_cmp);
    line
}
