//! What goes wrong in `layer_parts`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c10_layer_parts";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-47",
        CHECK,
        "Positions that are not in the stream",
        "You counted hook_pos_embed as a part. In a shortformer model the positions are added to the input of queries \
         and keys, never to the stream. With it, your parts sum to something that the model does not compute.",
        "Which field of the configuration says where positions go?",
    ),
    output(
        "E03-48",
        CHECK,
        "Positions left out",
        "You left out the positions. A model with standard positions adds them to the stream before the first layer, \
         and without them the parts do not sum to the final stream.",
        "In which of the two embedded models is hook_resid_pre of layer 0 the same as hook_embed?",
    ),
    output(
        "E03-49",
        CHECK,
        "The stream instead of its parts",
        "Your arrays are the residual stream after each step, so each contains all those before it. What a layer \
         *wrote* is the difference, and it has its own hook.",
        "What would the sum of your parts count twice?",
    ),
    output(
        "E03-50",
        CHECK,
        "MLPs left out",
        "You listed only attention. If the model has MLPs, each writes to the stream after the attention of its layer.",
        "What happens between resid_mid and resid_post?",
    ),
    output(
        "E03-117",
        CHECK,
        "MLP before attention",
        "Your MLP comes before the attention of its layer. Attention writes first, and the MLP reads what it wrote.",
        "Which of the two does a layer run first?",
    ),
    output(
        "E03-118",
        CHECK,
        "All attention first",
        "Your list has the attention of all layers before the first MLP. The order is that of writing: layer by layer.",
        "Where in your list is the MLP of layer 0?",
    ),
    output(
        "E03-119",
        CHECK,
        "Embedding and positions in one part",
        "Your first part is the stream before layer 0. In models with standard positions that is already the sum of \
         embedding and positions, which are two parts.",
        "Which parts are summed in resid_pre of layer 0?",
    ),
    output(
        "E03-120",
        CHECK,
        "The final stream included",
        "You have one part too many: the final stream itself. It is the sum of the parts.",
        "What would the sum over your parts be?",
    ),
    output(
        "E03-121",
        CHECK,
        "A layer in one part",
        "You added what attention and MLP wrote, so each layer is one part. They are two parts.",
        "How many parts does a layer with an MLP have?",
    ),
    output(
        "E03-122",
        CHECK,
        "Positions in the wrong place",
        "Your list has the positions, but not directly after the embedding, where the model adds them.",
        "Which two parts are there before the first layer runs?",
    ),
];
