//! Mistakes of the checks `c06`, `c07`, `c08`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E07-228",
        "c06_layer_backward",
        "The gradient changed while it was read",
        "You went back through `W_O` with the gradient to which you had already added what earlier heads sent down. All \
         heads write into `resid_post`, so each gets `d_resid_post` as it was given.",
        "When your loop comes to head 1, what has been added to the array that it reads?",
    ),
    output(
        "E07-51",
        "c06_layer_backward",
        "The residual connection is missing",
        "You left out the residual connection. `resid_post` contains `resid_pre`, so its gradient is passed on \
         unchanged, in addition to what comes back through the heads.",
        "If no head wrote anything, what would `d_resid_pre` be?",
    ),
    output(
        "E07-52",
        "c06_layer_backward",
        "Values read the positions",
        "You added the positions to the input of the values. In this model queries and keys read `resid_pre + W_pos`, \
         and values read `resid_pre` alone.",
        "Where does a shortformer model add its positions?",
    ),
    output(
        "E07-53",
        "c06_layer_backward",
        "Queries and keys without the positions",
        "You computed the gradients of `W_Q` and `W_K` with `resid_pre`. Their input is `resid_pre + W_pos`.",
        "What is the input of a query in the forward pass?",
    ),
    output(
        "E07-54",
        "c06_layer_backward",
        "Positions of the first item only",
        "You used the first item for the gradient of the positions. All items have the same position embedding, so sum \
         over the batch.",
        "How many rows of the batch change when `W_pos` changes?",
    ),
    output(
        "E07-55",
        "c06_layer_backward",
        "The mean over the batch",
        "You averaged the gradient of the positions over the batch. Each item adds to the loss, so sum.",
        "Which array already contains the 1/n of the mean loss?",
    ),
    output(
        "E07-56",
        "c06_layer_backward",
        "Positions only from the queries",
        "Your `d_W_pos` has only the part from the queries. Keys read the positions too, so add their part.",
        "Which vectors of a head depend on the position?",
    ),
    output(
        "E07-57",
        "c06_layer_backward",
        "Only the last head",
        "You kept only what the last head sends back. All heads read the same stream, so add up their gradients.",
        "Does your loop over heads use `=` or `+=`?",
    ),
    output(
        "E07-58",
        "c06_layer_backward",
        "Nothing from the values",
        "Your gradient comes back only through queries and keys. The values also read the stream.",
        "If the pattern were fixed, could the stream at an earlier position still change the loss?",
    ),
    output(
        "E07-59",
        "c06_layer_backward",
        "Nothing from the pattern",
        "Your gradient comes back only through the values, as if the pattern were fixed. Queries and keys also read \
         the stream.",
        "What determines where a head attends?",
    ),
    output(
        "E07-60",
        "c06_layer_backward",
        "v instead of z",
        "You computed the gradient of `W_O` with the values. Its input is `z`, the values mixed by the pattern.",
        "What is the input of `W_O`?",
    ),
    output(
        "E07-61",
        "c06_layer_backward",
        "W_O of head 0 for all",
        "You went back through the `W_O` of head 0 in every head. Each head has its own slice of `W_O`.",
        "Do you use the head's index for every weight?",
    ),
    output(
        "E07-62",
        "c06_layer_backward",
        "Weights of the last item only",
        "You kept the gradients of the weights from the last item only. Every item uses the same weights, so sum over \
         items.",
        "Does your loop over items use `=` or `+=`?",
    ),
    output(
        "E07-63",
        "c06_layer_backward",
        "Positions counted twice",
        "Your `d_W_pos` is twice as large as it should be.",
        "How many times did you add the gradients of queries and keys to it?",
    ),
    output(
        "E07-64",
        "c06_layer_backward",
        "W_Q for the keys",
        "You took the gradient of the keys back through `W_Q`. Keys come from `W_K`.",
        "Which matrix computes the keys?",
    ),
    output(
        "E07-193",
        "c06_layer_backward",
        "No gradient of the positions",
        "You returned zeros for W_pos. Queries and keys read `resid_pre + W_pos`, so W_pos gets all that flows back \
         through them.",
        "What would happen to the queries if one row of W_pos changed?",
    ),
    output(
        "E07-194",
        "c06_layer_backward",
        "Positions get what the stream gets",
        "You returned the gradient of the stream, summed over the batch, for W_pos. The stream also gets what flows \
         through the values and past the layer. W_pos is read by queries and keys alone.",
        "Through which of q, k, v and the residual connection does W_pos act?",
    ),
    output(
        "E07-195",
        "c06_layer_backward",
        "Weights in another order",
        "You returned the weights in another order. It is W_Q, W_K, W_V, W_O.",
        "Which gradient is third in your list?",
    ),
    output(
        "E07-65",
        "c07_embedding_backward",
        "The last occurrence overwrites",
        "You kept only the last occurrence of each token. A token that occurs several times has one row of `W_E`, and \
         each occurrence adds to its gradient.",
        "How many times does BOS occur in a batch?",
    ),
    output(
        "E07-66",
        "c07_embedding_backward",
        "A mean over the occurrences",
        "You divided the gradient of a token by the number of its occurrences. Each occurrence adds to the loss, so \
         sum.",
        "Which array already contains the 1/n of the mean loss?",
    ),
    output(
        "E07-67",
        "c07_embedding_backward",
        "The first item alone",
        "Only the tokens of the first item get a gradient in your result.",
        "How many axes does `tokens` have?",
    ),
    output(
        "E07-68",
        "c07_embedding_backward",
        "Divided by the number of tokens",
        "You divided all rows by the number of tokens. `d_embed` is already the gradient of the mean loss.",
        "What is the gradient of a token that occurs once?",
    ),
    output(
        "E07-69",
        "c07_embedding_backward",
        "The gradient of the neighbor",
        "Your row and gradient are one position apart. The gradient at a position belongs to the token at that \
         position.",
        "Which token was looked up at position 0?",
    ),
    output(
        "E07-70",
        "c07_embedding_backward",
        "A mean over the batch",
        "You divided all rows by the number of items. The gradient of a parameter is a sum over all its uses.",
        "Which array already contains the 1/n of the mean loss?",
    ),
    output(
        "E07-71",
        "c07_embedding_backward",
        "Nothing for BOS",
        "Your row 0 is zero. BOS is a token like any other: its embedding is read at position 0 of every row.",
        "Can the embedding of BOS change the loss?",
    ),
    output(
        "E07-72",
        "c08_model_gradients",
        "The unembedding reads the stream too early",
        "You computed the gradient of `W_U` with the stream before the last layer. The unembedding reads the stream \
         after it.",
        "Which activation was multiplied by `W_U`?",
    ),
    output(
        "E07-73",
        "c08_model_gradients",
        "Positions of one layer",
        "You kept the gradient of the positions of one layer only. Every layer adds the positions to its queries and \
         keys, so add up all layers.",
        "Does your loop over layers use `=` or `+=`?",
    ),
    output(
        "E07-74",
        "c08_model_gradients",
        "The first layer first",
        "You went from the first layer to the last. The gradient of a layer's output comes from the layers above it, \
         so start at the last.",
        "Which layer's output is closest to the loss?",
    ),
    output(
        "E07-75",
        "c08_model_gradients",
        "The embedding skips the layers",
        "You computed the gradient of `W_E` from the gradient at the top of the stream. On the way down, every layer \
         adds what comes back through it.",
        "What is between the embedding and the logits?",
    ),
    output(
        "E07-76",
        "c08_model_gradients",
        "Every layer starts from the top",
        "You gave each layer the gradient at the top of the stream. Give it the one that the layer above has just \
         returned.",
        "What is the gradient of `resid_post` of layer 0?",
    ),
    output(
        "E07-77",
        "c08_model_gradients",
        "Positions treated as part of the stream",
        "You used the gradient at the bottom of the stream for `d_W_pos`. In this model the positions never enter the \
         stream: they are read by the queries and keys of each layer.",
        "What does `layer_backward` return for the positions?",
    ),
    output(
        "E07-78",
        "c08_model_gradients",
        "The unembedding's gradient in the embedding",
        "You also added the gradient of `W_U` to that of `W_E`, as if they were one matrix. Here they are two.",
        "Is `W_E` used in the last product of the forward pass?",
    ),
    output(
        "E07-79",
        "c08_model_gradients",
        "The loss of all positions",
        "Your loss includes every position. Use `mean_loss`, which counts only those of `next`.",
        "Which of your functions returns this loss?",
    ),
    output(
        "E07-80",
        "c08_model_gradients",
        "Every position counted",
        "You computed the gradients of the loss at all positions. Only those with a token in `next` count.",
        "Where does your gradient use `next`?",
    ),
    output(
        "E07-196",
        "c08_model_gradients",
        "The layers exchanged",
        "You gave the gradients of one layer the name of the other.",
        "What is `layer` when you write the name of the first gradients that you get?",
    ),
];
