//! What goes wrong in `generate_repeated_tokens`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c05_generate_repeated_tokens";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-14",
        CHECK,
        "BOS is missing",
        "Your rows are the segment twice, without BOS. The model has seen BOS at the start of every training text, \
         and many heads rest on it. Without BOS they rest on the first token.",
        "How long must a row be if the segment has seq_len tokens?",
    ),
    property(
        "E02-15",
        CHECK,
        "BOS before each copy",
        "You also put a BOS in the middle. Then the second copy begins like a new text, and the two copies are one \
         position further apart than in the formulas of this exercise. A row is BOS, segment, segment.",
        "What do you repeat: the segment, or the segment with BOS in front?",
    ),
    property(
        "E02-16",
        CHECK,
        "The second half is another one",
        "Your second half is not a copy of the first: most of its tokens do not even occur there. Then an induction \
         head has nothing to find. Draw one segment and use it twice.",
        "How many tokens do you draw from the generator for one row?",
    ),
    property(
        "E02-17",
        CHECK,
        "One row instead of a batch",
        "You returned one row, and the batch should have more. A score on one random sequence is noisy, and the batch \
         is there to average over several.",
        "Where does your code use `batch`?",
    ),
    property(
        "E02-18",
        CHECK,
        "BOS taken to be 0",
        "The first token of your rows is 0, and BOS is another one here. Its id is an argument of the function.",
        "Which argument does your first column come from?",
    ),
    property(
        "E02-19",
        CHECK,
        "Every token doubled",
        "Each token of your row comes twice in a row: a a b b c c. Repeat the whole segment: a b c a b c. Doubled \
         tokens reward a head that attends to the previous token, not induction.",
        "After the last token of the segment, which token comes next?",
    ),
    property(
        "E02-20",
        CHECK,
        "The second copy backwards",
        "Your second half is the segment in reverse. An induction head predicts what came after the first copy, so the \
         order must be the same.",
        "In which direction do you go through the segment the second time?",
    ),
    property(
        "E02-63",
        CHECK,
        "BOS counted in the segment",
        "Your row begins with BOS but has only 2 * seq_len positions, so one token is missing. `seq_len` counts the \
         random tokens of one copy, without BOS.",
        "How long is a row for a segment of one token?",
    ),
    property(
        "E02-70",
        CHECK,
        "The segment only once",
        "Your row is BOS and as many tokens as one segment has. Without a second copy, nothing in it has been seen \
         before.",
        "Where does your code write a token a second time?",
    ),
    property(
        "E02-71",
        CHECK,
        "seq_len taken for the whole row",
        "Your two copies are shorter than they should be. `seq_len` is the length of one copy.",
        "For seq_len = 4, how many random tokens do you draw for a row?",
    ),
    property(
        "E02-72",
        CHECK,
        "Batch and positions swapped",
        "Your array has one column per item and one row per position. Tokens are [batch, pos]: each text is one row.",
        "In what order does `from_shape_fn` or `from_elem` take the lengths?",
    ),
    property(
        "E02-73",
        CHECK,
        "BOS at the end",
        "Your two copies come first, and BOS last. BOS marks the beginning: the model has seen it in front of every \
         training text.",
        "At which position must BOS be for the heads that rest on it?",
    ),
    property(
        "E02-74",
        CHECK,
        "A copy of another row",
        "The second half of your row repeats the first half of another row. Rows do not see each other, so a row \
         needs its own copy.",
        "Which row does your code read from when it writes the second copy?",
    ),
    property(
        "E02-75",
        CHECK,
        "The second copy shifted",
        "Your second half has the segment's tokens in their order, but it is shifted: it begins in the middle, or too \
         late. The previous occurrence of a token is then not seq_len positions back.",
        "At which position is the first token of the segment the second time?",
    ),
    property(
        "E02-95",
        CHECK,
        "Three copies",
        "Your row has the segment three times. The task asks for BOS, the segment, and one repetition of it.",
        "How many tokens does your row have for a segment of one?",
    ),
    property(
        "E02-96",
        CHECK,
        "Two BOS in front",
        "Your rows begin with BOS twice. The model has never seen that, and every position is one higher than in the \
         formulas of this exercise.",
        "Which two parts of your code write BOS?",
    ),
    property(
        "E02-106",
        CHECK,
        "One token not repeated",
        "Your second copy is the first one but for one token, at its beginning or at its end, as when a range ends one too \
         early. No head can predict that token from the first copy.",
        "How many tokens does your code copy for a segment of three?",
    ),
];
