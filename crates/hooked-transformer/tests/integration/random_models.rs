//! Random models for property tests: every flag of the configuration at random, and no parameter that is zero.

use std::fmt;

use hooked_transformer::{
    ActivationFunction, AttentionDir, AttnType, HookedTransformer, HookedTransformerConfig, NormalizationType,
    PositionalEmbeddingType, RotaryScaling, Tokens,
};
use ndarray::{Array2, ArrayD};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A model, and a batch of two texts as long as it reads.
#[derive(Clone)]
pub struct Case {
    pub model: HookedTransformer,
    pub tokens: Tokens,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{}", self.model.cfg(), self.tokens)
    }
}

/// Models over the product of the configuration's flags.
pub fn cases() -> impl Strategy<Value = Case> {
    any::<u64>().prop_filter_map("the configuration contradicts itself", case)
}

/// One of them, always the same.
pub fn first() -> Case {
    (0..).find_map(case).expect("some configuration is accepted")
}

/// The model that belongs to this seed, unless its configuration is refused.
fn case(seed: u64) -> Option<Case> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let cfg = config(&mut rng);
    cfg.validate().ok()?;
    // The names and shapes of the parameters come from a model that is thrown away.
    let shapes = HookedTransformer::from_config(cfg.clone()).unwrap();
    let parameters: Vec<(String, ArrayD<f32>)> = shapes
        .state_dict()
        .into_iter()
        .map(|(name, like)| {
            let gain = name.ends_with(".w");
            let spread = if like.ndim() > 1 { 1.0 / (cfg.d_model as f32).sqrt() } else { 0.5 };
            let value = |rng: &mut ChaCha8Rng| spread * unit(rng) + if gain { 1.0 } else { 0.0 };
            (name, like.mapv(|_| value(&mut rng)))
        })
        .collect();
    let find = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, values)| values.view());
    let model = HookedTransformer::from_state_dict(cfg, find).unwrap();
    let n_pos = model.cfg().n_ctx;
    let d_vocab = model.cfg().d_vocab.min(model.cfg().d_vocab_out());
    let tokens = Array2::from_shape_simple_fn((2, n_pos), || below(&mut rng, d_vocab));
    Some(Case { model, tokens })
}

fn config(rng: &mut ChaCha8Rng) -> HookedTransformerConfig {
    use NormalizationType::{LN, LNPre, RMS, RMSPre};
    use PositionalEmbeddingType::{Alibi, Rotary, Shortformer, Standard};
    let n_layers = 1 + below(rng, 3);
    let (d_model, d_head, n_ctx) = (3 + below(rng, 10), 2 + below(rng, 6), 2 + below(rng, 6));
    let n_heads = 1 + below(rng, 4);
    let divisors: Vec<usize> = (1..=n_heads).filter(|d| n_heads.is_multiple_of(*d)).collect();
    let scaling = [
        None,
        Some(RotaryScaling::Linear { factor: 2.5 }),
        Some(RotaryScaling::Llama3 { factor: 4.0, low_freq_factor: 1.0, high_freq_factor: 4.0, original_n_ctx: 8 }),
    ];
    let tie_word_embeddings = one_in(rng, 5);
    use ActivationFunction::*;
    let act_fns = [Relu, Gelu, GeluNew, GeluFast, GeluPytorchTanh, Silu, Solu, SoluLn];
    HookedTransformerConfig {
        n_heads,
        d_vocab_out: (!tie_word_embeddings && one_in(rng, 4)).then_some(11),
        d_mlp: one_in(rng, 2).then(|| 1 + below(rng, 9)),
        act_fn: Some(pick(rng, &act_fns)),
        eps: pick(rng, &[1e-5, 1e-3]),
        normalization_type: pick(rng, &[None, Some(LN), Some(LNPre), Some(RMS), Some(RMSPre)]),
        positional_embedding_type: pick(rng, &[Standard, Shortformer, Rotary, Alibi]),
        attention_dir: if one_in(rng, 6) { AttentionDir::Bidirectional } else { AttentionDir::Causal },
        attn_only: one_in(rng, 4),
        parallel_attn_mlp: one_in(rng, 4),
        gated_mlp: one_in(rng, 3),
        use_attn_scale: !one_in(rng, 4),
        attn_scale: one_in(rng, 4).then_some(1.7),
        scale_attn_by_inverse_layer_idx: one_in(rng, 4),
        n_key_value_heads: one_in(rng, 2).then(|| pick(rng, &divisors)),
        ungroup_grouped_query_attention: one_in(rng, 3),
        use_local_attn: one_in(rng, 3),
        window_size: Some(1 + below(rng, 4)),
        attn_types: Some((0..n_layers).map(|_| pick(rng, &[AttnType::Global, AttnType::Local])).collect()),
        rotary_dim: one_in(rng, 2).then_some(2),
        rotary_base: pick(rng, &[10_000.0, 100.0]),
        rotary_base_local: one_in(rng, 3).then_some(50.0),
        rotary_adjacent_pairs: one_in(rng, 2),
        rotary_scaling: pick(rng, &scaling),
        use_qk_norm: one_in(rng, 3),
        post_embedding_ln: one_in(rng, 4),
        use_normalization_before_and_after: one_in(rng, 3),
        final_rms: one_in(rng, 3),
        attn_scores_soft_cap: one_in(rng, 4).then_some(3.0),
        output_logits_soft_cap: one_in(rng, 5).then_some(4.0),
        tie_word_embeddings,
        seed: Some(0),
        ..HookedTransformerConfig::new(n_layers, d_model, d_head, n_ctx, 13)
    }
}

fn below(rng: &mut ChaCha8Rng, end: usize) -> usize {
    (rng.next_u64() % end as u64) as usize
}

fn one_in(rng: &mut ChaCha8Rng, n: usize) -> bool {
    below(rng, n) == 0
}

fn pick<T: Clone>(rng: &mut ChaCha8Rng, of: &[T]) -> T {
    of[below(rng, of.len())].clone()
}

/// In (-1, 1), and never zero.
fn unit(rng: &mut ChaCha8Rng) -> f32 {
    let magnitude = (1 + below(rng, 1000)) as f32 / 1001.0;
    if one_in(rng, 2) { magnitude } else { -magnitude }
}
