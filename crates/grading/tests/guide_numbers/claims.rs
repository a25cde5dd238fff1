//! What the pages say of the models in numbers, and where each number is.
//!
//! A claim is a piece of a page with `{}` for each number. Rephrase a sentence, and its claim here has to be rephrased with it.

use crate::facts::Source;

/// A number: how many places it is shown with, and where it is in its source.
pub type Number = (usize, &'static str);

/// A piece of a page, and its numbers.
pub type Claim = (&'static str, &'static [Number]);

/// Every page with numbers: where they come from, and the claims.
pub const CLAIMS: &[(&str, Source, &[Claim])] = &[
    ("01-introduction", Source::Computed, MEETING),
    ("02-induction", Source::Activations("exercise_02"), INDUCTION),
    ("02-induction", Source::TrainingLog("attn-only-2l-tales"), BUMP),
    ("02-induction", Source::Computed, TWO_BACK),
    ("03-logit-attribution", Source::Activations("exercise_02"), ATTRIBUTION_OF_02),
    ("03-logit-attribution", Source::Activations("exercise_05"), ATTRIBUTION_OF_05),
    ("04-activation-addition", Source::Activations("exercise_04"), BEST_LAYERS),
    ("05-circuits", Source::Activations("exercise_05"), CIRCUITS),
    ("05-circuits", Source::Computed, BY_CHANCE),
    ("06-patching", Source::Activations("exercise_06"), PATCHING),
    ("06-patching", Source::Computed, PAIRS),
    ("07-training", Source::Experiments, GROWING),
    ("figures/bump.svg", Source::Experiments, BUMP_DRAWN),
    ("glossary", Source::Computed, GLOSSARY),
];

const INDUCTION: &[Claim] = &[
    ("head 0.1 gives {} % of its attention to the previous token", &[(0, "percent phenomena/previous/0/1")]),
    (
        "On the first copy the loss is about {} nats. A uniform guess among 4096 tokens would cost {}.",
        &[(1, "phenomena/first_half_loss"), (1, "ln 4096")],
    ),
    ("On the second copy the loss is {}:", &[(2, "phenomena/second_half_loss")]),
    ("Head 1.4, with a score of about {}.", &[(1, "phenomena/induction/1/4")]),
    ("1.4, with more than {} %.", &[(0, "tens percent least texts/*/first/1/4")]),
    ("the right token gets a probability of almost {},", &[(1, "probability phenomena/second_half_loss")]),
    ("the loss on the second copy rises by almost {} nats.", &[(0, "phenomena/head_ablation/0/7")]),
    (
        "without 0.1 the loss on the second copy rises by about {} nats, without 1.4 by about {}.",
        &[(0, "phenomena/head_ablation/0/1"), (0, "phenomena/head_ablation/1/4")],
    ),
];

const BUMP: &[Claim] = &[
    (
        "Then, between {} and {} million tokens, it falls from {} to {}.",
        &[
            (1, "millions curve/2/tokens"),
            (1, "millions curve/3/tokens"),
            (1, "curve/2/second_copy"),
            (1, "curve/3/second_copy"),
        ],
    ),
    ("head 1.4 has an induction score of {}.", &[(1, "measured/induction/1/4")]),
];

const ATTRIBUTION_OF_02: &[Claim] = &[(
    "Chapter 02 gave {} nats for the first copy and {} for the second,",
    &[(1, "phenomena/first_half_loss"), (2, "phenomena/second_half_loss")],
)];

const ATTRIBUTION_OF_05: &[Claim] = &[("and chapter 05 will give {} for the second.", &[(2, "clean_loss")])];

const CIRCUITS: &[Claim] = &[
    (
        "ranks the most frequent next token first for {} % of the tokens, and among the first five for {} %",
        &[(0, "percent direct_path_hits/1"), (0, "percent direct_path_hits/5")],
    ),
    ("Head 1.4 has an accuracy of {}:", &[(3, "copying_top1/1/4")]),
    ("No other head of layer 1 exceeds {}.", &[(3, "copying_top1/1/6")]),
    (
        "Head 1.4 scores {}. But 1.6 scores {} and 0.0 scores {}, and neither copies: their top-1 accuracies are {} and {}.",
        &[
            (3, "copying_eigenvalues/1/4"),
            (3, "copying_eigenvalues/1/6"),
            (3, "copying_eigenvalues/0/0"),
            (3, "copying_top1/1/6"),
            (3, "copying_top1/0/0"),
        ],
    ),
    ("| 0.5 | {} | {} | {} | | 0.1", &[(2, "offsets/5/0"), (2, "offsets/5/1"), (2, "offsets/5/2")]),
    ("| 0.1 | {} | {} | {} | | 0.7", &[(2, "offsets/1/0"), (2, "offsets/1/1"), (2, "offsets/1/2")]),
    ("| 0.7 | {} | {} | {} | <iframe", &[(2, "offsets/7/0"), (2, "offsets/7/1"), (2, "offsets/7/2")]),
    ("and silencing it costs {} nats on the second copy", &[(1, "minus clean_loss frozen/7/0")]),
    ("| embedding | 0.1 | {} % |", &[(1, "percent diagonal/0/2")]),
    ("| 0.5 | 0.1 | {} % |", &[(1, "percent diagonal/6/2")]),
    ("| 0.1 | 0.7 | {} % |", &[(1, "percent diagonal/2/8")]),
    ("| 0.1 | {} | {} | {} | | 0.5", &[(3, "composition_q/1/4"), (3, "composition_k/1/4"), (3, "composition_v/1/4")]),
    ("| 0.5 | {} | {} | {} | | 0.7", &[(3, "composition_q/5/4"), (3, "composition_k/5/4"), (3, "composition_v/5/4")]),
    ("| 0.7 | {} | {} | {} | <iframe", &[(3, "composition_q/7/4"), (3, "composition_k/7/4"), (3, "composition_v/7/4")]),
    ("| any other pair | | at most {} % |", &[(1, "percent other diagonal 0/2 6/2 2/8")]),
    ("0.5 has a V score of {}.", &[(3, "composition_v/5/4")]),
    (
        "| any other | at most {} | at most {} | at most {} |",
        &[(2, "other without_path/*/0 1 5"), (2, "other without_path/*/1 1 7"), (2, "other without_path/*/2 5")],
    ),
    ("The largest Q score of all, {}, belongs to 0.0 and 1.2", &[(3, "composition_q/0/2")]),
    (
        "raises its logit by {} above the mean logit. The path through 0.5 raises it by {}.",
        &[(1, "copied_logit_by_source/e"), (1, "copied_logit_by_source/5")],
    ),
    ("The loss without a cut is {}:", &[(2, "clean_loss")]),
    ("| 0.1 | {} | {} | {} | | 0.5", &[(1, "without_path/1/0"), (1, "without_path/1/1"), (1, "without_path/1/2")]),
    ("| 0.5 | {} | {} | {} | | 0.7", &[(1, "without_path/5/0"), (1, "without_path/5/1"), (1, "without_path/5/2")]),
    ("| 0.7 | {} | {} | {} | | any", &[(1, "without_path/7/0"), (1, "without_path/7/1"), (1, "without_path/7/2")]),
    ("| 0.1 | {} | {} | | 0.7", &[(2, "frozen/1/0"), (2, "frozen/1/1")]),
    ("| 0.7 | {} | {} | | 0.5", &[(2, "frozen/7/0"), (2, "frozen/7/1")]),
    ("| 0.5 | {} | {} | Heads", &[(2, "frozen/5/0"), (2, "frozen/5/1")]),
];

const PATCHING: &[Claim] = &[
    ("which asks for the princess, the difference is {}.", &[(2, "word/first/clean")]),
    ("a monkey replaces the princess, and the difference is {}.", &[(2, "word/first/corrupted")]),
    (
        "| 0 | {} | {} | {} | | 1",
        &[(2, "word/first/resid_pre/0/5"), (2, "word/first/resid_pre/0/15"), (2, "word/first/resid_pre/0/24")],
    ),
    (
        "| 1 | {} | {} | {} | | 2",
        &[(2, "word/first/resid_pre/1/5"), (2, "word/first/resid_pre/1/15"), (2, "word/first/resid_pre/1/24")],
    ),
    (
        "| 2 | {} | {} | {} | | 3",
        &[(2, "word/first/resid_pre/2/5"), (2, "word/first/resid_pre/2/15"), (2, "word/first/resid_pre/2/24")],
    ),
    (
        "| 3 | {} | {} | {} | Before",
        &[(2, "word/first/resid_pre/3/5"), (2, "word/first/resid_pre/3/15"), (2, "word/first/resid_pre/3/24")],
    ),
    (
        "| 0 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/0/8"),
            (2, "cue/first/resid_pre/0/9"),
            (2, "cue/first/resid_pre/0/12"),
            (2, "cue/first/resid_pre/0/13"),
            (2, "cue/first/resid_pre/0/18"),
        ],
    ),
    (
        "| 1 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/1/8"),
            (2, "cue/first/resid_pre/1/9"),
            (2, "cue/first/resid_pre/1/12"),
            (2, "cue/first/resid_pre/1/13"),
            (2, "cue/first/resid_pre/1/18"),
        ],
    ),
    (
        "| 2 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/2/8"),
            (2, "cue/first/resid_pre/2/9"),
            (2, "cue/first/resid_pre/2/12"),
            (2, "cue/first/resid_pre/2/13"),
            (2, "cue/first/resid_pre/2/18"),
        ],
    ),
    (
        "| 3 | {} | {} | {} | {} | {} |",
        &[
            (2, "cue/first/resid_pre/3/8"),
            (2, "cue/first/resid_pre/3/9"),
            (2, "cue/first/resid_pre/3/12"),
            (2, "cue/first/resid_pre/3/13"),
            (2, "cue/first/resid_pre/3/18"),
        ],
    ),
    (
        "the attention of layer 0 brings back {} and {} at the two nouns, and its MLP {} and {}.",
        &[
            (2, "word/first/attn_out/0/5"),
            (2, "word/first/attn_out/0/15"),
            (2, "word/first/mlp_out/0/5"),
            (2, "word/first/mlp_out/0/15"),
        ],
    ),
    (
        "the attention of layer 2 brings back {}, and that of layer 3 brings back {}. The MLPs of layers 2 and 3 bring back {} and {}.",
        &[
            (2, "word/first/attn_out/2/24"),
            (2, "word/first/attn_out/3/24"),
            (2, "word/first/mlp_out/2/24"),
            (2, "word/first/mlp_out/3/24"),
        ],
    ),
    ("In the first cue swap the attention of layer 2 brings back {} at", &[(2, "cue/first/attn_out/2/18")]),
    (
        "| 0.4 | attends to the previous token | {} | {} |",
        &[(2, "word/heads_denoising/0/4"), (2, "cue/heads_denoising/0/4")],
    ),
    (
        "| 0.5 | attends to the current token | {} | {} |",
        &[(2, "word/heads_denoising/0/5"), (2, "cue/heads_denoising/0/5")],
    ),
    ("| 2.1 | induction | {} | {} |", &[(2, "word/heads_denoising/2/1"), (2, "cue/heads_denoising/2/1")]),
    ("| 3.4 | | {} | {} |", &[(2, "word/heads_denoising/3/4"), (2, "cue/heads_denoising/3/4")]),
    ("| 3.7 | | {} | {} |", &[(2, "word/heads_denoising/3/7"), (2, "cue/heads_denoising/3/7")]),
    ("| values of 0.5 | {} | {} |", &[(2, "word/heads_by_vector/v/0/5"), (2, "cue/heads_by_vector/v/0/5")]),
    ("| values of 0.4 | {} | {} |", &[(2, "word/heads_by_vector/v/0/4"), (2, "cue/heads_by_vector/v/0/4")]),
    ("| values of 2.1 | {} | {} |", &[(2, "word/heads_by_vector/v/2/1"), (2, "cue/heads_by_vector/v/2/1")]),
    ("| keys of 2.1 | {} | {} |", &[(2, "word/heads_by_vector/k/2/1"), (2, "cue/heads_by_vector/k/2/1")]),
    (
        "| pattern of 2.1 | {} | {} |",
        &[(2, "word/heads_by_vector/pattern/2/1"), (2, "cue/heads_by_vector/pattern/2/1")],
    ),
    ("No other head exceeds {} in either column", &[(2, "other word/heads_denoising 0/4 0/5 2/1 3/4 3/7")]),
    ("No other head exceeds {} in either column", &[(2, "other cue/heads_denoising 0/4 0/5 2/1 3/4 3/7")]),
    (
        "<summary>0.4 brings back {}, this edge {}.",
        &[(2, "cue/heads_denoising/0/4"), (2, "cue/path_previous_to_induction_keys")],
    ),
    ("The cue swap above has {},", &[(2, "least cue/correlation_resid_pre")]),
    ("but with {} on a single pair", &[(2, "cue_held_back/path_previous_to_induction_keys")]),
    ("difference falls from {} to {}.", &[(2, "word/silenced/nothing"), (2, "word/silenced/0.4")]),
    (
        "silencing it costs {} of {} nats",
        &[(2, "minus cue/silenced/0.5 cue/silenced/nothing"), (2, "cue/silenced/nothing")],
    ),
    (
        "| 0.4 | {} | {} | {} | {} | | 0.5",
        &[
            (2, "word/heads_denoising/0/4"),
            (2, "rest word/heads_noising/0/4"),
            (2, "cue/heads_denoising/0/4"),
            (2, "rest cue/heads_noising/0/4"),
        ],
    ),
    (
        "| 0.5 | {} | {} | {} | {} | | 2.1",
        &[
            (2, "word/heads_denoising/0/5"),
            (2, "rest word/heads_noising/0/5"),
            (2, "cue/heads_denoising/0/5"),
            (2, "rest cue/heads_noising/0/5"),
        ],
    ),
    (
        "| 2.1 | {} | {} | {} | {} | | 3.4",
        &[
            (2, "word/heads_denoising/2/1"),
            (2, "rest word/heads_noising/2/1"),
            (2, "cue/heads_denoising/2/1"),
            (2, "rest cue/heads_noising/2/1"),
        ],
    ),
    (
        "| 3.4 | {} | {} | {} | {} | | 3.7",
        &[
            (2, "word/heads_denoising/3/4"),
            (2, "rest word/heads_noising/3/4"),
            (2, "cue/heads_denoising/3/4"),
            (2, "rest cue/heads_noising/3/4"),
        ],
    ),
    (
        "| 3.7 | {} | {} | {} | {} | <iframe",
        &[
            (2, "word/heads_denoising/3/7"),
            (2, "rest word/heads_noising/3/7"),
            (2, "cue/heads_denoising/3/7"),
            (2, "rest cue/heads_noising/3/7"),
        ],
    ),
    (
        "the first noun brings back {} and takes away {}. The second brings back {} and takes away {}.",
        &[
            (2, "word/first/resid_pre/2/5"),
            (2, "rest word/first/resid_pre_noising/2/5"),
            (2, "word/first/resid_pre/2/15"),
            (2, "rest word/first/resid_pre_noising/2/15"),
        ],
    ),
    ("| before layer 3, last `little` | {} | {} |", &[(2, "cue/first/resid_pre/3/18"), (2, "cue/first/estimate/3/18")]),
    ("| before layer 1, `bear` | {} | {} |", &[(2, "cue/first/resid_pre/1/13"), (2, "cue/first/estimate/1/13")]),
    ("| before layer 1, `girl` | {} | {} |", &[(2, "cue/first/resid_pre/1/9"), (2, "cue/first/estimate/1/9")]),
    ("| before layer 0, `old` | {} | {} |", &[(2, "cue/first/resid_pre/0/12"), (2, "cue/first/estimate/0/12")]),
    ("| before layer 0, `little` | {} | {} |", &[(2, "cue/first/resid_pre/0/8"), (2, "cue/first/estimate/0/8")]),
    (
        "the estimate for `z` of 0.5 is {}, and the exact patch brings back {}. For 2.1 the estimate is {}, and the exact value {}.",
        &[
            (2, "word/estimate_z/0/5"),
            (2, "word/heads_denoising/0/5"),
            (2, "word/estimate_z/2/1"),
            (2, "word/heads_denoising/2/1"),
        ],
    ),
    (
        "the correlation is between {} and {} over the 15 word swaps, and between {} and {} over the cue swaps.",
        &[
            (2, "least word/correlation_resid_pre"),
            (2, "largest word/correlation_resid_pre"),
            (2, "least cue/correlation_resid_pre"),
            (2, "largest cue/correlation_resid_pre"),
        ],
    ),
    (
        "For `z` of heads it is {} to {}, and {} to {}.",
        &[
            (2, "least word/correlation_z"),
            (2, "largest word/correlation_z"),
            (2, "least cue/correlation_z"),
            (2, "largest cue/correlation_z"),
        ],
    ),
    (
        "brings back {} of the answer in the cue swaps, and {} in the word swaps.",
        &[(2, "cue/path_previous_to_induction_keys"), (2, "word/path_previous_to_induction_keys")],
    ),
    (
        "| edge 0.4 → keys of 2.1 | {} | {} | {} | {} |",
        &[
            (2, "word/path_previous_to_induction_keys"),
            (2, "word_held_back/path_previous_to_induction_keys"),
            (2, "cue/path_previous_to_induction_keys"),
            (2, "cue_held_back/path_previous_to_induction_keys"),
        ],
    ),
    (
        "| 0.4 brings back | {} | {} | {} | {} |",
        &[
            (2, "word/heads_denoising/0/4"),
            (2, "word_held_back/heads_denoising/0/4"),
            (2, "cue/heads_denoising/0/4"),
            (2, "cue_held_back/heads_denoising/0/4"),
        ],
    ),
    (
        "| 0.5 brings back | {} | {} | {} | {} |",
        &[
            (2, "word/heads_denoising/0/5"),
            (2, "word_held_back/heads_denoising/0/5"),
            (2, "cue/heads_denoising/0/5"),
            (2, "cue_held_back/heads_denoising/0/5"),
        ],
    ),
    (
        "| 2.1 brings back | {} | {} | {} | {} |",
        &[
            (2, "word/heads_denoising/2/1"),
            (2, "word_held_back/heads_denoising/2/1"),
            (2, "cue/heads_denoising/2/1"),
            (2, "cue_held_back/heads_denoising/2/1"),
        ],
    ),
];

const MEETING: &[Claim] = &[
    ("GELU never goes below −{},", &[(2, "gelu_minimum")]),
    (
        "`gpt2-tales` has {} layers of {} heads and reads {} tokens.",
        &[(0, "config/n_layers"), (0, "config/n_heads"), (0, "config/n_ctx")],
    ),
];

const TWO_BACK: &[Claim] = &[("It gives {} of its attention to the token *two* back.", &[(2, "two_back/0/7")])];

const GLOSSARY: &[Claim] = &[("A fair die costs ln 6 = {}.", &[(2, "ln 6")])];

const GROWING: &[Claim] = &[
    (
        "and the loss falls from {} to {}. This is the <em>bump</em>",
        &[(1, "default/250/second"), (1, "default/300/second")],
    ),
    ("An untrained model of 28 tokens has a loss of ln 28 = {} nats", &[(2, "ln 28")]),
    ("for 450 steps, {} million tokens,", &[(2, "millions tokens/default")]),
    ("Before training, the loss is {} on both copies of the random tokens.", &[(2, "default/0/first")]),
    ("Before training, the loss is {} on both copies of the random tokens.", &[(2, "default/0/second")]),
    (
        "After 450 steps it is {} on the second copy and {} on the first.",
        &[(2, "default/450/second"), (2, "default/450/first")],
    ),
    (
        "Head 1.0 has an induction score of {}, and head 0.0 a previous-token score of {}.",
        &[(2, "default/450/induction"), (2, "default/450/previous")],
    ),
    ("The first copy gets *worse* than ln 28 = {},", &[(2, "ln 28")]),
    (
        "After 450 steps the loss on the second copy is {}, and no head has an induction score above {}.",
        &[(2, "one_layer/450/second"), (2, "largest one_layer/*/induction")],
    ),
    ("That lowers the loss from {} to {}, and no further.", &[(2, "one_layer/0/second"), (2, "one_layer/450/second")]),
    (
        "After 450 steps the loss on the second copy is {}, and the largest induction score is {}.",
        &[(2, "no_positions/450/second"), (2, "largest no_positions/*/induction")],
    ),
    (
        "the loss on the second copy is {} at step 400, {} at 500, {} at 700 and {} at 900.",
        &[
            (2, "few_repeated/400/second"),
            (2, "few_repeated/500/second"),
            (2, "few_repeated/700/second"),
            (2, "few_repeated/900/second"),
        ],
    ),
    (
        "The previous-token score is {} by step 100 and {} by step 200, when the induction score is still {}.",
        &[(2, "few_repeated/100/previous"), (2, "few_repeated/200/previous"), (2, "few_repeated/200/induction")],
    ),
    ("at step 300 the loss on the second copy is {}.", &[(2, "no_text/300/second")]),
    (
        "| 0 | {} | {} | {} |",
        &[(2, "default/0/second"), (2, "default/0/without"), (2, "minus default/0/second default/0/without")],
    ),
    (
        "| 100 | {} | {} | {} |",
        &[(2, "default/100/second"), (2, "default/100/without"), (2, "minus default/100/second default/100/without")],
    ),
    (
        "| 200 | {} | {} | {} |",
        &[(2, "default/200/second"), (2, "default/200/without"), (2, "minus default/200/second default/200/without")],
    ),
    (
        "| 275 | {} | {} | {} |",
        &[(2, "default/275/second"), (2, "default/275/without"), (2, "minus default/275/second default/275/without")],
    ),
    (
        "| 300 | {} | {} | {} |",
        &[(2, "default/300/second"), (2, "default/300/without"), (2, "minus default/300/second default/300/without")],
    ),
    (
        "| 450 | {} | {} | {} |",
        &[(2, "default/450/second"), (2, "default/450/without"), (2, "minus default/450/second default/450/without")],
    ),
];

const BUMP_DRAWN: &[Claim] = &[
    (
        "the loss on the first copy of random tokens rises from {} to {} nats; the loss on the second copy falls only to {} in \
         250 steps, then to {} within 50, and to {} at the end.",
        &[
            (1, "default/0/first"),
            (1, "default/450/first"),
            (1, "default/250/second"),
            (1, "default/300/second"),
            (1, "default/450/second"),
        ],
    ),
    ("and at the end they are {} and {}.", &[(2, "default/450/previous"), (2, "default/450/induction")]),
];

const BY_CHANCE: &[Claim] = &[(
    "the mean of random pairs is {}, with a standard deviation of {}.",
    &[(3, "by_chance/mean"), (3, "by_chance/deviation")],
)];

const PAIRS: &[Claim] =
    &[("changes by {} nats and that of others by {}.", &[(0, "largest ranges"), (0, "least ranges")])];

/// The sets of the search in their order: music, food, winter, forest.
const BEST_LAYERS: &[Claim] = &[(
    "it is layer {} for *music*, {} for *food*, {} for *forest* and {} for *winter*.",
    &[(0, "sets/0/layer"), (0, "sets/1/layer"), (0, "sets/3/layer"), (0, "sets/2/layer")],
)];
