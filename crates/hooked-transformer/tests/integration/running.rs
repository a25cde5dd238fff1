//! Running a model: what can be asked of a run, and that parts of runs, padded runs and continued runs give what whole
//! runs give.

use approx::{abs_diff_eq, assert_abs_diff_eq};
use hooked_transformer::{
    ActivationCache, Error, HookedTransformer, HookedTransformerConfig, Input, KeyValueCache, PaddingSide, PosSlice,
    Run, Tokens, fwd_hook, lm_cross_entropy_loss, log_softmax, loss_per_token,
};
use ndarray::{Array2, ArrayViewD, Axis, Ix3, Ix4, Slice, array, concatenate, s};

use crate::fixtures::{close, largest_difference, model, random_model};

/// One of each kind of position, norm and block.
const MODELS: [&str; 8] = [
    "ln_gelu_new",
    "shortformer_attn_only_none",
    "shortformer_ln_mlp",
    "rotary_parallel",
    "llama",
    "alibi",
    "local",
    "rms_solu_ln",
];

/// Sums in another order differ by so much on activations of size 1 to 10.
const TOLERANCE: f32 = 2e-5;

fn tokens() -> Tokens {
    array![[0, 3, 7, 1, 9, 2], [4, 8, 2, 6, 5, 11]]
}

#[track_caller]
fn same<'a>(got: impl Into<ArrayViewD<'a, f32>>, want: impl Into<ArrayViewD<'a, f32>>, place: &str) {
    let (got, want) = (got.into(), want.into());
    let difference = largest_difference(got.view(), want.view());
    assert!(close(got, want, TOLERANCE, TOLERANCE), "{place}: differs by {difference}");
}

#[test]
fn every_result_is_the_same_run() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let tokens = tokens();
        let logits = model.run(&tokens).logits().unwrap();
        assert_eq!(logits.dim(), (2, 6, model.cfg().d_vocab));
        assert_eq!(model.forward(&tokens).unwrap(), logits);
        let per_token = model.run(&tokens).loss_per_token().unwrap();
        assert_eq!(per_token.dim(), (2, 5));
        same(
            per_token.view().into_dyn(),
            loss_per_token(logits.view(), tokens.view()).unwrap().view().into_dyn(),
            name,
        );
        let loss = model.run(&tokens).loss().unwrap();
        assert_abs_diff_eq!(loss, lm_cross_entropy_loss(logits.view(), tokens.view()).unwrap(), epsilon = TOLERANCE);
        assert_abs_diff_eq!(loss, per_token.mean().unwrap(), epsilon = TOLERANCE);
        let (both_logits, both_loss) = model.run(&tokens).logits_and_loss().unwrap();
        assert_eq!(both_logits, logits);
        assert_abs_diff_eq!(both_loss, loss, epsilon = TOLERANCE);
        let (cached_loss, cache) = model.run(&tokens).loss_and_cache().unwrap();
        assert_abs_diff_eq!(cached_loss, loss, epsilon = TOLERANCE);
        let (cached_logits, _) = model.run_with_cache(&tokens).unwrap();
        same(cached_logits.view().into_dyn(), logits.view().into_dyn(), name);
        let resid = model.run(&tokens).resid().unwrap();
        same(resid.view().into_dyn(), cache[("resid_post", -1)].view(), name);
        model.run(&tokens).nothing().unwrap();
    }
}

/// The loss of a token is minus its log probability, one position earlier.
#[test]
fn the_loss_of_a_token_is_that_of_the_next_one() {
    let (model, _) = random_model("ln_gelu_new");
    let tokens = tokens();
    let log_probs = log_softmax(model.forward(&tokens).unwrap().view());
    let losses = model.run(&tokens).loss_per_token().unwrap();
    for ((row, pos), loss) in losses.indexed_iter() {
        assert!((loss + log_probs[[row, pos, tokens[[row, pos + 1]]]]).abs() <= TOLERANCE);
    }
}

#[test]
fn logits_at_some_positions_are_those_of_the_whole() {
    let (model, _) = random_model("ln_gelu_new");
    let all = model.forward(tokens()).unwrap();
    let at = |slice: PosSlice| model.run(tokens()).logits_at(slice).unwrap();
    same(at((-1).into()).view().into_dyn(), all.slice(s![.., -1.., ..]).into_dyn(), "-1");
    same(at((1..4).into()).view().into_dyn(), all.slice(s![.., 1..4, ..]).into_dyn(), "1..4");
    same(at((-2..).into()).view().into_dyn(), all.slice(s![.., -2.., ..]).into_dyn(), "-2..");
    assert!(matches!(model.run(tokens()).logits_at(6), Err(Error::Argument { name: "logits_at", .. })));
}

#[test]
fn stopping_early_gives_the_stream_and_the_activations_so_far() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let (_, full) = model.run_with_cache(tokens()).unwrap();
        let stop = |layer| model.run(tokens()).stop_at_layer(layer).resid().unwrap();
        same(stop(1).view().into_dyn(), full[("resid_post", 0)].view(), name);
        same(stop(-1).view().into_dyn(), full[("resid_post", 0)].view(), name);
        same(stop(2).view().into_dyn(), full[("resid_post", 1)].view(), name);
        same(stop(0).view().into_dyn(), full[("resid_pre", 0)].view(), name);
        let cache = model.run(tokens()).stop_at_layer(1).cache().unwrap();
        let expected: Vec<&str> =
            full.keys().filter(|key| !key.starts_with("blocks.1.") && !key.starts_with("ln_final")).collect();
        assert_eq!(cache.keys().collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn starting_late_gives_the_rest_of_the_whole_run() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let (logits, full) = model.run_with_cache(tokens()).unwrap();
        for (start, layer) in [(0, 0), (1, 1), (-1, 1), (-2, 0)] {
            let resid = || full.view::<Ix3>(("resid_pre", layer)).to_owned();
            let start = || model.run(resid()).start_at_layer(start);
            same(start().logits().unwrap().view().into_dyn(), logits.view().into_dyn(), name);
            let loss = start().tokens(tokens()).loss().unwrap();
            assert!(abs_diff_eq!(loss, model.loss(tokens()).unwrap(), epsilon = TOLERANCE), "{name}");
            let cache = start().cache().unwrap();
            let before = |key: &str| {
                key.strip_prefix("blocks.").and_then(|rest| rest.split('.').next()).map(|l| l.parse::<i32>().unwrap())
            };
            let expected: Vec<&str> =
                full.keys().filter(|key| before(key).map_or(key.starts_with("ln_final"), |of| of >= layer)).collect();
            assert_eq!(cache.keys().collect::<Vec<_>>(), expected, "{name}");
        }
        // A middle piece: one block of two.
        let piece = model.run(full.view::<Ix3>(("resid_pre", 1)).to_owned()).start_at_layer(1).stop_at_layer(2);
        same(piece.resid().unwrap().view().into_dyn(), full[("resid_post", 1)].view(), name);
        // Start and stop at the same place: nothing happens to the stream.
        let stream = full.view::<Ix3>(("resid_pre", 1)).to_owned();
        let nothing = model.run(stream.clone()).start_at_layer(1).stop_at_layer(1).resid().unwrap();
        assert_eq!(nothing, stream, "{name}");
    }
}

#[test]
fn starts_and_stops_that_make_no_sense_are_refused() {
    let (model, _) = random_model("ln_gelu_new");
    let says = |error: Error, word: &str| assert!(error.to_string().contains(word), "{error}");
    let resid = || model.run(tokens()).stop_at_layer(0).resid().unwrap();
    says(model.run(tokens()).stop_at_layer(3).resid().unwrap_err(), "-2 to 2");
    says(model.run(tokens()).stop_at_layer(-3).resid().unwrap_err(), "-2 to 2");
    says(model.run(tokens()).stop_at_layer(1).logits().unwrap_err(), "no logits");
    says(model.run(tokens()).start_at_layer(1).logits().unwrap_err(), "residual stream");
    says(model.run(resid()).logits().unwrap_err(), "start_at_layer");
    says(model.run(resid()).start_at_layer(0).loss().unwrap_err(), "tokens");
    let narrow = Input::from(ndarray::Array3::<f32>::zeros((1, 2, 5)));
    says(model.run(narrow).start_at_layer(0).logits().unwrap_err(), "d_model=12");
}

/// The same rows with pads on the left and on the right, as single rows, by logits and loss and each kind of
/// activation.
#[test]
fn padded_rows_equal_single_rows() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let rows: [Vec<usize>; 3] = [vec![5, 2, 8], vec![1, 0, 9, 3, 7], vec![6, 4]];
        let mut total = 0.0;
        let singles: Vec<_> = rows.iter().map(|row| model.run_with_cache(row).unwrap()).collect();
        for row in &rows {
            total += model.run(row).loss_per_token().unwrap().sum();
        }
        for side in [PaddingSide::Left, PaddingSide::Right] {
            let start = |row: &[usize]| if side == PaddingSide::Left { 5 - row.len() } else { 0 };
            let mut tokens = Tokens::zeros((3, 5));
            let mut mask = Array2::from_elem((3, 5), false);
            for (at, row) in rows.iter().enumerate() {
                for (pos, &token) in row.iter().enumerate() {
                    tokens[[at, start(row) + pos]] = token;
                    mask[[at, start(row) + pos]] = true;
                }
            }
            let run = || model.run(&tokens).attention_mask(mask.clone());
            let (logits, cache) = run().logits_and_cache().unwrap();
            for (at, row) in rows.iter().enumerate() {
                let real = start(row)..start(row) + row.len();
                let place = format!("{name} {side:?} row {at}");
                let (want, single) = &singles[at];
                same(logits.slice(s![at..at + 1, real.clone(), ..]).into_dyn(), want.view().into_dyn(), &place);
                for kind in ["q", "k", "v", "z", "resid_post", "attn_out"] {
                    let got = cache[(kind, 1)].view().slice_axis_move(Axis(0), Slice::from(at..at + 1));
                    let got = got.slice_axis_move(Axis(1), Slice::from(real.clone()));
                    same(got, single[(kind, 1)].view(), &format!("{place} {kind}"));
                }
                let pattern = cache.view::<Ix4>(("pattern", 1));
                let got = pattern.slice(s![at..at + 1, .., real.clone(), real.clone()]);
                same(got.into_dyn(), single[("pattern", 1)].view(), &format!("{place} pattern"));
                let elsewhere = pattern.slice(s![at, .., real.clone(), ..]).sum() - got.sum();
                assert!(elsewhere.abs() <= 1e-4, "{place}: attends to padding");
            }
            // The mean is over the real predictions: 2 + 4 + 1 of them.
            assert!(abs_diff_eq!(run().loss().unwrap(), total / 7.0, epsilon = TOLERANCE), "{name} {side:?}");
        }
    }
}

/// Texts bring their own mask, on either side.
#[test]
fn texts_of_unequal_length_equal_single_texts() {
    for name in ["gpt2-tales", "attn-only-2l-tales"] {
        let model = model(name);
        let texts = ["The old king sat by the fire.", "Once upon a time"];
        for side in [PaddingSide::Left, PaddingSide::Right] {
            let logits = model.run(texts).padding_side(side).logits().unwrap();
            for (row, text) in texts.into_iter().enumerate() {
                let alone = model.forward(text).unwrap();
                let (n, all) = (alone.dim().1, logits.dim().1);
                let real = if side == PaddingSide::Left { all - n..all } else { 0..n };
                let difference =
                    largest_difference(logits.slice(s![row..row + 1, real, ..]).into_dyn(), alone.view().into_dyn());
                assert!(difference <= 1e-4, "{name} {side:?} {text:?}: {difference}");
            }
        }
    }
}

/// All true is the same as none, and a hidden token is as if it were not there.
#[test]
fn a_mask_hides_and_nothing_else() {
    let (model, _) = random_model("ln_gelu_new");
    let all = model.run(tokens()).attention_mask(Array2::from_elem((2, 6), true)).logits().unwrap();
    same(all.view().into_dyn(), model.forward(tokens()).unwrap().view().into_dyn(), "all true");
    let mut mask = Array2::from_elem((1, 6), true);
    mask[[0, 2]] = false;
    let with_hole = model.run(&array![[0, 3, 22, 1, 9, 2]]).attention_mask(mask).logits().unwrap();
    let without = model.forward(&array![[0, 3, 1, 9, 2]]).unwrap();
    let kept = with_hole.select(Axis(1), &[0, 1, 3, 4, 5]);
    same(kept.view().into_dyn(), without.view().into_dyn(), "a hole");
    let wrong = model.run(tokens()).attention_mask(Array2::from_elem((2, 5), true)).logits();
    assert!(wrong.unwrap_err().to_string().contains("attention_mask"));
}

#[test]
fn a_names_filter_keeps_what_it_names_in_firing_order() {
    let (model, _) = random_model("ln_gelu_new");
    let keys = |cache: ActivationCache| cache.keys().map(str::to_string).collect::<Vec<_>>();
    let run = || model.run(tokens());
    let by_name = keys(run().names_filter([("z", 1), ("q", 0)]).cache().unwrap());
    assert_eq!(by_name, ["blocks.0.attn.hook_q", "blocks.1.attn.hook_z"]);
    let by_predicate = keys(run().names_filter(|name: &str| name.ends_with("pattern")).cache().unwrap());
    assert_eq!(by_predicate, ["blocks.0.attn.hook_pattern", "blocks.1.attn.hook_pattern"]);
    // What is cached only on request, and its sum over heads.
    let result = run().names_filter(["blocks.0.attn.hook_result", "blocks.0.hook_attn_out"]).cache().unwrap();
    let sum = result.view::<Ix4>(("result", 0)).sum_axis(Axis(2)) + model.b_O().row(0);
    same(sum.view().into_dyn(), result[("attn_out", 0)].view(), "result");
    assert!(matches!(run().names_filter(("patern", 0)).cache(), Err(Error::UnknownName { .. })));
    let none = run().names_filter(|name: &str| name == "nowhere").cache();
    assert!(matches!(none, Err(Error::FilterMatchedNothing { .. })));
}

/// The names of the points that a hook on all of them sees.
fn reached<T>(model: &HookedTransformer, finish: impl FnOnce(Run<'_>) -> hooked_transformer::Result<T>) -> Vec<String> {
    let mut names = Vec::new();
    let watch = fwd_hook(|_: &str| true, |_, point| names.push(point.name().to_string()));
    finish(model.run(tokens()).hook(watch)).unwrap();
    names
}

#[test]
fn a_run_for_a_cache_ends_after_the_last_activation_that_is_asked_for() {
    for name in MODELS {
        let (model, _) = random_model(name);
        for last in ["hook_embed", "blocks.0.attn.hook_pattern", "blocks.0.hook_resid_post", "blocks.1.attn.hook_z"] {
            let names = reached(&model, |run| run.names_filter(last).cache());
            assert_eq!(names.last().map(String::as_str), Some(last), "{name}: {names:?}");
        }
        let every = reached(&model, |run| run.cache());
        assert_eq!(every, reached(&model, |run| run.logits()), "{name}");
    }
}

/// Without anything to store, the hooks say how far the run goes, and all of them fire.
#[test]
fn a_run_for_nothing_ends_after_the_last_hook() {
    let (model, _) = random_model("ln_gelu_new");
    let mut fired = Vec::new();
    for point in ["blocks.0.attn.hook_z", "blocks.1.hook_mlp_out", "ln_final.hook_normalized"] {
        model.run(tokens()).hook(fwd_hook(point, |_, point| fired.push(point.name().to_string()))).nothing().unwrap();
    }
    assert_eq!(fired, ["blocks.0.attn.hook_z", "blocks.1.hook_mlp_out", "ln_final.hook_normalized"]);
    // A lasting hook counts as well.
    let seen = std::sync::Arc::new(std::sync::Mutex::new(0));
    let count = seen.clone();
    model.add_hook("blocks.1.hook_resid_post", move |_, _| *count.lock().unwrap() += 1).unwrap();
    model.run(tokens()).nothing().unwrap();
    assert_eq!(*seen.lock().unwrap(), 1);
}

#[test]
fn padding_has_no_loss() {
    let (model, _) = random_model("ln_gelu_new");
    let mask = array![[false, false, true, true, true, true], [true, true, true, true, false, false]];
    let per_token = model.run(tokens()).attention_mask(mask.clone()).loss_per_token().unwrap();
    let counts = |(row, pos): (usize, usize)| mask[[row, pos]] && mask[[row, pos + 1]];
    assert!(per_token.indexed_iter().all(|(at, &loss)| if counts(at) { loss > 0.0 } else { loss == 0.0 }));
    let mean = model.run(tokens()).attention_mask(mask).loss().unwrap();
    assert_abs_diff_eq!(mean, per_token.sum() / 6.0, epsilon = TOLERANCE);
    let alone = array![[true, false, true, false, true, false], [false, true, false, false, false, false]];
    for error in [
        model.run(tokens()).attention_mask(alone.clone()).loss().map(drop).unwrap_err(),
        model.run(tokens()).attention_mask(alone.clone()).logits_and_loss().map(drop).unwrap_err(),
        model.run(tokens()).attention_mask(alone).loss_per_token().map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Argument { name: "attention_mask", .. }), "{error}");
    }
}

#[test]
fn a_hook_on_the_tokens_writes_tokens() {
    let (model, _) = random_model("ln_gelu_new");
    let with = |id: f32| model.run(tokens()).hook(fwd_hook("hook_tokens", move |mut ids, _| ids.fill(id))).logits();
    assert_eq!(with(5.0).unwrap(), model.forward(Tokens::from_elem((2, 6), 5)).unwrap());
    for id in [f32::NAN, f32::INFINITY, -1.0, 2.5] {
        assert!(matches!(with(id), Err(Error::Argument { name: "hook_tokens", .. })), "{id}");
    }
    assert!(matches!(with(1e6), Err(Error::TokenOutOfRange { .. })));
}

#[test]
fn a_pos_slice_is_a_slice_of_the_full_cache() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let everything = || model.run(tokens()).names_filter(|_: &str| true);
        let full = everything().cache().unwrap();
        for (slice, range) in
            [(PosSlice::from(2), 2..3), ((-1).into(), 5..6), ((1..4).into(), 1..4), ((-2..).into(), 4..6)]
        {
            let cut = everything().pos_slice(slice.clone()).cache().unwrap();
            assert_eq!(cut.len(), full.len());
            for (point, got) in cut.iter() {
                let axes = model.hook_points().iter().find(|p| p.name() == point).unwrap().axes();
                let axis = axes.iter().position(|(axis, _)| matches!(*axis, "pos" | "query_pos")).unwrap();
                let want = full[point].view().slice_axis_move(Axis(axis), Slice::from(range.clone()));
                assert_eq!(got.view(), want, "{name} {point} {slice:?}");
            }
        }
    }
}

#[test]
fn the_batch_axis_of_one_row_can_go() {
    let (model, _) = random_model("ln_gelu_new");
    let one = tokens().slice(s![..1, ..]).to_owned();
    let (_, cache) = model.run_with_cache(&one).unwrap();
    let without = cache.clone().remove_batch_dim().unwrap();
    for (name, value) in cache.iter() {
        assert_eq!(value.index_axis(Axis(0), 0), without[name].view(), "{name}");
    }
    let (_, two) = model.run_with_cache(tokens()).unwrap();
    assert!(two.remove_batch_dim().unwrap_err().to_string().contains("one row"));
}

/// Piece by piece with keys and values kept: the logits are the whole run's, padded or not.
#[test]
fn a_continued_run_equals_the_whole() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let tokens = tokens();
        let mut mask = Array2::from_elem((2, 6), true);
        mask.slice_mut(s![0, ..2]).fill(false);
        for mask in [None, Some(mask)] {
            let with_mask = |range: std::ops::Range<usize>| {
                let run = model.run(tokens.slice(s![.., range.clone()]));
                match &mask {
                    Some(mask) => run.attention_mask(mask.slice(s![.., range]).to_owned()),
                    None => run,
                }
            };
            let whole = with_mask(0..6).logits().unwrap();
            let mut past = KeyValueCache::new(model.cfg(), 2);
            let pieces: Vec<_> = [0..3, 3..4, 4..6]
                .into_iter()
                .map(|range| with_mask(range).past(&mut past).logits().unwrap())
                .collect();
            assert_eq!(past.len(), 6);
            let joined = concatenate(Axis(1), &pieces.iter().map(|piece| piece.view()).collect::<Vec<_>>()).unwrap();
            // The rows of pads mean nothing.
            let from = if mask.is_some() { 2 } else { 0 };
            let of = |logits: &ndarray::Array3<f32>| logits.slice(s![.., from.., ..]).to_owned().into_dyn();
            same(of(&joined).view(), of(&whole).view(), name);
        }
    }
}

#[test]
fn a_key_value_cache_of_another_size_is_refused() {
    let (model, _) = random_model("ln_gelu_new");
    let mut past = KeyValueCache::new(model.cfg(), 3);
    assert!(model.run(tokens()).past(&mut past).logits().unwrap_err().to_string().contains("batch=3"));
    let mut past = KeyValueCache::new(model.cfg(), 1);
    let long = Array2::from_elem((1, 12), 1);
    model.run(&long).past(&mut past).nothing().unwrap();
    let error = model.run(&long).past(&mut past).logits().unwrap_err();
    assert!(matches!(error, Error::TooLong { tokens: 24, n_ctx: 17 }), "{error}");
}

/// A model is shared between threads as it is, lasting hooks included.
#[test]
fn several_threads_run_one_model() {
    let (model, _) = random_model("ln_gelu_new");
    model.add_hook(("z", 0), |mut z, _| z *= 0.5).unwrap();
    let model: &HookedTransformer = &model;
    let want = model.forward(tokens()).unwrap();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..5).map(|_| model.forward(tokens()).unwrap()).collect::<Vec<_>>()))
            .collect();
        for worker in workers {
            assert!(worker.join().unwrap().iter().all(|logits| *logits == want));
        }
    });
}

/// Scores and pattern of a long text are written in another way than those of a short one. No token sees what comes after
/// it, so the first tokens of the long text have those of the short one.
#[test]
fn what_attention_keeps_of_a_long_text_begins_with_that_of_a_short_one() {
    let (long, short) = (530, 100);
    let model = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, long, 20)).unwrap();
    let tokens = Array2::from_shape_fn((2, long), |(row, p)| (row + p) * 7 % 20);
    let (_, of_long) = model.run_with_cache(&tokens).unwrap();
    let (_, of_short) = model.run_with_cache(tokens.slice(s![.., ..short])).unwrap();
    for (name, hidden) in [("attn_scores", f32::NEG_INFINITY), ("pattern", 0.0)] {
        let (of_long, of_short) = (of_long[(name, 0)].view(), of_short[(name, 0)].view());
        assert_eq!(of_long.shape(), [2, 2, long, long]);
        for (at, &got) in of_long.indexed_iter() {
            let (query, key) = (at[2], at[3]);
            if key > query {
                assert_eq!(got, hidden, "{name} at {at:?}");
            } else if query < short {
                let want = of_short[&at];
                assert!((got - want).abs() <= 1e-6, "{name} at {at:?}: {got}, not {want}");
            } else {
                assert!(got.is_finite(), "{name} at {at:?}: {got}");
            }
        }
    }
}
