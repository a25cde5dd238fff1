//! Mistakes of the check `c14`.

use crate::exercise::{Mistake, property};

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E07-143",
        "c14_training_batch",
        "The token itself",
        "Each position is to predict the token that it already sees. It predicts the next one.",
        "What does position 0, which holds BOS, have to predict?",
    ),
    property(
        "E07-144",
        "c14_training_batch",
        "Around the end",
        "The last position is to predict the first token of its row. Nothing follows it, so it predicts nothing.",
        "What comes after the last token?",
    ),
    property(
        "E07-145",
        "c14_training_batch",
        "Predictions of text that do not count",
        "In a row of text every position counts, apart from the last.",
        "Which rows have a first copy?",
    ),
    property(
        "E07-146",
        "c14_training_batch",
        "The first copy counts",
        "The tokens of the first copy come from nowhere. Their loss would be the same whatever the model learns, and \
         its gradient is noise.",
        "What is the best loss that any model can have there?",
    ),
    property(
        "E07-147",
        "c14_training_batch",
        "One prediction of the first copy too many",
        "Position `length - 1` predicts the last token of the first copy, which comes from nowhere.",
        "Which token does position 0 predict?",
    ),
    property(
        "E07-148",
        "c14_training_batch",
        "One prediction too few",
        "Position `length` predicts the first token of the second copy, and counts.",
        "Which position predicts the token at `length + 1`?",
    ),
    property(
        "E07-149",
        "c14_training_batch",
        "Only the first copy counts",
        "The mask is turned around: the first copy counts, and the copies that can be predicted do not.",
        "Which copy can be predicted?",
    ),
    property(
        "E07-150",
        "c14_training_batch",
        "The share is ignored",
        "Whatever the share is, half of the rows repeat.",
        "What does your batch hold when the share is 0?",
    ),
    property(
        "E07-151",
        "c14_training_batch",
        "Text and segments exchanged",
        "`share` is the chance of a row that repeats.",
        "What does your batch hold when the share is 0?",
    ),
    property(
        "E07-152",
        "c14_training_batch",
        "One draw for the whole batch",
        "Whether to repeat was drawn once, so a batch holds one kind of row. Each row is drawn by itself.",
        "How often do you call `random_bool`?",
    ),
    property(
        "E07-153",
        "c14_training_batch",
        "One row for the whole batch",
        "The repeated rows of a batch are all the same one.",
        "How often do you call `repeated_segment`?",
    ),
];
