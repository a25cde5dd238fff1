//! What goes wrong in `attention_views`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c0_attention_views";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E02-40",
        CHECK,
        "Queries and keys swapped in the picture",
        "The pattern was drawn with its last two axes exchanged. In the cache a row belongs to the query, the token that \
         looks; in your picture it belongs to the token that is looked at. A causal model's bright triangle must lie below \
         the diagonal.",
        "Which of the two axes sums to one?",
    ),
    property(
        "E02-41",
        CHECK,
        "One picture for the whole model",
        "Each layer has its own heads with their own patterns, and each gets a picture of its own.",
        "How many layers does the cache say that it has?",
    ),
    property(
        "E02-42",
        CHECK,
        "The pattern of another layer",
        "One of the pictures shows a layer that belongs elsewhere in the list: either the same layer was drawn each time, or \
         the order is not that of the layers.",
        "Where does the number in `(\"pattern\", …)` come from?",
    ),
    property(
        "E02-43",
        CHECK,
        "The mean over heads",
        "The patterns of all heads were averaged into one. What a head does cannot be seen in that: a mixture of eight habits \
         looks like none of them.",
        "What would the mean of a previous-token head and a first-token head look like?",
    ),
    property(
        "E02-44",
        CHECK,
        "Other tokens than those of the text",
        "The attention is right, but the labels are not the tokens that came. Then a bright cell is read as a glance at the \
         wrong word.",
        "Did you change the list of tokens, or make one of your own?",
    ),
    property(
        "E02-45",
        CHECK,
        "A panic where an error was wanted",
        "The tokens did not fit the patterns, and the program ended. The function returns a `Result`, so that whoever \
         calls it can decide what to do about such an input.",
        "What does `unwrap()` do with an error, and what does `?` do?",
    ),
    property(
        "E02-46",
        CHECK,
        "Errors thrown away",
        "The tokens did not fit the patterns, and the list came back empty, as if there were no layers. An error that \
         is dropped is found much later, somewhere else.",
        "What happens in your code to a layer that `circuit_vis` refuses?",
    ),
    property(
        "E02-47",
        CHECK,
        "Made to fit by cutting",
        "The tokens did not fit the patterns, and pictures came all the same. One side was cut to the length of the \
         other, so the labels may belong to other rows than they stand at.",
        "Who should decide which tokens to leave out: your function, or its caller?",
    ),
    property(
        "E02-48",
        CHECK,
        "Another kind of picture",
        "The numbers may be right, but the task asks for `attention_patterns`, which draws all heads of a layer on one \
         page, with the tokens beside them.",
        "Which functions of `circuit_vis` draw attention, and how do they differ?",
    ),
    property(
        "E02-49",
        CHECK,
        "Two pictures for every model",
        "There are two pictures although the cache has three layers. Two is right for the model of this chapter, and a \
         cache knows how many layers it has.",
        "Where does your loop get its end from?",
    ),
    property(
        "E02-50",
        CHECK,
        "BOS cut off the picture",
        "The first row and column are missing, those of BOS. The tokens that come with the cache begin with BOS, and \
         resting heads show only if it stays.",
        "How many tokens came, and how many rows does your picture have?",
    ),
    property(
        "E02-89",
        CHECK,
        "One head of each layer",
        "The picture has one head, head 0. A layer has several, and the picture shows all of them: the axis to take \
         off is that of the batch.",
        "In [1, head, query_pos, key_pos], which axis did your index remove?",
    ),
    property(
        "E02-92",
        CHECK,
        "One layer is missing",
        "There is one picture fewer than there are layers, for every cache. Layers are numbered from 0, so the last one \
         is `n_layers - 1`.",
        "Which layers does your loop visit when there are three?",
    ),
    property(
        "E02-93",
        CHECK,
        "One picture per head",
        "There are as many pictures as heads. One picture holds all heads of a layer side by side, which makes it easy to \
         compare them.",
        "How many axes has the pattern that you draw, and how many does `attention_patterns` take?",
    ),
    property(
        "E02-94",
        CHECK,
        "Made to fit by filling up",
        "The tokens did not fit the patterns, and pictures came anyway. The shorter of the two was filled up, so the \
         picture shows something that is not in the data.",
        "Who should decide what a missing token is: your function, or its caller?",
    ),
];
