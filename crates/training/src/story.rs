//! A run in words: what it is, what is going on, and why it ended without an induction head. For every page that shows one.

use crate::evaluation::Measured;
use crate::recipe::Recipe;

/// The recipe in a sentence or two, for a model of so many weights.
pub fn of_recipe(recipe: &Recipe, weights: usize) -> String {
    let Recipe { layers, heads, width, rows, context, seed, .. } = recipe;
    let repeated = (recipe.mixture.repeated * 100.0).round();
    let text = if recipe.mixture.repeated < 1.0 { "the others are text" } else { "there is no text" };
    format!(
        "{layers} {} of {heads} {}, width {width}, {weights} weights, seed {seed}. A batch has {rows} rows of {context} tokens; \
         {repeated} % of the rows repeat a random segment, {text}.",
        plural(*layers, "layer", "layers"),
        plural(*heads, "head", "heads"),
    )
}

fn plural(n: usize, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

/// Where the run is in the usual course of events, from what was measured.
pub fn now(recipe: &Recipe, measured: &Measured, bump: Option<usize>) -> String {
    let (layer, head, induction) = measured.best_induction_head();
    let (previous_layer, previous_head, previous) = measured.best_previous_token_head();
    if let Some(step) = bump {
        let what = format!(
            "The bump came at step {step}. Head {head} of layer {layer} attends from each token to the one that followed its \
             earlier occurrence (score {induction:.2}), so the second copy costs {:.2} nats instead of {:.2}.",
            measured.second_copy, measured.first_copy
        );
        let how = match previous_layer < layer && previous > 0.3 {
            true => format!(
                " It finds that token because head {previous_head} of layer {previous_layer} has written into every \
                 position which token came before it (previous-token score {previous:.2})."
            ),
            false => String::new(),
        };
        let late = obstacle(recipe).map_or(String::new(), |obstacle| format!(" {obstacle}"));
        return format!("{what}{how}{late}");
    }
    if previous > 0.3 && recipe.layers > 1 {
        let attends = format!(
            "Head {previous_head} of layer {previous_layer} attends to the previous token (score {previous:.2})"
        );
        return match previous_layer + 1 < recipe.layers {
            true => format!(
                "{attends}: half of the circuit. Next, a head of a later layer can learn to look for what that head wrote."
            ),
            false => {
                format!("{attends}. No layer reads what it writes, so an induction head needs another one, earlier.")
            }
        };
    }
    "The model learns which tokens are frequent, and which follow which. No head attends anywhere in particular yet."
        .to_string()
}

/// What is in the way of an induction head, if the recipe says it.
pub fn obstacle(recipe: &Recipe) -> Option<&'static str> {
    if recipe.layers == 1 {
        return Some(
            "One layer is not enough. To find the token after an earlier occurrence, a head has to know which token came \
             before each position, and only a head of an earlier layer can write that.",
        );
    }
    if recipe.mixture.repeated >= 1.0 {
        return Some(
            "There is no text, so the bump comes about five times as late, and later still with a larger vocabulary. A \
             previous-token head alone gains nothing: a random token says nothing about the next. It would help an induction \
             head, but that forms only once there is a previous-token head. Text rewards a previous-token head by itself, \
             because pairs of letters are frequent.",
        );
    }
    if recipe.mixture.repeated == 0.0 {
        return Some("No row repeats a segment, so an induction head has hardly anything to predict.");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batches::Mixture;

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
        let mut in_the_last = measured(0.1, 0.0);
        in_the_last.previous = vec![vec![0.1, 0.1], vec![0.4, 0.0]];
        let said = now(&recipe, &in_the_last, None);
        assert!(said.starts_with("Head 0 of layer 1 attends") && !said.contains("later layer"), "{said}");
        let after = now(&recipe, &measured(0.8, 0.9), Some(420));
        assert!(after.starts_with("The bump came at step 420. Head 0 of layer 1"), "{after}");
        assert!(after.contains("because head 1 of layer 0 has written"), "{after}");
        let without_text = Recipe { mixture: Mixture { repeated: 1.0, ..recipe.mixture }, ..recipe.clone() };
        let late = now(&without_text, &measured(0.8, 0.9), Some(1200));
        assert!(late.contains("There is no text, so the bump comes about five times as late"), "{late}");
        let words = of_recipe(&Recipe { layers: 1, ..recipe }, 5000);
        assert!(words.starts_with("1 layer of 2 heads, width 64, 5000 weights, seed 0."), "{words}");
    }

    #[test]
    fn a_recipe_that_cannot_grow_one_says_why() {
        let grow = Recipe::grow;
        let mixture = |repeated| Mixture { repeated, ..grow().mixture };
        let why = |recipe: Recipe| obstacle(&recipe).unwrap_or("nothing");
        assert!(why(Recipe { layers: 1, ..grow() }).starts_with("One layer is not enough"));
        assert!(why(Recipe { mixture: mixture(1.0), ..grow() }).contains("previous-token head alone gains nothing"));
        assert!(why(Recipe { mixture: mixture(0.0), ..grow() }).starts_with("No row repeats"));
        assert_eq!(why(grow()), "nothing");
    }
}
