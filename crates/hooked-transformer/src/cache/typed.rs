//! The activations that are used most, with their rank in the type: `cache.pattern_of(0, 3).dot(&cache.v_of(0, 3))`.
//!
//! The batch axis is always there; if it was removed, it comes back with length 1. So the rank is known without an
//! annotation, and slices and products compile as they are written.

use ndarray::{ArrayView2, ArrayView3, ArrayView4, Axis, Dimension};

use super::ActivationCache;
use crate::hooks::ActName;

macro_rules! view_of_rank {
    (3) => { ArrayView3<'_, f32> };
    (4) => { ArrayView4<'_, f32> };
}

macro_rules! typed {
    ($($method:ident, $name:literal, $rank:tt, $doc:literal;)*) => {
        /// Activations of one layer, as views of known rank. Negative layers count from the end.
        ///
        /// ```
        /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
        /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
        /// # let (_, cache) = model.run_with_cache([3, 17, 4])?;
        /// assert_eq!(cache.pattern(-1).dim(), (1, 2, 3, 3)); // [batch, head, query_pos, key_pos]
        /// # Ok::<(), hooked_transformer::Error>(())
        /// ```
        impl ActivationCache {
            $(
                #[doc = $doc]
                ///
                /// # Panics
                /// The cache does not hold it; the message names the nearest that it does.
                #[track_caller]
                pub fn $method<L>(&self, layer: L) -> view_of_rank!($rank)
                where
                    (&'static str, L): Into<ActName>,
                {
                    self.with_batch(($name, layer).into())
                }
            )*
        }
    };
}

typed! {
    pattern, "pattern", 4, "Attention patterns, `[batch, head, query_pos, key_pos]`.";
    attn_scores, "attn_scores", 4, "Attention scores, `[batch, head, query_pos, key_pos]`.";
    q, "q", 4, "Queries, `[batch, pos, head, d_head]`.";
    k, "k", 4, "Keys, `[batch, pos, kv_head, d_head]`.";
    v, "v", 4, "Values, `[batch, pos, kv_head, d_head]`.";
    z, "z", 4, "The values that each head mixed, `[batch, pos, head, d_head]`.";
    result, "result", 4, "What each head wrote, where it was asked for, `[batch, pos, head, d_model]`.";
    resid_pre, "resid_pre", 3, "The residual stream before a layer, `[batch, pos, d_model]`.";
    resid_mid, "resid_mid", 3, "The residual stream between attention and MLP, `[batch, pos, d_model]`.";
    resid_post, "resid_post", 3, "The residual stream after a layer, `[batch, pos, d_model]`.";
    attn_out, "attn_out", 3, "What attention wrote, `[batch, pos, d_model]`.";
    mlp_out, "mlp_out", 3, "What the MLP wrote, `[batch, pos, d_model]`.";
    mlp_pre, "pre", 3, "Neurons before their nonlinearity, `[batch, pos, d_mlp]`.";
    mlp_post, "post", 3, "Neurons, `[batch, pos, d_mlp]`.";
}

macro_rules! typed_of_head {
    ($($method:ident, $name:literal, $axis:literal, $doc:literal;)*) => {
        /// Activations of one head in one text, as matrices: what products are made of. (A product of slices like
        /// `s![0, 3, .., ..]` does not compile, since number literals leave the rank open.)
        ///
        /// ```
        /// # use hooked_transformer::{HookedTransformer, HookedTransformerConfig};
        /// # let model = HookedTransformer::from_config(HookedTransformerConfig::new(2, 8, 4, 16, 50))?;
        /// # let (_, cache) = model.run_with_cache([3, 17, 4])?;
        /// // What head 1 of layer 0 moved to each position, from its pattern and its values.
        /// let z = cache.pattern_of(0, 1).dot(&cache.v_of(0, 1));
        /// assert!((&z - &cache.z_of(0, 1)).iter().all(|x| x.abs() <= 1e-5));
        /// # Ok::<(), hooked_transformer::Error>(())
        /// ```
        impl ActivationCache {
            $(
                #[doc = $doc]
                ///
                /// # Panics
                /// The cache does not hold it, has no such head, or has several rows
                /// ([`apply_slice_to_batch_dim`](Self::apply_slice_to_batch_dim) chooses one).
                #[track_caller]
                pub fn $method<L>(&self, layer: L, head: usize) -> ArrayView2<'_, f32>
                where
                    (&'static str, L): Into<ActName>,
                {
                    let all: ArrayView4<'_, f32> = self.with_batch(($name, layer).into());
                    let (n_rows, n_heads) = (all.dim().0, all.len_of(Axis($axis)));
                    assert!(n_rows == 1, "one text is needed, but the batch has {n_rows}; choose a row");
                    assert!(head < n_heads, "there is no head {head} of {n_heads}, counted from 0");
                    all.index_axis_move(Axis($axis), head).index_axis_move(Axis(0), 0)
                }
            )*
        }
    };
}

typed_of_head! {
    pattern_of, "pattern", 1, "The attention pattern of a head, `[query_pos, key_pos]`.";
    attn_scores_of, "attn_scores", 1, "The attention scores of a head, `[query_pos, key_pos]`.";
    q_of, "q", 2, "The queries of a head, `[pos, d_head]`.";
    k_of, "k", 2, "The keys of a head (of a group, where heads share them), `[pos, d_head]`.";
    v_of, "v", 2, "The values of a head (of a group, where heads share them), `[pos, d_head]`.";
    z_of, "z", 2, "The values that a head mixed, `[pos, d_head]`.";
    result_of, "result", 2, "What a head wrote, where it was asked for, `[pos, d_model]`.";
}

impl ActivationCache {
    #[track_caller]
    fn with_batch<D: Dimension>(&self, name: ActName) -> ndarray::ArrayView<'_, f32, D> {
        let value = self[&name].view();
        let value = if self.has_batch_dim { value } else { value.insert_axis(Axis(0)) };
        let shape = value.shape().to_vec();
        match value.into_dimensionality() {
            Ok(view) => view,
            Err(_) => panic!("`{}` has shape {shape:?}, not {:?} axes", name.resolve(self.n_layers()), D::NDIM),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayD;

    #[test]
    fn the_rank_is_known_with_and_without_batch_axis() {
        let with = ActivationCache::from_arrays([
            ("blocks.0.attn.hook_pattern", ArrayD::from_shape_fn(vec![1, 2, 3, 3], |at| at[1] as f32)),
            ("blocks.0.hook_resid_pre", ArrayD::zeros(vec![1, 3, 4])),
        ]);
        let without = with.clone().remove_batch_dim().unwrap();
        for cache in [&with, &without] {
            let pattern: ArrayView4<'_, f32> = cache.pattern(-1);
            assert_eq!(pattern.dim(), (1, 2, 3, 3));
            assert_eq!(cache.pattern_of(0usize, 1).dot(&cache.pattern_of(-1, 1))[[2, 2]], 3.0);
            assert_eq!(cache.resid_pre(0).dim(), (1, 3, 4));
        }
    }
}
