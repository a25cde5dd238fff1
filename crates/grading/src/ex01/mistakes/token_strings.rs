//! What goes wrong in `token_strings`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c03_token_strings";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-10",
        CHECK,
        "Always BOS",
        "Your result begins with BOS even if the caller did not ask for it. The library adds BOS by default, so you \
         must tell it to leave BOS out.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-11",
        CHECK,
        "Never BOS",
        "BOS is missing although the caller asked for it. Without it, the first word of the text is where the model \
         has always seen BOS. Heads that would attend to BOS then attend to that word.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-12",
        CHECK,
        "BOS twice",
        "Your result has two BOS in a row. This happens, for example, when you add one and the library adds another, \
         because its call was not told to leave BOS out.",
        "What adds BOS in your function: your own code, or the call that makes the tokens?",
    ),
    output(
        "E01-13",
        CHECK,
        "Spaces cut off",
        "Your tokens are right except that they lack the space in front of words. The space is part of the token. A \
         word in the middle of a sentence and the same word at its beginning are two tokens with different embeddings.",
        "What should you get when you join your strings again?",
    ),
    output(
        "E01-14",
        CHECK,
        "Words instead of tokens",
        "You split the text at its spaces. A tokenizer splits it differently: a frequent word is one token, together \
         with the space in front of it. A rare word is several tokens, and punctuation is a token of its own.",
        "What does the model have a row of its embedding for: words, or entries of its vocabulary?",
    ),
    output(
        "E01-76",
        CHECK,
        "BOS condition inverted",
        "Your result has BOS if the caller did not ask for it, and lacks it if the caller did. Your condition is \
         inverted.",
        "What does your function do when `prepend_bos` is true?",
    ),
    output(
        "E01-77",
        CHECK,
        "Letters instead of tokens",
        "You split the text into letters. A token of a frequent word is the whole word. Only what is not in the \
         vocabulary is split further.",
        "How many tokens does the tokenizer make of \"the\"?",
    ),
    output(
        "E01-121",
        CHECK,
        "Ids instead of strings",
        "Your result has the ids of the tokens, written as text. The task asks for the text of each token.",
        "Which function of the tokenizer turns a single id into text?",
    ),
    output(
        "E01-132",
        CHECK,
        "BOS written out",
        "Your first string is `<|endoftext|>` in every model. Each tokenizer has its own BOS, and its own text for it.",
        "What does `to_str_tokens` return for a model whose BOS is `<s>`?",
    ),
];
