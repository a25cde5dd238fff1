//! Mistakes in `add_at_positions`.

use crate::exercise::{Mistake, output};

const ADD: &str = "c06_add_at_positions";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-29",
        ADD,
        "Positions counted within the chunk",
        "You counted the steered positions from the start of the chunk. They are positions of the text, and the chunk \
         begins at `first_pos`. With kept keys and values, every chunk after the first is a single token, far from the \
         start.",
        "In a chunk that begins at position 9, which position of the text is entry 0?",
    ),
    output(
        "E04-30",
        ADD,
        "Steering begins one position late",
        "You left out the first of the positions. A range includes its start. (Two versions of the contrastive method \
         differ in this. Ours includes it, because the logits there predict the first new token.)",
        "Is the start of 7..10 in the range?",
    ),
    output(
        "E04-31",
        ADD,
        "The end of the range included",
        "You steered one position too many. A range excludes its end: that of a prompt of 10 tokens ends at 10, which \
         is the first new token.",
        "Is the end of 7..10 in the range?",
    ),
    output(
        "E04-32",
        ADD,
        "Overwritten instead of added",
        "You replaced the stream by the vector at the steered positions. Add the vector to the stream.",
        "What is left of the text at a steered position?",
    ),
    output(
        "E04-33",
        ADD,
        "Only the first row of the batch",
        "You steered only the first text of the batch.",
        "Does your code go through the batch axis, or index it with 0?",
    ),
    output(
        "E04-93",
        ADD,
        "The whole chunk",
        "You steered a whole chunk or nothing of it, for example if its first position, or any position, is in the \
         range. The range can begin or end inside a chunk.",
        "Where does your loop compute the position of a single row of the chunk?",
    ),
    output(
        "E04-94",
        ADD,
        "One end of the range ignored",
        "You steered every position from the start on, or every position before the end. Check both ends of the range.",
        "Which of the two numbers of the range does your condition use?",
    ),
    output(
        "E04-95",
        ADD,
        "Everything outside the range",
        "You changed the positions outside the range and left those inside unchanged.",
        "Is your condition true or false for a position in the range?",
    ),
    output(
        "E04-96",
        ADD,
        "Only one position",
        "You steered only the first position of the range.",
        "How many positions are in the range 2..4?",
    ),
    output(
        "E04-97",
        ADD,
        "The range shifted the wrong way or at one end only",
        "Your range is shifted the wrong way, or at one end only. For example, first_pos is subtracted instead of \
         added. Position p of the chunk is position first_pos + p of the text.",
        "Which position of the text is row 0 of a chunk that begins at 9?",
    ),
    output(
        "E04-98",
        ADD,
        "A copy was edited",
        "Your chunk came back unchanged, as when the vector is added to a new array. Change the chunk itself.",
        "Which of your calls makes a new array?",
    ),
    output(
        "E04-99",
        ADD,
        "An index below zero or past the end",
        "Your function panicked for a range that begins before the chunk or ends after it. usize has no negative \
         numbers, and the range may end at usize::MAX.",
        "What is `positions.start - first_pos` if the chunk begins at 9 and the range at 1?",
    ),
    output(
        "E04-100",
        ADD,
        "The first position of a chunk skipped",
        "You never steered the first position of the chunk. It is BOS only if the chunk begins at 0, and the range \
         already says what to leave out.",
        "Which position of the text is the first of a chunk of length one?",
    ),
    output(
        "E04-165",
        ADD,
        "Positions counted on through the batch",
        "You counted positions on from one row of the batch to the next. Each row begins at `first_pos`.",
        "At which position of its text does the second row begin?",
    ),
    output(
        "E04-166",
        ADD,
        "The vector divided among positions",
        "You divided the vector by the number of positions. Each gets all of it.",
        "Does one position get less if more of them are steered?",
    ),
];
