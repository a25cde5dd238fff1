//! Mistakes in `contrastive_vector`.

use crate::exercise::{Mistake, output};

const CONTRAST: &str = "c05_contrastive_vector";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-20",
        CONTRAST,
        "Negative minus positive",
        "The vector points the other way: added, it would make the text more like the negative prompts.",
        "From which of the two do you take away?",
    ),
    output(
        "E04-21",
        CONTRAST,
        "Sum instead of mean",
        "The differences were added up. Twice as many pairs would then give a vector twice as long, and a coefficient \
         would mean something else for every set of pairs.",
        "What happens to your vector when every pair is listed twice?",
    ),
    output(
        "E04-22",
        CONTRAST,
        "Not normalised when asked to",
        "The direction is right, but its norm is not one although `unit_norm` was set.",
        "What do you divide by, and when?",
    ),
    output(
        "E04-23",
        CONTRAST,
        "Normalised when not asked to",
        "The vector has norm one although `unit_norm` was not set. How far the prompts are apart at a layer is then \
         lost, and it is what makes a coefficient of 1 mean: one such difference.",
        "Which argument decides, and what does your code do if it is false?",
    ),
    output(
        "E04-24",
        CONTRAST,
        "Each difference normalised before the mean",
        "The differences were brought to norm one first and then averaged. The mean of unit vectors is shorter than \
         one, and a pair that hardly differs counts as much as one that does. Normalisation comes last.",
        "What is the norm of the vector that you return?",
    ),
    output(
        "E04-25",
        CONTRAST,
        "Always the last position",
        "The stream was read at the last token whatever `pos` is. At -2 it is the token before the last: in these \
         prompts the word that differs, where the last one is the full stop.",
        "What does -2 mean in your code?",
    ),
    output(
        "E04-26",
        CONTRAST,
        "Counted from the end of the padding",
        "The prompts of a pair were filled up to the same length, so that -1 is a padding token for the shorter one. \
         The position counts from the end of each prompt's own tokens.",
        "For a prompt of four tokens beside one of ten, which token do you read at -1?",
    ),
    output(
        "E04-27",
        CONTRAST,
        "After the layer instead of before it",
        "These are differences of `resid_post`. The paper reads the output of a block; here everything is at \
         `resid_pre`, which is the output of the block before.",
        "At which hook point is the vector going to be added?",
    ),
    output(
        "E04-28",
        CONTRAST,
        "Averaged over positions",
        "The mean over all positions of each prompt was taken. Most positions are the same in both prompts, or say \
         little of the contrast; one position is asked for.",
        "How many positions of each prompt does your code read?",
    ),
    output(
        "E04-86",
        CONTRAST,
        "BOS is missing",
        "The prompts ran without BOS. The model has seen every text begin with it, and all positions are one \
         too early.",
        "What is at position 0 of each of your runs?",
    ),
    output(
        "E04-87",
        CONTRAST,
        "Only the first or the last pair",
        "The result belongs to one pair. The mean runs over all of them.",
        "What does your loop do with the sum of the pairs before?",
    ),
    output(
        "E04-88",
        CONTRAST,
        "Another norm",
        "The vector was divided by the sum of its magnitudes, by its largest entry, or by the square of its \
         norm. The Euclidean norm is the root of the sum of squares.",
        "What is the dot product of your result with itself?",
    ),
    output(
        "E04-89",
        CONTRAST,
        "One position off",
        "A negative position was counted from one before the end: -1 is the last token itself.",
        "Which index does -1 become for a prompt of five tokens?",
    ),
    output(
        "E04-90",
        CONTRAST,
        "All prompts in one batch",
        "The prompts ran together, and the shorter ones were filled up. A negative position then counts from \
         the end of the longest prompt, where a shorter one has padding.",
        "What is at position -1 of the shortest prompt in your batch?",
    ),
    output(
        "E04-91",
        CONTRAST,
        "Each side normalized",
        "The mean of the positive prompts and that of the negative ones were brought to norm one, and then \
         subtracted. What is to have norm one is the difference.",
        "What is the norm of your result?",
    ),
    output(
        "E04-92",
        CONTRAST,
        "Negative positions not allowed for",
        "With a negative position the call panicked, or read a position counted from the front. A negative \
         `pos` counts from the end of that prompt's tokens.",
        "What does your conversion make of -2?",
    ),
];
