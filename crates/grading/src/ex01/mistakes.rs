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
        "Everything kept",
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
];
