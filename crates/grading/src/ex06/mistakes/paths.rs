//! Mistakes of the check `c12`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-72",
        "c12_patch_path_to_keys",
        "Into the queries",
        "The change goes into what the queries of the receiver read. The edge ends in its keys.",
        "Which of the three inputs of a head is named in your hook?",
    ),
    output(
        "E06-73",
        "c12_patch_path_to_keys",
        "Into the values",
        "The change goes into what the values of the receiver read. The edge ends in its keys.",
        "Which of the three inputs of a head is named in your hook?",
    ),
    output(
        "E06-74",
        "c12_patch_path_to_keys",
        "Into the keys of all heads",
        "Every head of the receiver's layer reads the change. The edge ends in one head: `k_input` has an axis for \
         heads.",
        "Which heads does your hook write to?",
    ),
    output(
        "E06-75",
        "c12_patch_path_to_keys",
        "W_O of the receiver's layer",
        "What a head writes goes through its own part of W_O, in its own layer.",
        "Whose `z` do you multiply, and whose W_O by?",
    ),
    output(
        "E06-76",
        "c12_patch_path_to_keys",
        "The change with the wrong sign",
        "This adds base minus source. The patch takes the base's part away and puts the source's there.",
        "What should the input be after the patch: base plus what?",
    ),
    output(
        "E06-77",
        "c12_patch_path_to_keys",
        "The base's part is still there",
        "The source's part is added, but what the sender wrote in the base run is not taken away. Exchange the one \
         for the other.",
        "What should change if the sender did the same in both runs?",
    ),
    output(
        "E06-78",
        "c12_patch_path_to_keys",
        "Only taken away",
        "The sender's part is taken out of the input and nothing is put there. That is an ablation of the edge.",
        "Where does your hook use the source?",
    ),
    output(
        "E06-79",
        "c12_patch_path_to_keys",
        "The whole input exchanged",
        "The keys read the source's whole stream. That exchanges every edge into these keys, not only the sender's.",
        "Which part of the stream did the sender write?",
    ),
    output(
        "E06-80",
        "c12_patch_path_to_keys",
        "All heads of the sender's layer",
        "`attn_out` is the sum over all heads of the layer. The edge begins in one of them.",
        "How many heads wrote what you exchange?",
    ),
    output(
        "E06-81",
        "c12_patch_path_to_keys",
        "The norm is skipped",
        "The change times W_K is added to the keys. But the keys read the stream through LayerNorm, which scales \
         the whole input: put the change in before the norm, at `k_input`.",
        "What does LayerNorm do between the stream and the keys?",
    ),
    output(
        "E06-82",
        "c12_patch_path_to_keys",
        "The sender itself is patched",
        "Its `z` is exchanged for every reader: later heads, MLPs and the logits. An edge has one reader.",
        "Who reads what the sender writes in your run?",
    ),
    output(
        "E06-83",
        "c12_patch_path_to_keys",
        "The edge in the first item only",
        "The other items of the batch stay as they were.",
        "Which items does your hook write to?",
    ),
];
