//! Mistakes of the checks `c03`, `c04`, `c05`, `c06`, `c07`, `c08`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-15",
        "c03_patch_resid_pre",
        "All positions at once",
        "The whole stream of the layer is replaced. Then everything after it is as in the source run, and the map \
         is the same everywhere.",
        "Which positions of the stream does your hook write to?",
    ),
    output(
        "E06-16",
        "c03_patch_resid_pre",
        "The stream after the layer",
        "`resid_post` is what the next layer reads. `resid_pre` is the stream before this layer.",
        "Which layer reads the activation that you patch?",
    ),
    output(
        "E06-17",
        "c03_patch_resid_pre",
        "The first item's stream in every item",
        "The vector of item 0 goes into all items of the batch. Each pair gets its own.",
        "Which axis of the stored stream is the batch?",
    ),
    output(
        "E06-18",
        "c03_patch_resid_pre",
        "Only the first item is patched",
        "The other items of the batch stay as they were. Patch all of them, each with its own.",
        "Which items of the batch does your hook write to?",
    ),
    output(
        "E06-19",
        "c03_patch_resid_pre",
        "Added instead of replaced",
        "The source's stream comes on top of the base's. A patch replaces: afterwards this place is as in the \
         source run.",
        "What is the stream at this position after your hook, if both runs had the same there?",
    ),
    output(
        "E06-20",
        "c03_patch_resid_pre",
        "Zero instead of the source's stream",
        "This is an ablation. It says what goes missing without the vector, not what the other prompt would have \
         put there.",
        "Where does your hook read the source?",
    ),
    output(
        "E06-21",
        "c03_patch_resid_pre",
        "Always the last position",
        "The position that was asked for is ignored.",
        "Where does your hook use `pos`?",
    ),
    output(
        "E06-22",
        "c03_patch_resid_pre",
        "All positions up to this one",
        "`..=pos` takes every position from the first one to this one. The map then shows sums instead of single \
         places.",
        "How many positions does your slice have for pos = 3?",
    ),
    output(
        "E06-23",
        "c04_residual_map",
        "Patches pile up",
        "Each run still carries the patches of the runs before. That happens with lasting hooks (`add_hook`) that \
         are not taken off. A run borrows its hooks and forgets them: `model.run(base).hook(…)`.",
        "How many patches are active in the second run?",
    ),
    output(
        "E06-24",
        "c04_residual_map",
        "Rows and columns mixed up",
        "The numbers are there, but in the order [pos, layer] under the shape [layer, pos].",
        "Which of your two loops is the outer one?",
    ),
    output(
        "E06-25",
        "c04_residual_map",
        "The change instead of the metric",
        "The metric of the base run is taken away. That is a fair map, but not the one asked for: this one holds \
         the metric itself.",
        "What is your map where a patch changes nothing?",
    ),
    output(
        "E06-26",
        "c04_residual_map",
        "The hook is not part of the run",
        "Every cell is the metric of the base run without any patch. A hook works only in a run that gets it.",
        "Where does the run that you measure get the hook?",
    ),
    output(
        "E06-27",
        "c04_residual_map",
        "Layers backwards",
        "Layer 0 is in the last row. Rows count layers from the embedding on.",
        "Which layer is your first row?",
    ),
    output(
        "E06-28",
        "c04_residual_map",
        "All layers at once",
        "Every layer is patched in each run, so all rows are alike. One run patches one layer at one position.",
        "How many hooks does a single run of yours have?",
    ),
    output(
        "E06-29",
        "c05_output_map",
        "Always attn_out",
        "The name of the output is ignored. It is `attn_out` or `mlp_out`.",
        "Where does your function use `output`?",
    ),
    output(
        "E06-30",
        "c05_output_map",
        "The whole stream instead of the output",
        "This replaces the stream after attention or MLP, with all that was there before. An output is only what \
         the one layer adds.",
        "What changes at `attn_out`, and what at `resid_mid`?",
    ),
    output(
        "E06-31",
        "c05_output_map",
        "The output at all positions",
        "The output is replaced at every position, so that all columns are alike.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-32",
        "c05_output_map",
        "Output added instead of replaced",
        "The source's output comes on top of the base's. A patch replaces it.",
        "What does the layer add to the stream after your hook?",
    ),
    output(
        "E06-33",
        "c05_output_map",
        "Output set to zero",
        "This is an ablation of the output. A patch puts there what the source run had.",
        "Where does your hook read the source?",
    ),
    output(
        "E06-34",
        "c06_head_map",
        "The pattern's third axis",
        "`z`, `q`, `k` and `v` are [batch, pos, head, d_head], but the pattern is [batch, head, query_pos, \
         key_pos]. Here the third axis of the pattern is taken for the heads, so a query position is patched in all \
         heads.",
        "Which axis of the pattern is as long as there are heads?",
    ),
    output(
        "E06-35",
        "c06_head_map",
        "All heads at once",
        "The whole activation is replaced, with all heads of the layer, so that a row has the same number \
         everywhere.",
        "Which part of the activation belongs to one head?",
    ),
    output(
        "E06-36",
        "c06_head_map",
        "Only at the last position",
        "The head is patched at the last position alone. What it moved to earlier positions for others to read \
         stays as it was.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-37",
        "c06_head_map",
        "The head set to zero",
        "This is an ablation. A patch puts there what the head did in the source run.",
        "Where does your hook read the source?",
    ),
    output(
        "E06-38",
        "c06_head_map",
        "Always z",
        "The name of the activation is ignored.",
        "Where does your function use `activation`?",
    ),
    output(
        "E06-39",
        "c06_head_map",
        "The head in the first item only",
        "The other items of the batch stay as they were.",
        "Which items does your hook write to?",
    ),
    output(
        "E06-40",
        "c06_head_map",
        "Heads in rows",
        "The map is [head, layer]. Rows are layers.",
        "Which axis of your map is as long as the model has layers?",
    ),
    output(
        "E06-41",
        "c07_head_by_position_map",
        "The last two axes exchanged",
        "The map is [layer, head, pos] instead of [layer, pos, head].",
        "Which axis of your map is as long as the prompt?",
    ),
    output(
        "E06-42",
        "c07_head_by_position_map",
        "All heads at this position",
        "Every head of the layer is patched at the position, so that the map is the same for all heads.",
        "Which heads does your hook write to?",
    ),
    output(
        "E06-43",
        "c07_head_by_position_map",
        "The head at all positions",
        "This is the map of heads once more, repeated for each position.",
        "Which positions does your hook write to?",
    ),
    output(
        "E06-44",
        "c07_head_by_position_map",
        "Read at the last position",
        "The head's vector of the source's last position is put everywhere. Read at the position that you write to.",
        "With which position do you index the stored `z`?",
    ),
    output(
        "E06-45",
        "c08_sufficient_and_necessary",
        "Noising comes first",
        "The two maps are in the wrong order. Denoising comes first, then noising.",
        "Which of your two maps is at index 0?",
    ),
    output(
        "E06-46",
        "c08_sufficient_and_necessary",
        "What is left instead of what is taken away",
        "The second map holds the share that is still there after noising. A head that matters is near 0 in it. The \
         share that is taken away is 1 minus that.",
        "What should the second number of a head be that does nothing?",
    ),
    output(
        "E06-47",
        "c08_sufficient_and_necessary",
        "Metrics instead of shares",
        "These are the metrics in nats. Bring them onto the scale from 0 to 1 first, with both runs as its ends.",
        "What should the number of a head be that does nothing?",
    ),
    output(
        "E06-48",
        "c08_sufficient_and_necessary",
        "Changes in nats",
        "These are the changes of the metric. A share is the change divided by the way from corrupted to clean.",
        "What is the largest number that one pair can have on your scale, and on another pair's?",
    ),
    output(
        "E06-49",
        "c08_sufficient_and_necessary",
        "Denoising twice",
        "Both maps are from runs of the corrupted prompt. Noising runs the clean prompt, with the cache of the \
         corrupted one.",
        "Which prompt does each of your two sweeps run?",
    ),
    output(
        "E06-50",
        "c08_sufficient_and_necessary",
        "Noising computed from denoising",
        "The second map is 1 minus the first. The two are separate experiments: a head can be necessary without \
         being sufficient, so noising needs runs of its own.",
        "How many runs did your second map take?",
    ),
];
