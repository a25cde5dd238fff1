//! The mistakes of exercise 01 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.

use crate::exercise::{Mistake, output, property, sameness};

const SIZES: &str = "c01_sizes";
const SHAPES: &str = "c02_shape_of";
const STRINGS: &str = "c03_token_strings";
const TEXTS: &str = "c04_texts_of";
const POSITIONS: &str = "c05_positions_of";
const RIGHT: &str = "c06_guessed_right";
const GUESSED: &str = "c07_tokens_guessed";
const NAMES: &str = "c08_full_name";
const CACHE: &str = "c09_first_patterns";
const PATTERN: &str = "c10_pattern_from_q_and_k";
const ERROR: &str = "c11_largest_error";
const VIEW: &str = "c12_show_attention";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E01-1",
        SIZES,
        "Heads of one layer",
        "That is the number of heads in a single layer. Each layer has that many of its own, and they do different \
         things, so a model of three layers with four heads each has twelve.",
        "How many attention patterns does one run of the model produce for one text?",
    ),
    output(
        "E01-2",
        SIZES,
        "The vocabulary for the context",
        "The last number is how many different tokens there are. Asked for is how many tokens a text may have: the \
         number of positions, which is the context length.",
        "Which of the two is the length of the position embedding, and which that of the token embedding?",
    ),
    sameness(
        "E01-3",
        SIZES,
        "The same sizes for every model",
        "Whatever the configuration says, the answer is the same. It fits one of the models; the grader asks about \
         several.",
        "Which line of your function reads the configuration?",
    ),
    output(
        "E01-4",
        SHAPES,
        "Heads put side by side",
        "The heads have been laid out next to each other in one axis, as many programs store them. Here each head \
         has an axis of its own, so that one head is one index and nothing has to be cut up.",
        "How would you take out head 3 of layer 1 from your array, and how from one with an axis for heads?",
    ),
    output(
        "E01-5",
        SHAPES,
        "The layer axis is missing",
        "That is the shape of one layer's array. The model gives the arrays of all layers stacked, with the layer \
         as the first axis. The embeddings and the unembedding belong to no layer and are right as they are.",
        "By how many numbers does your array differ from the model's, for a model of three layers?",
    ),
    output(
        "E01-6",
        SHAPES,
        "Input and output swapped",
        "Every matrix here is [input, output]: a vector enters along the first of the last two axes and leaves with \
         the length of the last. Yours are the other way round, as in programs that put the matrix in front of the \
         vector.",
        "A token comes in as an id of the vocabulary and leaves as a vector of the stream. Which of the two lengths \
         comes first in W_E?",
    ),
    output(
        "E01-7",
        SHAPES,
        "The output weights like the others",
        "W_Q, W_K and W_V read from the residual stream into a head; W_O writes from a head back into the stream. \
         So its last two axes are the other way round.",
        "What goes into W_O, and what comes out?",
    ),
    output(
        "E01-8",
        SHAPES,
        "The head's width worked out",
        "Dividing the width of the stream by the number of heads gives the width of a head in most published \
         models, but nothing makes it so. The configuration says how wide a head is.",
        "The grader has a model with two heads of five numbers each on a stream of fourteen. What does your formula \
         make of it?",
    ),
    output(
        "E01-9",
        SHAPES,
        "The MLP four times as wide",
        "Four times the width of the stream is what most models take for their MLP layers, but it is a choice like \
         any other. The configuration knows the number.",
        "What does the configuration offer that has the name of this width?",
    ),
    output(
        "E01-10",
        STRINGS,
        "BOS whether wanted or not",
        "BOS is in front even where the caller asked for the text alone. It comes by default when text is turned \
         into tokens, so leaving it out has to be said.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-11",
        STRINGS,
        "Never BOS",
        "BOS is missing where the caller asked for it. Without it the first word of the text stands where the model \
         has always seen BOS, and heads that have nothing to do rest on that word.",
        "Where does your function use its last argument?",
    ),
    output(
        "E01-12",
        STRINGS,
        "BOS twice",
        "There are two BOS in a row. One of them you put there, and the library added another since nobody told it \
         not to.",
        "Who is responsible for BOS in your function: you, or the call that makes the tokens?",
    ),
    output(
        "E01-13",
        STRINGS,
        "Spaces cut off",
        "The tokens are right but for the spaces in front of words, which are part of the token: a word in the \
         middle of a sentence and the same word at its beginning are two tokens with different embeddings.",
        "What should come out when your strings are joined together again?",
    ),
    output(
        "E01-14",
        STRINGS,
        "Words instead of tokens",
        "The text was cut at its spaces. A tokenizer cuts otherwise: frequent words are one token each, with the \
         space in front of them; rare words are several; punctuation stands alone.",
        "What does the model have a row of its embedding for: words, or entries of its vocabulary?",
    ),
    output(
        "E01-15",
        TEXTS,
        "BOS left in",
        "The text begins with BOS written out. It is a mark for the model and no part of what somebody wrote.",
        "What is the first id of a row that was made from text, and what is it as text?",
    ),
    output(
        "E01-16",
        TEXTS,
        "The first token always dropped",
        "The first token is gone whatever it is. Tokens that were made without BOS begin with the text itself, and \
         lose their first word that way.",
        "What do you have to know about the first token before you drop it?",
    ),
    output(
        "E01-17",
        TEXTS,
        "Every BOS dropped",
        "BOS inside the text is gone, too. The same token marks the end of one text and the beginning of the next, \
         so one in the middle says that here are two texts in a row. Only the one in front is to go.",
        "Does your code look at one place of the row, or at all of them?",
    ),
    output(
        "E01-18",
        TEXTS,
        "Token by token",
        "Each token was turned into text by itself, and the pieces were joined. A token may hold part of a letter: \
         \"é\" is two bytes, and here two tokens, neither of which is text alone. All ids of a row must be decoded \
         together.",
        "What does one half of a letter look like as a string?",
    ),
    output(
        "E01-19",
        TEXTS,
        "Only the first row",
        "There is one text, whatever the number of rows. Tokens are [batch, pos]: each row is a text of its own.",
        "Which axis of the tokens does your code run over?",
    ),
    output(
        "E01-20",
        TEXTS,
        "BOS taken to be 0",
        "BOS was recognised by being token 0. That is so in the embedded models and not in others: GPT-2 itself has \
         50256. The tokenizer knows which it is.",
        "Where could your function ask for the id of BOS?",
    ),
    output(
        "E01-21",
        POSITIONS,
        "Only the first",
        "The token occurs more than once, and only its first position came. Positions of the others are needed just \
         as often: a token that comes again sees something that it could not see the first time.",
        "When does your search end?",
    ),
    output(
        "E01-22",
        POSITIONS,
        "Counted without BOS",
        "Each position is one too low. When the model reads the text, BOS stands at position 0, so the first word \
         is at 1. An activation looked up with your number belongs to the token before.",
        "How many positions does the cache have for a text of five tokens?",
    ),
    output(
        "E01-23",
        POSITIONS,
        "Spaces ignored",
        "Tokens that differ by the space in front of them were taken for the same. With its space and without it a \
         word has two ids and two embeddings, and the two play different parts.",
        "Do you compare ids, or strings that have been changed on the way?",
    ),
    output(
        "E01-24",
        POSITIONS,
        "Part of a token",
        "Tokens that merely contain the one you look for were counted: \"t\" is inside \"the\". A position belongs \
         to one token, and that is another one.",
        "Would comparing ids instead of strings find it?",
    ),
    output(
        "E01-25",
        POSITIONS,
        "Places in the text instead of positions",
        "These numbers count letters, or bytes. A position counts tokens, since each token is one row of every \
         activation.",
        "How many positions has a text of three tokens, however long its words are?",
    ),
    output(
        "E01-26",
        RIGHT,
        "Not shifted",
        "The logits at a position were compared with the token at that same position. They are about the one after \
         it: the token where the model stands is given, not guessed.",
        "The first row of logits, where the model has read BOS only: a guess about which token is it?",
    ),
    output(
        "E01-27",
        RIGHT,
        "Shifted the wrong way",
        "The logits at a position were compared with the token before it, which the model has already read.",
        "Which logits did the model compute before it saw token 5?",
    ),
    output(
        "E01-28",
        RIGHT,
        "The largest over the positions",
        "For each next token you asked at which position its logit is largest. The guess is made the other way \
         round: at each position, which token has the largest logit? The maximum goes over the vocabulary, the last \
         axis.",
        "How many guesses does the model make on a text of eight tokens: one for each position, or one for each \
         word of the vocabulary?",
    ),
    output(
        "E01-29",
        RIGHT,
        "The last position counted",
        "There is one entry too many. At the last position the model makes a guess, too, but nothing follows with \
         which to compare it; so there are pos - 1 answers.",
        "How many tokens of a text of eight are followed by another?",
    ),
    output(
        "E01-30",
        RIGHT,
        "Only the first row",
        "There is one row of answers, whatever the batch. Each row of tokens is a text with guesses of its own.",
        "Which axis of the logits did you index with 0?",
    ),
    output(
        "E01-31",
        GUESSED,
        "Without BOS",
        "The text went into the model without BOS. Then nothing is guessed about its first token, and the guesses \
         about the others are made under conditions that the model never saw in training.",
        "What does the model stand on when it guesses the first word of the text?",
    ),
    output(
        "E01-32",
        GUESSED,
        "The tokens before",
        "These are the tokens after which the model guessed right. Asked for are the tokens that it guessed: those \
         one further on.",
        "If the model reads \"once upon\" and then guesses \"a\", which of the three is the token that it guessed?",
    ),
    output(
        "E01-33",
        GUESSED,
        "Every guess",
        "These are all the guesses, right and wrong. Only those that agree with the text are asked for.",
        "How many strings should come out for a text of which the model guesses nothing?",
    ),
    output(
        "E01-34",
        GUESSED,
        "Each only once",
        "Tokens that were guessed right several times are listed once. Each right guess counts: the length of the \
         list is the number of right guesses.",
        "If the model guesses the same word right a second time, is that guess worth less than the first?",
    ),
    output(
        "E01-35",
        GUESSED,
        "Not shifted",
        "The guess at a position was compared with the token at that position, which the model has just read. A \
         model of language seldom expects the same word twice in a row, so next to nothing is right.",
        "About which token is the guess that the model makes while it stands on token 3?",
    ),
    output(
        "E01-36",
        NAMES,
        "Everything inside attention",
        "Queries, keys, values, scores, patterns, z and results live inside attention. The residual stream and what \
         a layer writes into it belong to the block, and pre and post to the MLP.",
        "Is there a residual stream for each attention layer, or one that all of them share?",
    ),
    output(
        "E01-37",
        NAMES,
        "The part of the block left out",
        "The name goes straight from the layer to the activation. Those inside attention have attn between the two, \
         those inside the MLP mlp.",
        "What stands between the layer and hook_pattern in the names that the cache prints?",
    ),
    output(
        "E01-38",
        NAMES,
        "Without hook_",
        "The last part of every activation's name begins with hook_. That sets activations apart from parameters: \
         blocks.0.attn.W_Q belongs to the model, blocks.0.attn.hook_q to one run of it.",
        "What does a cache print when you look at its names?",
    ),
    output(
        "E01-39",
        NAMES,
        "Layers counted from one",
        "The layer in the name is one too high. Layers and heads are counted from zero, in names as in indices.",
        "What is the first layer called?",
    ),
    property(
        "E01-40",
        CACHE,
        "More kept than the patterns",
        "The cache holds more than the patterns. On a text of a thousand tokens a cache of everything takes \
         gigabytes, and most of it is never looked at. A names filter says what to keep.",
        "How does the run learn which activations you want?",
    ),
    property(
        "E01-41",
        CACHE,
        "Patterns of all layers",
        "The cache holds the patterns of later layers as well. A filter on the end of the name lets every layer \
         pass.",
        "Where does your filter use the number of layers that was asked for?",
    ),
    property(
        "E01-42",
        CACHE,
        "Later blocks ran for nothing",
        "The cache is what it should be, but the model ran on after it was complete. What later blocks compute \
         changes nothing in earlier ones. A run can be told where to stop, and then there are no logits either.",
        "After which block is everything that you want in the cache?",
    ),
    property(
        "E01-43",
        CACHE,
        "One layer too few",
        "The last of the layers that were asked for is missing. A run stops before the layer that it is told, as a \
         Rust range ends before its end.",
        "If a run stops at layer 2, which layers have run?",
    ),
    property(
        "E01-44",
        CACHE,
        "One run for each layer",
        "The right patterns came, but the model ran once for each of them. One run passes all of these layers \
         anyway, and can keep several activations on its way.",
        "How many names may a filter hold?",
    ),
    property(
        "E01-45",
        CACHE,
        "Scores instead of patterns",
        "The cache holds the attention scores: what goes into the softmax. They can be any number, and minus \
         infinity where the mask is. The pattern is what comes out, and its rows sum to one.",
        "Which of the two would you call \"how much of its attention\"?",
    ),
    output(
        "E01-46",
        PATTERN,
        "Not scaled",
        "The scores went into the softmax as they were. A dot product of d_head terms grows with their number, so \
         it is divided by the square root of d_head; without that the softmax is far too sharp.",
        "What is between the dot product and the softmax?",
    ),
    output(
        "E01-47",
        PATTERN,
        "Divided by d_head",
        "The scores were divided by d_head itself, not by its square root. The pattern is too flat.",
        "If each of 25 independent terms is about 1, how large is their sum, roughly: 25 or 5?",
    ),
    output(
        "E01-48",
        PATTERN,
        "Scaled by the wrong width",
        "The scores were divided by the square root of the number of all heads times d_head. Each head takes the \
         dot product of its own query and key, which are d_head long.",
        "How many products does one score add up?",
    ),
    output(
        "E01-49",
        PATTERN,
        "No mask",
        "Queries attend to tokens that come after them. When the model guesses a token it must not have seen it, so \
         keys after the query are hidden.",
        "Which half of the pattern should be zero?",
    ),
    output(
        "E01-50",
        PATTERN,
        "Masked after the softmax",
        "The future is zero, but the rows no longer sum to one: the softmax shared out attention among all keys, \
         and the part of the later ones was then thrown away. The mask must act on the scores, before the softmax.",
        "What does the first row of your pattern sum to?",
    ),
    output(
        "E01-51",
        PATTERN,
        "The token itself hidden",
        "The mask also hides the diagonal. A token may attend to itself, and the first token has nothing else: with \
         every key hidden, its row is 0 divided by 0.",
        "What can the first token attend to?",
    ),
    output(
        "E01-52",
        PATTERN,
        "The past hidden",
        "The mask is on the wrong side: queries see what comes after them and nothing of what came before.",
        "For query 2, which keys may it attend to?",
    ),
    output(
        "E01-53",
        PATTERN,
        "Zero for minus infinity",
        "Hidden scores were set to 0. To the softmax 0 is a score like any other, and a better one than every \
         negative score; the exponential of it is 1. Only minus infinity, or a very large negative number, leaves \
         nothing.",
        "What must the exponential of a hidden score be?",
    ),
    output(
        "E01-54",
        PATTERN,
        "Softmax over the queries",
        "The columns of your pattern sum to one, not its rows. Each query shares out its own attention among the \
         keys, so the softmax goes over the last axis, key_pos.",
        "Whose attention adds up to one: that given by a query, or that received by a key?",
    ),
    output(
        "E01-55",
        PATTERN,
        "Queries and keys swapped",
        "Entry [q, k] is the key at q times the query at k. A dot product does not mind the order of its factors, \
         but it does mind which position each comes from.",
        "In the entry for query 5 and key 2, from which array and which position does each factor come?",
    ),
    output(
        "E01-56",
        PATTERN,
        "Heads mixed up",
        "Queries and keys are [batch, pos, head, d_head], and were read as if head came before pos, without moving \
         the numbers. Each score then mixes positions and heads.",
        "Is changing the shape of an array the same as swapping two of its axes?",
    ),
    output(
        "E01-57",
        PATTERN,
        "One item for the whole batch",
        "Every item of the batch has the pattern of item 0.",
        "Where does the batch index go in your dot product?",
    ),
    output(
        "E01-58",
        PATTERN,
        "Axes in another order",
        "The numbers are right, but the axes are [batch, query_pos, head, key_pos]. Patterns have the head before \
         the positions, so that the pattern of one head is one block.",
        "In which order should your loops, or your axes, run?",
    ),
    output(
        "E01-59",
        PATTERN,
        "The exponential overflows",
        "With scores around a hundred the result is not a number: exp(100) does not fit in an f32. Subtracting the \
         largest score of each row first changes no share, and keeps every exponential at one or below.",
        "What is the largest x for which exp(x) is a finite f32?",
    ),
    output(
        "E01-60",
        ERROR,
        "The mean instead of the largest",
        "The differences were averaged. One wrong entry among thousands then looks like none, and a mask that is \
         off by one changes few entries. The largest difference cannot hide.",
        "If one entry of ten thousand is off by 0.5, what does your function say?",
    ),
    output(
        "E01-61",
        ERROR,
        "The sign not taken away",
        "Only entries that are too large were noticed. A difference of -0.3 is as bad as one of 0.3.",
        "What does your maximum make of an array in which every entry is 0.3 too small?",
    ),
    output(
        "E01-62",
        ERROR,
        "Always layer 0",
        "Layer 0 was checked whatever layer was asked for.",
        "Where does your function use its argument `layer`?",
    ),
    output(
        "E01-63",
        ERROR,
        "Only the first item of the batch",
        "Items of the batch after the first were not checked, and there a wrong entry went unseen.",
        "How many entries does your comparison look at, and how many has the pattern?",
    ),
    sameness(
        "E01-64",
        ERROR,
        "A check that cannot fail",
        "The answer is the same whatever is in the cache, wrong patterns included. Most likely a pattern is \
         compared with itself, or with something made from it. A check is worth something only if it would have \
         noticed a mistake.",
        "Where do the two sides of your comparison come from?",
    ),
    property(
        "E01-65",
        VIEW,
        "Always layer 0",
        "The picture shows layer 0 whatever layer was asked for.",
        "Where does your function use its argument `layer`?",
    ),
    property(
        "E01-66",
        VIEW,
        "A single head",
        "The picture has one head only. With all heads of a layer side by side one sees at a glance which of them \
         do something of interest.",
        "Which function of circuit-vis takes [head, query_pos, key_pos]?",
    ),
    property(
        "E01-67",
        VIEW,
        "Rows and columns swapped",
        "Queries and keys have changed places: the picture shows the upper triangle, as if tokens attended to what \
         comes after them.",
        "In the picture of a causal model, which triangle should be empty?",
    ),
    property(
        "E01-68",
        VIEW,
        "Ids for strings",
        "The tokens are shown as numbers. A reader of the picture wants to see the text.",
        "Which function of the model gives the tokens as strings?",
    ),
    output(
        "E01-69",
        SIZES,
        "The numbers in another order",
        "The right numbers came, but not in the right order: layers first, then the heads of all of them, then the \
         longest text.",
        "Which of your three numbers grows when a layer gets more heads?",
    ),
    output(
        "E01-70",
        SIZES,
        "A place kept for BOS",
        "The longest text came out one too short. BOS is a token like any other and takes one of the n_ctx positions, \
         but it belongs to the text that the model reads.",
        "How many rows does the position embedding have?",
    ),
    output(
        "E01-71",
        SIZES,
        "The width of the stream for the context",
        "The last number is the length of the vectors in the residual stream. How long a text may be is another \
         matter: it is the number of positions.",
        "Which of the two would change if the model were given longer texts to read?",
    ),
    output(
        "E01-72",
        SHAPES,
        "The unembedding like the embedding",
        "W_E goes from the vocabulary to the stream, W_U from the stream to the vocabulary. So their axes are the \
         other way round, even where a model uses the same numbers for both.",
        "What goes into W_U, and what comes out?",
    ),
    output(
        "E01-73",
        SHAPES,
        "Heads before layers",
        "The array has an axis for layers and one for heads, but in another order: the layer comes first, so that one \
         index takes out everything that belongs to a layer.",
        "What is `W_Q[1]` in your array, and what in the model's?",
    ),
    output(
        "E01-74",
        SHAPES,
        "The two matrices of the MLP exchanged",
        "W_in reads from the stream and writes the neurons, W_out reads the neurons and writes to the stream. Yours \
         have changed places.",
        "Seen from the MLP, what comes in?",
    ),
    output(
        "E01-75",
        SHAPES,
        "An embedding the other way round",
        "An embedding is a table with a row for each token, or for each position; a row is a vector of the stream. \
         Yours has the rows as columns.",
        "What is row 7 of W_E?",
    ),
    output(
        "E01-76",
        STRINGS,
        "BOS the wrong way round",
        "BOS is there where it was not wanted, and missing where it was. The condition is turned round.",
        "What does your function do when `prepend_bos` is true?",
    ),
    output(
        "E01-77",
        STRINGS,
        "Letters instead of tokens",
        "The text was cut into its letters. A token of a frequent word holds the whole word; only what the vocabulary \
         lacks is cut smaller.",
        "How many tokens does the tokenizer make of \"the\"?",
    ),
    output(
        "E01-78",
        TEXTS,
        "The text trimmed",
        "Spaces at the ends of the text are gone. They are part of its tokens, and of the text: a text that is turned \
         into tokens and back must be the same.",
        "What does \" cat\" become in your function, and what would its first token be then?",
    ),
    output(
        "E01-79",
        TEXTS,
        "Every BOS in front dropped",
        "The row begins with two BOS, and both are gone. The first marks the beginning of the text; the second belongs \
         to it.",
        "How many tokens does your code drop at most?",
    ),
    output(
        "E01-80",
        TEXTS,
        "The first row decides for all",
        "Whether BOS is left out was decided once, on the first row. Each row has its own beginning.",
        "Inside which loop does your code look for BOS?",
    ),
    output(
        "E01-81",
        TEXTS,
        "All rows in one text",
        "The rows were put one behind the other and decoded together. Each row is a text of its own.",
        "How many texts should come for three rows?",
    ),
    output(
        "E01-82",
        POSITIONS,
        "One position too far",
        "Each position is one too high. BOS was counted although it was there already, or counting began at one.",
        "At which position is BOS in your count?",
    ),
    output(
        "E01-83",
        POSITIONS,
        "Capitals ignored",
        "\"T\" was taken for \"t\". To the model these are two tokens with nothing in common.",
        "What do you compare: ids, or strings that have been changed first?",
    ),
    output(
        "E01-84",
        POSITIONS,
        "Words counted",
        "The words of the text were counted, not its tokens. A word may be several tokens, and a full stop is one, \
         too.",
        "How many tokens does \"the cat.\" have?",
    ),
    output(
        "E01-85",
        RIGHT,
        "The tokens of row 0 for all rows",
        "The logits of every row were compared with the tokens of row 0.",
        "In which of your two lookups does the row occur?",
    ),
    output(
        "E01-86",
        RIGHT,
        "The largest without its sign",
        "The logit with the largest absolute value was taken for the guess. A logit far below zero says that the token \
         is unlikely.",
        "Which logit means a higher probability: -9 or 2?",
    ),
    output(
        "E01-87",
        RIGHT,
        "The smallest logit",
        "The token with the smallest logit was taken for the guess, which is the one that the model finds least \
         likely.",
        "In which direction does your comparison go?",
    ),
    output(
        "E01-88",
        RIGHT,
        "Large enough instead of the largest",
        "The next token counts as guessed when its own logit, or probability, is high. But the guess is the token with \
         the largest logit, however high or low that is.",
        "Can a token be guessed that has a probability of one tenth?",
    ),
    output(
        "E01-89",
        RIGHT,
        "A maximum that begins at zero",
        "Where all logits are below zero, none beats the zero that the search began with, and the guess is token 0. \
         Only differences between logits mean something; they may all be negative.",
        "With which value does your search for the largest begin?",
    ),
    output(
        "E01-90",
        RIGHT,
        "Wrong instead of right",
        "The array is true where the model is wrong.",
        "What does `true` say in your array?",
    ),
    output(
        "E01-91",
        GUESSED,
        "The tokens that were missed",
        "These are the tokens that the model did not guess.",
        "Which of the two does your filter keep?",
    ),
    output(
        "E01-92",
        GUESSED,
        "One string for all tokens",
        "The tokens were joined into one text. Asked for is a list with a string for each.",
        "Which method gives strings one by one, and which gives a text?",
    ),
    property(
        "E01-93",
        CACHE,
        "Layers counted from one",
        "The cache holds the patterns of layers 1 to n. The first layer is layer 0.",
        "What are the numbers in the range that makes your names?",
    ),
    property(
        "E01-94",
        CACHE,
        "Only the last of them",
        "The cache holds one pattern, that of the last of the first layers. All of them are wanted.",
        "How many names does your filter let through?",
    ),
    property(
        "E01-95",
        CACHE,
        "Only the first row of the batch",
        "The model ran on one row of the tokens. `run` takes the whole batch, and each activation then has an entry \
         for each row.",
        "What do you give to `run`?",
    ),
    property(
        "E01-96",
        CACHE,
        "The batch axis taken off",
        "The patterns are right but for their first axis. An activation in a cache begins with the batch axis, also \
         when the batch is one text.",
        "Which call of yours takes an axis away?",
    ),
    output(
        "E01-97",
        NAMES,
        "Outputs put with their parts",
        "`attn_out` and `mlp_out` belong to the block itself: they are what attention, or the MLP, adds to the stream, \
         seen from the block.",
        "Which names does the list in the guide have behind `attn.`?",
    ),
    output(
        "E01-98",
        NAMES,
        "The MLP forgotten",
        "`pre` and `post` are inside the MLP, so their names have `mlp.` in the middle.",
        "Which activations does the list in the guide have behind `mlp.`?",
    ),
    output(
        "E01-99",
        NAMES,
        "The part told by its letters",
        "A name was put into a part because it has some letters in it: `resid_pre` ends like `pre`, but is not inside \
         the MLP.",
        "Which names contain `pre`, and where does each of them belong?",
    ),
    output(
        "E01-100",
        PATTERN,
        "A mask that is not low enough",
        "Hidden keys got a large negative score. It must be far below every other score, and in one of the cases all \
         scores are around -120. Minus infinity is below anything.",
        "What is the lowest score that may occur, and how far below it is your mask?",
    ),
    output(
        "E01-101",
        PATTERN,
        "Multiplied by the root",
        "The scores were multiplied by the root of d_head, where a division belongs. They should not grow with the \
         width of a head.",
        "A sum of d_head terms of size one is about as large as which number?",
    ),
    output(
        "E01-102",
        PATTERN,
        "One largest score for the whole matrix",
        "The largest score of all rows was subtracted from each. In a row far below it, every exponential is zero, and \
         zero divided by zero is not a number. Each row needs its own largest.",
        "What is exp(-230) in an f32?",
    ),
    property(
        "E01-103",
        VIEW,
        "Without BOS",
        "The picture begins with the first word. The text goes in with BOS: many heads rest there, and the picture \
         should show it.",
        "What does your call say about BOS?",
    ),
    property(
        "E01-104",
        VIEW,
        "Scores instead of the pattern",
        "The numbers are attention scores, before the softmax. They may be negative, and rows do not sum to one. The \
         pattern is what comes after it.",
        "Which of the names in the guide is the one after the softmax?",
    ),
    property(
        "E01-105",
        VIEW,
        "The mean over heads",
        "The patterns of all heads were averaged into one. A mixture of several habits looks like none of them.",
        "How many grids should the picture have?",
    ),
    property(
        "E01-106",
        VIEW,
        "Tokens trimmed",
        "The tokens of the picture lack the spaces in front of them. \" cat\" and \"cat\" are two tokens, and the \
         picture should say which it is.",
        "What does your code do to the strings before it draws?",
    ),
    output(
        "E01-107",
        PATTERN,
        "Keys before queries",
        "The last two axes are exchanged: the rows belong to the keys. In [batch, head, query_pos, key_pos] a row is \
         what one query attends to, and rows sum to one.",
        "Which of your axes sums to one?",
    ),
    output(
        "E01-108",
        PATTERN,
        "Scaled after the softmax",
        "The division by the root came after the softmax, so the shares of a row no longer sum to one. It belongs to \
         the scores.",
        "What do the rows of your pattern sum to?",
    ),
    output(
        "E01-109",
        PATTERN,
        "One head for all",
        "All heads have the pattern of head 0.",
        "Where does the index of the head occur in your code?",
    ),
    output(
        "E01-110",
        ERROR,
        "The sum instead of the largest",
        "The differences were added up. A sum grows with the size of the pattern, and says nothing about the worst \
         entry.",
        "What does your function say about a pattern in which every entry is off by a millionth?",
    ),
    output(
        "E01-111",
        ERROR,
        "Squared differences",
        "The differences were squared. That makes them positive, too, but a difference of 0.1 becomes 0.01.",
        "In which unit is your error, compared with the entries of a pattern?",
    ),
    output(
        "E01-112",
        ERROR,
        "The hidden half not looked at",
        "Entries above the diagonal were left out of the comparison. They should be zero, and a mask that is wrong \
         shows there and nowhere else.",
        "How would your function notice that a model looks into the future?",
    ),
    output(
        "E01-113",
        POSITIONS,
        "Only the last position",
        "A token may come several times, and all of its positions are wanted. Yours is the last one.",
        "What does your function keep when it finds the token a second time?",
    ),
    output(
        "E01-114",
        POSITIONS,
        "Tokens that only begin with it",
        "Tokens that begin with the one asked for were counted as well. It is one token of the vocabulary, with one id, and another that starts with the same letters is another token.",
        "Which ids have \"t\" and \"the\"?",
    ),
    output(
        "E01-115",
        PATTERN,
        "The next token visible",
        "Each query sees one key too many: the token after it. That is the very one that the model has to guess, so the mask hides it, and all that follow.",
        "How many keys does the first query see in your pattern?",
    ),
    output(
        "E01-116",
        ERROR,
        "The smallest instead of the largest",
        "The answer is the smallest difference. As long as one entry is right, it is zero, however wrong the others are.",
        "If all entries but one are off by 0.5, what does your function say?",
    ),
    output(
        "E01-117",
        NAMES,
        "Some of attention outside",
        "Some activations of attention have the name of one that belongs to the block. `z` and `result` are inside attention, too: the one is what each head gathers, the other what it writes.",
        "Which names does the list in the guide have behind `attn.`?",
    ),
    property(
        "E01-118",
        VIEW,
        "The layer after it",
        "The picture shows the layer after the one that was asked for. Layers are numbered from 0, in the argument and in the cache.",
        "What is the number of the first layer, and which does your picture show for it?",
    ),
    output(
        "E01-119",
        ERROR,
        "Only the first head",
        "Only head 0 was compared, and a wrong entry in another one went unseen.",
        "How many entries does your comparison look at, and how many has the pattern?",
    ),
    output(
        "E01-120",
        PATTERN,
        "One softmax for the whole matrix",
        "All entries of a head together sum to one. Each query shares out its own attention, so each row should.",
        "What is the sum of the first row of your pattern, and how many keys does that query see?",
    ),
    output(
        "E01-121",
        STRINGS,
        "Ids instead of strings",
        "These are the ids of the tokens, written as text. Wanted is what each token looks like.",
        "What does the tokenizer make of a single id?",
    ),
    output(
        "E01-122",
        RIGHT,
        "The logits of the first row",
        "Each row of tokens was compared with the logits of row 0. Each item of the batch has logits of its own.",
        "Where does the number of the row stand when you index the logits?",
    ),
];
