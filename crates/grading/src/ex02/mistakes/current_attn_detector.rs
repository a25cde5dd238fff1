//! What goes wrong in `current_attn_detector`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c1_current_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-1",
        CHECK,
        "Averaged over the whole pattern",
        "Each row of a pattern sums to one, so the mean over all of it is one divided by the number of keys, whatever the \
         head does. Such a score cannot tell heads apart. Only the cells of one line belong to the habit that you look for.",
        "Which cells of the pattern would be bright for a head that does this and nothing else?",
    ),
    property(
        "E02-2",
        CHECK,
        "Sum instead of mean",
        "A sum along the line grows with the length of the text: even a head that gives each of these cells a tenth of its \
         attention adds up to more than one on eleven tokens, and so every head passes.",
        "What would your score be for the same head on a text twice as long?",
    ),
    property(
        "E02-3",
        CHECK,
        "Head before layer in the name",
        "The right heads were found, but their names have the two numbers in the wrong order. \"1.4\" is head 4 of layer 1.",
        "Which of your two loop counters runs over layers?",
    ),
    property(
        "E02-4",
        CHECK,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch. A head that does something there and nowhere else then looks like a \
         finding. The axes are [batch, head, query_pos, key_pos], and the mean runs over the batch as well.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    property(
        "E02-5",
        CHECK,
        "Not every layer",
        "The heads of some layers were judged correctly; those of the others are not in the list at all. A cache knows how \
         many layers it has, and that need not be the number that you have seen so far.",
        "How often does your outer loop run for a model of three layers?",
    ),
    property(
        "E02-6",
        CHECK,
        "Heads counted from one",
        "The right heads were found, but each number is one too high. Layers and heads are counted from zero, as \
         everywhere in the field.",
        "What do you call the very first head of the model?",
    ),
    property(
        "E02-7",
        CHECK,
        "The same heads for every cache",
        "Whatever the cache holds, the answer is the same, so it does not come from the attention in it. In other texts, and \
         other models, other heads do this.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-51",
        CHECK,
        "The largest instead of the mean",
        "The score is the largest cell along the line. One cell may be bright by chance, and a single one is enough \
         here. A habit is what a head does for most queries, which the mean shows.",
        "How many of its tokens must a head treat this way before your score notices?",
    ),
    property(
        "E02-52",
        CHECK,
        "Counted how often it wins",
        "The score is the share of queries whose largest attention is in this cell. A head that gives it a quarter, \
         and everything else less, wins each time. The mean says how much attention goes there.",
        "What does your score say about a row of 0.27 here and 0.1 everywhere else?",
    ),
    property(
        "E02-53",
        CHECK,
        "The median instead of the mean",
        "The score is the cell in the middle of the sorted list. It does not see how bright the brighter half is.",
        "What do the median and the mean say about the cells 0.3, 0.3, 0.3, 1, 1?",
    ),
    property(
        "E02-54",
        CHECK,
        "One item of the batch is enough",
        "A head is named when its score is high in any item of the batch. A head that does something in a single text \
         is then a finding. The score is the mean over the batch.",
        "Is a head named before or after your code has seen the last item?",
    ),
    property(
        "E02-55",
        CHECK,
        "Only the last item of the batch",
        "The score is that of the last item. Most likely each item overwrites what the one before it has left, where \
         the items should be added up.",
        "Is there an `=` in the loop over the batch where a `+=` belongs?",
    ),
    property(
        "E02-56",
        CHECK,
        "Summed over the batch",
        "The scores of the items were added up and not divided by their number. In a batch of three every head seems \
         three times as strong.",
        "What is the largest score that a head can have?",
    ),
    property(
        "E02-57",
        CHECK,
        "Names in another form",
        "The right heads were found, but their names are not written as \"layer.head\". The grader compares names \
         letter by letter: \"1.4\" is head 4 of layer 1.",
        "What would you write for head 0 of layer 2?",
    ),
    property(
        "E02-58",
        CHECK,
        "Heads listed more than once",
        "Some heads are in the list several times. Their name was added inside a loop that runs over the batch or over \
         the queries, not once after it.",
        "Inside how many loops is your `push`, and what does each run over?",
    ),
    property(
        "E02-59",
        CHECK,
        "A threshold out of range",
        "The scores are right: the heads that you name are those with the highest ones. But the threshold lies too \
         high or too low. A head of 0.55 or more must be named and one below 0.3 must not.",
        "What do the scores of all heads look like when you print them sorted?",
    ),
    property(
        "E02-60",
        CHECK,
        "The heads below the threshold",
        "These are the heads that do not attend there: the comparison is the wrong way round.",
        "Does your condition say what is kept, or what is thrown away?",
    ),
    property(
        "E02-61",
        CHECK,
        "The first query left out",
        "The mean begins at query 1. Only the previous token is missing for the first query; this line has a cell in \
         every row, and on a short text one cell is a large part of the mean.",
        "How many cells does your mean run over on a text of two tokens?",
    ),
    property(
        "E02-62",
        CHECK,
        "Only the best head",
        "One head is named for each cache, the one with the highest score. Several heads can do the same, and in most \
         models they do.",
        "What decides whether a head is named: its own score, or those of the others?",
    ),
    property(
        "E02-90",
        CHECK,
        "Squares averaged",
        "The cells were squared before the mean was taken. Large cells then count for more than their share, and a \
         head that is bright for a few queries, or in one text, looks like one that is fairly bright for all.",
        "What do the mean and the mean of the squares say about the cells 0.9, 0, 0?",
    ),
    property(
        "E02-91",
        CHECK,
        "The smallest instead of the mean",
        "A head is named only if every cell, or every item of the batch, is high enough. One quiet query or one odd text \
         then hides a clear habit. The score is the mean over the batch and the queries.",
        "What does your code do with a head that is at 0.9 in two texts and at 0.1 in a third?",
    ),
];
