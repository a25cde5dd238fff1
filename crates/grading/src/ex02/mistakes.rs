//! The mistakes of exercise 02 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.

use crate::exercise::{Mistake, output, property, sameness};

const VIEWS: &str = "c0_attention_views";
const CURRENT: &str = "c1_current_attn_detector";
const PREV: &str = "c2_prev_attn_detector";
const FIRST: &str = "c3_first_attn_detector";
const LAYOUT: &str = "c4_generate_repeated_tokens";
const RANDOM: &str = "c5_generate_repeated_tokens_at_random";
const LOSS: &str = "c6_repeated_loss_by_half";
const INDUCTION: &str = "c7_induction_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E02-1",
        CURRENT,
        "Averaged over the whole pattern",
        "Each row of a pattern sums to one, so the mean over all of it is one divided by the number of keys, whatever the \
         head does. Such a score cannot tell heads apart. Only the cells on the diagonal belong to the current token.",
        "Which cells of the pattern would be bright for a head that looks at nothing but its own token?",
    ),
    output(
        "E02-2",
        CURRENT,
        "Sum instead of mean",
        "A sum along the diagonal grows with the length of the text: even a head that gives its own token a tenth of its \
         attention adds up to more than one on eleven tokens, and so every head passes.",
        "What would your score be for the same head on a text twice as long?",
    ),
    output(
        "E02-3",
        CURRENT,
        "Head before layer in the name",
        "The right heads were found, but their names have the two numbers in the wrong order. \"1.4\" is head 4 of layer 1.",
        "Which of your two loop counters runs over layers?",
    ),
    output(
        "E02-4",
        CURRENT,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch. A head that does something there and nowhere else then looks like a \
         finding. The axes are [batch, head, query_pos, key_pos], and the mean runs over the batch as well.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    output(
        "E02-5",
        CURRENT,
        "Only layer 0",
        "Heads of layer 0 were judged correctly; those of later layers are not in the list at all. A cache knows how many \
         layers it has, and that need not be the number that you have seen so far.",
        "How often does your outer loop run for a model of three layers?",
    ),
    output(
        "E02-6",
        CURRENT,
        "Heads counted from one",
        "The right heads were found, but each number is one too high. Layers and heads are counted from zero, as \
         everywhere in the field.",
        "What do you call the very first head of the model?",
    ),
    sameness(
        "E02-7",
        CURRENT,
        "The same heads for every cache",
        "Whatever the cache holds, the answer is the same, so it does not come from the attention in it. Other texts, and \
         other models, have other heads that attend to the current token.",
        "Which line of your function reads the patterns?",
    ),
    output(
        "E02-8",
        PREV,
        "The diagonal on the wrong side",
        "These heads attend to the next token. A pattern is [query_pos, key_pos]: the previous token has the smaller key, so \
         its cells lie below the diagonal. Above it, a causal model has nothing but zeros.",
        "For query 5, which key is the previous token, and is it in an earlier or a later column?",
    ),
    output(
        "E02-9",
        PREV,
        "The current token instead of the previous one",
        "These are the heads that attend to the token itself: the diagonal was read, not the line beside it.",
        "By how much do query and key differ for the token before?",
    ),
    output(
        "E02-10",
        PREV,
        "Two tokens back",
        "These heads attend to the token before the previous one: the line that was read lies one further from the \
         diagonal than it should.",
        "For query 5, which key does your code read first?",
    ),
    output(
        "E02-11",
        FIRST,
        "The last column for the first",
        "These heads attend to the last token of the text, which in a causal model only the last query can see. The first \
         token is key 0.",
        "Which end of the key axis does your index count from?",
    ),
    output(
        "E02-12",
        FIRST,
        "The first row instead of the first column",
        "A row belongs to a query, a column to a key. The first row is what the first token attends to, and that can only \
         be itself. How much every query attends to the first token stands in the first column.",
        "In [query_pos, key_pos], which of the two should be fixed at 0, and which should you average over?",
    ),
    output(
        "E02-13",
        FIRST,
        "Only the last query",
        "The score is what the last token of the text attends to, one cell of the pattern. A head may rest on the first \
         token just there, or everywhere but there; the mean over all queries tells.",
        "How many cells does your mean run over?",
    ),
    property(
        "E02-14",
        LAYOUT,
        "BOS is missing",
        "The rows hold the segment twice and nothing else. The model has seen BOS at the start of everything that it was \
         trained on, and heads that have nothing to do rest on it; without it the first token takes that part.",
        "How long must a row be when the segment has seq_len tokens?",
    ),
    property(
        "E02-15",
        LAYOUT,
        "BOS before each copy",
        "BOS stands in the middle, too. Then the second copy begins as a text does, and the two are one position further \
         apart than every formula of this exercise assumes. The row is BOS, segment, segment.",
        "What do you repeat: the segment, or the segment with BOS in front?",
    ),
    property(
        "E02-16",
        LAYOUT,
        "The two halves drawn independently",
        "The second half is random as well, so nothing repeats and there is nothing for an induction head to find. One \
         segment must be drawn and used twice.",
        "How often do you draw from the generator for one row?",
    ),
    property(
        "E02-17",
        LAYOUT,
        "One row instead of a batch",
        "There is one row whatever the batch size. A score on one random sequence is noisy; the batch is there to average \
         over several.",
        "Where does your code use `batch`?",
    ),
    property(
        "E02-18",
        LAYOUT,
        "BOS taken to be 0",
        "The first token of each row is 0, but that is not BOS for every tokenizer. Its id is an argument of the function.",
        "Which argument does your first column come from?",
    ),
    property(
        "E02-19",
        LAYOUT,
        "Every token doubled",
        "Each token comes twice in a row: a a b b c c. What should repeat is the whole segment: a b c a b c. Doubled tokens \
         reward a head that looks at the previous token, not induction.",
        "After the last token of the segment, which token comes next?",
    ),
    property(
        "E02-20",
        LAYOUT,
        "The second copy backwards",
        "The second half is the segment in reverse. An induction head continues what came after the previous copy, so the \
         order must be the same.",
        "In which direction do you walk through the segment the second time?",
    ),
    property(
        "E02-21",
        RANDOM,
        "Not drawn from the given generator",
        "What comes does not follow the generator that was passed in: either it is the same whatever the seed, or it is not \
         the same for the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    property(
        "E02-22",
        RANDOM,
        "One segment for all rows",
        "All rows hold the same tokens, so a batch says no more than one row. Each row needs a segment of its own.",
        "Is the draw inside the loop over rows?",
    ),
    property(
        "E02-23",
        RANDOM,
        "An id outside the vocabulary",
        "A vocabulary of d_vocab tokens has the ids 0 to d_vocab - 1. The embedding has no row for d_vocab itself.",
        "Does your range include its end?",
    ),
    property(
        "E02-24",
        RANDOM,
        "Part of the vocabulary is never drawn",
        "Some ids do not come up in hundreds of draws from a handful of tokens. The tokens should be spread evenly over the \
         vocabulary; that BOS itself is left out is fine.",
        "What are the smallest and the largest id that you can draw?",
    ),
    output(
        "E02-25",
        LOSS,
        "Predictions not shifted",
        "The logits at a position were scored on the token at that same position. They predict the one after it: the model \
         has already read the token where it stands.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E02-26",
        LOSS,
        "Shifted the wrong way",
        "The logits at a position were scored on the token before it, which the model has long seen. They predict the one \
         after it.",
        "Which logits are left out: those of the first position, or those of the last?",
    ),
    output(
        "E02-27",
        LOSS,
        "Log probability instead of loss",
        "The numbers are right but negative: these are mean log probabilities. The loss is the same with the sign turned, \
         so that smaller is better and zero is perfect.",
        "Can a loss be below zero?",
    ),
    output(
        "E02-28",
        LOSS,
        "Logits taken for log probabilities",
        "The logits were averaged as they are. They are log probabilities only up to a constant, a different one at every \
         position; taking the log of the sum of their exponentials away fixes it.",
        "What do the exponentials of your numbers add up to over the vocabulary?",
    ),
    output(
        "E02-29",
        LOSS,
        "Softmax over positions",
        "The probabilities add up to one along the positions, not along the vocabulary. At each position the model spreads \
         one unit of belief over all tokens.",
        "In [batch, pos, d_vocab], which axis should sum to one?",
    ),
    output(
        "E02-30",
        LOSS,
        "The halves swapped",
        "Both numbers are right, but the second half came first.",
        "On which half would you expect the smaller loss, and why?",
    ),
    output(
        "E02-31",
        LOSS,
        "The halves cut one too late",
        "There are 2 * seq_len predictions: seq_len of the first copy and seq_len of the second. The cut came one later, as \
         it would for the 2 * seq_len + 1 tokens, so the first half has one prediction of the second copy in it.",
        "Which prediction is the first one of the second copy: the one with which index?",
    ),
    output(
        "E02-32",
        LOSS,
        "Sum instead of mean",
        "These are sums over all predictions of the half. A mean can be compared between lengths and batch sizes, and with \
         the loss that the model was trained on.",
        "What happens to your number when the batch is doubled?",
    ),
    output(
        "E02-33",
        LOSS,
        "Only the first row of the batch",
        "The loss is that of batch item 0. The other rows are part of the mean, too.",
        "Which line of your function would fail if the batch were empty?",
    ),
    output(
        "E02-34",
        LOSS,
        "The exponential overflows",
        "With logits around 100 the result is infinite or not a number: exp(100) does not fit in an f32. Subtracting the \
         largest logit of each position first changes no probability, and keeps every exponential at one or below.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E02-35",
        INDUCTION,
        "The stripe one too low",
        "These heads attend to the previous copy of the current token itself. They find where it occurred, which is half of \
         induction; an induction head looks one further, at the token that came after it.",
        "The second copy begins at position seq_len + 1. Which key holds what followed its first token?",
    ),
    output(
        "E02-36",
        INDUCTION,
        "The stripe one too high",
        "These heads attend to the token two after the previous copy. That lies one beyond the token which an induction head \
         wants to copy.",
        "For a segment of three, write down the six tokens: what does the second query of the second copy look at?",
    ),
    output(
        "E02-37",
        INDUCTION,
        "The stripe on the wrong side",
        "These heads attend to later tokens, which no causal model can. Query and key have changed places, or the offset has \
         the wrong sign: the key must be the smaller of the two.",
        "Is the previous copy before or after the query?",
    ),
    output(
        "E02-38",
        INDUCTION,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch, one random sequence. Chance similarities there count as much as the \
         mechanism; the mean over the batch is what shows it.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    sameness(
        "E02-39",
        INDUCTION,
        "The same heads for every cache",
        "Whatever the cache holds, the answer is the same. The heads that were right for one model are not those of \
         another, and the grader has several.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-40",
        VIEWS,
        "Queries and keys swapped in the picture",
        "The pattern was drawn with its last two axes exchanged. In the cache a row belongs to the query, the token that \
         looks; in your picture it belongs to the token that is looked at. A causal model's bright triangle must lie below \
         the diagonal.",
        "Which of the two axes sums to one?",
    ),
    property(
        "E02-41",
        VIEWS,
        "One picture for the whole model",
        "Each layer has its own heads with their own patterns, and each gets a picture of its own.",
        "How many layers does the cache say that it has?",
    ),
    property(
        "E02-42",
        VIEWS,
        "The pattern of another layer",
        "One of the pictures shows a layer that belongs elsewhere in the list: either the same layer was drawn each time, or \
         the order is not that of the layers.",
        "Where does the number in `(\"pattern\", …)` come from?",
    ),
    property(
        "E02-43",
        VIEWS,
        "The mean over heads",
        "The patterns of all heads were averaged into one. What a head does cannot be seen in that: a mixture of eight habits \
         looks like none of them.",
        "What would the mean of a previous-token head and a first-token head look like?",
    ),
    property(
        "E02-44",
        VIEWS,
        "Other tokens than those of the text",
        "The attention is right, but the labels are not the tokens that came. Then a bright cell is read as a glance at the \
         wrong word.",
        "Did you change the list of tokens, or make one of your own?",
    ),
];
