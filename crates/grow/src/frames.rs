//! What the page is told: first what the run is, then a frame for each redraw.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ndarray::{Axis, Ix4, s};
use serde::Serialize;
use training::story::of_recipe;
use training::{Characters, Measured, Trainer};

/// What stays the same for the whole run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct About {
    /// The heading.
    pub(crate) title: String,
    /// The recipe in a sentence.
    pub(crate) recipe: String,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) steps: usize,
    /// The tokens whose attention is shown, as they are read.
    pub(crate) tokens: Vec<String>,
    /// An even guess among all tokens, in nats.
    pub(crate) even_guess: f64,
}

impl About {
    pub(crate) fn new(trainer: &Trainer, show: &dyn Fn(usize) -> String) -> Self {
        let recipe = trainer.recipe();
        About {
            title: "An induction head grows".to_string(),
            recipe: of_recipe(recipe, trainer.model().n_params_total()),
            layers: recipe.layers,
            heads: recipe.heads,
            steps: recipe.steps,
            tokens: trainer.evaluation().repeated().row(0).iter().map(|&token| show(token)).collect(),
            even_guess: ((recipe.vocabulary - 1) as f64).ln(),
        }
    }
}

/// How a token of the characters' vocabulary is shown.
pub(crate) fn character(token: usize) -> String {
    Characters::show(token)
}

/// One redraw.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Frame {
    pub(crate) step: usize,
    pub(crate) tokens: usize,
    pub(crate) seconds: f64,
    pub(crate) first_copy: f64,
    pub(crate) second_copy: f64,
    /// By layer, by head.
    pub(crate) previous: Vec<Vec<f32>>,
    pub(crate) induction: Vec<Vec<f32>>,
    /// The head whose attention this is.
    pub(crate) head: (usize, usize),
    /// Its attention on the tokens, `[query, key]`, as base64 of one byte per entry.
    pub(crate) attention: String,
    /// What is going on, in words.
    pub(crate) story: String,
    /// The step at which the bump was passed.
    pub(crate) bump: Option<usize>,
    /// Whether this is the last one.
    pub(crate) done: bool,
}

/// The attention of a head on the first row of repeated tokens.
pub(crate) fn attention(trainer: &Trainer, (layer, head): (usize, usize)) -> training::Result<String> {
    let row = trainer.evaluation().repeated().slice(s![..1, ..]).to_owned();
    let cache = trainer.model().run(&row).names_filter(("pattern", layer)).cache()?;
    let pattern = cache.view::<Ix4>(("pattern", layer));
    let pattern = pattern.index_axis(Axis(0), 0);
    let bytes: Vec<u8> = pattern.index_axis(Axis(0), head).iter().map(|&a| (a * 255.0).round() as u8).collect();
    Ok(STANDARD.encode(bytes))
}

/// The head to show: the best one so far, which changes only when another is clearly better, so that the picture does
/// not flicker while all are alike.
pub(crate) fn head_to_show(before: Option<(usize, usize)>, measured: &Measured) -> (usize, usize) {
    let (layer, head, score) = measured.best_induction_head();
    match before {
        Some(shown) if score < measured.induction[shown.0][shown.1] + 0.05 => shown,
        // The last layer is where an induction head will be.
        None => (measured.induction.len() - 1, 0),
        _ => (layer, head),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use training::Recipe;

    fn measured(induction: [[f32; 2]; 2]) -> Measured {
        Measured {
            held_out: 0.0,
            first_copy: 1.0,
            second_copy: 1.0,
            current: vec![],
            previous: vec![],
            first: vec![],
            induction: induction.map(|heads| heads.to_vec()).to_vec(),
        }
    }

    #[test]
    fn the_head_that_is_shown_changes_only_for_a_better_one() {
        assert_eq!(head_to_show(None, &measured([[0.1, 0.1], [0.1, 0.1]])), (1, 0));
        assert_eq!(head_to_show(Some((1, 0)), &measured([[0.1, 0.1], [0.1, 0.12]])), (1, 0));
        assert_eq!(head_to_show(Some((1, 0)), &measured([[0.1, 0.1], [0.1, 0.6]])), (1, 1));
    }

    #[test]
    fn attention_has_one_byte_per_entry() {
        let recipe = Recipe { width: 16, heads: 2, rows: 2, ..Recipe::grow() };
        let trainer = Trainer::new(recipe).unwrap();
        let about = About::new(&trainer, &character);
        let bytes = STANDARD.decode(attention(&trainer, (1, 0)).unwrap()).unwrap();
        assert_eq!(bytes.len(), about.tokens.len() * about.tokens.len());
        assert_eq!((bytes[0], bytes[1], about.tokens[0].as_str()), (255, 0, "<bos>"));
        assert!(about.recipe.contains("2 layers of 2 heads, width 16"), "{}", about.recipe);
    }
}
