//! The mistakes of exercise 02 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.

use crate::exercise::{Mistake, output, property};

const VIEWS: &str = "c0_attention_views";
const CURRENT: &str = "c1_current_attn_detector";
const PREV: &str = "c2_prev_attn_detector";
const FIRST: &str = "c3_first_attn_detector";
const LAYOUT: &str = "c4_generate_repeated_tokens";
const RANDOM: &str = "c5_generate_repeated_tokens_at_random";
const LOSS: &str = "c6_repeated_loss_by_half";
const INDUCTION: &str = "c7_induction_attn_detector";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-1",
        CURRENT,
        "Averaged over the whole pattern",
        "Each row of a pattern sums to one, so the mean over all of it is one divided by the number of keys, whatever the \
         head does. Such a score cannot tell heads apart. Only the cells of one line belong to the habit that you look for.",
        "Which cells of the pattern would be bright for a head that does this and nothing else?",
    ),
    property(
        "E02-2",
        CURRENT,
        "Sum instead of mean",
        "A sum along the line grows with the length of the text: even a head that gives each of these cells a tenth of its \
         attention adds up to more than one on eleven tokens, and so every head passes.",
        "What would your score be for the same head on a text twice as long?",
    ),
    property(
        "E02-3",
        CURRENT,
        "Head before layer in the name",
        "The right heads were found, but their names have the two numbers in the wrong order. \"1.4\" is head 4 of layer 1.",
        "Which of your two loop counters runs over layers?",
    ),
    property(
        "E02-4",
        CURRENT,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch. A head that does something there and nowhere else then looks like a \
         finding. The axes are [batch, head, query_pos, key_pos], and the mean runs over the batch as well.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    property(
        "E02-5",
        CURRENT,
        "Not every layer",
        "The heads of some layers were judged correctly; those of the others are not in the list at all. A cache knows how \
         many layers it has, and that need not be the number that you have seen so far.",
        "How often does your outer loop run for a model of three layers?",
    ),
    property(
        "E02-6",
        CURRENT,
        "Heads counted from one",
        "The right heads were found, but each number is one too high. Layers and heads are counted from zero, as \
         everywhere in the field.",
        "What do you call the very first head of the model?",
    ),
    property(
        "E02-7",
        CURRENT,
        "The same heads for every cache",
        "Whatever the cache holds, the answer is the same, so it does not come from the attention in it. In other texts, and \
         other models, other heads do this.",
        "Which line of your function reads the patterns?",
    ),
    property(
        "E02-8",
        PREV,
        "The diagonal on the wrong side",
        "These heads attend to the next token. A pattern is [query_pos, key_pos]: the previous token has the smaller key, so \
         its cells lie below the diagonal. Above it, a causal model has nothing but zeros.",
        "For query 5, which key is the previous token, and is it in an earlier or a later column?",
    ),
    property(
        "E02-9",
        PREV,
        "The current token instead of the previous one",
        "These are the heads that attend to the current token: the diagonal was read, not the line beside it.",
        "By how much do query and key differ for the token before?",
    ),
    property(
        "E02-10",
        PREV,
        "Two tokens back",
        "These heads attend to the token before the previous one: the line that was read lies one further from the \
         diagonal than it should.",
        "For query 5, which key does your code read first?",
    ),
    property(
        "E02-11",
        FIRST,
        "The last column for the first",
        "These heads attend to the last token of the text, which in a causal model only the last query can see. The first \
         token is key 0.",
        "Which end of the key axis does your index count from?",
    ),
    property(
        "E02-12",
        FIRST,
        "The first row instead of the first column",
        "A row belongs to a query, a column to a key. The first row is what the first token attends to, and that can only \
         be itself. How much every query attends to the first token stands in the first column.",
        "In [query_pos, key_pos], which of the two should be fixed at 0, and which should you average over?",
    ),
    property(
        "E02-13",
        FIRST,
        "Only the last query",
        "The score is what the last token of the text attends to, one cell of the pattern. A head may do this just there, or \
         everywhere but there; the mean over all queries tells.",
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
         whole vocabulary.",
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
    property(
        "E02-35",
        INDUCTION,
        "The stripe one too low",
        "These heads attend to the previous copy of the current token itself. They find where it occurred, which is half of \
         induction; an induction head looks one further, at the token that came after it.",
        "The second copy begins at position seq_len + 1. Which key holds what followed its first token?",
    ),
    property(
        "E02-36",
        INDUCTION,
        "The stripe one too high",
        "These heads attend to the token two after the previous copy. That lies one beyond the token which an induction head \
         wants to copy.",
        "For a segment of three, write down the six tokens: what does the second query of the second copy look at?",
    ),
    property(
        "E02-37",
        INDUCTION,
        "The stripe on the wrong side",
        "These heads attend to later tokens, which no causal model can. Query and key have changed places, or the offset has \
         the wrong sign: the key must be the smaller of the two.",
        "Is the previous copy before or after the query?",
    ),
    property(
        "E02-38",
        INDUCTION,
        "Only the first item of the batch",
        "The score was taken from item 0 of the batch, one random sequence. Chance similarities there count as much as the \
         mechanism; the mean over the batch is what shows it.",
        "Where does the batch axis go in your code: is it averaged over, or indexed with 0?",
    ),
    property(
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
    property(
        "E02-45",
        VIEWS,
        "A panic where an error was wanted",
        "The tokens did not fit the patterns, and the program ended. The function returns a `Result`, so that whoever \
         calls it can decide what to do about such an input.",
        "What does `unwrap()` do with an error, and what does `?` do?",
    ),
    property(
        "E02-46",
        VIEWS,
        "Errors thrown away",
        "The tokens did not fit the patterns, and the list came back empty, as if there were no layers. An error that \
         is dropped is found much later, somewhere else.",
        "What happens in your code to a layer that `circuit_vis` refuses?",
    ),
    property(
        "E02-47",
        VIEWS,
        "Made to fit by cutting",
        "The tokens did not fit the patterns, and pictures came all the same. One side was cut to the length of the \
         other, so the labels may belong to other rows than they stand at.",
        "Who should decide which tokens to leave out: your function, or its caller?",
    ),
    property(
        "E02-48",
        VIEWS,
        "Another kind of picture",
        "The numbers may be right, but the task asks for `attention_patterns`, which draws all heads of a layer on one \
         page, with the tokens beside them.",
        "Which functions of `circuit_vis` draw attention, and how do they differ?",
    ),
    property(
        "E02-49",
        VIEWS,
        "Two pictures for every model",
        "There are two pictures although the cache has three layers. Two is right for the model of this chapter, and a \
         cache knows how many layers it has.",
        "Where does your loop get its end from?",
    ),
    property(
        "E02-50",
        VIEWS,
        "BOS cut off the picture",
        "The first row and column are missing, those of BOS. The tokens that come with the cache begin with BOS, and \
         resting heads show only if it stays.",
        "How many tokens came, and how many rows does your picture have?",
    ),
    property(
        "E02-51",
        CURRENT,
        "The largest instead of the mean",
        "The score is the largest cell along the line. One cell may be bright by chance, and a single one is enough \
         here. A habit is what a head does for most queries, which the mean shows.",
        "How many of its tokens must a head treat this way before your score notices?",
    ),
    property(
        "E02-52",
        CURRENT,
        "Counted how often it wins",
        "The score is the share of queries whose largest attention is in this cell. A head that gives it a quarter, \
         and everything else less, wins each time. The mean says how much attention goes there.",
        "What does your score say about a row of 0.27 here and 0.1 everywhere else?",
    ),
    property(
        "E02-53",
        CURRENT,
        "The median instead of the mean",
        "The score is the cell in the middle of the sorted list. It does not see how bright the brighter half is.",
        "What do the median and the mean say about the cells 0.3, 0.3, 0.3, 1, 1?",
    ),
    property(
        "E02-54",
        CURRENT,
        "One item of the batch is enough",
        "A head is named when its score is high in any item of the batch. A head that does something in a single text \
         is then a finding. The score is the mean over the batch.",
        "Is a head named before or after your code has seen the last item?",
    ),
    property(
        "E02-55",
        CURRENT,
        "Only the last item of the batch",
        "The score is that of the last item. Most likely each item overwrites what the one before it has left, where \
         the items should be added up.",
        "Is there an `=` in the loop over the batch where a `+=` belongs?",
    ),
    property(
        "E02-56",
        CURRENT,
        "Summed over the batch",
        "The scores of the items were added up and not divided by their number. In a batch of three every head seems \
         three times as strong.",
        "What is the largest score that a head can have?",
    ),
    property(
        "E02-57",
        CURRENT,
        "Names in another form",
        "The right heads were found, but their names are not written as \"layer.head\". The grader compares names \
         letter by letter: \"1.4\" is head 4 of layer 1.",
        "What would you write for head 0 of layer 2?",
    ),
    property(
        "E02-58",
        CURRENT,
        "Heads listed more than once",
        "Some heads are in the list several times. Their name was added inside a loop that runs over the batch or over \
         the queries, not once after it.",
        "Inside how many loops is your `push`, and what does each run over?",
    ),
    property(
        "E02-59",
        CURRENT,
        "A threshold out of range",
        "The scores are right: the heads that you name are those with the highest ones. But the threshold lies too \
         high or too low. A head of 0.55 or more must be named and one below 0.3 must not.",
        "What do the scores of all heads look like when you print them sorted?",
    ),
    property(
        "E02-60",
        CURRENT,
        "The heads below the threshold",
        "These are the heads that do not attend there: the comparison is the wrong way round.",
        "Does your condition say what is kept, or what is thrown away?",
    ),
    property(
        "E02-61",
        CURRENT,
        "The first query left out",
        "The mean begins at query 1. Only the previous token is missing for the first query; this line has a cell in \
         every row, and on a short text one cell is a large part of the mean.",
        "How many cells does your mean run over on a text of two tokens?",
    ),
    property(
        "E02-62",
        CURRENT,
        "Only the best head",
        "One head is named for each cache, the one with the highest score. Several heads can do the same, and in most \
         models they do.",
        "What decides whether a head is named: its own score, or those of the others?",
    ),
    property(
        "E02-63",
        LAYOUT,
        "BOS counted in the segment",
        "The row begins with BOS but has only 2 * seq_len positions, so one of the copies has lost a token. `seq_len` \
         counts the random tokens of a copy; BOS comes on top.",
        "How long is a row for a segment of one token?",
    ),
    property(
        "E02-64",
        PREV,
        "The first query counted",
        "The sum was divided by the number of all queries, or has a cell of the first query in it. That query has no \
         previous token. On a text of two tokens it halves the score.",
        "For a text of two tokens, how many queries have a token before them?",
    ),
    property(
        "E02-65",
        PREV,
        "The current token subtracted",
        "The score is the attention to the previous token less that to the current one. A head that divides its \
         attention between the two still attends to the previous one, and is missed.",
        "What is your score for a head that gives 0.6 to the previous token and 0.4 to the current one?",
    ),
    property(
        "E02-66",
        FIRST,
        "The second token instead of the first",
        "The score is the attention to key 1, the first token behind BOS. The first token of the text, as the model \
         reads it, is BOS at key 0.",
        "Which token is at position 0?",
    ),
    property(
        "E02-67",
        INDUCTION,
        "The stripe two too low",
        "These heads attend to the token before the previous copy. From there it is two steps to the token that an \
         induction head copies.",
        "Is the token after the previous copy nearer to the query than the copy itself, or further away?",
    ),
    property(
        "E02-68",
        INDUCTION,
        "Divided by another count",
        "The sum along the line was divided by a number that is not that of its cells: by all queries, or by the \
         length of a segment. The line begins at query seq_len - 1 and ends with the last.",
        "How many cells does the line have in a pattern of 1 + 2 * seq_len positions?",
    ),
    property(
        "E02-69",
        INDUCTION,
        "The previous token instead of the stripe",
        "These heads attend to the previous token. Half of the circuit does that, in an earlier layer; an induction \
         head looks back by nearly a whole segment.",
        "By how many positions is the cell that you read away from the diagonal?",
    ),
    property(
        "E02-70",
        LAYOUT,
        "The segment only once",
        "The row is BOS and one segment. There is no second copy, so there is nothing that the model could have seen \
         before.",
        "Where does your code write a token for the second time?",
    ),
    property(
        "E02-71",
        LAYOUT,
        "seq_len taken for the whole row",
        "The row holds BOS and two copies, but both together are as long as one should be. `seq_len` is the length of \
         one copy.",
        "For seq_len = 4, how many random tokens are drawn for a row?",
    ),
    property(
        "E02-72",
        LAYOUT,
        "Batch and positions exchanged",
        "The array has a column for each item and a row for each position. Tokens are [batch, pos]: one text is one \
         row.",
        "In what order does `from_shape_fn` or `from_elem` take the lengths?",
    ),
    property(
        "E02-73",
        LAYOUT,
        "BOS at the end",
        "The two copies come first and BOS last. It marks the beginning: the model has seen it in front of everything \
         that it was trained on.",
        "At which position must BOS be for the heads that rest on the first token?",
    ),
    property(
        "E02-74",
        LAYOUT,
        "The copy of another row",
        "The second half of a row repeats the first half of another row. Rows do not see each other, so within its own \
         row nothing repeats.",
        "Which row does your code read from when it writes the second copy?",
    ),
    property(
        "E02-75",
        LAYOUT,
        "The second copy shifted",
        "The second half holds the segment, but begins in the middle of it. The previous occurrence of a token is then \
         not seq_len positions back.",
        "To which position does the first token of the segment go the second time?",
    ),
    property(
        "E02-76",
        RANDOM,
        "Drawn unevenly",
        "Some ids come more often than others, by more than luck can explain. Rounding gives the first and last id \
         half their share, and the remainder of a small random number favors the low ids.",
        "Through which steps does a random number become an id, and does every id have as many ways to come about?",
    ),
    property(
        "E02-77",
        RANDOM,
        "Tokens that know their neighbors",
        "A token depends on the one before it: the segment is sorted, or counts upwards, or no token may come twice. \
         Then the first copy can be predicted in part, which is what random tokens are there to rule out.",
        "After you have drawn a token, which tokens can still come next?",
    ),
    property(
        "E02-78",
        RANDOM,
        "Rows made from each other",
        "The rows are made from one draw, by shifting or shuffling it, or by adding something to it. A batch of such \
         rows says little more than one of them. Each row needs a draw of its own.",
        "How many tokens do you draw for a batch of ten?",
    ),
    output(
        "E02-79",
        LOSS,
        "Another logarithm",
        "The numbers are the right ones times a constant: the logarithm has another base. The course, and the library, \
         measure losses in nats, with the natural logarithm.",
        "Which base does your logarithm have?",
    ),
    output(
        "E02-80",
        LOSS,
        "Probabilities without a logarithm",
        "These are mean probabilities. A loss is minus the logarithm of one: it grows without bound as the right token \
         gets less likely.",
        "What is the loss of a prediction that was certain and right?",
    ),
    output(
        "E02-81",
        LOSS,
        "The logarithm of a mean",
        "The probabilities were averaged first, and the logarithm was taken once. The mean of logarithms is what \
         counts: a single token that the model held for impossible must weigh heavily.",
        "Which comes first in your code, the mean or the logarithm?",
    ),
    output(
        "E02-82",
        LOSS,
        "The halves cut one too early",
        "The first half has seq_len - 1 predictions, the second one more than its own. The predictions of the first \
         copy are made at positions 0 to seq_len - 1: the last token of the copy counts.",
        "Which position predicts the last token of the first copy?",
    ),
    output(
        "E02-83",
        LOSS,
        "The first prediction left out",
        "What BOS predicts is missing from the first half: the first token of the segment. With seq_len tokens there \
         are seq_len predictions of the first copy.",
        "Which position predicts the first token of the segment?",
    ),
    output(
        "E02-84",
        LOSS,
        "Perplexities instead of losses",
        "These are the exponentials of the mean losses, which are called perplexity: among how many equally likely \
         tokens the model seems to choose. The loss is their logarithm.",
        "What number do you get for a model that is always certain and right?",
    ),
    output(
        "E02-85",
        LOSS,
        "Not divided by the batch",
        "The sum over all rows was divided by seq_len alone, so it grows with the batch.",
        "How many predictions does your sum have?",
    ),
    output(
        "E02-86",
        LOSS,
        "Divided by one too many",
        "The sum was divided by the number of positions where that of predictions belongs, one more in each row.",
        "How many predictions are there of a copy of four tokens?",
    ),
    output(
        "E02-87",
        LOSS,
        "The mean of everything for the first half",
        "The first number is the mean over both copies. Then the gap between the two is half as large as it is.",
        "Where does the range of your first mean end?",
    ),
    output(
        "E02-88",
        LOSS,
        "The rows halved instead of the positions",
        "The losses were split along the batch: the first rows against the last. The two copies lie one after the \
         other along the positions of each row.",
        "Along which axis did you cut?",
    ),
    property(
        "E02-89",
        VIEWS,
        "One head of each layer",
        "The picture has one head, head 0. A layer has several, and the picture shows all of them: the axis to take \
         off is that of the batch.",
        "In [1, head, query_pos, key_pos], which axis did your index remove?",
    ),
    property(
        "E02-90",
        CURRENT,
        "Squares averaged",
        "The cells were squared before the mean was taken. Large cells then count for more than their share, and a \
         head that is bright for a few queries, or in one text, looks like one that is fairly bright for all.",
        "What do the mean and the mean of the squares say about the cells 0.9, 0, 0?",
    ),
    property(
        "E02-91",
        CURRENT,
        "The smallest instead of the mean",
        "A head is named only if every cell, or every item of the batch, is high enough. One quiet query or one odd text \
         then hides a clear habit. The score is the mean over the batch and the queries.",
        "What does your code do with a head that is at 0.9 in two texts and at 0.1 in a third?",
    ),
    property(
        "E02-92",
        VIEWS,
        "One layer is missing",
        "There is one picture fewer than there are layers, for every cache. Layers are numbered from 0, so the last one \
         is `n_layers - 1`.",
        "Which layers does your loop visit when there are three?",
    ),
    property(
        "E02-93",
        VIEWS,
        "One picture per head",
        "There are as many pictures as heads. One picture holds all heads of a layer side by side, which makes it easy to \
         compare them.",
        "How many axes has the pattern that you draw, and how many does `attention_patterns` take?",
    ),
    property(
        "E02-94",
        VIEWS,
        "Made to fit by filling up",
        "The tokens did not fit the patterns, and pictures came anyway. The shorter of the two was filled up, so the \
         picture shows something that is not in the data.",
        "Who should decide what a missing token is: your function, or its caller?",
    ),
    property(
        "E02-95",
        LAYOUT,
        "Three copies",
        "The segment comes three times: once as it was drawn, and then twice more. Wanted are BOS, the segment, and one \
         repetition of it.",
        "How many tokens has your row for a segment of one?",
    ),
    property(
        "E02-96",
        LAYOUT,
        "Two BOS in front",
        "Each row begins with BOS twice. The model has never seen that, and every position is one further along than the \
         formulas of this exercise assume.",
        "Which two parts of your code write BOS?",
    ),
    output(
        "E02-97",
        LOSS,
        "Only the last row of the batch",
        "The loss is that of the last item of the batch. Most likely each row overwrites what the rows before it have left.",
        "What do your sums hold after the first row, and what after the second?",
    ),
    output(
        "E02-98",
        LOSS,
        "The median instead of the mean",
        "The losses were sorted, and the one in the middle was taken. A few tokens with a very high loss do not change that, \
         but they are part of what the model loses.",
        "What are the mean and the median of the losses 1, 1 and 10?",
    ),
];
