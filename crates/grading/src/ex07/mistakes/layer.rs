//! Mistakes of the checks `c06`, `c07`, `c08`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-51",
        "c06_layer_backward",
        "The residual connection is missing",
        "`resid_post` contains `resid_pre` itself, so the gradient goes straight through, besides what comes back \
         through the heads.",
        "If every head wrote nothing, what would `d_resid_pre` be?",
    ),
    output(
        "E07-52",
        "c06_layer_backward",
        "Values read the positions",
        "In this model queries and keys read `resid_pre + W_pos`, and values read `resid_pre` alone.",
        "Where does a shortformer model add its positions?",
    ),
    output(
        "E07-53",
        "c06_layer_backward",
        "Queries and keys without the positions",
        "The gradients of `W_Q` and `W_K` were made with `resid_pre`. What these matrices multiplied was `resid_pre \
         + W_pos`.",
        "What is the input of a query in the forward pass?",
    ),
    output(
        "E07-54",
        "c06_layer_backward",
        "Positions of the first item",
        "All items have the same position embedding, so its gradient is a sum over the batch.",
        "How many rows of the batch change when `W_pos` changes?",
    ),
    output(
        "E07-55",
        "c06_layer_backward",
        "The mean over the batch",
        "The gradient of the positions is a mean over the batch. Each item adds to the loss, so it is a sum.",
        "Where is the 1/n of the mean loss already?",
    ),
    output(
        "E07-56",
        "c06_layer_backward",
        "Positions only through the queries",
        "Keys read the positions as well, so `d_W_pos` has a part from the queries and one from the keys.",
        "Which vectors of a head depend on the position?",
    ),
    output(
        "E07-57",
        "c06_layer_backward",
        "Only the last head",
        "Each head overwrote what the one before it had sent back. All heads read the same stream, so their \
         gradients add up.",
        "Is it `=` or `+=` in your loop over heads?",
    ),
    output(
        "E07-58",
        "c06_layer_backward",
        "Nothing through the values",
        "The gradient comes back through queries and keys alone. What a head moves, its values, was read from the \
         stream as well.",
        "If the pattern were fixed, could the stream at an earlier position still change the loss?",
    ),
    output(
        "E07-59",
        "c06_layer_backward",
        "Nothing through the pattern",
        "The gradient comes back through the values alone, as if the pattern were fixed. Queries and keys were read \
         from the stream as well.",
        "What decides where a head looks?",
    ),
    output(
        "E07-60",
        "c06_layer_backward",
        "v instead of z",
        "The gradient of `W_O` was made with the values. `W_O` multiplied `z`, the values mixed by the pattern.",
        "What is the input of `W_O`?",
    ),
    output(
        "E07-61",
        "c06_layer_backward",
        "W_O of head 0 for all",
        "Each head has its own part of `W_O`. Here the gradient went back through that of head 0 in all of them.",
        "Does the index of the head appear wherever a weight does?",
    ),
    output(
        "E07-62",
        "c06_layer_backward",
        "Weights of the last item",
        "The gradients of `W_Q`, `W_K` and `W_V` come from the last item alone. Every item was multiplied by the \
         same weights.",
        "Is it `=` or `+=` in your loop over items?",
    ),
    output(
        "E07-63",
        "c06_layer_backward",
        "Positions counted twice",
        "`d_W_pos` is twice what it should be.",
        "How often did you add the gradient of queries and keys to it?",
    ),
    output(
        "E07-64",
        "c06_layer_backward",
        "W_Q for the keys",
        "The gradient of the keys went back through `W_Q`. Keys were made with `W_K`.",
        "Which matrix made the keys?",
    ),
    output(
        "E07-65",
        "c07_embedding_backward",
        "The last occurrence overwrites",
        "A token that comes several times has one row of `W_E`, and each occurrence adds to its gradient. Here only \
         the last one is kept.",
        "How often does BOS come in a batch?",
    ),
    output(
        "E07-66",
        "c07_embedding_backward",
        "A mean over the occurrences",
        "The gradient of a token is divided by how often it comes. Each occurrence adds to the loss, so they are \
         added up.",
        "Where is the 1/n of the mean loss already?",
    ),
    output(
        "E07-67",
        "c07_embedding_backward",
        "The first item alone",
        "Only the tokens of the first item get a gradient.",
        "How many axes does `tokens` have?",
    ),
    output(
        "E07-68",
        "c07_embedding_backward",
        "Divided by the number of tokens",
        "All rows are divided by the number of tokens. `d_embed` is already the gradient of the mean loss.",
        "What is the gradient of a token that comes once?",
    ),
    output(
        "E07-69",
        "c07_embedding_backward",
        "The gradient of the neighbor",
        "Row and gradient are one position apart. The embedding of the token at a position is what was read there.",
        "Which token was looked up at position 0?",
    ),
    output(
        "E07-70",
        "c07_embedding_backward",
        "A mean over the batch",
        "All rows are divided by the number of items. The gradient of a parameter is a sum over all its uses.",
        "Where is the 1/n of the mean loss already?",
    ),
    output(
        "E07-71",
        "c07_embedding_backward",
        "Nothing for BOS",
        "Row 0 is zero. BOS is a token like any other: its embedding is read at position 0 of every row.",
        "Can the embedding of BOS change the loss?",
    ),
    output(
        "E07-72",
        "c08_model_gradients",
        "The unembedding reads the stream too early",
        "The gradient of `W_U` was made with the stream before the last layer. The unembedding reads what the last \
         layer leaves.",
        "Which activation was multiplied by `W_U`?",
    ),
    output(
        "E07-73",
        "c08_model_gradients",
        "Positions of one layer",
        "Every layer adds the positions to its queries and keys, so every layer adds to `d_W_pos`. Here each \
         overwrites the one above it.",
        "Is it `=` or `+=` in your loop over layers?",
    ),
    output(
        "E07-74",
        "c08_model_gradients",
        "The first layer first",
        "Backward means from the last layer to the first: the gradient of a layer's output comes from the layers \
         above it.",
        "Which layer's output is nearest to the loss?",
    ),
    output(
        "E07-75",
        "c08_model_gradients",
        "The embedding skips the layers",
        "The gradient of `W_E` was made from the gradient at the top of the stream. On the way down every layer adds \
         what came through it.",
        "What did the embedding pass through before the logits?",
    ),
    output(
        "E07-76",
        "c08_model_gradients",
        "Every layer starts from the top",
        "Each layer was given the gradient at the top of the stream. It needs the one that the layer above it has \
         just returned.",
        "What is the gradient of `resid_post` of layer 0?",
    ),
    output(
        "E07-77",
        "c08_model_gradients",
        "Positions as if they were in the stream",
        "`d_W_pos` is the gradient of the stream at the start. In this model the positions never enter the stream: \
         they come from the queries and keys of each layer.",
        "What does `layer_backward` return for the positions?",
    ),
    output(
        "E07-78",
        "c08_model_gradients",
        "The unembedding's gradient in the embedding",
        "`W_E` got the gradient of `W_U` as well, as if both were one matrix. Here they are two.",
        "Does `W_E` have a part in the last product of the forward pass?",
    ),
    output(
        "E07-79",
        "c08_model_gradients",
        "The loss of all positions",
        "The loss counts every position, the gradient only those of `next`. `mean_loss` knows which count.",
        "Which of your functions returns this loss?",
    ),
    output(
        "E07-80",
        "c08_model_gradients",
        "Every position counts",
        "The gradients are those of the loss at all positions. Only those with something in `next` count.",
        "Where does `next` come into your gradient?",
    ),
];
