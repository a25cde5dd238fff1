//! Arrays in the data block: base64 of little-endian `f32`, so that the page shows exactly the numbers that were given.
//!
//! A causal attention pattern is zero above the diagonal. When it is, only the lower triangle travels
//! (`"layout": "lower"`), which halves the file without losing a bit. A pattern that is *not* causal keeps all its cells,
//! so that the page shows the leak.
//!
//! Attention with more than [`EXACT`] cells travels as one byte per cell (`"dtype": "u8"`, with the `"step"` of a byte): 12
//! heads on a thousand tokens make a page of 8 MB and not of 34. The page says that such values are rounded.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ndarray::{Array3, ArrayD, ArrayView, ArrayView3, Dimension, IxDyn};
use serde_json::{Value, json};

/// The most cells of attention that travel as they are.
const EXACT: usize = 1_000_000;

/// Encode an array of any rank, in row-major order.
pub(crate) fn encode<D: Dimension>(values: &ArrayView<'_, f32, D>) -> Value {
    json!({ "dtype": "f32", "shape": values.shape(), "layout": "full", "base64": base64(values.iter()) })
}

/// Encode `[head, query_pos, key_pos]`: the lower triangle if all the rest is zero or `drop_upper` says to leave it out.
pub(crate) fn encode_attention(attention: ArrayView3<'_, f32>, drop_upper: bool) -> Value {
    let is_lower = drop_upper || is_causal(attention);
    let cells = attention.indexed_iter().filter(|((_, query, key), _)| !is_lower || key <= query);
    let cells: Vec<f32> = cells.map(|(_, value)| *value).collect();
    let layout = if is_lower { "lower" } else { "full" };
    match step_of(&cells) {
        Some(step) => {
            let bytes: Vec<u8> = cells.iter().map(|value| (value / step).round() as u8).collect();
            let base64 = STANDARD.encode(bytes);
            json!({ "dtype": "u8", "step": step, "shape": attention.shape(), "layout": layout, "base64": base64 })
        }
        None => json!({ "dtype": "f32", "shape": attention.shape(), "layout": layout, "base64": base64(cells.iter()) }),
    }
}

/// What one step of a byte stands for, if these cells are to be rounded: many, and from zero up.
fn step_of(cells: &[f32]) -> Option<f32> {
    let largest = cells.iter().fold(0.0, |a: f32, b| a.max(*b));
    let fits = cells.iter().all(|value| value.is_finite() && *value >= 0.0) && largest > 0.0;
    (cells.len() > EXACT && fits).then_some(largest / 255.0)
}

/// Whether no query attends to a later key.
pub(crate) fn is_causal(attention: ArrayView3<'_, f32>) -> bool {
    attention.indexed_iter().all(|((_, query, key), value)| key <= query || *value == 0.0)
}

/// The array that a block holds, or `None` where the value is no such block.
pub(crate) fn decode(block: &Value) -> Option<ArrayD<f32>> {
    let shape: Vec<usize> =
        block["shape"].as_array()?.iter().map(|n| n.as_u64().map(|n| n as usize)).collect::<Option<_>>()?;
    let bytes = STANDARD.decode(block["base64"].as_str()?).ok()?;
    let step = block["step"].as_f64().unwrap_or(1.0) as f32;
    let mut values = match block["dtype"].as_str()? {
        "u8" => bytes.iter().map(|byte| f32::from(*byte) * step).collect::<Vec<f32>>(),
        _ => bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
    }
    .into_iter();
    match block["layout"].as_str()? {
        "full" => ArrayD::from_shape_vec(IxDyn(&shape), values.collect()).ok(),
        "lower" => {
            let &[head, query_pos, key_pos] = shape.as_slice() else { return None };
            let mut next =
                |(_, query, key): (usize, usize, usize)| if key <= query { values.next() } else { Some(0.0) };
            let cells: Option<Vec<f32>> =
                ndarray::indices((head, query_pos, key_pos)).into_iter().map(&mut next).collect();
            Array3::from_shape_vec((head, query_pos, key_pos), cells?).ok().map(Array3::into_dyn)
        }
        _ => None,
    }
}

fn base64<'a>(values: impl Iterator<Item = &'a f32>) -> String {
    STANDARD.encode(values.flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn every_bit_survives() {
        let values = array![[0.1f32, -0.0, f32::MIN_POSITIVE], [1e30, f32::INFINITY, f32::NAN]];
        let back = decode(&encode(&values.view())).unwrap();
        assert_eq!(back.shape(), values.shape());
        let bits = |v: &f32| v.to_bits();
        assert!(back.iter().map(bits).eq(values.iter().map(bits)));
    }

    #[test]
    fn a_view_that_is_not_contiguous_is_read_in_its_own_order() {
        let values = Array2::from_shape_fn((3, 2), |(row, col)| (10 * row + col) as f32);
        assert_eq!(decode(&encode(&values.t())).unwrap(), values.t().into_owned().into_dyn());
    }

    #[test]
    fn a_causal_pattern_travels_as_its_lower_triangle() {
        let causal = Array3::from_shape_fn((2, 5, 5), |(h, q, k)| if k <= q { (h + q + k) as f32 + 0.1 } else { 0.0 });
        let block = encode_attention(causal.view(), false);
        assert_eq!(block["layout"], "lower");
        assert_eq!(block["base64"].as_str().unwrap().len(), (2 * 15 * 4usize).div_ceil(3) * 4);
        assert_eq!(decode(&block).unwrap(), causal.into_dyn());
    }

    #[test]
    fn a_pattern_with_anything_above_the_diagonal_keeps_it() {
        for odd in [1e-20, f32::NAN] {
            let mut leaky = Array3::<f32>::zeros((1, 3, 3));
            leaky[[0, 0, 2]] = odd;
            assert_eq!(encode_attention(leaky.view(), false)["layout"], "full");
            assert_eq!(encode_attention(leaky.view(), true)["layout"], "lower");
        }
    }

    #[test]
    fn attention_on_a_long_text_is_rounded_to_bytes() {
        let n = 420;
        let at = |(h, q, k): (usize, usize, usize)| if k <= q { ((h + q * k) % 97) as f32 / 96.0 } else { 0.0 };
        let long = Array3::from_shape_fn((12, n, n), at);
        let block = encode_attention(long.view(), false);
        assert_eq!(block["base64"].as_str().unwrap().len(), (12 * n * (n + 1) / 2).div_ceil(3) * 4);
        let back = decode(&block).unwrap();
        let furthest = back.iter().zip(&long).fold(0.0, |a: f32, (b, c)| a.max((b - c).abs()));
        assert!(furthest <= 0.5 / 255.0 + 1e-6, "{furthest}");
    }

    #[test]
    fn values_that_no_byte_can_hold_keep_their_bits() {
        let n = 1010;
        for odd in [f32::NAN, -0.5] {
            let mut long = Array3::<f32>::from_elem((1, n, n), 0.25);
            long[[0, 7, 3]] = odd;
            assert_eq!(encode_attention(long.view(), false)["dtype"], "f32");
        }
        assert_eq!(encode_attention(Array3::<f32>::zeros((1, n, n)).view(), false)["layout"], "lower");
    }

    #[test]
    fn what_is_no_block_is_none() {
        for bad in [
            json!(null),
            json!({"dtype": "f32", "shape": [2], "layout": "full", "base64": "AAAA"}),
            json!({"shape": "x"}),
        ] {
            assert!(decode(&bad).is_none(), "{bad}");
        }
    }
}
