//! The checks at the edge, shared by all views: lengths that must agree, things that must not be empty, ranges.

use crate::VisError;

/// `got` things where `expected` are needed, as `because` explains.
pub(crate) fn length(what: &str, expected: usize, because: &str, got: usize) -> Result<(), VisError> {
    if got == expected {
        return Ok(());
    }
    Err(VisError::Length { what: what.into(), expected, because: because.into(), got })
}

/// At least one thing to show.
pub(crate) fn not_empty(what: &str, len: usize) -> Result<(), VisError> {
    if len == 0 { Err(VisError::Empty { what: what.into() }) } else { Ok(()) }
}

/// Bounds that were given must be finite and in order; a bound left out takes `fallback`'s.
pub(crate) fn range(min: Option<f32>, max: Option<f32>, fallback: (f32, f32)) -> Result<(f32, f32), VisError> {
    let (min, max) = (min.unwrap_or(fallback.0), max.unwrap_or(fallback.1));
    if min.is_finite() && max.is_finite() && min < max { Ok((min, max)) } else { Err(VisError::Range { min, max }) }
}

/// The smallest and the largest finite value, widened to hold zero, and never a range of no width: the colors of a view
/// are measured from zero, which is the background.
pub(crate) fn extent<'a>(values: impl IntoIterator<Item = &'a f32>) -> (f32, f32) {
    let finite = values.into_iter().filter(|v| v.is_finite());
    let (min, max) = finite.fold((0.0f32, 0.0f32), |(lo, hi), &v| (lo.min(v), hi.max(v)));
    if min == max { (0.0, 1.0) } else { (min, max) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extent_holds_zero_and_ignores_what_is_not_finite() {
        assert_eq!(extent(&[2.0, f32::NAN, 3.0, f32::INFINITY]), (0.0, 3.0));
        assert_eq!(extent(&[-2.0, f32::NEG_INFINITY]), (-2.0, 0.0));
        assert_eq!(extent(&[]), (0.0, 1.0));
        assert_eq!(extent(&[f32::NAN]), (0.0, 1.0));
    }

    #[test]
    fn a_range_must_be_finite_and_in_order() {
        assert_eq!(range(Some(-1.0), None, (0.0, 2.0)).unwrap(), (-1.0, 2.0));
        assert!(range(Some(1.0), Some(1.0), (0.0, 1.0)).is_err());
        assert!(range(Some(f32::NAN), None, (0.0, 1.0)).is_err());
    }
}
