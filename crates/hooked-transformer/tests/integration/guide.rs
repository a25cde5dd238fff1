//! What the guide says of the library alone: its pages include these functions, and so they compile and do what is said.

use approx::assert_abs_diff_eq;
use std::path::Path;

use hooked_transformer::{HookedTransformer, HookedTransformerConfig, Result, Scalar, Tokens, fwd_hook};

use ndarray::{Axis, Ix4, s};

use crate::fixtures::{model, reference};

// ANCHOR: loss_without_layer_0
fn loss_without_layer_0(model: &HookedTransformer, tokens: &Tokens) -> Result<f32> {
    let hook = fwd_hook(("z", 0), |mut z, point| {
        println!("{} {:?}", point.name(), z.shape()); // looks
        z.fill(0.0); // edits
    });
    model.run(tokens).hook(hook).loss()
}
// ANCHOR_END: loss_without_layer_0

// ANCHOR: look_inside
fn look_inside(folder: &Path, text: &str) -> Result<Vec<f32>> {
    let model = HookedTransformer::load(folder)?;
    let tokens = model.to_tokens(text, true)?; // [batch, pos]
    let (logits, cache) = model.run_with_cache(&tokens)?;
    println!("logits [batch, pos, d_vocab]: {:?}", logits.dim());

    let pattern = cache.view::<Ix4>(("pattern", 1)); // [batch, head, query_pos, key_pos]
    let from_last_token = pattern.slice(s![0, 4, -1, ..]);
    Ok(from_last_token.to_vec())
}
// ANCHOR_END: look_inside

// ANCHOR: gradients
fn which_heads_matter(model: &HookedTransformer, text: &str, right: usize, wrong: usize) -> Result<Vec<f32>> {
    let z = |name: &str| name.ends_with("hook_z");
    let run = model.run(text).names_filter(z).backward(Scalar::logit_diff(-1, right, wrong)).activations(z);
    let (grads, cache) = run.grads_and_cache()?;
    println!("the logits differ by {}", grads.value());
    // Gradient times activation: to first order, what the last layer's heads contribute.
    let product = &cache.view::<Ix4>(("z", -1)) * &grads.activations().view::<Ix4>(("z", -1));
    Ok(product.sum_axis(Axis(3)).sum_axis(Axis(1)).row(0).to_vec())
}
// ANCHOR_END: gradients

// ANCHOR: largest_attention
fn largest_attention(model: &HookedTransformer) -> Result<Vec<f32>> {
    let mut largest = vec![0.0f32; model.cfg().n_layers];
    let look = fwd_hook(
        |name: &str| name.ends_with("pattern"),
        |pattern, hook| {
            let layer = hook.layer().expect("a pattern belongs to a layer");
            largest[layer] = pattern.fold(0.0, |a, b| a.max(*b));
        },
    );
    model.run("Once upon a time").hook(look).nothing()?;
    Ok(largest)
}
// ANCHOR_END: largest_attention

#[expect(dead_code, reason = "compiled for the guide; it would download half a gigabyte")]
// ANCHOR: by_name
fn by_name() -> Result<HookedTransformer> {
    HookedTransformer::from_pretrained("gpt2-small")
}
// ANCHOR_END: by_name

// ANCHOR: from_folder
fn from_folder(folder: &Path) -> Result<HookedTransformer> {
    HookedTransformer::load(folder)
}
// ANCHOR_END: from_folder

// ANCHOR: what_a_run_returns
fn what_a_run_returns(model: &HookedTransformer, text: &str) -> Result<f32> {
    let logits = model.forward(text)?; // [batch, pos, d_vocab]
    let loss = model.loss(text)?; // the mean over all next tokens, in nats
    let (both_logits, both_loss) = model.run(text).logits_and_loss()?; // one run for both
    assert_eq!((logits.dim(), loss), (both_logits.dim(), both_loss));
    Ok(loss)
}
// ANCHOR_END: what_a_run_returns

// ANCHOR: a_model_from_a_configuration
fn a_model_from_a_configuration() -> Result<HookedTransformer> {
    let (n_layers, d_model, d_head, n_ctx, d_vocab) = (2, 64, 16, 128, 1000);
    let sizes = HookedTransformerConfig::new(n_layers, d_model, d_head, n_ctx, d_vocab);
    HookedTransformer::from_config(HookedTransformerConfig { attn_only: true, ..sizes }) // random weights
}
// ANCHOR_END: a_model_from_a_configuration

// ANCHOR: several_hooks
fn several_hooks(model: &HookedTransformer, tokens: &Tokens) -> Result<f32> {
    let silence = |layer, head| fwd_hook(("z", layer), move |mut z, _| z.slice_mut(s![.., .., head, ..]).fill(0.0));
    model.run(tokens).hook(silence(0, 1)).hook(silence(1, 4)).loss() // both act in one run, in this order
}
// ANCHOR_END: several_hooks

// ANCHOR: resetting
fn lasting_hooks(model: &HookedTransformer, tokens: &Tokens) -> Result<[f32; 3]> {
    let handle = model.add_hook(("z", 0), |mut z, _| z.fill(0.0))?;
    let edited = model.loss(tokens)?; // every run is edited now
    model.remove_hook(handle);
    let restored = model.loss(tokens)?;
    model.add_hook(("z", 1), |mut z, _| z.fill(0.0))?;
    model.reset_hooks(); // removes all lasting hooks
    Ok([edited, restored, model.loss(tokens)?])
}
// ANCHOR_END: resetting

#[test]
fn the_hook_of_chapter_03_silences_a_layer() {
    let model = model("attn-only-2l-tales");
    let tokens = model.to_tokens("Once upon a time there was a king.", true).unwrap();
    assert!(loss_without_layer_0(&model, &tokens).unwrap() > model.loss(&tokens).unwrap() + 0.5);
}

#[test]
fn the_hook_of_the_library_s_page_looks_at_every_layer() {
    let model = model("attn-only-2l-tales");
    // BOS sees itself alone, so the largest entry of any pattern is 1.
    assert_eq!(largest_attention(&model).unwrap(), [1.0, 1.0]);
}

#[test]
fn the_first_look_of_the_library_s_page_is_a_row_of_a_pattern() {
    let row = look_inside(&reference("models/attn-only-2l-tales"), "the golden bird and the golden").unwrap();
    assert_abs_diff_eq!(row.iter().sum::<f32>(), 1.0, epsilon = 1e-5);
}

/// Without norms and MLPs the logits are linear in what the last layer's heads write.
#[test]
fn the_heads_of_the_library_s_page_add_up_to_the_last_layer() {
    let model = model("attn-only-2l-tales");
    let effects = which_heads_matter(&model, "Once upon a", 5, 9).unwrap();
    assert_eq!(effects.len(), model.cfg().n_heads);
    let silence = fwd_hook(("z", -1), |mut z, _| z.fill(0.0));
    let logits = model.run_with_hooks("Once upon a", [silence]).unwrap() - model.forward("Once upon a").unwrap();
    let last = logits.dim().1 - 1;
    let lost = logits[[0, last, 9]] - logits[[0, last, 5]];
    assert_abs_diff_eq!(effects.iter().sum::<f32>(), lost, epsilon = 1e-3 * lost.abs());
}

#[test]
fn a_folder_is_loaded() {
    let model = from_folder(&reference("models/attn-only-2l-tales")).unwrap();
    assert_eq!(model.cfg().n_layers, 2);
}

#[test]
fn one_run_for_logits_and_loss_gives_what_two_give() {
    let loss = what_a_run_returns(&model("gpt2-tales"), "Once upon a time").unwrap();
    assert!(loss > 0.0 && loss < 4096.0_f32.ln(), "{loss}");
}

/// Random weights know nothing: the loss is close to that of a uniform guess.
#[test]
fn a_model_from_a_configuration_guesses() {
    let model = a_model_from_a_configuration().unwrap();
    assert_eq!((model.cfg().n_heads, model.cfg().n_layers), (4, 2));
    let loss = model.loss(vec![5, 7, 900, 3]).unwrap();
    assert!((loss - 1000.0_f32.ln()).abs() < 0.5, "{loss}");
}

#[test]
fn two_hooks_of_one_run_cost_more_than_none() {
    let model = model("attn-only-2l-tales");
    let tokens = model.to_tokens("The golden bird. The golden bird. The golden bird.", true).unwrap();
    assert!(several_hooks(&model, &tokens).unwrap() > model.loss(&tokens).unwrap() + 0.1);
}

#[test]
fn lasting_hooks_act_until_they_are_removed() {
    let model = model("attn-only-2l-tales");
    let tokens = model.to_tokens("Once upon a time there was a king.", true).unwrap();
    let clean = model.loss(&tokens).unwrap();
    let [edited, restored, reset] = lasting_hooks(&model, &tokens).unwrap();
    assert!(edited > clean + 0.5 && restored == clean && reset == clean, "{clean} {edited} {restored} {reset}");
}
