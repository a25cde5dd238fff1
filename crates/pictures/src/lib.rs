//! The pictures of every exercise, made with the functions that the exercise asks for.
//!
//! `cargo xtask view NN` opens those of one exercise, made with the learner's functions where these are right and with the
//! course's own otherwise. The live views in the chapters of the guide are the same pictures, made with the course's own.
//!
//! - `functions`: which function is taken, the learner's or the course's;
//! - `stored`: the models, tokens and facts that the pictures are made of;
//! - `ex01` to `ex07`: the pictures;
//! - `neurons`, `training`: views of the guide that need no function of an exercise.

pub mod ex01;
pub mod ex02;
pub mod ex03;
pub mod ex04;
pub mod ex05;
pub mod ex06;
pub mod ex07;
mod functions;
pub mod neurons;
mod stored;
pub mod training;

use circuit_vis::View;

pub use functions::Right;

/// What a picture is, or why it cannot be made.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A picture with what to say about it.
#[derive(Debug)]
pub struct Picture {
    /// What is drawn.
    pub view: View,
    /// What to look for.
    pub look_for: &'static str,
    /// The functions of the exercise that it is made with.
    pub made_with: &'static [&'static str],
}

/// The pictures of an exercise, by its two digits; none if it has no pictures of its own.
///
/// # Errors
/// The reference data is damaged, or a function returned what cannot be drawn.
pub fn of_exercise(number: &str, right: &Right) -> Outcome<Option<Vec<Picture>>> {
    Ok(Some(match number {
        "01" => ex01::pictures(&functions::ex01(right))?,
        "02" => ex02::pictures(&functions::ex02(right))?,
        "03" => ex03::pictures(&functions::ex03(right))?,
        "04" => ex04::pictures(&functions::ex04(right))?,
        "05" => ex05::pictures(&functions::ex05(right))?,
        "06" => ex06::pictures(&functions::ex06(right))?,
        "07" => ex07::pictures(&functions::ex07(right))?,
        _ => return Ok(None),
    }))
}
