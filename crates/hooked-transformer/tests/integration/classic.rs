//! Processed weights, stacks, attributions and circuits against the classic library's, as `oracle/analysis.py` stored
//! them.

use std::collections::BTreeMap;

use hooked_transformer::{ActivationCache, Composition, ProcessOptions, Result, Stack, StackMode, StackOptions};
use ndarray::{ArrayViewD, Axis};
use serde_json::Value;

use crate::architectures;
use crate::fixtures::{Arrays, close, largest_difference, reference};

const ABSOLUTE: f32 = 1e-5;
const RELATIVE: f32 = 1e-4;

/// Name, arrays, and what is in `labels.json`.
fn cases() -> Vec<(String, Arrays, Value)> {
    let text = std::fs::read_to_string(reference("analysis/labels.json")).unwrap();
    let labels: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(labels.len() >= 7);
    let case = |(name, about): (String, Value)| {
        let arrays = Arrays::read(&format!("analysis/{name}.safetensors"));
        (name, arrays, about)
    };
    labels.into_iter().map(case).collect()
}

/// Compares, and keeps the largest difference.
#[derive(Default)]
struct Comparison {
    worst: (f32, String),
    count: usize,
}

impl Comparison {
    #[track_caller]
    fn check(&mut self, got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>, place: &str) {
        assert_eq!(got.shape(), want.shape(), "{place}");
        let difference = largest_difference(got.view(), want.view());
        assert!(close(got, want, ABSOLUTE, RELATIVE), "{place}: {difference:e}");
        self.count += 1;
        if difference > self.worst.0 {
            self.worst = (difference, place.to_string());
        }
    }
}

#[test]
fn processed_weights_are_the_classic_library_s() {
    let mut comparison = Comparison::default();
    for (name, arrays, about) in cases() {
        let model = architectures::model(&name);
        let options = ProcessOptions::applicable(&model);
        let steps: Vec<&str> = about["processing"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for (step, taken) in [
            ("fold_ln", options.fold_ln),
            ("center_writing_weights", options.center_writing_weights),
            ("center_unembed", options.center_unembed),
            ("fold_value_biases", options.fold_value_biases),
        ] {
            assert_eq!(steps.contains(&step), taken, "{name}: {step}");
        }
        let model = model.process_weights(options).unwrap();
        let logits = model.forward(architectures::tokens(&name)).unwrap();
        comparison.check(logits.view().into_dyn(), arrays.get("processed.logits"), &format!("{name} logits"));
        for (tensor, got) in model.state_dict() {
            let stored = format!("processed.weights.{tensor}");
            let grouped = stored.replace(".attn.W_", ".attn._W_").replace(".attn.b_", ".attn._b_");
            let want = arrays.find(&stored).unwrap_or_else(|| arrays.get(&grouped));
            comparison.check(got, want, &format!("{name} {tensor}"));
        }
    }
    println!("processed weights: {} arrays, largest difference {:?}", comparison.count, comparison.worst);
}

fn stack(cache: &ActivationCache, method: &str, has_mid: bool) -> Result<Stack> {
    fn options<For>() -> StackOptions<For> {
        StackOptions::new()
    }
    match method {
        "accumulated_resid" => cache.accumulated_resid(options().incl_mid(has_mid)),
        "logit_lens" => cache.accumulated_resid(options().apply_ln(true)),
        "accumulated_resid_1" => cache.accumulated_resid(options().layer(1).apply_ln(true).mlp_input(has_mid)),
        "stack_head_results" => cache.stack_head_results(options().incl_remainder(true).apply_ln(true)),
        "stack_head_results_1" => cache.stack_head_results(options().layer(1)),
        "decompose_resid" => cache.decompose_resid(options().apply_ln(true)),
        "decompose_resid_1" => cache.decompose_resid(options().layer(1).mlp_input(has_mid)),
        "attn" => cache.decompose_resid(options().mode(StackMode::Attn).incl_embeds(false)),
        "get_full_resid_decomposition" => cache.get_full_resid_decomposition(options().apply_ln(true)),
        "get_full_resid_decomposition_1" => {
            cache.get_full_resid_decomposition(options().layer(1).expand_neurons(false).mlp_input(has_mid))
        }
        "stack_neuron_results" => cache.stack_neuron_results(options().neurons(3..6).incl_remainder(true)),
        other => panic!("no call for `{other}`"),
    }
}

#[test]
fn stacks_and_their_labels_are_the_classic_library_s() {
    let mut comparison = Comparison::default();
    for (name, arrays, about) in cases() {
        let model = architectures::model(&name);
        let has_mid = !model.cfg().attn_only && !model.cfg().parallel_attn_mlp;
        let (_, cache) = model.run_with_cache(architectures::tokens(&name)).unwrap();
        for (method, labels) in about["labels"].as_object().unwrap() {
            let got = stack(&cache, method, has_mid).unwrap();
            assert_eq!(Value::from(got.labels.clone()), *labels, "{name} {method}");
            comparison.check(got.values.view(), arrays.get(&format!("stack.{method}")), &format!("{name} {method}"));
        }
    }
    assert!(comparison.count >= 50, "{}", comparison.count);
    println!("stacks: {} arrays, largest difference {:?}", comparison.count, comparison.worst);
}

#[test]
fn attributions_in_folded_models_are_the_classic_library_s() {
    let mut comparison = Comparison::default();
    for (name, arrays, _) in cases() {
        let Some(want) = arrays.find("attrs.logit") else { continue };
        let model = architectures::model(&name);
        let options = ProcessOptions::applicable(&model);
        let model = model.process_weights(options).unwrap();
        let tokens = architectures::tokens(&name);
        let (_, cache) = model.run_with_cache(&tokens).unwrap();
        let parts = cache.get_full_resid_decomposition(StackOptions::new()).unwrap();
        let n_pos = tokens.ncols();
        let mut following = tokens.clone();
        for (p, column) in tokens.axis_iter(Axis(1)).enumerate() {
            following.column_mut((p + n_pos - 1) % n_pos).assign(&column);
        }
        comparison.check(cache.logit_attrs(&parts, &following).unwrap().values.view(), want, &name);
        let difference = cache.logit_diff_attrs(&parts, &following, 1).unwrap();
        comparison.check(difference.values.view(), arrays.get("attrs.diff"), &name);
    }
    assert!(comparison.count >= 10);
    println!("attributions: {} arrays, largest difference {:?}", comparison.count, comparison.worst);
}

#[test]
fn circuits_are_the_classic_library_s() {
    let mut comparison = Comparison::default();
    for (name, arrays, _) in cases() {
        let model = architectures::model(&name);
        for (circuit, matrix) in [("QK", model.QK()), ("OV", model.OV())] {
            let mut check = |what: &str, got: ArrayViewD<'_, f32>| {
                comparison.check(
                    got,
                    arrays.get(&format!("circuits.{circuit}.{what}")),
                    &format!("{name} {circuit} {what}"),
                );
            };
            check("S", matrix.svd().S.view().into_dyn());
            check("norm", matrix.norm().view().into_dyn());
            // Conjugates have equal moduli, so their order is arbitrary.
            let eigenvalues = matrix.eigenvalues();
            check("re", eigenvalues.mapv(|value| value.re).view().into_dyn());
            let want = arrays.get(&format!("circuits.{circuit}.im")).mapv(f32::abs);
            let got = eigenvalues.mapv(|value| value.im.abs()).into_dyn();
            comparison.check(got.view(), want.view(), &format!("{name} {circuit} im"));
        }
        for (mode, composition) in [("Q", Composition::Q), ("K", Composition::K), ("V", Composition::V)] {
            let got = model.all_composition_scores(composition).into_dyn();
            comparison.check(
                got.view(),
                arrays.get(&format!("circuits.composition_{mode}")),
                &format!("{name} {mode}"),
            );
        }
    }
    println!("circuits: {} arrays, largest difference {:?}", comparison.count, comparison.worst);
}
