//! Exercise 06: maps of patches, and their estimates.

use circuit_vis::{PlotOptions, View, heatmap};
use grading::ex06::Submission;
use hooked_transformer::{ActivationCache, HookedTransformer, Tokens};
use ndarray::Array2;

use crate::{Outcome, Picture, Right, functions, stored};

/// A kind of pair in the stored reference: its name there, and what to call it.
#[derive(Clone, Copy)]
enum Kind {
    WordSwap,
    CueSwap,
}

impl Kind {
    /// The name of its first pair among the stored arrays, and words for a title.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Kind::WordSwap => ("word", "word swap"),
            Kind::CueSwap => ("cue", "cue swap"),
        }
    }
}

/// The maps of the first pair of either kind.
///
/// # Errors
/// The reference data is damaged, or a map has the wrong shape.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let mut pictures = Vec::new();
    for kind in [Kind::WordSwap, Kind::CueSwap] {
        let pair = Pair::stored(kind, functions)?;
        let (stream, heads, beside) = match kind {
            Kind::WordSwap => (
                "The nouns, and after layer 2 the last position.",
                "0.5 and 2.1 bring the answer back and take it away.",
                "The same cells stand out; the estimate is off where the patch is early.",
            ),
            Kind::CueSwap => (
                "The adjectives, then the nouns after them, then the last position.",
                "0.4 and 2.1, and not 0.5.",
                "The same cells stand out; the estimate is too small where the patch is early.",
            ),
        };
        pictures.push(Picture {
            view: pair.residual(functions)?,
            look_for: stream,
            made_with: &["residual_map", "normalize"],
        });
        pictures.push(Picture {
            view: pair.heads(functions)?,
            look_for: heads,
            made_with: &["sufficient_and_necessary"],
        });
        pictures.push(Picture {
            view: pair.estimate_beside_exact(functions)?,
            look_for: beside,
            made_with: &["residual_map", "normalize", "attribution_map"],
        });
    }
    Ok(pictures)
}

/// A view of the guide: the stream of a word swap.
///
/// # Errors
/// The reference data is damaged.
pub fn word_residual() -> Outcome<View> {
    of_the_guide(Kind::WordSwap, Pair::residual)
}

/// A view of the guide: the stream of a cue swap.
///
/// # Errors
/// The reference data is damaged.
pub fn cue_residual() -> Outcome<View> {
    of_the_guide(Kind::CueSwap, Pair::residual)
}

/// A view of the guide: the heads of a word swap.
///
/// # Errors
/// The reference data is damaged.
pub fn word_heads() -> Outcome<View> {
    of_the_guide(Kind::WordSwap, Pair::heads)
}

/// A view of the guide: the heads of a cue swap.
///
/// # Errors
/// The reference data is damaged.
pub fn cue_heads() -> Outcome<View> {
    of_the_guide(Kind::CueSwap, Pair::heads)
}

/// A view of the guide: the estimate of a cue swap.
///
/// # Errors
/// The reference data is damaged.
pub fn cue_estimate() -> Outcome<View> {
    of_the_guide(Kind::CueSwap, Pair::estimate_beside_exact)
}

fn of_the_guide(kind: Kind, draw: fn(&Pair, &Submission) -> Outcome<View>) -> Outcome<View> {
    let functions = functions::ex06(&Right::default());
    draw(&Pair::stored(kind, &functions)?, &functions)
}

/// The first pair of a kind, and the metric of both of its runs.
struct Pair {
    kind: Kind,
    model: HookedTransformer,
    clean: Tokens,
    corrupted: Tokens,
    right: Vec<usize>,
    wrong: Vec<usize>,
    source: ActivationCache,
    metric_of_clean: f32,
    metric_of_corrupted: f32,
}

impl Pair {
    fn stored(kind: Kind, functions: &Submission) -> Outcome<Self> {
        let model = stored::model("gpt2-tales")?;
        let (key, _) = kind.names();
        let tokens = |name: &str| stored::tokens("exercise_06", &format!("{key}.{name}"));
        let (clean, corrupted) = (tokens("clean")?, tokens("corrupted")?);
        let answer = |name: &str| stored::ids("exercise_06", &format!("{key}.{name}"));
        let (right, wrong) = (answer("right")?, answer("wrong")?);
        let (logits, source) = model.run_with_cache(&clean)?;
        let metric_of_clean = (functions.logit_difference)(logits.view(), &right, &wrong);
        let metric_of_corrupted = (functions.logit_difference)(model.forward(&corrupted)?.view(), &right, &wrong);
        Ok(Self { kind, model, clean, corrupted, right, wrong, source, metric_of_clean, metric_of_corrupted })
    }

    /// What patching the stream of the corrupted run brings back, `[layer, pos]`.
    fn brought_back(&self, functions: &Submission) -> Array2<f32> {
        let map = (functions.residual_map)(&self.model, &self.corrupted, &self.source, &self.right, &self.wrong);
        map.mapv(|value| (functions.normalize)(value, self.metric_of_clean, self.metric_of_corrupted))
    }

    /// Positions as rows, since a prompt is longer than the model is deep.
    fn residual(&self, functions: &Submission) -> Outcome<View> {
        let columns = self.layers("before layer");
        let title = format!("The stream of a {}", self.kind.names().1);
        let map = self.brought_back(functions);
        let options = shares().x("patched").y("position");
        Ok(heatmap(map.t(), &self.positions()?, &columns, options)?.title(title))
    }

    /// What each head brings back and takes away, one row per layer and direction.
    fn heads(&self, functions: &Submission) -> Outcome<View> {
        let both =
            (functions.sufficient_and_necessary)(&self.model, &self.clean, &self.corrupted, &self.right, &self.wrong);
        let (_, n_layers, n_heads) = both.dim();
        let rows: Vec<String> = ["back", "away"]
            .iter()
            .flat_map(|direction| (0..n_layers).map(move |layer| format!("{direction}, layer {layer}")))
            .collect();
        let table = both.into_shape_with_order((2 * n_layers, n_heads))?;
        let columns: Vec<String> = (0..n_heads).map(|head| format!("head {head}")).collect();
        let title = format!("What the heads of a {} bring back and take away", self.kind.names().1);
        Ok(heatmap(table.view(), &rows, &columns, shares())?.title(title))
    }

    /// For each layer two columns: measured, and estimated by one backward pass.
    fn estimate_beside_exact(&self, functions: &Submission) -> Outcome<View> {
        let exact = self.brought_back(functions);
        let changes = (functions.attribution_map)(&self.model, &self.corrupted, &self.source, &self.right, &self.wrong);
        let estimate = changes / (self.metric_of_clean - self.metric_of_corrupted);
        let (n_layers, n_pos) = exact.dim();
        let beside = Array2::from_shape_fn((n_pos, 2 * n_layers), |(pos, column)| {
            let map = if column % 2 == 0 { &exact } else { &estimate };
            map[[column / 2, pos]]
        });
        let columns: Vec<String> =
            (0..n_layers).flat_map(|layer| [format!("{layer} exact"), format!("{layer} estimate")]).collect();
        let title = format!("Exact and estimated, for a {}", self.kind.names().1);
        let options = shares().x("before layer").y("position");
        Ok(heatmap(beside.view(), &self.positions()?, &columns, options)?.title(title))
    }

    /// Each position as its token in the clean prompt, and in the corrupted one where that differs.
    fn positions(&self) -> Outcome<Vec<String>> {
        let [clean, corrupted] =
            [&self.clean, &self.corrupted].map(|tokens| self.model.to_str_tokens(tokens.row(0).to_vec(), None));
        let name = |(pos, (clean, corrupted)): (usize, (&String, &String))| {
            let (clean, corrupted) = (clean.trim(), corrupted.trim());
            if clean == corrupted { format!("{pos} {clean}") } else { format!("{pos} {clean} / {corrupted}") }
        };
        Ok(clean?.iter().zip(&corrupted?).enumerate().map(name).collect())
    }

    fn layers(&self, before: &str) -> Vec<String> {
        (0..self.model.cfg().n_layers).map(|layer| format!("{before} {layer}")).collect()
    }
}

/// Full color at the whole answer.
fn shares() -> PlotOptions {
    PlotOptions::new().value("share of the answer").range(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stored maps are normalized and rounded to four digits or so.
    #[test]
    fn the_streams_are_what_the_oracle_found() -> Outcome<()> {
        let found = &stored::facts("exercise_06")?["found"];
        for (kind, view) in [("word", word_residual()?), ("cue", cue_residual()?)] {
            let map = view.array("values").ok_or("a heat map holds values")?;
            let stored = &found[kind]["first"]["resid_pre"];
            for (index, share) in map.indexed_iter() {
                let want = stored[index[1]][index[0]].as_f64().ok_or("a stored entry for every cell")?;
                assert!((f64::from(*share) - want).abs() < 6e-3, "{kind} {index:?}: {share} and {want}");
            }
        }
        Ok(())
    }

    #[test]
    fn each_kind_of_pair_shows_its_own_head_and_both_show_2_1() -> Outcome<()> {
        for (view, shown, hidden) in [(word_heads()?, 5, 4), (cue_heads()?, 4, 5)] {
            let table = view.array("values").ok_or("a heat map holds values")?;
            for direction in [0, 4] {
                let at = |layer: usize, head: usize| table[[direction + layer, head]];
                assert!(at(0, shown) > 0.7 && at(2, 1) > 0.5 && at(0, hidden).abs() < 0.15, "{table}");
            }
        }
        Ok(())
    }
}
