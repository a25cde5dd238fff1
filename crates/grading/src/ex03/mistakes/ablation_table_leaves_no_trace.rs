//! What goes wrong in `ablation_table_leaves_no_trace`.

use crate::exercise::{Mistake, property};

const CHECK: &str = "c06_ablation_table_leaves_no_trace";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E03-30",
        CHECK,
        "A hook left behind",
        "After your function returns, the model has hooks that it did not have before. They act in every later run, \
         which is hard to find. Give the hooks to the run: they are gone when it ends.",
        "What removes your hooks, even if the function panics?",
    ),
    property(
        "E03-31",
        CHECK,
        "The caller's hooks removed",
        "The model had a lasting hook, and it is gone once your function has returned. reset_hooks, for example, \
         removes all hooks, not only yours. Hooks given to a run need no clean-up, and a lasting one is removed by \
         its handle.",
        "Which hooks does your clean-up remove?",
    ),
];
