//! Mistakes in `random_direction`.

use crate::exercise::{Mistake, property};

const RANDOM: &str = "c11_random_direction";

pub(super) const MISTAKES: &[Mistake] = &[
    property(
        "E04-51",
        RANDOM,
        "Norm one instead of the vector's",
        "Your direction has norm one. A steering vector is many times as long, so the direction would look harmless \
         whatever it is. For a fair comparison, give it the same norm.",
        "What is the norm of the vector that it is compared with?",
    ),
    property(
        "E04-52",
        RANDOM,
        "All entries of one sign",
        "In each of your directions all entries have one sign, for example because they are drawn from 0 to 1. All \
         such directions are close to each other, so many of them are hardly more than one.",
        "Is minus your direction as likely to be drawn?",
    ),
    property(
        "E04-53",
        RANDOM,
        "Not drawn from the given generator",
        "Your direction does not follow the given generator: it is the same for different seeds or calls, or differs \
         for the same seed. An experiment that cannot be repeated cannot be checked.",
        "Do you make, copy or re-seed a generator inside the function?",
    ),
    property(
        "E04-67",
        RANDOM,
        "Another norm",
        "You matched the sum of the absolute values, or the largest entry, of the given vector. Match the Euclidean \
         norm.",
        "What is the dot product of a vector with itself?",
    ),
    property(
        "E04-68",
        RANDOM,
        "Not scaled to the norm of the vector",
        "Your direction has the same norm when the given vector is twice as long. A shorter direction does less for \
         that reason alone.",
        "Where does your result use the norm of `like`?",
    ),
    property(
        "E04-69",
        RANDOM,
        "The square root missing",
        "If the given vector is twice as long, your direction is four times as long, as when it is scaled by a \
         quotient of squares. Take the square root.",
        "What is the unit of `like.dot(&like)`: that of a length, or of its square?",
    ),
    property(
        "E04-70",
        RANDOM,
        "Made from the given vector",
        "Your direction depends on more of the given vector than its norm. This happens, for example, when it is made \
         from the vector's entries: shuffled, with other signs, as weights, or with noise added.",
        "Which lines of your function read the entries of `like`?",
    ),
    property(
        "E04-71",
        RANDOM,
        "Many zeros",
        "Many of your entries are zero, so many directions cannot come.",
        "How many entries of your direction are drawn?",
    ),
    property(
        "E04-72",
        RANDOM,
        "More of one sign than of the other",
        "Your entries have one sign more often than the other, as when they are drawn from a range whose middle is \
         not zero. All such directions have something in common.",
        "What is the mean of the numbers that you draw from?",
    ),
    property(
        "E04-73",
        RANDOM,
        "Some entries larger than others",
        "Your entries are larger on average at some indices, so your directions prefer some axes of the stream.",
        "What does the size of an entry depend on in your code?",
    ),
    property(
        "E04-74",
        RANDOM,
        "Entries that depend on each other",
        "Some entries of your directions depend on others. For example, they are equal, opposite, or drawn from the \
         same number. Draw each entry separately.",
        "How many numbers do you draw from the generator?",
    ),
];
