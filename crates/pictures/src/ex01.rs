//! Exercise 01: where the heads look, on a sentence.

use circuit_vis::View;
use grading::ex01::Submission;

use crate::{Outcome, Picture, Right, functions, stored};

const SENTENCE: &str = "The old king had three sons, and the youngest of them was called the Simpleton.";

/// The attention of every layer.
///
/// # Errors
/// The reference data is damaged.
pub fn pictures(functions: &Submission) -> Outcome<Vec<Picture>> {
    let n_layers = stored::model("gpt2-tales")?.cfg().n_layers;
    let picture = |layer| {
        Ok(Picture {
            view: of_layer(functions, layer)?,
            look_for: "Which heads draw the diagonal, a line below it, or a column at the first token?",
            made_with: &["show_attention"],
        })
    };
    (0..n_layers).map(picture).collect()
}

/// The view of the guide.
///
/// # Errors
/// The reference data is damaged.
pub fn of_a_sentence() -> Outcome<View> {
    of_layer(&functions::ex01(&Right::default()), 0)
}

fn of_layer(functions: &Submission, layer: usize) -> Outcome<View> {
    let model = stored::model("gpt2-tales")?;
    let view = (functions.show_attention)(&model, SENTENCE, layer);
    Ok(view.title(format!("gpt2-tales, layer {layer}, on a sentence")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ex02::mean_of_line;

    #[test]
    fn the_heads_that_chapter_01_names_draw_their_lines() -> Outcome<()> {
        let view = of_a_sentence()?;
        assert!(mean_of_line(&view, 5, 0) > 0.8, "0.5, the current token: {}", mean_of_line(&view, 5, 0));
        assert!(mean_of_line(&view, 4, 1) > 0.8, "0.4, the previous token: {}", mean_of_line(&view, 4, 1));
        Ok(())
    }
}
