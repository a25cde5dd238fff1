//! Mistakes in `contrastive_vector`.

use crate::exercise::{Mistake, output};

const CONTRAST: &str = "c05_contrastive_vector";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-20",
        CONTRAST,
        "Negative minus positive",
        "You subtracted in the wrong order. Your vector would make a text more like the negative prompts.",
        "Which of the two do you subtract?",
    ),
    output(
        "E04-21",
        CONTRAST,
        "Sum instead of mean",
        "You summed the differences. With twice as many pairs the vector would be twice as long, and the same \
         coefficient would steer more strongly. Take the mean.",
        "What happens to your vector if every pair is in the list twice?",
    ),
    output(
        "E04-22",
        CONTRAST,
        "Not normalized when requested",
        "Your direction is right, but its norm is not one although `unit_norm` is set.",
        "What do you divide by, and when?",
    ),
    output(
        "E04-23",
        CONTRAST,
        "Normalized when not requested",
        "You normalized the vector although `unit_norm` is not set. That loses how far apart the prompts are at this \
         layer, so a coefficient of 1 no longer means one such difference.",
        "Which argument decides, and what does your code do if it is false?",
    ),
    output(
        "E04-24",
        CONTRAST,
        "Each difference normalized before the mean",
        "You normalized each difference and then averaged. The mean of unit vectors is shorter than one, and a pair \
         that hardly differs counts as much as one that differs a lot. Average first, then normalize.",
        "What is the norm of the vector that you return?",
    ),
    output(
        "E04-25",
        CONTRAST,
        "Always the last position",
        "You read the stream at the last token for every `pos`. At -2, read the token before the last. In these \
         prompts that is the word that differs, and the last token is the period.",
        "What does -2 mean in your code?",
    ),
    output(
        "E04-26",
        CONTRAST,
        "Counted from the end of the padding",
        "You padded the prompts of a pair to the same length, so for the shorter one -1 is a padding token. Count the \
         position from the end of each prompt's own tokens.",
        "For a prompt of four tokens beside one of ten, which token do you read at -1?",
    ),
    output(
        "E04-27",
        CONTRAST,
        "After the layer instead of before it",
        "You took the differences of `resid_post`. The paper reads the output of a block. Here everything is at \
         `resid_pre`, which is the output of the block before.",
        "At which hook point will the vector be added?",
    ),
    output(
        "E04-28",
        CONTRAST,
        "Averaged over positions",
        "You averaged over all positions of each prompt. Most positions are the same in both prompts, or say little \
         about the contrast. Use the one requested position.",
        "How many positions of each prompt does your code read?",
    ),
    output(
        "E04-86",
        CONTRAST,
        "BOS is missing",
        "You ran the prompts without BOS. The model has seen every text begin with it, and all your positions are one \
         too early.",
        "What is at position 0 of each of your runs?",
    ),
    output(
        "E04-87",
        CONTRAST,
        "Only the first or the last pair",
        "Your result comes from one pair. Take the mean over all pairs.",
        "What does your loop do with the sum of the previous pairs?",
    ),
    output(
        "E04-88",
        CONTRAST,
        "Another norm",
        "Your vector is divided by another size than its norm, such as the sum of its absolute values, its largest \
         entry, or the square of its norm. The Euclidean norm is the square root of the sum of squares.",
        "What is the dot product of your result with itself?",
    ),
    output(
        "E04-89",
        CONTRAST,
        "One position off",
        "You counted negative positions from one before the end. -1 is the last token itself.",
        "Which index does -1 become for a prompt of five tokens?",
    ),
    output(
        "E04-185",
        CONTRAST,
        "From the end of the other prompt",
        "You counted a negative position from the end of one prompt of the pair, the longer or the shorter, and read that \
         position in both. Count it from the end of each prompt's own tokens.",
        "For a prompt of four tokens beside one of ten, which token do you read at -2?",
    ),
    output(
        "E04-90",
        CONTRAST,
        "All prompts in one batch",
        "You ran the prompts together and padded the shorter ones. A negative position then counts from the end of the \
         longest prompt, where a shorter one has padding.",
        "What is at position -1 of the shortest prompt in your batch?",
    ),
    output(
        "E04-91",
        CONTRAST,
        "Each side normalized",
        "You normalized the mean of the positive prompts and that of the negative ones, and then subtracted. Normalize \
         the difference instead.",
        "What is the norm of your result?",
    ),
    output(
        "E04-92",
        CONTRAST,
        "Negative positions not handled",
        "With a negative position your function panicked, or read a position counted from the front. A negative `pos` \
         counts from the end of that prompt's tokens.",
        "What does your conversion turn -2 into?",
    ),
    output(
        "E04-163",
        CONTRAST,
        "Divided by the number of prompts",
        "You divided by the number of prompts, which is twice the number of pairs. Each pair gives one difference.",
        "How many differences do you add up for two pairs?",
    ),
    output(
        "E04-164",
        CONTRAST,
        "Centered",
        "You subtracted the mean of the entries. The differences are averaged as they are.",
        "What is the sum of the entries of your vector?",
    ),
];
