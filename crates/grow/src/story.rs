//! What is going on, and why, in words.

use training::{Measured, Recipe};

/// Where the run is in the usual course of events, from what was measured.
pub(crate) fn now(recipe: &Recipe, measured: &Measured, bump: Option<usize>) -> String {
    let (layer, head, induction) = measured.best_induction_head();
    let (previous_layer, previous_head, previous) = measured.best_previous_token_head();
    if let Some(step) = bump {
        let what = format!(
            "The bump came at step {step}. Head {head} of layer {layer} attends from each token to the one that followed its \
             earlier occurrence (score {induction:.2}), so the second copy costs {:.2} nats instead of {:.2}.",
            measured.second_copy, measured.first_copy
        );
        return match previous_layer < layer && previous > 0.3 {
            true => format!(
                "{what} It finds that token because head {previous_head} of layer {previous_layer} has written into every \
                 position which token came before it (previous-token score {previous:.2})."
            ),
            false => what,
        };
    }
    if previous > 0.3 && recipe.layers > 1 {
        return format!(
            "Head {previous_head} of layer {previous_layer} attends to the previous token (score {previous:.2}): half of the \
             circuit. Next, a head of a later layer can learn to look for what that head wrote."
        );
    }
    "The model learns which tokens are frequent, and which follow which. No head attends anywhere in particular yet."
        .to_string()
}

/// How it ended without a bump, and why.
pub(crate) fn without_bump(recipe: &Recipe, steps: usize) -> String {
    let fact = format!("No bump in {steps} steps.");
    if recipe.layers == 1 {
        return format!(
            "{fact} One layer is not enough. To find the token after an earlier occurrence, a head has to know which token \
             came *before* each position, and only a head of an earlier layer can write that. Try --layers 2."
        );
    }
    if recipe.mixture.repeated >= 1.0 {
        return format!(
            "{fact} There is no text, so a previous-token head gains nothing: a random token says nothing about the next. It \
             would help an induction head, but that forms only once there is a previous-token head. Text rewards a \
             previous-token head by itself, because pairs of letters are frequent. Leave out --no-text."
        );
    }
    if recipe.mixture.repeated == 0.0 {
        return format!(
            "{fact} No row repeats a segment, so an induction head has hardly anything to predict. Try --repeated 0.5."
        );
    }
    format!("{fact} Try more steps, --optimizer muon, or the default rates and sizes (leave out the options).")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(previous: f32, induction: f32) -> Measured {
        Measured {
            held_out: 2.0,
            first_copy: 5.0,
            second_copy: 1.0,
            current: vec![],
            previous: vec![vec![0.1, previous], vec![0.0, 0.0]],
            first: vec![],
            induction: vec![vec![0.0, 0.0], vec![induction, 0.0]],
        }
    }

    #[test]
    fn each_stage_has_its_sentence() {
        let recipe = Recipe::grow();
        assert!(now(&recipe, &measured(0.1, 0.0), None).contains("No head attends anywhere in particular"));
        assert!(now(&recipe, &measured(0.8, 0.0), None).starts_with("Head 1 of layer 0 attends to the previous token"));
        let after = now(&recipe, &measured(0.8, 0.9), Some(420));
        assert!(after.starts_with("The bump came at step 420. Head 0 of layer 1"), "{after}");
        assert!(after.contains("because head 1 of layer 0 has written"), "{after}");
    }

    #[test]
    fn a_run_without_a_bump_says_why() {
        let why = |recipe: Recipe| without_bump(&recipe, 900);
        let grow = Recipe::grow;
        assert!(why(Recipe { layers: 1, ..grow() }).contains("One layer is not enough"));
        let no_text = Recipe { mixture: training::Mixture { repeated: 1.0, ..grow().mixture }, ..grow() };
        assert!(why(no_text).contains("a previous-token head gains nothing"));
        let no_repeats = Recipe { mixture: training::Mixture { repeated: 0.0, ..grow().mixture }, ..grow() };
        assert!(why(no_repeats).contains("No row repeats"));
        assert!(why(grow()).starts_with("No bump in 900 steps. Try more steps"));
    }
}
