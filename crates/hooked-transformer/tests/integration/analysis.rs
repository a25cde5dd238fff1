//! Patching, ablation, detection of heads and prompt tests, against the classic library; and that a sweep which begins
//! in the middle of the network gives what full runs give.

use approx::{abs_diff_eq, assert_abs_diff_eq};
use hooked_transformer::analysis::{
    Ablation, ErrorMeasure, HeadPattern, Metric, PatchAxis, Sweep, detect_head, generic_activation_patch,
    head_ablation_sweep, patching, test_prompt,
};
use hooked_transformer::{
    Error, HookedTransformer, HookedTransformerConfig, PaddingSide, TokenBatch, fwd_hook, log_softmax,
};
use ndarray::{Array2, ArrayD, ArrayView3, Ix2, array, s};

use crate::fixtures::{Arrays, close, model, random_model};

const TOLERANCE: f32 = 1e-4;
const MODELS: [&str; 4] = ["ln_gelu_new", "shortformer_attn_only_none", "rotary_parallel", "grouped"];

/// The oracle's metric.
fn metric(logits: &ArrayView3<'_, f32>) -> f32 {
    let n_pos = logits.dim().1;
    logits[[0, n_pos - 1, 3]] - logits[[1, n_pos - 2, 5]]
}

#[test]
fn patching_agrees_with_the_classic_library() {
    let oracle = Arrays::read("parity/interventions.safetensors");
    let mut compared = 0;
    for name in MODELS {
        let (model, _) = random_model(name);
        let corrupted = oracle.tokens(&format!("{name}.corrupted"));
        let cache = model.run(oracle.tokens(&format!("{name}.clean"))).cache().unwrap();
        let mut compare = |patch: &str, got: hooked_transformer::Result<ArrayD<f32>>| {
            match oracle.find(&format!("{name}.{patch}")) {
                Some(want) => {
                    let got = got.unwrap();
                    assert!(
                        close(got.view(), want.view(), TOLERANCE, TOLERANCE),
                        "{name} {patch}: {got} against {want}"
                    );
                    compared += 1;
                }
                // The oracle left out what this model does not have.
                None => assert!(matches!(got, Err(Error::UnknownName { .. })), "{name} {patch}"),
            };
        };
        macro_rules! compare_all {
            ($($patch:ident),*) => {$(
                let got = patching::$patch(&model, &corrupted, &cache, metric).map(|values| values.into_dyn());
                compare(stringify!($patch).strip_prefix("get_act_patch_").unwrap(), got);
            )*};
        }
        compare_all!(
            get_act_patch_resid_pre,
            get_act_patch_resid_mid,
            get_act_patch_attn_out,
            get_act_patch_mlp_out,
            get_act_patch_attn_head_out_by_pos,
            get_act_patch_attn_head_q_by_pos,
            get_act_patch_attn_head_k_by_pos,
            get_act_patch_attn_head_v_by_pos,
            get_act_patch_attn_head_pattern_by_pos,
            get_act_patch_attn_head_pattern_dest_src_pos,
            get_act_patch_attn_head_out_all_pos,
            get_act_patch_attn_head_q_all_pos,
            get_act_patch_attn_head_k_all_pos,
            get_act_patch_attn_head_v_all_pos,
            get_act_patch_attn_head_pattern_all_pos,
            get_act_patch_attn_head_all_pos_every,
            get_act_patch_attn_head_by_pos_every,
            get_act_patch_block_every
        );
    }
    assert!(compared >= 60, "only {compared} tables compared");
}

#[test]
fn ablation_agrees_with_the_classic_library() {
    let oracle = Arrays::read("parity/interventions.safetensors");
    for name in MODELS {
        let (model, _) = random_model(name);
        let tokens = oracle.tokens(&format!("{name}.corrupted"));
        for (kind, ablation) in [("zero", Ablation::Zero), ("batch_mean", Ablation::BatchMean)] {
            let got = head_ablation_sweep(&model, &tokens, ablation, metric).unwrap();
            let want = oracle.get(&format!("{name}.ablation.{kind}"));
            assert!(close(got.view().into_dyn(), want.view(), TOLERANCE, TOLERANCE), "{name} {kind}: {got}, {want}");
        }
    }
}

#[test]
fn detection_agrees_with_the_classic_library() {
    let oracle = Arrays::read("parity/interventions.safetensors");
    for name in MODELS {
        let (model, _) = random_model(name);
        let tokens = oracle.tokens(&format!("{name}.detect.tokens"));
        let custom = oracle.get(&format!("{name}.detect.custom")).into_dimensionality::<Ix2>().unwrap().to_owned();
        let cache = model.run(&tokens).cache().unwrap();
        let patterns = [
            ("previous", HeadPattern::PreviousToken),
            ("duplicate", HeadPattern::DuplicateToken),
            ("induction", HeadPattern::Induction),
            ("custom", HeadPattern::Custom(custom)),
        ];
        for (kind, pattern) in patterns {
            for (excluded, bos, current) in
                [("none", false, false), ("bos", true, false), ("current", false, true), ("both", true, true)]
            {
                for (measure, error_measure) in [("mul", ErrorMeasure::Mul), ("abs", ErrorMeasure::Abs)] {
                    let detect = || {
                        let detect = detect_head(&model, &tokens, pattern.clone()).error_measure(error_measure);
                        detect.exclude_bos(bos).exclude_current_token(current)
                    };
                    let got = detect().scores().unwrap();
                    let want = oracle.get(&format!("{name}.detect.{kind}.{measure}.{excluded}"));
                    // The classic library rounds this measure to three digits.
                    let tolerance = if measure == "abs" { 5e-4 + TOLERANCE } else { TOLERANCE };
                    let place = format!("{name} {kind} {measure} {excluded}: {got} against {want}");
                    assert!(close(got.view().into_dyn(), want, tolerance, 0.0), "{place}");
                    assert_eq!(got, detect().cache(&cache).scores().unwrap(), "{place}");
                }
            }
        }
    }
}

/// The mean over texts of unequal length, each as it would be alone, with the arguments kept; -1 for the others.
#[test]
fn detection_on_several_texts_is_the_mean_of_each() {
    let model = model("attn-only-2l-tales");
    let texts = ["The king and the king and the king", "Once upon a time there was"];
    let detect = |texts: &[&str]| {
        detect_head(&model, texts, HeadPattern::PreviousToken)
            .exclude_bos(true)
            .heads([(0, 1), (1, 2)])
            .scores()
            .unwrap()
    };
    let both = detect(&texts);
    let mean = (detect(&texts[..1]) + detect(&texts[1..])) / 2.0;
    assert_abs_diff_eq!(both, mean, epsilon = 1e-5);
    assert_eq!(both.iter().filter(|&&score| score == -1.0).count(), 14);
    let left = model.to_token_batch(texts, None, PaddingSide::Left).unwrap();
    let left = detect_head(&model, left, HeadPattern::PreviousToken).exclude_bos(true).heads([(0, 1), (1, 2)]);
    assert_abs_diff_eq!(left.scores().unwrap(), both, epsilon = 1e-5);
}

#[test]
fn detection_refuses_what_does_not_fit() {
    let (model, _) = random_model("ln_gelu_new");
    let tokens = array![[1, 2, 3]];
    let refused = |detect: hooked_transformer::analysis::DetectHead<'_>| detect.scores().unwrap_err().to_string();
    assert!(refused(detect_head(&model, &array![[1]], HeadPattern::PreviousToken)).contains("at least two"));
    let heads = detect_head(&model, &tokens, HeadPattern::PreviousToken).heads([(0, 2)]);
    assert!(refused(heads).contains("no head 2 in layer 0"));
    assert!(refused(detect_head(&model, &tokens, Array2::zeros((2, 2)))).contains("query_pos=3"));
    let other = model.run(&array![[1, 2, 3, 4]]).cache().unwrap();
    assert!(refused(detect_head(&model, &tokens, HeadPattern::Induction).cache(&other)).contains("query_pos=3"));
}

/// Every layer, with padding, with lasting hooks (which must fire once and not twice), with either metric: as full runs.
#[test]
fn a_sweep_equals_full_runs() {
    for name in ["ln_gelu_new", "shortformer_ln_mlp", "rotary_parallel"] {
        let (model, _) = random_model(name);
        let mask = array![[false, true, true, true, true], [true; 5]];
        let batch = TokenBatch { tokens: array![[0, 3, 7, 1, 9], [4, 8, 2, 6, 5]], mask: Some(mask) };
        for lasting in [None, Some("resid_pre"), Some("resid_post"), Some("hook_pos_embed")] {
            model.reset_hooks();
            match lasting {
                Some("hook_pos_embed") if name == "rotary_parallel" => continue,
                Some("hook_pos_embed") => drop(model.add_hook("hook_pos_embed", |mut x, _| x += 0.3).unwrap()),
                Some(point) => drop(model.add_hook((point, 1), |mut x, _| x *= 1.3).unwrap()),
                None => {}
            }
            let sweep = Sweep::new(&model, &batch).unwrap();
            let names = [("attn_out", 0), ("z", 1), ("resid_pre", 1), ("mlp_out", 1), ("resid_post", 0)];
            let edit = |x: &mut f32| *x = 0.5 - 2.0 * *x;
            for of_loss in [false, true] {
                let wanted = if of_loss { Metric::loss() } else { Metric::from(metric) };
                let got = sweep.run(&wanted, &names, |_, mut x| x.iter_mut().for_each(edit)).unwrap();
                for (name_of, got) in names.into_iter().zip(got) {
                    let run = model.run(&batch).hook(fwd_hook(name_of, |mut x, _| x.iter_mut().for_each(edit)));
                    let want = if of_loss { run.loss().unwrap() } else { metric(&run.logits().unwrap().view()) };
                    assert!(
                        abs_diff_eq!(got, want, epsilon = 1e-5),
                        "{name} {lasting:?} {name_of:?}: {got} against {want}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_metric_at_some_positions_sees_those() {
    let (model, _) = random_model("ln_gelu_new");
    let tokens = array![[0, 3, 7, 1, 9], [4, 8, 2, 6, 5]];
    let at_last = Metric::at(-1, |logits| logits[[0, 0, 3]] + logits[[1, 0, 7]]);
    let of_all = |logits: &ArrayView3<'_, f32>| logits[[0, 4, 3]] + logits[[1, 4, 7]];
    let at_last = head_ablation_sweep(&model, &tokens, Ablation::Zero, at_last).unwrap();
    let of_all = head_ablation_sweep(&model, &tokens, Ablation::Zero, of_all).unwrap();
    assert_abs_diff_eq!(at_last, of_all, epsilon = 1e-5);
}

/// What patching is about: with everything clean at the stream's first layer, the output is the clean one's.
#[test]
fn patching_everything_restores_the_clean_run() {
    let (model, _) = random_model("ln_gelu_new");
    let (clean, corrupted) = (array![[0, 3, 7, 1, 9]], array![[0, 4, 2, 1, 5]]);
    let cache = model.run(&clean).cache().unwrap();
    let logit = |logits: &ArrayView3<'_, f32>| logits[[0, 4, 3]];
    let restored = generic_activation_patch(&model, &corrupted, &cache, logit, "resid_pre", &[]).unwrap();
    let want = model.forward(&clean).unwrap()[[0, 4, 3]];
    assert!(restored.iter().all(|got| (got - want).abs() <= 1e-5), "{restored} against {want}");
    // A cache without its batch axis serves as well, and so does one row for several.
    let without = cache.clone().remove_batch_dim().unwrap();
    assert_eq!(generic_activation_patch(&model, &corrupted, &without, logit, "resid_pre", &[]).unwrap(), restored);
    let two = array![[0, 4, 2, 1, 5], [1, 1, 1, 1, 1]];
    let restored = generic_activation_patch(&model, &two, &cache, logit, "resid_pre", &[]).unwrap();
    assert!(restored.iter().all(|got| (got - want).abs() <= 1e-5));
}

#[test]
fn patching_refuses_what_does_not_fit() {
    let (model, _) = random_model("ln_gelu_new");
    let corrupted = array![[0, 3, 7]];
    let longer = model.run(&array![[0, 3, 7, 1]]).cache().unwrap();
    let refused = |cache: &_, activation: &str, axes: &[PatchAxis]| {
        generic_activation_patch(&model, &corrupted, cache, metric, activation, axes).unwrap_err().to_string()
    };
    let message = refused(&longer, "z", &[PatchAxis::Head]);
    assert!(message.contains("blocks.0.attn.hook_z") && message.contains("pos=3"), "{message}");
    let cache = model.run(&corrupted).names_filter(("z", 0)).cache().unwrap();
    assert!(refused(&cache, "z", &[PatchAxis::Head]).contains("blocks.1.attn.hook_z"));
    let cache = model.run(&corrupted).cache().unwrap();
    assert!(refused(&cache, "resid_pre", &[PatchAxis::Head]).contains("no axis head"));
    assert!(refused(&cache, "rezid_pre", &[]).contains("hook_resid_pre"));
    let one_row = head_ablation_sweep(&model, &corrupted, Ablation::BatchMean, Metric::loss());
    assert!(one_row.unwrap_err().to_string().contains("two rows"));
}

#[test]
fn a_panic_in_the_metric_or_the_edit_arrives_and_leaves_the_model_usable() {
    let (model, _) = random_model("ln_gelu_new");
    let tokens = array![[0, 3, 7]];
    let before = model.forward(&tokens).unwrap();
    let metric = |_: &ArrayView3<'_, f32>| -> f32 { panic!("of the metric") };
    let sweep = std::panic::catch_unwind(|| head_ablation_sweep(&model, &tokens, Ablation::Zero, metric));
    assert_eq!(sweep.unwrap_err().downcast_ref::<&str>(), Some(&"of the metric"));
    assert_eq!(model.forward(&tokens).unwrap(), before);
}

#[test]
fn a_prompt_is_tested_for_one_answer_or_several() {
    let model = model("gpt2-tales");
    let report = test_prompt(&model, "Once upon a", "time").top_k(3).run().unwrap();
    assert_eq!(report.answers, [[" time"]]);
    assert_eq!(report.prompt, model.to_str_tokens("Once upon a", None).unwrap());
    let logits = model.forward("Once upon a").unwrap();
    let last = logits.slice(s![0, -1, ..]);
    let answer = &report.performance[0][0];
    let token = model.to_single_token(" time").unwrap();
    assert_eq!((answer.token, answer.rank), (token, last.iter().filter(|&&logit| logit > last[token]).count()));
    assert_abs_diff_eq!(answer.logit, last[token], epsilon = 1e-4);
    let log_probs = log_softmax(logits.view());
    assert_abs_diff_eq!(answer.prob, log_probs[[0, logits.dim().1 - 1, token]].exp(), epsilon = 1e-5);
    assert_eq!(report.top[0].iter().map(|top| top.rank).collect::<Vec<_>>(), [0, 1, 2]);

    // Several tokens: each is judged after the ones before it.
    let report = test_prompt(&model, "Once upon a", " time there was").run().unwrap();
    assert_eq!(report.performance.len(), 3);
    let alone = test_prompt(&model, "Once upon a time there", "was").run().unwrap();
    let (together, alone) = (&report.performance[2][0], &alone.performance[0][0]);
    assert!((together.logit - alone.logit).abs() <= 1e-4 && together.rank == alone.rank);

    // Several answers: the first token of each.
    let report = test_prompt(&model, "Once upon a", ["king", "time there"]).run().unwrap();
    assert_eq!(report.ranks().dim(), (1, 2));
    assert_eq!(report.performance[0][1].text, " time");
    assert!(report.to_string().contains("Performance on answer tokens:"));
    assert!(test_prompt(&model, "Once", ["", "a"]).prepend_space_to_answer(false).run().is_err());
    assert!(test_prompt(&model, "", ["king", "queen"]).prepend_bos(false).run().is_err());
    let random = HookedTransformer::from_config(HookedTransformerConfig::new(1, 8, 4, 16, 50)).unwrap();
    assert!(matches!(test_prompt(&random, "Once", "king").run(), Err(Error::NoTokenizer)));
}
