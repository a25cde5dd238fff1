//! What goes wrong in `logit_lens`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c13_logit_lens";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-57",
        CHECK,
        "The final norm left out",
        "The stream was multiplied by W_U as it is. The model never does that: a final LayerNorm comes first, and \
         W_U was trained on what comes out of it. In the models without a norm your numbers are right.",
        "What stands between the last resid_post and the logits?",
    ),
    output(
        "E03-58",
        CHECK,
        "Logits instead of log probabilities",
        "The logits of the right tokens are at the right place. A logit alone says little, for what counts is how it \
         compares with the others at its position.",
        "What do the exponentials of your numbers add up to over the vocabulary?",
    ),
    output(
        "E03-59",
        CHECK,
        "Tokens not shifted",
        "Each position was scored on its own token. An early stream is still close to the embedding of that very \
         token, which says nothing about what comes next.",
        "Which token is the prediction at position 0 about?",
    ),
    output(
        "E03-60",
        CHECK,
        "What a layer wrote, not the stream",
        "The output of single layers was unembedded. The lens asks what could be read off the *stream* at that \
         depth, which holds everything that was written so far.",
        "Which activation holds the sum of all that came before layer 1?",
    ),
    output(
        "E03-61",
        CHECK,
        "The embedding left out",
        "There is one depth too few: the first is already that after layer 0. What the model would say if it had no \
         layers at all is the baseline for all others.",
        "How often can you stop in a model of four layers, counting before the first?",
    ),
    output(
        "E03-132",
        CHECK,
        "Probabilities instead of log probabilities",
        "The entries are between 0 and 1. The logarithm is what makes a step from one in a million to one in a \
         thousand visible, and what sums over a text.",
        "What is the largest value that an entry can have?",
    ),
    output(
        "E03-133",
        CHECK,
        "Losses instead of log probabilities",
        "Every sign is turned: a loss is minus the log probability.",
        "Are better predictions larger or smaller in your table?",
    ),
    output(
        "E03-134",
        CHECK,
        "The rest of the model runs on",
        "The stream of each depth went through the layers above it, so every depth gives the model's own \
         prediction. The lens skips those layers.",
        "At which layer should a run begin that has only the final norm and the unembedding left?",
    ),
    output(
        "E03-135",
        CHECK,
        "The first depth last",
        "The depths are in reverse order. Depth 0 is the stream before the first layer.",
        "Which depth is the model itself?",
    ),
    output(
        "E03-136",
        CHECK,
        "Another logarithm",
        "The entries are in bits or in powers of ten. The library and the course use the natural logarithm.",
        "What is your entry for a probability of one half?",
    ),
    output(
        "E03-137",
        CHECK,
        "The likeliest token",
        "Each entry is the largest log probability at its position. The lens is about the token that really \
         comes next.",
        "Where does the argument `tokens` occur after the run?",
    ),
    output(
        "E03-138",
        CHECK,
        "The last depth missing or repeated",
        "The stream after the last layer was left out, or the one before it stands there twice. There are \
         n_layers + 1 depths: resid_pre of each layer, and resid_post of the last.",
        "Which stream does your last depth read?",
    ),
    output(
        "E03-139",
        CHECK,
        "The bias of the unembedding left out",
        "The stream was normalized and multiplied by W_U, but b_U was not added. Models that were trained with \
         it need it at every depth.",
        "What does the model add after the product with W_U?",
    ),
];
