//! What goes wrong in `current_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c02_current_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-1",
        CHECK,
        "Averaged over the whole pattern",
        "Your lists match the mean over the whole pattern. Each row of a pattern sums to one, so that mean is one \
         divided by the number of keys for every head, and cannot distinguish heads. Average only over the cells of \
         one line.",
        "Which cells of the pattern would be bright for a head that does only this?",
    ),
    property(
        "E02-2",
        CHECK,
        "Sum instead of mean",
        "Your lists match the sum along the line, and so too many heads pass. On eleven tokens, a head that gives each \
         of these cells a tenth of its attention has a sum above one. Take the mean of the cells that the task names.",
        "What would your score be for the same head on a text twice as long?",
    ),
    property(
        "E02-3",
        CHECK,
        "Head before layer in the name",
        "You found the right heads, but wrote the two numbers in the wrong order. \"1.4\" is head 4 of layer 1.",
        "Which of your two loop variables is the layer?",
    ),
    property(
        "E02-4",
        CHECK,
        "Only the first item of the batch",
        "Your lists match item 0 of the batch alone. A head that does something only in that text then counts as a \
         finding. The axes are [batch, head, query_pos, key_pos], and the mean includes the batch.",
        "Do you average over the batch axis, or index it with 0?",
    ),
    property(
        "E02-5",
        CHECK,
        "Not every layer",
        "The heads that you listed are right, but those of some layers are missing. The cache knows how many layers \
         it has, and it need not be the number that you have seen so far.",
        "How often does your outer loop run for a model of three layers?",
    ),
    property(
        "E02-6",
        CHECK,
        "Heads counted from one",
        "You found the right heads, but each number is one too high. Layers and heads are counted from zero, as \
         everywhere in the field.",
        "What is the name of the very first head of the model?",
    ),
    property(
        "E02-7",
        CHECK,
        "The same heads for every cache",
        "Your answer is the same for every cache, so it does not depend on the attention. In other texts and other \
         models, other heads do this.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-51",
        CHECK,
        "The largest instead of the mean",
        "Your lists match the largest cell. One cell can be bright by chance, and that is enough for such a score. \
         Take the mean, which shows what the head does for most queries.",
        "For how many queries must a head do this before your score is high?",
    ),
    property(
        "E02-52",
        CHECK,
        "Counted instead of averaged",
        "Your lists are what you get if you count the queries whose largest attention is in this cell. A head that \
         gives it a quarter, and less to everything else, counts each time. The mean shows how much attention the \
         cell gets.",
        "What is your score for rows with 0.27 here and 0.1 everywhere else?",
    ),
    property(
        "E02-53",
        CHECK,
        "The median or a share instead of the mean",
        "Your lists match the median, or the share of the cells that are above a limit. Neither depends on how bright \
         the brighter cells are. Take the mean.",
        "What are the median and the mean of the cells 0.3, 0.3, 0.3, 1, 1?",
    ),
    property(
        "E02-54",
        CHECK,
        "One item of the batch is enough",
        "Your lists are what you get if a high score in any one item of the batch is enough. A head that does this in \
         only one text then counts as a finding. Take the mean over the batch.",
        "Do you name a head before or after your code has seen the last item?",
    ),
    property(
        "E02-55",
        CHECK,
        "Only the last item of the batch",
        "Your lists match the last item of the batch alone. This happens, for example, when each item overwrites the \
         result of the one before. Add them up instead.",
        "Is there an `=` in the loop over the batch where a `+=` belongs?",
    ),
    property(
        "E02-56",
        CHECK,
        "Summed over the batch",
        "Your lists match the sum over the batch, which is not divided by the number of items. In a batch of three, \
         every head seems three times as strong.",
        "What is the largest score that a head can have?",
    ),
    property(
        "E02-57",
        CHECK,
        "Names in another form",
        "You found the right heads, but their names do not have the form \"layer.head\". The grader compares names \
         letter by letter: \"1.4\" is head 4 of layer 1.",
        "What would you write for head 0 of layer 2?",
    ),
    property(
        "E02-58",
        CHECK,
        "Heads listed more than once",
        "Your list has some heads several times. This happens, for example, when you add the name inside a loop over \
         the batch or over the queries. Add it once, after the loop.",
        "Inside how many loops is your `push`, and what does each run over?",
    ),
    property(
        "E02-59",
        CHECK,
        "A threshold out of range",
        "Your lists are what the right scores give with a threshold that is too high or too low. A head with 0.55 or \
         more must be named, and a head below 0.3 must not.",
        "What do the scores of all heads look like when you print them sorted?",
    ),
    property(
        "E02-60",
        CHECK,
        "The heads below the threshold",
        "The heads that you named are those that do not attend there, as when a comparison is in the wrong direction.",
        "Does your condition say which heads to keep, or which to drop?",
    ),
    property(
        "E02-61",
        CHECK,
        "The first query left out",
        "Your lists match a mean from query 1 on. Only the previous token is missing for the first query. This line \
         has a cell in every row, and on a short text one cell is a large part of the mean.",
        "How many cells does your mean run over on a text of two tokens?",
    ),
    property(
        "E02-62",
        CHECK,
        "Only the best head",
        "You named one head each time, the one with the highest score. Several heads can do the same, and in most \
         models they do.",
        "What decides whether a head is named: its own score, or those of the others?",
    ),
    property(
        "E02-90",
        CHECK,
        "Squares averaged",
        "Your lists match the mean of the squared cells, or its root. Large cells then count too much: a head that is \
         bright for a few queries looks like one that is fairly bright for all.",
        "What are the mean and the mean of the squares for the cells 0.9, 0, 0?",
    ),
    property(
        "E02-91",
        CHECK,
        "The smallest instead of the mean",
        "Your lists are what you get if every cell, or every item of the batch, must be high enough. One quiet query \
         or one unusual text then hides the head. Take the mean over the batch and the queries.",
        "What does your code do with a head that has 0.9 in two texts and 0.1 in a third?",
    ),
    property(
        "E02-99",
        CHECK,
        "Only half of the line",
        "Your lists match the mean over one half of the queries. A head may do this early in the text and not later, \
         or the other way round. Take the mean over the whole line.",
        "What are the first and the last query that count?",
    ),
    property(
        "E02-105",
        CHECK,
        "The last query left out",
        "Your lists match the mean over all queries but the last. On a short text that is another number. Each query has \
         its row in the pattern, the last one too.",
        "How many cells does your mean have for a text of two tokens?",
    ),
    property(
        "E02-100",
        CHECK,
        "The other diagonal",
        "Your lists match another line: from the first query's last key to the last query's first key. It crosses the \
         diagonal once.",
        "Which key belongs to query 0 on your line, and which to query 1?",
    ),
    property(
        "E02-104",
        CHECK,
        "As many heads as the batch has items",
        "The heads that you listed are right, but none has a number as large as the batch or larger. This happens, \
         for example, when the length of the batch axis is taken for the number of heads. The axes are [batch, head, \
         query_pos, key_pos].",
        "Where does the end of your loop over heads come from?",
    ),
];
