//! The activations that are used most, with their rank in the type: `cache.pattern(0).slice(s![0, 3, .., ..])`.
//!
//! The batch axis is always there; if it was removed, it comes back with length 1. So the rank is known without an
//! annotation, and slices and products compile as they are written.

use ndarray::{ArrayView3, ArrayView4, Axis, Dimension};

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
        /// use ndarray::s;
        /// // What head 1 of layer 0 moved to each position, from its values and its pattern.
        /// let pattern = cache.pattern(0);
        /// let values = cache.v(0);
        /// let z = pattern.slice(s![0, 1, .., ..]).dot(&values.slice(s![0, .., 1, ..]));
        /// # assert!((&z - &cache.z(0).slice(s![0, .., 1, ..])).iter().all(|x| x.abs() <= 1e-5));
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
    use ndarray::{ArrayD, s};

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
            let square = pattern.slice(s![0, 1, .., ..]).dot(&cache.pattern(0usize).slice(s![0, 1, .., ..]));
            assert_eq!(square[[2, 2]], 3.0);
            assert_eq!(cache.resid_pre(0).dim(), (1, 3, 4));
        }
    }
}
