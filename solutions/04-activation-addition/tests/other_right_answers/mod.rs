//! There is more than one right way. Each of these must pass every check that calls a function of its own.

mod answers;

use grading::Prose;
use grading::ex04::{SUITE, Submission, c11_random_direction};
use ndarray::Array1;
use rand::RngExt;

use crate::wrong_answers::{RIGHT, WRONG};

/// Other laws for a random direction: entries of plus and minus one, and the normal distribution itself.
const SIGNS: Submission = Submission {
    random_direction: |like, rng| {
        let size = (like.dot(like) / like.len() as f32).sqrt();
        like.mapv(|_| if rng.random_range(0..2) == 0 { size } else { -size })
    },
    ..answers::ARRAYS
};

/// By Box and Muller, two at a time.
const NORMAL: Submission = Submission {
    random_direction: |like, rng| {
        let mut direction = Array1::zeros(like.len());
        for pair in direction.as_slice_mut().unwrap().chunks_mut(2) {
            let (radius, angle) =
                (rng.random_range(f32::MIN_POSITIVE..1.0), rng.random_range(0.0..std::f32::consts::TAU));
            let length = (-2.0 * radius.ln()).sqrt();
            pair[0] = length * angle.cos();
            if let Some(second) = pair.get_mut(1) {
                *second = length * angle.sin();
            }
        }
        let scale = (like.dot(like) / direction.dot(&direction)).sqrt();
        direction * scale
    },
    ..answers::ARRAYS
};

grading::right_answers! {
    SUITE, RIGHT, WRONG;
    loops_over_single_entries_in_double_precision = answers::ENTRIES;
    whole_arrays_in_batches_with_lasting_hooks_taken_off_again = answers::ARRAYS;
    runs_that_stop_before_the_layer_and_start_again_there = answers::IN_TWO_PARTS;
}

#[test]
fn with_another_law() -> Result<(), Prose> {
    c11_random_direction(&SIGNS).grade_here()?;
    Ok(c11_random_direction(&NORMAL).grade_here()?)
}
