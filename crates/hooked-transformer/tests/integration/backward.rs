//! Backward passes: properties that hold for every gradient, hooks on gradients, what edits mean, and what is refused.

use approx::abs_diff_eq;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use hooked_transformer::{
    ActivationFunction, Edits, Error, HookPoint, HookedTransformer, HookedTransformerConfig, KeyValueCache, Scalar,
    Tokens, bwd_hook, fwd_hook,
};
use ndarray::{Array3, ArrayView3, ArrayViewD, ArrayViewMutD, Axis, Ix3, Ix4, array, s};

use crate::architectures;
use crate::fixtures::{close, random_model};

fn a_model() -> HookedTransformer {
    random_model("ln_gelu_new").0
}

fn tokens() -> Tokens {
    array![[0, 3, 7, 1, 9]]
}

fn near(got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>) -> bool {
    near_beside(5e-2, got, want)
}

/// A gradient that is zero by symmetry has no size of its own: it is measured by others, of this size.
fn near_beside(size: f32, got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>) -> bool {
    let size = largest(want.view()).max(size);
    close(got, want, 1e-5 * size, 1e-4)
}

fn largest(x: ArrayViewD<'_, f32>) -> f32 {
    x.iter().fold(0.0, |largest, x| largest.max(x.abs()))
}

/// Twice one scalar less three times another has twice the gradient of one less three times that of the other.
#[test]
fn gradients_are_linear_in_the_scalar() {
    for (name, model, tokens) in architectures::all() {
        let sum = |logits: &ArrayView3<'_, f32>, a: f32, b: f32| {
            let mut d = Array3::zeros(logits.raw_dim());
            d.slice_mut(s![.., 2, 4]).fill(a);
            d.slice_mut(s![1, 3, ..]).fill(b);
            ((logits * &d).sum(), d)
        };
        let grads = |a, b| {
            let scalar = Scalar::of_logits(move |logits| sum(logits, a, b));
            model.run(&tokens).backward(scalar).activations(|_: &str| true).all_weights().grads().unwrap()
        };
        let (one, other, both) = (grads(1.0, 0.0), grads(0.0, 1.0), grads(2.0, -3.0));
        let size = largest(both.weight("W_U").unwrap());
        let near = |got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>| near_beside(size, got, want);
        for ((weight, got), ((_, one), (_, other))) in
            both.weights().into_iter().zip(one.weights().into_iter().zip(other.weights()))
        {
            assert!(near(got, (&one * 2.0 - &other * 3.0).view()), "{name} {weight}");
        }
        for (point, got) in both.activations().iter() {
            assert!(near(got.view(), (&one[point] * 2.0 - &other[point] * 3.0).view()), "{name} {point}");
        }
    }
}

/// Hidden keys have no gradient; adding a number to all scores of a query, or to all logits of a position, changes
/// nothing; and neither does adding a number to every entry of a stream that a LayerNorm reads.
#[test]
fn sum_rules() {
    for (name, model, tokens) in architectures::all() {
        let grads =
            model.run(&tokens).backward(Scalar::loss()).all_weights().activations(|_: &str| true).grads().unwrap();
        let cache = model.run(&tokens).names_filter(|name: &str| name.ends_with("hook_attn_scores")).cache().unwrap();
        for layer in 0..model.cfg().n_layers {
            let d = grads.activations().view::<Ix4>(("attn_scores", layer));
            for (at, score) in cache.view::<Ix4>(("attn_scores", layer)).indexed_iter() {
                assert!(*score != f32::NEG_INFINITY || d[at] == 0.0, "{name}: a hidden score at {at:?}");
            }
            let largest = d.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
            let sums = d.sum_axis(Axis(3));
            assert!(sums.iter().all(|sum| sum.abs() <= 1e-5 * largest), "{name}: a row of scores");
        }
        let d_b_U = grads.weight("unembed.b_U").unwrap();
        if model.cfg().output_logits_soft_cap.is_none() {
            assert!(d_b_U.sum().abs() <= 1e-6, "{name}: d_b_U sums to {}", d_b_U.sum());
        }
        if model.cfg().final_normalization().is_some_and(|kind| kind.centers()) {
            let last = grads.activations().view::<Ix3>(("resid_post", -1));
            let sums = last.sum_axis(Axis(2));
            assert!(sums.iter().all(|sum| sum.abs() <= 1e-6), "{name}: the stream before the final LayerNorm");
        }
    }
}

/// Padding is not attended to, so nothing at it has a gradient, and the rest has that of the text by itself.
#[test]
fn padding_has_no_gradient() {
    for name in ["ln_gelu_new", "llama", "alibi", "shortformer_ln_mlp", "bidirectional"] {
        let (model, _) = random_model(name);
        let alone: Tokens = array![[4, 3, 7, 1]];
        let whole = model.run(&alone).backward(Scalar::loss()).grads().unwrap();
        for (padded, real, first) in [
            (array![[0, 0, 4, 3, 7, 1]], array![[false, false, true, true, true, true]], 2),
            (array![[4, 3, 7, 1, 0, 0]], array![[true, true, true, true, false, false]], 0),
        ] {
            let run = model.run(&padded).attention_mask(real).backward(Scalar::loss());
            let grads = run.activations(["hook_embed", "blocks.1.hook_resid_pre"]).grads().unwrap();
            for (point, d) in grads.activations().iter() {
                let d = d.view().into_dimensionality::<Ix3>().unwrap();
                let text = d.slice(s![.., first..first + 4, ..]);
                assert!(near(text.into_dyn(), whole[point].view()), "{name} {point}: the text");
                let around = [d.slice(s![.., ..first, ..]), d.slice(s![.., first + 4.., ..])];
                assert!(around.iter().all(|d| d.iter().all(|&d| d == 0.0)), "{name} {point}: the padding");
            }
        }
    }
}

/// Asking for less gives the same gradients, whatever is asked for.
#[test]
fn each_gradient_alone_is_that_of_the_whole() {
    let names = ["llama", "ln_solu_ln", "rotary_parallel", "shortformer_attn_only_none", "gated_ln"];
    for name in names.into_iter().chain(["qk_norm", "qk_norm_rotary"]) {
        let (model, _) = random_model(name);
        let whole = model
            .run(tokens())
            .backward(Scalar::loss())
            .activations(|n: &str| !n.ends_with("_input") && !n.ends_with("attn_in"))
            .all_weights();
        let whole = whole.grads().unwrap();
        for (point, want) in whole.activations().iter() {
            let alone = model.run(tokens()).backward(Scalar::loss()).activations(point).grads().unwrap();
            assert_eq!(alone.activations().len(), 1);
            assert!(near(alone[point].view(), want.view()), "{name} {point}");
        }
        for (weight, want) in whole.weights() {
            let alone = model.run(tokens()).backward(Scalar::loss()).weights(weight.as_str()).grads().unwrap();
            assert_eq!((alone.weights().len(), alone.activations().len()), (1, 0));
            assert!(near(alone.weight(weight.as_str()).unwrap(), want), "{name} {weight}");
        }
    }
}

/// Names and shapes are those of the cache of the same run.
#[test]
fn gradients_are_named_and_shaped_as_activations() {
    for (name, model, tokens) in architectures::all() {
        let (grads, cache) = model.run(&tokens).backward(Scalar::loss()).grads_and_cache().unwrap();
        let shapes = |cache: &hooked_transformer::ActivationCache| -> Vec<(String, Vec<usize>)> {
            cache.iter().map(|(name, value)| (name.to_string(), value.shape().to_vec())).collect()
        };
        assert_eq!(shapes(grads.activations()), shapes(&cache), "{name}");
        let loss = model.loss(&tokens).unwrap();
        assert!(abs_diff_eq!(grads.value(), loss, epsilon = 1e-5), "{name}: {} {loss}", grads.value());
        // The shape of an activation does not depend on what else is asked for.
        let all = model.run(&tokens).backward(Scalar::loss()).activations(|_: &str| true).grads().unwrap();
        for (point, gradient) in grads.activations().iter() {
            assert_eq!(all[point].shape(), gradient.shape(), "{name} {point}");
            assert!(near(all[point].view(), gradient.view()), "{name} {point}");
        }
    }
}

/// The separate inputs of heads: what they add up to is what the stream gets from attention.
#[test]
fn gradients_of_head_inputs_add_up() {
    let model = a_model();
    let asked = ["q_input", "k_input", "v_input", "attn_in", "attn_out", "resid_pre", "resid_mid"].map(|n| (n, 1));
    let grads = model.run(tokens()).backward(Scalar::loss()).activations(asked).grads().unwrap();
    let of = |name| grads.activations().view::<Ix4>((name, 1));
    let inputs = &of("q_input") + &of("k_input") + of("v_input");
    assert!(near(of("attn_in").into_dyn(), inputs.view().into_dyn()));
    let resid_pre = inputs.sum_axis(Axis(2)) + grads.activations().view::<Ix3>(("resid_mid", 1));
    assert!(near(grads[("resid_pre", 1)].view(), resid_pre.view().into_dyn()));
    // The same with the inputs taken apart in the forward pass.
    let split = fwd_hook(("q_input", 1), |_, _| {});
    let apart = model.run(tokens()).hook(split).backward(Scalar::loss()).activations(asked).grads().unwrap();
    for name in asked {
        assert!(near(grads[name].view(), apart[name].view()), "{name:?}");
    }
}

#[test]
fn a_run_from_the_middle_has_the_gradients_of_the_whole() {
    for name in ["ln_gelu_new", "shortformer_ln_mlp", "llama"] {
        let (model, _) = random_model(name);
        let (whole, cache) = model
            .run(tokens())
            .backward(Scalar::loss())
            .all_weights()
            .activations(("resid_pre", 1))
            .grads_and_cache()
            .unwrap();
        let stream = cache.view::<Ix3>(("resid_pre", 1)).to_owned();
        let run = model.run(stream).start_at_layer(1).tokens(tokens());
        let late = run.backward(Scalar::loss()).all_weights().activations(("resid_pre", 1)).grads().unwrap();
        assert!(near(late[("resid_pre", 1)].view(), whole[("resid_pre", 1)].view()), "{name}");
        for weight in [("W_Q", 1), ("W_O", 1), ("W_out", 1)] {
            assert!(near(late.weight(weight).unwrap(), whole.weight(weight).unwrap()), "{name} {weight:?}");
        }
        assert!(late.weight("W_E").unwrap().iter().all(|&d| d == 0.0));
    }
}

#[test]
fn scalars_are_what_they_say() {
    let model = a_model();
    let tokens: Tokens = array![[0, 3, 7, 1, 9], [2, 2, 8, 4, 6]];
    let logits = model.forward(&tokens).unwrap();
    let losses = model.run(&tokens).loss_per_token().unwrap();
    let value = |scalar| model.run(&tokens).backward(scalar).activations("hook_embed").grads().unwrap().value();
    let same = |got: f32, want: f32| assert!((got - want).abs() <= 1e-5, "got {got}, want {want}");
    same(value(Scalar::loss()), losses.mean().unwrap());
    same(value(Scalar::loss_at(2)), losses.column(2).mean().unwrap());
    same(value(Scalar::loss_at(1..3)), losses.slice(s![.., 1..3]).mean().unwrap());
    let counts = array![[false, true, true, false], [true, false, false, true]];
    let counted = (losses[[0, 1]] + losses[[0, 2]] + losses[[1, 0]] + losses[[1, 3]]) / 4.0;
    same(value(Scalar::loss_where(counts)), counted);
    same(value(Scalar::logit(-1, 5)), (logits[[0, 4, 5]] + logits[[1, 4, 5]]) / 2.0);
    let diff = (logits[[0, 3, 5]] - logits[[0, 3, 2]] + logits[[1, 3, 7]] - logits[[1, 3, 2]]) / 2.0;
    same(value(Scalar::logit_diff(3, [5, 7], 2)), diff);
    let two = Scalar::at([1, -1], |logits: &ArrayView3<'_, f32>| {
        assert_eq!(logits.dim(), (2, 2, 23));
        (logits[[1, 1, 6]], Array3::zeros(logits.raw_dim()))
    });
    same(value(two), logits[[1, 4, 6]]);
}

/// Writes its name down when it fires.
fn noting(
    log: &Arc<Mutex<Vec<&'static str>>>,
    name: &'static str,
) -> impl FnMut(ArrayViewMutD<'_, f32>, &HookPoint) + Send + 'static {
    let log = Arc::clone(log);
    move |_, _| log.lock().unwrap().push(name)
}

#[test]
fn backward_hooks_fire_in_order_lasting_before_scoped() {
    let model = a_model();
    let log = Arc::new(Mutex::new(Vec::new()));
    let lasting = model.add_bwd_hook(("z", 0), noting(&log, "lasting")).unwrap();
    let hooks = ["scoped 1", "scoped 2"].map(|name| bwd_hook(("z", 0), noting(&log, name)));
    model.run(tokens()).backward(Scalar::loss()).bwd_hooks(hooks).grads().unwrap();
    assert_eq!(*log.lock().unwrap(), ["lasting", "scoped 1", "scoped 2"]);
    // A forward pass fires none of them; a backward pass only those that last.
    log.lock().unwrap().clear();
    model.forward(tokens()).unwrap();
    assert!(log.lock().unwrap().is_empty());
    model.run(tokens()).backward(Scalar::loss()).weights("W_U").grads().unwrap();
    assert_eq!(*log.lock().unwrap(), ["lasting"]);
    assert_eq!(model.list_bwd_hooks(), [(lasting, vec!["blocks.0.attn.hook_z"])]);
    assert!(model.list_hooks().is_empty());
    // Handles of the two kinds are not mixed up.
    let forward = model.add_hook(("z", 0), |_, _| {}).unwrap();
    assert_ne!(forward, lasting);
    assert!(model.remove_hook(lasting));
    assert!(model.list_bwd_hooks().is_empty());
    assert_eq!(model.list_hooks().len(), 1);
    model.add_bwd_hook(("z", 0), |_, _| {}).unwrap();
    model.reset_hooks();
    assert!(model.list_bwd_hooks().is_empty() && model.list_hooks().is_empty());
}

#[test]
fn a_backward_hook_sees_the_gradient_and_its_edit_goes_on() {
    let model = a_model();
    let plain = model.run(tokens()).backward(Scalar::loss()).grads().unwrap();
    let mut seen = Vec::new();
    let hooks = [
        bwd_hook(("resid_post", 1), |mut grad, _| grad *= 3.0),
        bwd_hook(("resid_post", 1), |grad, hook| seen.push((hook.name().to_string(), grad.to_owned()))),
    ];
    let edited = model.run(tokens()).backward(Scalar::loss()).bwd_hooks(hooks).grads().unwrap();
    assert_eq!(seen[0].0, "blocks.1.hook_resid_post");
    assert!(near(seen[0].1.view(), (&plain[("resid_post", 1)] * 3.0).view()));
    // What is stored is what the hooks left, and everything below follows.
    for name in ["blocks.1.hook_resid_post", "blocks.1.attn.hook_q", "hook_embed"] {
        assert!(near(edited[name].view(), (&plain[name] * 3.0).view()), "{name}");
    }
    assert!(near(edited["ln_final.hook_scale"].view(), plain["ln_final.hook_scale"].view()));
    // Nothing goes through a gradient that is set to zero, neither one that is stored nor one that is not.
    for point in ["attn_out", "z", "pattern", "attn_scores", "result", "q_input"] {
        let both = [("attn_out", 0), (point, 1)].map(|at| bwd_hook(at, |mut grad, _| grad.fill(0.0)));
        let grads = model.run(tokens()).backward(Scalar::loss()).bwd_hooks(both).weights("W_Q").grads().unwrap();
        let d_W_Q = grads.weight(("W_Q", 1)).unwrap();
        assert_eq!(d_W_Q.iter().all(|&d| d == 0.0), point != "q_input", "{point}");
        assert!(grads.weight(("W_Q", 0)).unwrap().iter().all(|&d| d == 0.0), "{point}");
    }
}

#[test]
fn a_backward_hook_that_panics_leaves_the_model_usable() {
    let model = a_model();
    let want = model.run(tokens()).backward(Scalar::loss()).weights("W_E").grads().unwrap();
    let mut calls = 0;
    let lasting = model.add_bwd_hook(("z", 1), move |_, _| {
        calls += 1;
        assert!(calls > 1, "of a lasting hook");
    });
    let run = || model.run(tokens()).backward(Scalar::loss()).weights("W_E").grads();
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    let scoped = || {
        let hook = bwd_hook(("z", 0), |_, _| panic!("of a scoped hook"));
        model.run(tokens()).backward(Scalar::loss()).weights("W_E").bwd_hook(hook).grads()
    };
    let panic = catch_unwind(AssertUnwindSafe(scoped)).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"of a scoped hook"));
    assert!(near(run().unwrap().weight("W_E").unwrap(), want.weight("W_E").unwrap()));
    assert!(model.remove_hook(lasting.unwrap()));
}

/// The gradient at a point is that of the value that the model went on with.
#[test]
fn the_gradient_at_an_edited_point_is_that_of_the_edited_value() {
    let model = a_model();
    let (_, cache) = model.run_with_cache(tokens()).unwrap();
    let other = cache.view::<Ix3>(("resid_pre", 1)).mapv(|x| 0.5 * x - 0.2);
    let patch = fwd_hook(("resid_pre", 1), |mut x, _| x.assign(&other.view().into_dyn()));
    let patched = model.run(tokens()).hook(patch).backward(Scalar::loss()).activations(("resid_pre", 1)).grads();
    let run = model.run(other.clone()).start_at_layer(1).tokens(tokens());
    let want = run.backward(Scalar::loss()).activations(("resid_pre", 1)).grads().unwrap();
    assert!(near(patched.unwrap()[("resid_pre", 1)].view(), want[("resid_pre", 1)].view()));
}

#[test]
fn an_edit_needs_a_meaning_where_gradients_go_on() {
    let model = a_model();
    let ablate = || fwd_hook(("z", 1), |mut z, _| z.slice_mut(s![.., .., 0, ..]).fill(0.0));
    let below = || model.run(tokens()).hook(ablate()).backward(Scalar::loss()).activations(("resid_pre", 0));
    let message = below().grads().unwrap_err().to_string();
    for part in ["blocks.1.attn.hook_z", "Edits::PassThrough", "Edits::Stop", "25 of 50"] {
        assert!(message.contains(part), "{message}");
    }
    let [through, stopped] = [Edits::PassThrough, Edits::Stop].map(|edits| below().edits(edits).grads().unwrap());
    assert!(!near(through[("resid_pre", 0)].view(), stopped[("resid_pre", 0)].view()));
    // A hook that only looks, and an edit below which nothing is wanted, need none.
    let look = fwd_hook(("z", 1), |_, _| {});
    model.run(tokens()).hook(look).backward(Scalar::loss()).activations(("resid_pre", 0)).grads().unwrap();
    model.run(tokens()).hook(ablate()).backward(Scalar::loss()).activations(("z", 1)).grads().unwrap();
}

#[test]
fn what_has_no_gradient_is_refused() {
    let model = a_model();
    let grads = |scalar| model.run(tokens()).backward(scalar).grads();
    let refused = |result: Result<_, Error>, parts: &[&str]| {
        let message = result.map(|_: hooked_transformer::Gradients| ()).unwrap_err().to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    };
    refused(grads(Scalar::logit(5, 0)), &["`pos`", "-5 to 4", "got 5"]);
    refused(grads(Scalar::logit(-6, 0)), &["`pos`", "got -6"]);
    refused(grads(Scalar::logit(0, 23)), &["token id 23", "23"]);
    refused(grads(Scalar::logit_diff(0, [1, 2], 3)), &["one token, or one for each of the 1 rows"]);
    refused(grads(Scalar::loss_at(4)), &["position 4 is the last"]);
    refused(grads(Scalar::loss_at(3..3)), &["no such position among the 5"]);
    refused(grads(Scalar::loss_where(array![[true; 5]])), &["what counts in the loss", "[1, 4]", "[1, 5]"]);
    refused(grads(Scalar::loss_where(array![[false; 4]])), &["`counts`", "no prediction counts"]);
    refused(model.run(array![[3]]).backward(Scalar::loss()).grads(), &["at least two positions"]);
    let wrong_shape = Scalar::of_logits(|_| (1.0, Array3::zeros((1, 2, 3))));
    refused(grads(wrong_shape), &["derivative of the scalar", "[1, 5, 23]", "[1, 2, 3]"]);
    let nan = Scalar::of_logits(|logits| (f32::NAN, Array3::zeros(logits.raw_dim())));
    assert!(matches!(grads(nan), Err(Error::NotANumber { .. })));

    let padded = || model.run(tokens()).attention_mask(array![[true, true, true, true, false]]);
    refused(padded().backward(Scalar::logit(-1, 3)).grads(), &["position -1 of row 0 is padding"]);
    refused(padded().backward(Scalar::loss_at(3)).grads(), &["padding"]);
    refused(padded().backward(Scalar::loss_where(array![[false, false, false, true]])).grads(), &["padding"]);

    let backward = || model.run(tokens()).backward(Scalar::loss());
    refused(backward().activations("blocks.0.attn.hook_patern").grads(), &["blocks.0.attn.hook_pattern"]);
    refused(backward().activations("hook_tokens").grads(), &["hook_embed"]);
    refused(backward().weights("blocks.0.attn.W_X").grads(), &["blocks.0.attn.W_X", "blocks.0.attn.W_"]);
    refused(backward().weights(("W_Q", 2)).grads(), &["blocks.2.W_Q"]);
    refused(backward().weights(|_: &str| false).grads(), &["weights"]);
    refused(backward().bwd_hook(bwd_hook(("zz", 0), |_, _| {})).grads(), &["hook_zz"]);
    refused(model.run(tokens()).stop_at_layer(1).backward(Scalar::loss()).grads(), &["stop_at_layer"]);
    let mut past = KeyValueCache::new(model.cfg(), 1);
    refused(model.run(tokens()).past(&mut past).backward(Scalar::loss()).grads(), &["`past`"]);
    assert!(past.is_empty());

    let found = backward().weights(("W_Q", 0)).grads().unwrap();
    let message = found.weight(("W_Q", 1)).unwrap_err().to_string();
    assert!(message.contains("blocks.1.attn.W_Q") && message.contains("asked for"), "{message}");
    assert!(found.weight("W_Q").is_err(), "one layer's gradient is missing");

    let mut broken = model.clone();
    broken.update_parameters(|parameters| {
        for (name, mut values) in parameters {
            if name == "blocks.1.attn.W_O" {
                values[[0, 0, 0]] = f32::NAN;
            }
        }
    });
    assert!(matches!(broken.run(tokens()).backward(Scalar::loss()).grads(), Err(Error::NotANumber { .. })));
}

#[test]
fn weights_are_found_by_name_and_stacked() {
    let (model, _) = random_model("grouped");
    let grads = model.run(tokens()).backward(Scalar::loss()).all_weights().grads().unwrap();
    assert_eq!(grads.weight("W_Q").unwrap().shape(), model.W_Q().shape());
    assert_eq!(grads.weight("W_K").unwrap().shape(), model.W_K().shape());
    assert_eq!(grads.weight("ln1.w").unwrap().shape(), [2, 12]);
    let one = grads.weight("blocks.1.attn.W_K").unwrap();
    assert_eq!(one, grads.weight("W_K").unwrap().index_axis(Axis(0), 1));
    assert_eq!(one, grads.weight(("W_K", -1)).unwrap());
    for ((name, weight), (of, gradient)) in model.state_dict().into_iter().zip(grads.weights()) {
        assert_eq!((name, weight.shape()), (of, gradient.shape()));
    }
}

#[test]
fn a_name_means_the_same_however_many_layers_there_are() {
    let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 9, 11)).unwrap();
    let grads = model.run(tokens()).backward(Scalar::loss()).all_weights().grads().unwrap();
    assert_eq!(grads.weight("W_Q").unwrap().shape(), [1, 2, 8, 4]);
    assert_eq!(grads.weight(("W_Q", 0)).unwrap().shape(), [2, 8, 4]);
    assert_eq!(grads.weight("blocks.0.attn.W_Q").unwrap().shape(), [2, 8, 4]);
    assert_eq!(grads.weight("W_E").unwrap().shape(), [11, 8]);
    let message = grads.weight("w").unwrap_err().to_string();
    assert!(message.contains("`ln1.w`, `ln2.w`, `ln_final.w`"), "{message}");
}

#[test]
fn parameters_are_updated_in_place_and_shared_ones_are_not() {
    for tie_word_embeddings in [false, true] {
        let cfg = HookedTransformerConfig {
            tie_word_embeddings,
            act_fn: Some(ActivationFunction::Relu),
            ..HookedTransformerConfig::new(1, 8, 4, 9, 11)
        };
        let mut model = HookedTransformer::from_config(cfg).unwrap();
        let before = model.clone();
        let logits = model.forward(tokens()).unwrap();
        let names = model.update_parameters(|parameters| {
            let change = |(name, mut values): (String, ArrayViewMutD<'_, f32>)| {
                values.mapv_inplace(|x| x + 1.0);
                name
            };
            parameters.into_iter().map(change).collect::<Vec<_>>()
        });
        assert_eq!(names, model.state_dict().into_iter().map(|(name, _)| name).collect::<Vec<_>>());
        for ((name, new), (_, old)) in model.state_dict().into_iter().zip(before.state_dict()) {
            assert_eq!(new, &old + 1.0, "{name}");
        }
        if tie_word_embeddings {
            assert_eq!(model.W_U(), model.W_E().t());
        }
        assert_eq!(before.forward(tokens()).unwrap(), logits);
        // A panic leaves a tied unembedding tied.
        assert!(catch_unwind(AssertUnwindSafe(|| model.update_parameters(|_| panic!()))).is_err());
        assert_eq!(model.W_U().dim(), (8, 11));
        model.forward(tokens()).unwrap();
    }
}
