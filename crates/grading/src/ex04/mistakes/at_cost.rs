//! Mistakes of the checks `c13`, `c14`.

use crate::exercise::{Mistake, output};

const AT_COST: &str = "c13_gain_at_cost";
const BEST: &str = "c14_best_layer";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-59",
        AT_COST,
        "The last gain within the budget",
        "The gain of the largest coefficient that stays within the budget was taken. Layers then spend unequal \
         amounts, and one whose coefficients happen to fall just below the budget wins. Between two coefficients the \
         line through both tells.",
        "What do your layers cost where you compare them?",
    ),
    output(
        "E04-60",
        AT_COST,
        "The cost is ignored",
        "These are the gains at the largest coefficient, whatever they cost. A vector that is long enough changes \
         everything, and breaks the model; the question is what is gained for the same damage.",
        "Which line of your function reads `costs`?",
    ),
    output(
        "E04-144",
        AT_COST,
        "No line between the columns",
        "The gain was read at a column: the first one that costs at least the budget, or the one that is \
         nearest to it. Between two columns the gain lies on the line through both.",
        "What should come out when the budget is exactly in the middle between two costs?",
    ),
    output(
        "E04-145",
        AT_COST,
        "The line continued beyond the last column",
        "Where the budget is never reached, the last line was continued, or a column beyond the last was asked \
         for. Such a layer is taken at its last coefficient.",
        "What do you know about a coefficient that was never measured?",
    ),
    output(
        "E04-146",
        AT_COST,
        "Something else where the budget is never reached",
        "Layers that never cost as much as the budget got zero, no number, their largest gain, or a panic. They \
         are taken at their last coefficient.",
        "What does your code do when it finds no column?",
    ),
    output(
        "E04-147",
        AT_COST,
        "The two ends of the line exchanged",
        "The share was counted from the wrong end: near the left column, the gain of the right one was taken.",
        "What should come out when the budget is just above the left cost?",
    ),
    output(
        "E04-148",
        AT_COST,
        "The middle of the two columns",
        "The mean of the two gains was taken, wherever between the columns the budget lies.",
        "Where on the line is a budget that is nearly the right cost?",
    ),
    output(
        "E04-149",
        AT_COST,
        "Divided by the whole cost",
        "The share was divided by the cost of the right column. What counts is how far the budget lies between \
         the two costs.",
        "What should the share be when the budget is the cost of the left column?",
    ),
    output(
        "E04-150",
        AT_COST,
        "The largest gain within the budget",
        "The best gain of the columns that the budget allows was taken. The question is what is gained where \
         the cost *reaches* the budget.",
        "Does your result change when the budget grows a little?",
    ),
    output(
        "E04-151",
        AT_COST,
        "Gain per cost",
        "The gain was divided by the cost and multiplied by the budget, as if it grew in proportion. It follows \
         the row of the table.",
        "Where do the columns before the budget enter your result?",
    ),
    output(
        "E04-152",
        AT_COST,
        "Layer 0's column for every layer",
        "The column was looked up in the costs of layer 0. Each layer reaches the budget at a coefficient of \
         its own.",
        "In which row of the costs do you search?",
    ),
    output(
        "E04-61",
        BEST,
        "The largest gain at any cost",
        "This layer has the largest entry of the whole table, but it pays for it. Layers are compared at the same \
         cost.",
        "What does the model lose where the gain is that large?",
    ),
    output(
        "E04-62",
        BEST,
        "The layer that gains least",
        "This is the layer where steering does the least for its cost.",
        "Do you look for the largest or the smallest?",
    ),
    output(
        "E04-153",
        BEST,
        "Counted from one",
        "The layer is right and its number is one too large. Layers are counted from zero.",
        "What is the number of the first layer?",
    ),
    output(
        "E04-154",
        BEST,
        "The largest magnitude",
        "A layer that loses much was preferred to one that gains a little.",
        "Which of the gains -3 and 1 is larger?",
    ),
    output(
        "E04-155",
        BEST,
        "A maximum that starts at zero",
        "Where every layer loses, none is larger than the zero that the search began with. The best layer is \
         then the one that loses least.",
        "What does your function return when all gains are negative?",
    ),
    output(
        "E04-156",
        BEST,
        "The best quotient of gain and cost",
        "The gains were divided by the costs, and the budget was ignored. A layer can be cheap and gain little.",
        "Where does the budget enter your result?",
    ),
    output(
        "E04-157",
        BEST,
        "The cheapest layer",
        "The layer that costs least was returned, whatever it gains.",
        "Where do the gains enter your result?",
    ),
    output(
        "E04-158",
        BEST,
        "Compared at columns, not at the budget",
        "The gains were compared at the column at or before the budget, or at the last one, without the line \
         between. The ranking is another one there.",
        "Which numbers are compared: those of gain_at_cost?",
    ),
    output(
        "E04-159",
        BEST,
        "Layers that stay below the budget misjudged",
        "Layers that never cost as much as the budget were left out, or counted with zero or with their largest gain. They \
         are taken at their last coefficient, and one of them can be the best.",
        "What does your function do with a layer that stays below the budget?",
    ),
];
