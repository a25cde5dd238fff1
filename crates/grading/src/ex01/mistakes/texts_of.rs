//! What goes wrong in `texts_of`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c04_texts_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-15",
        CHECK,
        "BOS left in",
        "The text begins with BOS written out. It is a mark for the model and no part of what somebody wrote.",
        "What is the first id of a row that was made from text, and what is it as text?",
    ),
    output(
        "E01-16",
        CHECK,
        "The first token always dropped",
        "The first token is gone whatever it is. Tokens that were made without BOS begin with the text itself, and \
         lose their first word that way.",
        "What do you have to know about the first token before you drop it?",
    ),
    output(
        "E01-17",
        CHECK,
        "Every BOS dropped",
        "BOS inside the text is gone, too. The same token marks the end of one text and the beginning of the next, \
         so one in the middle says that here are two texts in a row. Only the one in front is to go.",
        "Does your code look at one place of the row, or at all of them?",
    ),
    output(
        "E01-18",
        CHECK,
        "Token by token",
        "Each token was turned into text by itself, and the pieces were joined. A token may hold part of a letter: \
         \"é\" is two bytes, and here two tokens, neither of which is text alone. All ids of a row must be decoded \
         together.",
        "What does one half of a letter look like as a string?",
    ),
    output(
        "E01-19",
        CHECK,
        "Only the first row",
        "There is one text, whatever the number of rows. Tokens are [batch, pos]: each row is a text of its own.",
        "Which axis of the tokens does your code run over?",
    ),
    output(
        "E01-20",
        CHECK,
        "BOS taken to be 0",
        "BOS was recognised by being token 0. That is so in the embedded models and not in others: GPT-2 itself has \
         50256. The tokenizer knows which it is.",
        "Where could your function ask for the id of BOS?",
    ),
    output(
        "E01-78",
        CHECK,
        "The text trimmed",
        "Spaces at the ends of the text are gone. They are part of its tokens, and of the text: a text that is turned \
         into tokens and back must be the same.",
        "What does \" cat\" become in your function, and what would its first token be then?",
    ),
    output(
        "E01-79",
        CHECK,
        "Every BOS in front dropped",
        "The row begins with two BOS, and both are gone. The first marks the beginning of the text; the second belongs \
         to it.",
        "How many tokens does your code drop at most?",
    ),
    output(
        "E01-80",
        CHECK,
        "The first row decides for all",
        "Whether BOS is left out was decided once, on the first row. Each row has its own beginning.",
        "Inside which loop does your code look for BOS?",
    ),
    output(
        "E01-81",
        CHECK,
        "All rows in one text",
        "The rows were put one behind the other and decoded together. Each row is a text of its own.",
        "How many texts should come for three rows?",
    ),
];
