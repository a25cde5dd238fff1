//! Mistakes in `effect_table`.

use crate::exercise::{Mistake, output};

const TABLE: &str = "c12_effect_table";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-54",
        TABLE,
        "The unsteered model not subtracted",
        "Your gains are the log probabilities after steering. A token that was likely anyway then looks like an \
         effect. Subtract the log probability of the same prompt unsteered, so that coefficient 0 gains nothing.",
        "What should the gain be for coefficient 0?",
    ),
    output(
        "E04-55",
        TABLE,
        "BOS is steered, too",
        "You also steered position 0. Many heads rest on BOS, and changing it disturbs them all, which costs more than \
         it gains.",
        "At which position does the range that you steer start?",
    ),
    output(
        "E04-56",
        TABLE,
        "Only the first prompt",
        "Your table is that of the first prompt. One prompt is noisy, because a word may be likely there for other \
         reasons. Average over all prompts.",
        "Which prompts does your average run over?",
    ),
    output(
        "E04-57",
        TABLE,
        "The same vector for every layer",
        "You added the vector of layer 0 at all layers. Directions differ between layers: each row of `vectors` was \
         read at one layer and is added there.",
        "Which row of `vectors` do you add at layer 2?",
    ),
    output(
        "E04-58",
        TABLE,
        "Layer and coefficient swapped",
        "Your entries are right, but your axes are [measure, coefficient, layer]. The task asks for [measure, layer, \
         coefficient].",
        "Which of your loops is the outer one, and which axis does it fill?",
    ),
    output(
        "E04-132",
        TABLE,
        "Gains and costs swapped",
        "Your measure 0 holds the costs and measure 1 the gains. Gains come first.",
        "Which of the two is at index 0?",
    ),
    output(
        "E04-133",
        TABLE,
        "Sum over prompts instead of mean",
        "You summed the entries over the prompts and did not divide by their number.",
        "What should you get if the list holds the same prompt twice?",
    ),
    output(
        "E04-134",
        TABLE,
        "Only the last prompt",
        "Your table is that of the last prompt, as when each prompt overwrites the result of the one before.",
        "Does your innermost line assign, or add?",
    ),
    output(
        "E04-135",
        TABLE,
        "KL in the other direction",
        "Your gains are right, but for the costs you swapped the two logits. kl_divergence takes the steered ones \
         first.",
        "Whose probabilities are the weights?",
    ),
    output(
        "E04-136",
        TABLE,
        "The index of a coefficient instead of its value",
        "You multiplied the vector by 0, 1, 2, and so on: the index in the list, not the coefficient at that index.",
        "What do you multiply the vector by for the first coefficient?",
    ),
    output(
        "E04-137",
        TABLE,
        "Added before layer 0 for every layer",
        "You added all vectors at resid_pre of layer 0. Add each at the layer where it was read.",
        "At which layer is your hook?",
    ),
    output(
        "E04-138",
        TABLE,
        "BOS is missing",
        "You ran the prompts without BOS. Steering from position 1 on then also leaves out the first word.",
        "What is at position 0 of your prompts?",
    ),
    output(
        "E04-139",
        TABLE,
        "Not at every position",
        "You added the vector at too few positions, for example not at the last one, only there, or from position 2 \
         on. Steer every position but 0.",
        "Which positions does your hook change in a prompt of five tokens?",
    ),
    output(
        "E04-140",
        TABLE,
        "After the layer instead of before it",
        "You added the vector at resid_post, so the layer itself does not read it.",
        "At which hook point is your hook?",
    ),
    output(
        "E04-141",
        TABLE,
        "All prompts in one batch",
        "You ran the prompts together and padded the shorter ones. At the last position a shorter prompt then has \
         padding.",
        "What is at the last position of the shortest prompt?",
    ),
    output(
        "E04-142",
        TABLE,
        "Coefficients add up",
        "You added each coefficient on top of those before it. Start every entry from the unsteered model.",
        "What is added for the second coefficient?",
    ),
    output(
        "E04-143",
        TABLE,
        "Vectors normalized",
        "You normalized the vectors first. Add them as they are, times the coefficient.",
        "What is added at coefficient 1?",
    ),
    output(
        "E04-172",
        TABLE,
        "The quotient of the log probabilities",
        "You divided the log probability with steering by that without. The gain is the difference.",
        "What is the gain of a vector of zeros?",
    ),
    output(
        "E04-173",
        TABLE,
        "Gains in probability",
        "You subtracted probabilities. `target_log_prob` is a logarithm, and so is the gain: of how many times as likely \
         the targets are.",
        "What is your gain if a probability rises from 0.001 to 0.01?",
    ),
    output(
        "E04-174",
        TABLE,
        "The coefficient not used",
        "You added the vector itself, whatever the coefficient is.",
        "What is in the column of coefficient 0?",
    ),
    output(
        "E04-175",
        TABLE,
        "The gain with the wrong sign",
        "You subtracted the log probability with steering from that without.",
        "Is your gain positive if the targets become more likely?",
    ),
];
