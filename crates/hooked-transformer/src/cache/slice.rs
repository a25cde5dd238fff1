//! Which positions of an activation, or which rows of a batch, are kept.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use ndarray::{Array1, Axis, Slice};

use super::Activation;
use crate::error::{Error, Result};

/// Some positions along an axis: one, a range, a range with a step, or a list. Negative numbers count from the end.
///
/// One position keeps its axis, with length 1, and so does a list. As in Python, a range is clipped to the axis, and a
/// single position outside it is an error. In an attention pattern the positions are those of the queries. The same type
/// selects rows of a batch. Source: TransformerLens's `utils.Slice`.
///
/// ```
/// use hooked_transformer::PosSlice;
/// let slices: [PosSlice; 6] =
///     [(-1).into(), (1..4).into(), (..=2).into(), PosSlice::from(1..).step_by(2), [0, 3].into(), vec![0usize, 3].into()];
/// assert_eq!(slices[4], slices[5]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PosSlice {
    kind: Kind,
    step: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    At(isize),
    /// From `start` to before `end`, which is the end of the axis if it is `None`.
    Range(isize, Option<isize>),
    List(Vec<isize>),
}

impl PosSlice {
    /// Every `step`-th of these positions, beginning with the first.
    pub fn step_by(mut self, step: usize) -> Self {
        self.step = self.step.saturating_mul(step);
        self
    }

    /// The positions themselves, along an axis of this length.
    ///
    /// # Errors
    /// A single position is outside the axis, or the step is zero. `argument` is what the caller called the slice.
    pub(crate) fn indices(&self, argument: &'static str, length: usize) -> Result<Vec<usize>> {
        let wrong = |problem| Err(Error::Argument { name: argument, problem });
        if self.step == 0 {
            return wrong("expected a step of at least 1, got 0".to_string());
        }
        let inside = |at: isize| match from_end(at, length) {
            Some(at) if at < length => Ok(at),
            _ => Err(Error::Argument { name: argument, problem: format!("expected {}, got {at}", allowed(length)) }),
        };
        let chosen: Vec<usize> = match &self.kind {
            Kind::At(at) => vec![inside(*at)?],
            Kind::List(list) => list.iter().map(|&at| inside(at)).collect::<Result<_>>()?,
            Kind::Range(start, end) => {
                let clip = |at: isize| from_end(at, length).unwrap_or(0).min(length);
                (clip(*start)..end.map_or(length, clip)).collect()
            }
        };
        Ok(chosen.into_iter().step_by(self.step).collect())
    }

    /// These positions of an axis of an array: a contiguous copy, so that the rest of the array can be freed.
    ///
    /// # Errors
    /// As [`indices`](Self::indices).
    pub(crate) fn cut(&self, argument: &'static str, axis: Axis, value: &Activation) -> Result<Activation> {
        let chosen = self.indices(argument, value.len_of(axis))?;
        Ok(value.select(axis, &chosen).as_standard_layout().into_owned().into_shared())
    }
}

/// Positions and rows of the batch that activations are cut to; `None` is all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cuts {
    pub pos_slice: Option<PosSlice>,
    pub batch_slice: Option<PosSlice>,
}

/// The axis of the positions in the activation of this name; in attention scores and patterns, of the queries.
pub(super) fn position_axis(name: &str, has_batch_dim: bool) -> Axis {
    let with_batch = if name.ends_with("hook_pattern") || name.ends_with("hook_attn_scores") { 2 } else { 1 };
    Axis(with_batch - usize::from(!has_batch_dim))
}

/// A position that may count from the end, counted from the start; `None` before the start.
fn from_end(at: isize, length: usize) -> Option<usize> {
    match usize::try_from(at) {
        Ok(at) => Some(at),
        Err(_) => length.checked_sub(at.unsigned_abs()),
    }
}

fn allowed(length: usize) -> String {
    match length {
        0 => "no position at all, since the axis is empty".to_string(),
        1 => "0 or -1, since the axis has length 1".to_string(),
        _ => format!("a position from -{length} to {}", length - 1),
    }
}

impl From<Kind> for PosSlice {
    fn from(kind: Kind) -> Self {
        PosSlice { kind, step: 1 }
    }
}

/// A range that includes its end: -1 is the last position, after which comes the end of the axis.
fn after(end: isize) -> Option<isize> {
    if end == -1 { None } else { end.checked_add(1) }
}

/// Positions and ranges of each integer type that people count with. `i32` is here for the sake of bare literals.
macro_rules! slice_from {
    ($($int:ty),*) => {$(
        impl From<$int> for PosSlice {
            fn from(at: $int) -> Self {
                Kind::At(wide(at)).into()
            }
        }

        impl From<Range<$int>> for PosSlice {
            fn from(range: Range<$int>) -> Self {
                Kind::Range(wide(range.start), Some(wide(range.end))).into()
            }
        }

        impl From<RangeFrom<$int>> for PosSlice {
            fn from(range: RangeFrom<$int>) -> Self {
                Kind::Range(wide(range.start), None).into()
            }
        }

        impl From<RangeTo<$int>> for PosSlice {
            fn from(range: RangeTo<$int>) -> Self {
                Kind::Range(0, Some(wide(range.end))).into()
            }
        }

        impl From<RangeInclusive<$int>> for PosSlice {
            fn from(range: RangeInclusive<$int>) -> Self {
                Kind::Range(wide(*range.start()), after(wide(*range.end()))).into()
            }
        }

        impl From<RangeToInclusive<$int>> for PosSlice {
            fn from(range: RangeToInclusive<$int>) -> Self {
                Kind::Range(0, after(wide(range.end))).into()
            }
        }

        impl From<&[$int]> for PosSlice {
            fn from(list: &[$int]) -> Self {
                Kind::List(list.iter().map(|&at| wide(at)).collect()).into()
            }
        }

        impl From<Vec<$int>> for PosSlice {
            fn from(list: Vec<$int>) -> Self {
                PosSlice::from(list.as_slice())
            }
        }

        impl From<&Vec<$int>> for PosSlice {
            fn from(list: &Vec<$int>) -> Self {
                PosSlice::from(list.as_slice())
            }
        }

        impl<const LEN: usize> From<[$int; LEN]> for PosSlice {
            fn from(list: [$int; LEN]) -> Self {
                PosSlice::from(list.as_slice())
            }
        }

        impl From<Array1<$int>> for PosSlice {
            fn from(list: Array1<$int>) -> Self {
                Kind::List(list.iter().map(|&at| wide(at)).collect()).into()
            }
        }
    )*};
}
slice_from!(usize, isize, i32);

/// Larger than any axis if it does not fit, so that it is outside as it was.
fn wide<I: TryInto<isize>>(at: I) -> isize {
    at.try_into().unwrap_or(isize::MAX)
}

impl From<RangeFull> for PosSlice {
    fn from(_: RangeFull) -> Self {
        Kind::Range(0, None).into()
    }
}

/// ndarray's own slices; a negative step, which would turn the positions around, counts as zero and is refused.
impl From<Slice> for PosSlice {
    fn from(slice: Slice) -> Self {
        let step = usize::try_from(slice.step).unwrap_or(0);
        PosSlice { kind: Kind::Range(slice.start, slice.end), step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayD;

    fn chosen(slice: impl Into<PosSlice>) -> Vec<usize> {
        slice.into().indices("pos_slice", 5).unwrap()
    }

    fn refused(slice: impl Into<PosSlice>) -> String {
        slice.into().indices("pos_slice", 5).unwrap_err().to_string()
    }

    /// As Python's `list(range(5))[…]`, except that one position stays a list.
    #[test]
    fn positions_are_chosen_as_in_python() {
        assert_eq!(chosen(2), [2]);
        assert_eq!(chosen(-1), [4]);
        assert_eq!(chosen(1..4), [1, 2, 3]);
        assert_eq!(chosen(1..=2), [1, 2]);
        assert_eq!(chosen(-3..=-1), [2, 3, 4]);
        assert_eq!(chosen(..=-2), [0, 1, 2, 3]);
        assert_eq!(chosen(-2..), [3, 4]);
        assert_eq!(chosen(..), [0, 1, 2, 3, 4]);
        assert_eq!(chosen(2usize), [2]);
        assert_eq!(chosen([4, 0, -2]), [4, 0, 3]);
        assert_eq!(chosen(PosSlice::from(..).step_by(2)), [0, 2, 4]);
        assert_eq!(chosen(Slice::from(1..).step_by(3)), [1, 4]);
    }

    #[test]
    fn a_range_is_clipped_and_a_position_outside_is_refused() {
        assert_eq!(chosen(7..9), [0usize; 0]);
        assert_eq!(chosen(Slice::new(3, Some(1), 1)), [0usize; 0]);
        assert_eq!(chosen(-9..2), [0, 1]);
        assert_eq!(chosen(isize::MIN..isize::MAX), [0, 1, 2, 3, 4]);
        assert_eq!(chosen(3..=isize::MAX), [3, 4]);
        for slice in
            [PosSlice::from(5), (-6).into(), isize::MAX.into(), isize::MIN.into(), usize::MAX.into(), [0, 5].into()]
        {
            let message = refused(slice);
            assert!(message.contains("`pos_slice`") && message.contains("from -5 to 4"), "{message}");
        }
        assert!(refused(PosSlice::from(..).step_by(0)).contains("at least 1"));
        assert!(refused(Slice::from(..).step_by(-1)).contains("at least 1"));
    }

    #[test]
    fn the_position_axis_is_found_by_name() {
        for (name, with_batch) in
            [("blocks.0.attn.hook_q", 1), ("blocks.0.ln1.hook_scale", 1), ("blocks.1.attn.hook_pattern", 2)]
        {
            assert_eq!(position_axis(name, true), Axis(with_batch));
            assert_eq!(position_axis(name, false), Axis(with_batch - 1));
        }
        let value = ArrayD::from_shape_fn(vec![1, 5, 2, 3], |at| at[1] as f32).into_shared();
        let kept = PosSlice::from(-2..).cut("pos_slice", Axis(1), &value).unwrap();
        assert_eq!((kept.shape(), kept[[0, 0, 0, 0]]), (&[1, 2, 2, 3][..], 3.0));
    }
}
