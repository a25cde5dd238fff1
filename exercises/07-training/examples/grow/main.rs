//! Trains a model with your functions, and prints what happens on the way.

use exercise_07_training as submission;

mod run;

fn main() {
    run::main();
}
