//! Which keys a query may attend to.
//!
//! Causal: a query sees itself and what lies before it. Local layers see only the last `window_size` of these. Padding
//! is never seen. The query at index `i` is at absolute position `offset + i`, where `offset` counts the keys that
//! a [`KeyValueCache`](crate::KeyValueCache) already holds.

use std::ops::Range;

use ndarray::ArrayView2;

use crate::architecture::config::{AttentionDir, HookedTransformerConfig};

/// The mask of one layer, as a rule instead of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Mask<'a> {
    causal: bool,
    window: Option<usize>,
    offset: usize,
    n_keys: usize,
    /// `[batch, key_pos]`, false at padding.
    real: Option<ArrayView2<'a, bool>>,
}

impl<'a> Mask<'a> {
    pub(crate) fn new(
        cfg: &HookedTransformerConfig,
        layer: usize,
        offset: usize,
        n_keys: usize,
        real: Option<ArrayView2<'a, bool>>,
    ) -> Self {
        let causal = cfg.attention_dir == AttentionDir::Causal;
        // As in the classic library, a window narrows causal attention only.
        let window = if causal { cfg.window(layer) } else { None };
        Mask { causal, window, offset, n_keys, real }
    }

    /// The keys that a query may see, padding aside: a contiguous range.
    pub(crate) fn range(&self, query: usize) -> Range<usize> {
        if !self.causal {
            return 0..self.n_keys;
        }
        let end = self.offset + query + 1;
        let start = self.window.map_or(0, |window| end.saturating_sub(window));
        start..end
    }

    /// How far the key is behind the query (negative) for ALiBi; keys ahead count as 0.
    pub(crate) fn distance(&self, query: usize, key: usize) -> f32 {
        let position = self.offset + query;
        if key >= position { 0.0 } else { -((position - key) as f32) }
    }

    /// Writes `-inf` over the scores of keys that the query may not see. `scores` begins at `first_key`.
    pub(crate) fn hide(&self, batch: usize, query: usize, first_key: usize, scores: &mut [f32]) {
        self.overwrite(batch, query, first_key, scores, f32::NEG_INFINITY);
    }

    /// Writes `value` over what concerns keys that the query may not see. `row` begins at `first_key`.
    pub(crate) fn overwrite(&self, batch: usize, query: usize, first_key: usize, row: &mut [f32], value: f32) {
        let seen = self.range(query);
        let (start, end) = (seen.start.saturating_sub(first_key), seen.end - first_key);
        row[..start].fill(value);
        if end < row.len() {
            row[end..].fill(value);
        }
        if let Some(real) = self.real {
            for (entry, &real) in row.iter_mut().zip(real.row(batch).iter().skip(first_key)) {
                if !real {
                    *entry = value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::config::AttnType;
    use ndarray::arr2;

    #[test]
    fn the_range_is_causal_windowed_and_offset() {
        let cfg = HookedTransformerConfig {
            use_local_attn: true,
            window_size: Some(2),
            attn_types: Some(vec![AttnType::Global, AttnType::Local]),
            ..HookedTransformerConfig::new(2, 8, 4, 16, 9)
        };
        assert_eq!(Mask::new(&cfg, 0, 0, 5, None).range(3), 0..4);
        assert_eq!(Mask::new(&cfg, 1, 0, 5, None).range(3), 2..4);
        assert_eq!(Mask::new(&cfg, 1, 3, 5, None).range(1), 3..5);
        let bidirectional = HookedTransformerConfig { attention_dir: AttentionDir::Bidirectional, ..cfg };
        assert_eq!(Mask::new(&bidirectional, 1, 0, 5, None).range(1), 0..5);
    }

    #[test]
    fn padding_is_hidden() {
        let cfg = HookedTransformerConfig::new(1, 8, 4, 16, 9);
        let real = arr2(&[[true, true, true], [false, true, true]]);
        let mut scores = [1.0, 2.0, 3.0];
        Mask::new(&cfg, 0, 0, 3, Some(real.view())).hide(1, 1, 0, &mut scores);
        assert_eq!(scores, [f32::NEG_INFINITY, 2.0, f32::NEG_INFINITY]);
    }
}
