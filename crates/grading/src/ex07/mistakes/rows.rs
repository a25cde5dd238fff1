//! Mistakes of the checks `c12`, `c13`.

use crate::exercise::{Mistake, property};

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E07-123",
        "c12_text_window",
        "One token too long",
        "A row has `n_ctx` tokens, BOS included, so it takes `n_ctx - 1` tokens of the text.",
        "How many tokens of text fit beside BOS?",
    ),
    property(
        "E07-124",
        "c12_text_window",
        "No BOS",
        "Every row begins with BOS, token 0. Heads that have nothing to look at rest there.",
        "What is at position 0?",
    ),
    property(
        "E07-125",
        "c12_text_window",
        "Tokens from everywhere",
        "Each token was drawn by itself. A window is a piece of the text: its tokens follow each other there.",
        "What could a previous-token head learn from your rows?",
    ),
    property(
        "E07-126",
        "c12_text_window",
        "The last place never comes",
        "The end of the text never comes into a window. `a..b` does not contain `b`.",
        "How many windows of 5 tokens are there in a text of 5?",
    ),
    property(
        "E07-127",
        "c12_text_window",
        "Only every n-th place",
        "The text was cut into pieces, and a piece was drawn. A window may begin at any token.",
        "Can your window begin at token 1 of the text?",
    ),
    property(
        "E07-128",
        "c12_text_window",
        "The first place never comes",
        "No window begins at the first token of the text.",
        "What is the smallest start that you draw?",
    ),
    property(
        "E07-129",
        "c12_text_window",
        "A generator of its own",
        "The draw must come from `rng` and nothing else: the same seed gives the same rows, another seed others, and \
         each call goes on from where the last one stopped.",
        "Where does your randomness come from?",
    ),
    property(
        "E07-130",
        "c13_repeated_segment",
        "Twice, and no more",
        "The row ends after the second copy. It goes on repeating up to `n_ctx` tokens, so that all rows of a batch \
         are equally long.",
        "How long is your row when the segment is short?",
    ),
    property(
        "E07-131",
        "c13_repeated_segment",
        "No BOS",
        "Every row begins with BOS, token 0.",
        "What is at position 0?",
    ),
    property(
        "E07-132",
        "c13_repeated_segment",
        "BOS comes again",
        "BOS was repeated with the segment. It comes once, at the start.",
        "What follows the last token of the segment?",
    ),
    property(
        "E07-133",
        "c13_repeated_segment",
        "The wrong length",
        "The row is right, but the length returned is not that of its segment. The mask of the first copy depends on \
         it.",
        "How many tokens lie between a token and its next copy?",
    ),
    property(
        "E07-134",
        "c13_repeated_segment",
        "Backward in every other copy",
        "The second copy is the first one reversed. It has the same order: what followed a token the first time \
         follows it again.",
        "What would an induction head predict?",
    ),
    property(
        "E07-135",
        "c13_repeated_segment",
        "Nothing repeats",
        "The tokens after the first segment are new ones.",
        "What is at position `1 + length`?",
    ),
    property(
        "E07-136",
        "c13_repeated_segment",
        "Segments that are too short",
        "A segment has at least `SHORTEST` tokens.",
        "What is the smallest length that you draw?",
    ),
    property(
        "E07-137",
        "c13_repeated_segment",
        "The longest segment never comes",
        "The longest segment fits twice behind BOS, and may come. `a..b` does not contain `b`.",
        "What is the largest length that you draw?",
    ),
    property(
        "E07-138",
        "c13_repeated_segment",
        "Always the same length",
        "All segments are equally long. Then a head could learn to look back by that many positions instead of \
         looking for the token.",
        "What could a head learn that only knows positions?",
    ),
    property(
        "E07-139",
        "c13_repeated_segment",
        "BOS in the segment",
        "Token 0 is BOS, and is not drawn.",
        "What is the smallest token that you draw?",
    ),
    property(
        "E07-140",
        "c13_repeated_segment",
        "The last token never comes",
        "The tokens are 1 to `d_vocab - 1`, the last included. `a..b` does not contain `b`.",
        "What is the largest token that you draw?",
    ),
    property(
        "E07-141",
        "c13_repeated_segment",
        "A token that follows from the one before",
        "Each token is to be drawn by itself. If one follows from another, the first copy can be predicted.",
        "Could a model predict the second token of your segment?",
    ),
    property(
        "E07-142",
        "c13_repeated_segment",
        "A generator of its own",
        "The draw must come from `rng` and nothing else.",
        "Where does your randomness come from?",
    ),
];
