//! Every activation of tiny random models, over the product of the configuration's flags, against the classic library.
//!
//! `cargo test -p hooked-transformer parity -- --nocapture` prints the largest difference of each kind of activation.

use std::collections::BTreeMap;

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Run, Tokens, fwd_hook};
use ndarray::{Array2, ArrayViewD, Axis, IxDyn, Slice};
use serde_json::Value;

use crate::fixtures::{Arrays, close, largest_difference, reference, with_head_axes};

const ABSOLUTE: f32 = 1e-5;
const RELATIVE: f32 = 1e-4;

struct Case {
    name: String,
    config: Value,
    arrays: Arrays,
    model: HookedTransformer,
}

impl Case {
    fn flag(&self, name: &str) -> bool {
        self.config[name] == Value::Bool(true)
    }

    /// The classic library splits the heads' inputs under a flag; here the pass does so when one of them is hooked.
    fn run<'a>(&'a self, tokens: &Tokens, mask: Option<Array2<bool>>) -> Run<'a> {
        let mut run = self.model.run(tokens);
        if self.flag("use_split_qkv_input") {
            run = run.hook(fwd_hook(|name: &str| name.ends_with("hook_q_input"), |_, _| {}));
        }
        if self.flag("use_attn_in") {
            run = run.hook(fwd_hook(|name: &str| name.ends_with("hook_attn_in"), |_, _| {}));
        }
        match mask {
            Some(mask) => run.attention_mask(mask),
            None => run,
        }
    }
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(reference("parity/configs.json")).unwrap();
    let configs: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let case = |(name, entry): (String, Value)| {
        let arrays = Arrays::read(&format!("parity/{name}.safetensors"));
        let config = entry["config"].clone();
        let cfg = HookedTransformerConfig::from_json(config.clone()).unwrap();
        let model =
            HookedTransformer::from_state_dict(cfg, |tensor| arrays.find(&format!("weights.{tensor}"))).unwrap();
        Case { name, config, arrays, model }
    };
    configs.into_iter().map(case).collect()
}

/// Rows whose comparison makes sense. The classic library lets bidirectional attention see padding; here it does not.
fn comparable<'a>(case: &Case, batch: &str, array: ArrayViewD<'a, f32>) -> ArrayViewD<'a, f32> {
    if batch == "padded" && case.config["attention_dir"] == "bidirectional" {
        array.slice_axis_move(Axis(0), Slice::from(2..))
    } else {
        array
    }
}

#[test]
fn every_activation_agrees_with_the_classic_library() {
    let cases = cases();
    assert!(cases.len() >= 24, "only {} configurations", cases.len());
    let mut worst: BTreeMap<String, (f32, String)> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut compared = 0;
    for case in &cases {
        for batch in ["three", "one", "padded"] {
            let tokens = case.arrays.tokens(&format!("{batch}.tokens"));
            let mask = case.arrays.find(&format!("{batch}.attention_mask"));
            let mask = mask.map(|m| m.into_dimensionality().unwrap().mapv(|real| real != 0.0));
            let everything = case.run(&tokens, mask.clone()).names_filter(|_: &str| true);
            let (logits, cache) = everything.logits_and_cache().unwrap();
            let mut compare = |name: &str, got: ArrayViewD<'_, f32>| {
                let Some(want) = case.arrays.find(&format!("{batch}.{name}")) else { return };
                let place = format!("{} {batch} {name}", case.name);
                let want = with_head_axes(name, want, got.shape());
                assert_eq!(got.shape(), want.shape(), "{place}");
                let (got, want) = (comparable(case, batch, got), comparable(case, batch, want));
                compared += 1;
                let difference = largest_difference(got.view(), want.view());
                let kind = name.rsplit_once("hook_").map_or(name, |(_, kind)| kind).to_string();
                let entry = worst.entry(kind).or_insert((0.0, String::new()));
                if difference > entry.0 {
                    *entry = (difference, place.clone());
                }
                if !close(got, want, ABSOLUTE, RELATIVE) {
                    failures.push(format!("{place}: {difference}"));
                }
            };
            compare("logits", logits.view().into_dyn());
            for (name, value) in cache.iter() {
                compare(name, value.view());
            }
            if !(batch == "padded" && case.config["attention_dir"] == "bidirectional") {
                let loss = case.run(&tokens, mask).loss().unwrap();
                compare("loss", ArrayViewD::from_shape(IxDyn(&[]), &[loss]).unwrap());
            }
            let missing: Vec<&str> = case
                .arrays
                .names()
                .filter_map(|name| name.strip_prefix(&format!("{batch}.")))
                .filter(|name| name.contains("hook_") && !cache.contains(*name))
                .collect();
            assert!(missing.is_empty(), "{} {batch}: never computed: {missing:?}", case.name);
        }
    }
    println!("largest difference from the classic library, {} configurations, {compared} arrays:", cases.len());
    for (kind, (difference, place)) in &worst {
        println!("  {kind:<14} {difference:.1e}  {place}");
    }
    assert!(failures.is_empty(), "beyond {ABSOLUTE} + {RELATIVE} |want|:\n{}", failures.join("\n"));
}

/// The pass without hooks and caches takes shortcuts (no scores, no pattern, no split inputs); it must agree as well.
#[test]
fn an_unwatched_pass_gives_the_same_logits() {
    for case in cases() {
        let tokens = case.arrays.tokens("three.tokens");
        let logits = case.model.forward(&tokens).unwrap();
        let want = case.arrays.get("three.logits");
        assert!(close(logits.view().into_dyn(), want, ABSOLUTE, RELATIVE), "{}", case.name);
    }
}
