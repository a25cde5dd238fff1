//! What goes wrong in `induction_scores`.

use crate::exercise::{Mistake, output, property, sameness};

const CHECK: &str = "c01_induction_scores";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-1",
        CHECK,
        "The stripe one too low",
        "You read the cells with key = query - seq_len. There a token attends to its own earlier occurrence. An \
         induction head attends to the token after it.",
        "Position seq_len + 1 holds the first token of the second copy. At which position is the token that followed \
         it the first time?",
    ),
    output(
        "E03-2",
        CHECK,
        "The stripe one too high",
        "You read the cells with key = query - (seq_len - 2), the token two after the earlier occurrence. That is one \
         position past what an induction head copies.",
        "How far apart are query and key when the key is the token right after the earlier occurrence?",
    ),
    output(
        "E03-3",
        CHECK,
        "Only the first item of the batch",
        "You scored only the pattern of item 0. The pattern that the hook sees has the axes [batch, head, query_pos, \
         key_pos], and the mean includes the batch.",
        "Which index in your hook is 0?",
    ),
    output(
        "E03-4",
        CHECK,
        "Sum instead of mean",
        "You summed the cells of the stripe, so your score grows with the batch and with the length of the text. A \
         head's attention sums to one, so a mean is never above one.",
        "How many cells are in your sum, over the whole batch?",
    ),
    output(
        "E03-5",
        CHECK,
        "Every layer written into row 0",
        "Your row 0 holds the scores of the last layer, and the other rows are still zero. The hook runs once in each \
         layer, and each time it wrote to the same row.",
        "How can your hook know at which point it is called?",
    ),
    sameness(
        "E03-6",
        CHECK,
        "The same scores for every model",
        "Your answer is the same in every case, although models and tokens differ, so it does not depend on the \
         attention that the hook sees.",
        "Which line of your function runs the model?",
    ),
    property(
        "E03-7",
        CHECK,
        "A hook left on the model",
        "Your scores may be right, but once your function has returned, the model has a lasting hook, which acts in \
         every later run. A hook given to a run is gone when the run ends. A hook from add_hook stays until it is \
         removed.",
        "Which line removes your hook?",
    ),
    output(
        "E03-65",
        CHECK,
        "Only the queries of the second copy",
        "You averaged only over the queries from seq_len + 1 on. The stripe begins earlier: every query from seq_len - \
         1 on has a key seq_len - 1 positions before it, and all of them count.",
        "How many cells does the diagonal key = query - (seq_len - 1) have in a pattern of this size?",
    ),
    output(
        "E03-66",
        CHECK,
        "Divided by the wrong count",
        "Your scores are the sum of the cells of the stripe, divided by a wrong count, such as the number of \
         positions or seq_len. Divide by the number of cells in the sum.",
        "How many cells of the stripe are there for each item of the batch?",
    ),
    output(
        "E03-67",
        CHECK,
        "Zero everywhere",
        "All your scores are zero. This happens, for example, when you read the cells above the diagonal (key = query \
         + ...), where no head of a causal model attends, or when your hook does not store its result.",
        "Which of the two indices is larger in a cell that your hook reads, query or key?",
    ),
    output(
        "E03-68",
        CHECK,
        "Attention scores instead of the pattern",
        "You read the scores before the softmax. They can be negative and have no fixed scale, so you cannot compare \
         them between heads. The pattern comes after the softmax.",
        "Which hook point is after the softmax?",
    ),
    output(
        "E03-69",
        CHECK,
        "The largest cells instead of the mean",
        "You took the largest cell of the stripe, or counted how often the stripe has the most attended key. The score \
         of this course is the mean attention on the stripe.",
        "What is the score of a head that puts a third of its attention on each cell of the stripe?",
    ),
    output(
        "E03-70",
        CHECK,
        "Summed over the batch",
        "You averaged within each item, and then summed over the batch. Your score grows with the number of texts and \
         can exceed one.",
        "What would your score be for a batch with the same row twice?",
    ),
    output(
        "E03-71",
        CHECK,
        "Only the last item of the batch",
        "Your score is that of the last item, as when each item of the batch overwrites what the one before it \
         stored.",
        "What does your loop over the batch do with the value that is already stored?",
    ),
    output(
        "E03-72",
        CHECK,
        "One score for all heads of a layer",
        "You averaged over the head axis too, so all heads of a layer have the same score. The task asks for one score \
         per head.",
        "Over which axes do you average, and which one must remain?",
    ),
];
