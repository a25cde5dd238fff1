//! Which parameters a configuration calls for: names, shapes, order. The one list that loading, saving and random
//! initialization share. Names are those of TransformerLens's state dict.

use std::sync::Arc;

use ndarray::{ArcArray, ArcArray1, ArcArray2, ArrayViewD, ArrayViewMutD, Axis, Dimension, IntoDimension, RemoveAxis};

use crate::architecture::config::{HookedTransformerConfig, NormalizationType, PositionalEmbeddingType};
use crate::architecture::weight::{InFile, Stacked, Weight};
use crate::architecture::weights::{StackedMlp, StackedNorm, Weights};
use crate::error::Result;

/// One tensor of a state dict.
pub(crate) struct Parameter<'a> {
    pub name: &'a str,
    pub shape: &'a [usize],
    pub role: Role,
}

/// What the unembedding is called.
pub(crate) const UNEMBEDDING: &str = "unembed.W_U";

/// The name under which the classic library stores keys and values that several heads share: `attn._W_K` for
/// `attn.W_K`.
pub(crate) fn grouped_name(name: &str) -> Option<String> {
    let (block, part) = name.split_once(".attn.")?;
    matches!(part, "W_K" | "W_V" | "b_K" | "b_V").then(|| format!("{block}.attn._{part}"))
}

/// What a parameter is for, which says what it is when a file lacks it, and how it is initialized.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Must be there; random at first.
    Matrix,
    /// Zero unless given.
    Bias,
    /// Must be there; one at first.
    Gain,
}

/// How many values the matrices and embeddings of a configuration have; biases and gains, which are few, not counted.
pub(crate) fn n_matrix_values(cfg: &HookedTransformerConfig) -> u128 {
    let [d_model, d_head, n_heads, n_kv, d_mlp] =
        [cfg.d_model, cfg.d_head, cfg.n_heads, cfg.n_key_value_heads(), cfg.d_mlp()].map(|n| n as u128);
    let attention = 2 * d_model * d_head * (n_heads + n_kv);
    let mlp = d_model * d_mlp * (2 + u128::from(cfg.gated_mlp));
    let learned = matches!(
        cfg.positional_embedding_type,
        PositionalEmbeddingType::Standard | PositionalEmbeddingType::Shortformer
    );
    let positions = if learned { cfg.n_ctx as u128 } else { 0 };
    let outputs = if cfg.tie_word_embeddings { 0 } else { cfg.d_vocab_out() as u128 };
    cfg.n_layers as u128 * (attention + mlp) + d_model * (cfg.d_vocab as u128 + positions + outputs)
}

/// Where the values of parameters come from.
pub(crate) trait Supply {
    /// Writes the values, row-major, into a slice of zeros.
    ///
    /// # Errors
    /// The parameter cannot be had.
    fn fill(&mut self, parameter: &Parameter<'_>, out: &mut [f32]) -> Result<()>;

    /// A matrix that can stay in its file until it is used; `None` if it is to be filled now.
    ///
    /// # Errors
    /// The parameter cannot be had.
    fn in_file(&mut self, _: &Parameter<'_>) -> Result<Option<Arc<dyn InFile>>> {
        Ok(None)
    }

    /// Memory for the values of all layers of a part, such as `attn.W_Q`, or of a tensor outside the blocks: zeros, unless
    /// what they hold will be overwritten.
    fn memory(&mut self, _: &str, length: usize) -> Vec<f32> {
        vec![0.0; length]
    }
}

/// A function that fills every parameter.
struct Filling<F>(F);

impl<F: FnMut(&Parameter<'_>, &mut [f32]) -> Result<()>> Supply for Filling<F> {
    fn fill(&mut self, parameter: &Parameter<'_>, out: &mut [f32]) -> Result<()> {
        (self.0)(parameter, out)
    }
}

/// Builds the weights by asking `fill` for each parameter; `fill` writes the values, row-major, into the slice it gets
/// (which holds zeros).
///
/// # Errors
/// The first error of `fill`.
pub(crate) fn assemble(
    cfg: &HookedTransformerConfig,
    fill: impl FnMut(&Parameter<'_>, &mut [f32]) -> Result<()>,
) -> Result<Weights> {
    assemble_from(cfg, Filling(fill))
}

/// The same from any supply.
///
/// # Errors
/// The first error of `supply`.
pub(crate) fn assemble_from(cfg: &HookedTransformerConfig, mut supply: impl Supply) -> Result<Weights> {
    use PositionalEmbeddingType::{Shortformer, Standard};
    use Role::{Bias, Gain};
    let (d_model, d_head, n_heads, n_kv) = (cfg.d_model, cfg.d_head, cfg.n_heads, cfg.n_key_value_heads());
    let mut build = Builder { n_layers: cfg.n_layers, supply: &mut supply };
    let W_E = build.matrix("embed.W_E", (cfg.d_vocab, d_model))?;
    let learned = matches!(cfg.positional_embedding_type, Standard | Shortformer);
    let W_pos = learned.then(|| build.matrix("pos_embed.W_pos", (cfg.n_ctx, d_model))).transpose()?;
    let W_U = match cfg.tie_word_embeddings {
        true => W_E.transposed(),
        false => build.matrix(UNEMBEDDING, (d_model, cfg.d_vocab_out()))?,
    };
    let norm = cfg.normalization_type;
    Ok(Weights {
        W_Q: build.matrices("attn.W_Q", (cfg.n_layers, n_heads, d_model, d_head))?,
        W_K: build.matrices("attn.W_K", (cfg.n_layers, n_kv, d_model, d_head))?,
        W_V: build.matrices("attn.W_V", (cfg.n_layers, n_kv, d_model, d_head))?,
        W_O: build.matrices("attn.W_O", (cfg.n_layers, n_heads, d_head, d_model))?,
        b_Q: build.stacked("attn.b_Q", (cfg.n_layers, n_heads, d_head), Bias)?,
        b_K: build.stacked("attn.b_K", (cfg.n_layers, n_kv, d_head), Bias)?,
        b_V: build.stacked("attn.b_V", (cfg.n_layers, n_kv, d_head), Bias)?,
        b_O: build.stacked("attn.b_O", (cfg.n_layers, d_model), Bias)?,
        mlp: if cfg.attn_only { None } else { Some(build.mlp(cfg)?) },
        q_norm: cfg.use_qk_norm.then(|| build.stacked("attn.q_norm.w", (cfg.n_layers, d_head), Gain)).transpose()?,
        k_norm: cfg.use_qk_norm.then(|| build.stacked("attn.k_norm.w", (cfg.n_layers, d_head), Gain)).transpose()?,
        ln_embed: if cfg.post_embedding_ln {
            build.single_norm("embed.ln", d_model, Some(NormalizationType::LN))?
        } else {
            StackedNorm::default()
        },
        ln1_post: build.norm("ln1_post", d_model, cfg.output_normalization())?,
        ln2_post: if cfg.attn_only {
            StackedNorm::default()
        } else {
            build.norm("ln2_post", d_model, cfg.output_normalization())?
        },
        ln1: build.norm("ln1", d_model, norm)?,
        ln2: if cfg.attn_only { StackedNorm::default() } else { build.norm("ln2", d_model, norm)? },
        ln_final: build.single_norm("ln_final", d_model, cfg.final_normalization())?,
        b_U: build.single("unembed.b_U", cfg.d_vocab_out(), Bias)?,
        W_E,
        W_pos,
        W_U,
    })
}

struct Builder<'s, S> {
    n_layers: usize,
    supply: &'s mut S,
}

impl<S: Supply> Builder<'_, S> {
    /// A matrix outside the blocks.
    fn matrix<Sh: IntoDimension>(&mut self, name: &str, shape: Sh) -> Result<Weight<Sh::Dim>> {
        let shape = shape.into_dimension();
        let parameter = Parameter { name, shape: shape.slice(), role: Role::Matrix };
        match self.supply.in_file(&parameter)? {
            Some(part) => Ok(Weight::in_file(shape, vec![part])),
            None => Ok(self.single(name, shape, Role::Matrix)?.into()),
        }
    }

    /// A matrix that every block has; `shape` begins with the layer axis.
    fn matrices<Sh: IntoDimension>(&mut self, part: &str, shape: Sh) -> Result<Weight<Sh::Dim>>
    where
        Sh::Dim: RemoveAxis,
    {
        let shape = shape.into_dimension();
        let mut layers = Vec::new();
        for layer in 0..self.n_layers {
            let name = format!("blocks.{layer}.{part}");
            let parameter = Parameter { name: &name, shape: &shape.slice()[1..], role: Role::Matrix };
            let Some(part) = self.supply.in_file(&parameter)? else { break };
            layers.push(part);
        }
        match layers.len() == self.n_layers && self.n_layers > 0 {
            true => Ok(Weight::in_file(shape, layers)),
            false => Ok(self.stacked(part, shape, Role::Matrix)?.into()),
        }
    }

    /// A tensor outside the blocks.
    fn single<Sh: IntoDimension>(&mut self, name: &str, shape: Sh, role: Role) -> Result<ArcArray<f32, Sh::Dim>> {
        let shape = shape.into_dimension();
        let mut values = self.supply.memory(name, shape.size());
        self.supply.fill(&Parameter { name, shape: shape.slice(), role }, &mut values)?;
        Ok(ArcArray::from_shape_vec(shape, values).expect("as many values as were asked for"))
    }

    /// A tensor that every block has; `shape` begins with the layer axis.
    fn stacked<Sh: IntoDimension>(&mut self, part: &str, shape: Sh, role: Role) -> Result<ArcArray<f32, Sh::Dim>>
    where
        Sh::Dim: RemoveAxis,
    {
        let shape = shape.into_dimension();
        let of_layer = &shape.slice()[1..];
        let mut values = self.supply.memory(part, shape.size());
        for (layer, values) in values.chunks_mut(of_layer.iter().product::<usize>().max(1)).enumerate() {
            let name = format!("blocks.{layer}.{part}");
            self.supply.fill(&Parameter { name: &name, shape: of_layer, role }, values)?;
        }
        Ok(ArcArray::from_shape_vec(shape, values).expect("as many values as were asked for"))
    }

    fn norm(&mut self, part: &str, len: usize, kind: Option<NormalizationType>) -> Result<StackedNorm> {
        let (w, b) = gain_and_bias(kind);
        let shape = (self.n_layers, len);
        Ok(StackedNorm {
            w: w.then(|| self.stacked(&format!("{part}.w"), shape, Role::Gain)).transpose()?,
            b: b.then(|| self.stacked(&format!("{part}.b"), shape, Role::Bias)).transpose()?,
        })
    }

    /// A norm outside the blocks.
    fn single_norm(&mut self, part: &str, d_model: usize, kind: Option<NormalizationType>) -> Result<StackedNorm> {
        let (w, b) = gain_and_bias(kind);
        let mut row = |name: &str, role| -> Result<ArcArray2<f32>> {
            let row: ArcArray1<f32> = self.single(&format!("{part}.{name}"), d_model, role)?;
            Ok(row.into_shape_with_order((1, d_model)).expect("same size"))
        };
        Ok(StackedNorm {
            w: w.then(|| row("w", Role::Gain)).transpose()?,
            b: b.then(|| row("b", Role::Bias)).transpose()?,
        })
    }

    fn mlp(&mut self, cfg: &HookedTransformerConfig) -> Result<StackedMlp> {
        let (n_layers, d_model, d_mlp) = (cfg.n_layers, cfg.d_model, cfg.d_mlp());
        let gate = || cfg.gated_mlp.then_some(());
        let ln = cfg.is_layer_norm_activation() && cfg.normalization_type == Some(NormalizationType::LN);
        Ok(StackedMlp {
            W_in: self.matrices("mlp.W_in", (n_layers, d_model, d_mlp))?,
            W_gate: gate().map(|()| self.matrices("mlp.W_gate", (n_layers, d_model, d_mlp))).transpose()?,
            b_in: self.stacked("mlp.b_in", (n_layers, d_mlp), Role::Bias)?,
            W_out: self.matrices("mlp.W_out", (n_layers, d_mlp, d_model))?,
            b_out: self.stacked("mlp.b_out", (n_layers, d_model), Role::Bias)?,
            ln: if ln { self.norm("mlp.ln", d_mlp, cfg.normalization_type)? } else { StackedNorm::default() },
        })
    }
}

/// Whether a norm of this kind has a gain, and a bias.
fn gain_and_bias(kind: Option<NormalizationType>) -> (bool, bool) {
    (kind.is_some_and(NormalizationType::has_gain), kind == Some(NormalizationType::LN))
}

/// Every tensor with its name, as views; what a tied unembedding shares with the embedding is left out.
pub(crate) fn state_dict<'w>(cfg: &HookedTransformerConfig, w: &'w Weights) -> Vec<(String, ArrayViewD<'w, f32>)> {
    let Parts { first, stacked, last } = parts(cfg, w);
    let mut dict: Vec<_> = named(first).collect();
    for layer in 0..cfg.n_layers {
        dict.extend(stacked.iter().map(|(part, all)| (format!("blocks.{layer}.{part}"), all.of_layer(layer))));
    }
    dict.extend(named(last));
    dict
}

/// The same, to be changed in place.
pub(crate) fn state_dict_mut<'w>(
    cfg: &HookedTransformerConfig,
    w: &'w mut Weights,
) -> Vec<(String, ArrayViewMutD<'w, f32>)> {
    let PartsMut { first, stacked, last } = parts_mut(cfg, w);
    let mut dict: Vec<_> = named(first).collect();
    let mut rest = stacked;
    for layer in 0..cfg.n_layers {
        let mut later = Vec::with_capacity(rest.len());
        for (part, all) in rest {
            let (of_layer, others) = all.split_at(Axis(0), 1);
            dict.push((format!("blocks.{layer}.{part}"), of_layer.index_axis_move(Axis(0), 0)));
            later.push((part, others));
        }
        rest = later;
    }
    dict.extend(named(last));
    dict
}

/// The tensors of all layers of a part, such as `attn.W_Q`, with a layer axis in front.
pub(crate) fn stacked<'w>(cfg: &HookedTransformerConfig, w: &'w Weights, part: &str) -> Option<ArrayViewD<'w, f32>> {
    parts(cfg, w).stacked.into_iter().find(|(name, _)| *name == part).map(|(_, all)| all.all())
}

/// The names of a model's tensors, in the order of its state dict.
pub(crate) fn names(cfg: &HookedTransformerConfig, w: &Weights) -> Vec<String> {
    let Parts { first, stacked, last } = parts(cfg, w);
    let outside = |tensors: Vec<(&str, _)>| tensors.into_iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>();
    let of_layer = |layer| stacked.iter().map(move |(part, _)| format!("blocks.{layer}.{part}"));
    let mut names = outside(first);
    names.extend((0..cfg.n_layers).flat_map(of_layer));
    names.extend(outside(last));
    names
}

fn named<V>(tensors: Vec<(&'static str, V)>) -> impl Iterator<Item = (String, V)> {
    tensors.into_iter().map(|(name, value)| (name.to_string(), value))
}

/// Defines the list of all tensors: those before the blocks, those of the blocks with a layer axis in front, and those
/// after the blocks. Once for reading and once for writing.
macro_rules! define_parts {
    ($name:ident, $parts:ident, $weights:ty, $view_type:ident, $view:ident, $get:ident, $stack_type:ty, $stack:ident) => {
        struct $parts<'w> {
            first: Vec<(&'static str, $view_type<'w, f32>)>,
            stacked: Vec<(&'static str, $stack_type)>,
            last: Vec<(&'static str, $view_type<'w, f32>)>,
        }

        fn $name<'w>(cfg: &HookedTransformerConfig, w: $weights) -> $parts<'w> {
            let mut first = vec![("embed.W_E", w.W_E.$view().into_dyn())];
            let mut stacked = vec![
                ("attn.W_Q", w.W_Q.$stack()),
                ("attn.W_K", w.W_K.$stack()),
                ("attn.W_V", w.W_V.$stack()),
                ("attn.W_O", w.W_O.$stack()),
                ("attn.b_Q", w.b_Q.$stack()),
                ("attn.b_K", w.b_K.$stack()),
                ("attn.b_V", w.b_V.$stack()),
                ("attn.b_O", w.b_O.$stack()),
            ];
            let mut last = Vec::new();
            let of_model = |name, value: $view_type<'w, f32>| (name, value.index_axis_move(Axis(0), 0));
            first.extend(w.ln_embed.w.$get().map(|w| of_model("embed.ln.w", w.$view().into_dyn())));
            first.extend(w.ln_embed.b.$get().map(|b| of_model("embed.ln.b", b.$view().into_dyn())));
            first.extend(w.W_pos.$get().map(|W_pos| ("pos_embed.W_pos", W_pos.$view().into_dyn())));
            stacked.extend(w.ln1.w.$get().map(|w| ("ln1.w", w.$stack())));
            stacked.extend(w.ln1.b.$get().map(|b| ("ln1.b", b.$stack())));
            stacked.extend(w.ln2.w.$get().map(|w| ("ln2.w", w.$stack())));
            stacked.extend(w.ln2.b.$get().map(|b| ("ln2.b", b.$stack())));
            stacked.extend(w.ln1_post.w.$get().map(|w| ("ln1_post.w", w.$stack())));
            stacked.extend(w.ln1_post.b.$get().map(|b| ("ln1_post.b", b.$stack())));
            stacked.extend(w.ln2_post.w.$get().map(|w| ("ln2_post.w", w.$stack())));
            stacked.extend(w.ln2_post.b.$get().map(|b| ("ln2_post.b", b.$stack())));
            stacked.extend(w.q_norm.$get().map(|w| ("attn.q_norm.w", w.$stack())));
            stacked.extend(w.k_norm.$get().map(|w| ("attn.k_norm.w", w.$stack())));
            if let Some(mlp) = w.mlp.$get() {
                stacked.push(("mlp.W_in", mlp.W_in.$stack()));
                stacked.extend(mlp.W_gate.$get().map(|W_gate| ("mlp.W_gate", W_gate.$stack())));
                stacked.push(("mlp.b_in", mlp.b_in.$stack()));
                stacked.push(("mlp.W_out", mlp.W_out.$stack()));
                stacked.push(("mlp.b_out", mlp.b_out.$stack()));
                stacked.extend(mlp.ln.w.$get().map(|w| ("mlp.ln.w", w.$stack())));
                stacked.extend(mlp.ln.b.$get().map(|b| ("mlp.ln.b", b.$stack())));
            }
            last.extend(w.ln_final.w.$get().map(|w| of_model("ln_final.w", w.$view().into_dyn())));
            last.extend(w.ln_final.b.$get().map(|b| of_model("ln_final.b", b.$view().into_dyn())));
            if !cfg.tie_word_embeddings {
                last.push((UNEMBEDDING, w.W_U.$view().into_dyn()));
            }
            last.push(("unembed.b_U", w.b_U.$view().into_dyn()));
            $parts { first, stacked, last }
        }
    };
}
define_parts!(parts, Parts, &'w Weights, ArrayViewD, view, as_ref, &'w dyn Stacked, by_layer);
define_parts!(parts_mut, PartsMut, &'w mut Weights, ArrayViewMutD, view_mut, as_mut, ArrayViewMutD<'w, f32>, all_mut);
