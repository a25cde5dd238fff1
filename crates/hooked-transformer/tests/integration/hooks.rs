//! Hooks: order, lifetime, listing, what a cache beside them holds, what a panic leaves behind, and names that do not
//! exist.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use hooked_transformer::{Error, FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{ArrayViewMutD, Axis, Ix3, Ix4, array, s};
use proptest::prelude::*;

use crate::fixtures::{close, random_model};
use crate::random_models::{Case, cases};

fn tokens() -> Tokens {
    array![[0, 3, 7, 1, 9]]
}

fn a_model() -> HookedTransformer {
    random_model("ln_gelu_new").0
}

/// Writes its name down when it fires.
fn noting(
    log: &Arc<Mutex<Vec<&'static str>>>,
    name: &'static str,
) -> impl FnMut(ArrayViewMutD<'_, f32>, &hooked_transformer::HookPoint) + Send + 'static {
    let log = Arc::clone(log);
    move |_, _| log.lock().unwrap().push(name)
}

#[test]
fn hooks_fire_in_order_lasting_before_scoped_and_prepended_first() {
    let model = a_model();
    let log = Arc::new(Mutex::new(Vec::new()));
    model.add_hook(("z", 0), noting(&log, "lasting 1")).unwrap();
    model.add_hook(("z", 0), noting(&log, "lasting 2")).unwrap();
    model.prepend_hook(("z", 0), noting(&log, "prepended")).unwrap();
    let scoped = ["scoped 1", "scoped 2"].map(|name| fwd_hook(("z", 0), noting(&log, name)));
    model.run_with_hooks(tokens(), scoped).unwrap();
    assert_eq!(*log.lock().unwrap(), ["prepended", "lasting 1", "lasting 2", "scoped 1", "scoped 2"]);
    // The scoped ones are gone, the lasting ones stay.
    log.lock().unwrap().clear();
    model.forward(tokens()).unwrap();
    assert_eq!(*log.lock().unwrap(), ["prepended", "lasting 1", "lasting 2"]);
}

#[test]
fn a_hook_sees_the_edits_of_those_before_it() {
    let model = a_model();
    let mut seen = Vec::new();
    let hooks: [FwdHook<'_>; 3] = [
        fwd_hook(("resid_mid", 0), |mut x, _| x.fill(2.0)),
        fwd_hook(("resid_mid", 0), |mut x, _| x *= 3.0),
        fwd_hook(("resid_mid", 0), |x, _| seen.push(x[[0, 0, 0]])),
    ];
    model.run(tokens()).hooks(hooks).nothing().unwrap();
    assert_eq!(seen, [6.0]);
}

#[test]
fn a_predicate_fires_in_firing_order_with_layer_and_shape() {
    let model = a_model();
    let mut seen = Vec::new();
    let look = |x: ArrayViewMutD<'_, f32>, hook: &hooked_transformer::HookPoint| {
        seen.push((hook.name().to_string(), hook.layer(), x.shape().to_vec()));
    };
    model.run_with_hooks(tokens(), [fwd_hook(|name: &str| name.ends_with("hook_pattern"), look)]).unwrap();
    assert_eq!(seen, [0, 1].map(|layer| (format!("blocks.{layer}.attn.hook_pattern"), Some(layer), vec![1, 2, 5, 5])));
}

/// Every point that the model lists fires, with the shape that the list promises, and none but these.
#[test]
fn every_listed_point_fires_once_with_its_shape() {
    for name in ["ln_gelu_new", "llama", "shortformer_attn_only_none", "ln_solu_ln", "alibi", "qk_norm_rotary"] {
        let (model, _) = random_model(name);
        let mut fired = Vec::new();
        // Not the separate inputs of heads: hooked, they are normalized three times over, each under the same name.
        let inputs = ["hook_q_input", "hook_k_input", "hook_v_input", "hook_attn_in"];
        let chosen = |name: &str| !inputs.iter().any(|input| name.ends_with(input));
        let look = |x: ArrayViewMutD<'_, f32>, hook: &hooked_transformer::HookPoint| {
            assert_eq!(x.ndim(), hook.axes().len(), "{}", hook.name());
            for ((axis, length), got) in hook.axes().iter().zip(x.shape()) {
                let want = length.unwrap_or(if *axis == "batch" { 1 } else { 5 });
                assert_eq!(*got, want, "{} {}", hook.name(), hook.shape());
            }
            fired.push(hook.name().to_string());
        };
        model.run_with_hooks(tokens(), [fwd_hook(chosen, look)]).unwrap();
        let listed: Vec<&str> =
            model.hook_points().iter().map(|point| point.name()).filter(|name| chosen(name)).collect();
        assert_eq!(fired, listed, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Hooked or cached, all at once or one by one: in every architecture the order is that of the list.
    #[test]
    fn points_fire_in_the_order_of_the_list(Case { model, tokens } in cases()) {
        let listed: Vec<&str> = model.hook_points().iter().map(|point| point.name()).collect();
        let mut fired: Vec<String> = Vec::new();
        let note = |_: ArrayViewMutD<'_, f32>, hook: &hooked_transformer::HookPoint| {
            // The norm of separate inputs fires once for each of them.
            if !fired.iter().any(|name| name == hook.name()) {
                fired.push(hook.name().to_string());
            }
        };
        model.run(&tokens).hook(fwd_hook(|_: &str| true, note)).nothing().unwrap();
        prop_assert_eq!(&fired, &listed);
        let cache = model.run(&tokens).names_filter(|_: &str| true).cache().unwrap();
        prop_assert_eq!(cache.keys().collect::<Vec<_>>(), listed);
    }
}

#[test]
fn lasting_hooks_are_listed_removed_and_reset() {
    let model = a_model();
    let clean = model.forward(tokens()).unwrap();
    let zero = model.add_hook(("z", 0), |mut z, _| z.fill(0.0)).unwrap();
    let all = model.add_hook(|name: &str| name.ends_with("hook_z"), |_, _| {}).unwrap();
    let first = model.prepend_hook(("q", 1), |_, _| {}).unwrap();
    let listed = model.list_hooks();
    let names: Vec<(_, Vec<&str>)> = vec![
        (first, vec!["blocks.1.attn.hook_q"]),
        (zero, vec!["blocks.0.attn.hook_z"]),
        (all, vec!["blocks.0.attn.hook_z", "blocks.1.attn.hook_z"]),
    ];
    assert_eq!(listed, names);
    assert_ne!(model.forward(tokens()).unwrap(), clean);
    assert!(model.remove_hook(zero));
    assert!(!model.remove_hook(zero), "it was removed already");
    assert_eq!(model.forward(tokens()).unwrap(), clean);
    assert_eq!(model.list_hooks().len(), 2);
    model.reset_hooks();
    assert!(model.list_hooks().is_empty());
    // A clone shares weights and not hooks.
    model.add_hook(("z", 0), |mut z, _| z.fill(0.0)).unwrap();
    assert_eq!(model.clone().forward(tokens()).unwrap(), clean);
}

/// The cached value is what came out of the hooks; an edit further on (which may work on the same memory) does not
/// reach back.
#[test]
fn a_cache_beside_hooks_holds_the_value_after_the_edits() {
    let model = a_model();
    let hooks: [FwdHook<'_>; 3] = [
        fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.25)),
        fwd_hook(("resid_pre", 1), |mut x, _| x.fill(7.0)),
        fwd_hook(("attn_scores", 1), |mut x, _| x += 1.0),
    ];
    let (logits, cache) = model.run(tokens()).hooks(hooks).logits_and_cache().unwrap();
    assert!(cache.view::<Ix4>(("z", 0)).slice(s![.., .., 1, ..]).iter().all(|&z| z == 0.25));
    assert!(cache[("resid_pre", 1)].iter().all(|&x| x == 7.0));
    assert!(cache[("resid_post", 0)].iter().all(|&x| x != 7.0), "the edit of resid_pre reached back to resid_post");
    let sum = &cache.view::<Ix3>(("resid_mid", 0)) + &cache.view::<Ix3>(("mlp_out", 0));
    assert!(close(cache[("resid_post", 0)].view(), sum.view().into_dyn(), 1e-5, 1e-5));
    // Scores became a pattern in place, and yet both are there.
    let pattern = cache.view::<Ix4>(("pattern", 1));
    assert!(pattern.sum_axis(Axis(3)).iter().all(|sum| (sum - 1.0).abs() <= 1e-5));
    assert!(cache.view::<Ix4>(("attn_scores", 1))[[0, 0, 0, 1]] == f32::NEG_INFINITY);
    // And the logits are those of the same hooks without a cache.
    let hooks: [FwdHook<'_>; 2] = [
        fwd_hook(("z", 0), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.25)),
        fwd_hook(("resid_pre", 1), |mut x, _| x.fill(7.0)),
    ];
    let without = model.run_with_hooks(tokens(), hooks).unwrap();
    assert!(close(logits.view().into_dyn(), without.view().into_dyn(), 1e-5, 1e-5));
}

#[test]
fn a_scoped_hook_that_panics_leaves_nothing_behind() {
    let model = a_model();
    let clean = model.forward(tokens()).unwrap();
    let hooks = || -> [FwdHook<'_>; 2] {
        [fwd_hook(("z", 0), |mut z, _| z.fill(0.0)), fwd_hook(("z", 1), |_, _| panic!("of a scoped hook"))]
    };
    let panic = catch_unwind(AssertUnwindSafe(|| model.run_with_hooks(tokens(), hooks()))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"of a scoped hook"));
    assert_eq!(model.forward(tokens()).unwrap(), clean);
}

#[test]
fn a_lasting_hook_that_panics_stays_usable() {
    let model = a_model();
    let clean = model.forward(tokens()).unwrap();
    let mut calls = 0;
    let handle = model
        .add_hook(("z", 0), move |mut z, _| {
            calls += 1;
            assert!(calls > 1, "of a lasting hook");
            z.fill(0.0);
        })
        .unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| model.forward(tokens()))).is_err());
    let again = model.forward(tokens()).unwrap();
    assert_ne!(again, clean, "the hook should fire again");
    assert!(model.remove_hook(handle));
    assert_eq!(model.forward(tokens()).unwrap(), clean);
}

/// Models and their clones number their handles together.
#[test]
fn a_handle_belongs_to_one_model() {
    let (one, other) = (a_model(), a_model());
    let of_one = one.add_hook(("z", 0), |_, _| {}).unwrap();
    let of_other = other.add_hook(("z", 0), |_, _| {}).unwrap();
    assert!(!other.remove_hook(of_one) && !one.clone().remove_hook(of_one));
    assert_eq!((one.list_hooks().len(), other.list_hooks().len()), (1, 1));
    assert!(one.remove_hook(of_one) && other.remove_hook(of_other));
}

/// It used to wait for itself forever.
#[test]
fn a_lasting_hook_that_runs_its_own_model_is_told_why_it_cannot() {
    let model = Arc::new(a_model());
    let (answers, heard) = std::sync::mpsc::channel();
    let own = Arc::downgrade(&model);
    let run_it = move |_: ArrayViewMutD<'_, f32>, _: &hooked_transformer::HookPoint| {
        let own = own.upgrade().unwrap();
        answers.send((own.forward(tokens()).map(drop), own.as_ref().clone().forward(tokens()).map(drop))).unwrap();
    };
    model.add_hook(("z", 0), run_it).unwrap();
    let (done, waited) = std::sync::mpsc::channel();
    let runner = Arc::clone(&model);
    std::thread::spawn(move || done.send(runner.forward(tokens()).is_ok()));
    assert!(waited.recv_timeout(std::time::Duration::from_secs(60)).expect("it hangs"));
    let (own, clone) = heard.recv().unwrap();
    let refused = own.unwrap_err();
    assert!(matches!(refused, Error::HookInsideItself { .. }), "{refused}");
    assert!(refused.to_string().contains("`blocks.0.attn.hook_z`"), "{refused}");
    clone.expect("a clone has no lasting hooks");
    // The hook is as it was.
    model.forward(tokens()).unwrap();
    assert_eq!(heard.try_iter().count(), 1);
}

#[test]
fn names_that_select_nothing_are_errors_before_anything_runs() {
    let model = a_model();
    let mut fired = false;
    let hooks: [FwdHook<'_>; 2] = [fwd_hook(("z", 0), |_, _| fired = true), fwd_hook(("zz", 0), |_, _| {})];
    assert!(matches!(model.run_with_hooks(tokens(), hooks), Err(Error::UnknownName { .. })));
    assert!(!fired);
    let error = model.add_hook("blocks.0.attn.hook_patern", |_, _| {}).unwrap_err().to_string();
    assert!(error.contains("blocks.0.attn.hook_pattern"), "{error}");
    let error = model.add_hook(("z", 2), |_, _| {}).unwrap_err().to_string();
    assert!(error.contains("2 layers"), "{error}");
    let nothing = |name: &str| name.ends_with("hook_zz");
    assert!(matches!(model.add_hook(nothing, |_, _| {}), Err(Error::FilterMatchedNothing { .. })));
    assert!(matches!(
        model.run_with_hooks(tokens(), [fwd_hook(nothing, |_, _| {})]),
        Err(Error::FilterMatchedNothing { .. })
    ));
    assert!(model.list_hooks().is_empty());
    let (attn_only, _) = random_model("shortformer_attn_only_none");
    let error = attn_only.add_hook(("mlp_out", 0), |_, _| {}).unwrap_err().to_string();
    assert!(error.contains("attention-only"), "{error}");
}

/// Editing what is not cached by default: the separate inputs of heads, and the result of each.
#[test]
fn edits_on_points_that_are_made_on_demand_take_effect() {
    let model = a_model();
    let clean = model.forward(tokens()).unwrap();
    for point in ["q_input", "k_input", "v_input", "attn_in", "result", "mlp_in"] {
        let looked = model.run_with_hooks(tokens(), [fwd_hook((point, 0), |_, _| {})]).unwrap();
        assert!(close(looked.view().into_dyn(), clean.view().into_dyn(), 1e-5, 1e-5), "{point}: looking changed it");
        let edited = model.run_with_hooks(tokens(), [fwd_hook((point, 0), |mut x, _| x *= -1.0)]).unwrap();
        assert!(!close(edited.view().into_dyn(), clean.view().into_dyn(), 1e-3, 1e-3), "{point}: no effect");
    }
    // Head 0's result at zero is head 0's z at zero.
    let no_result = fwd_hook(("result", 1), |mut x, _| x.slice_mut(s![.., .., 0, ..]).fill(0.0));
    let no_z = fwd_hook(("z", 1), |mut x, _| x.slice_mut(s![.., .., 0, ..]).fill(0.0));
    let [a, b] = [no_result, no_z].map(|hook| model.run_with_hooks(tokens(), [hook]).unwrap());
    assert!(close(a.view().into_dyn(), b.view().into_dyn(), 1e-5, 1e-5));
}
