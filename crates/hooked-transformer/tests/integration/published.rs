//! Published outcomes on the models that the notebook uses: which heads do what, and how a name is spelled. They need those models, and so are left out unless
//! they are asked for, with a network or with the models in the cache:
//!
//! `cargo test --release -p hooked-transformer --features hub --test integration published -- --ignored`

use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Array2, Axis, Ix3, s};

/// A text on which heads are sorted by what they attend to. Which heads they are is published; the text is our own.
const TEXT: &str = "The harbor was still dark when the first boats came in. Marta counted the crates on the quay, wrote \
the numbers into a book that had lost its cover years ago, and waited for somebody to pay her. By noon the fish were \
sold, the gulls had gone elsewhere, and the old men argued about the weather as if it could hear them.";

/// The average attention from which the notebook counts a head as one of a kind.
const THRESHOLD: f32 = 0.4;

fn gpt2() -> HookedTransformer {
    HookedTransformer::from_pretrained("gpt2-small").unwrap()
}

fn toy() -> HookedTransformer {
    HookedTransformer::from_pretrained("attn_only_2L_half").unwrap()
}

/// `layer.head` of every head whose pattern scores above the threshold.
fn heads(model: &HookedTransformer, tokens: &Tokens, score: impl Fn(Array2<f32>) -> f32) -> Vec<String> {
    let patterns = model.run(tokens).names_filter(|name: &str| name.ends_with("hook_pattern")).cache().unwrap();
    let patterns = patterns.remove_batch_dim().unwrap();
    let mut found = Vec::new();
    for layer in 0..model.cfg().n_layers {
        let pattern = patterns.view::<Ix3>(("pattern", layer));
        for (head, pattern) in pattern.axis_iter(Axis(0)).enumerate() {
            if score(pattern.to_owned()) > THRESHOLD {
                found.push(format!("{layer}.{head}"));
            }
        }
    }
    found
}

/// The average attention to the position `back` before the query's.
fn diagonal(pattern: &Array2<f32>, back: usize) -> f32 {
    pattern.slice(s![back.., ..pattern.ncols() - back]).diag().mean().unwrap()
}

#[test]
#[ignore = "needs gpt2-small, from the hub or its cache"]
fn published_gpt2_spells_its_own_name_in_three_tokens() {
    assert_eq!(gpt2().to_tokens("gpt2", None).unwrap(), ndarray::array![[50256, 70, 457, 17]]);
}

#[test]
#[ignore = "needs attn_only_2L_half, from the hub or its cache"]
fn published_toy_heads_attend_to_current_previous_and_first_token() {
    let model = toy();
    let tokens = model.to_tokens(TEXT, None).unwrap();
    let current = heads(&model, &tokens, |pattern| diagonal(&pattern, 0));
    assert!(current.iter().any(|head| head == "0.9" || head == "1.6"), "{current:?}");
    let previous = heads(&model, &tokens, |pattern| diagonal(&pattern, 1));
    assert!(previous.iter().any(|head| head == "0.7"), "{previous:?}");
    let first = heads(&model, &tokens, |pattern| pattern.column(0).mean().unwrap());
    assert!(["0.3", "1.4", "1.10"].iter().all(|head| first.contains(&head.to_string())), "{first:?}");
}

/// Random tokens, then the same again: an induction head looks at what followed its token the first time.
#[test]
#[ignore = "needs attn_only_2L_half, from the hub or its cache"]
fn published_toy_heads_do_induction() {
    const LENGTH: usize = 50;
    let model = toy();
    let bos = model.tokenizer().unwrap().bos_token_id();
    // A fixed sequence that looks like chance: a full-period generator's upper bits.
    let mut state = 398u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % model.cfg().d_vocab
    };
    let half: Vec<usize> = (0..LENGTH).map(|_| random()).collect();
    let all: Vec<usize> = std::iter::once(bos).chain(half.iter().copied()).chain(half.iter().copied()).collect();
    let tokens = Tokens::from_shape_vec((1, all.len()), all).unwrap();
    let induction = heads(&model, &tokens, |pattern| diagonal(&pattern, LENGTH - 1));
    assert_eq!(induction, ["1.4", "1.10"]);
}
