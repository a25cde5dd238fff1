//! What goes wrong in `logit_lens`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c13_logit_lens";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-57",
        CHECK,
        "The final norm left out",
        "You multiplied the stream by W_U without the final norm. The model applies a final LayerNorm first, and W_U \
         was trained on its output. In models without a norm your numbers are right.",
        "What is between the last resid_post and the logits?",
    ),
    output(
        "E03-58",
        CHECK,
        "Logits instead of log probabilities",
        "You returned the logits of the right tokens. A logit alone means little: what counts is how it compares with \
         the others at its position.",
        "What do the exponentials of your numbers sum to over the vocabulary?",
    ),
    output(
        "E03-59",
        CHECK,
        "Tokens not shifted",
        "You scored each position on its own token. An early stream is still close to the embedding of that token, \
         which says nothing about the next one.",
        "Which token is the prediction at position 0 about?",
    ),
    output(
        "E03-60",
        CHECK,
        "What a layer wrote, not the stream",
        "You unembedded the output of single layers. The lens asks what can be read from the *stream* at that depth, \
         which holds everything written so far.",
        "Which activation holds the sum of all that came before layer 1?",
    ),
    output(
        "E03-61",
        CHECK,
        "The embedding left out",
        "You have one depth too few: your first is the stream after layer 0. The stream before any layer is the \
         baseline for all others.",
        "How many depths are there in a model of four layers, including the one before the first?",
    ),
    output(
        "E03-132",
        CHECK,
        "Probabilities instead of log probabilities",
        "Your entries are probabilities, between 0 and 1. The logarithm shows a step from one in a million to one in a \
         thousand, and it can be summed over a text.",
        "What is the largest value that an entry can have?",
    ),
    output(
        "E03-133",
        CHECK,
        "Losses instead of log probabilities",
        "All your signs are reversed: a loss is minus the log probability.",
        "Are better predictions larger or smaller in your table?",
    ),
    output(
        "E03-134",
        CHECK,
        "The rest of the model runs on",
        "You ran the stream of each depth through the layers above it, so every depth gives the model's own \
         prediction. The lens skips those layers.",
        "At which layer does a run start that has only the final norm and the unembedding left?",
    ),
    output(
        "E03-135",
        CHECK,
        "The first depth last",
        "Your depths are in reverse order. Depth 0 is the stream before the first layer.",
        "Which depth is the model itself?",
    ),
    output(
        "E03-136",
        CHECK,
        "Another logarithm",
        "Your entries are logarithms with another base. The library and the course use the natural logarithm.",
        "What is your entry for a probability of one half?",
    ),
    output(
        "E03-137",
        CHECK,
        "The most likely token",
        "Your entries are the largest log probability at each position. The lens is about the token that really comes \
         next.",
        "Where does your code use the argument `tokens` after the run?",
    ),
    output(
        "E03-138",
        CHECK,
        "The last depth missing or repeated",
        "You left out the stream after the last layer, or have the one before it twice. There are n_layers + 1 depths: \
         resid_pre of each layer, and resid_post of the last.",
        "Which stream does your last depth read?",
    ),
    output(
        "E03-139",
        CHECK,
        "The bias of the unembedding left out",
        "You normalized the stream and multiplied it by W_U, but did not add b_U. A model that was trained with this \
         bias needs it at every depth.",
        "What does the model add after the product with W_U?",
    ),
];
