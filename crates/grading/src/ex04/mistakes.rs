//! The mistakes of exercise 04 that the grader can name. What it says is read by someone who has just been told that
//! they are wrong: plain words, what probably happened, one question, and never the line of code.

use crate::exercise::{Mistake, output, property};

const VECTOR_HOLDS: &str = "c01_steering_vector_properties";
const VECTOR: &str = "c02_steering_vector";
const LOGITS_HOLD: &str = "c03_steered_logits_properties";
const LOGITS: &str = "c04_steered_logits";
const CONTRAST: &str = "c05_contrastive_vector";
const ADD: &str = "c06_add_at_positions";
const WRITE: &str = "c07_steered_generate";
const CACHE: &str = "c08_steered_generate_and_the_cache";
const TARGETS: &str = "c09_target_log_prob";
const KL: &str = "c10_kl_divergence";
const RANDOM: &str = "c11_random_direction";
const TABLE: &str = "c12_effect_table";
const AT_COST: &str = "c13_gain_at_cost";
const BEST: &str = "c14_best_layer";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-1",
        VECTOR_HOLDS,
        "Sum instead of difference",
        "What the two prompts have in common did not cancel: BOS, which both begin with, is left over, and so is \
         everything when both prompts are the same. Only a difference takes away what has nothing to do with the \
         contrast.",
        "What should the vector from a prompt to itself be?",
    ),
    property(
        "E04-2",
        VECTOR_HOLDS,
        "BOS is missing",
        "The vector has one row too few: the prompts were tokenised without the beginning-of-sequence token. The \
         model has seen that token at the start of every text, and the vector is going to be added to texts that \
         begin with it.",
        "What do you pass for `prepend_bos`, and what does the model do by default?",
    ),
    property(
        "E04-3",
        VECTOR_HOLDS,
        "Padded on the left",
        "With prompts of unequal length, row 0 is not zero: BOS of the shorter prompt was moved away from the front. \
         Filled up after its end, the shorter prompt keeps every token at the position that it has in a text.",
        "At which position does BOS of the shorter prompt stand in your code?",
    ),
    property(
        "E04-4",
        VECTOR_HOLDS,
        "Cut to the shorter prompt",
        "The vector has as many rows as the shorter prompt has tokens, so that the end of the longer one is lost: \
         often that is the word that matters. The shorter prompt is to be made longer.",
        "How many rows should there be when one prompt has a single token and the other has eight?",
    ),
    property(
        "E04-5",
        VECTOR_HOLDS,
        "Only the last position",
        "One row came. That is how a contrastive vector is made, later in this exercise; activation addition keeps a \
         row for every position of the prompts, and adds each where it comes from.",
        "Which axis of `resid_pre` did you take a single entry of?",
    ),
    output(
        "E04-6",
        VECTOR,
        "Negative minus positive",
        "The vector points the other way: added, it would make the text more like the negative prompt. It leads from \
         the negative prompt to the positive one.",
        "From which of the two do you take away?",
    ),
    output(
        "E04-7",
        VECTOR,
        "After the layer instead of before it",
        "These are differences of `resid_post`, the stream after the layer has written to it. Asked for is \
         `resid_pre`, which is what the layer reads. They are a layer apart: `resid_post` of one layer is `resid_pre` \
         of the next.",
        "The hook that adds the vector is at `resid_pre`. Where must the vector come from, to fit there?",
    ),
    output(
        "E04-8",
        VECTOR,
        "Padded with the end-of-text token",
        "The shorter prompt was filled up with the model's own padding, which is the end-of-text token. To this model \
         it says that a new text begins, and that difference ends up in the vector. The token for a space says nearly \
         nothing.",
        "Which token is behind your padding, and what has the model learnt about it?",
    ),
    output(
        "E04-9",
        VECTOR,
        "Missing positions counted as zero",
        "Where the shorter prompt has no token, the longer one's stream was taken as it is. A residual stream is \
         large even where nothing happens; without a stream to take away, all of that is in the vector.",
        "What does the model hold at a position whose token says nothing: zero?",
    ),
    property(
        "E04-10",
        LOGITS_HOLD,
        "A hook left behind",
        "After the function had returned, the model still had its hook, so that every later run is steered too, \
         without a word. Hooks that are given to one run are gone when it ends; those of `add_hook` stay until they \
         are removed.",
        "Who takes your hook off again, also when the run fails?",
    ),
    property(
        "E04-11",
        LOGITS_HOLD,
        "Overwritten instead of added",
        "With coefficient 0 the model should be as it was. Here the stream was replaced by the vector, so that what \
         the model knew at those positions is gone. The vector goes on top of what is there.",
        "What is the stream after your hook if the vector is zero?",
    ),
    property(
        "E04-12",
        LOGITS_HOLD,
        "The coefficient is ignored",
        "With coefficient 0 the logits still change, as if it were 1. The coefficient says how hard to push, and its \
         sign in which direction.",
        "Where in your hook does the coefficient appear?",
    ),
    property(
        "E04-13",
        LOGITS_HOLD,
        "One vector for all positions",
        "Position 0 was steered, though the vector's row for it is zero: one row was added everywhere. Each row \
         belongs to one position, and is added there.",
        "Which row of the vector does position 2 get?",
    ),
    output(
        "E04-14",
        LOGITS,
        "A vector that is longer than the prompt",
        "It fails when the vector has more rows than the text has positions. Then the rows that do fit are added, and \
         the others have no place.",
        "How many rows can be added to a text of three tokens?",
    ),
    output(
        "E04-15",
        LOGITS,
        "Only the first row of the batch",
        "The first text is steered and the others are not. The stream is [batch, pos, d_model], and every row of the \
         batch gets the vector.",
        "Where does the batch axis go in your hook: is it walked along, or indexed with 0?",
    ),
    output(
        "E04-16",
        LOGITS,
        "Added after the layer instead of before it",
        "The vector was added to `resid_post`, so that the layer that it is meant for never reads it. It comes from \
         `resid_pre` and goes back to `resid_pre`.",
        "Which parts of the model come after the place where you add?",
    ),
    property(
        "E04-17",
        LOGITS_HOLD,
        "The coefficient applied twice",
        "What was added is the vector times the square of the coefficient. With coefficient 1 nobody notices, and the \
         sign is lost.",
        "Is the vector already multiplied when your hook multiplies it?",
    ),
    output(
        "E04-18",
        LOGITS,
        "Added at the end of the prompt",
        "The rows were added to the last positions instead of the first ones. In a short text that is the same; in a \
         longer one the vector ends up under other words. Here it goes to the front: row 0 at position 0.",
        "In a prompt of eleven tokens, where does row 0 of the vector go?",
    ),
    output(
        "E04-19",
        LOGITS,
        "Shifted by one position",
        "Every row was added one position too late: BOS was left out on one side only. Row 0 of the vector is that of \
         BOS, and position 0 of the prompt is BOS too.",
        "Which token of the prompts does row 1 of the vector come from, and at which position did it stand?",
    ),
    output(
        "E04-20",
        CONTRAST,
        "Negative minus positive",
        "The vector points the other way: added, it would make the text more like the negative prompts.",
        "From which of the two do you take away?",
    ),
    output(
        "E04-21",
        CONTRAST,
        "Sum instead of mean",
        "The differences were added up. Twice as many pairs would then give a vector twice as long, and a coefficient \
         would mean something else for every set of pairs.",
        "What happens to your vector when every pair is listed twice?",
    ),
    output(
        "E04-22",
        CONTRAST,
        "Not normalised when asked to",
        "The direction is right, but its norm is not one although `unit_norm` was set.",
        "What do you divide by, and when?",
    ),
    output(
        "E04-23",
        CONTRAST,
        "Normalised when not asked to",
        "The vector has norm one although `unit_norm` was not set. How far the prompts are apart at a layer is then \
         lost, and it is what makes a coefficient of 1 mean: one such difference.",
        "Which argument decides, and what does your code do if it is false?",
    ),
    output(
        "E04-24",
        CONTRAST,
        "Each difference normalised before the mean",
        "The differences were brought to norm one first and then averaged. The mean of unit vectors is shorter than \
         one, and a pair that hardly differs counts as much as one that does. Normalisation comes last.",
        "What is the norm of the vector that you return?",
    ),
    output(
        "E04-25",
        CONTRAST,
        "Always the last position",
        "The stream was read at the last token whatever `pos` is. At -2 it is the token before the last: in these \
         prompts the word that differs, where the last one is the full stop.",
        "What does -2 mean in your code?",
    ),
    output(
        "E04-26",
        CONTRAST,
        "Counted from the end of the padding",
        "The prompts of a pair were filled up to the same length, so that -1 is a padding token for the shorter one. \
         The position counts from the end of each prompt's own tokens.",
        "For a prompt of four tokens beside one of ten, which token do you read at -1?",
    ),
    output(
        "E04-27",
        CONTRAST,
        "After the layer instead of before it",
        "These are differences of `resid_post`. The paper reads the output of a block; here everything is at \
         `resid_pre`, which is the output of the block before.",
        "At which hook point is the vector going to be added?",
    ),
    output(
        "E04-28",
        CONTRAST,
        "Averaged over positions",
        "The mean over all positions of each prompt was taken. Most positions are the same in both prompts, or say \
         little of the contrast; one position is asked for.",
        "How many positions of each prompt does your code read?",
    ),
    output(
        "E04-29",
        ADD,
        "Positions counted within the chunk",
        "The steered positions were counted from the start of the chunk. They are positions of the text, and the \
         chunk begins at `first_pos`: with kept keys and values every step but the first brings a chunk of one token, \
         far from the start.",
        "In a chunk that begins at position 9, which position of the text is entry 0?",
    ),
    output(
        "E04-30",
        ADD,
        "Steering begins one position late",
        "The first of the positions was left out. A range contains its start. (Two versions of the contrastive method \
         differ in just this; ours includes it, since the logits there decide about the first new token.)",
        "Is the start of 7..10 in the range?",
    ),
    output(
        "E04-31",
        ADD,
        "The end of the range included",
        "One position too many was steered. A range does not contain its end: that of a prompt of 10 tokens ends at \
         10, which is the first new token.",
        "Is the end of 7..10 in the range?",
    ),
    output(
        "E04-32",
        ADD,
        "Overwritten instead of added",
        "At the steered positions the stream was replaced by the vector. It goes on top of what is there.",
        "What is left of the text at a steered position?",
    ),
    output(
        "E04-33",
        ADD,
        "Only the first row of the batch",
        "The first text of the batch is steered and the others are not.",
        "Where does the batch axis go in your code: is it walked along, or indexed with 0?",
    ),
    output(
        "E04-34",
        WRITE,
        "The schedule is ignored",
        "Every position is steered, BOS included, whatever `positions` says. To steer the prompt only, to steer each \
         step, and to steer from somewhere on are three experiments, and the text must show which.",
        "Where in your hook do you look at `positions`?",
    ),
    output(
        "E04-35",
        WRITE,
        "Only the prompt is steered",
        "New tokens are never steered, as activation addition does it, whatever `positions` says. With kept keys and \
         values that is what a hook does that is given to the first run only.",
        "Which of your runs have a hook?",
    ),
    output(
        "E04-36",
        WRITE,
        "Nothing is steered",
        "This is the text of the unsteered model: no run had the hook, or the hook changed a copy.",
        "Is what your hook changes the array that the model goes on with?",
    ),
    output(
        "E04-37",
        WRITE,
        "The prompt is returned, too",
        "The tokens are right, with those of the prompt in front. Only the new ones are asked for.",
        "How long is what you return when one token is asked for?",
    ),
    output(
        "E04-38",
        WRITE,
        "Positions start again in each step",
        "With kept keys and values each new token was taken to be at position 0. Such a run is given one token, and \
         its hook sees a chunk of length one; where that stands in the text you must know yourself.",
        "How many tokens does the cache hold before the run?",
    ),
    output(
        "E04-39",
        WRITE,
        "Without the cache, only the newest token is steered",
        "When a step computes the whole text again, everything that was steered must be steered again. Here earlier \
         tokens lost their vector as soon as they were no longer the last, and so the two ways of running disagree.",
        "In the third step without a cache, which positions does your hook change?",
    ),
    property(
        "E04-40",
        CACHE,
        "Keys and values are not kept",
        "Asked to keep keys and values, it computed the whole text in each step. The tokens are right, and the work \
         grows with the square of the length.",
        "After the first run, how many tokens must the model still be given?",
    ),
    property(
        "E04-41",
        CACHE,
        "Keys and values are kept although they should not be",
        "Asked not to keep keys and values, it did. The slow way is what the fast way is checked against, so it must \
         not be the fast way in disguise.",
        "Where does your code look at `use_cache`?",
    ),
    property(
        "E04-42",
        CACHE,
        "A hook left behind",
        "The tokens are right, but the model still has its hook, so that whatever runs next is steered too.",
        "Who takes your hook off again, also when a run fails?",
    ),
    output(
        "E04-43",
        TARGETS,
        "The mean of the log probabilities",
        "The logs were averaged over the set. That asks for all of the words to be likely, and one impossible word \
         ruins it. The question is how likely *one of them* is: the probabilities add up first, then comes the log.",
        "What is the probability that the next token is either of two words?",
    ),
    output(
        "E04-44",
        TARGETS,
        "The log of the mean over rows",
        "The probabilities of the rows were averaged before the log was taken, so that one row in which the words are \
         likely hides the others. Each row has its own log, and those are averaged.",
        "What comes first in your code, the log or the mean over the batch?",
    ),
    output(
        "E04-45",
        TARGETS,
        "Logits taken for log probabilities",
        "The exponentials of raw logits were added up. Logits are log probabilities only up to a constant, which is \
         another one for every text; taking away the log of the sum over the whole vocabulary fixes it.",
        "Can a log probability be above zero?",
    ),
    output(
        "E04-46",
        TARGETS,
        "The probability of the most likely token",
        "This is the log probability of whatever the model likes best, in the set or not.",
        "Which of your lines uses `targets`?",
    ),
    output(
        "E04-47",
        TARGETS,
        "Probability instead of log probability",
        "The numbers lie between zero and one: the log is missing. A word that becomes a hundred times likelier, from \
         one in a million, does not show in a probability.",
        "By how much should your number change when the probability doubles?",
    ),
    output(
        "E04-48",
        KL,
        "The other direction",
        "This is KL(unsteered || steered). The two differ: which model's probabilities weigh the difference of the \
         logs decides what is punished. Here the steered model writes, so its own probabilities weigh.",
        "Which of the two would have to draw the tokens for your average?",
    ),
    output(
        "E04-49",
        KL,
        "Averaged over all positions",
        "The mean runs over all positions. Asked for is the last one, where the next token is decided.",
        "Which position's logits decide about the token that follows the prompt?",
    ),
    output(
        "E04-50",
        KL,
        "Sum over rows instead of mean",
        "The rows were added up, so that twice as many prompts would cost twice as much.",
        "What happens to your number when every row is there twice?",
    ),
    property(
        "E04-51",
        RANDOM,
        "Norm one instead of the vector's",
        "The direction has norm one. Compared with a steering vector many times as long, it would look harmless \
         whatever its direction: a fair comparison pushes as hard.",
        "How long is the vector that it is compared with?",
    ),
    property(
        "E04-52",
        RANDOM,
        "All entries of one sign",
        "The entries are nearly all positive, or all negative: drawn from 0 to 1, for instance. All such directions \
         lie close to each other, so that many of them are hardly more than one.",
        "Is minus your direction as likely to be drawn?",
    ),
    property(
        "E04-53",
        RANDOM,
        "Not drawn from the given generator",
        "What comes does not follow the generator: either it is the same whatever the seed, or it is not the same for \
         the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    output(
        "E04-54",
        TABLE,
        "The unsteered model is not subtracted",
        "The gains are log probabilities after steering, as they are. What was likely anyway then looks like an \
         effect. A gain is the difference to the same prompt unsteered, so that coefficient 0 gains nothing.",
        "What should the gain be for coefficient 0?",
    ),
    output(
        "E04-55",
        TABLE,
        "BOS is steered, too",
        "Position 0 was steered. Many heads rest on BOS when they have nothing to do; pushing it around disturbs them \
         all, and costs more than it gains.",
        "At which position does the range that you steer begin?",
    ),
    output(
        "E04-56",
        TABLE,
        "Only the first prompt",
        "The table is that of the first prompt. One prompt is noisy: a word may be likely there for reasons of its \
         own.",
        "Which prompts does your average run over?",
    ),
    output(
        "E04-57",
        TABLE,
        "The same vector for every layer",
        "The vector of layer 0 was added at all layers. Directions are not the same across layers: each row of \
         `vectors` was read at one layer and belongs there.",
        "Which row of `vectors` do you add at layer 2?",
    ),
    output(
        "E04-58",
        TABLE,
        "Layer and coefficient exchanged",
        "The entries are right, but the axes are [measure, coefficient, layer]. Asked for is [measure, layer, \
         coefficient].",
        "Which of your loops is the outer one, and which axis does it fill?",
    ),
    output(
        "E04-59",
        AT_COST,
        "The last gain within the budget",
        "The gain of the largest coefficient that stays within the budget was taken. Layers then spend unequal \
         amounts, and one whose coefficients happen to fall just below the budget wins. Between two coefficients the \
         line through both tells.",
        "What do your layers cost where you compare them?",
    ),
    output(
        "E04-60",
        AT_COST,
        "The cost is ignored",
        "These are the gains at the largest coefficient, whatever they cost. A vector that is long enough changes \
         everything, and breaks the model; the question is what is gained for the same damage.",
        "Which line of your function reads `costs`?",
    ),
    output(
        "E04-61",
        BEST,
        "The largest gain at any cost",
        "This layer has the largest entry of the whole table, but it pays for it. Layers are compared at the same \
         cost.",
        "What does the model lose where the gain is that large?",
    ),
    output(
        "E04-62",
        BEST,
        "The layer that gains least",
        "This is the layer where steering does the least for its cost.",
        "Do you look for the largest or the smallest?",
    ),
];
