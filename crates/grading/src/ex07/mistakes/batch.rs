//! Mistakes of the check `c14`.

use crate::exercise::{Mistake, property};

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E07-143",
        "c14_training_batch",
        "The token itself",
        "Your positions predict the token that they already see. Each must predict the next one.",
        "What should position 0, which holds BOS, predict?",
    ),
    property(
        "E07-144",
        "c14_training_batch",
        "The last position predicts something",
        "Your last position predicts a token, for example the first one of its row. No token follows it, so it \
         predicts nothing.",
        "What comes after the last token?",
    ),
    property(
        "E07-145",
        "c14_training_batch",
        "Predictions of text that do not count",
        "You left out predictions in rows of text. There every position counts except the last.",
        "Which rows have a first copy?",
    ),
    property(
        "E07-146",
        "c14_training_batch",
        "The first copy counted",
        "You counted the first copy. Its tokens cannot be predicted: their loss stays the same whatever the model \
         learns, and its gradient is noise.",
        "What is the lowest loss that any model can have there?",
    ),
    property(
        "E07-147",
        "c14_training_batch",
        "One prediction of the first copy too many",
        "You counted position `length - 1`. It predicts the last token of the first copy, which cannot be predicted.",
        "Which token does position 0 predict?",
    ),
    property(
        "E07-148",
        "c14_training_batch",
        "One prediction too few",
        "You left out position `length`. It predicts the first token of the second copy, and counts.",
        "Which position predicts the token at `length + 1`?",
    ),
    property(
        "E07-149",
        "c14_training_batch",
        "Only the first copy counted",
        "Your mask is inverted: the first copy counts, and the copies that can be predicted do not.",
        "Which copy can be predicted?",
    ),
    property(
        "E07-150",
        "c14_training_batch",
        "The share ignored",
        "Some of your rows repeat although `share` is 0, as when `share` is not used.",
        "What does your batch hold if `share` is 0?",
    ),
    property(
        "E07-151",
        "c14_training_batch",
        "Text and segments swapped",
        "As many of your rows are text as should repeat. `share` is the probability of a row that repeats, not of \
         text.",
        "What does your batch hold if `share` is 0?",
    ),
    property(
        "E07-152",
        "c14_training_batch",
        "One draw for the whole batch",
        "All rows of your batch are of one kind, where some should be text and some repeat. This happens, for \
         example, when you decide once for the whole batch. Decide for each row separately.",
        "How many times do you call `random_bool`?",
    ),
    property(
        "E07-153",
        "c14_training_batch",
        "One segment for several rows",
        "Two or more of your rows repeat the same segment. Draw a new one for each row.",
        "How many times do you call `repeated_segment`?",
    ),
    property(
        "E07-219",
        "c12_text_window",
        "Some starts never drawn",
        "At some places of the text none of your windows begins. The first window begins at the first token of the text, \
         the last one ends at its last, and each between them is as likely.",
        "From which range do you draw the start, for a text of 35 tokens and windows of 5?",
    ),
    property(
        "E07-220",
        "c13_repeated_segment",
        "Some lengths never drawn",
        "Some lengths never come. Each from `SHORTEST` to the longest that fits twice after BOS is as likely.",
        "Which lengths can your function return for `n_ctx` 33?",
    ),
    property(
        "E07-221",
        "c13_repeated_segment",
        "Some tokens never drawn",
        "Some tokens never come. Each from 1 to `d_vocab - 1` is as likely.",
        "Which is the smallest token that you can draw, and which the largest?",
    ),
    property(
        "E07-218",
        "c14_training_batch",
        "A fixed number of rows that repeat",
        "You did not decide for each row by itself: every batch has as many rows that repeat as any other, or the rows of \
         one kind come together. `share` is a probability: draw once for each row.",
        "How many rows can repeat in a batch of 10, if `share` is 0.5?",
    ),
];
