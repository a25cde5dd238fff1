//! What goes wrong in `generate_repeated_tokens`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c4_generate_repeated_tokens";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-14",
        CHECK,
        "BOS is missing",
        "The rows hold the segment twice and nothing else. The model has seen BOS at the start of everything that it was \
         trained on, and heads that have nothing to do rest on it; without it the first token takes that part.",
        "How long must a row be when the segment has seq_len tokens?",
    ),
    property(
        "E02-15",
        CHECK,
        "BOS before each copy",
        "BOS stands in the middle, too. Then the second copy begins as a text does, and the two are one position further \
         apart than every formula of this exercise assumes. The row is BOS, segment, segment.",
        "What do you repeat: the segment, or the segment with BOS in front?",
    ),
    property(
        "E02-16",
        CHECK,
        "The two halves drawn independently",
        "The second half is random as well, so nothing repeats and there is nothing for an induction head to find. One \
         segment must be drawn and used twice.",
        "How often do you draw from the generator for one row?",
    ),
    property(
        "E02-17",
        CHECK,
        "One row instead of a batch",
        "There is one row whatever the batch size. A score on one random sequence is noisy; the batch is there to average \
         over several.",
        "Where does your code use `batch`?",
    ),
    property(
        "E02-18",
        CHECK,
        "BOS taken to be 0",
        "The first token of each row is 0, but that is not BOS for every tokenizer. Its id is an argument of the function.",
        "Which argument does your first column come from?",
    ),
    property(
        "E02-19",
        CHECK,
        "Every token doubled",
        "Each token comes twice in a row: a a b b c c. What should repeat is the whole segment: a b c a b c. Doubled tokens \
         reward a head that looks at the previous token, not induction.",
        "After the last token of the segment, which token comes next?",
    ),
    property(
        "E02-20",
        CHECK,
        "The second copy backwards",
        "The second half is the segment in reverse. An induction head continues what came after the previous copy, so the \
         order must be the same.",
        "In which direction do you walk through the segment the second time?",
    ),
    property(
        "E02-63",
        CHECK,
        "BOS counted in the segment",
        "The row begins with BOS but has only 2 * seq_len positions, so one of the copies has lost a token. `seq_len` \
         counts the random tokens of a copy; BOS comes on top.",
        "How long is a row for a segment of one token?",
    ),
    property(
        "E02-70",
        CHECK,
        "The segment only once",
        "The row is BOS and one segment. There is no second copy, so there is nothing that the model could have seen \
         before.",
        "Where does your code write a token for the second time?",
    ),
    property(
        "E02-71",
        CHECK,
        "seq_len taken for the whole row",
        "The row holds BOS and two copies, but both together are as long as one should be. `seq_len` is the length of \
         one copy.",
        "For seq_len = 4, how many random tokens are drawn for a row?",
    ),
    property(
        "E02-72",
        CHECK,
        "Batch and positions exchanged",
        "The array has a column for each item and a row for each position. Tokens are [batch, pos]: one text is one \
         row.",
        "In what order does `from_shape_fn` or `from_elem` take the lengths?",
    ),
    property(
        "E02-73",
        CHECK,
        "BOS at the end",
        "The two copies come first and BOS last. It marks the beginning: the model has seen it in front of everything \
         that it was trained on.",
        "At which position must BOS be for the heads that rest on the first token?",
    ),
    property(
        "E02-74",
        CHECK,
        "The copy of another row",
        "The second half of a row repeats the first half of another row. Rows do not see each other, so within its own \
         row nothing repeats.",
        "Which row does your code read from when it writes the second copy?",
    ),
    property(
        "E02-75",
        CHECK,
        "The second copy shifted",
        "The second half holds the segment, but begins in the middle of it. The previous occurrence of a token is then \
         not seq_len positions back.",
        "To which position does the first token of the segment go the second time?",
    ),
    property(
        "E02-95",
        CHECK,
        "Three copies",
        "The segment comes three times: once as it was drawn, and then twice more. Wanted are BOS, the segment, and one \
         repetition of it.",
        "How many tokens has your row for a segment of one?",
    ),
    property(
        "E02-96",
        CHECK,
        "Two BOS in front",
        "Each row begins with BOS twice. The model has never seen that, and every position is one further along than the \
         formulas of this exercise assume.",
        "Which two parts of your code write BOS?",
    ),
];
