//! What is said: the screen, columns, and the word that was meant.

pub(crate) mod beside;
pub(crate) mod nearest;
pub(crate) mod screen;
