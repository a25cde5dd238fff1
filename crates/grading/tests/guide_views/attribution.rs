//! Chapter 03: what is lost without a head, and what each head adds to the logit of the token that comes next.

use circuit_vis::{PlotOptions, View, heatmap, plot_logit_attribution};
use hooked_transformer::{FwdHook, HookedTransformer, Tokens, fwd_hook};
use ndarray::{Array2, Axis, Ix3, Ix4, s};

use super::{Outcome, stored};

/// The sentence in which the chapter looks for bigrams.
const SENTENCE: &str = "Once upon a time there was a little girl, and every one who knew her loved her.";

/// The loss of the second copy without each head, less the loss with all, on eight rows of 50 random tokens twice.
///
/// The chapter's table is about another draw of as many tokens, which only the oracle has.
pub(crate) fn ablation() -> Outcome<View> {
    let model = stored::model("attn-only-2l-tales")?;
    let tokens = stored::tokens("exercise_02", "phenomena.repeated.tokens")?;
    let clean = loss_of_second_copy(&model, &tokens, None)?;
    let (n_layers, n_heads) = (model.cfg().n_layers, model.cfg().n_heads);
    let mut table = Array2::zeros((n_layers, n_heads));
    for ((layer, head), added) in table.indexed_iter_mut() {
        let silence = fwd_hook(("z", layer), move |mut z, _hook| z.slice_mut(s![.., .., head, ..]).fill(0.0));
        *added = loss_of_second_copy(&model, &tokens, Some(silence))? - clean;
    }
    let rows: Vec<String> = (0..n_layers).map(|layer| format!("layer {layer}")).collect();
    let columns: Vec<String> = (0..n_heads).map(|head| format!("head {head}")).collect();
    // Fixed bounds: taken from the numbers, they would differ in the last digit from machine to machine.
    let options = PlotOptions::new().value("loss added, in nats").range(-14.0, 14.0);
    Ok(heatmap(table.view(), &rows, &columns, options)?.title("What the second copy costs without a head"))
}

fn loss_of_second_copy(model: &HookedTransformer, tokens: &Tokens, hook: Option<FwdHook<'_>>) -> Outcome<f32> {
    let losses = model.run(tokens).hooks(hook).loss_per_token()?;
    let second = losses.slice(s![.., losses.ncols() / 2..]);
    second.mean().ok_or_else(|| "there are no tokens".into())
}

pub(crate) fn of_a_sentence() -> Outcome<View> {
    let model = stored::model("attn-only-2l-tales")?;
    let tokens = model.to_tokens(SENTENCE, true)?;
    Ok(attribution(&model, &tokens, 5.0)?.title("Shares of the right logit, on a sentence"))
}

/// BOS and twice the same 13 random tokens.
pub(crate) fn of_repeated_tokens() -> Outcome<View> {
    let model = stored::model("attn-only-2l-tales")?;
    let tokens = stored::tokens("exercise_03", "repeated.tokens")?;
    Ok(attribution(&model, &tokens, 25.0)?.title("Shares of the right logit, on 13 random tokens twice"))
}

/// The shares of the direct path and of every head, for the first row of the tokens; full color at `bound`.
fn attribution(model: &HookedTransformer, tokens: &Tokens, bound: f32) -> Outcome<View> {
    let ids = tokens.row(0).to_vec();
    let (n_layers, n_heads) = (model.cfg().n_layers, model.cfg().n_heads);
    let points = |name: &str| name == "hook_embed" || name.ends_with("hook_result");
    let cache = model.run(tokens).names_filter(points).cache()?;
    let w_u = model.W_U();
    let mut shares = Array2::zeros((ids.len() - 1, 1 + n_layers * n_heads));
    for (pos, mut row) in shares.outer_iter_mut().enumerate() {
        let direction = w_u.column(ids[pos + 1]);
        row[0] = cache.view::<Ix3>("hook_embed").index_axis(Axis(0), 0).row(pos).dot(&direction);
        for layer in 0..n_layers {
            let results = cache.view::<Ix4>(("result", layer));
            let of_layer = results.index_axis(Axis(0), 0).index_axis(Axis(0), pos).dot(&direction);
            row.slice_mut(s![1 + layer * n_heads..1 + (layer + 1) * n_heads]).assign(&of_layer);
        }
    }
    let heads = (0..n_layers).flat_map(|layer| (0..n_heads).map(move |head| stored::head_name(layer, head)));
    let names: Vec<String> = std::iter::once("direct".to_string()).chain(heads).collect();
    let str_tokens = model.to_str_tokens(&ids, None)?;
    let options = PlotOptions::new().range(-bound, bound);
    Ok(plot_logit_attribution(&str_tokens, shares.view(), &names, options)?)
}

#[test]
fn the_heat_map_of_chapter_03_holds_what_the_oracle_found() -> Outcome<()> {
    let found = &stored::facts("exercise_02")?["phenomena"]["head_ablation"];
    let table = ablation()?.array("values").ok_or("a heat map holds values")?;
    for (index, added) in table.indexed_iter() {
        let stored = found[index[0]][index[1]].as_f64().ok_or("a stored entry for every head")?;
        assert!((f64::from(*added) - stored).abs() < 1e-3, "{index:?}: {added} and {stored}");
    }
    Ok(())
}

#[test]
fn in_the_second_copy_most_of_the_right_logit_comes_from_head_1_4() -> Outcome<()> {
    let shares = of_repeated_tokens()?.array("values").ok_or("a heat map holds values")?;
    let half = shares.len_of(Axis(0)) / 2;
    let mean = |rows: std::ops::Range<usize>, column: usize| {
        let n = rows.len() as f32;
        rows.map(|row| shares[[row, column]]).sum::<f32>() / n
    };
    let column = 1 + 8 + 4; // direct, the heads of layer 0, then 1.4
    assert!(mean(half..2 * half, column) > 15.0 && mean(0..half, column) < 3.0);
    Ok(())
}
