//! Grades made-up classes with the real program: honest work, every attack that we could think of, interruptions, and
//! several machines.

mod attacks;
mod class;
mod hand_in;
mod runs;
