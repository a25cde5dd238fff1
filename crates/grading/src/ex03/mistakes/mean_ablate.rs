//! What goes wrong in `mean_ablate`.

use crate::exercise::{Mistake, output};

const CHECK: &str = "c04_mean_ablate";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E03-17",
        CHECK,
        "Mean over positions",
        "The head's z was averaged over the positions of each text. That mixes what it says at different places, and \
         keeps what it knows of this text. The mean runs over the batch: what the head says here on other texts.",
        "Which axis of [batch, pos, head, d_head] tells one text from another?",
    ),
    output(
        "E03-18",
        CHECK,
        "Mean over batch and positions",
        "One vector stands at every position. A head often says different things early and late in a text; the mean \
         over the batch alone keeps that, and takes away only what depends on the text.",
        "How many different vectors does the head write after your hook: one, or one a position?",
    ),
    output(
        "E03-19",
        CHECK,
        "Mean over heads",
        "The head got the mean of all heads of its layer. Its own numbers are in there, and so is what the others \
         know of this text.",
        "Which heads does your mean read?",
    ),
    output(
        "E03-20",
        CHECK,
        "The first item for the mean",
        "Every item of the batch got what item 0 had. That is a patch from one text into the others, not a mean, and \
         item 0 itself was left as it was.",
        "What should happen to item 0?",
    ),
    output(
        "E03-21",
        CHECK,
        "Zero instead of the mean",
        "The head was silenced. A mean keeps what the head says whatever the text, which later layers may rely on \
         like on a bias.",
        "Where does your hook compute a mean?",
    ),
    output(
        "E03-85",
        CHECK,
        "All heads averaged",
        "Every head of the layer got its mean over the batch. Only one was asked for.",
        "Which part of z do you assign to?",
    ),
    output(
        "E03-86",
        CHECK,
        "Sum instead of mean",
        "The head's z was added up over the batch and not divided by the number of items, so what it writes \
         grows with the batch.",
        "What should a batch of three equal texts give?",
    ),
    output(
        "E03-87",
        CHECK,
        "The mean taken away",
        "The mean over the batch was subtracted from z. What is left is exactly what should go: the part that \
         depends on the text.",
        "After the hook, should items of the batch agree in this head, or differ?",
    ),
    output(
        "E03-88",
        CHECK,
        "One number for everything",
        "All entries of the head's z became one number, the mean over batch, positions and components. A head \
         writes a vector; its direction is lost when all d_head numbers are equal.",
        "How many numbers does the mean at one position have to keep?",
    ),
    output(
        "E03-89",
        CHECK,
        "Mean over d_head",
        "Each vector of the head was replaced by the mean of its own components. That keeps what depends on the \
         text, and destroys the direction.",
        "Along which axis does your mean run?",
    ),
    output(
        "E03-90",
        CHECK,
        "Only the first item gets the mean",
        "Item 0 of the batch got the mean, and the others kept their own z. The mean must replace the z of \
         every item.",
        "Which items of the batch do you assign to?",
    ),
    output(
        "E03-91",
        CHECK,
        "The last item for the mean",
        "Every item of the batch got what the last one had. That is a patch from one text into the others, not \
         a mean.",
        "What should happen to the last item?",
    ),
    output(
        "E03-92",
        CHECK,
        "Another activation averaged",
        "The head's values, or its pattern, were averaged over the batch. z is the product of both, and the \
         mean of a product is not the product of the means.",
        "At which hook point is what the head has collected complete?",
    ),
];
