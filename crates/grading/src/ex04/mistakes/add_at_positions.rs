//! Mistakes in `add_at_positions`.

use crate::exercise::{Mistake, output};

const ADD: &str = "c06_add_at_positions";

pub(super) const MISTAKES: &[Mistake] = &[
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
];
