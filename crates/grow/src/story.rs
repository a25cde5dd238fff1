//! How a run ended without a bump, and what to try on the command line.

use training::Recipe;
use training::story::obstacle;

/// What happened, why, and which options would do.
pub(crate) fn without_bump(recipe: &Recipe, steps: usize) -> String {
    let advice = match recipe {
        Recipe { layers: 1, .. } => "Try --layers 2.",
        _ if recipe.mixture.repeated >= 1.0 => "Leave out --no-text.",
        _ if recipe.mixture.repeated == 0.0 => "Try --repeated 0.5.",
        _ => "Try more steps, --optimizer muon, or the default rates and sizes (leave out the options).",
    };
    let why = obstacle(recipe).map_or(String::new(), |why| format!(" {why}"));
    format!("No bump in {steps} steps.{why} {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use training::Mixture;

    #[test]
    fn a_run_without_a_bump_says_why_and_what_to_try() {
        let why = |recipe: Recipe| without_bump(&recipe, 900);
        let grow = Recipe::grow;
        let mixture = |repeated| Mixture { repeated, ..grow().mixture };
        let one_layer = why(Recipe { layers: 1, ..grow() });
        assert!(one_layer.starts_with("No bump in 900 steps. One layer is not enough"), "{one_layer}");
        assert!(one_layer.ends_with("Try --layers 2."), "{one_layer}");
        assert!(why(Recipe { mixture: mixture(1.0), ..grow() }).ends_with("are frequent. Leave out --no-text."));
        assert!(why(Recipe { mixture: mixture(0.0), ..grow() }).ends_with("to predict. Try --repeated 0.5."));
        assert!(why(grow()).starts_with("No bump in 900 steps. Try more steps"));
    }
}
