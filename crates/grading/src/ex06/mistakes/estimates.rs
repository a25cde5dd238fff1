//! Mistakes of the checks `c09`, `c10`, `c11`.

use crate::exercise::{Mistake, output};

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E06-51",
        "c09_attribution_estimate",
        "Base minus source",
        "The sign is turned around. A patch moves the activation from the base's value to the source's.",
        "Where does the patch begin, and where does it end?",
    ),
    output(
        "E06-52",
        "c09_attribution_estimate",
        "The mean over the batch",
        "The gradient is that of a batch mean, so each item's part is divided already. Add the parts up.",
        "What is the gradient of a mean over four items by one of them?",
    ),
    output(
        "E06-53",
        "c09_attribution_estimate",
        "Only the first item's estimate",
        "The other items contribute, too: all of them are patched at once. Sum over the batch axis.",
        "What becomes of the axis `batch`?",
    ),
    output(
        "E06-54",
        "c09_attribution_estimate",
        "The mean over d_model",
        "To first order, the change is the sum over all entries of step times slope. A mean divides it by d_model.",
        "What is the change of a function of two numbers when both move?",
    ),
    output(
        "E06-55",
        "c09_attribution_estimate",
        "Sizes of the products",
        "Positive and negative products cancel in the change; their sizes do not.",
        "Which sign does your estimate have for a patch that does harm?",
    ),
    output(
        "E06-56",
        "c09_attribution_estimate",
        "The source times the gradient",
        "The base is not taken away. The step of a patch is source minus base.",
        "What does your estimate say if source and base are equal?",
    ),
    output(
        "E06-57",
        "c09_attribution_estimate",
        "The base times the gradient",
        "This is gradient times activation, which estimates what setting the activation to zero would take away. \
         The step of a patch is source minus base.",
        "Where does your estimate use the source?",
    ),
    output(
        "E06-58",
        "c09_attribution_estimate",
        "Summed over the positions",
        "The axis that is left has length d_model. One number per position is wanted: sum over d_model.",
        "How long should the result be?",
    ),
    output(
        "E06-59",
        "c10_attribution_map",
        "The gradient of the loss",
        "This estimates the change of the loss of all positions. The map is about the logit difference at the last \
         one.",
        "Which number does your backward pass start from?",
    ),
    output(
        "E06-60",
        "c10_attribution_map",
        "The gradient of the right logit alone",
        "The wrong answer's logit changes, too, and the metric is the difference.",
        "Which two logits does the metric need?",
    ),
    output(
        "E06-61",
        "c10_attribution_map",
        "The difference at position 0",
        "The backward pass starts at the first position. Nothing after position 0 can change what happens there, so \
         almost all gradients are zero. -1 is the last position.",
        "At which position is the answer predicted?",
    ),
    output(
        "E06-62",
        "c10_attribution_map",
        "Gradients after the layer",
        "This is the map of `resid_post`. It is one row ahead of that of `resid_pre`.",
        "What should your first row be about: the embedding, or what layer 0 leaves?",
    ),
    output(
        "E06-63",
        "c10_attribution_map",
        "Gradient times activation",
        "The base's activation is multiplied by the gradient, and the source is not used. The step of a patch is \
         source minus base.",
        "Where does your function use `source`?",
    ),
    output(
        "E06-64",
        "c10_attribution_map",
        "The metric of the base is added",
        "The map holds estimated changes: 0 where a patch changes nothing.",
        "What is your map where source and base are equal?",
    ),
    output(
        "E06-65",
        "c10_attribution_map",
        "The gradient at the other end",
        "This is the slope in the source run. The patch begins in the base run, so the slope there is the one that \
         says where it leads.",
        "In which run was your gradient taken?",
    ),
    output(
        "E06-66",
        "c11_correlation",
        "The covariance",
        "This is not divided by the two standard deviations, so it depends on the units of the maps.",
        "What does your number do when one map is doubled?",
    ),
    output(
        "E06-67",
        "c11_correlation",
        "Not centered",
        "This is the cosine of the two maps. Pearson's correlation takes the mean of each map away first; otherwise \
         two maps of metrics that all lie near the base's seem alike.",
        "What does your number do when 100 is added to one map?",
    ),
    output(
        "E06-68",
        "c11_correlation",
        "The size of the correlation",
        "An estimate with the wrong sign everywhere correlates at -1, and this says 1.",
        "What is the correlation of a map with its negative?",
    ),
    output(
        "E06-69",
        "c11_correlation",
        "The square of the correlation",
        "This is the share of variance explained. The correlation itself has a sign.",
        "Can your number be negative?",
    ),
    output(
        "E06-70",
        "c11_correlation",
        "The slope of a line",
        "This is divided by the variance of the estimate alone: the slope of the exact map over the estimate. The \
         correlation is divided by both standard deviations.",
        "What is the correlation of a map with its double?",
    ),
    output(
        "E06-71",
        "c11_correlation",
        "The root is missing in the divisor",
        "This is divided by the product of the variances. The divisor is the product of the standard deviations.",
        "What is the correlation of a map with its double?",
    ),
];
