//! Mistakes in `effect_table`.

use crate::exercise::{Mistake, output};

const TABLE: &str = "c12_effect_table";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-54",
        TABLE,
        "The unsteered model is not subtracted",
        "The gains are log probabilities after steering, as they are. What was likely anyway then looks like an \
         effect. A gain is the difference to the same prompt unsteered, so that coefficient 0 gains nothing.",
        "What should the gain be for coefficient 0?",
    ),
    output(
        "E04-55",
        TABLE,
        "BOS is steered, too",
        "Position 0 was steered. Many heads rest on BOS when they have nothing to do; pushing it around disturbs them \
         all, and costs more than it gains.",
        "At which position does the range that you steer begin?",
    ),
    output(
        "E04-56",
        TABLE,
        "Only the first prompt",
        "The table is that of the first prompt. One prompt is noisy: a word may be likely there for reasons of its \
         own.",
        "Which prompts does your average run over?",
    ),
    output(
        "E04-57",
        TABLE,
        "The same vector for every layer",
        "The vector of layer 0 was added at all layers. Directions are not the same across layers: each row of \
         `vectors` was read at one layer and belongs there.",
        "Which row of `vectors` do you add at layer 2?",
    ),
    output(
        "E04-58",
        TABLE,
        "Layer and coefficient exchanged",
        "The entries are right, but the axes are [measure, coefficient, layer]. Asked for is [measure, layer, \
         coefficient].",
        "Which of your loops is the outer one, and which axis does it fill?",
    ),
    output(
        "E04-132",
        TABLE,
        "Gains and costs exchanged",
        "Measure 0 holds the costs and measure 1 the gains.",
        "Which of the two is at index 0?",
    ),
    output(
        "E04-133",
        TABLE,
        "Sum over prompts instead of mean",
        "The entries were added up over the prompts and not divided by their number.",
        "What should come out when the list holds the same prompt twice?",
    ),
    output(
        "E04-134",
        TABLE,
        "Only the last prompt",
        "Each prompt overwrote what the one before had stored.",
        "Does your innermost line assign, or add?",
    ),
    output(
        "E04-135",
        TABLE,
        "KL the other way round",
        "The gains are right. For the costs the two logits were exchanged: kl_divergence takes the steered ones \
         first.",
        "Whose probabilities are the weights?",
    ),
    output(
        "E04-136",
        TABLE,
        "The number of a coefficient for the coefficient",
        "The vector was multiplied by 0, 1, 2, ..., the index in the list, not by what the list holds there.",
        "What is multiplied with the vector for the first coefficient?",
    ),
    output(
        "E04-137",
        TABLE,
        "Added before layer 0 for every layer",
        "All vectors were added to the resid_pre of layer 0. Each belongs to the layer it was taken from.",
        "Which layer does your hook name?",
    ),
    output(
        "E04-138",
        TABLE,
        "BOS is missing",
        "The prompts ran without BOS, so that steering from position 1 on also left out the first word.",
        "What is at position 0 of your prompts?",
    ),
    output(
        "E04-139",
        TABLE,
        "Not at every position",
        "The vector was added at fewer positions than asked for: without the last one, only there, or from \
         position 2 on. Every position but 0 is steered.",
        "Which positions does your hook change in a prompt of five tokens?",
    ),
    output(
        "E04-140",
        TABLE,
        "After the layer instead of before it",
        "The vector was added to resid_post. What the layer itself would have made of it is lost.",
        "Which hook point does your hook name?",
    ),
    output(
        "E04-141",
        TABLE,
        "All prompts in one batch",
        "The prompts ran together, and the shorter ones were filled up. At the last position, a shorter prompt \
         has padding.",
        "What is at the last position of the shortest prompt?",
    ),
    output(
        "E04-142",
        TABLE,
        "Coefficients add up",
        "Each coefficient was added on top of those before it. Every entry starts from the unsteered model.",
        "What is added for the second coefficient?",
    ),
    output(
        "E04-143",
        TABLE,
        "Vectors of norm one",
        "The vectors were divided by their norms first. They are to be added as they are, times the \
         coefficient.",
        "What is added at coefficient 1?",
    ),
];
