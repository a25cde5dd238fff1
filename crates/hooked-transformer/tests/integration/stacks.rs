//! Decompositions of the residual stream: the parts sum to it in every architecture, and so do their attributions.

use hooked_transformer::{
    ActivationCache, Error, HookedTransformer, PositionalEmbeddingType, ProcessOptions, Stack, StackMode, StackOptions,
    Tokens,
};
use ndarray::{Array1, Array3, ArrayD, Axis, Ix3, Ix4, Slice, array, s};

use crate::architectures;
use crate::fixtures::{largest_difference, model};

const TOLERANCE: f32 = 2e-5;

fn options<For>() -> StackOptions<For> {
    StackOptions::new()
}

fn cache_of(model: &HookedTransformer, tokens: &Tokens) -> ActivationCache {
    model.run_with_cache(tokens).unwrap().1
}

#[track_caller]
fn assert_sums_to(stack: &Stack, want: &ArrayD<f32>, place: &str) -> f32 {
    let scale = want.iter().fold(1.0f32, |max, x| max.max(x.abs()));
    let difference = largest_difference(stack.sum().view(), want.view()) / scale;
    assert!(difference <= TOLERANCE, "{place}: the parts miss the stream by {difference:e} of its size\n{stack:?}");
    difference
}

/// All architectures of the oracle, and both embedded models.
fn models() -> Vec<(String, HookedTransformer, Tokens)> {
    let mut models = architectures::all();
    for name in ["attn-only-2l-tales", "gpt2-tales"] {
        models.push((name.to_string(), model(name), array![[0, 17, 4000, 33, 17], [0, 250, 1, 4095, 300]]));
    }
    models
}

#[test]
fn the_parts_sum_to_the_stream_in_every_architecture() {
    let mut worst = (0.0, String::new());
    for (name, model, tokens) in models() {
        let cfg = model.cfg();
        let cache = cache_of(&model, &tokens);
        let mut check = |stack: Stack, want: &ArrayD<f32>, what: &str| {
            let difference = assert_sums_to(&stack, want, &format!("{name} {what}"));
            if difference > worst.0 {
                worst = (difference, format!("{name} {what}"));
            }
        };
        let stream = |layer: usize| match layer {
            0 => cache[("resid_pre", 0)].to_owned(),
            _ => cache[("resid_post", layer - 1)].to_owned(),
        };
        // Neurons of the larger models, at a few positions only: each is as large as the stream.
        for layer in 0..=cfg.n_layers {
            let want = stream(layer);
            let at_end = |want: &ArrayD<f32>| want.slice_axis(Axis(1), Slice::from(-2..)).to_owned();
            check(cache.decompose_resid(options().layer(layer)).unwrap(), &want, "decompose_resid");
            let heads = options().layer(layer).incl_remainder(true);
            check(cache.stack_head_results(heads).unwrap(), &want, "stack_head_results");
            let full = options().layer(layer).pos_slice(-2..);
            let full = cache.get_full_resid_decomposition(full).unwrap();
            check(full, &at_end(&want), "get_full_resid_decomposition");
            let whole = options().layer(layer).expand_neurons(false);
            check(cache.get_full_resid_decomposition(whole).unwrap(), &want, "without neurons");
            if !cfg.attn_only {
                let neurons = options().layer(layer).incl_remainder(true).pos_slice(-2..);
                check(cache.stack_neuron_results(neurons).unwrap(), &at_end(&want), "stack_neuron_results");
            }
            if !cfg.attn_only && layer < cfg.n_layers {
                // In a parallel model the MLP reads resid_pre.
                let name = if cfg.parallel_attn_mlp { "resid_pre" } else { "resid_mid" };
                let want = cache[(name, layer)].to_owned();
                // A macro, since the options are of another type for each method.
                macro_rules! mlp_input {
                    () => {
                        options().layer(layer).mlp_input(true)
                    };
                }
                check(cache.decompose_resid(mlp_input!()).unwrap(), &want, "input of the MLP");
                let full = cache.get_full_resid_decomposition(mlp_input!().pos_slice(-2..)).unwrap();
                check(full, &at_end(&want), "input of the MLP, in full");
            }
        }
    }
    println!("largest distance of a sum of parts from the stream: {:.1e} of its size ({})", worst.0, worst.1);
}

/// The classic library counts a shortformer's positions in, although they are not in the stream.
#[test]
fn positions_are_a_part_only_where_they_are_added_to_the_stream() {
    for (name, model, tokens) in architectures::all() {
        let labels = cache_of(&model, &tokens).decompose_resid(options().layer(0)).unwrap().labels;
        match model.cfg().positional_embedding_type {
            PositionalEmbeddingType::Standard => assert_eq!(labels, ["embed", "pos_embed"], "{name}"),
            _ => assert_eq!(labels, ["embed"], "{name}"),
        }
    }
}

/// The norm of the sum is the sum of the components' norms with the scale of the run: what each layer reads.
#[test]
fn normalized_parts_sum_to_what_the_layer_reads() {
    for name in ["lnpre_gelu_fast", "rmspre_gelu", "gpt2-tales"] {
        let (model, tokens) = match name {
            "gpt2-tales" => {
                let model = model(name).process_weights(ProcessOptions::default()).unwrap();
                (model, array![[0, 17, 4000, 33, 17], [0, 250, 1, 4095, 300]])
            }
            _ => (architectures::model(name), architectures::tokens(name)),
        };
        let cache = cache_of(&model, &tokens);
        let normalized = |name: &str| cache[name].to_owned();
        let parts = cache.decompose_resid(options().apply_ln(true)).unwrap();
        assert_sums_to(&parts, &normalized("ln_final.hook_normalized"), name);
        let parts = cache.decompose_resid(options().layer(1).apply_ln(true)).unwrap();
        assert_sums_to(&parts, &normalized("blocks.1.ln1.hook_normalized"), name);
        let parts = cache.stack_head_results(options().layer(1).apply_ln(true).incl_remainder(true)).unwrap();
        assert_sums_to(&parts, &normalized("blocks.1.ln1.hook_normalized"), name);
        let input = options().layer(1).mlp_input(true).apply_ln(true).pos_slice(1..4);
        let want = normalized("blocks.1.ln2.hook_normalized").slice_axis(Axis(1), Slice::from(1..4)).to_owned();
        assert_sums_to(&cache.decompose_resid(input).unwrap(), &want, name);
        // The logit lens at the end is the model's own reading.
        let lens = cache.accumulated_resid(options().apply_ln(true)).unwrap();
        let difference =
            largest_difference(lens.get("final_post").unwrap(), normalized("ln_final.hook_normalized").view());
        assert!(difference <= TOLERANCE, "{name}: {difference:e}");
    }
}

/// `logits - b_U`, less what an unfolded final norm's bias adds.
fn logits_without_bias(model: &HookedTransformer, tokens: &Tokens) -> Array3<f32> {
    let mut logits = model.forward(tokens).unwrap();
    logits -= &model.b_U();
    let state_dict = model.state_dict();
    if let Some((_, bias)) = state_dict.iter().find(|(name, _)| name == "ln_final.b") {
        let bias: Array1<f32> = bias.to_owned().into_dimensionality().unwrap();
        logits -= &bias.dot(&model.W_U());
    }
    logits
}

#[test]
fn attributions_of_all_parts_sum_to_the_logits() {
    let mut worst = (0.0, String::new());
    for (name, model, tokens) in models() {
        if model.cfg().output_logits_soft_cap.is_some() {
            continue;
        }
        let cache = cache_of(&model, &tokens);
        let whole = options().expand_neurons(name != "gpt2-tales");
        let parts = cache.get_full_resid_decomposition(whole).unwrap();
        let logits = logits_without_bias(&model, &tokens);
        let targets = tokens.mapv(|id| (id * 7 + 3) % model.cfg().d_vocab_out());
        let attributions = cache.logit_attrs(&parts, &targets).unwrap();
        assert_eq!(attributions.labels, parts.labels);
        let want =
            Array3::from_shape_fn((1, tokens.nrows(), tokens.ncols()), |(_, b, p)| logits[[b, p, targets[[b, p]]]]);
        let want = want.index_axis_move(Axis(0), 0).into_dyn();
        let difference = largest_difference(attributions.sum().view(), want.view());
        assert!(difference <= 1e-4, "{name}: {difference:e}");
        if difference > worst.0 {
            worst = (difference, name.clone());
        }
        let differences = cache.logit_diff_attrs(&parts, &targets, 2).unwrap();
        let want = &want - &logits.index_axis(Axis(2), 2);
        let difference = largest_difference(differences.sum().view(), want.view());
        assert!(difference <= 1e-4, "{name}, difference of logits: {difference:e}");
    }
    println!("largest distance of a sum of attributions from the logit: {:.1e} ({})", worst.0, worst.1);
}

/// One token, one for each row, one for each position: with and without batch axis, and cut to positions.
#[test]
fn target_tokens_are_for_rows_or_positions() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let cache = cache_of(&model, &tokens);
    let parts = cache.decompose_resid(options()).unwrap();
    let one = |token: usize| cache.logit_attrs(&parts, token).unwrap().view::<Ix3>().to_owned();
    let by_row = cache.logit_attrs(&parts, array![4, 9, 22]).unwrap();
    for (row, token) in [4, 9, 22].into_iter().enumerate() {
        assert_eq!(by_row.view::<Ix3>().index_axis(Axis(1), row), one(token).index_axis(Axis(1), row));
    }
    let last = cache.decompose_resid(options().pos_slice(-1)).unwrap();
    let last = cache.logit_attrs(&last, array![4, 9, 22]).unwrap();
    assert_eq!(last.view::<Ix3>(), by_row.view::<Ix3>().slice(s![.., .., -1..]));

    let (_, single) = model.run_with_cache(tokens.slice(s![..1, ..])).unwrap();
    let single = single.remove_batch_dim().unwrap();
    let parts = single.decompose_resid(options()).unwrap();
    assert_eq!(parts.values.shape(), [6, 7, 12]);
    let targets: Vec<usize> = (0..7).map(|p| (p * 5) % 23).collect();
    let each = single.logit_attrs(&parts, &targets).unwrap();
    for (p, &token) in targets.iter().enumerate() {
        let difference =
            largest_difference(each.values.index_axis(Axis(1), p), one(token).slice(s![.., 0, p]).into_dyn());
        assert!(difference <= 1e-5, "{difference:e}");
    }
}

#[test]
fn labels_and_order_are_those_of_the_classic_library() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let cache = cache_of(&model, &tokens);
    let accumulated = cache.accumulated_resid(options().incl_mid(true)).unwrap();
    assert_eq!(accumulated.labels, ["0_pre", "0_mid", "1_pre", "1_mid", "final_post"]);
    assert_eq!(accumulated.get("1_mid").unwrap(), cache[("resid_mid", 1)]);
    let accumulated = cache.accumulated_resid(options().layer(1).mlp_input(true)).unwrap();
    assert_eq!(accumulated.labels, ["0_pre", "1_pre", "1_mid"]);
    let mlps = cache.decompose_resid(options().mode(StackMode::Mlp).incl_embeds(false)).unwrap();
    assert_eq!(mlps.labels, ["0_mlp_out", "1_mlp_out"]);
    let heads = cache.stack_head_results(options().incl_remainder(true)).unwrap();
    assert_eq!(heads.labels, ["L0H0", "L0H1", "L1H0", "L1H1", "remainder"]);
    let neurons = cache.stack_neuron_results(options().neurons(12..14)).unwrap();
    assert_eq!(neurons.labels, ["L0N12", "L0N13", "L1N12", "L1N13"]);
    let full = cache.get_full_resid_decomposition(options().layer(1).expand_neurons(false)).unwrap();
    assert_eq!(full.labels, ["L0H0", "L0H1", "0_mlp_out", "embed", "pos_embed", "bias"]);
    let patterns = cache.stack_activation("pattern", None, options()).unwrap();
    assert_eq!(patterns.values.shape(), [2, 3, 2, 7, 7]);
    assert_eq!(patterns.get("1_pattern").unwrap(), cache[("pattern", 1)]);
    let scales = cache.stack_activation("scale", "ln2", options().layer(1)).unwrap();
    assert_eq!((scales.labels.as_slice(), scales.values.shape()), (&["0_scale".to_string()][..], &[1, 3, 7, 1][..]));
}

#[test]
fn head_results_are_the_same_from_z_and_from_the_cache() {
    for name in ["ln_gelu_new", "llama", "rotary_parallel"] {
        let (model, tokens) = (architectures::model(name), architectures::tokens(name));
        let all = model.run(&tokens).names_filter(|_: &str| true).cache().unwrap();
        let mut without = cache_of(&model, &tokens);
        assert!(all.contains(("result", 0)) && !without.contains(("result", 0)));
        let (want, got) = (all.stack_head_results(options()).unwrap(), without.stack_head_results(options()).unwrap());
        let difference = largest_difference(got.values.view(), want.values.view());
        assert!(difference <= 1e-5, "{name}: {difference:e}");
        without.compute_head_results().unwrap();
        assert_eq!(without[("result", 1)].shape(), all[("result", 1)].shape());
        assert_eq!(without.stack_head_results(options()).unwrap(), got);
        // Results alone, and z alone, are enough.
        let only = model.run(&tokens).names_filter(|name: &str| name.ends_with("hook_z")).cache().unwrap();
        assert_eq!(only.stack_head_results(options()).unwrap(), got);
    }
}

#[test]
fn neuron_results_are_outer_products() {
    let (model, tokens) = (architectures::model("llama"), architectures::tokens("llama"));
    let cache = cache_of(&model, &tokens);
    let results = cache.get_neuron_results(1, options()).unwrap().into_dimensionality::<ndarray::Ix4>().unwrap();
    assert_eq!(results.dim(), (3, 7, 14, 12));
    let (post, W_out) = (cache.view::<Ix3>(("post", 1)), model.W_out().unwrap());
    for ((b, p, n, d), &got) in results.indexed_iter() {
        assert_eq!(got, post[[b, p, n]] * W_out[[1, n, d]]);
    }
    let some = cache.get_neuron_results(1, options().neurons(3..5).pos_slice(2..4)).unwrap();
    assert_eq!(some, results.slice(s![.., 2..4, 3..5, ..]).into_dyn());
    let stack = cache.stack_neuron_results(options()).unwrap();
    assert_eq!(stack.get("L1N5").unwrap(), results.slice(s![.., .., 5, ..]).into_dyn());
}

/// Positions cut in the run, or afterward, are the same.
#[test]
fn positions_can_be_cut_before_or_after() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let whole = cache_of(&model, &tokens);
    let cut = model.run(&tokens).pos_slice(2..5).cache().unwrap();
    let after = whole.get_full_resid_decomposition(options().pos_slice(2..5).apply_ln(true)).unwrap();
    let before = cut.get_full_resid_decomposition(options().apply_ln(true)).unwrap();
    assert_eq!(after.view::<Ix4>(), before.view::<Ix4>());
    assert_eq!(after.values.shape()[2], 3);
    // A stack of one's own says where its values come from.
    let own = Stack::new(after.labels.clone(), whole.decompose_resid(options()).unwrap().values).unwrap_err();
    assert!(own.to_string().contains("one for each label"), "{own}");
    let own = Stack::new(
        ["resid"],
        whole[("resid_post", 1)].slice_axis(Axis(1), Slice::from(2..5)).insert_axis(Axis(0)).to_owned(),
    );
    let own = own.unwrap();
    assert!(whole.logit_attrs(&own, 3).unwrap_err().to_string().contains("ln_final.hook_scale"));
    let attributions = whole.logit_attrs(&own.at_positions(2..5), 3).unwrap();
    let want = logits_without_bias(&model, &tokens);
    let difference =
        largest_difference(attributions.values.view(), want.slice(s![.., 2..5, 3]).insert_axis(Axis(0)).into_dyn());
    assert!(difference <= 1e-5, "{difference:e}");
}

#[test]
fn what_does_not_make_sense_is_an_error() {
    let (model, tokens) = (architectures::model("ln_gelu_new"), architectures::tokens("ln_gelu_new"));
    let cache = cache_of(&model, &tokens);
    let message = |result: hooked_transformer::Result<Stack>| result.unwrap_err().to_string();
    for (result, expected) in [
        (cache.decompose_resid(options().layer(3)), "0 to n_layers = 2, got 3"),
        (cache.decompose_resid(options().mlp_input(true)), "unembedding, and no MLP"),
        (cache.stack_neuron_results(options().neurons(3..15)), "within 0..14, got 3..15"),
        (cache.stack_activation("pattern", None, options().layer(3)), "got 3"),
        (cache.stack_activation("atn_out", None, options()), "blocks.0.hook_attn_out"),
    ] {
        let message = message(result);
        assert!(message.contains(expected), "{message}");
    }
    assert!(cache.get_neuron_results(2, options()).unwrap_err().to_string().contains("0 to 1, got 2"));
    let parts = cache.decompose_resid(options()).unwrap();
    assert!(message(cache.logit_attrs(&parts, 23)).contains("token id 23"));
    assert!(message(cache.logit_attrs(&parts, array![1, 2])).contains("[2, 1]"));
    assert!(message(cache.logit_attrs(&parts, array![[1], [2]])).contains("[2, 1]"));
    assert!(parts.get("0_atn_out").unwrap_err().to_string().contains("`0_attn_out`"));
    let flat = Stack::new(["a"], array![[1.0, 2.0]]).unwrap();
    assert!(message(cache.logit_attrs(&flat, 3)).contains("d_model = 12"));

    let plain = ActivationCache::from_arrays([("hook_embed", ArrayD::zeros(vec![1, 2, 3]))]);
    assert!(matches!(plain.decompose_resid(options()), Err(Error::NoModel { method: "decompose_resid" })));
    let partial = model.run(&tokens).names_filter(|name: &str| name.ends_with("attn_out")).cache().unwrap();
    assert!(message(partial.decompose_resid(options())).contains("`hook_embed`"));
    let attn_only = architectures::model("attn_only_none");
    let cache = cache_of(&attn_only, &architectures::tokens("attn_only_none"));
    assert!(message(cache.stack_neuron_results(options())).contains("neurons"));
    assert!(message(cache.accumulated_resid(options().incl_mid(true))).contains("no point between"));
}
