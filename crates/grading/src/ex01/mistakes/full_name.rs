//! What goes wrong in `full_name`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c08_full_name";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-36",
        CHECK,
        "Everything inside attention",
        "You put every activation inside attention. Queries, keys, values, scores, patterns, z and results are inside \
         attention. The residual stream and what a layer writes into it belong to the block, and pre and post to the \
         MLP.",
        "Does each attention layer have its own residual stream, or do all of them share one?",
    ),
    output(
        "E01-37",
        CHECK,
        "The part of the block left out",
        "Your name has nothing between the layer and the activation. Activations inside attention have attn there, and \
         those inside the MLP have mlp.",
        "What is between the layer and hook_pattern in the names that the cache prints?",
    ),
    output(
        "E01-38",
        CHECK,
        "Without hook_",
        "The last part of your name lacks hook_. It distinguishes activations from parameters: blocks.0.attn.W_Q \
         belongs to the model, and blocks.0.attn.hook_q to one run of it.",
        "Which names does a cache print?",
    ),
    output(
        "E01-39",
        CHECK,
        "Layers counted from one",
        "The layer in your name is one too high. Layers and heads are counted from zero, in names as in indices.",
        "What is the first layer called?",
    ),
    output(
        "E01-97",
        CHECK,
        "Outputs placed inside their parts",
        "You put `attn_out` and `mlp_out` inside attention or the MLP. They belong to the block: they are what \
         attention, or the MLP, adds to the stream.",
        "Which names does the list in the guide have after `attn.`?",
    ),
    output(
        "E01-98",
        CHECK,
        "The MLP forgotten",
        "Your names for `pre` and `post` lack `mlp.` in the middle. Both are inside the MLP.",
        "Which activations does the list in the guide have after `mlp.`?",
    ),
    output(
        "E01-99",
        CHECK,
        "The part guessed from some letters",
        "Some of your names have the wrong part. This happens when the part is chosen by some letters of the name: \
         `resid_pre` ends like `pre`, for example, but it is not inside the MLP.",
        "Which names contain `pre`, and where does each belong?",
    ),
    output(
        "E01-117",
        CHECK,
        "Some of attention outside",
        "You gave some activations of attention a name of the block. `z` and `result` are inside attention too: `z` is \
         what a head gathers, and `result` is what it writes.",
        "Which names does the list in the guide have after `attn.`?",
    ),
];
