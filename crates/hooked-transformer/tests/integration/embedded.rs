//! The embedded models: equal to the oracle, and showing what the course teaches.
//!
//! `cargo test -p hooked-transformer embedded -- --nocapture` prints the differences and the table of heads.

use approx::abs_diff_eq;
use std::collections::BTreeMap;

use hooked_transformer::{ActivationCache, HookedTransformer, Tokens, fwd_hook, lm_accuracy};
use ndarray::{Array2, ArrayView2, Ix4, s};

use crate::fixtures::{Arrays, largest_difference, model, reference};

/// Float32 noise of the oracle itself is about 2e-5 on logits of size 20 (see its manifest).
const TOLERANCE: f32 = 1e-4;

fn agrees_with_the_oracle(name: &str, file: &str) {
    let model = model(name);
    let want = Arrays::read(&format!("activations/{file}.safetensors"));
    let tokens = want.tokens("tokens");
    let everything = |name: &str| want.find(name).is_some();
    let (logits, cache) = model.run(&tokens).names_filter(everything).logits_and_cache().unwrap();

    let mut worst: BTreeMap<&str, f32> = BTreeMap::new();
    let mut compare = |kind, difference: f32| {
        let entry = worst.entry(kind).or_insert(0.0);
        *entry = entry.max(difference);
    };
    compare("logits", largest_difference(logits.view().into_dyn(), want.get("logits")));
    for (name, value) in cache.iter() {
        let kind = name.rsplit_once("hook_").map_or(name, |(_, kind)| kind);
        compare(kind, largest_difference(value.view(), want.get(name)));
    }
    let losses = model.run(&tokens).loss_per_token().unwrap();
    compare("loss_per_token", largest_difference(losses.view().into_dyn(), want.get("loss_per_token")));
    let loss = model.loss(&tokens).unwrap();
    compare("loss", (loss - want.get("loss").first().unwrap()).abs());

    let hooks = want.names().filter(|name| name.contains("hook_")).count();
    assert_eq!(cache.len(), hooks, "{file}: every stored activation is computed");
    println!("{file}: largest differences from the oracle");
    for (kind, difference) in &worst {
        println!("  {kind:<14} {difference:.1e}");
        assert!(*difference <= TOLERANCE, "{file}: {kind} differs by {difference}");
    }
}

#[test]
fn attn_only_activations_of_a_text() {
    agrees_with_the_oracle("attn-only-2l-tales", "text_short");
}

#[test]
fn attn_only_activations_of_a_batch() {
    agrees_with_the_oracle("attn-only-2l-tales", "batch");
}

#[test]
fn attn_only_activations_of_repeated_tokens() {
    agrees_with_the_oracle("attn-only-2l-tales", "repeated");
}

#[test]
fn gpt2_activations_of_a_text() {
    agrees_with_the_oracle("gpt2-tales", "gpt2_text_short");
}

/// One score for each head: the mean of its pattern over the entries that `keys_of(query)` points at.
fn scores(cache: &ActivationCache, queries: std::ops::Range<usize>, key_of: impl Fn(usize) -> usize) -> Array2<f32> {
    let n_heads = cache[("pattern", 0)].shape()[1];
    Array2::from_shape_fn((cache.n_layers(), n_heads), |(layer, head)| {
        let pattern = cache.view::<Ix4>(("pattern", layer));
        let rows = pattern.dim().0 * queries.len();
        let total: f32 = queries.clone().map(|query| pattern.slice(s![.., head, query, key_of(query)]).sum()).sum();
        total / rows as f32
    })
}

struct Phenomena {
    previous: Array2<f32>,
    current: Array2<f32>,
    first: Array2<f32>,
    induction: Array2<f32>,
    first_half: f32,
    second_half: f32,
    held_out: f32,
    ablation: Array2<f32>,
}

fn second_half(model: &HookedTransformer, tokens: &Tokens, hook: Option<hooked_transformer::FwdHook<'_>>) -> f32 {
    let losses = model.run(tokens).hooks(hook).loss_per_token().unwrap();
    let half = (tokens.ncols() - 1) / 2;
    losses.slice(s![.., half..]).mean().unwrap()
}

fn phenomena(model: &HookedTransformer) -> Phenomena {
    let held_out = Arrays::read("activations/held_out.safetensors").tokens("tokens");
    let repeated = Arrays::read("activations/exercise_02.safetensors").tokens("phenomena.repeated.tokens");
    let patterns = |tokens: &Tokens| model.run(tokens).names_filter(|n: &str| n.ends_with("pattern")).cache().unwrap();
    let text = patterns(&held_out.slice(s![.., ..64]).to_owned());
    let seq_len = (repeated.ncols() - 1) / 2;
    // The token after the previous copy of the query's own: seq_len back, and one on.
    let induction = scores(&patterns(&repeated), seq_len + 1..2 * seq_len + 1, |query| query + 1 - seq_len);
    let losses = model.run(&repeated).loss_per_token().unwrap();
    let clean = second_half(model, &repeated, None);
    let ablation = Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), |(layer, head)| {
        let hook = fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0));
        second_half(model, &repeated, Some(hook)) - clean
    });
    Phenomena {
        previous: scores(&text, 1..64, |query| query - 1),
        current: scores(&text, 0..64, |query| query),
        first: scores(&text, 0..64, |_| 0),
        induction,
        first_half: losses.slice(s![.., ..seq_len]).mean().unwrap(),
        second_half: clean,
        held_out: model.loss(&held_out).unwrap(),
        ablation,
    }
}

fn best(scores: ArrayView2<'_, f32>) -> ((usize, usize), f32) {
    let best = scores.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    (best.0, *best.1)
}

fn print(name: &str, p: &Phenomena) {
    println!(
        "{name}: held-out loss {:.3}; repeated random tokens {:.2}, then {:.3}",
        p.held_out, p.first_half, p.second_half
    );
    println!("  head  previous current  first induction  ablated");
    for ((layer, head), previous) in p.previous.indexed_iter() {
        let at = [layer, head];
        println!(
            "  {layer}.{head:<3} {previous:8.2} {:7.2} {:6.2} {:9.2} {:8.2}",
            p.current[at], p.first[at], p.induction[at], p.ablation[at]
        );
    }
}

#[test]
fn attn_only_shows_the_phenomena_of_the_course() {
    let p = phenomena(&model("attn-only-2l-tales"));
    print("attn-only-2l-tales", &p);
    assert!(best(p.previous.view()).1 >= 0.6, "a previous-token head");
    assert!(best(p.current.view()).1 >= 0.6, "a current-token head");
    assert!(best(p.first.view()).1 >= 0.6, "a first-token head");
    let ((layer, head), induction) = best(p.induction.view());
    assert!(induction >= 0.8, "an induction head");
    assert!(p.first_half > 8.0, "random tokens cannot be guessed");
    assert!(p.second_half < 0.5, "repeated ones can");
    assert!(p.held_out <= 4.3, "it has learned to read");
    assert!(p.ablation[[layer, head]] >= 3.0, "and it is the induction head that guesses them");
}

#[test]
fn gpt2_reads_better_than_attention_only_and_has_the_same_circuit() {
    let gpt2 = model("gpt2-tales");
    let p = phenomena(&gpt2);
    print("gpt2-tales", &p);
    let held_out = Arrays::read("activations/held_out.safetensors").tokens("tokens");
    let accuracy =
        |model: &HookedTransformer| lm_accuracy(model.forward(&held_out).unwrap().view(), held_out.view()).unwrap();
    let attn_only = model("attn-only-2l-tales");
    let (ours, theirs) = (accuracy(&gpt2), accuracy(&attn_only));
    println!("next token guessed: {:.1} % by gpt2-tales, {:.1} % by attn-only-2l-tales", 100.0 * ours, 100.0 * theirs);
    assert!(ours > theirs, "it guesses more tokens");
    assert!(p.held_out < attn_only.loss(&held_out).unwrap() - 0.2, "and is surprised less");
    assert!(best(p.previous.view()).1 >= 0.8, "a clear previous-token head");
    assert!(best(p.induction.view()).1 >= 0.8, "a clear induction head");
}

/// The oracle's own table, computed in Python from the same weights, says the same.
#[test]
fn the_table_of_heads_is_the_oracles() {
    let p = phenomena(&model("attn-only-2l-tales"));
    let text = std::fs::read_to_string(reference("activations/exercise_02.json")).unwrap();
    let want: serde_json::Value = serde_json::from_str::<serde_json::Value>(&text).unwrap()["phenomena"].clone();
    let close = |name: &str, got: f32, want: &serde_json::Value, tolerance: f64| {
        let want = want.as_f64().unwrap();
        assert!(abs_diff_eq!(f64::from(got), want, epsilon = tolerance), "{name}: got {got}, want {want}");
    };
    close("first_half_loss", p.first_half, &want["first_half_loss"], 1e-4);
    close("second_half_loss", p.second_half, &want["second_half_loss"], 1e-4);
    close("held_out_loss", p.held_out, &want["held_out_loss"], 1e-4);
    for (name, table) in [("induction_exact", &p.induction), ("head_ablation", &p.ablation)] {
        for ((layer, head), got) in table.indexed_iter() {
            close(&format!("{name} {layer}.{head}"), *got, &want[name][layer][head], 1e-3);
        }
    }
}
