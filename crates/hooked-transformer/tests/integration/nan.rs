//! A NaN is never swallowed: from any weight, and any activation, it reaches every logit and loss that depends on it.

use approx::{abs_diff_eq, assert_abs_diff_eq};
use hooked_transformer::{AttentionDir, Error, HookedTransformer, KeyValueCache, Tokens, fwd_hook};
use ndarray::{Array3, ArrayD, array, s};
use proptest::prelude::*;

use crate::random_models::{Case, cases};

/// The model with one entry of one parameter replaced by NaN.
fn poisoned(model: &HookedTransformer, parameter: &str, at: &[usize]) -> HookedTransformer {
    let mut parameters: Vec<(String, ArrayD<f32>)> =
        model.state_dict().into_iter().map(|(name, values)| (name, values.to_owned())).collect();
    let (_, values) = parameters.iter_mut().find(|(name, _)| name == parameter).unwrap();
    values[at] = f32::NAN;
    let find = |name: &str| parameters.iter().find(|(n, _)| n == name).map(|(_, values)| values.view());
    HookedTransformer::from_state_dict(model.cfg().clone(), find).unwrap()
}

/// An entry of a parameter that the first text reads: its first token, its first position, and anything elsewhere.
fn entry(parameter: &str, shape: &[usize], tokens: &Tokens, random: usize) -> Vec<usize> {
    let mut at: Vec<usize> = shape.iter().map(|length| random % length).collect();
    match parameter {
        "embed.W_E" => at[0] = tokens[[0, 0]],
        "pos_embed.W_pos" => at[0] = 0,
        _ => {}
    }
    at
}

/// What the tests compare with: a NaN and another shape are differences, however large the tolerance.
#[test]
fn nothing_is_close_to_nan_or_to_another_shape() {
    let [one, nan] = [1.0, f32::NAN].map(|x| array![0.0, x]);
    for (a, b) in [(&one, &nan), (&nan, &one), (&nan, &nan)] {
        assert!(!abs_diff_eq!(*a, *b, epsilon = f32::INFINITY));
    }
    assert!(!abs_diff_eq!(one, array![0.0, 1.0, 2.0], epsilon = f32::INFINITY));
    assert!(!abs_diff_eq!(f32::NAN, f32::NAN, epsilon = f32::INFINITY));
}

fn all_nan(logits: &Array3<f32>) -> bool {
    logits.iter().all(|logit| logit.is_nan())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn from_any_weight(Case { model, tokens } in cases(), random in any::<usize>()) {
        let shapes: Vec<(String, Vec<usize>)> =
            model.state_dict().iter().map(|(name, values)| (name.clone(), values.shape().to_vec())).collect();
        for (name, shape) in shapes {
            let at = entry(&name, &shape, &tokens, random);
            let sick = poisoned(&model, &name, &at);
            let logits = sick.forward(&tokens).unwrap();
            match name.as_str() {
                // A column of the vocabulary, and the whole of the loss.
                "unembed.W_U" | "unembed.b_U" => {
                    let column = *at.last().unwrap();
                    prop_assert!(logits.slice(s![.., .., column]).iter().all(|x| x.is_nan()), "{name} {at:?}");
                }
                // The token itself, and through attention what follows (a window may hide it).
                "embed.W_E" | "pos_embed.W_pos" => {
                    prop_assert!(logits.slice(s![0, 0, ..]).iter().all(|x| x.is_nan()), "{name} {at:?}");
                }
                _ => prop_assert!(all_nan(&logits), "{name} {at:?}"),
            }
            prop_assert!(sick.loss(&tokens).unwrap().is_nan(), "the loss after {name} {at:?}");
            prop_assert!(sick.run(&tokens).logits_and_loss().unwrap().1.is_nan(), "{name}");
            if sick.cfg().attention_dir == AttentionDir::Bidirectional {
                continue; // It has no past to continue from.
            }
            let mut past = KeyValueCache::new(sick.cfg(), tokens.nrows());
            let first = sick.run(tokens.slice(s![.., ..1])).past(&mut past).logits().unwrap();
            prop_assert!(first.slice(s![0, .., ..]).iter().any(|x| x.is_nan()), "token by token after {name} {at:?}");
        }
    }

    #[test]
    fn from_any_activation(Case { model, tokens } in cases()) {
        for point in model.hook_points() {
            let poison = || fwd_hook(point.name(), |mut x, _| x.fill(f32::NAN));
            if point.name() == "hook_tokens" {
                let logits = model.run(&tokens).hook(poison()).logits();
                let refused = matches!(logits, Err(Error::Argument { name: "hook_tokens", .. }));
                prop_assert!(refused);
                continue;
            }
            let logits = model.run(&tokens).hook(poison()).logits().unwrap();
            prop_assert!(all_nan(&logits), "{}", point.name());
            prop_assert!(model.run(&tokens).hook(poison()).loss().unwrap().is_nan(), "{}", point.name());
        }
    }
}

#[test]
fn a_hook_that_writes_no_token_id_is_refused() {
    let Case { model, tokens } = crate::random_models::first();
    for id in [f32::NAN, -1.0, 2.5, f32::INFINITY, 1e9] {
        let hook = fwd_hook("hook_tokens", |mut x, _| x.fill(id));
        assert!(model.run(&tokens).hook(hook).logits().is_err(), "{id}");
    }
}

#[test]
fn the_loss_of_nothing_is_an_error() {
    let Case { model, tokens } = crate::random_models::first();
    let mask = tokens.mapv(|_| false);
    let refused = model.run(&tokens).attention_mask(mask).loss();
    assert!(matches!(refused, Err(Error::Argument { name: "attention_mask", .. })), "{refused:?}");
}

/// As the classic library: zero where a prediction does not count, and the mean of the rest is the loss.
#[test]
fn the_loss_of_each_token_knows_the_mask() {
    let Case { model, tokens } = crate::random_models::first();
    let mut mask = tokens.mapv(|_| true);
    mask[[1, 0]] = false;
    let run = || model.run(&tokens).attention_mask(mask.clone());
    let per_token = run().loss_per_token().unwrap();
    let counted = per_token.len() - 1;
    assert_eq!(per_token[[1, 0]], 0.0);
    assert_eq!(per_token.iter().filter(|&&loss| loss == 0.0).count(), 1);
    let mean = per_token.sum() / counted as f32;
    assert_abs_diff_eq!(mean, run().loss().unwrap(), epsilon = 1e-5);
}
