//! Exercise 03: what is lost without a head, and what each head adds to the logit of the token that comes next.

use circuit_vis::{PlotOptions, View, component_names, heatmap, plot_logit_attribution};
use grading::ex03::Submission;
use hooked_transformer::{HookedTransformer, Tokens};
use ndarray::{Axis, Ix3, aview1};

use crate::{Outcome, Picture, Right, functions, stored};

/// The sentence in which the chapter looks for bigrams.
const SENTENCE: &str = "Once upon a time there was a little girl, and every one who knew her loved her.";

const MODEL: &str = "attn-only-2l-tales";

/// Induction scores, the ablation table, and the attribution on a sentence and on random tokens.
///
/// # Errors
/// The reference data is damaged, or a table has the wrong shape.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    Ok(vec![
        Picture { view: scores(functions)?, look_for: "One head stands out.", made_with: &["induction_scores"] },
        Picture {
            view: ablation_table(functions)?,
            look_for: "Four cells are blue, all others close to zero: 0.1 and 1.4, and 0.5 and 0.7 beside them.",
            made_with: &["ablation_table", "zero_ablate"],
        },
        Picture {
            view: attribution(functions, &sentence()?, 5.0)?.title("Shares of the right logit, on a sentence"),
            look_for: "The direct path and the heads of layer 0 know which token follows which.",
            made_with: &["head_results", "logit_attribution"],
        },
        Picture {
            view: repeated(functions)?,
            look_for: "In the second half one column is blue from top to bottom: 1.4.",
            made_with: &["head_results", "logit_attribution"],
        },
    ])
}

/// A view of the guide: the loss of the second copy without each head, minus the loss with all, on eight rows of 50 random
/// tokens twice.
///
/// # Errors
/// The reference data is damaged.
pub fn ablation() -> Outcome<View> {
    ablation_table(&functions::ex03(&Right::default()))
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn of_a_sentence() -> Outcome<View> {
    let view = attribution(&functions::ex03(&Right::default()), &sentence()?, 5.0)?;
    Ok(view.title("Shares of the right logit, on a sentence"))
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn of_repeated_tokens() -> Outcome<View> {
    repeated(&functions::ex03(&Right::default()))
}

fn scores(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let tokens = stored::tokens("exercise_02", "phenomena.repeated.tokens")?;
    let scores = (functions.induction_scores)(&model, &tokens);
    let options = PlotOptions::new().value("induction score").range(-1.0, 1.0);
    let (rows, columns) = layers_and_heads(&model);
    Ok(heatmap(scores.view(), &rows, &columns, options)?.title("Induction scores"))
}

fn ablation_table(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let tokens = stored::tokens("exercise_02", "phenomena.repeated.tokens")?;
    let table = (functions.ablation_table)(&model, &tokens, functions.zero_ablate);
    let (rows, columns) = layers_and_heads(&model);
    // Fixed bounds: taken from the numbers, they would differ in the last digit from machine to machine.
    let options = PlotOptions::new().value("loss added, in nats").range(-14.0, 14.0);
    Ok(heatmap(table.view(), &rows, &columns, options)?.title("What the second copy costs without a head"))
}

fn layers_and_heads(model: &HookedTransformer) -> (Vec<String>, Vec<String>) {
    let columns = (0..model.cfg().n_heads).map(|head| format!("head {head}")).collect();
    (stored::layer_names(model.cfg().n_layers), columns)
}

fn sentence() -> Outcome<Tokens> {
    Ok(stored::model(MODEL)?.to_tokens(SENTENCE, true)?)
}

/// BOS and twice the same 13 random tokens.
fn repeated(functions: &Submission) -> Outcome<View> {
    let view = attribution(functions, &stored::tokens("exercise_03", "repeated.tokens")?, 25.0)?;
    Ok(view.title("Shares of the right logit, on 13 random tokens twice"))
}

/// The shares of the direct path and of every head, for the first row of the tokens; full color at `bound`.
fn attribution(functions: &Submission, tokens: &Tokens, bound: f32) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let ids = tokens.row(0).to_vec();
    let cache =
        model.run(tokens).names_filter(|name: &str| name == "hook_embed" || name.ends_with("hook_z")).cache()?;
    let embed = cache.view::<Ix3>("hook_embed").index_axis_move(Axis(0), 0);
    let [first, second] = [0, 1].map(|layer| (functions.head_results)(&model, &cache, layer));
    let of_item = |results: ndarray::Array4<f32>| results.index_axis_move(Axis(0), 0);
    let (first, second) = (of_item(first), of_item(second));
    let shares = (functions.logit_attribution)(embed, first.view(), second.view(), model.W_U(), aview1(&ids));
    let names = component_names(model.cfg().n_layers, model.cfg().n_heads);
    let str_tokens = model.to_str_tokens(&ids, None)?;
    Ok(plot_logit_attribution(&str_tokens, shares.view(), &names, PlotOptions::new().range(-bound, bound))?)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
