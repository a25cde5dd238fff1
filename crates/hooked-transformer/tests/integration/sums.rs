//! Over random configurations: every decomposition, stack and attribution sums to what it decomposes.

use hooked_transformer::{ActivationCache, Error, HookedTransformer, NormalizationType, Stack, StackOptions, Tokens};
use ndarray::{Array1, Array3, ArrayD, ArrayView1, ArrayView3, Axis, Ix3, Slice};
use proptest::prelude::*;

use crate::fixtures::largest_difference;
use crate::random_models::{Case, cases};

const TOLERANCE: f32 = 1e-4;

fn options<For>() -> StackOptions<For> {
    StackOptions::new()
}

#[track_caller]
fn assert_sums_to(stack: &Stack, want: &ArrayD<f32>, place: &str) {
    let scale = want.iter().fold(1.0f32, |max, x| max.max(x.abs()));
    let difference = largest_difference(stack.sum().view(), want.view()) / scale;
    assert!(difference <= TOLERANCE, "{place}: the parts miss their sum by {difference:e} of its size\n{stack:?}");
}

/// The stream that enters a layer, and the kind and name of the norm that reads it there.
fn stream(cache: &ActivationCache, layer: usize) -> ArrayD<f32> {
    match layer {
        0 => cache[("resid_pre", 0)].to_owned(),
        _ => cache[("resid_post", layer - 1)].to_owned(),
    }
}

/// A norm without gain and bias, written again here.
fn normalized(x: &ArrayD<f32>, kind: Option<NormalizationType>, eps: f32) -> ArrayD<f32> {
    let mut out = x.clone();
    let Some(kind) = kind else { return out };
    for mut row in out.lanes_mut(Axis(x.ndim() - 1)) {
        let mean = if kind.centers() { row.mean().unwrap() } else { 0.0 };
        row -= mean;
        let scale = (row.mapv(|x| x * x).mean().unwrap() + eps).sqrt();
        row /= scale;
    }
    out
}

fn check_streams(model: &HookedTransformer, cache: &ActivationCache) {
    let cfg = model.cfg();
    for layer in 0..=cfg.n_layers {
        let want = stream(cache, layer);
        let kind = if layer == cfg.n_layers { cfg.final_normalization() } else { cfg.normalization_type };
        for apply_ln in [false, true] {
            let want = if apply_ln { normalized(&want, kind, cfg.eps) } else { want.clone() };
            // A macro, since the options are of another type for each method.
            macro_rules! at {
                () => {
                    options().layer(layer).apply_ln(apply_ln)
                };
            }
            assert_sums_to(&cache.decompose_resid(at!()).unwrap(), &want, "decompose_resid");
            assert_sums_to(&cache.get_full_resid_decomposition(at!()).unwrap(), &want, "in full");
            let whole = at!().expand_neurons(false);
            assert_sums_to(&cache.get_full_resid_decomposition(whole).unwrap(), &want, "in full, MLPs whole");
            assert_sums_to(&cache.stack_head_results(at!().incl_remainder(true)).unwrap(), &want, "heads and the rest");
            if !cfg.attn_only {
                let neurons = cache.stack_neuron_results(at!().incl_remainder(true)).unwrap();
                assert_sums_to(&neurons, &want, "neurons and the rest");
            }
        }
        if !cfg.attn_only && layer < cfg.n_layers {
            let name = if cfg.parallel_attn_mlp { "resid_pre" } else { "resid_mid" };
            let want = cache[(name, layer)].to_owned();
            // A macro, since the options are of another type for each method.
            macro_rules! at {
                () => {
                    options().layer(layer).mlp_input(true)
                };
            }
            assert_sums_to(&cache.decompose_resid(at!()).unwrap(), &want, "the input of an MLP");
            assert_sums_to(&cache.get_full_resid_decomposition(at!()).unwrap(), &want, "the input of an MLP, in full");
            let want = normalized(&want, cfg.normalization_type, cfg.eps);
            let read = cache.decompose_resid(at!().apply_ln(true)).unwrap();
            assert_sums_to(&read, &want, "what an MLP reads");
        }
    }
}

/// What each layer wrote is the sum of what its parts wrote.
fn check_outputs(model: &HookedTransformer, cache: &ActivationCache) {
    let cfg = model.cfg();
    let whole = cache.get_full_resid_decomposition(options()).unwrap();
    let of_layer = |prefix: &str, layer: usize| -> ArrayD<f32> {
        let parts = whole.iter().filter(|(label, _)| label.starts_with(&format!("L{layer}{prefix}")));
        parts.fold(ArrayD::zeros(stream(cache, 0).raw_dim()), |sum, (_, part)| sum + part)
    };
    // The biases of all layers are one component, so the outputs are compared together.
    let mut rest = ArrayD::zeros(stream(cache, 0).raw_dim());
    for layer in 0..cfg.n_layers {
        rest = rest + &cache[("attn_out", layer)] - of_layer("H", layer);
        if !cfg.attn_only {
            rest = rest + &cache[("mlp_out", layer)] - of_layer("N", layer);
        }
    }
    let difference = largest_difference(whole.get("bias").unwrap(), rest.view());
    assert!(difference <= 10.0 * TOLERANCE, "biases: {difference:e}");
    match model.accumulated_bias(cfg.n_layers, false, true) {
        Ok(bias) => {
            let mut same = whole.get("bias").unwrap().to_owned();
            same -= &bias;
            assert!(same.iter().all(|x| x.abs() <= TOLERANCE));
        }
        Err(Error::Argument { .. }) => assert!(cfg.use_normalization_before_and_after),
        Err(other) => panic!("{other}"),
    }
}

/// The logit of a token before the cap, less `b_U` and what the final norm's bias adds.
fn logits_without_bias(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let mut logits = model.forward(tokens).unwrap();
    if let Some(cap) = model.cfg().output_logits_soft_cap {
        logits.mapv_inplace(|logit| cap * (logit / cap).atanh());
    }
    logits -= &model.b_U();
    let state_dict = model.state_dict();
    if let Some((_, bias)) = state_dict.iter().find(|(name, _)| name == "ln_final.b") {
        let bias: Array1<f32> = bias.to_owned().into_dimensionality().unwrap();
        logits -= &bias.dot(&model.W_U());
    }
    logits
}

fn check_attributions(model: &HookedTransformer, tokens: &Tokens, cache: &ActivationCache) {
    let logits = logits_without_bias(model, tokens);
    let of = |token: usize| logits.index_axis(Axis(2), token).to_owned().into_dyn();
    let parts = cache.get_full_resid_decomposition(options()).unwrap();
    let (right, wrong) = (3, 7);
    assert_sums_to(&cache.logit_attrs(&parts, right).unwrap(), &of(right), "attributions");
    let difference = of(right) - of(wrong);
    let attributed = cache.logit_diff_attrs(&parts, right, wrong).unwrap();
    assert_sums_to(&attributed, &difference, "attributions of a difference");
    let last = Slice::from(-1..);
    let parts = cache.decompose_resid(options().pos_slice(-1).batch_slice(1)).unwrap();
    let want = of(right).slice_axis(Axis(0), last).slice_axis(Axis(1), last).to_owned();
    assert_sums_to(&cache.logit_attrs(&parts, right).unwrap(), &want, "attributions at one place");
}

/// The logit lens at the end is the model itself.
fn check_lens(model: &HookedTransformer, tokens: &Tokens, cache: &ActivationCache) {
    let lens = cache.accumulated_resid(options().apply_ln(true)).unwrap();
    let x = lens.get("final_post").unwrap().into_dimensionality::<Ix3>().unwrap();
    let unembedding = model.W_U();
    let of = |x: ArrayView1<'_, f32>| x.dot(&unembedding) + model.b_U();
    let mut got = Array3::zeros((x.dim().0, x.dim().1, unembedding.ncols()));
    for (b, x) in x.outer_iter().enumerate() {
        for (p, x) in x.outer_iter().enumerate() {
            got.index_axis_mut(Axis(0), b).row_mut(p).assign(&of(x));
        }
    }
    if let Some(cap) = model.cfg().output_logits_soft_cap {
        got.mapv_inplace(|logit| cap * (logit / cap).tanh());
    }
    let want: Array3<f32> = model.forward(tokens).unwrap();
    let want: ArrayView3<'_, f32> = want.view();
    let difference = largest_difference(got.view().into_dyn(), want.into_dyn());
    assert!(difference <= TOLERANCE, "the lens at the end: {difference:e}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_decomposition_sums_to_what_it_decomposes(Case { model, tokens } in cases()) {
        let (_, cache) = model.run_with_cache(&tokens).unwrap();
        check_streams(&model, &cache);
        check_outputs(&model, &cache);
        check_attributions(&model, &tokens, &cache);
        check_lens(&model, &tokens, &cache);
    }
}
