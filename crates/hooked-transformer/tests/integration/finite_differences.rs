//! Gradients of weights against differences of the scalar itself, where the classic library has no counterpart: norms of
//! queries and keys, norms after attention and MLP, a norm of the embeddings, stretched rotations, padding on the left,
//! and hooks that edit.
//!
//! The scalar is a weighted sum of logits, added up in double precision, and the difference is one of fourth order, so
//! that the step can be large and rounding small beside it.

use hooked_transformer::{
    AttnType, Edits, FwdHook, HookedTransformer, HookedTransformerConfig, NormalizationType, PositionalEmbeddingType,
    RotaryScaling, Run, Scalar, fwd_hook,
};
use ndarray::{Array2, Array3, ArrayView3, array, s};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Of the gradient's length times the direction's.
const TOLERANCE: f64 = 1e-4;

/// A gradient that is zero by symmetry (that of `b_K`, which softmax takes away) has no length of its own.
const LEAST_NORM: f64 = 0.5;

/// A model of two layers with every parameter random, biases and gains included.
fn random(cfg: HookedTransformerConfig) -> HookedTransformer {
    let mut model = HookedTransformer::from_config(cfg).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    model.update_parameters(|parameters| {
        for (name, mut values) in parameters {
            let gain = name.ends_with(".w");
            let scale = if name.contains("W_E") || name.contains("W_pos") { 0.8 } else { 0.3 };
            values.mapv_inplace(|_| if gain { 1.0 } else { 0.0 } + scale * (2.0 * uniform(&mut rng) - 1.0));
        }
    });
    model
}

fn uniform(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

fn base() -> HookedTransformerConfig {
    HookedTransformerConfig { d_mlp: Some(14), seed: Some(1), ..HookedTransformerConfig::new(2, 12, 6, 17, 23) }
}

fn tokens() -> Array2<usize> {
    array![[0, 5, 9, 22, 5, 1], [3, 3, 17, 8, 2, 11]]
}

/// Weights of the logits, `[batch, pos, d_vocab]`; zero where `real` is false.
fn coefficients(real: Option<&Array2<bool>>) -> Array3<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut all = Array3::from_shape_simple_fn((2, 6, 23), || uniform(&mut rng) - 0.4);
    for ((b, p), real) in real.into_iter().flat_map(|real| real.indexed_iter()) {
        if !real {
            all.slice_mut(s![b, p, ..]).fill(0.0);
        }
    }
    all
}

/// Makes a hook for one run.
type MakeHook = fn() -> FwdHook<'static>;

fn run<'a>(model: &'a HookedTransformer, real: Option<&Array2<bool>>, hook: Option<MakeHook>) -> Run<'a> {
    let run = model.run(tokens()).hooks(hook.map(|hook| hook()));
    match real {
        Some(real) => run.attention_mask(real.clone()),
        None => run,
    }
}

/// Compares the gradient by each tensor, along a random direction, with the difference of the scalar.
fn check(model: &HookedTransformer, real: Option<Array2<bool>>, hook: Option<MakeHook>, edits: Option<Edits>) {
    let coefficients = coefficients(real.as_ref());
    let scalar = |model: &HookedTransformer| -> f64 {
        let logits = run(model, real.as_ref(), hook).logits().unwrap();
        logits.iter().zip(&coefficients).map(|(logit, c)| f64::from(*logit) * f64::from(*c)).sum()
    };
    let of_logits = |logits: &ArrayView3<'_, f32>| ((logits * &coefficients).sum(), coefficients.clone());
    let mut backward = run(model, real.as_ref(), hook).backward(Scalar::of_logits(of_logits)).all_weights();
    if let Some(edits) = edits {
        backward = backward.edits(edits);
    }
    let grads = backward.grads().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let named = grads.weights();
    assert_eq!(named.len(), model.state_dict().len());
    for (name, gradient) in named {
        let direction: Vec<f32> = gradient.iter().map(|_| 2.0 * uniform(&mut rng) - 1.0).collect();
        let length = direction.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        let step = 0.05 / length as f32;
        let at = |steps: f32| {
            let mut moved = model.clone();
            moved.update_parameters(|parameters| {
                let (_, mut values) = parameters.into_iter().find(|(other, _)| *other == name).unwrap();
                values.iter_mut().zip(&direction).for_each(|(w, d)| *w += steps * step * d);
            });
            scalar(&moved)
        };
        let want = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * f64::from(step));
        let got: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
        let norm = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt().max(LEAST_NORM);
        let difference = (got - want).abs() / (norm * length);
        assert!(
            difference <= TOLERANCE,
            "{name}: the gradient says {got}, the difference {want}: {difference:.1e} of {norm:.1e} * {length:.1e}"
        );
    }
}

#[test]
fn gemma_with_norms_after_and_soft_caps() {
    let cfg = HookedTransformerConfig {
        normalization_type: Some(NormalizationType::RMS),
        use_normalization_before_and_after: true,
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        n_heads: 4,
        n_key_value_heads: Some(2),
        gated_mlp: true,
        attn_scores_soft_cap: Some(1.5),
        output_logits_soft_cap: Some(3.0),
        tie_word_embeddings: true,
        ..base()
    };
    check(&random(cfg), None, None, None);
}

#[test]
fn layer_norms_after_and_a_final_rms_norm() {
    let cfg = HookedTransformerConfig { use_normalization_before_and_after: true, final_rms: true, ..base() };
    check(&random(cfg), None, None, None);
}

#[test]
fn norms_of_queries_and_keys_with_two_rotation_bases() {
    let cfg = HookedTransformerConfig {
        normalization_type: Some(NormalizationType::RMS),
        use_qk_norm: true,
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        rotary_base_local: Some(50.0),
        rotary_scaling: Some(RotaryScaling::Linear { factor: 4.0 }),
        use_local_attn: true,
        window_size: Some(3),
        attn_types: Some(vec![AttnType::Local, AttnType::Global]),
        ..base()
    };
    check(&random(cfg), None, None, None);
}

#[test]
fn norms_of_queries_and_keys_without_rotation() {
    check(&random(HookedTransformerConfig { use_qk_norm: true, ..base() }), None, None, None);
}

#[test]
fn rotation_stretched_by_parts() {
    let cfg = HookedTransformerConfig {
        positional_embedding_type: PositionalEmbeddingType::Rotary,
        rotary_scaling: Some(RotaryScaling::Llama3 {
            factor: 8.0,
            low_freq_factor: 1.0,
            high_freq_factor: 4.0,
            original_n_ctx: 8,
        }),
        ..base()
    };
    check(&random(cfg), None, None, None);
}

#[test]
fn bloom_with_a_norm_of_the_embeddings() {
    let cfg = HookedTransformerConfig {
        post_embedding_ln: true,
        positional_embedding_type: PositionalEmbeddingType::Alibi,
        ..base()
    };
    check(&random(cfg), None, None, None);
}

#[test]
fn padding_on_the_left() {
    let real = array![[false, false, true, true, true, true], [true, true, true, true, true, true]];
    check(&random(base()), Some(real), None, None);
}

/// What a hook adds does not depend on the weights, so the gradient upstream passes through.
#[test]
fn a_steering_vector_passes_gradients_through() {
    let steer = || fwd_hook(("resid_pre", 1), |mut x, _| x += 0.7);
    check(&random(base()), None, Some(steer), Some(Edits::PassThrough));
}

/// What is overwritten no longer depends on the weights, so the gradient upstream stops there, and only there.
#[test]
fn an_overwritten_head_stops_gradients() {
    let ablate = || fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.25));
    check(&random(base()), None, Some(ablate), Some(Edits::Stop));
}

/// The points whose derivative is written in terms of the value itself: it must be the value before the edit.
#[test]
fn edits_of_scale_pattern_and_scores_keep_the_derivative_of_what_was_computed() {
    let add: MakeHook = || fwd_hook(("scale", 1, "ln1"), |mut x, _| x += 0.4);
    check(&random(base()), None, Some(add), Some(Edits::PassThrough));
    let add: MakeHook = || fwd_hook(("pattern", 1), |mut x, _| x += 0.1);
    check(&random(base()), None, Some(add), Some(Edits::PassThrough));
    let add: MakeHook =
        || fwd_hook(("attn_scores", 1), |mut x, _| x.mapv_inplace(|s| if s == f32::NEG_INFINITY { 0.3 } else { s }));
    // A hidden score does not depend on its key, even where a hook gives it a number.
    check(&random(base()), None, Some(add), Some(Edits::PassThrough));
    check(&random(base()), None, Some(add), Some(Edits::Stop));
    let set: MakeHook = || fwd_hook(("scale", 0, "ln2"), |mut x, _| x.fill(1.3));
    check(&random(base()), None, Some(set), Some(Edits::Stop));
}

/// The same for the norms of queries and keys, with both meanings of an edit.
#[test]
fn edits_of_normalized_queries_and_keys_keep_the_derivative_of_what_was_computed() {
    let model = random(HookedTransformerConfig { use_qk_norm: true, ..base() });
    let add: MakeHook = || fwd_hook("blocks.1.attn.q_norm.hook_scale", |mut x, _| x += 0.4);
    check(&model, None, Some(add), Some(Edits::PassThrough));
    let add: MakeHook = || fwd_hook("blocks.0.attn.k_norm.hook_normalized", |mut x, _| x += 0.3);
    check(&model, None, Some(add), Some(Edits::PassThrough));
    let set: MakeHook = || fwd_hook("blocks.1.attn.k_norm.hook_scale", |mut x, _| x.fill(1.3));
    check(&model, None, Some(set), Some(Edits::Stop));
    let set: MakeHook = || fwd_hook("blocks.0.attn.q_norm.hook_normalized", |mut x, _| x.fill(0.25));
    check(&model, None, Some(set), Some(Edits::Stop));
}
