//! Mistakes of the checks `c12`, `c13`.

use crate::exercise::{Mistake, property};

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E07-123",
        "c12_text_window",
        "One token too long",
        "Your row is one token too long. A row has `n_ctx` tokens with BOS, so it takes `n_ctx - 1` tokens of the \
         text.",
        "How many tokens of text fit after BOS?",
    ),
    property(
        "E07-124",
        "c12_text_window",
        "No BOS",
        "Your row has no BOS. Every row begins with BOS, token 0, and heads rest on it.",
        "What is at position 0?",
    ),
    property(
        "E07-125",
        "c12_text_window",
        "Tokens from everywhere",
        "The tokens of your row do not follow each other in the text, as when each is drawn separately. A window is a \
         piece of the text: its tokens are consecutive.",
        "What could a previous-token head learn from your rows?",
    ),
    property(
        "E07-126",
        "c12_text_window",
        "The last start never drawn",
        "Your window never contains the end of the text. `a..b` excludes `b`.",
        "How many windows of 5 tokens are there in a text of 5?",
    ),
    property(
        "E07-127",
        "c12_text_window",
        "Only every n-th place",
        "All your windows begin at a multiple of the number of tokens that they take from the text, as when the text is split into pieces and one is \
         drawn. A window may begin at any token.",
        "Can your window begin at token 1 of the text?",
    ),
    property(
        "E07-128",
        "c12_text_window",
        "The first start never drawn",
        "Your window never begins at the first token of the text.",
        "What is the smallest start that you draw?",
    ),
    property(
        "E07-129",
        "c12_text_window",
        "Not drawn from the given generator",
        "Your rows do not follow the given generator. Draw only from `rng`: the same seed gives the same rows, \
         another seed gives others, and each call continues where the last one stopped.",
        "Where do your random numbers come from?",
    ),
    property(
        "E07-130",
        "c13_repeated_segment",
        "Twice, and no more",
        "Your row ends after the second copy. Repeat the segment up to `n_ctx` tokens, so that all rows of a batch \
         have the same length.",
        "How long is your row if the segment is short?",
    ),
    property(
        "E07-131",
        "c13_repeated_segment",
        "No BOS",
        "Your row does not begin with BOS. Every row does, and BOS is token 0.",
        "What is at position 0?",
    ),
    property(
        "E07-132",
        "c13_repeated_segment",
        "BOS repeated",
        "You repeated BOS with the segment. It occurs once, at the start.",
        "What follows the last token of the segment?",
    ),
    property(
        "E07-133",
        "c13_repeated_segment",
        "The wrong length",
        "Your row repeats a segment, but the returned length is not that of the segment. The first copy is found by \
         this length.",
        "How many positions are between a token and its next occurrence?",
    ),
    property(
        "E07-134",
        "c13_repeated_segment",
        "Every other copy reversed",
        "Your second copy is the first one reversed. It has the same order: what followed a token the first time \
         follows it again.",
        "What would an induction head predict?",
    ),
    property(
        "E07-135",
        "c13_repeated_segment",
        "No second copy",
        "Most of the tokens after your first segment are not a copy of it.",
        "What is at position `1 + length`?",
    ),
    property(
        "E07-217",
        "c13_repeated_segment",
        "Segments too long for two copies",
        "Your segment can be longer than half of what follows BOS, so that its second copy is cut off or missing. An \
         induction head has nothing to find in such a row.",
        "How long may a segment be, if BOS and two copies are to fit into `n_ctx` tokens?",
    ),
    property(
        "E07-136",
        "c13_repeated_segment",
        "Segments that are too short",
        "Your segment can have fewer than `SHORTEST` tokens.",
        "What is the smallest length that you draw?",
    ),
    property(
        "E07-137",
        "c13_repeated_segment",
        "The longest segment never drawn",
        "You never draw the longest segment, which fits twice after BOS. `a..b` excludes `b`.",
        "What is the largest length that you draw?",
    ),
    property(
        "E07-138",
        "c13_repeated_segment",
        "Always the same length",
        "All your segments have the same length. A head could then look back by that many positions instead of \
         searching for the token.",
        "What could a head learn that uses only positions?",
    ),
    property(
        "E07-139",
        "c13_repeated_segment",
        "BOS in the segment",
        "Your segment can contain token 0, which is BOS.",
        "What is the smallest token that you draw?",
    ),
    property(
        "E07-140",
        "c13_repeated_segment",
        "The last token never drawn",
        "You never draw the last token. The tokens are 1 to `d_vocab - 1`, inclusive, and `a..b` excludes `b`.",
        "What is the largest token that you draw?",
    ),
    property(
        "E07-141",
        "c13_repeated_segment",
        "A token that depends on the one before",
        "Some of your tokens depend on others, so the first copy can be predicted in part. Draw each token \
         separately.",
        "Could a model predict the second token of your segment?",
    ),
    property(
        "E07-142",
        "c13_repeated_segment",
        "Not drawn from the given generator",
        "Your rows do not follow the given generator. Draw only from `rng`.",
        "Where do your random numbers come from?",
    ),
];
