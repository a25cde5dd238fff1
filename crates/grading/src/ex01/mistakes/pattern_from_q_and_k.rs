//! What goes wrong in `pattern_from_q_and_k`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c10_pattern_from_q_and_k";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-46",
        CHECK,
        "Not scaled",
        "The scores went into the softmax as they were. A dot product of d_head terms grows with their number, so \
         it is divided by the square root of d_head; without that the softmax is far too sharp.",
        "What is between the dot product and the softmax?",
    ),
    output(
        "E01-47",
        CHECK,
        "Divided by d_head",
        "The scores were divided by d_head itself, not by its square root. The pattern is too flat.",
        "If each of 25 independent terms is about 1, how large is their sum, roughly: 25 or 5?",
    ),
    output(
        "E01-48",
        CHECK,
        "Scaled by the wrong width",
        "The scores were divided by the square root of the number of all heads times d_head. Each head takes the \
         dot product of its own query and key, which are d_head long.",
        "How many products does one score add up?",
    ),
    output(
        "E01-49",
        CHECK,
        "No mask",
        "Queries attend to tokens that come after them. When the model guesses a token it must not have seen it, so \
         keys after the query are hidden.",
        "Which half of the pattern should be zero?",
    ),
    output(
        "E01-50",
        CHECK,
        "Masked after the softmax",
        "The future is zero, but the rows no longer sum to one: the softmax shared out attention among all keys, \
         and the part of the later ones was then thrown away. The mask must act on the scores, before the softmax.",
        "What does the first row of your pattern sum to?",
    ),
    output(
        "E01-51",
        CHECK,
        "The token itself hidden",
        "The mask also hides the diagonal. A token may attend to itself, and the first token has nothing else: with \
         every key hidden, its row is 0 divided by 0.",
        "What can the first token attend to?",
    ),
    output(
        "E01-52",
        CHECK,
        "The past hidden",
        "The mask is on the wrong side: queries see what comes after them and nothing of what came before.",
        "For query 2, which keys may it attend to?",
    ),
    output(
        "E01-53",
        CHECK,
        "Zero for minus infinity",
        "Hidden scores were set to 0. To the softmax 0 is a score like any other, and a better one than every \
         negative score; the exponential of it is 1. Only minus infinity, or a very large negative number, leaves \
         nothing.",
        "What must the exponential of a hidden score be?",
    ),
    output(
        "E01-54",
        CHECK,
        "Softmax over the queries",
        "The columns of your pattern sum to one, not its rows. Each query shares out its own attention among the \
         keys, so the softmax goes over the last axis, key_pos.",
        "Whose attention adds up to one: that given by a query, or that received by a key?",
    ),
    output(
        "E01-55",
        CHECK,
        "Queries and keys swapped",
        "Entry [q, k] is the key at q times the query at k. A dot product does not mind the order of its factors, \
         but it does mind which position each comes from.",
        "In the entry for query 5 and key 2, from which array and which position does each factor come?",
    ),
    output(
        "E01-56",
        CHECK,
        "Heads mixed up",
        "Queries and keys are [batch, pos, head, d_head], and were read as if head came before pos, without moving \
         the numbers. Each score then mixes positions and heads.",
        "Is changing the shape of an array the same as swapping two of its axes?",
    ),
    output(
        "E01-57",
        CHECK,
        "One item for the whole batch",
        "Every item of the batch has the pattern of item 0.",
        "Where does the batch index go in your dot product?",
    ),
    output(
        "E01-58",
        CHECK,
        "Axes in another order",
        "The numbers are right, but the axes are [batch, query_pos, head, key_pos]. Patterns have the head before \
         the positions, so that the pattern of one head is one block.",
        "In which order should your loops, or your axes, run?",
    ),
    output(
        "E01-59",
        CHECK,
        "The exponential overflows",
        "With scores around a hundred the result is not a number: exp(100) does not fit in an f32. Subtracting the \
         largest score of each row first changes no share, and keeps every exponential at one or below.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E01-100",
        CHECK,
        "A mask that is not low enough",
        "Hidden keys got a large negative score. It must be far below every other score, and in one of the cases all \
         scores are around -120. Minus infinity is below anything.",
        "What is the lowest score that may occur, and how far below it is your mask?",
    ),
    output(
        "E01-101",
        CHECK,
        "Multiplied by the root",
        "The scores were multiplied by the root of d_head, where a division belongs. They should not grow with the \
         width of a head.",
        "A sum of d_head terms of size one is about as large as which number?",
    ),
    output(
        "E01-102",
        CHECK,
        "One largest score for the whole matrix",
        "The largest score of all rows was subtracted from each. In a row far below it, every exponential is zero, and \
         zero divided by zero is not a number. Each row needs its own largest.",
        "What is exp(-230) in an f32?",
    ),
    output(
        "E01-107",
        CHECK,
        "Keys before queries",
        "The last two axes are exchanged: the rows belong to the keys. In [batch, head, query_pos, key_pos] a row is \
         what one query attends to, and rows sum to one.",
        "Which of your axes sums to one?",
    ),
    output(
        "E01-108",
        CHECK,
        "Scaled after the softmax",
        "The division by the root came after the softmax, so the shares of a row no longer sum to one. It belongs to \
         the scores.",
        "What do the rows of your pattern sum to?",
    ),
    output(
        "E01-109",
        CHECK,
        "One head for all",
        "All heads have the pattern of head 0.",
        "Where does the index of the head occur in your code?",
    ),
    output(
        "E01-115",
        CHECK,
        "The next token visible",
        "Each query sees one key too many: the token after it. That is the very one that the model has to guess, so the mask hides it, and all that follow.",
        "How many keys does the first query see in your pattern?",
    ),
    output(
        "E01-120",
        CHECK,
        "One softmax for the whole matrix",
        "All entries of a head together sum to one. Each query shares out its own attention, so each row should.",
        "What is the sum of the first row of your pattern, and how many keys does that query see?",
    ),
];
