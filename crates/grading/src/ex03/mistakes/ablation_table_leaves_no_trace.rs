//! What goes wrong in `ablation_table_leaves_no_trace`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c06_ablation_table_leaves_no_trace";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E03-30",
        CHECK,
        "A hook left behind",
        "After the call there are hooks on the model that were not there before, so every later run is one with a \
         head missing. In a notebook this is the classic way to spend an afternoon on a wrong result. A hook that is \
         given to a run goes with it.",
        "What takes your hooks off again, also if the function panics?",
    ),
    property(
        "E03-31",
        CHECK,
        "Somebody else's hooks removed",
        "The model came with a lasting hook, and it is gone. reset_hooks takes off all there are, not only yours. \
         Hooks that are given to a run need no clean-up; for a lasting one, its handle says which is meant.",
        "Which hooks does your clean-up remove?",
    ),
];
