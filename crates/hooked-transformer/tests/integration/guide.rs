//! What the guide says of the library alone: its pages include these functions, and so they compile and do what is said.

use std::path::Path;

use hooked_transformer::{HookedTransformer, Result, Scalar, Tokens, fwd_hook};

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
    assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
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
    assert!((effects.iter().sum::<f32>() - lost).abs() <= 1e-3 * lost.abs(), "{effects:?} {lost}");
}

#[test]
fn a_folder_is_loaded() {
    let model = from_folder(&reference("models/attn-only-2l-tales")).unwrap();
    assert_eq!(model.cfg().n_layers, 2);
}
