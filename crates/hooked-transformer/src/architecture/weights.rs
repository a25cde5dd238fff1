//! The parameters, in TransformerLens's layout: one array for all layers, heads as an axis of their own.
//!
//! `W_Q [layer, head, d_model, d_head]` is one array, so `model.W_Q()` and the matrices of one layer are both views; a matrix
//! that was loaded may still be in its file (see [`Weight`]). Arrays are shared and copied on write: a model can be cloned
//! and processed without doubling what stays the same. A tied unembedding is the embedding seen from the other side, in the
//! same memory.

use ndarray::{ArcArray, ArcArray1, ArcArray2, ArrayView1, ArrayView2, ArrayView3, Axis, Ix2, Ix3, Ix4};

use crate::architecture::config::HookedTransformerConfig;
use crate::architecture::weight::Weight;

/// All parameters of a model.
#[derive(Clone)]
pub(crate) struct Weights {
    /// `[d_vocab, d_model]`
    pub W_E: Weight<Ix2>,
    /// `[n_ctx, d_model]`, for standard and shortformer positions.
    pub W_pos: Option<Weight<Ix2>>,
    /// `[layer, head, d_model, d_head]`
    pub W_Q: Weight<Ix4>,
    /// `[layer, kv_head, d_model, d_head]`
    pub W_K: Weight<Ix4>,
    /// `[layer, kv_head, d_model, d_head]`
    pub W_V: Weight<Ix4>,
    /// `[layer, head, d_head, d_model]`
    pub W_O: Weight<Ix4>,
    /// `[layer, head, d_head]`
    pub b_Q: ArcArray<f32, Ix3>,
    /// `[layer, kv_head, d_head]`
    pub b_K: ArcArray<f32, Ix3>,
    /// `[layer, kv_head, d_head]`
    pub b_V: ArcArray<f32, Ix3>,
    /// `[layer, d_model]`
    pub b_O: ArcArray2<f32>,
    /// `[layer, d_head]`: the gains of the norms of queries and keys.
    pub q_norm: Option<ArcArray2<f32>>,
    /// `[layer, d_head]`
    pub k_norm: Option<ArcArray2<f32>>,
    pub mlp: Option<StackedMlp>,
    /// `[1, d_model]`: the norm of the token embeddings.
    pub ln_embed: StackedNorm,
    pub ln1: StackedNorm,
    pub ln2: StackedNorm,
    /// Of what attention and MLP write.
    pub ln1_post: StackedNorm,
    pub ln2_post: StackedNorm,
    /// `[1, d_model]`: one "layer".
    pub ln_final: StackedNorm,
    /// `[d_model, d_vocab_out]`
    pub W_U: Weight<Ix2>,
    /// `[d_vocab_out]`
    pub b_U: ArcArray1<f32>,
}

/// The MLPs of all layers.
#[derive(Clone)]
pub(crate) struct StackedMlp {
    /// `[layer, d_model, d_mlp]`
    pub W_in: Weight<Ix3>,
    /// `[layer, d_model, d_mlp]`, in gated MLPs.
    pub W_gate: Option<Weight<Ix3>>,
    /// `[layer, d_mlp]`
    pub b_in: ArcArray2<f32>,
    /// `[layer, d_mlp, d_model]`
    pub W_out: Weight<Ix3>,
    /// `[layer, d_model]`
    pub b_out: ArcArray2<f32>,
    /// The LayerNorm of `solu_ln`, `[layer, d_mlp]` each.
    pub ln: StackedNorm,
}

/// Gains and biases of one norm in all layers; absent where the norm has none.
#[derive(Clone, Default)]
pub(crate) struct StackedNorm {
    /// `[layer, d_model]`
    pub w: Option<ArcArray2<f32>>,
    /// `[layer, d_model]`
    pub b: Option<ArcArray2<f32>>,
}

impl StackedNorm {
    pub(crate) fn layer(&self, layer: usize) -> GainAndBias<'_> {
        (self.w.as_ref().map(|w| w.row(layer)), self.b.as_ref().map(|b| b.row(layer)))
    }
}

/// Views of one layer's parameters.
pub(crate) struct BlockWeights<'a> {
    pub mlp: Option<MlpWeights<'a>>,
    pub ln1: GainAndBias<'a>,
    pub ln2: GainAndBias<'a>,
    pub ln1_post: GainAndBias<'a>,
    pub ln2_post: GainAndBias<'a>,
}

/// Of one norm, as far as it has them.
pub(crate) type GainAndBias<'a> = (Option<ArrayView1<'a, f32>>, Option<ArrayView1<'a, f32>>);

/// Views of one attention layer: see the [module](self) for names and shapes, less the layer axis.
pub(crate) struct AttentionWeights<'a> {
    pub W_Q: ArrayView3<'a, f32>,
    pub W_K: ArrayView3<'a, f32>,
    pub W_V: ArrayView3<'a, f32>,
    pub W_O: ArrayView3<'a, f32>,
    pub b_Q: ArrayView2<'a, f32>,
    pub b_K: ArrayView2<'a, f32>,
    pub b_V: ArrayView2<'a, f32>,
    pub b_O: ArrayView1<'a, f32>,
    pub q_norm: Option<ArrayView1<'a, f32>>,
    pub k_norm: Option<ArrayView1<'a, f32>>,
}

/// Views of one MLP layer.
pub(crate) struct MlpWeights<'a> {
    pub W_in: ArrayView2<'a, f32>,
    pub W_gate: Option<ArrayView2<'a, f32>>,
    pub b_in: ArrayView1<'a, f32>,
    pub W_out: ArrayView2<'a, f32>,
    pub b_out: ArrayView1<'a, f32>,
    /// Gain and bias of the LayerNorm of `solu_ln`.
    pub ln: Option<(ArrayView1<'a, f32>, ArrayView1<'a, f32>)>,
}

impl Weights {
    /// Lets the unembedding share the embedding's memory, if it is the embedding; false if it is not.
    pub(crate) fn tie(&mut self) -> bool {
        let same = self.W_U.view() == self.W_E.view().t();
        if same {
            self.W_U = self.W_E.transposed();
        }
        same
    }

    /// Reads what is still in files into memory, and lets go of the files.
    ///
    /// - `tied`: whether the unembedding shares the embedding's memory
    pub(crate) fn read(&mut self, tied: bool) {
        [&mut self.W_Q, &mut self.W_K, &mut self.W_V, &mut self.W_O].into_iter().for_each(Weight::leave_file);
        if let Some(mlp) = &mut self.mlp {
            mlp.W_in.leave_file();
            mlp.W_gate.iter_mut().for_each(Weight::leave_file);
            mlp.W_out.leave_file();
        }
        self.W_E.leave_file();
        self.W_pos.iter_mut().for_each(Weight::leave_file);
        match tied {
            true => self.W_U = self.W_E.transposed(),
            false => self.W_U.leave_file(),
        }
    }

    pub(crate) fn attention(&self, layer: usize) -> AttentionWeights<'_> {
        let at = Axis(0);
        AttentionWeights {
            W_Q: self.W_Q.layer(layer),
            W_K: self.W_K.layer(layer),
            W_V: self.W_V.layer(layer),
            W_O: self.W_O.layer(layer),
            b_Q: self.b_Q.index_axis(at, layer),
            b_K: self.b_K.index_axis(at, layer),
            b_V: self.b_V.index_axis(at, layer),
            b_O: self.b_O.row(layer),
            q_norm: self.q_norm.as_ref().map(|w| w.row(layer)),
            k_norm: self.k_norm.as_ref().map(|w| w.row(layer)),
        }
    }

    pub(crate) fn block(&self, layer: usize) -> BlockWeights<'_> {
        BlockWeights {
            mlp: self.mlp.as_ref().map(|mlp| mlp.layer(layer)),
            ln1: self.ln1.layer(layer),
            ln2: self.ln2.layer(layer),
            ln1_post: self.ln1_post.layer(layer),
            ln2_post: self.ln2_post.layer(layer),
        }
    }

    /// Number of parameters held, tied ones counted once.
    pub(crate) fn count(&self, cfg: &HookedTransformerConfig) -> usize {
        let norm = |norm: &StackedNorm| [&norm.w, &norm.b].into_iter().flatten().map(|x| x.len()).sum::<usize>();
        let mlp = self.mlp.as_ref().map_or(0, |m| {
            let gate = m.W_gate.as_ref().map_or(0, |w| w.len());
            m.W_in.len() + gate + m.b_in.len() + m.W_out.len() + m.b_out.len() + norm(&m.ln)
        });
        let unembed = if cfg.tie_word_embeddings { 0 } else { self.W_U.len() };
        self.W_E.len()
            + self.W_pos.as_ref().map_or(0, |w| w.len())
            + [&self.W_Q, &self.W_K, &self.W_V, &self.W_O].iter().map(|w| w.len()).sum::<usize>()
            + [&self.b_Q, &self.b_K, &self.b_V].iter().map(|b| b.len()).sum::<usize>()
            + self.b_O.len()
            + mlp
            + [&self.q_norm, &self.k_norm].into_iter().flatten().map(|w| w.len()).sum::<usize>()
            + [&self.ln_embed, &self.ln1, &self.ln2, &self.ln1_post, &self.ln2_post]
                .into_iter()
                .map(norm)
                .sum::<usize>()
            + norm(&self.ln_final)
            + unembed
            + self.b_U.len()
    }
}

impl StackedMlp {
    fn layer(&self, layer: usize) -> MlpWeights<'_> {
        let ln = match self.ln.layer(layer) {
            (Some(w), Some(b)) => Some((w, b)),
            _ => None,
        };
        MlpWeights {
            W_in: self.W_in.layer(layer),
            W_gate: self.W_gate.as_ref().map(|w| w.layer(layer)),
            b_in: self.b_in.row(layer),
            W_out: self.W_out.layer(layer),
            b_out: self.b_out.row(layer),
            ln,
        }
    }
}
