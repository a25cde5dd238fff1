//! Mistakes of the checks `c09`, `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-51",
        "c09_attribution_estimate",
        "Base minus source",
        "Your sign is reversed. A patch changes the activation from the base's value to the source's.",
        "Which value does the activation have before the patch, and which after it?",
    ),
    output(
        "E06-52",
        "c09_attribution_estimate",
        "The mean over the batch",
        "You averaged over the batch. The metric is a batch mean, so its gradient is already divided by the number of \
         items. Sum over the batch.",
        "What is the gradient of a mean over four items with respect to one of them?",
    ),
    output(
        "E06-53",
        "c09_attribution_estimate",
        "Only the first item's estimate",
        "You used only the first item. All items are patched at once, so sum over the batch axis.",
        "What do you do with the batch axis?",
    ),
    output(
        "E06-54",
        "c09_attribution_estimate",
        "The mean over d_model",
        "You averaged over d_model, which divides the change by d_model. To first order, the change is the sum over \
         all entries of step times slope.",
        "What is the change of a function of two numbers if both change?",
    ),
    output(
        "E06-55",
        "c09_attribution_estimate",
        "Absolute values of the products",
        "You summed the absolute values of the products. Positive and negative products must cancel.",
        "Which sign does your estimate have for a patch that does harm?",
    ),
    output(
        "E06-56",
        "c09_attribution_estimate",
        "The source times the gradient",
        "You did not subtract the base. The step of a patch is source minus base.",
        "What is your estimate if source and base are equal?",
    ),
    output(
        "E06-57",
        "c09_attribution_estimate",
        "The base times the gradient",
        "You multiplied the base by the gradient. That estimates the effect of setting the activation to zero. The \
         step of a patch is source minus base.",
        "Where does your estimate use the source?",
    ),
    output(
        "E06-58",
        "c09_attribution_estimate",
        "Summed over the positions",
        "You summed over the positions, so the remaining axis is d_model. Sum over d_model, so that each position has \
         one number.",
        "How long should the result be?",
    ),
    output(
        "E06-109",
        "c09_attribution_estimate",
        "Summed over the batch first",
        "You added up the items before multiplying. Each item has its own difference and its own gradient: multiply, \
         then add up.",
        "Is the product of two sums the sum of the products?",
    ),
    output(
        "E06-110",
        "c09_attribution_estimate",
        "The angle instead of the product",
        "You divided by the lengths of the two vectors. The estimate grows with the difference and with the gradient.",
        "What happens to the estimate if the difference is doubled?",
    ),
    output(
        "E06-111",
        "c09_attribution_estimate",
        "Source plus base",
        "You added source and base. The patch changes the activation by their difference.",
        "What is your estimate if source and base are the same run?",
    ),
    output(
        "E06-59",
        "c10_attribution_map",
        "The gradient of the loss",
        "You used the gradient of the loss over all positions. The map is about the logit difference at the last one.",
        "Which number does your backward pass start from?",
    ),
    output(
        "E06-60",
        "c10_attribution_map",
        "The gradient of the right logit alone",
        "You used the gradient of the right logit alone. The patch also changes the logit of the wrong answer, and the \
         metric is the difference.",
        "Which two logits does the metric need?",
    ),
    output(
        "E06-61",
        "c10_attribution_map",
        "The difference at position 0",
        "Your backward pass starts at the first position. Later positions do not affect it, so almost all gradients \
         are zero. -1 is the last position.",
        "Which position predicts the answer?",
    ),
    output(
        "E06-62",
        "c10_attribution_map",
        "Gradients after the layer",
        "You returned the map of `resid_post`, which is one row ahead of that of `resid_pre`.",
        "What should your first row be about: the embedding, or the stream after layer 0?",
    ),
    output(
        "E06-63",
        "c10_attribution_map",
        "Gradient times activation",
        "You multiplied the base's activation by the gradient, and did not use the source. The step of a patch is \
         source minus base.",
        "Where does your function use `source`?",
    ),
    output(
        "E06-64",
        "c10_attribution_map",
        "The metric of the base added",
        "You added the metric of the base run. The map holds estimated changes: 0 where a patch changes nothing.",
        "What is your map where source and base are equal?",
    ),
    output(
        "E06-65",
        "c10_attribution_map",
        "The gradient of the source run",
        "You used the gradient in the source run. The patch starts from the base run, so use the gradient there.",
        "From which run is your gradient?",
    ),
    output(
        "E06-112",
        "c10_attribution_map",
        "The exact changes",
        "Your map holds the exact changes, as of one run with each patch. The estimate needs one run of the base and \
         one backward pass.",
        "How many runs does your function make?",
    ),
    output(
        "E06-113",
        "c10_attribution_map",
        "The stream in the middle of the layer",
        "You used `resid_mid`, the stream after the attention. The map is of `resid_pre`.",
        "Which activation does the name of the other map speak of?",
    ),
    output(
        "E06-114",
        "c10_attribution_map",
        "The source alone",
        "You multiplied the gradient with the activation of the source, and not with its difference from the base.",
        "What is your estimate if source and base are the same run?",
    ),
    output(
        "E06-66",
        "c11_correlation",
        "The covariance",
        "You did not divide by the two standard deviations, so your result depends on the scale of the maps.",
        "What happens to your number if one map is doubled?",
    ),
    output(
        "E06-67",
        "c11_correlation",
        "Not centered",
        "You returned the cosine of the two maps. Pearson's correlation subtracts the mean of each map first. Without \
         that, two maps whose entries are all near the base's metric seem alike.",
        "What happens to your number if 100 is added to one map?",
    ),
    output(
        "E06-68",
        "c11_correlation",
        "The absolute correlation",
        "You returned the absolute value. An estimate with the wrong sign everywhere has a correlation of -1, and you \
         returned 1.",
        "What is the correlation of a map with its negative?",
    ),
    output(
        "E06-69",
        "c11_correlation",
        "The square of the correlation",
        "You returned the square of the correlation, the fraction of variance explained. The correlation itself has a \
         sign.",
        "Can your number be negative?",
    ),
    output(
        "E06-70",
        "c11_correlation",
        "The slope of a line",
        "You divided by the variance of the estimate alone. That is the slope of the exact map over the estimate. \
         Divide by both standard deviations.",
        "What is the correlation of a map with its double?",
    ),
    output(
        "E06-71",
        "c11_correlation",
        "The square root is missing",
        "You divided by the product of the variances. Divide by the product of the standard deviations.",
        "What is the correlation of a map with its double?",
    ),
    output(
        "E06-115",
        "c11_correlation",
        "Row by row",
        "You correlated row by row and averaged, or centered each row by its own mean. There is one mean over all \
         entries, and one correlation.",
        "How many means do you compute for a map of 4 rows?",
    ),
    output(
        "E06-116",
        "c11_correlation",
        "The correlation of ranks",
        "You correlated the ranks of the entries. Pearson's correlation is of the values themselves.",
        "What does your function return if the largest entry becomes ten times as large?",
    ),
    output(
        "E06-117",
        "c11_correlation",
        "Both centered by one mean",
        "You subtracted the same mean from both maps. Each has its own.",
        "What is the mean of the second map after your subtraction?",
    ),
];
