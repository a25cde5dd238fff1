//! Mistakes in `steering_vector`.

use crate::exercise::{Mistake, output, property};

const VECTOR_HOLDS: &str = "c01_steering_vector_properties";
const VECTOR: &str = "c02_steering_vector";

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
];
