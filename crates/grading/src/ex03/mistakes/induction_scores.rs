//! What goes wrong in `induction_scores`.

use crate::exercise::{Mistake, output, property, sameness};

const CHECK: &str = "c01_induction_scores";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-1",
        CHECK,
        "The stripe one too low",
        "The cells with key = query - seq_len were read: there a token finds its own earlier occurrence. Induction \
         looks one further, at what came after it.",
        "Position seq_len + 1 holds the first token of the second copy. At which position is the token that followed \
         it the first time?",
    ),
    output(
        "E03-2",
        CHECK,
        "The stripe one too high",
        "The cells with key = query - (seq_len - 2) were read, the token two after the earlier occurrence. That is \
         one beyond what an induction head copies.",
        "How far apart are query and key when the key is the token right after the earlier occurrence?",
    ),
    output(
        "E03-3",
        CHECK,
        "Only the first item of the batch",
        "The pattern of item 0 was scored, and the rest of the batch was not looked at. The pattern that the hook \
         sees has the axes [batch, head, query_pos, key_pos], and the mean runs over the batch as well.",
        "Which index in your hook is a plain 0?",
    ),
    output(
        "E03-4",
        CHECK,
        "Sum instead of mean",
        "The cells of the stripe were added up, so the score grows with the batch and with the length of the text. A \
         head cannot give more than all of its attention: no mean is above one.",
        "How many cells are in your sum, over the whole batch?",
    ),
    output(
        "E03-5",
        CHECK,
        "Every layer written into row 0",
        "Row 0 holds the scores of the last layer, and the other rows are still zero: the hook fires once a layer, \
         and each time it wrote to the same place.",
        "What does your hook know about the point where it is being called?",
    ),
    sameness(
        "E03-6",
        CHECK,
        "The same scores for every model",
        "Whatever the model and the tokens, the answer is the same, so it does not come from the attention that \
         passed through the hook.",
        "Which line of your function runs the model?",
    ),
    property(
        "E03-7",
        CHECK,
        "A looking hook left behind",
        "The scores may be right, but the hook is still on the model. It goes on working in every later run, for \
         whoever uses the model next. A hook that is given to a run is gone when the run is over; one that was put \
         on with add_hook stays until somebody takes it off.",
        "Who takes your hook off again?",
    ),
    output(
        "E03-65",
        CHECK,
        "Only the queries of the second copy",
        "The mean runs over the queries from seq_len + 1 on. The stripe begins earlier: every query from \
         seq_len - 1 on has a key that lies seq_len - 1 before it, and the score counts all of them.",
        "How many cells does the diagonal key = query - (seq_len - 1) have in a pattern of this size?",
    ),
    output(
        "E03-66",
        CHECK,
        "Divided by the wrong count",
        "The cells of the stripe were added up correctly, but the sum was divided by the number of positions or \
         by seq_len, not by the number of cells that were added.",
        "How many cells of the stripe are there for each item of the batch?",
    ),
    output(
        "E03-67",
        CHECK,
        "Zero everywhere",
        "Every score is zero. Either the cells above the diagonal were read, where no head of a causal model \
         attends (key = query + ...), or the hook never stored what it found.",
        "Which of the two indices is larger in a cell that your hook reads, query or key?",
    ),
    output(
        "E03-68",
        CHECK,
        "Attention scores instead of the pattern",
        "The hook read the scores before the softmax. They are not shares of attention: they can be negative \
         and have no fixed scale, so they cannot be compared between heads.",
        "Which hook point comes after the softmax?",
    ),
    output(
        "E03-69",
        CHECK,
        "The largest cell or the most attended one, not the mean",
        "The score of a head came from its largest cells: their maximum, or how often the stripe holds the most \
         attended key. The score of this course is the mean attention on the stripe.",
        "What is the score of a head that puts a third of its attention on each cell of the stripe?",
    ),
    output(
        "E03-70",
        CHECK,
        "Summed over the batch",
        "The stripes were averaged within each item, and then added up over the batch. The score grows with the \
         number of texts and can exceed one.",
        "What would your score be for a batch that holds the same row twice?",
    ),
    output(
        "E03-71",
        CHECK,
        "Only the last item of the batch",
        "Each item of the batch overwrote what the one before had stored, so only the last one counts.",
        "What does your loop over the batch do with the value that is there already?",
    ),
    output(
        "E03-72",
        CHECK,
        "One score for all heads of a layer",
        "All heads of a layer have the same score: the mean over the head axis as well. What is asked for is a \
         score for each head.",
        "Which axes does your mean reduce, and which one must be left?",
    ),
];
