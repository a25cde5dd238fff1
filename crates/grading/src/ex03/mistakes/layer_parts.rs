//! What goes wrong in `layer_parts`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c10_layer_parts";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-47",
        CHECK,
        "Positions that are not in the stream",
        "hook_pos_embed was counted as a part, but in a shortformer model positions are added to what queries and \
         keys are computed from, and never to the stream. With it the parts sum to something that the model never \
         computed.",
        "Which field of the configuration says where positions go?",
    ),
    output(
        "E03-48",
        CHECK,
        "Positions left out",
        "A model with standard positions adds them to the stream before the first layer. They stay in it, and the \
         parts do not sum to the final stream without them.",
        "In which of the two embedded models is hook_resid_pre of layer 0 the same as hook_embed?",
    ),
    output(
        "E03-49",
        CHECK,
        "The stream instead of its parts",
        "These are the residual stream after each step: every one contains all those before it. What a layer *wrote* \
         is the difference, and has a hook of its own.",
        "What would the sum of your parts count twice?",
    ),
    output(
        "E03-50",
        CHECK,
        "MLPs left out",
        "Only attention was listed. Where there are MLPs, each writes to the stream after the attention of its layer.",
        "What happens between resid_mid and resid_post?",
    ),
    output(
        "E03-117",
        CHECK,
        "MLP before attention",
        "The parts of a layer are in the wrong order: attention writes first, and the MLP reads what it wrote.",
        "Which of the two does a layer run first?",
    ),
    output(
        "E03-118",
        CHECK,
        "All attention first",
        "The attention of all layers comes before the first MLP. The order asked for is that of writing: layer \
         by layer.",
        "Where in your list is the MLP of layer 0?",
    ),
    output(
        "E03-119",
        CHECK,
        "Embedding and positions in one",
        "In models with standard positions the first part is the stream before layer 0, which is already the \
         sum of embedding and positions. They are two parts.",
        "What has been added up in resid_pre of layer 0?",
    ),
    output(
        "E03-120",
        CHECK,
        "The final stream included",
        "There is one part too many: the final stream itself. It is what the parts sum to.",
        "What would the sum over your parts be?",
    ),
    output(
        "E03-121",
        CHECK,
        "A layer in one part",
        "What attention and MLP wrote was added up, so that each layer is one part. They are asked for apart.",
        "How many parts does a layer with an MLP have?",
    ),
    output(
        "E03-122",
        CHECK,
        "Positions in another place",
        "The positions are in the list, but not right after the embedding, where they are added.",
        "Which two parts are there before the first layer runs?",
    ),
];
