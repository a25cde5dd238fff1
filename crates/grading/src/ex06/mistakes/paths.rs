//! Mistakes of the check `c12`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-72",
        "c12_patch_path_to_keys",
        "Into the queries",
        "You patched what the queries of the receiver read. The edge ends in its keys.",
        "Which of the three inputs of a head does your hook name?",
    ),
    output(
        "E06-73",
        "c12_patch_path_to_keys",
        "Into the values",
        "You patched what the values of the receiver read. The edge ends in its keys.",
        "Which of the three inputs of a head does your hook name?",
    ),
    output(
        "E06-74",
        "c12_patch_path_to_keys",
        "Into the keys of all heads",
        "You patched what every head of the receiver's layer reads. The edge ends in one head: `k_input` has a head \
         axis.",
        "Which heads does your hook write to?",
    ),
    output(
        "E06-75",
        "c12_patch_path_to_keys",
        "W_O of the receiver's layer",
        "You multiplied by W_O of the receiver's layer. What a head writes is its `z` times its own slice of W_O, in \
         its own layer.",
        "Whose `z` do you multiply, and by whose W_O?",
    ),
    output(
        "E06-76",
        "c12_patch_path_to_keys",
        "The change with the wrong sign",
        "You added base minus source. The patch removes what the sender wrote in the base run, and adds what it wrote \
         in the source run.",
        "What should the input be after the patch: the base's input plus what?",
    ),
    output(
        "E06-77",
        "c12_patch_path_to_keys",
        "The base's part is still there",
        "You added what the sender wrote in the source run, but did not subtract what it wrote in the base run.",
        "What should change if the sender wrote the same in both runs?",
    ),
    output(
        "E06-78",
        "c12_patch_path_to_keys",
        "Only removed",
        "You removed what the sender wrote in the base run and added nothing. That is an ablation of the edge.",
        "Where does your hook use the source?",
    ),
    output(
        "E06-79",
        "c12_patch_path_to_keys",
        "The whole input replaced",
        "You replaced the whole stream that the keys read. That patches every edge into these keys, not only the \
         sender's.",
        "Which part of the stream did the sender write?",
    ),
    output(
        "E06-80",
        "c12_patch_path_to_keys",
        "All heads of the sender's layer",
        "You used `attn_out`, the sum over all heads of the layer. The edge begins in one of them.",
        "How many heads wrote what you replace?",
    ),
    output(
        "E06-81",
        "c12_patch_path_to_keys",
        "The norm skipped",
        "You added the change times W_K to the keys. But the keys read the stream through LayerNorm, which rescales \
         the whole input. Add the change before the norm, at `k_input`.",
        "What does LayerNorm do between the stream and the keys?",
    ),
    output(
        "E06-82",
        "c12_patch_path_to_keys",
        "The sender itself patched",
        "You replaced the sender's `z`, so later heads, MLPs and the logits all read the patch. An edge has one \
         receiver.",
        "Which components read what the sender writes in your run?",
    ),
    output(
        "E06-83",
        "c12_patch_path_to_keys",
        "The edge in the first item only",
        "You patched only the first item of the batch.",
        "Which items does your hook write to?",
    ),
    output(
        "E06-118",
        "c12_patch_path_to_keys",
        "Into the head with the sender's number",
        "You changed the keys of the head that has the sender's number in the receiver's layer. The receiver is `to`.",
        "Where do you use `to.1`?",
    ),
    output(
        "E06-119",
        "c12_patch_path_to_keys",
        "The input replaced",
        "You replaced the whole input of the keys by what the sender wrote in the source. Only the sender's part of it \
         is to be exchanged.",
        "What else is in the input of the keys?",
    ),
    output(
        "E06-120",
        "c12_patch_path_to_keys",
        "Only at the last position",
        "You changed the input of the keys at the last position. A query looks at the keys of all positions.",
        "At which positions are the keys that the last query attends to?",
    ),
];
