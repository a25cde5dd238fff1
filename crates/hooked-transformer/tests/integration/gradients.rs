//! Gradients against torch autograd through the classic library, as `oracle/gradients.py` stored them: every activation
//! and every weight of the tiny random models.
//!
//! `cargo test -p hooked-transformer gradients_agree -- --nocapture` prints the largest difference of each kind.

use std::collections::BTreeMap;

use hooked_transformer::{
    ActivationCache, ActivationFunction, AttnType, Gradients, HookedTransformer, HookedTransformerConfig, Run, Scalar,
    Tokens, fwd_hook, spoil_kept_memory,
};
use ndarray::{Array2, ArrayViewD, Ix2};
use serde_json::Value;

use crate::fixtures::{Arrays, largest_difference, reference, with_head_axes};

/// Of the largest entry of an array.
const RELATIVE: f32 = 1e-4;

struct Case {
    name: String,
    config: Value,
    gradients: Arrays,
    model: HookedTransformer,
    tokens: Tokens,
}

impl Case {
    fn flag(&self, name: &str) -> bool {
        self.config[name] == Value::Bool(true)
    }

    /// The classic library splits the heads' inputs under a flag; here the pass does so when one of them is hooked.
    fn run<'a>(&'a self, tokens: &Tokens) -> Run<'a> {
        let mut run = self.model.run(tokens);
        if self.flag("use_split_qkv_input") {
            run = run.hook(fwd_hook(|name: &str| name.ends_with("hook_q_input"), |_, _| {}));
        }
        if self.flag("use_attn_in") {
            run = run.hook(fwd_hook(|name: &str| name.ends_with("hook_attn_in"), |_, _| {}));
        }
        run
    }
}

fn case(name: &str, entry: &Value) -> Case {
    let (untied, tied) = match name.strip_suffix("_tied") {
        Some(untied) => (untied, true),
        None => (name, false),
    };
    let mut config = entry["config"].clone();
    config["tie_word_embeddings"] = Value::Bool(tied);
    let arrays = Arrays::read(&format!("parity/{untied}.safetensors"));
    let cfg = HookedTransformerConfig::from_json(config.clone()).unwrap();
    // A tied model given an unembedding of its own would no longer be tied.
    let weight = |name: &str| arrays.find(&format!("weights.{name}")).filter(|_| !tied || name != "unembed.W_U");
    let model = HookedTransformer::from_state_dict(cfg, weight).unwrap();
    let gradients = Arrays::read(&format!("gradients/{name}.safetensors"));
    let tokens = arrays.tokens("three.tokens");
    Case { name: name.to_string(), config, gradients, model, tokens }
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(reference("parity/configs.json")).unwrap();
    let configs: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(configs.len() >= 45, "only {} configurations", configs.len());
    let mut cases: Vec<Case> = configs.iter().map(|(name, entry)| case(name, entry)).collect();
    for name in ["ln_gelu_new", "soft_caps"] {
        cases.push(case(&format!("{name}_tied"), &configs[name]));
    }
    cases
}

/// Largest differences by kind of array, and what was wrong.
#[derive(Default)]
struct Comparison {
    worst: BTreeMap<String, (f32, String)>,
    failures: Vec<String>,
    compared: usize,
}

impl Comparison {
    fn add(&mut self, kind: &str, place: &str, got: ArrayViewD<'_, f32>, want: ArrayViewD<'_, f32>) {
        assert_eq!(got.shape(), want.shape(), "{place}");
        let largest = want.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
        let difference = largest_difference(got, want);
        // A gradient that is zero by symmetry (that of a bias which softmax takes away) has no scale of its own.
        let relative = difference / largest.max(1e-3);
        self.compared += 1;
        let entry = self.worst.entry(kind.to_string()).or_insert((0.0, String::new()));
        if relative > entry.0 {
            *entry = (relative, place.to_string());
        }
        // Not the opposite comparison, which NaN would pass.
        let agrees = relative <= RELATIVE;
        if !agrees {
            self.failures.push(format!("{place}: {difference:.1e}, where the largest entry is {largest:.1e}"));
        }
    }

    fn add_all(&mut self, case: &Case, scalar: &str, grads: &Gradients) {
        let name_of = |kind: &str| format!("{} {scalar} {kind}", case.name);
        let value = ArrayViewD::from_shape(vec![], std::slice::from_ref(&grads.value())).unwrap().to_owned();
        self.add("value", &name_of("value"), value.view(), case.gradients.get(&format!("{scalar}.value")));
        let mut found = 0;
        for stored in case.gradients.names().filter_map(|name| name.strip_prefix(&format!("{scalar}."))) {
            let want = case.gradients.get(&format!("{scalar}.{stored}"));
            if let Some(name) = stored.strip_prefix("activations.") {
                let kind = name.rsplit_once("hook_").unwrap().1;
                let got = grads[name].view();
                let want = with_head_axes(name, want, got.shape());
                self.add(kind, &name_of(name), got, want);
                found += 1;
            } else if let Some(name) = stored.strip_prefix("weights.") {
                let kind = name.split('.').skip(if name.starts_with("blocks") { 2 } else { 0 }).collect::<Vec<_>>();
                let ours = name.replace("attn._", "attn.");
                self.add(&kind.join("."), &name_of(name), grads.weight(ours.as_str()).unwrap(), want);
                found += 1;
            }
        }
        assert!(found > 0, "{} {scalar}: nothing is stored", case.name);
    }

    fn finish(self) {
        println!("largest difference relative to the largest entry, {} arrays:", self.compared);
        for (kind, (difference, place)) in &self.worst {
            println!("  {kind:<16} {difference:.1e}  {place}");
        }
        let shown: Vec<&String> = self.failures.iter().take(40).collect();
        assert!(self.failures.is_empty(), "{} beyond {RELATIVE}:\n{shown:#?}", self.failures.len());
    }
}

#[test]
fn gradients_agree_with_autograd() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let run = case.run(&case.tokens).backward(Scalar::loss());
        let stored = |name: &str| case.gradients.find(&format!("loss.activations.{name}")).is_some();
        let grads = run.activations(stored).all_weights().grads().unwrap();
        comparison.add_all(&case, "loss", &grads);
        // Nothing that the classic library has a gradient for is left out, and no parameter is.
        assert_eq!(grads.weights().len(), case.model.state_dict().len());
        let last = case.tokens.ncols() as isize - 1;
        for pos in [-1, last] {
            let grads = case.run(&case.tokens).backward(Scalar::logit_diff(pos, 5, 2)).grads().unwrap();
            comparison.add_all(&case, "logit_diff", &grads);
        }
    }
    comparison.finish();
}

/// The pass with nothing hooked or stored takes shortcuts (no pattern, one shared input for all heads); the gradients of
/// weights must be the same.
#[test]
fn gradients_of_weights_alone_agree_with_autograd() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let grads = case.model.run(&case.tokens).backward(Scalar::loss()).all_weights().grads().unwrap();
        for (name, got) in grads.weights() {
            let stored = format!("loss.weights.{name}");
            let grouped = stored.replace("attn.", "attn._");
            let want = case.gradients.find(&stored).or_else(|| case.gradients.find(&grouped));
            comparison.add("weights", &format!("{} {name}", case.name), got, want.expect("stored"));
        }
    }
    comparison.finish();
}

#[test]
fn gradients_with_padding_agree_with_autograd() {
    let mut comparison = Comparison::default();
    let mut found = 0;
    for case in cases() {
        if case.gradients.find("padded.value").is_none() {
            continue;
        }
        found += 1;
        let tokens = case.gradients.tokens("padded.tokens");
        let mask: Array2<bool> =
            case.gradients.get("padded.attention_mask").into_dimensionality::<Ix2>().unwrap().mapv(|real| real != 0.0);
        let run = case.model.run(&tokens).attention_mask(mask).backward(Scalar::loss());
        comparison.add_all(&case, "padded", &run.all_weights().grads().unwrap());
    }
    assert!(found >= 6);
    comparison.finish();
}

/// A pass writes its gradients where dropped ones were. That memory holds NaN here, so that whatever is added to it, or left
/// out, shows.
#[test]
fn gradients_are_the_same_in_memory_that_held_others() {
    spoil_kept_memory();
    for case in cases() {
        let of = |hooked: bool, weights: &str, scalar: Scalar<'_>| -> Vec<(String, Vec<f32>)> {
            let run = if hooked { case.run(&case.tokens) } else { case.model.run(&case.tokens) };
            let grads = run.backward(scalar).weights(|name: &str| name.ends_with(weights)).grads().unwrap();
            grads.weights().into_iter().map(|(name, x)| (name, x.iter().copied().collect())).collect()
        };
        for scalar in [Scalar::loss(), Scalar::logit(-1, 5), Scalar::loss_at(1)] {
            let first = of(false, "", scalar.clone());
            let of_queries = of(true, "W_Q", scalar.clone());
            assert_eq!(of(true, "W_Q", scalar.clone()), of_queries, "{}", case.name);
            assert_eq!(of(false, "", scalar.clone()), first, "{}", case.name);
            // After gradients of another scalar, and of fewer layers.
            of(false, "", Scalar::loss());
            let upper = |name: &str| !name.starts_with("blocks.0.");
            drop(case.model.run(&case.tokens).backward(Scalar::loss()).weights(upper).grads().unwrap());
            assert_eq!(of(false, "", scalar), first, "{}", case.name);
        }
    }
}

/// The same for activations, and for gradients by them: whatever the model did before, and in every configuration.
#[test]
fn activations_are_the_same_in_memory_that_held_others() {
    spoil_kept_memory();
    for case in cases() {
        let run = |tokens: &Tokens| case.run(tokens);
        assert_same_again(&case.name, &case.tokens, &run);
    }
    // Queries in several blocks, which leave out the keys that none of them sees.
    let model = HookedTransformer::from_config(HookedTransformerConfig {
        act_fn: Some(ActivationFunction::GeluNew),
        attn_types: Some(vec![AttnType::Local, AttnType::Global]),
        use_local_attn: true,
        window_size: Some(100),
        seed: Some(1),
        ..HookedTransformerConfig::new(2, 16, 8, 300, 20)
    });
    let model = model.unwrap();
    let tokens = Tokens::from_shape_fn((2, 300), |(row, pos)| (row * 7 + pos * pos) % 20);
    assert_same_again("300 tokens", &tokens, &|tokens| model.run(tokens));
}

/// Caches and gradients of a run are the same the second time, and after other runs.
fn assert_same_again<'m>(name: &str, tokens: &Tokens, run: &dyn Fn(&Tokens) -> Run<'m>) {
    let everything = |_: &str| true;
    let activations = || contents(&run(tokens).names_filter(everything).cache().unwrap());
    let gradients = || {
        let backward = run(tokens).backward(Scalar::loss());
        contents(backward.activations(|name: &str| name != "hook_tokens").grads().unwrap().activations())
    };
    let (first, first_gradients) = (activations(), gradients());
    let shorter = tokens.slice(ndarray::s![.., ..3]).to_owned();
    drop(run(&shorter).names_filter(everything).cache().unwrap());
    run(tokens).loss().unwrap();
    for _ in 0..2 {
        assert!(activations() == first, "{name}: activations");
        assert!(gradients() == first_gradients, "{name}: gradients");
    }
}

/// A cache as plain numbers: bits, so that what is not a number equals itself.
fn contents(cache: &ActivationCache) -> Vec<(String, Vec<u32>)> {
    cache.iter().map(|(name, x)| (name.to_string(), x.iter().map(|x| x.to_bits()).collect())).collect()
}
