//! What goes wrong in `texts_of`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c04_texts_of";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-15",
        CHECK,
        "BOS left in",
        "Your text begins with BOS written out. BOS is a mark for the model and not part of the original text.",
        "What is the first id of a row that was made from text, and what is it as text?",
    ),
    output(
        "E01-16",
        CHECK,
        "The first token always dropped",
        "You dropped the first token of every row. Tokens made without BOS begin with the text itself, and lose their \
         first word that way.",
        "What do you have to know about the first token before you drop it?",
    ),
    output(
        "E01-17",
        CHECK,
        "Every BOS dropped",
        "You also dropped the BOS inside the text. The same token marks the end of one text and the beginning of the \
         next, so one in the middle separates two texts. Drop only the one in front.",
        "Does your code look at one place of the row, or at all of them?",
    ),
    output(
        "E01-18",
        CHECK,
        "Token by token",
        "You decoded each token separately and joined the pieces. A token may hold part of a letter: \"é\" is two \
         bytes, and here two tokens, and neither alone is text. Decode all ids of a row together.",
        "What does half of a letter look like as a string?",
    ),
    output(
        "E01-19",
        CHECK,
        "Only the first row",
        "You returned one text for any number of rows. Tokens are [batch, pos]: each row is a separate text.",
        "Which axis of the tokens does your code run over?",
    ),
    output(
        "E01-20",
        CHECK,
        "BOS taken to be 0",
        "You took token 0 for BOS. That is right for the embedded models, but not for others: in GPT-2 it is token \
         50256. The tokenizer knows its id.",
        "Where could your function ask for the id of BOS?",
    ),
    output(
        "E01-78",
        CHECK,
        "The text trimmed",
        "Spaces at the beginning or the end of the text are gone. They are part of its tokens, and so of the text. \
         Text that is turned into tokens and back must be unchanged.",
        "What does your function return for \" cat\", and what would the first token of that be?",
    ),
    output(
        "E01-79",
        CHECK,
        "Every leading BOS dropped",
        "The row begins with two BOS, and you dropped both. Only the first marks the beginning of the text. The second \
         belongs to it.",
        "How many tokens does your code drop at most?",
    ),
    output(
        "E01-80",
        CHECK,
        "The first row decides for all",
        "You decided once, from the first row, whether to leave BOS out. Each row has its own beginning.",
        "In which loop does your code look for BOS?",
    ),
    output(
        "E01-81",
        CHECK,
        "All rows in one text",
        "You joined the rows and decoded them together. Each row is a separate text.",
        "How many texts should you return for three rows?",
    ),
    output(
        "E01-128",
        CHECK,
        "BOS by its text in one model",
        "You removed `<|endoftext|>` from the text. That is how BOS is written in the embedded models; in others it is \
         `<s>`, or something else. Compare ids before you decode.",
        "What is in front of your text if the model writes BOS as `<s>`?",
    ),
];
