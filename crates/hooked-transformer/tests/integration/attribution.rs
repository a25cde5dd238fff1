//! Attribution patching, gradient times activation and integrated gradients: where the model is linear they are exact,
//! for small changes nearly so, and integrated gradients add up.

use approx::abs_diff_eq;
use hooked_transformer::analysis::{
    PatchAxis, attribution, generic_activation_patch, generic_attribution_patch, gradient_times_activation,
    integrated_gradients,
};
use hooked_transformer::{ActivationCache, Error, HookedTransformer, Scalar, Tokens, fwd_hook};
use ndarray::{ArrayD, ArrayView3, Axis, Ix3, Ix4, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::fixtures::random_model;

fn clean() -> Tokens {
    array![[0, 3, 7, 1, 9, 4]]
}

fn corrupted() -> Tokens {
    array![[0, 3, 8, 1, 9, 4]]
}

fn scalar() -> Scalar<'static> {
    Scalar::logit_diff(-1, 5, 2)
}

fn metric(logits: &ArrayView3<'_, f32>) -> f32 {
    let last = logits.index_axis(Axis(1), logits.dim().1 - 1);
    (&last.column(5) - &last.column(2)).mean().unwrap()
}

/// The change of the metric, measured and to first order, by places of an activation.
fn both(
    model: &HookedTransformer,
    corrupted: &Tokens,
    clean: &ActivationCache,
    activation: &str,
    axes: &[PatchAxis],
) -> (ArrayD<f32>, ArrayD<f32>) {
    let unedited = metric(&model.forward(corrupted).unwrap().view());
    let measured = generic_activation_patch(model, corrupted, clean, metric, activation, axes).unwrap() - unedited;
    let estimated = generic_attribution_patch(model, corrupted, clean, scalar(), activation, axes).unwrap();
    assert_eq!(measured.shape(), estimated.shape(), "{activation}");
    (measured, estimated)
}

/// Largest difference relative to the largest effect.
fn difference(measured: &ArrayD<f32>, estimated: &ArrayD<f32>) -> f32 {
    let largest = measured.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    let differences = measured.iter().zip(estimated).map(|(m, e)| (m - e).abs() / largest);
    differences.fold(0.0, |worst, d| if d.is_nan() { f32::INFINITY } else { worst.max(d) })
}

const TARGETS: [(&str, &[PatchAxis]); 9] = [
    ("resid_pre", &[PatchAxis::Pos]),
    ("resid_mid", &[PatchAxis::Pos]),
    ("attn_out", &[PatchAxis::Pos]),
    ("mlp_out", &[PatchAxis::Pos]),
    ("z", &[PatchAxis::Pos, PatchAxis::Head]),
    ("q", &[PatchAxis::Head]),
    ("k", &[PatchAxis::Pos, PatchAxis::Head]),
    ("v", &[PatchAxis::Head, PatchAxis::Pos]),
    ("pattern", &[PatchAxis::Head, PatchAxis::QueryPos, PatchAxis::KeyPos]),
];

/// In the last layer of a model without norms and MLPs, logits are linear in values, patterns, `z` and what heads write.
#[test]
fn attribution_is_exact_where_the_model_is_linear() {
    let (model, _) = random_model("shortformer_attn_only_none");
    let (_, clean) = model.run_with_cache(clean()).unwrap();
    for (activation, axes) in TARGETS {
        if !["v", "z", "pattern", "attn_out"].contains(&activation) {
            continue;
        }
        let (measured, estimated) = both(&model, &corrupted(), &clean, activation, axes);
        let [measured, estimated] = [measured, estimated].map(|effects| effects.index_axis_move(Axis(0), 1));
        assert!(difference(&measured, &estimated) <= 1e-4, "{activation}: {measured} {estimated}");
    }
}

/// For a small change of every activation the first order is nearly all there is.
#[test]
fn attribution_is_near_patching_for_small_changes() {
    for name in ["ln_gelu_new", "llama", "rms_silu"] {
        let (model, _) = random_model(name);
        let (_, cache) = model.run_with_cache(corrupted()).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut nearby = |x: f32| x + 0.01 * ((rng.next_u32() >> 8) as f32 / (1 << 24) as f32 - 0.4);
        let moved = cache.iter().map(|(name, value)| (name.to_string(), value.mapv(&mut nearby).into_owned()));
        let clean = ActivationCache::from_arrays(moved.collect::<Vec<_>>());
        for (activation, axes) in TARGETS {
            let (measured, estimated) = both(&model, &corrupted(), &clean, activation, axes);
            let difference = difference(&measured, &estimated);
            assert!(difference <= 0.05, "{name} {activation}: {difference}");
        }
    }
}

/// The ready-made functions are the general one with their activation and axes.
#[test]
fn every_target_has_its_function() {
    use PatchAxis::{Head, KeyPos, Pos, QueryPos};
    let (model, _) = random_model("llama");
    let (_, clean) = model.run_with_cache(clean()).unwrap();
    let of = |activation, axes: &[PatchAxis]| {
        generic_attribution_patch(&model, corrupted(), &clean, scalar(), activation, axes).unwrap()
    };
    macro_rules! same {
        ($($name:ident: $activation:literal, $axes:expr;)*) => {$(
            let got = attribution::$name(&model, corrupted(), &clean, scalar()).unwrap().into_dyn();
            assert_eq!(got, of($activation, &$axes), stringify!($name));
        )*};
    }
    same! {
        get_attr_patch_resid_pre: "resid_pre", [Pos];
        get_attr_patch_resid_mid: "resid_mid", [Pos];
        get_attr_patch_attn_out: "attn_out", [Pos];
        get_attr_patch_mlp_out: "mlp_out", [Pos];
        get_attr_patch_attn_head_out_by_pos: "z", [Pos, Head];
        get_attr_patch_attn_head_q_by_pos: "q", [Pos, Head];
        get_attr_patch_attn_head_k_by_pos: "k", [Pos, Head];
        get_attr_patch_attn_head_v_by_pos: "v", [Pos, Head];
        get_attr_patch_attn_head_pattern_by_pos: "pattern", [Head, QueryPos];
        get_attr_patch_attn_head_out_all_pos: "z", [Head];
        get_attr_patch_attn_head_q_all_pos: "q", [Head];
        get_attr_patch_attn_head_k_all_pos: "k", [Head];
        get_attr_patch_attn_head_v_all_pos: "v", [Head];
        get_attr_patch_attn_head_pattern_all_pos: "pattern", [Head];
        get_attr_patch_attn_head_pattern_dest_src_pos: "pattern", [Head, QueryPos, KeyPos];
    }
    let every = attribution::get_attr_patch_block_every(&model, corrupted(), &clean, scalar()).unwrap();
    assert_eq!(every.index_axis(Axis(0), 2).into_dyn(), of("mlp_out", &[Pos]));
    let every = attribution::get_attr_patch_attn_head_all_pos_every(&model, corrupted(), &clean, scalar()).unwrap();
    assert_eq!(every.dim(), (5, 2, 4));
    assert_eq!(every.index_axis(Axis(0), 1).into_dyn(), of("q", &[Head]));
    // Two key-value heads of four.
    assert_eq!(every.slice(ndarray::s![2, .., ..2]).into_dyn(), of("k", &[Head]));
    assert!(every.slice(ndarray::s![2, .., 2..]).iter().all(|&x| x == 0.0));
    let every = attribution::get_attr_patch_attn_head_by_pos_every(&model, corrupted(), &clean, scalar()).unwrap();
    assert_eq!(every.dim(), (5, 2, 6, 4));
    let pattern = of("pattern", &[Head, QueryPos]).into_dimensionality::<Ix3>().unwrap();
    assert_eq!(every.index_axis(Axis(0), 4), pattern.permuted_axes([0, 2, 1]));
    assert_eq!(every.index_axis(Axis(0), 0).into_dyn(), of("z", &[Pos, Head]));
}

#[test]
fn a_clean_cache_that_does_not_fit_is_refused() {
    let (model, _) = random_model("ln_gelu_new");
    let (_, short) = model.run_with_cache(array![[0, 3, 7]]).unwrap();
    let error = attribution::get_attr_patch_resid_pre(&model, corrupted(), &short, scalar()).unwrap_err();
    assert!(matches!(error, Error::Shape { .. }), "{error}");
    let without = ActivationCache::new();
    assert!(attribution::get_attr_patch_resid_pre(&model, corrupted(), &without, scalar()).is_err());
    let (_, cache) = model.run_with_cache(clean()).unwrap();
    let axes = [PatchAxis::Head];
    assert!(generic_attribution_patch(&model, corrupted(), &cache, scalar(), "resid_pre", &axes).is_err());
}

/// What a head writes, times its gradient, is what its `z` has.
#[test]
fn gradient_times_activation_by_component() {
    let (model, _) = random_model("ln_gelu_new");
    let effects = gradient_times_activation(&model, corrupted(), scalar()).unwrap();
    let labels = ["embed", "pos_embed", "L0H0", "L0H1", "0_mlp_out", "L1H0", "L1H1", "1_mlp_out"];
    assert_eq!(effects.labels, labels);
    assert_eq!(effects.values.dim(), (8, 6));
    let names = ["blocks.1.attn.hook_result", "blocks.1.hook_mlp_out", "hook_pos_embed"];
    let run = model.run(corrupted()).names_filter(names).backward(scalar()).activations(names);
    let (grads, cache) = run.grads_and_cache().unwrap();
    let result = &cache.view::<Ix4>(names[0]) * &grads.activations().view::<Ix4>(names[0]);
    for (label, want) in [
        ("L1H1", result.sum_axis(Axis(3)).index_axis(Axis(0), 0).column(1).to_owned()),
        ("1_mlp_out", (&cache[names[1]] * &grads[names[1]]).sum_axis(Axis(2)).into_shape_with_order(6).unwrap()),
        ("pos_embed", (&cache[names[2]] * &grads[names[2]]).sum_axis(Axis(2)).into_shape_with_order(6).unwrap()),
    ] {
        let got = effects.of(label).unwrap();
        assert!(abs_diff_eq!(got, want, epsilon = 1e-5), "{label}: {got} {want}");
    }
    assert!(effects.of("L2H0").is_none());
}

#[test]
fn integrated_gradients_add_up() {
    let (model, _) = random_model("ln_gelu_new");
    let [(_, from), (_, to)] = [corrupted(), clean()].map(|tokens| model.run_with_cache(tokens).unwrap());
    let name = ("resid_pre", 0);
    let ends = (from[name].view(), to[name].view());
    let gap = |steps| integrated_gradients(&model, corrupted(), name, ends.clone(), scalar(), steps).unwrap().gap();
    let found = integrated_gradients(&model, corrupted(), name, ends.clone(), scalar(), 64).unwrap();
    let patched = |cache: &ActivationCache| {
        let set = fwd_hook(name, |mut x, _| x.assign(&cache[name]));
        metric(&model.run_with_hooks(corrupted(), [set]).unwrap().view())
    };
    assert!((found.from - patched(&from)).abs() <= 1e-5 && (found.to - patched(&to)).abs() <= 1e-5);
    let change = (found.to - found.from).abs();
    assert!(change > 0.1, "a test needs an effect");
    assert!(found.gap() <= 1e-2 * change, "{} of {change}", found.gap());
    assert!(gap(1) > found.gap());
    // Positions where both inputs agree contribute nothing.
    assert!(found.attributions.index_axis(Axis(1), 1).iter().all(|&x| x == 0.0));

    let error = integrated_gradients(&model, corrupted(), name, ends.clone(), scalar(), 0).unwrap_err();
    assert!(error.to_string().contains("steps"));
    let wrong = (from[("z", 0)].view(), to[("z", 0)].view());
    assert!(matches!(integrated_gradients(&model, corrupted(), name, wrong, scalar(), 1), Err(Error::Shape { .. })));
}

/// Where the scalar is linear in the activation, a single step is exact.
#[test]
fn one_step_is_enough_for_a_linear_scalar() {
    let (model, _) = random_model("shortformer_attn_only_none");
    let [(_, from), (_, to)] = [corrupted(), clean()].map(|tokens| model.run_with_cache(tokens).unwrap());
    let name = ("z", 1);
    let ends = (from[name].view(), to[name].view());
    let found = integrated_gradients(&model, corrupted(), name, ends, scalar(), 1).unwrap();
    assert!(found.gap() <= 1e-5, "{}", found.gap());
}
