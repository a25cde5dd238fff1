//! One transformer block: attention and MLP read the residual stream, and add what they write to it.
//!
//! ```text
//! resid_mid  = resid_pre + attn(ln1(resid_pre))
//! resid_post = resid_mid + mlp(ln2(resid_mid))          with parallel_attn_mlp the MLP reads resid_pre instead
//! ```
//! With `use_normalization_before_and_after` both outputs pass a norm of their own (`ln1_post`, `ln2_post`) before they
//! are added. In a shortformer model the positions are added to the inputs of queries and keys, after the norm, in every block.

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use super::attention::{Attention, HeadInput};
use super::normalization::Norm;
use super::positions::Position;
use super::{Act3, Act4, mlp, values, values_mut};
use crate::architecture::config::{HookedTransformerConfig, NormalizationType};
use crate::architecture::weights::{BlockWeights, GainAndBias, Weights};
use crate::components::keys_values::LayerKeysValues;
use crate::hooks::{Pass, Site};
use crate::numerics::memory;

/// Values that a thread adds at a time.
const ADDED_AT_ONCE: usize = 1 << 14;

/// What a block needs apart from the stream.
pub(crate) struct Block<'a> {
    pub cfg: &'a HookedTransformerConfig,
    pub layer: usize,
    pub weights: BlockWeights<'a>,
    pub attention: Attention<'a>,
    /// The positions' vectors, for a shortformer model.
    pub shortformer_pos: Option<&'a Act3>,
}

impl<'a> Block<'a> {
    /// One layer of the model, for tokens at these positions. `real`: false at padding, `[batch, key_pos]`.
    pub(crate) fn new(
        (cfg, weights): (&'a HookedTransformerConfig, &'a Weights),
        layer: usize,
        positions: &'a Array2<Position>,
        real: Option<ArrayView2<'a, bool>>,
        shortformer_pos: Option<&'a Act3>,
    ) -> Self {
        let attention = Attention { cfg, layer, weights: weights.attention(layer), positions, real };
        Block { cfg, layer, weights: weights.block(layer), attention, shortformer_pos }
    }
}

impl Block<'_> {
    /// # Shapes
    /// - `resid_pre`: `[batch, pos, d_model]`
    /// - output (`resid_post`): the same. A run that ends inside this block returns `resid_pre`.
    pub(crate) fn forward(&self, pass: &mut Pass<'_, '_>, resid_pre: Act3, past: Option<&mut LayerKeysValues>) -> Act3 {
        let layer = Some(self.layer);
        let resid_pre = pass.point(Site::ResidPre, layer, resid_pre);
        let inputs = self.attention_inputs(pass, &resid_pre);
        let attn_out = self.attention.forward(pass, inputs, past);
        if !pass.reaches(Site::AttnOut, layer) {
            return resid_pre;
        }
        let sites = [Site::Ln1PostScale, Site::Ln1PostNormalized];
        let attn_out = self.norm(self.cfg.output_normalization(), sites, self.weights.ln1_post, pass, attn_out);
        let attn_out = pass.point(Site::AttnOut, layer, attn_out);
        let resid_post = if self.cfg.attn_only {
            add(resid_pre, &attn_out)
        } else if self.cfg.parallel_attn_mlp {
            let mlp_out = self.mlp(pass, &resid_pre);
            add(add(resid_pre, &attn_out), &mlp_out)
        } else {
            let resid_mid = pass.point(Site::ResidMid, layer, add(resid_pre, &attn_out));
            memory::used(attn_out);
            let mlp_out = self.mlp(pass, &resid_mid);
            let resid_post = add(resid_mid, &mlp_out);
            memory::used(mlp_out);
            resid_post
        };
        pass.point(Site::ResidPost, layer, resid_post)
    }

    fn mlp(&self, pass: &mut Pass<'_, '_>, stream: &Act3) -> Act3 {
        let layer = Some(self.layer);
        let weights = self.weights.mlp.as_ref().expect("validated: the block has an MLP");
        let stream = pass.point(Site::MlpIn, layer, stream.clone());
        let sites = [Site::Ln2Scale, Site::Ln2Normalized];
        let x = self.norm(self.cfg.normalization_type, sites, self.weights.ln2, pass, stream);
        let out = mlp::forward(pass, self.cfg, self.layer, weights, &x);
        memory::used(x);
        let sites = [Site::Ln2PostScale, Site::Ln2PostNormalized];
        let out = self.norm(self.cfg.output_normalization(), sites, self.weights.ln2_post, pass, out);
        pass.point(Site::MlpOut, layer, out)
    }

    /// What queries, keys and values are computed from: one normalized stream for all, unless a hook or a cache asks
    /// for the inputs of heads separately.
    fn attention_inputs(&self, pass: &mut Pass<'_, '_>, resid_pre: &Act3) -> [HeadInput; 3] {
        let layer = Some(self.layer);
        let sites = [Site::QInput, Site::KInput, Site::VInput];
        let hooked = pass.hooked(Site::AttnIn, layer) || sites.iter().any(|&site| pass.hooked(site, layer));
        let split = hooked || pass.splits(self.layer);
        if !split {
            self.observe_inputs(pass, resid_pre);
            let x = self.ln1(pass, resid_pre);
            let with_pos = match self.shortformer_pos {
                Some(pos) => add(x.clone(), pos),
                None => x.clone(),
            };
            return [HeadInput::Shared(with_pos.clone()), HeadInput::Shared(with_pos), HeadInput::Shared(x)];
        }
        let attn_in = pass
            .watches(Site::AttnIn, layer)
            .then(|| pass.point(Site::AttnIn, layer, repeat_heads(resid_pre, self.cfg.n_heads)));
        // All three inputs before the first is normalized, which is the order of the list of hook points.
        let inputs = sites.map(|site| {
            let n_heads = if site == Site::QInput { self.cfg.n_heads } else { self.cfg.n_cached_heads() };
            let input = attn_in.clone().unwrap_or_else(|| repeat_heads(resid_pre, n_heads));
            (site, pass.point(site, layer, input))
        });
        inputs.map(|(site, input)| {
            let mut x = self.ln1(pass, &input);
            if let (Some(pos), Site::QInput | Site::KInput) = (self.shortformer_pos, site) {
                x += &pos.view().insert_axis(Axis(2));
            }
            HeadInput::PerHead(x)
        })
    }

    /// Stores the separate inputs of the heads for a cache that asks for them; no hook edits them, so the pass itself
    /// goes on with the one shared stream.
    fn observe_inputs(&self, pass: &mut Pass<'_, '_>, resid_pre: &Act3) {
        for site in [Site::AttnIn, Site::QInput, Site::KInput, Site::VInput] {
            if pass.watches(site, Some(self.layer)) {
                let per_query_head = matches!(site, Site::AttnIn | Site::QInput);
                let n_heads = if per_query_head { self.cfg.n_heads } else { self.cfg.n_cached_heads() };
                pass.point(site, Some(self.layer), repeat_heads(resid_pre, n_heads));
            }
        }
    }

    fn ln1<D: ndarray::Dimension>(
        &self,
        pass: &mut Pass<'_, '_>,
        x: &ndarray::ArcArray<f32, D>,
    ) -> ndarray::ArcArray<f32, D> {
        let sites = [Site::Ln1Scale, Site::Ln1Normalized];
        self.norm(self.cfg.normalization_type, sites, self.weights.ln1, pass, x.clone())
    }

    /// The norm of this kind, or nothing where there is none.
    fn norm<D: ndarray::Dimension>(
        &self,
        kind: Option<NormalizationType>,
        sites: [Site; 2],
        (w, b): GainAndBias<'_>,
        pass: &mut Pass<'_, '_>,
        x: ndarray::ArcArray<f32, D>,
    ) -> ndarray::ArcArray<f32, D> {
        match kind {
            Some(kind) => Norm { kind, eps: self.cfg.eps, w, b, sites }.forward(pass, Some(self.layer), &x),
            None => x,
        }
    }
}

/// `a + b`; in place unless the cache holds `a` too.
pub(crate) fn add(mut a: Act3, b: &Act3) -> Act3 {
    assert_eq!(a.dim(), b.dim(), "summands");
    let of_b = values(b).par_chunks(ADDED_AT_ONCE);
    if a.is_unique() {
        let parts = values_mut(&mut a).par_chunks_mut(ADDED_AT_ONCE).zip(of_b);
        parts.for_each(|(a, b)| a.iter_mut().zip(b).for_each(|(a, b)| *a += b));
        return a;
    }
    let mut sum = memory::array(a.dim()).into_shared();
    let parts = values_mut(&mut sum).par_chunks_mut(ADDED_AT_ONCE).zip(values(&a).par_chunks(ADDED_AT_ONCE)).zip(of_b);
    parts.for_each(|((sum, a), b)| sum.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum = a + b));
    sum
}

/// `[batch, pos, d_model]` repeated along a new head axis: `[batch, pos, head, d_model]`.
pub(crate) fn repeat_heads(x: &Act3, n_heads: usize) -> Act4 {
    let (n_batch, n_pos, d_model) = x.dim();
    let view = x.view().insert_axis(Axis(2));
    let repeated = view.broadcast((n_batch, n_pos, n_heads, d_model)).expect("a new axis broadcasts");
    let mut out = memory::array(repeated.raw_dim());
    out.assign(&repeated);
    out.into_shared()
}
