//! Which positions of an activation are kept.

use std::ops::{Range, RangeFrom, RangeTo};

use ndarray::{Axis, Slice};

use super::Activation;

/// One position (its axis stays, with length 1) or a range of positions; negative numbers count from the end.
///
/// In an attention pattern the positions are those of the queries. Source: TransformerLens's `pos_slice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PosSlice {
    start: isize,
    end: Option<isize>,
}

impl PosSlice {
    /// Cuts the position axis of the activation of this name. A position beyond the text leaves nothing.
    pub(crate) fn apply(self, name: &str, value: Activation) -> Activation {
        let from_end = match name.rsplit('.').next() {
            Some("hook_q" | "hook_k" | "hook_v" | "hook_z" | "hook_result" | "hook_rot_q" | "hook_rot_k") => 3,
            Some("hook_attn_in" | "hook_q_input" | "hook_k_input" | "hook_v_input") => 3,
            Some("hook_tokens") => 1,
            _ => 2,
        };
        let axis = Axis(value.ndim() - from_end);
        let length = value.len_of(axis) as isize;
        let clip = |at: isize| (if at < 0 { at + length } else { at }).clamp(0, length);
        let start = clip(self.start);
        let end = self.end.map_or(length, clip).max(start);
        // A copy, so that the rest of the array can be freed.
        value.slice_axis(axis, Slice::from(start..end)).to_owned().into_shared()
    }
}

impl From<isize> for PosSlice {
    fn from(at: isize) -> Self {
        // -1 alone is the last position; its exclusive end is the end of the axis.
        PosSlice { start: at, end: if at == -1 { None } else { Some(at + 1) } }
    }
}

impl From<i32> for PosSlice {
    fn from(at: i32) -> Self {
        PosSlice::from(at as isize)
    }
}

impl From<Range<isize>> for PosSlice {
    fn from(range: Range<isize>) -> Self {
        PosSlice { start: range.start, end: Some(range.end) }
    }
}

impl From<RangeFrom<isize>> for PosSlice {
    fn from(range: RangeFrom<isize>) -> Self {
        PosSlice { start: range.start, end: None }
    }
}

impl From<RangeTo<isize>> for PosSlice {
    fn from(range: RangeTo<isize>) -> Self {
        PosSlice { start: 0, end: Some(range.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayD;

    #[test]
    fn the_position_axis_is_found_and_cut() {
        let value = || ArrayD::from_shape_fn(vec![1, 5, 2, 3], |at| at[1] as f32).into_shared();
        let cut = |slice: PosSlice, name| slice.apply(name, value()).shape().to_vec();
        assert_eq!(cut(2.into(), "blocks.0.attn.hook_q"), [1, 1, 2, 3]);
        assert_eq!(cut((-1).into(), "blocks.0.attn.hook_pattern"), [1, 5, 1, 3]);
        assert_eq!(cut((1..4).into(), "blocks.0.attn.hook_z"), [1, 3, 2, 3]);
        let kept = PosSlice::from(-2..).apply("blocks.0.attn.hook_q", value());
        assert_eq!(kept[[0, 0, 0, 0]], 3.0);
        assert_eq!(cut((7..9).into(), "blocks.0.attn.hook_q"), [1, 0, 2, 3]);
    }
}
