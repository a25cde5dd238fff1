//! Backward through one transformer block.
//!
//! ```text
//! d_resid_mid = d_resid_post + through ln2 and mlp (d_resid_post)
//! d_resid_pre = d_resid_mid  + through ln1 and attn (d_resid_mid)
//! ```
//! With `parallel_attn_mlp` both get `d_resid_post`, and all three are added up.

use ndarray::{ArcArray, Array3, Axis, Dimension};

use super::attention::InputGradients;
use super::mlp;
use super::pass::BackwardPass;
use crate::architecture::config::NormalizationType;
use crate::architecture::weights::GainAndBias;
use crate::components::attention::HeadInput;
use crate::components::block::{Block, add};
use crate::components::normalization::Norm;
use crate::components::{Act3, Act4};
use crate::hooks::Site;
use crate::numerics::memory;

impl Block<'_> {
    /// From the gradient by the stream after the block to that before it; `None` if nothing before it is wanted. Adds
    /// to the gradient by a shortformer model's positions.
    ///
    /// # Shapes
    /// - `d_resid_post`: `[batch, pos, d_model]`
    /// - output: the same
    pub(super) fn backward(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        d_resid_post: Act3,
        d_pos: &mut Option<Array3<f32>>,
    ) -> Option<Act3> {
        let layer = Some(self.layer);
        if !pass.reaches(Site::ResidPost, layer) {
            return None;
        }
        let d = pass.point(Site::ResidPost, layer, d_resid_post);
        if !pass.goes_below(Site::ResidPost, layer) {
            return None;
        }
        let (d_attn_out, d_stream) = if self.cfg.attn_only {
            (d.clone(), d)
        } else if self.cfg.parallel_attn_mlp {
            let of_mlp = self.mlp_backward(pass, d.clone());
            (d.clone(), add(d, &of_mlp?))
        } else {
            let of_mlp = self.mlp_backward(pass, d.clone())?;
            let d = add(d, &of_mlp);
            memory::used(of_mlp);
            let d = pass.point(Site::ResidMid, layer, d);
            (d.clone(), d)
        };
        let of_attention = self.attention_backward(pass, d_attn_out, d_pos)?;
        let d = add(d_stream, &of_attention);
        memory::used(of_attention);
        let d = pass.point(Site::ResidPre, layer, d);
        pass.goes_below(Site::ResidPre, layer).then_some(d)
    }

    fn mlp_backward(&self, pass: &mut BackwardPass<'_, '_>, d: Act3) -> Option<Act3> {
        let layer = Some(self.layer);
        let weights = self.weights.mlp.as_ref().expect("validated: the block has an MLP");
        let d = pass.point(Site::MlpOut, layer, d);
        let sites = [Site::Ln2PostScale, Site::Ln2PostNormalized];
        let d = self.norm_backward(self.cfg.output_normalization(), sites, self.weights.ln2_post, pass, d)?;
        let x = pass.wanted.mlp_inputs(self.layer).then(|| match self.cfg.normalization_type {
            Some(_) => self.normalized(pass, [Site::Ln2Scale, Site::Ln2Normalized], self.weights.ln2, 0),
            None => pass.value(Site::MlpIn, layer),
        });
        let d = mlp::backward(pass, self.cfg, self.layer, weights, x.as_ref(), d)?;
        drop(x); // so that its memory is used again when the norm lets go of it
        let sites = [Site::Ln2Scale, Site::Ln2Normalized];
        let d = self.norm_backward(self.cfg.normalization_type, sites, self.weights.ln2, pass, d)?;
        let d = pass.point(Site::MlpIn, layer, d);
        pass.goes_below(Site::MlpIn, layer).then_some(d)
    }

    fn attention_backward(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        d: Act3,
        d_pos: &mut Option<Array3<f32>>,
    ) -> Option<Act3> {
        let layer = Some(self.layer);
        if !pass.reaches(Site::AttnOut, layer) {
            return None;
        }
        let d = pass.point(Site::AttnOut, layer, d);
        let sites = [Site::Ln1PostScale, Site::Ln1PostNormalized];
        let d = self.norm_backward(self.cfg.output_normalization(), sites, self.weights.ln1_post, pass, d)?;
        let inputs = pass.wanted.attention_inputs(self.layer).then(|| self.inputs_on_record(pass));
        let InputGradients { inputs, of_heads } = self.attention.backward(pass, d, inputs)?;
        if let Some(of_heads) = of_heads {
            self.store_head_inputs(pass, of_heads);
        }
        match inputs {
            [HeadInput::Shared(q), HeadInput::Shared(k), HeadInput::Shared(v)] => {
                let with_pos = add(q, &k);
                memory::used(k);
                if self.shortformer_pos.is_some() {
                    add_to(d_pos, &with_pos);
                }
                let d = add(with_pos, &v);
                memory::used(v);
                self.ln1_backward(pass, d)
            }
            inputs => self.split_inputs_backward(pass, inputs, d_pos),
        }
    }

    /// Stores the gradients by the inputs of heads where these share one input.
    fn store_head_inputs(&self, pass: &mut BackwardPass<'_, '_>, d: [Act4; 3]) {
        let (layer, (w, b)) = (Some(self.layer), self.weights.ln1);
        let sites = [Site::Ln1Scale, Site::Ln1Normalized];
        let norm = self.cfg.normalization_type.map(|kind| Norm { kind, eps: self.cfg.eps, w, b, sites });
        let x: Option<Act3> = pass.peek_norm_input(Site::Ln1Scale, layer);
        let d = d.map(|d| match (&norm, &x) {
            (Some(norm), Some(x)) => norm.backward_per_head(x, d),
            _ => d,
        });
        if pass.watches(Site::AttnIn, layer) {
            let [q, k, v] = &d;
            pass.point(Site::AttnIn, layer, (q + k + v).into_shared());
        }
        for (site, d) in [Site::QInput, Site::KInput, Site::VInput].into_iter().zip(d) {
            pass.point(site, layer, d);
        }
    }

    /// Where each head has inputs of its own, each goes through the norm by itself.
    fn split_inputs_backward(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        inputs: [HeadInput; 3],
        d_pos: &mut Option<Array3<f32>>,
    ) -> Option<Act3> {
        let layer = Some(self.layer);
        let mut summed: Option<Act4> = None;
        let mut d_stream: Option<Act3> = None;
        for (site, input) in [Site::QInput, Site::KInput, Site::VInput].into_iter().zip(inputs) {
            let HeadInput::PerHead(d) = input else { unreachable!("either all three are split or none") };
            if self.shortformer_pos.is_some() && site != Site::VInput {
                add_to(d_pos, &d.sum_axis(Axis(2)).into_shared());
            }
            let Some(d) = self.ln1_backward(pass, d) else { continue };
            let d = pass.point(site, layer, d);
            if pass.has_value(Site::AttnIn, layer) {
                summed = Some(match summed {
                    Some(sum) => sum + &d,
                    None => d,
                });
            } else {
                let d = d.sum_axis(Axis(2)).into_shared();
                d_stream = Some(match d_stream {
                    Some(sum) => add(sum, &d),
                    None => d,
                });
            }
        }
        match summed {
            Some(d) => {
                let d = pass.point(Site::AttnIn, layer, d);
                pass.goes_below(Site::AttnIn, layer).then(|| d.sum_axis(Axis(2)).into_shared())
            }
            None => d_stream,
        }
    }

    /// The inputs of queries, keys and values, from what is on record.
    fn inputs_on_record(&self, pass: &BackwardPass<'_, '_>) -> [HeadInput; 3] {
        let sites = [Site::Ln1Scale, Site::Ln1Normalized];
        let layer = Some(self.layer);
        let has_norm = self.cfg.normalization_type.is_some();
        if !pass.tape.split[self.layer] {
            let x: Act3 = match has_norm {
                true => self.normalized(pass, sites, self.weights.ln1, 0),
                false => pass.value(Site::ResidPre, layer),
            };
            let with_pos = self.shortformer_pos.map_or_else(|| x.clone(), |pos| add(x.clone(), pos));
            return [HeadInput::Shared(with_pos.clone()), HeadInput::Shared(with_pos), HeadInput::Shared(x)];
        }
        let mut index = 0;
        [Site::QInput, Site::KInput, Site::VInput].map(|site| {
            let mut x: Act4 = match has_norm {
                true => self.normalized(pass, sites, self.weights.ln1, index),
                false => pass.value(site, layer),
            };
            index += 1;
            if let (Some(pos), Site::QInput | Site::KInput) = (self.shortformer_pos, site) {
                x += &pos.view().insert_axis(Axis(2));
            }
            HeadInput::PerHead(x)
        })
    }

    /// A norm's output, from its hook point: the `index`-th that fired there.
    fn normalized<D: Dimension>(
        &self,
        pass: &BackwardPass<'_, '_>,
        sites: [Site; 2],
        (w, b): GainAndBias<'_>,
        index: usize,
    ) -> ArcArray<f32, D> {
        let kind = self.cfg.normalization_type.expect("asked for only where there is a norm");
        Norm { kind, eps: self.cfg.eps, w, b, sites }.output_on_record(pass, Some(self.layer), index)
    }

    fn ln1_backward<D: Dimension>(
        &self,
        pass: &mut BackwardPass<'_, '_>,
        d: ArcArray<f32, D>,
    ) -> Option<ArcArray<f32, D>> {
        let sites = [Site::Ln1Scale, Site::Ln1Normalized];
        self.norm_backward(self.cfg.normalization_type, sites, self.weights.ln1, pass, d)
    }

    /// Backward through the norm of this kind, or nothing where there is none.
    fn norm_backward<D: Dimension>(
        &self,
        kind: Option<NormalizationType>,
        sites: [Site; 2],
        (w, b): GainAndBias<'_>,
        pass: &mut BackwardPass<'_, '_>,
        d: ArcArray<f32, D>,
    ) -> Option<ArcArray<f32, D>> {
        match kind {
            Some(kind) => Norm { kind, eps: self.cfg.eps, w, b, sites }.backward(pass, Some(self.layer), d),
            None => Some(d),
        }
    }
}

fn add_to(sum: &mut Option<Array3<f32>>, d: &Act3) {
    match sum {
        Some(sum) => *sum += d,
        None => *sum = Some(d.to_owned()),
    }
}
