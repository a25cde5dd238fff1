//! Mistakes of the checks `c13`, `c14`.

use crate::exercise::{Mistake, output};

const AT_COST: &str = "c13_gain_at_cost";
const BEST: &str = "c14_best_layer";

pub(super) const MISTAKES: &[Mistake] = &[
    output(
        "E04-59",
        AT_COST,
        "The last gain within the budget",
        "You took the gain at the largest coefficient within the budget. Layers then have different costs, and one \
         whose coefficient is just below the budget wins. Interpolate linearly between the two coefficients instead.",
        "How much do your layers cost where you compare them?",
    ),
    output(
        "E04-60",
        AT_COST,
        "The cost ignored",
        "You took the gains at the largest coefficient, whatever they cost. A vector that is long enough breaks the \
         model. The question is how much each layer gains at the same cost.",
        "Which line of your function uses `costs`?",
    ),
    output(
        "E04-144",
        AT_COST,
        "No interpolation",
        "You took the gain at one column, such as the first that costs at least the budget, or the nearest. \
         Interpolate linearly between the two columns.",
        "What should you get if the budget is exactly halfway between two costs?",
    ),
    output(
        "E04-145",
        AT_COST,
        "Extrapolated past the last column",
        "Where the budget is never reached, your result is not the gain at the last column. This happens, for \
         example, when you extend the last line, or read past the last column. Take such a layer at its last \
         coefficient.",
        "What do you know about a coefficient that was never measured?",
    ),
    output(
        "E04-146",
        AT_COST,
        "Wrong result if the budget is never reached",
        "Where a layer never costs as much as the budget, your result is wrong or missing, and elsewhere it is right. \
         Take such a layer at its last coefficient.",
        "What does your code do when it finds no column?",
    ),
    output(
        "E04-147",
        AT_COST,
        "The two ends of the line swapped",
        "You interpolated from the wrong end: near the left column you returned the gain of the right one.",
        "What should you get if the budget is just above the left cost?",
    ),
    output(
        "E04-148",
        AT_COST,
        "The middle of the two columns",
        "You returned the mean of the two gains, wherever the budget is between the two columns.",
        "Where on the line is a budget that is almost the right cost?",
    ),
    output(
        "E04-149",
        AT_COST,
        "Divided by the whole cost",
        "You divided by the cost of the right column. Divide by the difference between the two costs.",
        "What should the fraction be if the budget is the cost of the left column?",
    ),
    output(
        "E04-150",
        AT_COST,
        "The largest gain within the budget",
        "You took the largest gain of the columns within the budget. The question is the gain at the point where the \
         cost *reaches* the budget.",
        "Does your result change if the budget grows a little?",
    ),
    output(
        "E04-151",
        AT_COST,
        "Gain per cost",
        "You divided the gain by the cost and multiplied by the budget, as if the gain were proportional to the cost. \
         Follow the row of the table instead.",
        "Where does your result use the columns before the budget?",
    ),
    output(
        "E04-152",
        AT_COST,
        "Layer 0's column for every layer",
        "You looked up the column in the costs of layer 0. Each layer reaches the budget at its own coefficient.",
        "In which row of the costs do you search?",
    ),
    output(
        "E04-176",
        AT_COST,
        "Divided by the budget",
        "You divided the gain by the budget. The task asks for the gain itself.",
        "What happens to your result if gains and costs are both doubled?",
    ),
    output(
        "E04-177",
        AT_COST,
        "One line from the first to the last column",
        "You drew one line through the whole row. Draw it between the two columns around the budget.",
        "Which columns does your result for a small budget depend on?",
    ),
    output(
        "E04-178",
        AT_COST,
        "A line from zero",
        "You took the share of the budget in the cost of the next column. Between two columns the line begins at the \
         one before.",
        "What does your line give at the cost of the column before?",
    ),
    output(
        "E04-179",
        AT_COST,
        "Gains and costs exchanged",
        "You looked for the budget among the gains.",
        "Which of the two tables rises along each row?",
    ),
    output(
        "E04-61",
        BEST,
        "The largest gain at any cost",
        "Your layers are those with the largest gain in the whole table, whatever it costs. Compare the layers at the \
         same cost.",
        "How much does the model lose where the gain is that large?",
    ),
    output(
        "E04-62",
        BEST,
        "The layer that gains least",
        "Your layers are those where steering gains least for its cost.",
        "Do you look for the largest or the smallest?",
    ),
    output(
        "E04-153",
        BEST,
        "Counted from one",
        "You chose the right layer, but its number is one too high. Layers are counted from zero.",
        "What is the number of the first layer?",
    ),
    output(
        "E04-154",
        BEST,
        "The largest absolute value",
        "Your layers are those with the largest absolute gain. A layer that loses a lot then wins over one that gains \
         a little.",
        "Which of the gains -3 and 1 is larger?",
    ),
    output(
        "E04-155",
        BEST,
        "A maximum that starts at zero",
        "If every layer loses, your result is not the one that loses least. This happens when the search for the \
         largest gain starts at zero: then none is larger.",
        "What does your function return if all gains are negative?",
    ),
    output(
        "E04-156",
        BEST,
        "The best quotient of gain and cost",
        "Your layers are those with the best quotient of gain and cost, whatever the budget is. A layer can be cheap \
         and gain little.",
        "Where does your result use the budget?",
    ),
    output(
        "E04-157",
        BEST,
        "The cheapest layer",
        "Your layers are those that cost least, whatever they gain.",
        "Where does your result use the gains?",
    ),
    output(
        "E04-158",
        BEST,
        "Compared at columns, not at the budget",
        "Your layers are those with the largest gain at some column, such as the one before the budget or the last \
         one, without interpolating. That ranks the layers differently.",
        "Do you compare the results of gain_at_cost?",
    ),
    output(
        "E04-159",
        BEST,
        "Layers that stay below the budget misjudged",
        "You misjudged layers that never cost as much as the budget: for example, you left them out, or counted them \
         with zero or their largest gain. Take them at their last coefficient. One of them can be the best.",
        "What does your function do with a layer that stays below the budget?",
    ),
    output(
        "E04-180",
        BEST,
        "The largest sum of gains",
        "Your layers are those with the largest sum of gains. Only the gain where the cost reaches the budget counts.",
        "Does your result depend on the budget?",
    ),
    output(
        "E04-182",
        BEST,
        "Gain minus cost",
        "Your layers are those with the largest gain minus cost. At the same cost the gain alone decides.",
        "In which units are gain and cost?",
    ),
    output(
        "E04-183",
        BEST,
        "The coefficient instead of the layer",
        "You returned the number of a column.",
        "Which axis of the table is the layer?",
    ),
];
