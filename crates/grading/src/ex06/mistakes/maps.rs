//! Mistakes of the checks `c03`, `c04`, `c05`, `c06`, `c07`, `c08`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-15",
        "c03_patch_resid_pre",
        "All positions at once",
        "You replaced the whole stream of the layer. Everything after it is then as in the source run, and the map is \
         the same everywhere. Replace only one position.",
        "Which positions of the stream does your hook write to?",
    ),
    output(
        "E06-16",
        "c03_patch_resid_pre",
        "The stream after the layer",
        "You patched `resid_post`, which the next layer reads. `resid_pre` is the stream before this layer.",
        "Which layer reads the activation that you patch?",
    ),
    output(
        "E06-17",
        "c03_patch_resid_pre",
        "The first item's stream in every item",
        "You wrote the vector of item 0 into all items of the batch. Each pair gets its own.",
        "Which axis of the stored stream is the batch?",
    ),
    output(
        "E06-18",
        "c03_patch_resid_pre",
        "Only the first item patched",
        "You patched only the first item of the batch. Patch all of them, each from its own.",
        "Which items of the batch does your hook write to?",
    ),
    output(
        "E06-19",
        "c03_patch_resid_pre",
        "Added instead of replaced",
        "You added the source's stream to the base's. A patch replaces: after it, this position is as in the source \
         run.",
        "If both runs have the same stream at this position, what is it after your hook?",
    ),
    output(
        "E06-20",
        "c03_patch_resid_pre",
        "Zero instead of the source's stream",
        "You set the stream to zero, which is an ablation. It shows what is missing without the vector, not what the \
         other prompt would have put there.",
        "Where does your hook use the source?",
    ),
    output(
        "E06-21",
        "c03_patch_resid_pre",
        "Always the last position",
        "You patched the last position, whichever was requested.",
        "Where does your hook use `pos`?",
    ),
    output(
        "E06-22",
        "c03_patch_resid_pre",
        "All positions up to this one",
        "You patched all positions up to the requested one. `..=pos` is a range from the first position. The map then \
         no longer shows single positions.",
        "How many positions are in your slice for pos = 3?",
    ),
    output(
        "E06-23",
        "c04_residual_map",
        "Patches accumulate",
        "Your runs still have the patches of the runs before. That happens with lasting hooks (`add_hook`) that are \
         not removed. Give the hook to the run instead: `model.run(base).hook(…)`.",
        "How many patches are active in the second run?",
    ),
    output(
        "E06-24",
        "c04_residual_map",
        "Rows and columns swapped",
        "Your numbers are right, but you filled the shape [layer, pos] in the order [pos, layer].",
        "Which of your two loops is the outer one?",
    ),
    output(
        "E06-25",
        "c04_residual_map",
        "The change instead of the metric",
        "You subtracted the metric of the base run. That map is also useful, but the task asks for the metric itself.",
        "What is your map if a patch changes nothing?",
    ),
    output(
        "E06-26",
        "c04_residual_map",
        "The hook not in the run",
        "Every cell of your map is the metric of the base run. A hook acts only in a run that you give it to.",
        "Where do you give the hook to the run that you measure?",
    ),
    output(
        "E06-27",
        "c04_residual_map",
        "Layers in reverse",
        "Your layer 0 is in the last row. Rows count layers from the embedding on.",
        "Which layer is your first row?",
    ),
    output(
        "E06-28",
        "c04_residual_map",
        "All layers at once",
        "You patched every layer in each run, so all rows are equal. Patch one layer at one position per run.",
        "How many hooks does one of your runs have?",
    ),
    output(
        "E06-29",
        "c05_output_map",
        "Always attn_out",
        "You patched attn_out, whichever output was requested. `output` is `attn_out` or `mlp_out`.",
        "Where does your function use `output`?",
    ),
    output(
        "E06-30",
        "c05_output_map",
        "The whole stream instead of the output",
        "You replaced the stream after attention or MLP, which includes everything written before. An output is only \
         what this layer adds.",
        "What does a patch of `attn_out` change, and what does a patch of `resid_mid` change?",
    ),
    output(
        "E06-31",
        "c05_output_map",
        "The output at all positions",
        "You replaced the output at every position, so all columns are equal.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-32",
        "c05_output_map",
        "Output added instead of replaced",
        "You added the source's output to the base's. A patch replaces it.",
        "What does the layer add to the stream after your hook?",
    ),
    output(
        "E06-33",
        "c05_output_map",
        "Output set to zero",
        "You set the output to zero, which is an ablation. A patch writes what the source run had.",
        "Where does your hook use the source?",
    ),
    output(
        "E06-34",
        "c06_head_map",
        "The pattern's third axis",
        "You took axis 2 of the pattern for the heads, so you patched a query position in all heads. `z`, `q`, `k` and \
         `v` are [batch, pos, head, d_head], but the pattern is [batch, head, query_pos, key_pos].",
        "Which axis of the pattern has the length n_heads?",
    ),
    output(
        "E06-35",
        "c06_head_map",
        "All heads at once",
        "You replaced the whole activation, with all heads of the layer, so a row has the same number everywhere.",
        "Which part of the activation belongs to one head?",
    ),
    output(
        "E06-36",
        "c06_head_map",
        "Only at the last position",
        "You patched the head at the last position alone. What it wrote at earlier positions, for others to read, is \
         unchanged. Patch all positions.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-37",
        "c06_head_map",
        "The head set to zero",
        "You set the head to zero, which is an ablation. A patch writes what the head did in the source run.",
        "Where does your hook use the source?",
    ),
    output(
        "E06-38",
        "c06_head_map",
        "Always z",
        "You patched z, whichever activation was requested.",
        "Where does your function use `activation`?",
    ),
    output(
        "E06-39",
        "c06_head_map",
        "The head in the first item only",
        "You patched only the first item of the batch.",
        "Which items does your hook write to?",
    ),
    output(
        "E06-40",
        "c06_head_map",
        "Heads in rows",
        "Your map is [head, layer]. Rows are layers.",
        "Which axis of your map has the length n_layers?",
    ),
    output(
        "E06-41",
        "c07_head_by_position_map",
        "The last two axes swapped",
        "Your map is [layer, head, pos] instead of [layer, pos, head].",
        "Which axis of your map is as long as the prompt?",
    ),
    output(
        "E06-42",
        "c07_head_by_position_map",
        "All heads at this position",
        "You patched every head of the layer at the position, so the map is the same for all heads.",
        "Which heads does your hook write to?",
    ),
    output(
        "E06-43",
        "c07_head_by_position_map",
        "The head at all positions",
        "You patched the head at all positions. That is the map of heads again, repeated for each position.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-44",
        "c07_head_by_position_map",
        "Read at the last position",
        "You wrote the head's vector from the last position of the source everywhere. Read it at the position that you \
         write to.",
        "At which position do you read the stored `z`?",
    ),
    output(
        "E06-45",
        "c08_sufficient_and_necessary",
        "Noising comes first",
        "Your two maps are in the wrong order. Denoising comes first, then noising.",
        "Which of your two maps is at index 0?",
    ),
    output(
        "E06-46",
        "c08_sufficient_and_necessary",
        "What is left instead of what is taken away",
        "Your second map is the fraction that remains after noising, which is near 0 for a head that matters. What is \
         taken away is 1 minus that.",
        "What should the second number be for a head that does nothing?",
    ),
    output(
        "E06-47",
        "c08_sufficient_and_necessary",
        "Metrics not normalized",
        "You returned the metrics in nats. Normalize them first, with both runs as the ends of the scale.",
        "What should the number be for a head that does nothing?",
    ),
    output(
        "E06-48",
        "c08_sufficient_and_necessary",
        "Changes in nats",
        "You returned the changes of the metric in nats. Divide them by clean minus corrupted.",
        "What is the largest possible number for one pair, and for another pair?",
    ),
    output(
        "E06-49",
        "c08_sufficient_and_necessary",
        "Denoising twice",
        "Both of your maps are from runs of the corrupted prompt. Noising runs the clean prompt, with the cache of the \
         corrupted one.",
        "Which prompt does each of your two sweeps run?",
    ),
    output(
        "E06-50",
        "c08_sufficient_and_necessary",
        "Noising computed from denoising",
        "Your second map is 1 minus the first. The two are separate experiments: a head can be necessary without being \
         sufficient, so noising needs its own runs.",
        "How many runs did your second map take?",
    ),
];
