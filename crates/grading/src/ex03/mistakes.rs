//! The mistakes of exercise 03 that the grader can name. What it says is read by someone who has just been told that they
//! are wrong: plain words, what probably happened, one question, and never the line of code.

use crate::exercise::{Mistake, output, property, sameness};

const SCORES: &str = "c01_induction_scores";
const ZERO: &str = "c02_zero_ablate";
const EVERYWHERE: &str = "c03_zero_ablate_everywhere";
const MEAN: &str = "c04_mean_ablate";
const TABLE: &str = "c05_ablation_table";
const TRACE: &str = "c06_ablation_table_leaves_no_trace";
const RESULTS: &str = "c07_head_results";
const SHARES: &str = "c08_logit_attribution";
const HALVES: &str = "c09_attribution_by_half";
const PARTS: &str = "c10_layer_parts";
const NEURONS: &str = "c11_neuron_results";
const CENTER: &str = "c12_center_unembed";
const LENS: &str = "c13_logit_lens";
const RANKS: &str = "c14_next_token_ranks";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-1",
        SCORES,
        "The stripe one too low",
        "The cells with key = query - seq_len were read: there a token finds its own earlier occurrence. Induction \
         looks one further, at what came after it.",
        "Position seq_len + 1 holds the first token of the second copy. At which position is the token that followed \
         it the first time?",
    ),
    output(
        "E03-2",
        SCORES,
        "The stripe one too high",
        "The cells with key = query - (seq_len - 2) were read, the token two after the earlier occurrence. That is \
         one beyond what an induction head copies.",
        "How far apart are query and key when the key is the token right after the earlier occurrence?",
    ),
    output(
        "E03-3",
        SCORES,
        "Only the first item of the batch",
        "The pattern of item 0 was scored, and the rest of the batch was not looked at. The pattern that the hook \
         sees has the axes [batch, head, query_pos, key_pos], and the mean runs over the batch as well.",
        "Which index in your hook is a plain 0?",
    ),
    output(
        "E03-4",
        SCORES,
        "Sum instead of mean",
        "The cells of the stripe were added up, so the score grows with the batch and with the length of the text. A \
         head cannot give more than all of its attention: no mean is above one.",
        "How many cells are in your sum, over the whole batch?",
    ),
    output(
        "E03-5",
        SCORES,
        "Every layer written into row 0",
        "Row 0 holds the scores of the last layer, and the other rows are still zero: the hook fires once a layer, \
         and each time it wrote to the same place.",
        "What does your hook know about the point where it is being called?",
    ),
    sameness(
        "E03-6",
        SCORES,
        "The same scores for every model",
        "Whatever the model and the tokens, the answer is the same, so it does not come from the attention that \
         passed through the hook.",
        "Which line of your function runs the model?",
    ),
    property(
        "E03-7",
        SCORES,
        "A looking hook left behind",
        "The scores may be right, but the hook is still on the model. It goes on working in every later run, for \
         whoever uses the model next. A hook that is given to a run is gone when the run is over; one that was put \
         on with add_hook stays until somebody takes it off.",
        "Who takes your hook off again?",
    ),
    output(
        "E03-8",
        ZERO,
        "All heads silenced",
        "The whole z of the layer became zero, so all its heads went silent at once. z has the axes [batch, pos, \
         head, d_head]; one index on the head axis leaves the others alone.",
        "Which part of z does your hook write to?",
    ),
    output(
        "E03-9",
        ZERO,
        "A position instead of a head",
        "One position became zero for all heads, and every other position was left alone. The head's number stands \
         at the second axis of your index, which is pos; heads are the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-10",
        ZERO,
        "A component instead of a head",
        "One of the d_head numbers became zero in every head. The head's number stands at the last axis of your \
         index; heads are the third of four.",
        "In [batch, pos, head, d_head], how many axes come after the head?",
    ),
    output(
        "E03-11",
        ZERO,
        "An item of the batch instead of a head",
        "One item of the batch lost all its heads, or there was no item of that number and the index ran out. The \
         head's number stands at the first axis of your index, which is the batch.",
        "What would your hook do to a batch of one?",
    ),
    output(
        "E03-12",
        ZERO,
        "A copy was edited",
        "Nothing changed: the hook made an array of its own from z, wrote zeros into that, and dropped it. The model \
         goes on with the array behind the view that the hook was given.",
        "Which call in your hook makes a new array?",
    ),
    output(
        "E03-13",
        ZERO,
        "The head of every layer",
        "The head of that number went silent in all layers, not only in the one that was asked for. A predicate on \
         names fires wherever it holds; the layer is part of a full name.",
        "At how many points does your hook fire?",
    ),
    output(
        "E03-14",
        ZERO,
        "The query silenced",
        "The head's query became zero, not what it passes on. Then all its scores are zero and it attends evenly to \
         everything it can see, but it still moves information.",
        "What does softmax make of a row of equal scores?",
    ),
    output(
        "E03-15",
        EVERYWHERE,
        "Only in layer 0",
        "The head went silent in layer 0 and spoke on in the others. One name is one point; a predicate can hold at \
         a point of every layer.",
        "For how many of this model's layers is your condition true?",
    ),
    output(
        "E03-16",
        EVERYWHERE,
        "Two layers by name",
        "In the layers 0 and 1 the head went silent, and in the third it did not. The model of the course has two \
         layers, but the function is told nothing about the number of layers, and need not be.",
        "What do the full names of all the points that you want have in common?",
    ),
    output(
        "E03-17",
        MEAN,
        "Mean over positions",
        "The head's z was averaged over the positions of each text. That mixes what it says at different places, and \
         keeps what it knows of this text. The mean runs over the batch: what the head says here on other texts.",
        "Which axis of [batch, pos, head, d_head] tells one text from another?",
    ),
    output(
        "E03-18",
        MEAN,
        "Mean over batch and positions",
        "One vector stands at every position. A head often says different things early and late in a text; the mean \
         over the batch alone keeps that, and takes away only what depends on the text.",
        "How many different vectors does the head write after your hook: one, or one a position?",
    ),
    output(
        "E03-19",
        MEAN,
        "Mean over heads",
        "The head got the mean of all heads of its layer. Its own numbers are in there, and so is what the others \
         know of this text.",
        "Which heads does your mean read?",
    ),
    output(
        "E03-20",
        MEAN,
        "The first item for the mean",
        "Every item of the batch got what item 0 had. That is a patch from one text into the others, not a mean, and \
         item 0 itself was left as it was.",
        "What should happen to item 0?",
    ),
    output(
        "E03-21",
        MEAN,
        "Zero instead of the mean",
        "The head was silenced. A mean keeps what the head says whatever the text, which later layers may rely on \
         like on a bias.",
        "Where does your hook compute a mean?",
    ),
    output(
        "E03-22",
        TABLE,
        "The sign turned round",
        "Every entry has the right size and the wrong sign: the loss with the ablation was taken away from the clean \
         one. The table says how much is *added* by the ablation, so a head that helps has a positive entry.",
        "Is the loss higher or lower without a head that helps?",
    ),
    output(
        "E03-23",
        TABLE,
        "The loss over all positions",
        "The mean runs over every prediction. On the first copy of random tokens nothing can be predicted, so half \
         of the mean only waters the other half down.",
        "Which columns of [batch, pos - 1] are predictions of the second copy?",
    ),
    output(
        "E03-24",
        TABLE,
        "The loss on the first copy",
        "The predictions of the first copy were averaged. Nothing repeats there yet, and the heads that copy have \
         nothing to copy.",
        "On which side of the middle do your columns lie?",
    ),
    output(
        "E03-25",
        TABLE,
        "The loss itself, not the difference",
        "The entries are losses with a head ablated. What the head is worth shows only beside the loss with nothing \
         ablated.",
        "What would the entry of a head be that does nothing at all?",
    ),
    output(
        "E03-26",
        TABLE,
        "One prediction missing",
        "The mean runs over the last seq_len - 1 predictions. The first prediction of the second copy was left out, \
         the one made at the last position of the first; this course counts it in, as in exercise 02.",
        "How many predictions of the second copy are there, for a segment of seq_len?",
    ),
    output(
        "E03-27",
        TABLE,
        "The given hook is not used",
        "With zero ablation the table is right, and with another hook it is the same again: what is ablated, and \
         how, was decided inside the function.",
        "Where do you call ablate?",
    ),
    output(
        "E03-28",
        TABLE,
        "Hooks piled up",
        "Each entry is the loss without this head *and* without those before it in the layer. The run of a head must \
         start from the whole model.",
        "Which hooks are at work in the run for head 2?",
    ),
    output(
        "E03-29",
        TABLE,
        "Only the first row of the batch",
        "The losses of batch item 0 were averaged. The other rows are part of the mean, too.",
        "Over which axes does your mean run?",
    ),
    property(
        "E03-30",
        TRACE,
        "A hook left behind",
        "After the call there are hooks on the model that were not there before, so every later run is one with a \
         head missing. In a notebook this is the classic way to spend an afternoon on a wrong result. A hook that is \
         given to a run goes with it.",
        "What takes your hooks off again, also if the function panics?",
    ),
    property(
        "E03-31",
        TRACE,
        "Somebody else's hooks removed",
        "The model came with a lasting hook, and it is gone. reset_hooks takes off all there are, not only yours. \
         Hooks that are given to a run need no clean-up; for a lasting one, its handle says which is meant.",
        "Which hooks does your clean-up remove?",
    ),
    output(
        "E03-32",
        RESULTS,
        "W_O of layer 0 in every layer",
        "The result is right in layer 0. Later layers have an output matrix of their own; W_O has the axes [layer, \
         head, d_head, d_model].",
        "Where does the argument `layer` occur in your code: once, or twice?",
    ),
    output(
        "E03-33",
        RESULTS,
        "W_O of head 0 for every head",
        "The first head is right, and the others were multiplied by its matrix. Each head writes in its own \
         directions; that is how the next layer can tell them apart.",
        "Which index of W_O changes from head to head?",
    ),
    output(
        "E03-34",
        RESULTS,
        "The bias counted once a head",
        "b_O was added to every head, so that their sum holds it as many times as there are heads. It is written \
         once by the layer, and belongs to none of them.",
        "What must the sum over heads be, compared with attn_out?",
    ),
    output(
        "E03-35",
        RESULTS,
        "Values instead of z",
        "v was multiplied, which is what a head *could* pass on from each position. z is what it did pass on: the \
         values, mixed by the attention pattern.",
        "At which step of attention does information move between positions?",
    ),
    output(
        "E03-36",
        SHARES,
        "Tokens not shifted",
        "Each row tells about the token at its own position, which the model has just read. A prediction is about \
         the one after it.",
        "Which token do the logits at position 0 predict?",
    ),
    output(
        "E03-37",
        SHARES,
        "Shifted the wrong way",
        "Vectors from position 1 on were paired with tokens up to the last but one: each row tells about the token \
         *before* its position. Of the vectors the last drops out, of the tokens the first.",
        "Nothing is known to follow the last position. Which end of the vectors must go?",
    ),
    output(
        "E03-38",
        SHARES,
        "The last position included",
        "There are as many rows as positions. At the last one the model predicts a token that the text does not \
         hold, so there is no right logit to split; here it was paired with a token from elsewhere.",
        "How many predictions of a text of n tokens can be checked against it?",
    ),
    output(
        "E03-39",
        SHARES,
        "The direct path last",
        "The numbers are right and their order is not: the direct path is component 0, then come the heads of the \
         first layer, then those of the second.",
        "Which component stands in column 0?",
    ),
    output(
        "E03-40",
        SHARES,
        "The layers swapped",
        "Heads of the second layer stand before those of the first. Head h of the first layer is component 1 + h.",
        "In which order do you join the two layers?",
    ),
    output(
        "E03-41",
        SHARES,
        "The direct path missing",
        "There are 2 * n_heads components. The embedding itself is still in the residual stream at the end, \
         untouched, and pushes logits as any head does; without it the parts do not sum to the logit.",
        "Besides heads, what is in the residual stream of an attention-only model?",
    ),
    output(
        "E03-42",
        SHARES,
        "Heads added up",
        "There is one number a layer. The point of the exercise is the step after that: a layer's output is a sum \
         over heads, and each head has its own share.",
        "Over which axis of [pos, head, d_model] does your product sum?",
    ),
    output(
        "E03-43",
        SHARES,
        "One token for all positions",
        "Every row was measured against the same column of W_U, that of the first token to be predicted. Each \
         position has a right answer of its own.",
        "Which columns of W_U are needed for a text of five tokens?",
    ),
    output(
        "E03-44",
        HALVES,
        "The halves swapped",
        "Both rows are right, but the second copy came first.",
        "Which rows of the table does your row 0 average?",
    ),
    output(
        "E03-45",
        HALVES,
        "Cut one too late",
        "The first half has one row of the second copy in it. There are 2 * seq_len rows, since the last token has \
         no prediction; a cut at seq_len + 1 fits the tokens, not the predictions.",
        "Row p is about the token at p + 1. Which row is about the first token of the second copy?",
    ),
    output(
        "E03-46",
        HALVES,
        "Sum instead of mean",
        "These are sums over the rows of each half: they grow with the length of the segment.",
        "What happens to your numbers when the segment is twice as long?",
    ),
    output(
        "E03-47",
        PARTS,
        "Positions that are not in the stream",
        "hook_pos_embed was counted as a part, but in a shortformer model positions are added to what queries and \
         keys are computed from, and never to the stream. With it the parts sum to something that the model never \
         computed.",
        "Which field of the configuration says where positions go?",
    ),
    output(
        "E03-48",
        PARTS,
        "Positions left out",
        "A model with standard positions adds them to the stream before the first layer. They stay in it, and the \
         parts do not sum to the final stream without them.",
        "In which of the two embedded models is hook_resid_pre of layer 0 the same as hook_embed?",
    ),
    output(
        "E03-49",
        PARTS,
        "The stream instead of its parts",
        "These are the residual stream after each step: every one contains all those before it. What a layer *wrote* \
         is the difference, and has a hook of its own.",
        "What would the sum of your parts count twice?",
    ),
    output(
        "E03-50",
        PARTS,
        "MLPs left out",
        "Only attention was listed. Where there are MLPs, each writes to the stream after the attention of its layer.",
        "What happens between resid_mid and resid_post?",
    ),
    output(
        "E03-51",
        NEURONS,
        "Before the nonlinearity",
        "The neurons' pre was multiplied, which is what goes into the activation function. What comes out of it, \
         post, is what reaches the stream: a neuron below zero writes next to nothing.",
        "Which of the two is multiplied by W_out in the forward pass?",
    ),
    output(
        "E03-52",
        NEURONS,
        "The bias shared out",
        "b_out was spread over the neurons. It is written by the layer whatever the neurons do, and so belongs to \
         none of them.",
        "What does a neuron write whose activation is zero?",
    ),
    output(
        "E03-53",
        NEURONS,
        "W_out of layer 0 in every layer",
        "The result is right in layer 0. W_out has the axes [layer, d_mlp, d_model], and each layer has its own.",
        "Where does the argument `layer` occur in your code: once, or twice?",
    ),
    output(
        "E03-54",
        CENTER,
        "Centred over d_model",
        "The mean of each column became zero: a token's direction lost its mean component. What should not matter is \
         a shift of *all logits* alike, and that is the mean over tokens, along each row.",
        "Along which axis of [d_model, d_vocab] do you find one number for each token?",
    ),
    output(
        "E03-55",
        CENTER,
        "One mean for everything",
        "A single number was taken away from all entries. Each of the d_model directions of the stream has its own \
         mean effect on the logits.",
        "How many means does a matrix [d_model, d_vocab] have over the vocabulary?",
    ),
    output(
        "E03-56",
        CENTER,
        "Scaled as well",
        "The rows were also divided by their spread. That changes differences between logits, and so the \
         probabilities; a shift does not.",
        "Which of the two changes a softmax: adding a constant, or dividing by one?",
    ),
    output(
        "E03-57",
        LENS,
        "The final norm left out",
        "The stream was multiplied by W_U as it is. The model never does that: a final LayerNorm comes first, and \
         W_U was trained on what comes out of it. In the models without a norm your numbers are right.",
        "What stands between the last resid_post and the logits?",
    ),
    output(
        "E03-58",
        LENS,
        "Logits instead of log probabilities",
        "The logits of the right tokens are at the right place. A logit alone says little, for what counts is how it \
         compares with the others at its position.",
        "What do the exponentials of your numbers add up to over the vocabulary?",
    ),
    output(
        "E03-59",
        LENS,
        "Tokens not shifted",
        "Each position was scored on its own token. An early stream is still close to the embedding of that very \
         token, which says nothing about what comes next.",
        "Which token is the prediction at position 0 about?",
    ),
    output(
        "E03-60",
        LENS,
        "What a layer wrote, not the stream",
        "The output of single layers was unembedded. The lens asks what could be read off the *stream* at that \
         depth, which holds everything that was written so far.",
        "Which activation holds the sum of all that came before layer 1?",
    ),
    output(
        "E03-61",
        LENS,
        "The embedding left out",
        "There is one depth too few: the first is already that after layer 0. What the model would say if it had no \
         layers at all is the baseline for all others.",
        "How often can you stop in a model of four layers, counting before the first?",
    ),
    output(
        "E03-62",
        RANKS,
        "Counted from one",
        "Every rank is one too high. Rank 0 is the model's first choice: no other token has a larger logit.",
        "Is the right token's own logit larger than itself?",
    ),
    output(
        "E03-63",
        RANKS,
        "Counted from the wrong end",
        "The smaller logits were counted, so that the model's first choice comes out last.",
        "What is the rank of the token with the largest logit?",
    ),
    output(
        "E03-64",
        RANKS,
        "Tokens not shifted",
        "The logits at a position were asked about the token at that same position, not about the one after it.",
        "Which token do the logits at position 0 predict?",
    ),
];
