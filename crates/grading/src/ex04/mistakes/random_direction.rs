//! Mistakes in `random_direction`.

use crate::exercise::{Mistake, property};

const RANDOM: &str = "c11_random_direction";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-51",
        RANDOM,
        "Norm one instead of the vector's",
        "The direction has norm one. Compared with a steering vector many times as long, it would look harmless \
         whatever its direction: a fair comparison pushes as hard.",
        "How long is the vector that it is compared with?",
    ),
    property(
        "E04-52",
        RANDOM,
        "All entries of one sign",
        "The entries are nearly all positive, or all negative: drawn from 0 to 1, for instance. All such directions \
         lie close to each other, so that many of them are hardly more than one.",
        "Is minus your direction as likely to be drawn?",
    ),
    property(
        "E04-53",
        RANDOM,
        "Not drawn from the given generator",
        "What comes does not follow the generator: either it is the same whatever the seed, or it is not the same for \
         the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    property(
        "E04-67",
        RANDOM,
        "Another norm",
        "The sum of the magnitudes, or the largest entry, was brought to that of the given vector. As long as \
         means: the same Euclidean norm.",
        "What is the dot product of a vector with itself?",
    ),
    property(
        "E04-68",
        RANDOM,
        "Not brought to the length of the vector",
        "The direction has the length with which it was drawn, whatever vector is given. Compared with a longer \
         vector it would do less for that reason alone.",
        "Where does the norm of `like` enter your result?",
    ),
    property(
        "E04-69",
        RANDOM,
        "The square root missing",
        "For a vector that is twice as long, the direction gets four times as long: it was scaled by a quotient \
         of squares.",
        "What is the unit of `like.dot(&like)`: that of a length, or of its square?",
    ),
    property(
        "E04-70",
        RANDOM,
        "Made from the given vector",
        "The direction contains the entries of the given vector, shuffled, with other signs, as weights, or \
         with some noise. A control must not know more of the vector than its length.",
        "Which lines of your function read the entries of `like`?",
    ),
    property(
        "E04-71",
        RANDOM,
        "Mostly zeros",
        "A large part of the entries is zero, so only a few directions can come.",
        "How many entries of your direction are drawn?",
    ),
    property(
        "E04-72",
        RANDOM,
        "More of one sign than of the other",
        "The entries are drawn from a range that does not have zero in its middle. Such directions all have \
         something in common.",
        "What is the mean of the numbers that you draw from?",
    ),
    property(
        "E04-73",
        RANDOM,
        "Some entries larger than others",
        "Entries at some indices are larger on average, so the directions prefer some axes of the stream.",
        "On what does the size of an entry depend in your code?",
    ),
    property(
        "E04-74",
        RANDOM,
        "Entries that depend on each other",
        "Some entries tell something about others: they are equal, opposite, or drawn from the same number. \
         Each entry needs a draw of its own.",
        "How often do you ask the generator for a number?",
    ),
];
