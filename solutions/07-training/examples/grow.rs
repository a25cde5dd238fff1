//! Trains a model with the solution's functions, and prints what happens on the way.

use solution_07_training as submission;

#[path = "../../../exercises/07-training/examples/grow/run.rs"]
mod run;

fn main() {
    run::main();
}
