//! What goes wrong in `mean_ablate`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c04_mean_ablate";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-17",
        CHECK,
        "Mean over positions",
        "You averaged the head's z over the positions of each text. That mixes the positions, and keeps what depends \
         on this text. Average over the batch instead: what the head writes at this position in other texts.",
        "Which axis of [batch, pos, head, d_head] distinguishes one text from another?",
    ),
    output(
        "E03-18",
        CHECK,
        "Mean over batch and positions",
        "Your head has the same vector at every position. A head often writes different things early and late in a \
         text. The mean over the batch alone keeps that, and removes only what depends on the text.",
        "How many different vectors does the head write after your hook: one, or one per position?",
    ),
    output(
        "E03-19",
        CHECK,
        "Mean over heads",
        "You replaced the head's z with the mean over all heads of its layer. That mean still contains this head's z \
         and what the others wrote about this text.",
        "Which heads does your mean read?",
    ),
    output(
        "E03-20",
        CHECK,
        "The first item for the mean",
        "You gave every item of the batch the z of item 0. That patches one text into the others and leaves item 0 \
         unchanged. Use the mean over the batch.",
        "What should happen to item 0?",
    ),
    output(
        "E03-21",
        CHECK,
        "Zero instead of the mean",
        "You set the head's z to zero. The mean keeps what the head writes in every text. Later layers may rely on \
         that as on a bias.",
        "Where does your hook compute a mean?",
    ),
    output(
        "E03-85",
        CHECK,
        "All heads averaged",
        "You replaced every head of the layer with its mean over the batch. The task asks for one head.",
        "Which part of z do you assign to?",
    ),
    output(
        "E03-86",
        CHECK,
        "Sum instead of mean",
        "You summed the head's z over the batch and did not divide by the number of items, so what it writes grows \
         with the batch.",
        "What should the hook do to a batch of three equal texts?",
    ),
    output(
        "E03-87",
        CHECK,
        "The mean subtracted",
        "You subtracted the mean over the batch from z. What remains is exactly what should be removed: the part that \
         depends on the text.",
        "After the hook, should items of the batch agree in this head, or differ?",
    ),
    output(
        "E03-88",
        CHECK,
        "One number for everything",
        "You set all entries of the head's z to one number, the mean over batch, positions and components. A head \
         writes a vector, and equal components lose its direction.",
        "How many numbers does the mean at one position have to keep?",
    ),
    output(
        "E03-89",
        CHECK,
        "Mean over d_head",
        "You replaced each vector of the head with the mean of its own components. That keeps what depends on the \
         text, and loses the direction.",
        "Along which axis does your mean run?",
    ),
    output(
        "E03-90",
        CHECK,
        "Only the first item gets the mean",
        "You replaced z only in item 0 of the batch. The mean must replace the z of every item.",
        "Which items of the batch do you assign to?",
    ),
    output(
        "E03-91",
        CHECK,
        "The last item for the mean",
        "You gave every item of the batch the z of the last one. That patches one text into the others. Use the mean \
         over the batch.",
        "What should happen to the last item?",
    ),
    output(
        "E03-92",
        CHECK,
        "Another activation averaged",
        "You averaged another activation over the batch than z, such as the head's values or its pattern. z is the \
         product of both, and the mean of a product is not the product of the means.",
        "At which hook point has the head gathered everything that it writes?",
    ),
];
