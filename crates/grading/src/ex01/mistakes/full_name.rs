//! What goes wrong in `full_name`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c08_full_name";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-36",
        CHECK,
        "Everything inside attention",
        "Queries, keys, values, scores, patterns, z and results live inside attention. The residual stream and what \
         a layer writes into it belong to the block, and pre and post to the MLP.",
        "Is there a residual stream for each attention layer, or one that all of them share?",
    ),
    output(
        "E01-37",
        CHECK,
        "The part of the block left out",
        "The name goes straight from the layer to the activation. Those inside attention have attn between the two, \
         those inside the MLP mlp.",
        "What stands between the layer and hook_pattern in the names that the cache prints?",
    ),
    output(
        "E01-38",
        CHECK,
        "Without hook_",
        "The last part of every activation's name begins with hook_. That sets activations apart from parameters: \
         blocks.0.attn.W_Q belongs to the model, blocks.0.attn.hook_q to one run of it.",
        "What does a cache print when you look at its names?",
    ),
    output(
        "E01-39",
        CHECK,
        "Layers counted from one",
        "The layer in the name is one too high. Layers and heads are counted from zero, in names as in indices.",
        "What is the first layer called?",
    ),
    output(
        "E01-97",
        CHECK,
        "Outputs put with their parts",
        "`attn_out` and `mlp_out` belong to the block itself: they are what attention, or the MLP, adds to the stream, \
         seen from the block.",
        "Which names does the list in the guide have behind `attn.`?",
    ),
    output(
        "E01-98",
        CHECK,
        "The MLP forgotten",
        "`pre` and `post` are inside the MLP, so their names have `mlp.` in the middle.",
        "Which activations does the list in the guide have behind `mlp.`?",
    ),
    output(
        "E01-99",
        CHECK,
        "The part told by its letters",
        "A name was put into a part because it has some letters in it: `resid_pre` ends like `pre`, but is not inside \
         the MLP.",
        "Which names contain `pre`, and where does each of them belong?",
    ),
    output(
        "E01-117",
        CHECK,
        "Some of attention outside",
        "Some activations of attention have the name of one that belongs to the block. `z` and `result` are inside attention, too: the one is what each head gathers, the other what it writes.",
        "Which names does the list in the guide have behind `attn.`?",
    ),
];
