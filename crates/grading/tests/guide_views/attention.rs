//! Chapters 01 and 02: where the heads look, on a sentence and on random tokens that come twice.

use circuit_vis::{AttentionOptions, View, attention_patterns};
use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Axis, Ix4};

use super::{Outcome, stored};

/// The sentence that `cargo xtask view 01` shows as well.
const SENTENCE: &str = "The old king had three sons, and the youngest of them was called the Simpleton.";

pub(crate) fn of_a_sentence() -> Outcome<View> {
    let model = stored::model("gpt2-tales")?;
    let tokens = model.to_tokens(SENTENCE, true)?;
    Ok(patterns(&model, &tokens, 0)?.title("gpt2-tales, layer 0, on a sentence"))
}

pub(crate) fn of_layer_0_on_repeated_tokens() -> Outcome<View> {
    on_repeated_tokens(0)
}

pub(crate) fn of_layer_1_on_repeated_tokens() -> Outcome<View> {
    on_repeated_tokens(1)
}

/// BOS and twice the same 20 random tokens.
fn on_repeated_tokens(layer: usize) -> Outcome<View> {
    let model = stored::model("attn-only-2l-tales")?;
    let tokens = stored::tokens("exercise_02", "repeated_0.tokens")?;
    let title = format!("attn-only-2l-tales, layer {layer}, on 20 random tokens twice");
    Ok(patterns(&model, &tokens, layer)?.title(title))
}

/// All heads of a layer, on the first row of the tokens.
fn patterns(model: &HookedTransformer, tokens: &Tokens, layer: usize) -> Outcome<View> {
    let cache = model.run(tokens).names_filter(("pattern", layer)).cache()?;
    let all = cache.view::<Ix4>(("pattern", layer));
    let pattern = all.index_axis(Axis(0), 0);
    let str_tokens = model.to_str_tokens(tokens.row(0).to_vec(), None)?;
    let names = (0..pattern.len_of(Axis(0))).map(|head| stored::head_name(layer, head));
    Ok(attention_patterns(&str_tokens, pattern, AttentionOptions::new().head_names(names))?)
}

/// The mean of a line `back` positions below the diagonal, of one head of a view.
fn mean_of_line(view: &View, head: usize, back: usize) -> f32 {
    let attention = view.array("attention").expect("a view of attention");
    let pattern = attention.index_axis(Axis(0), head);
    let n_pos = pattern.len_of(Axis(0));
    (back..n_pos).map(|query| pattern[[query, query - back]]).sum::<f32>() / (n_pos - back) as f32
}

#[test]
fn the_heads_that_chapter_01_names_draw_their_lines() -> Outcome<()> {
    let view = of_a_sentence()?;
    assert!(mean_of_line(&view, 5, 0) > 0.8, "0.5, the token itself: {}", mean_of_line(&view, 5, 0));
    assert!(mean_of_line(&view, 4, 1) > 0.8, "0.4, the token before: {}", mean_of_line(&view, 4, 1));
    Ok(())
}

#[test]
fn the_heads_that_chapter_02_names_draw_their_lines() -> Outcome<()> {
    let (layer_0, layer_1) = (on_repeated_tokens(0)?, on_repeated_tokens(1)?);
    assert!(mean_of_line(&layer_0, 1, 1) > 0.9, "0.1, the previous token");
    assert!(mean_of_line(&layer_1, 4, 19) > 0.8, "1.4, the token after the earlier copy");
    let others = [0, 1, 2, 3, 5, 6, 7].map(|head| mean_of_line(&layer_1, head, 19));
    assert!(others.iter().all(|score| *score < 0.1), "no other head of layer 1: {others:?}");
    Ok(())
}
