//! Exercise 05: what the weights say about the heads, with no text, and the test of it.

use circuit_vis::{AttentionOptions, PlotOptions, View, attention_patterns, heatmap};
use grading::ex05::Submission;
use hooked_transformer::Composition;
use ndarray::{Array2, Array3, Axis};

use crate::{Outcome, Picture, Right, functions, stored};

const MODEL: &str = "attn-only-2l-tales";

/// The induction head, 1.4.
const INDUCTION: usize = 4;

/// As many positions as a picture shows clearly.
const N_POS: usize = 16;

/// Positions alone, copying, the pairs of sources, composition, and the paths cut.
///
/// # Errors
/// The reference data is damaged, or an array has the wrong shape.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let mut pictures = vec![
        Picture {
            view: positional(functions)?,
            look_for: "0.5 draws the diagonal, 0.1 the line below it, 0.7 the line two below. No token was read.",
            made_with: &["positional_pattern"],
        },
        Picture {
            view: copied(functions)?,
            look_for: "One cell is full: attending to a token, 1.4 raises that very token most.",
            made_with: &["ov_circuit", "diagonal_accuracy"],
        },
        Picture {
            view: matched(functions)?,
            look_for: "Three cells are full: what 1.4 compares.",
            made_with: &["composed_qk_circuit", "diagonal_accuracy"],
        },
    ];
    for (kind, look_for) in [
        (Composition::K, "In the column of 1.4, both 0.1 and 0.7 stand out."),
        (Composition::Q, "The darkest cell, 0.0 and 1.2, has no part in induction."),
        (Composition::V, "In the column of 1.4, 0.5 stands out: what is copied passes through it."),
    ] {
        pictures.push(Picture { view: composition(functions, kind)?, look_for, made_with: &["composition_scores"] });
    }
    pictures.push(Picture {
        view: cut_paths(functions)?,
        look_for: "Five cells cost something, and they are those that the weights name.",
        made_with: &["cost_of_cutting"],
    });
    Ok(pictures)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn positions() -> Outcome<View> {
    positional(&functions::ex05(&Right::default()))
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn matches() -> Outcome<View> {
    matched(&functions::ex05(&Right::default()))
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn q_composition() -> Outcome<View> {
    composition(&functions::ex05(&Right::default()), Composition::Q)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn k_composition() -> Outcome<View> {
    composition(&functions::ex05(&Right::default()), Composition::K)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn v_composition() -> Outcome<View> {
    composition(&functions::ex05(&Right::default()), Composition::V)
}

/// A view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn paths() -> Outcome<View> {
    cut_paths(&functions::ex05(&Right::default()))
}

/// Where the heads of layer 0 attend if only positions count.
fn positional(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let n_heads = model.cfg().n_heads;
    let mut patterns = Array3::zeros((n_heads, N_POS, N_POS));
    for (head, mut pattern) in patterns.outer_iter_mut().enumerate() {
        pattern.assign(&(functions.positional_pattern)(&model, 0, head, N_POS));
    }
    let names: Vec<String> = (0..N_POS).map(|pos| format!("position {pos}")).collect();
    let options = AttentionOptions::new().head_names(stored::head_names(0, n_heads));
    Ok(attention_patterns(&names, patterns.view(), options)?.title("Layer 0 by positions alone"))
}

/// How often attending to a token raises that very token most, `[layer, head]`.
fn copied(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let accuracy = |(layer, head)| {
        let circuit = (functions.ov_circuit)(&model, layer, head);
        (functions.diagonal_accuracy)(&circuit, 1, 512)
    };
    let table = Array2::from_shape_fn((model.cfg().n_layers, model.cfg().n_heads), accuracy);
    let columns: Vec<String> = (0..table.ncols()).map(|head| format!("head {head}")).collect();
    let options = PlotOptions::new().value("share of tokens that are copied").range(-1.0, 1.0);
    Ok(heatmap(table.view(), &stored::layer_names(table.nrows()), &columns, options)?.title("Copying, top 1"))
}

/// How often the best key of 1.4 is the query's own token, `[key through, query through]`.
fn matched(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let n_heads = model.cfg().n_heads;
    let sources: Vec<Option<usize>> = std::iter::once(None).chain((0..n_heads).map(Some)).collect();
    let name =
        |source: &Option<usize>| source.map_or_else(|| "embedding".to_string(), |head| stored::head_name(0, head));
    let names: Vec<String> = sources.iter().map(name).collect();
    let accuracy = |(key, query): (usize, usize)| {
        let circuit = (functions.composed_qk_circuit)(&model, sources[query], sources[key], INDUCTION);
        (functions.diagonal_accuracy)(&circuit, 1, 512)
    };
    let table = Array2::from_shape_fn((sources.len(), sources.len()), accuracy);
    let options =
        PlotOptions::new().x("query through").y("key through").value("best key is the token itself").range(-1.0, 1.0);
    Ok(heatmap(table.view(), &names, &names, options)?.title("What head 1.4 matches"))
}

/// The composition scores of every pair of heads, `[head of layer 0, head of layer 1]`.
fn composition(functions: &Submission, kind: Composition) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let table = (functions.composition_scores)(&model, kind);
    let [rows, columns] = [0, 1].map(|layer| stored::head_names(layer, model.cfg().n_heads));
    let options =
        PlotOptions::new().x("head of layer 1").y("head of layer 0").value("composition score").range(-0.25, 0.25);
    Ok(heatmap(table.view(), &rows, &columns, options)?.title(format!("{kind:?}-composition")))
}

/// What it costs to cut each head of layer 0 out of what 1.4 reads, `[head, input]`.
fn cut_paths(functions: &Submission) -> Outcome<View> {
    let model = stored::model(MODEL)?;
    let tokens = stored::tokens("exercise_02", "phenomena.repeated.tokens")?;
    let n_heads = model.cfg().n_heads;
    let mut table = Array2::zeros((n_heads, 3));
    for (head, mut row) in table.axis_iter_mut(Axis(0)).enumerate() {
        row.assign(&ndarray::arr1(&(functions.cost_of_cutting)(&model, &tokens, head, INDUCTION)));
    }
    let options = PlotOptions::new().x("cut out of").y("head").value("loss added, in nats").range(-10.0, 10.0);
    let columns = ["queries", "keys", "values"];
    Ok(heatmap(table.view(), &stored::head_names(0, n_heads), &columns, options)?.title("Paths into 1.4, cut"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_pairs_of_sources_match_and_no_other() -> Outcome<()> {
        let table = matches()?.array("values").ok_or("a heat map holds values")?;
        // Rows are keys, columns queries; 0 is the embedding, 1 + h head 0.h.
        let matching = [(1 + 1, 0), (1 + 1, 1 + 5), (1 + 7, 1 + 1)];
        for (index, share) in table.indexed_iter() {
            let expected = matching.contains(&(index[0], index[1]));
            assert!(if expected { *share > 0.95 } else { *share < 0.06 }, "{index:?}: {share}");
        }
        Ok(())
    }

    #[test]
    fn the_paths_that_cost_are_those_that_the_weights_name() -> Outcome<()> {
        let table = paths()?.array("values").ok_or("a heat map holds values")?;
        let costly = [(1, 0), (1, 1), (5, 0), (5, 2), (7, 1)];
        for (index, cost) in table.indexed_iter() {
            let expected = costly.contains(&(index[0], index[1]));
            assert!(if expected { *cost > 4.0 } else { cost.abs() < 0.05 }, "{index:?}: {cost}");
        }
        Ok(())
    }
}
