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
        "E03-65",
        SCORES,
        "Only the queries of the second copy",
        "The mean runs over the queries from seq_len + 1 on. The stripe begins earlier: every query from \
         seq_len - 1 on has a key that lies seq_len - 1 before it, and the score counts all of them.",
        "How many cells does the diagonal key = query - (seq_len - 1) have in a pattern of this size?",
    ),
    output(
        "E03-66",
        SCORES,
        "Divided by the wrong count",
        "The cells of the stripe were added up correctly, but the sum was divided by the number of positions or \
         by seq_len, not by the number of cells that were added.",
        "How many cells of the stripe are there for each item of the batch?",
    ),
    output(
        "E03-67",
        SCORES,
        "Zero everywhere",
        "Every score is zero. Either the cells above the diagonal were read, where no head of a causal model \
         attends (key = query + ...), or the hook never stored what it found.",
        "Which of the two indices is larger in a cell that your hook reads, query or key?",
    ),
    output(
        "E03-68",
        SCORES,
        "Attention scores instead of the pattern",
        "The hook read the scores before the softmax. They are not shares of attention: they can be negative \
         and have no fixed scale, so they cannot be compared between heads.",
        "Which hook point comes after the softmax?",
    ),
    output(
        "E03-69",
        SCORES,
        "The largest cell or the most attended one, not the mean",
        "The score of a head came from its largest cells: their maximum, or how often the stripe holds the most \
         attended key. The score of this course is the mean attention on the stripe.",
        "What is the score of a head that puts a third of its attention on each cell of the stripe?",
    ),
    output(
        "E03-70",
        SCORES,
        "Summed over the batch",
        "The stripes were averaged within each item, and then added up over the batch. The score grows with the \
         number of texts and can exceed one.",
        "What would your score be for a batch that holds the same row twice?",
    ),
    output(
        "E03-71",
        SCORES,
        "Only the last item of the batch",
        "Each item of the batch overwrote what the one before had stored, so only the last one counts.",
        "What does your loop over the batch do with the value that is there already?",
    ),
    output(
        "E03-72",
        SCORES,
        "One score for all heads of a layer",
        "All heads of a layer have the same score: the mean over the head axis as well. What is asked for is a \
         score for each head.",
        "Which axes does your mean reduce, and which one must be left?",
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
        "Query or key silenced",
        "The head's query or key became zero, not what it passes on. Then all its scores are zero, and it attends \
         evenly to everything it can see, but it still moves information.",
        "What does softmax make of a row of equal scores?",
    ),
    output(
        "E03-73",
        ZERO,
        "The attention scores set to zero",
        "The head's scores became zero, the masked ones included. Softmax turns that into even attention over \
         the whole text, also over tokens that come later, so the head still moves information.",
        "Which array has to be zero so that the head adds nothing to the stream?",
    ),
    output(
        "E03-74",
        ZERO,
        "The other heads silenced",
        "The head that was asked for is the only one left; all other heads of the layer went silent.",
        "For which heads is your condition true?",
    ),
    output(
        "E03-75",
        ZERO,
        "Only the first item of the batch",
        "Item 0 lost the head, and the other items of the batch kept it. z has the axes [batch, pos, head, \
         d_head], and the first of them must be taken whole.",
        "Which index in your hook is a plain 0?",
    ),
    output(
        "E03-76",
        ZERO,
        "Only some of the positions",
        "The head went silent at some positions only: at the last one, or everywhere except at BOS. It must be \
         silent at every position, since other positions can pass on what it writes at any of them.",
        "Which positions does the slice in your hook leave out?",
    ),
    output(
        "E03-77",
        ZERO,
        "The neighboring head",
        "The head next to the one that was asked for went silent. Heads are counted from zero, in the argument \
         and in the array.",
        "Which head does zero_ablate(0, 0) silence?",
    ),
    output(
        "E03-78",
        ZERO,
        "Layer and head exchanged",
        "The first argument was used as the head and the second as the layer. Where the model has no such \
         layer, the run ends with an error; elsewhere another head went silent.",
        "In which order does the function take its arguments?",
    ),
    output(
        "E03-79",
        ZERO,
        "Always in layer 0",
        "The head went silent in layer 0, whichever layer was asked for.",
        "Where does the argument `layer` occur in your hook?",
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
        "E03-80",
        EVERYWHERE,
        "A condition that is true for too many names",
        "In attention-only models the hook does what it should. In a model with norms and MLPs the condition is \
         true for more names: `z` alone is part of `hook_normalized`, for example. There the hook meets an \
         array of another shape.",
        "Print the names that your condition selects. Which of them is not a z?",
    ),
    output(
        "E03-81",
        EVERYWHERE,
        "Only in the last layer",
        "The head went silent in the last layer and kept working in the ones before.",
        "For how many layers of this model is your condition true?",
    ),
    output(
        "E03-82",
        EVERYWHERE,
        "All heads in every layer",
        "No head of any layer writes anything: the whole z became zero, not only the part of one head.",
        "Which index of the head axis does your hook write to?",
    ),
    output(
        "E03-83",
        EVERYWHERE,
        "A position in every layer",
        "One position lost all heads in every layer, and the other positions kept them. The head's number is at \
         the second axis of your index, which is pos; heads are the third.",
        "In [batch, pos, head, d_head], how many axes come before the head?",
    ),
    output(
        "E03-84",
        EVERYWHERE,
        "Query or key silenced in every layer",
        "The head's query or key became zero, not what it passes on. Then all its scores are equal, and it \
         attends evenly to everything it can see.",
        "What does softmax make of a row of equal scores?",
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
        "E03-85",
        MEAN,
        "All heads averaged",
        "Every head of the layer got its mean over the batch. Only one was asked for.",
        "Which part of z do you assign to?",
    ),
    output(
        "E03-86",
        MEAN,
        "Sum instead of mean",
        "The head's z was added up over the batch and not divided by the number of items, so what it writes \
         grows with the batch.",
        "What should a batch of three equal texts give?",
    ),
    output(
        "E03-87",
        MEAN,
        "The mean taken away",
        "The mean over the batch was subtracted from z. What is left is exactly what should go: the part that \
         depends on the text.",
        "After the hook, should items of the batch agree in this head, or differ?",
    ),
    output(
        "E03-88",
        MEAN,
        "One number for everything",
        "All entries of the head's z became one number, the mean over batch, positions and components. A head \
         writes a vector; its direction is lost when all d_head numbers are equal.",
        "How many numbers does the mean at one position have to keep?",
    ),
    output(
        "E03-89",
        MEAN,
        "Mean over d_head",
        "Each vector of the head was replaced by the mean of its own components. That keeps what depends on the \
         text, and destroys the direction.",
        "Along which axis does your mean run?",
    ),
    output(
        "E03-90",
        MEAN,
        "Only the first item gets the mean",
        "Item 0 of the batch got the mean, and the others kept their own z. The mean must replace the z of \
         every item.",
        "Which items of the batch do you assign to?",
    ),
    output(
        "E03-91",
        MEAN,
        "The last item for the mean",
        "Every item of the batch got what the last one had. That is a patch from one text into the others, not \
         a mean.",
        "What should happen to the last item?",
    ),
    output(
        "E03-92",
        MEAN,
        "Another activation averaged",
        "The head's values, or its pattern, were averaged over the batch. z is the product of both, and the \
         mean of a product is not the product of the means.",
        "At which hook point is what the head has collected complete?",
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
    output(
        "E03-93",
        TABLE,
        "Relative to the clean loss",
        "The entries are quotients: the loss with the ablation divided by the clean one, or the difference \
         divided by it. The table is about the difference, in nats.",
        "What is the unit of an entry in your table?",
    ),
    output(
        "E03-94",
        TABLE,
        "Only magnitudes",
        "All entries are positive. A head that gets in the way has a negative entry, and the sign is how you \
         recognize it.",
        "What is the entry of a head whose removal makes the model better?",
    ),
    output(
        "E03-95",
        TABLE,
        "Sum instead of mean",
        "Losses were added up over the batch or over the predictions. The entries grow with the number of texts \
         or of tokens.",
        "By how many predictions do you divide?",
    ),
    output(
        "E03-96",
        TABLE,
        "One prediction too many",
        "The mean runs over the last seq_len + 1 predictions. The first of these is about the last token of the \
         first copy, which cannot be known yet.",
        "Which prediction is the first about a token of the second copy?",
    ),
    output(
        "E03-97",
        TABLE,
        "The clean loss over other positions",
        "The loss with the ablation is that of the second copy, but the clean loss, which is subtracted from \
         it, is over all positions. Both must be means over the same predictions.",
        "What would your table give for a hook that does nothing?",
    ),
    output(
        "E03-98",
        TABLE,
        "A whole layer at a time",
        "All entries of a layer agree: each run had all heads of that layer ablated.",
        "How many hooks are at work in one run?",
    ),
    output(
        "E03-99",
        TABLE,
        "Layer and head exchanged",
        "`ablate` takes the layer first and the head second. With the two exchanged, the hook asks for layers \
         that the model does not have.",
        "In which order do you pass the two numbers on?",
    ),
    output(
        "E03-100",
        TABLE,
        "Only the last prediction",
        "The entries are about the very last prediction of each text. The second copy has seq_len of them.",
        "How many columns does your slice of [batch, pos - 1] have?",
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
        "E03-101",
        RESULTS,
        "The bias shared out",
        "A part of b_O was added to each head, so that the heads sum to attn_out. The bias is written once by \
         the layer and belongs to no head, so it is left out altogether.",
        "What should a head with z = 0 write?",
    ),
    output(
        "E03-102",
        RESULTS,
        "Only the first item of the batch",
        "The results of item 0 are right, and those of the other items are zero or a copy of it.",
        "Which axes do your loops run over?",
    ),
    output(
        "E03-103",
        RESULTS,
        "z cut in the wrong order",
        "The numbers of z were regrouped: head and d_head were exchanged without moving the data. Reshaping \
         keeps the order in memory; to exchange axes, permute them.",
        "Which numbers of z lie next to each other in memory: those of one head, or those of one component?",
    ),
    output(
        "E03-104",
        RESULTS,
        "Heads added up one after the other",
        "Each head's result contains those of all heads before it. A result is what this head alone writes.",
        "Where does your output start from for each head: from zero?",
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
        "E03-105",
        SHARES,
        "Heads of both layers alternate",
        "The shares are right and their order is not: head 0 of both layers, then head 1 of both, and so on. \
         All heads of the first layer come before those of the second.",
        "Which component is head 1 of the first layer?",
    ),
    output(
        "E03-106",
        SHARES,
        "Centered already",
        "The mean over the vocabulary was taken away from W_U first. That is a later task; here the shares must \
         sum to the logit itself.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-107",
        SHARES,
        "Directions of unit length",
        "The column of W_U was divided by its norm. The logit is the dot product with the column as it is, so \
         its length belongs to the share.",
        "Does the model normalize the columns of W_U when it computes logits?",
    ),
    output(
        "E03-108",
        SHARES,
        "Fractions of the logit",
        "Each row was divided by its sum. A share is a part of the logit in its own unit; as a fraction it \
         explodes where the logit is near zero, and loses its sign where the logit is negative.",
        "What should a row of your table sum to?",
    ),
    output(
        "E03-109",
        SHARES,
        "The model's favorite token",
        "Each row is about the token with the largest logit. The question is about the token that really comes \
         next, also where the model is wrong.",
        "Where does the argument `tokens` occur in your code?",
    ),
    output(
        "E03-110",
        SHARES,
        "Vectors shifted as well",
        "The vectors at position p + 1 were paired with the token at p + 1, which the model has just read \
         there. A prediction is made one position before the token it is about.",
        "At which position does the model predict the token at position 1?",
    ),
    output(
        "E03-111",
        SHARES,
        "The whole logit in the first column",
        "Column 0 holds the sum of all components. The direct path is a part of its own: the embedding alone, \
         times the column of W_U.",
        "What should column 0 be if all heads write nothing?",
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
        "E03-112",
        HALVES,
        "BOS's row left out",
        "The first row of the first half was left out. It is about the token after BOS, which is the first \
         token of the first copy and belongs to it.",
        "Row p is about the token at p + 1. Which token is row 0 about?",
    ),
    output(
        "E03-113",
        HALVES,
        "Every second row",
        "Even and odd rows were averaged. The first copy is the first half of the rows, and the second copy the \
         rest.",
        "Which rows of six belong to the first copy?",
    ),
    output(
        "E03-114",
        HALVES,
        "The difference in the second row",
        "The second row holds how much the mean changes from the first copy to the second. Both rows are means.",
        "What should the second row be if both copies give the same?",
    ),
    output(
        "E03-115",
        HALVES,
        "Cut one too early",
        "The second half has one row of the first copy in it. Both halves have seq_len rows.",
        "How many rows do your two halves have?",
    ),
    output(
        "E03-116",
        HALVES,
        "Divided by all rows",
        "The sum over each half was divided by the number of all rows, so every entry is half of what it should \
         be.",
        "How many rows are in one half?",
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
        "E03-117",
        PARTS,
        "MLP before attention",
        "The parts of a layer are in the wrong order: attention writes first, and the MLP reads what it wrote.",
        "Which of the two does a layer run first?",
    ),
    output(
        "E03-118",
        PARTS,
        "All attention first",
        "The attention of all layers comes before the first MLP. The order asked for is that of writing: layer \
         by layer.",
        "Where in your list is the MLP of layer 0?",
    ),
    output(
        "E03-119",
        PARTS,
        "Embedding and positions in one",
        "In models with standard positions the first part is the stream before layer 0, which is already the \
         sum of embedding and positions. They are two parts.",
        "What has been added up in resid_pre of layer 0?",
    ),
    output(
        "E03-120",
        PARTS,
        "The final stream included",
        "There is one part too many: the final stream itself. It is what the parts sum to.",
        "What would the sum over your parts be?",
    ),
    output(
        "E03-121",
        PARTS,
        "A layer in one part",
        "What attention and MLP wrote was added up, so that each layer is one part. They are asked for apart.",
        "How many parts does a layer with an MLP have?",
    ),
    output(
        "E03-122",
        PARTS,
        "Positions in another place",
        "The positions are in the list, but not right after the embedding, where they are added.",
        "Which two parts are there before the first layer runs?",
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
        "E03-123",
        NEURONS,
        "The bias added to each neuron",
        "b_out was added for every neuron, so that the sum over neurons holds it d_mlp times. It is written \
         once by the layer and belongs to no neuron.",
        "What should a neuron write whose activation is zero?",
    ),
    output(
        "E03-124",
        NEURONS,
        "W_in instead of W_out",
        "The activation was multiplied by the neuron's column of W_in, which is what it reads. What it writes \
         is its row of W_out.",
        "Which of the two matrices comes after the nonlinearity?",
    ),
    output(
        "E03-125",
        NEURONS,
        "A nonlinearity of its own",
        "ReLU was applied to `pre`. This model has another nonlinearity, and the cache holds its result as \
         `post`.",
        "Which activation in the cache is what W_out is multiplied with?",
    ),
    output(
        "E03-126",
        NEURONS,
        "Activations of layer 0 in every layer",
        "The result is right in layer 0. Later layers have activations of their own.",
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
        "E03-127",
        CENTER,
        "The mean added",
        "The mean over the vocabulary was added, not taken away, so the rows are twice as far from being \
         centered.",
        "What should the mean of a row be afterwards?",
    ),
    output(
        "E03-128",
        CENTER,
        "Both axes centered",
        "The mean over the vocabulary was taken away, and then also the mean over d_model. The second changes \
         each token's column by an amount of its own, and with it the probabilities.",
        "Which of the two steps moves all logits of a position by the same amount?",
    ),
    output(
        "E03-129",
        CENTER,
        "Returned as it came",
        "W_U is unchanged: what was computed was not stored or not returned.",
        "What becomes of the result of your subtraction?",
    ),
    output(
        "E03-130",
        CENTER,
        "Sum or wrong count instead of the mean",
        "What was taken away is a sum over the vocabulary, or a sum divided by d_model. The mean divides by the \
         number of tokens.",
        "How many entries does a row of W_U have?",
    ),
    output(
        "E03-131",
        CENTER,
        "One token as the zero point",
        "The column of token 0 was taken away from all columns. Probabilities stay the same then too, but a \
         share now compares a token with token 0, not with the average one.",
        "What should the mean of a row be afterwards?",
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
        "E03-132",
        LENS,
        "Probabilities instead of log probabilities",
        "The entries are between 0 and 1. The logarithm is what makes a step from one in a million to one in a \
         thousand visible, and what sums over a text.",
        "What is the largest value that an entry can have?",
    ),
    output(
        "E03-133",
        LENS,
        "Losses instead of log probabilities",
        "Every sign is turned: a loss is minus the log probability.",
        "Are better predictions larger or smaller in your table?",
    ),
    output(
        "E03-134",
        LENS,
        "The rest of the model runs on",
        "The stream of each depth went through the layers above it, so every depth gives the model's own \
         prediction. The lens skips those layers.",
        "At which layer should a run begin that has only the final norm and the unembedding left?",
    ),
    output(
        "E03-135",
        LENS,
        "The first depth last",
        "The depths are in reverse order. Depth 0 is the stream before the first layer.",
        "Which depth is the model itself?",
    ),
    output(
        "E03-136",
        LENS,
        "Another logarithm",
        "The entries are in bits or in powers of ten. The library and the course use the natural logarithm.",
        "What is your entry for a probability of one half?",
    ),
    output(
        "E03-137",
        LENS,
        "The likeliest token",
        "Each entry is the largest log probability at its position. The lens is about the token that really \
         comes next.",
        "Where does the argument `tokens` occur after the run?",
    ),
    output(
        "E03-138",
        LENS,
        "The last depth missing or repeated",
        "The stream after the last layer was left out, or the one before it stands there twice. There are \
         n_layers + 1 depths: resid_pre of each layer, and resid_post of the last.",
        "Which stream does your last depth read?",
    ),
    output(
        "E03-139",
        LENS,
        "The bias of the unembedding left out",
        "The stream was normalized and multiplied by W_U, but b_U was not added. Models that were trained with \
         it need it at every depth.",
        "What does the model add after the product with W_U?",
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
    output(
        "E03-140",
        RANKS,
        "Ties counted as larger",
        "Tokens with the same logit as the right one were counted, perhaps the right one itself among them. Only a \
         larger logit comes before the right token.",
        "What is the rank of every token if all logits are equal?",
    ),
    output(
        "E03-141",
        RANKS,
        "The token at a rank, not the rank of a token",
        "The tokens were sorted by their logits, and the sorted list was read at the index of the right token. \
         That gives which token has that rank.",
        "Where in the sorted list is the right token?",
    ),
    output(
        "E03-142",
        RANKS,
        "The first row's logits for all",
        "The logits of batch item 0 were used for every item.",
        "Which index in your code is a plain 0?",
    ),
    output(
        "E03-143",
        RANKS,
        "Magnitudes compared",
        "The logits were compared without their signs. A very negative logit is far behind, not in front.",
        "Which of the logits -5 and 2 is larger?",
    ),
];
