//! Mistakes in `steering_vector`.

use crate::exercise::{Mistake, output, property};

const VECTOR_HOLDS: &str = "c01_steering_vector_properties";
const VECTOR: &str = "c02_steering_vector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-1",
        VECTOR_HOLDS,
        "Sum instead of difference",
        "For two equal prompts your vector is not zero, or it stays the same when the two prompts are exchanged. This \
         happens, for example, when the two streams are added. Subtract them: a difference cancels everything that \
         the prompts share, such as BOS.",
        "What should the vector from a prompt to itself be?",
    ),
    property(
        "E04-2",
        VECTOR_HOLDS,
        "BOS is missing",
        "Your vector has one row too few. This happens, for example, when the prompts are tokenized without BOS. The \
         model has seen BOS at the start of every text, and the vector will be added to texts that begin with it.",
        "What do you pass for `prepend_bos`, and what does the model do by default?",
    ),
    property(
        "E04-3",
        VECTOR_HOLDS,
        "Padded on the left",
        "Row 0 of your vector is not zero, although it is a difference: at position 0 the two prompts have different \
         tokens. This happens, for example, when the shorter prompt is padded on the left. Pad it after its end, so \
         that every token keeps its position.",
        "At which position is BOS of the shorter prompt in your code?",
    ),
    property(
        "E04-4",
        VECTOR_HOLDS,
        "Cut to the shorter prompt",
        "Your vector has only as many rows as the shorter prompt has tokens. The end of the longer prompt is missing, \
         which often holds the word that matters. Pad the shorter prompt instead.",
        "How many rows should there be if one prompt has one token and the other has eight?",
    ),
    property(
        "E04-5",
        VECTOR_HOLDS,
        "Only the last position",
        "You returned one row. A contrastive vector, later in this exercise, has one row. Activation addition keeps \
         one row for every position of the prompts, and adds each at its own position.",
        "Along which axis of `resid_pre` did you select a single entry?",
    ),
    property(
        "E04-63",
        VECTOR_HOLDS,
        "The negative prompt not subtracted",
        "Row 0 of your vector is not zero, and the same whichever prompt comes first, as when the stream of one \
         prompt alone is returned. Row 0 belongs to BOS, which both prompts share, so it must cancel.",
        "Where does your result use the second run?",
    ),
    property(
        "E04-64",
        VECTOR_HOLDS,
        "Row 0 left out",
        "Your vector begins with the row of position 1. Row 0 belongs to BOS and is zero, but keep it: row p is added \
         at position p.",
        "At which position of a text will your row 0 be added?",
    ),
    property(
        "E04-65",
        VECTOR_HOLDS,
        "BOS twice",
        "Your vector has one row too many. This happens, for example, when your tokens begin with BOS twice: \
         to_tokens adds BOS unless you tell it not to.",
        "How many tokens does your code have for the first prompt, and how many does the verdict say?",
    ),
    output(
        "E04-6",
        VECTOR,
        "Negative minus positive",
        "You subtracted in the wrong order. The vector must point from the negative prompt to the positive one. Yours \
         would make a text more like the negative prompt.",
        "Which of the two do you subtract?",
    ),
    output(
        "E04-7",
        VECTOR,
        "After the layer instead of before it",
        "You took the differences of `resid_post`, the stream after the layer. The task asks for `resid_pre`, which \
         the layer reads. `resid_post` of one layer is `resid_pre` of the next.",
        "You add the vector at `resid_pre`. At which point must you read it?",
    ),
    output(
        "E04-8",
        VECTOR,
        "Padded with the end-of-text token",
        "You padded the shorter prompt with the model's padding token, which is the end-of-text token. It tells the \
         model that a new text begins, and that becomes part of the vector. Pad with the token for a space, which says \
         almost nothing.",
        "Which token do you pad with, and what has the model learned about it?",
    ),
    output(
        "E04-9",
        VECTOR,
        "Missing positions treated as zero",
        "Where the shorter prompt has no token, you kept the longer prompt's stream as it is. A residual stream is \
         large at every position, and all of it is then in the vector. Pad the shorter prompt, so that there is a \
         stream to subtract.",
        "Is the stream zero at a position whose token says nothing?",
    ),
    output(
        "E04-75",
        VECTOR,
        "Padded directly after BOS",
        "You padded the shorter prompt between BOS and its first word. Its words are then at later positions than \
         those of the other prompt. Pad after the end.",
        "At which position is the first word of the shorter prompt?",
    ),
    output(
        "E04-76",
        VECTOR,
        "Padded with another token",
        "You padded the shorter prompt with another token, such as its own last one, or with more than a single space. \
         What the padding says becomes part of the vector, and the single space says the least.",
        "Which token id is at the last position of the shorter prompt?",
    ),
    output(
        "E04-77",
        VECTOR,
        "Scaled",
        "Your direction is right, but the vector is scaled, for example divided by its norm or by two. The norm of \
         the difference belongs to the vector. The coefficient scales it later.",
        "What does your function do after the subtraction?",
    ),
    output(
        "E04-78",
        VECTOR,
        "Another point in the layer",
        "You read another point of the layer, such as the stream in its middle, or only what attention wrote. \
         resid_pre is the whole stream before the layer.",
        "Which part of the layer has already run at your hook point?",
    ),
];
