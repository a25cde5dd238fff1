//! Exercise 02: where the heads look on random tokens that come twice, and what the detectors find there.

use circuit_vis::{PlotOptions, View, heatmap};
use grading::ex02::Submission;
use hooked_transformer::{ActivationCache, Tokens};
use ndarray::Array2;

use crate::{Outcome, Picture, Right, functions, stored};

/// How many random tokens come twice.
const SEQ_LEN: usize = 20;

/// The attention of both layers, and what each detector finds in it.
///
/// # Errors
/// The reference data is damaged, or no picture was returned for a layer.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let [layer_0, layer_1] = both_layers(functions)?;
    Ok(vec![
        Picture {
            view: layer_0,
            look_for: "Lines at a fixed distance: the current token, the previous one, the one two back.",
            made_with: &["attention_views"],
        },
        Picture {
            view: layer_1,
            look_for: "The induction stripe: from the second copy of a token to what followed its first copy.",
            made_with: &["attention_views"],
        },
        Picture {
            view: found(functions)?,
            look_for: "Which heads each detector finds. A head may be in two rows.",
            made_with: &[
                "current_attn_detector",
                "prev_attn_detector",
                "first_attn_detector",
                "induction_attn_detector",
            ],
        },
    ])
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn layer_0() -> Outcome<View> {
    both_layers(&functions::ex02(&Right::default())).map(|[layer_0, _]| layer_0)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn layer_1() -> Outcome<View> {
    both_layers(&functions::ex02(&Right::default())).map(|[_, layer_1]| layer_1)
}

/// BOS and twice the same random tokens, as strings and in the model's patterns.
fn repeated_tokens() -> Outcome<(Vec<String>, ActivationCache)> {
    let model = stored::model("attn-only-2l-tales")?;
    // The beginning of a row that the chapter measures: all of its tokens can be printed.
    let row = stored::tokens("exercise_02", "phenomena.repeated.tokens")?.row(0).to_owned();
    let in_row = |pos: usize| if pos > SEQ_LEN { pos - SEQ_LEN } else { pos };
    let tokens = Tokens::from_shape_fn((1, 1 + 2 * SEQ_LEN), |(_, pos)| row[in_row(pos)]);
    let cache = model.run(&tokens).names_filter(|name: &str| name.ends_with("hook_pattern")).cache()?;
    Ok((model.to_str_tokens(tokens.row(0).to_vec(), None)?, cache))
}

fn both_layers(functions: &Submission) -> Outcome<[View; 2]> {
    let (str_tokens, cache) = repeated_tokens()?;
    let views = (functions.attention_views)(&cache, &str_tokens)?;
    let [layer_0, layer_1] = <[View; 2]>::try_from(views).map_err(|_| "there is not one picture per layer")?;
    let titled = |view: View, layer: usize| {
        view.title(format!("attn-only-2l-tales, layer {layer}, on {SEQ_LEN} random tokens twice"))
    };
    Ok([titled(layer_0, 0), titled(layer_1, 1)])
}

/// One row per detector, one column per head: 1 where the detector names the head.
fn found(functions: &Submission) -> Outcome<View> {
    let (_, cache) = repeated_tokens()?;
    let lists = [
        ("current token", (functions.current_attn_detector)(&cache)),
        ("previous token", (functions.prev_attn_detector)(&cache)),
        ("first token", (functions.first_attn_detector)(&cache)),
        ("induction", (functions.induction_attn_detector)(&cache, SEQ_LEN)),
    ];
    let heads: Vec<String> = (0..2).flat_map(|layer| stored::head_names(layer, 8)).collect();
    let is_found = |(row, column): (usize, usize)| f32::from(u8::from(lists[row].1.contains(&heads[column])));
    let table = Array2::from_shape_fn((lists.len(), heads.len()), is_found);
    let rows = lists.each_ref().map(|(name, _)| *name);
    let options = PlotOptions::new().x("head").y("detector").value("found").range(-1.0, 1.0);
    Ok(heatmap(table.view(), &rows, &heads, options)?.title("What the detectors find"))
}

/// The mean of a line `back` positions below the diagonal, of one head of a view.
#[cfg(test)]
pub(crate) fn mean_of_line(view: &View, head: usize, back: usize) -> f32 {
    use ndarray::Axis;
    let attention = view.array("attention").expect("a view of attention");
    let pattern = attention.index_axis(Axis(0), head);
    let n_pos = pattern.len_of(Axis(0));
    (back..n_pos).map(|query| pattern[[query, query - back]]).sum::<f32>() / (n_pos - back) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heads_that_chapter_02_names_draw_their_lines() -> Outcome<()> {
        let (layer_0, layer_1) = (layer_0()?, layer_1()?);
        assert!(mean_of_line(&layer_0, 1, 1) > 0.9, "0.1, the previous token");
        assert!(mean_of_line(&layer_0, 7, 2) > 0.8, "0.7, the token two back: {}", mean_of_line(&layer_0, 7, 2));
        assert!(mean_of_line(&layer_1, 4, SEQ_LEN - 1) > 0.8, "1.4, the token after the earlier copy");
        let others = [0, 1, 2, 3, 5, 6, 7].map(|head| mean_of_line(&layer_1, head, SEQ_LEN - 1));
        assert!(others.iter().all(|score| *score < 0.1), "no other head of layer 1: {others:?}");
        Ok(())
    }

    #[test]
    fn the_detectors_find_one_induction_head() -> Outcome<()> {
        let table = found(&functions::ex02(&Right::default()))?.array("values").ok_or("a heat map holds values")?;
        let induction: Vec<usize> = (0..16).filter(|head| table[[3, *head]] == 1.0).collect();
        assert_eq!(induction, [8 + 4]);
        Ok(())
    }
}
