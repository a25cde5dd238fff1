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
    property(
        "E04-63",
        VECTOR_HOLDS,
        "The negative prompt not subtracted",
        "Row 0 holds BOS's own stream, which both prompts share, and exchanging the prompts gives something \
         else, so it is not a sum either: what came is the stream of one prompt alone.",
        "Where does the second run enter your result?",
    ),
    property(
        "E04-64",
        VECTOR_HOLDS,
        "Row 0 left out",
        "The rows are those of the right vector, from the second on. The first belongs to BOS and is zero, but \
         it holds the place: row p is added at position p.",
        "At which position of a text will your row 0 be added?",
    ),
    property(
        "E04-65",
        VECTOR_HOLDS,
        "BOS twice",
        "There is one row too many: the tokens begin with BOS twice. to_tokens prepends it, unless it is told \
         not to.",
        "How many tokens does your code have for the first prompt, and how many does the verdict count?",
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
    output(
        "E04-75",
        VECTOR,
        "Padded right after BOS",
        "The shorter prompt was filled up between BOS and its first word. Then its words are at later positions \
         than those of the other prompt; the filling belongs after the end.",
        "At which position is the first word of the shorter prompt?",
    ),
    output(
        "E04-76",
        VECTOR,
        "Padded with another token",
        "The shorter prompt was filled up with a token of its own, its last one, or with more than the single \
         space. What the filling says becomes part of the vector; the space says least.",
        "Which token id is at the last position of the shorter prompt?",
    ),
    output(
        "E04-77",
        VECTOR,
        "Scaled",
        "The direction is right and the length is not: the vector was divided by its norm or by two. The length \
         of the difference belongs to it; a coefficient is for later.",
        "What does your function do after the subtraction?",
    ),
    output(
        "E04-78",
        VECTOR,
        "Another point of the layer",
        "The stream was read in the middle of the layer, after attention, or only what attention wrote was \
         read. resid_pre is the whole stream before the layer.",
        "Which part of the layer has already run at your hook point?",
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
        "E04-66",
        LOGITS_HOLD,
        "Other hooks removed",
        "The model came with a lasting hook, and it is gone. reset_hooks takes off all hooks, not only yours. A \
         hook that is given to a run needs no clean-up; for a lasting one, remove_hook takes its handle.",
        "Which hooks does your clean-up remove?",
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
        "E04-79",
        LOGITS,
        "The sign of the coefficient",
        "The vector was subtracted where it should be added: the coefficient -1 gives what 1 should give.",
        "What should a negative coefficient do?",
    ),
    output(
        "E04-80",
        LOGITS,
        "The vector repeated along the text",
        "Behind the end of the vector its rows were added again, from the first on or the last one over and \
         over. Positions for which the vector has no row stay as they are.",
        "What is added at the last position of a text that is longer than the vector?",
    ),
    output(
        "E04-81",
        LOGITS,
        "Another layer",
        "The vector was added before another layer than the one that was asked for, or before every layer.",
        "At how many points does your hook fire, and which are they?",
    ),
    output(
        "E04-82",
        LOGITS,
        "A copy was edited",
        "The logits are those of the unsteered model: the hook changed an array of its own and dropped it. The \
         model goes on with the array behind the view.",
        "Which call in your hook makes a new array?",
    ),
    output(
        "E04-83",
        LOGITS,
        "Norm one",
        "The vector was divided by its norm before it was added. The length of a vector says how far apart the \
         two prompts are; only the coefficient scales it.",
        "What is added at coefficient 1?",
    ),
    output(
        "E04-84",
        LOGITS,
        "Only one row of the vector",
        "One row of the vector was added, its first or its last, and the others were not. Row p belongs to \
         position p.",
        "How many positions does your hook change?",
    ),
    output(
        "E04-85",
        LOGITS,
        "Row 0 left out",
        "The vector's first row was not added. It is zero in a vector made from two prompts, but this function \
         takes any vector.",
        "At which position does your loop begin?",
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
        "E04-86",
        CONTRAST,
        "BOS is missing",
        "The prompts ran without BOS. The model has seen every text begin with it, and all positions are one \
         too early.",
        "What is at position 0 of each of your runs?",
    ),
    output(
        "E04-87",
        CONTRAST,
        "Only the first or the last pair",
        "The result belongs to one pair. The mean runs over all of them.",
        "What does your loop do with the sum of the pairs before?",
    ),
    output(
        "E04-88",
        CONTRAST,
        "Another norm",
        "The vector was divided by the sum of its magnitudes, by its largest entry, or by the square of its \
         norm. The Euclidean norm is the root of the sum of squares.",
        "What is the dot product of your result with itself?",
    ),
    output(
        "E04-89",
        CONTRAST,
        "One position off",
        "A negative position was counted from one before the end: -1 is the last token itself.",
        "Which index does -1 become for a prompt of five tokens?",
    ),
    output(
        "E04-90",
        CONTRAST,
        "All prompts in one batch",
        "The prompts ran together, and the shorter ones were filled up. A negative position then counts from \
         the end of the longest prompt, where a shorter one has padding.",
        "What is at position -1 of the shortest prompt in your batch?",
    ),
    output(
        "E04-91",
        CONTRAST,
        "Each side normalized",
        "The mean of the positive prompts and that of the negative ones were brought to norm one, and then \
         subtracted. What is to have norm one is the difference.",
        "What is the norm of your result?",
    ),
    output(
        "E04-92",
        CONTRAST,
        "Negative positions not allowed for",
        "With a negative position the call panicked, or read a position counted from the front. A negative \
         `pos` counts from the end of that prompt's tokens.",
        "What does your conversion make of -2?",
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
        "E04-93",
        ADD,
        "The whole chunk",
        "If any position of the chunk is to be steered, or its first one, all of them were. A boundary can run \
         through a chunk.",
        "Where in your loop is the position of a single row of the chunk?",
    ),
    output(
        "E04-94",
        ADD,
        "One end of the range ignored",
        "Every position from the start on was steered, or every position before the end. Both ends count.",
        "Which of the two numbers of the range does your condition use?",
    ),
    output(
        "E04-95",
        ADD,
        "Everything outside the range",
        "The positions that should stay were changed, and the others were not.",
        "What does your condition say for a position within the range?",
    ),
    output(
        "E04-96",
        ADD,
        "Only one position",
        "One position of the range was steered, its first, and the others were not.",
        "How many positions are in the range 2..4?",
    ),
    output(
        "E04-97",
        ADD,
        "The range moved the wrong way or only at one end",
        "first_pos was subtracted where it should be added, or the range was moved at its start and not at its \
         end. Position p of the chunk is position first_pos + p of the text.",
        "Which position of the text is row 0 of a chunk that begins at 9?",
    ),
    output(
        "E04-98",
        ADD,
        "A copy was edited",
        "The chunk came back as it was: the vector was added to an array of its own.",
        "Which call makes a new array?",
    ),
    output(
        "E04-99",
        ADD,
        "An index below zero or past the end",
        "For a range that begins before the chunk, or goes on after it, the function panicked. usize has no \
         negative numbers, and the range may end at usize::MAX.",
        "What is `positions.start - first_pos` when the chunk begins at 9 and the range at 1?",
    ),
    output(
        "E04-100",
        ADD,
        "BOS protected",
        "The chunk's first position was never steered. That is BOS only where the chunk begins at 0, and the \
         range says already what to leave out.",
        "Which position of the text is the first of a chunk of length one?",
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
    output(
        "E04-101",
        WRITE,
        "Only new tokens are steered",
        "The run on the prompt had no steering, so positions of the prompt that lie in the range were left \
         alone.",
        "In which of your runs is the hook at work?",
    ),
    output(
        "E04-102",
        WRITE,
        "The end of the range included",
        "One position too many was steered: the end of a range does not belong to it.",
        "Is position 4 in the range 1..4?",
    ),
    output(
        "E04-103",
        WRITE,
        "Stopped at the end-of-text token",
        "The text ends where the model wrote the end-of-text token. n_new tokens are asked for, whichever they \
         are.",
        "How many tokens does your function return in this case?",
    ),
    output(
        "E04-104",
        WRITE,
        "The wrong position read",
        "The next token was read off the logits of the first position. The prediction of what comes next is at \
         the last one.",
        "What is the logits' position axis as long as, in each run?",
    ),
    output(
        "E04-105",
        WRITE,
        "The least probable token",
        "Each new token is the one with the smallest logit.",
        "Which comparison do you use to find the best logit?",
    ),
    output(
        "E04-106",
        WRITE,
        "The whole text into the cache again",
        "With the cache, each run was given the whole text once more, behind what the cache holds already. The \
         model then reads the text two, three, four times in a row.",
        "How many positions should the cache hold after the second run?",
    ),
    output(
        "E04-107",
        WRITE,
        "A new cache in each step",
        "With the cache, each run forgot what was before it, and saw the newest token alone. The cache has to \
         live as long as the text is being written.",
        "Where is the cache made: before the loop, or in it?",
    ),
    output(
        "E04-108",
        WRITE,
        "New tokens all at one position",
        "With the cache, each new token was taken to be at the first position after the prompt. The next chunk \
         begins where the cache ends, and the cache grows.",
        "What does cache.len() say before the third run?",
    ),
    output(
        "E04-109",
        WRITE,
        "One token too many or too few",
        "The number of new tokens is off by one.",
        "How often does your loop run for n_new = 0?",
    ),
    output(
        "E04-110",
        WRITE,
        "Another point of the layer",
        "The vector was added after the layer. resid_pre is the stream that the layer reads.",
        "Which hook point does your hook name?",
    ),
    output(
        "E04-111",
        WRITE,
        "Positions counted from the end of the prompt",
        "The range was moved by the length of the prompt. Positions are those of the whole text, counted from 0 \
         at BOS.",
        "At which position of the text is the first new token?",
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
        "E04-112",
        TARGETS,
        "The sum of the log probabilities",
        "The logs were added up. That is the log of the product: how likely it would be for all of them to \
         come, not one of them.",
        "Which comes first, the sum or the logarithm?",
    ),
    output(
        "E04-113",
        TARGETS,
        "The mean of the probabilities",
        "The probabilities of the targets were averaged. One or another of them is as likely as their sum.",
        "What should come out when every token of the vocabulary is a target?",
    ),
    output(
        "E04-114",
        TARGETS,
        "Another position",
        "The probabilities are those at the first position, at the last but one, or at all of them. The next \
         token is predicted at the last.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-115",
        TARGETS,
        "Only the first row of the batch",
        "The result belongs to batch item 0. It is a mean over the batch.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E04-116",
        TARGETS,
        "Sum over rows instead of mean",
        "The rows of the batch were added up and not divided by their number.",
        "What should come out when the batch holds the same row twice?",
    ),
    output(
        "E04-117",
        TARGETS,
        "Another logarithm",
        "The result is in bits or in powers of ten. The course uses the natural logarithm.",
        "What is your result for a probability of one half?",
    ),
    output(
        "E04-118",
        TARGETS,
        "Logits too large to be exponentiated",
        "The logits were exponentiated as they are. exp(100) does not fit in an f32, and infinity divided by \
         infinity is not a number.",
        "Which function of the library subtracts the largest logit first?",
    ),
    output(
        "E04-119",
        TARGETS,
        "The sign turned",
        "The result is minus the log probability, which is a loss. A log probability is at most 0.",
        "Is a better result of yours larger or smaller?",
    ),
    output(
        "E04-120",
        TARGETS,
        "Only the first target",
        "Only the first token of the set was counted.",
        "Over what does your sum run?",
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
    output(
        "E04-121",
        KL,
        "Averaged over the vocabulary",
        "The terms were averaged. KL is their sum: the probabilities in it are already the weights.",
        "Which axis does your mean run over?",
    ),
    output(
        "E04-122",
        KL,
        "Summed over the positions",
        "The divergences of all positions were added up. Only the prediction of the next token counts, which is \
         made at the last.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-123",
        KL,
        "Logits where log probabilities belong",
        "The difference in the brackets was taken between logits. They have a constant of their own in each \
         run, and softmax removes it only in the weights.",
        "What should come out if all logits of one run are raised by 3?",
    ),
    output(
        "E04-124",
        KL,
        "Both directions averaged",
        "What came is symmetric: KL in both directions, or to the mean of both distributions. The cost asks one \
         question, with the steered probabilities as weights.",
        "What happens to your result when the two arguments are exchanged?",
    ),
    output(
        "E04-125",
        KL,
        "Magnitudes of the terms",
        "Each term was made positive before the sum. Single terms may be negative; only the sum never is.",
        "Where does your code take an absolute value?",
    ),
    output(
        "E04-126",
        KL,
        "Another logarithm",
        "The result is in bits or in powers of ten. The course measures in nats.",
        "Which logarithm do you use?",
    ),
    output(
        "E04-127",
        KL,
        "Cross-entropy",
        "The term with the logarithm of the weights themselves is missing. What came is not zero when nothing \
         changes.",
        "What should the same logits twice give?",
    ),
    output(
        "E04-128",
        KL,
        "Only the first row of the batch",
        "The result belongs to batch item 0. It is a mean over the batch.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E04-129",
        KL,
        "The unsteered probabilities as weights",
        "The differences are right and their weights are those of the unsteered model. The steered model is the \
         one that writes.",
        "Whose probabilities are in front of the brackets?",
    ),
    output(
        "E04-130",
        KL,
        "The first position",
        "The prediction at position 0 was compared. Only BOS is known there.",
        "Which index of the position axis do you read?",
    ),
    output(
        "E04-131",
        KL,
        "The sign turned",
        "What came is minus the divergence, which is never positive.",
        "Which of the two logarithms is subtracted?",
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
    property(
        "E04-67",
        RANDOM,
        "Another norm",
        "The sum of the magnitudes, or the largest entry, was brought to that of the given vector. As long as \
         means: the same Euclidean norm.",
        "What is the dot product of a vector with itself?",
    ),
    property(
        "E04-68",
        RANDOM,
        "Not brought to the length of the vector",
        "The direction has the length with which it was drawn, whatever vector is given. Compared with a longer \
         vector it would do less for that reason alone.",
        "Where does the norm of `like` enter your result?",
    ),
    property(
        "E04-69",
        RANDOM,
        "The square root missing",
        "For a vector that is twice as long, the direction gets four times as long: it was scaled by a quotient \
         of squares.",
        "What is the unit of `like.dot(&like)`: that of a length, or of its square?",
    ),
    property(
        "E04-70",
        RANDOM,
        "Made from the given vector",
        "The direction contains the entries of the given vector, shuffled, with other signs, as weights, or \
         with some noise. A control must not know more of the vector than its length.",
        "Which lines of your function read the entries of `like`?",
    ),
    property(
        "E04-71",
        RANDOM,
        "Mostly zeros",
        "A large part of the entries is zero, so only a few directions can come.",
        "How many entries of your direction are drawn?",
    ),
    property(
        "E04-72",
        RANDOM,
        "More of one sign than of the other",
        "The entries are drawn from a range that does not have zero in its middle. Such directions all have \
         something in common.",
        "What is the mean of the numbers that you draw from?",
    ),
    property(
        "E04-73",
        RANDOM,
        "Some entries larger than others",
        "Entries at some indices are larger on average, so the directions prefer some axes of the stream.",
        "On what does the size of an entry depend in your code?",
    ),
    property(
        "E04-74",
        RANDOM,
        "Entries that depend on each other",
        "Some entries tell something about others: they are equal, opposite, or drawn from the same number. \
         Each entry needs a draw of its own.",
        "How often do you ask the generator for a number?",
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
        "E04-132",
        TABLE,
        "Gains and costs exchanged",
        "Measure 0 holds the costs and measure 1 the gains.",
        "Which of the two is at index 0?",
    ),
    output(
        "E04-133",
        TABLE,
        "Sum over prompts instead of mean",
        "The entries were added up over the prompts and not divided by their number.",
        "What should come out when the list holds the same prompt twice?",
    ),
    output(
        "E04-134",
        TABLE,
        "Only the last prompt",
        "Each prompt overwrote what the one before had stored.",
        "Does your innermost line assign, or add?",
    ),
    output(
        "E04-135",
        TABLE,
        "KL the other way round",
        "The gains are right. For the costs the two logits were exchanged: kl_divergence takes the steered ones \
         first.",
        "Whose probabilities are the weights?",
    ),
    output(
        "E04-136",
        TABLE,
        "The number of a coefficient for the coefficient",
        "The vector was multiplied by 0, 1, 2, ..., the index in the list, not by what the list holds there.",
        "What is multiplied with the vector for the first coefficient?",
    ),
    output(
        "E04-137",
        TABLE,
        "Added before layer 0 for every layer",
        "All vectors were added to the resid_pre of layer 0. Each belongs to the layer it was taken from.",
        "Which layer does your hook name?",
    ),
    output(
        "E04-138",
        TABLE,
        "BOS is missing",
        "The prompts ran without BOS, so that steering from position 1 on also left out the first word.",
        "What is at position 0 of your prompts?",
    ),
    output(
        "E04-139",
        TABLE,
        "Not at every position",
        "The vector was added at fewer positions than asked for: without the last one, only there, or from \
         position 2 on. Every position but 0 is steered.",
        "Which positions does your hook change in a prompt of five tokens?",
    ),
    output(
        "E04-140",
        TABLE,
        "After the layer instead of before it",
        "The vector was added to resid_post. What the layer itself would have made of it is lost.",
        "Which hook point does your hook name?",
    ),
    output(
        "E04-141",
        TABLE,
        "All prompts in one batch",
        "The prompts ran together, and the shorter ones were filled up. At the last position, a shorter prompt \
         has padding.",
        "What is at the last position of the shortest prompt?",
    ),
    output(
        "E04-142",
        TABLE,
        "Coefficients add up",
        "Each coefficient was added on top of those before it. Every entry starts from the unsteered model.",
        "What is added for the second coefficient?",
    ),
    output(
        "E04-143",
        TABLE,
        "Vectors of norm one",
        "The vectors were divided by their norms first. They are to be added as they are, times the \
         coefficient.",
        "What is added at coefficient 1?",
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
        "E04-144",
        AT_COST,
        "No line between the columns",
        "The gain was read at a column: the first one that costs at least the budget, or the one that is \
         nearest to it. Between two columns the gain lies on the line through both.",
        "What should come out when the budget is exactly in the middle between two costs?",
    ),
    output(
        "E04-145",
        AT_COST,
        "The line continued beyond the last column",
        "Where the budget is never reached, the last line was continued, or a column beyond the last was asked \
         for. Such a layer is taken at its last coefficient.",
        "What do you know about a coefficient that was never measured?",
    ),
    output(
        "E04-146",
        AT_COST,
        "Something else where the budget is never reached",
        "Layers that never cost as much as the budget got zero, no number, their largest gain, or a panic. They \
         are taken at their last coefficient.",
        "What does your code do when it finds no column?",
    ),
    output(
        "E04-147",
        AT_COST,
        "The two ends of the line exchanged",
        "The share was counted from the wrong end: near the left column, the gain of the right one was taken.",
        "What should come out when the budget is just above the left cost?",
    ),
    output(
        "E04-148",
        AT_COST,
        "The middle of the two columns",
        "The mean of the two gains was taken, wherever between the columns the budget lies.",
        "Where on the line is a budget that is nearly the right cost?",
    ),
    output(
        "E04-149",
        AT_COST,
        "Divided by the whole cost",
        "The share was divided by the cost of the right column. What counts is how far the budget lies between \
         the two costs.",
        "What should the share be when the budget is the cost of the left column?",
    ),
    output(
        "E04-150",
        AT_COST,
        "The largest gain within the budget",
        "The best gain of the columns that the budget allows was taken. The question is what is gained where \
         the cost *reaches* the budget.",
        "Does your result change when the budget grows a little?",
    ),
    output(
        "E04-151",
        AT_COST,
        "Gain per cost",
        "The gain was divided by the cost and multiplied by the budget, as if it grew in proportion. It follows \
         the row of the table.",
        "Where do the columns before the budget enter your result?",
    ),
    output(
        "E04-152",
        AT_COST,
        "Layer 0's column for every layer",
        "The column was looked up in the costs of layer 0. Each layer reaches the budget at a coefficient of \
         its own.",
        "In which row of the costs do you search?",
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
    output(
        "E04-153",
        BEST,
        "Counted from one",
        "The layer is right and its number is one too large. Layers are counted from zero.",
        "What is the number of the first layer?",
    ),
    output(
        "E04-154",
        BEST,
        "The largest magnitude",
        "A layer that loses much was preferred to one that gains a little.",
        "Which of the gains -3 and 1 is larger?",
    ),
    output(
        "E04-155",
        BEST,
        "A maximum that starts at zero",
        "Where every layer loses, none is larger than the zero that the search began with. The best layer is \
         then the one that loses least.",
        "What does your function return when all gains are negative?",
    ),
    output(
        "E04-156",
        BEST,
        "The best quotient of gain and cost",
        "The gains were divided by the costs, and the budget was ignored. A layer can be cheap and gain little.",
        "Where does the budget enter your result?",
    ),
    output(
        "E04-157",
        BEST,
        "The cheapest layer",
        "The layer that costs least was returned, whatever it gains.",
        "Where do the gains enter your result?",
    ),
    output(
        "E04-158",
        BEST,
        "Compared at columns, not at the budget",
        "The gains were compared at the column at or before the budget, or at the last one, without the line \
         between. The ranking is another one there.",
        "Which numbers are compared: those of gain_at_cost?",
    ),
    output(
        "E04-159",
        BEST,
        "Layers that stay below the budget misjudged",
        "Layers that never cost as much as the budget were left out, or counted with zero or with their largest gain. They \
         are taken at their last coefficient, and one of them can be the best.",
        "What does your function do with a layer that stays below the budget?",
    ),
];
