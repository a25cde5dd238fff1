//! Key-value caches: whatever becomes of a run, the next one continues from what the completed ones have added, and what
//! cannot be continued is refused.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hooked_transformer::{
    AttentionDir, Error, HookedTransformer, HookedTransformerConfig, KeyValueCache, Run, Tokens, fwd_hook,
};
use ndarray::{Array3, array, concatenate, s};

use crate::fixtures::{close, model, random_model};

/// Sums in another order differ by so much on activations of size 1 to 10.
const TOLERANCE: f32 = 2e-5;

const MODELS: [&str; 4] = ["ln_gelu_new", "shortformer_ln_mlp", "llama", "alibi"];

fn prompt() -> Tokens {
    array![[0, 3, 7], [4, 8, 2]]
}

fn next() -> Tokens {
    array![[1, 9], [6, 5]]
}

fn filled(model: &HookedTransformer) -> KeyValueCache {
    let mut past = KeyValueCache::new(model.cfg(), 2);
    model.run(prompt()).past(&mut past).nothing().unwrap();
    past
}

/// The logits of the next tokens after the prompt, without any cache.
fn expected(model: &HookedTransformer) -> Array3<f32> {
    let whole = concatenate(ndarray::Axis(1), &[prompt().view(), next().view()]).unwrap();
    model.forward(whole).unwrap().slice_move(s![.., 3.., ..])
}

#[track_caller]
fn is_untouched(model: &HookedTransformer, past: &mut KeyValueCache, after: &str) {
    assert_eq!(past.len(), 3, "after {after}");
    let logits = model.run(next()).past(past).logits().unwrap();
    assert!(close(logits.view().into_dyn(), expected(model).view().into_dyn(), TOLERANCE, TOLERANCE), "after {after}");
    assert_eq!(past.len(), 5, "after {after}");
}

/// What a run is made to fail with, by name.
type Spoiled = (&'static str, fn(Run<'_>) -> Result<(), Error>);

#[test]
fn a_run_that_fails_leaves_the_cache_as_it_was() {
    let spoiled: [Spoiled; 8] = [
        ("an unknown hook", |run| run.hook(fwd_hook("hook_nowhere", |_, _| {})).logits().map(drop)),
        ("an unknown activation to cache", |run| run.names_filter("hook_nowhere").cache().map(drop)),
        ("a position outside", |run| run.logits_at(7..9).map(drop)),
        ("a mask of another shape", |run| run.attention_mask(array![[true]]).logits().map(drop)),
        ("a mask that leaves nothing", |run| run.attention_mask(array![[true, false], [false, true]]).loss().map(drop)),
        ("an early stop with logits", |run| run.stop_at_layer(1).logits().map(drop)),
        ("a layer that is not there", |run| run.stop_at_layer(9).resid().map(drop)),
        ("a hook that writes what is not a token", |run| {
            run.hook(fwd_hook("hook_tokens", |mut ids, _| ids.fill(f32::NAN))).logits().map(drop)
        }),
    ];
    for name in MODELS {
        let (model, _) = random_model(name);
        for (what, spoil) in spoiled {
            let mut past = filled(&model);
            assert!(spoil(model.run(next()).past(&mut past)).is_err(), "{what} was accepted");
            is_untouched(&model, &mut past, what);
        }
        let mut past = filled(&model);
        assert!(model.run(array![[1], [6]]).past(&mut past).loss().is_err());
        is_untouched(&model, &mut past, "the loss of one token");
        assert!(model.run(array![[0, 0], [0, 99]]).past(&mut filled(&model)).logits().is_err());
    }
}

#[test]
fn a_run_that_panics_leaves_the_cache_as_it_was() {
    for name in MODELS {
        let (model, _) = random_model(name);
        for point in ["hook_embed", "blocks.0.attn.hook_z", "blocks.1.attn.hook_pattern", "blocks.1.hook_resid_post"] {
            let mut past = filled(&model);
            let panicking = || {
                let hook = fwd_hook(point, |_, _| panic!("of a hook"));
                model.run(next()).past(&mut past).hook(hook).logits()
            };
            assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
            is_untouched(&model, &mut past, point);
        }
    }
}

#[test]
fn a_part_of_the_model_leaves_the_cache_as_it_was() {
    for name in MODELS {
        let (model, _) = random_model(name);
        let whole = concatenate(ndarray::Axis(1), &[prompt().view(), next().view()]).unwrap();
        let streams = model.run(&whole).cache().unwrap();
        let new = |name: &str, layer: usize| {
            streams.view::<ndarray::Ix3>((name, layer)).slice_move(s![.., 3.., ..]).to_owned()
        };
        let mut past = filled(&model);
        let early = model.run(next()).past(&mut past).stop_at_layer(1).resid().unwrap();
        let want = new("resid_post", 0);
        assert!(close(early.view().into_dyn(), want.view().into_dyn(), TOLERANCE, TOLERANCE), "{name}");
        let late = model.run(new("resid_pre", 1)).start_at_layer(1).past(&mut past).logits().unwrap();
        let want = expected(&model);
        assert!(close(late.view().into_dyn(), want.view().into_dyn(), TOLERANCE, TOLERANCE), "{name}");
        is_untouched(&model, &mut past, "an early stop and a late start");
    }
}

/// However little is asked of it, a completed run adds its tokens in every layer.
#[test]
fn a_completed_run_adds_its_tokens_whatever_it_returns() {
    let runs: [Spoiled; 6] = [
        ("nothing", |run| run.nothing()),
        ("a cache of the first layer", |run| run.names_filter(("z", 0)).cache().map(drop)),
        ("the stream", |run| run.resid().map(drop)),
        ("the last logits", |run| run.logits_at(-1).map(drop)),
        ("the loss", |run| run.loss().map(drop)),
        ("an early stop after the last layer", |run| run.stop_at_layer(2).resid().map(drop)),
    ];
    let (model, _) = random_model("ln_gelu_new");
    for (what, run) in runs {
        let mut past = KeyValueCache::new(model.cfg(), 2);
        run(model.run(prompt()).past(&mut past)).unwrap();
        is_untouched(&model, &mut past, what);
    }
}

#[test]
fn a_frozen_cache_stays_as_it_is() {
    let (model, _) = random_model("ln_gelu_new");
    let mut past = filled(&model);
    past.freeze();
    for _ in 0..2 {
        let logits = model.run(next()).past(&mut past).logits().unwrap();
        assert!(close(logits.view().into_dyn(), expected(&model).view().into_dyn(), TOLERANCE, TOLERANCE));
        assert_eq!((past.len(), past.is_frozen()), (3, true));
    }
    past.unfreeze();
    is_untouched(&model, &mut past, "thawing");
}

/// Another end after the same beginning, and more tokens than there are to forget; with a mask of padding, too.
#[test]
fn a_cut_cache_goes_on_with_another_text() {
    for name in MODELS {
        let (model, _) = random_model(name);
        for mask in [array![[true, true, true], [true, true, true]], array![[true, true, true], [false, true, true]]] {
            let mut past = KeyValueCache::new(model.cfg(), 2);
            model.run(prompt()).attention_mask(mask.clone()).past(&mut past).nothing().unwrap();
            past.truncate(9);
            assert_eq!(past.len(), 3);
            past.truncate(2);
            assert_eq!(past.len(), 2);
            let got = model.run(next()).past(&mut past).logits().unwrap();
            let whole = concatenate(ndarray::Axis(1), &[prompt().slice(s![.., ..2]), next().view()]).unwrap();
            let real = concatenate(
                ndarray::Axis(1),
                &[mask.slice(s![.., ..2]), ndarray::Array2::from_elem((2, 2), true).view()],
            );
            let want = model.run(whole).attention_mask(real.unwrap()).logits().unwrap();
            let want = want.slice(s![.., 2.., ..]);
            assert!(close(got.view().into_dyn(), want.into_dyn(), TOLERANCE, TOLERANCE), "{name}");
            assert_eq!(past.len(), 4);
        }
        let mut past = filled(&model);
        past.truncate(0);
        assert!(past.is_empty());
    }
}

/// A mask of padding is provisional as well.
#[test]
fn a_failed_run_leaves_the_mask_as_it_was() {
    let (model, _) = random_model("ln_gelu_new");
    let mut past = filled(&model);
    let masked = model.run(next()).past(&mut past).attention_mask(array![[false, true], [true, true]]);
    let failing = || masked.hook(fwd_hook("hook_embed", |_, _| panic!("of a hook"))).logits();
    assert!(catch_unwind(AssertUnwindSafe(failing)).is_err());
    is_untouched(&model, &mut past, "a masked run that panicked");
}

#[test]
fn a_cache_of_another_model_is_refused() {
    #[track_caller]
    fn refused<T>(result: Result<T, Error>, words: &str) {
        let message = result.err().expect("refused").to_string();
        assert!(message.contains("`past`") && message.contains(words), "{message}");
    }
    let cfg = HookedTransformerConfig { seed: Some(0), ..HookedTransformerConfig::new(2, 8, 4, 16, 50) };
    let new = |cfg: &HookedTransformerConfig| HookedTransformer::from_config(cfg.clone()).unwrap();
    let model = new(&cfg);

    // The same sizes with other weights: only the model that filled it, and clones that share its weights, go on.
    let other = new(&HookedTransformerConfig { seed: Some(1), ..cfg.clone() });
    let mut past = filled(&model);
    refused(other.run(next()).past(&mut past).logits(), "another model");
    let centered = model.clone().center_unembed().unwrap();
    refused(centered.run(next()).past(&mut past).logits(), "weights were changed");
    assert_eq!(past.len(), 3);
    model.clone().run(next()).past(&mut past).logits().unwrap();
    assert_eq!(past.len(), 5);
    // One that is still empty belongs to none.
    other.run(prompt()).past(&mut KeyValueCache::new(model.cfg(), 2)).logits().unwrap();

    for other in [
        HookedTransformerConfig::new(3, 8, 4, 16, 50),
        HookedTransformerConfig { n_heads: 4, d_head: 2, ..HookedTransformerConfig::new(2, 8, 4, 16, 50) },
        HookedTransformerConfig { d_head: 3, ..HookedTransformerConfig::new(2, 8, 4, 16, 50) },
    ] {
        refused(model.run(prompt()).past(&mut KeyValueCache::new(&other, 2)).logits(), "KeyValueCache::new");
    }
}

#[test]
fn a_bidirectional_model_has_no_past() {
    let cfg = HookedTransformerConfig {
        attention_dir: AttentionDir::Bidirectional,
        seed: Some(0),
        ..HookedTransformerConfig::new(2, 8, 4, 16, 50)
    };
    let model = HookedTransformer::from_config(cfg).unwrap();
    let error = model.run(prompt()).past(&mut KeyValueCache::new(model.cfg(), 2)).logits().unwrap_err();
    assert!(error.to_string().contains("bidirectional"), "{error}");
}

/// The continuation of a text is tokenized as its middle: without a beginning-of-sequence token, unless asked for.
#[test]
fn text_after_a_past_gets_no_second_bos() {
    let model = model("gpt2-tales");
    let (first, rest) = ("Once upon a time", " there was a king");
    let whole = model.forward(format!("{first}{rest}")).unwrap();
    let n_first = model.to_tokens(first, None).unwrap().ncols();
    let filled = || {
        let mut past = KeyValueCache::new(model.cfg(), 1);
        model.run(first).past(&mut past).nothing().unwrap();
        assert_eq!(past.len(), n_first, "an empty cache is the beginning of a text");
        past
    };
    let logits = model.run(rest).past(&mut filled()).logits().unwrap();
    let want = whole.slice(s![.., n_first.., ..]);
    assert!(close(logits.view().into_dyn(), want.into_dyn(), 1e-4, 1e-4));
    let with_bos = model.run(rest).past(&mut filled()).prepend_bos(true).logits().unwrap();
    assert_eq!(with_bos.dim().1, logits.dim().1 + 1);
}
